"""zenpy, as its makers release it, cannot tell the simulated Support API from the real one.

It always calls https://{subdomain}.zendesk.com (SUN-ZEN-02); a transport of its session leads to the
simulator's process instead, and hides from zenpy that it did.
"""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any, NamedTuple

import pytest
import requests
from zenpy import Zenpy
from zenpy.lib.api_objects import Comment, Identity, Ticket, User
from zenpy.lib.exception import APIException, RatelimitBudgetExceeded, RecordNotFoundException

from simulator import accounts
from simulator.support.operations import OPERATIONS
from tests.contract.served import served

REAL = f"https://{accounts.ZENDESK_SUBDOMAIN}.zendesk.com"


class Detour(requests.adapters.HTTPAdapter):
    """Another way to the same address."""

    def __init__(self, simulator: str) -> None:
        super().__init__()
        self._base = f"{simulator}/zendesk"

    def send(self, request: requests.PreparedRequest, *more: Any, **options: Any) -> requests.Response:
        asked = request.url or ""
        request.url = asked.replace(REAL, self._base)
        response = super().send(request, *more, **options)
        request.url = asked
        return response


def client(simulator: str, **access: object) -> Zenpy:
    """zenpy with an API token, or with the access given."""
    session = requests.Session()
    session.mount(REAL, Detour(simulator))
    access = access or {"token": accounts.ZENDESK_API_TOKEN, "email": accounts.ZENDESK_EMAIL}
    return Zenpy(subdomain=accounts.ZENDESK_SUBDOMAIN, session=session, disable_cache=True, **access)


class Place(NamedTuple):
    """A simulator and a client of it."""

    base: str
    zenpy: Zenpy

    def person(self, **fields: object) -> Any:
        number = next(NUMBERS)
        return self.zenpy.users.create(User(**{"name": f"Maria {number}", **fields}))

    def ticket(self) -> Any:
        return self.zenpy.tickets.create(
            Ticket(subject="Parcel", comment=Comment(body="Where is it?"))
        ).ticket

    def operations(self) -> list[str]:
        """What the ledger says was called, oldest first."""
        entries = requests.get(f"{self.base}/_sim/ledger?after=0", timeout=10).json()["entries"]
        return [each["operation"] for each in entries if each["kind"] == "request"]


NUMBERS = count(1)


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with served() as base:
        yield Place(base, client(base))


# --- one check an operation ---


def me(place: Place) -> None:
    assert place.zenpy.users.me().email == accounts.ZENDESK_EMAIL


def shown(place: Place) -> None:
    known = place.person(external_id="cust-1")
    assert place.zenpy.users(id=known.id).external_id == "cust-1"


def listed(place: Place) -> None:
    assert place.person().id in [each.id for each in place.zenpy.users()]


def listed_by_cursor(place: Place) -> None:
    """Page after page, to the last one made."""
    known = place.person()
    assert [each.id for each in place.zenpy.users(cursor_pagination=2)][-1] == known.id


def several(place: Place) -> None:
    ids = [place.person().id for _ in range(2)]
    assert [each.id for each in place.zenpy.users(ids=ids)] == ids


def created(place: Place) -> None:
    assert place.person(phone="+14155550121").phone == "+14155550121"


def updated(place: Place) -> None:
    known = place.person()
    known.name = "Maria Lopez"
    assert place.zenpy.users.update(known).name == "Maria Lopez"


def created_or_updated(place: Place) -> None:
    """201 and 200 are both taken."""
    first, second = (
        place.zenpy.users.create_or_update(User(name=name, external_id="cust-2")) for name in ("Ann", "Anna")
    )
    assert (first.id, second.name) == (second.id, "Anna")


def deleted(place: Place) -> None:
    known = place.person()
    place.zenpy.users.delete(known)
    with pytest.raises(RecordNotFoundException):
        place.zenpy.users(id=known.id)


def merged(place: Place) -> None:
    loser, winner = place.person(), place.person()
    assert place.zenpy.users.merge(loser, winner).id == winner.id


def searched_users(place: Place) -> None:
    known = place.person(phone="+14155550122")
    assert [each.id for each in place.zenpy.users.search(query="phone:*4155550122")] == [known.id]


def searched_by_external_id(place: Place) -> None:
    known = place.person(external_id="cust-3")
    assert [each.id for each in place.zenpy.users.search(external_id="CUST-3")] == [known.id]


def searched(place: Place) -> None:
    """With `filter[type]` beside the query (SUN-ZEN-05)."""
    known = place.person(phone="+14155550123")
    assert [each.id for each in place.zenpy.search(type="user", phone="14155550123")] == [known.id]


def counted(place: Place) -> None:
    place.person(tags=["counted"])
    assert place.zenpy.search.count(type="user", tags="counted") == 1


def identified(place: Place) -> None:
    """All that can be done with an identity, one after the other."""
    known, identities = place.person(email="old@example.test"), place.zenpy.users.identities
    added = identities.create(known, Identity(type="email", value="new@example.test"))
    assert [each.value for each in place.zenpy.users.identities(id=known.id)] == [
        "old@example.test", "new@example.test",
    ]  # fmt: skip
    assert identities.show(known, added).verified is False
    assert identities.verify(known, added).verified is True
    identities.make_primary(known, added)
    assert place.zenpy.users(id=known.id).email == "new@example.test"
    added.value = "newer@example.test"
    assert identities.update(known, added).value == "newer@example.test"
    identities.delete(known, added)
    assert place.zenpy.users(id=known.id).email == "old@example.test"


def ticketed(place: Place) -> None:
    made = place.ticket()
    assert made.id in [each.id for each in place.zenpy.tickets()]
    made.status, made.comment = "pending", Comment(body="a note", public=False)
    assert place.zenpy.tickets.update(made).ticket.status == "pending"
    comments = place.zenpy.tickets.comments(made.id)
    assert [(each.body, each.public) for each in comments] == [("Where is it?", True), ("a note", False)]


def requested(place: Place) -> None:
    known = place.person()
    made = place.zenpy.tickets.create(
        Ticket(subject="x", requester_id=known.id, comment=Comment(body="Hello"))
    ).ticket
    assert [each.id for each in place.zenpy.users.requested(known)] == [made.id]


def one_ticket(place: Place) -> None:
    assert place.zenpy.tickets(id=place.ticket().id).subject == "Parcel"


def tagged(place: Place) -> None:
    number, tickets = place.ticket().id, place.zenpy.tickets
    for act, tags, left in (
        (tickets.add_tags, ["VIP", "sms"], ["vip", "sms"]),
        (tickets.delete_tags, ["sms"], ["vip"]),
        (tickets.set_tags, ["fresh"], ["fresh"]),
    ):
        assert [str(each) for each in act(number, tags)] == left
    assert [str(each) for each in tickets.tags(number)] == ["fresh"]


def audited(place: Place) -> None:
    audits = place.zenpy.tickets.audits(ticket=place.ticket().id)
    assert next(iter(audits)).events[0]["type"] == "Create"


def fielded(place: Place) -> None:
    fields = list(place.zenpy.ticket_fields())
    assert place.zenpy.ticket_fields(id=fields[0].id).title == fields[0].title == "Subject"


# check → the operations it must have reached
CHECKS: dict[Callable[[Place], None], tuple[str, ...]] = {
    me: ("ShowCurrentUser",),
    shown: ("CreateSupportUser", "ShowSupportUser"),
    listed: ("ListSupportUsers",),
    listed_by_cursor: ("ListSupportUsers",),
    several: ("ShowManyUsers",),
    created: ("CreateSupportUser",),
    updated: ("UpdateSupportUser",),
    created_or_updated: ("CreateOrUpdateUser",),
    deleted: ("DeleteSupportUser",),
    merged: ("MergeUsers",),
    searched_users: ("SearchUsers",),
    searched_by_external_id: ("SearchUsers",),
    searched: ("Search",),
    counted: ("CountSearch",),
    identified: (
        "ListIdentities", "CreateIdentity", "ShowIdentity", "UpdateIdentity", "VerifyIdentity",
        "MakeIdentityPrimary", "DeleteIdentity",
    ),
    ticketed: ("CreateTicket", "ListTickets", "UpdateTicket", "ListComments"),
    requested: ("ListRequestedTickets",),
    one_ticket: ("ShowTicket",),
    tagged: ("ListTags", "AddTags", "ReplaceTags", "RemoveTags"),
    audited: ("ListAudits",),
    fielded: ("ListTicketFields", "ShowTicketField"),
}  # fmt: skip
# What is core or wanted and zenpy has no call for.
NOT_IN_ZENPY = {"CreateToken", "CountUsers", "ShowConversationLog"}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_zenpy_works(place: Place, check: Callable[[Place], None]) -> None:
    """The call does what it says, and reaches the operation it is for."""
    before = len(place.operations())
    check(place)
    assert set(CHECKS[check]) <= set(place.operations()[before:])


def test_all_that_zenpy_has_is_tried() -> None:
    """Whatever is core or wanted."""
    tried = {name for names in CHECKS.values() for name in names}
    assert tried | NOT_IN_ZENPY == {each.name for each in OPERATIONS if each.level != "rare"}


# --- refusals as zenpy sees them ---


def test_a_limit_is_obeyed_while_the_budget_lasts(place: Place) -> None:
    """Five changes a minute; zenpy reads Retry-After and gives up in time (SUN-ZEN-04)."""
    known, careful = place.person(), client(place.base)
    careful.users.ratelimit_budget = 1
    for _ in range(5):
        careful.users.update(known)
    with pytest.raises(RatelimitBudgetExceeded):
        careful.users.update(known)


def test_a_validation_error_says_what_is_wrong(place: Place) -> None:
    """422 with details."""
    place.person(email="taken@example.test")
    with pytest.raises(APIException, match="RecordInvalid"):
        place.person(email="taken@example.test")


def test_nobody_is_somebody_for_users_me(place: Place) -> None:
    """The anonymous 200 (SUN-SUP-05)."""
    stranger = client(place.base, anonymous=True)
    assert stranger.users.me().id is None


def test_a_bearer_token_serves_as_well(place: Place) -> None:
    """From POST /oauth/tokens."""
    wanted = {
        "grant_type": "client_credentials",
        "client_id": accounts.ZENDESK_OAUTH_CLIENT_ID,
        "client_secret": accounts.ZENDESK_OAUTH_CLIENT_SECRET,
    }
    token = requests.post(f"{place.base}/zendesk/oauth/tokens", json=wanted, timeout=10).json()
    assert client(place.base, oauth_token=token["access_token"]).users.me().email == accounts.ZENDESK_EMAIL
