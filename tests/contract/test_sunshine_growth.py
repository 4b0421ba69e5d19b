"""No call to the simulated Sunshine costs more because there is more of everything.

Times are the best of several, and compared within one run: what looks at all there is would take two hundred
times as long in the larger world.
"""

from collections.abc import Callable
from timeit import repeat
from typing import Any

import pytest

from simulator.sunshine.records import Participant
from simulator.sunshine.state import Conversation, Message, User
from tests.contract.zendesk_world import SC, World

FEW, MANY, TIMES_MORE_AT_MOST = 50, 10_000, 3


def populated(count: int) -> World:
    """So many users, each with a conversation; as many of one user; and one of so many messages."""
    world = World()
    held = world.sunshine.world
    busy = User(held.new_id(), "busy")
    held.directory.add(busy)
    for number in range(count):
        user = User(held.new_id(), f"ext-{number}")
        user.identities = [{"type": "email", "value": f"u{number}@example.test", "verification": "embed"}]
        held.directory.add(user)
        for owner in (user, busy):
            _talk(world, owner, 1)
    long = User(held.new_id(), "long")
    held.directory.add(long)
    _talk(world, long, count)
    return world


def _talk(world: World, owner: User, messages: int) -> None:
    held, now = world.sunshine.world, world.network.now()
    chat = Conversation(held.new_id(), "personal", now, now, active=held.starter)
    chat.participants = [Participant(held.new_id(), owner.id)]
    author = {"type": "user", "userId": owner.id, "displayName": "x"}
    chat.messages = [
        Message(held.new_id(), now, author, {"type": "text", "text": str(number)})
        for number in range(messages)
    ]
    held.add_conversation(chat)


@pytest.fixture(scope="module")
def worlds() -> tuple[World, World]:
    return populated(FEW), populated(MANY)


def chat_of(world: World, external: str = f"ext-{FEW // 2}") -> str:
    held = world.sunshine.world
    user = held.by_external_id(external)
    assert user is not None
    return held.conversations_of(user)[FEW // 2 if external == "busy" else 0].id


def message_of(world: World) -> str:
    """The last but ten of the long conversation."""
    return world.sunshine.world.conversations[chat_of(world, "long")].messages[-10].id


SAYS = {"author": {"type": "business"}, "content": {"type": "text", "text": "hi"}}
CALLS: dict[str, Callable[[World], tuple[str, str, Any]]] = {
    "post a message": lambda world: ("POST", f"/conversations/{chat_of(world)}/messages", SAYS),
    "post in one of many": lambda world: ("POST", f"/conversations/{chat_of(world, 'busy')}/messages", SAYS),
    "list messages": lambda world: ("GET", f"/conversations/{chat_of(world)}/messages", None),
    "post in a long one": lambda world: ("POST", f"/conversations/{chat_of(world, 'long')}/messages", SAYS),
    "page through a long one": lambda world: (
        "GET", f"/conversations/{chat_of(world, 'long')}/messages?page[after]={message_of(world)}", None,
    ),
    "list conversations": lambda world: ("GET", "/conversations?filter[userExternalId]=ext-9", None),
    "list one of many pages": lambda world: (
        "GET", f"/conversations?filter[userExternalId]=busy&page[after]={chat_of(world, 'busy')}", None,
    ),
    "get a conversation": lambda world: ("GET", f"/conversations/{chat_of(world)}", None),
    "get a user": lambda world: ("GET", "/users/ext-9", None),
    "search a user": lambda world: ("GET", "/users?filter[identities.email]=u9@example.test", None),
    "a user who is there": lambda world: ("POST", "/users", {"externalId": "ext-9"}),
    "a user who is not": lambda world: ("GET", "/users/nobody", None),
    "one more conversation": lambda world: (
        "POST", "/conversations", {"type": "personal", "participants": [{"userExternalId": "busy"}]},
    ),
    "pass control": lambda world: (
        "POST", f"/conversations/{chat_of(world)}/passControl", {"switchboardIntegration": "next"},
    ),
}  # fmt: skip


def seconds(world: World, call: tuple[str, str, Any]) -> float:
    """How long one call takes at best, with what follows from it."""

    def once() -> None:
        status, answer = world.call(call[0], SC + call[1], call[2])
        assert status in (200, 201, 404, 409), answer
        world.settle()

    return min(repeat(once, number=1, repeat=12))


@pytest.mark.parametrize("call", CALLS)
def test_a_call_costs_the_same_in_a_larger_world(worlds: tuple[World, World], call: str) -> None:
    """Two hundred times the users, conversations and messages; hardly more time."""
    small, large = worlds
    few, many = seconds(small, CALLS[call](small)), seconds(large, CALLS[call](large))
    assert many < few * TIMES_MORE_AT_MOST
