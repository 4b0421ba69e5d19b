"""No look-up, search or change of Support or OpenCX costs more because there is more of everything.

Times are the processor's, the best of several, compared within one run: what looks at all there is would take
twenty times as long in the larger world.
"""

from collections.abc import Callable
from functools import partial
from time import process_time
from timeit import repeat
from typing import Any
from uuid import UUID

import pytest

from simulator.opencx.api import OpenCX
from simulator.opencx.organisation import Organisation
from simulator.opencx.state import Contact, Session
from simulator.support.state import SupportUser, Ticket
from tests.contract.opencx_world import World as AiWorld
from tests.contract.zendesk_world import API, World

FEW, MANY, TIMES_MORE_AT_MOST = 100, 2000, 5


def populated(people: int) -> World:
    """So many customers with a phone, an e-mail, an external id and a ticket each."""
    world = World(requests_per_minute=1e9)
    store = world.support.store
    for number in range(people):
        user = store.add_user(SupportUser(0, f"Customer{number}", external_id=f"cust-{number}"))
        store.add_email(user, f"c{number}@example.test")
        store.set_phone(user, phone(number))
        store.add_ticket(Ticket(0, f"Case{number}", user.id, fields={"900": f"session-{number}"}))
    return world


def phone(number: int) -> str:
    return f"+1415{number:07}"


@pytest.fixture(scope="module")
def worlds() -> tuple[World, World]:
    return populated(FEW), populated(MANY)


MIDDLE = FEW // 2
CALLS = {
    "search by phone": ("GET", f"/users/search?query=phone:{phone(MIDDLE)[1:]}", None),
    "search by the phone's end": ("GET", f"/users/search?query=phone:*{phone(MIDDLE)[2:]}", None),
    "search by e-mail": ("GET", f"/users/search?query=email:c{MIDDLE}@example.test", None),
    "search by role and name": ("GET", f"/users/search?query=role:end-user%20name:customer{MIDDLE}", None),
    "look up by external id": ("GET", f"/users/search?external_id=cust-{MIDDLE}", None),
    "find a ticket by field": ("GET", f"/search?query=type:ticket%20custom_field_900:session-{MIDDLE}", None),
    "one page of users": ("GET", "/users?page[size]=5", None),
    "a far page of tickets": ("GET", f"/tickets?per_page=5&page={MIDDLE // 5}", None),
    "their tickets": ("GET", "/users/{user}/tickets/requested", None),
    "one user": ("GET", "/users/{user}", None),
    "change a phone": ("PUT", "/users/{user}", {"user": {"phone": "+14155550199"}}),
    "a taken identity": (
        "POST", "/users/{user}/identities", {"identity": {"type": "email", "value": "c7@example.test"}},
    ),
    "a new user who is one already": ("POST", "/users", {"user": {"name": "X", "email": "c7@example.test"}}),
}  # fmt: skip


def seconds(world: World, call: tuple[str, str, Any]) -> float:
    """How long one call takes at best."""
    method, path, body = call
    user = world.support.store.by_external_id(f"cust-{MIDDLE}")
    where = API + path.replace("{user}", str(user.id if user else 0))

    def once() -> None:
        world.support.store.windows.clear()
        assert world.call(method, where, body)[0] in (200, 422)

    return least(once)


def least(call: Callable[[], object]) -> float:
    """Processor seconds, so that a busy machine does not matter; the best of some tries."""
    return min(repeat(call, timer=process_time, number=1, repeat=15))


@pytest.mark.parametrize("name", CALLS)
def test_nothing_grows_with_the_total(worlds: tuple[World, World], name: str) -> None:
    """Twenty times as many people, the same time."""
    few, many = (seconds(world, CALLS[name]) for world in worlds)
    assert many < few * TIMES_MORE_AT_MOST


# --- OpenCX ---


def talking(people: int) -> AiWorld:
    """So many contacts with an open session each, one in ten of them closed."""
    world = AiWorld()
    world.script(rate_limit=1_000_000, mode="silent")
    held = organisation(world)
    for number in range(people):
        contact = held.add_contact(Contact(str(UUID(int=number)), phone=phone(number)))
        session = Session(str(UUID(int=number)), number + 1, "sms", float(number), float(number), contact)
        session.status = "open" if number % 10 else "closed_resolved"
        held.file(session)
    return world


def organisation(world: AiWorld) -> Organisation:
    return next(each.organisation for each in world.network.systems if isinstance(each, OpenCX))


@pytest.fixture(scope="module")
def ai_worlds() -> tuple[AiWorld, AiWorld]:
    return talking(FEW), talking(MANY)


ONE = f"/chat/sessions/{UUID(int=MIDDLE)}"
AI_CALLS = {
    "one session": ("GET", ONE, None),
    "a page of sessions": ("GET", "/chat/sessions?status=open&handed_off=false&cursor=20", None),
    "none of a channel": ("GET", "/chat/sessions?channel_type=email", None),
    "what changed last": ("GET", "/chat/sessions?updated_after=2020-01-01T00:00:00Z", None),
    "a page of contacts": ("GET", "/contacts?cursor=20", None),
    "change a contact": ("PATCH", f"/contacts/{UUID(int=MIDDLE)}", {"name": "Maria"}),
    "say something": ("POST", f"{ONE}/send", {"sender": "contact", "message": {"text": "hi"}}),
    "the first page of a history": ("GET", f"{ONE}/history", None),
}


@pytest.mark.parametrize("name", AI_CALLS)
def test_nothing_of_the_ai_grows_with_the_total(ai_worlds: tuple[AiWorld, AiWorld], name: str) -> None:
    """Twenty times as many sessions, the same time."""
    method, path, body = AI_CALLS[name]
    few, many = (least(partial(world.api, method, path, body)) for world in ai_worlds)
    assert many < few * TIMES_MORE_AT_MOST
