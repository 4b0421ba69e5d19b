"""A reset costs the same whatever there is, frees all of it soon, and nothing of it happens later."""

import threading
from collections import deque
from collections.abc import Callable
from time import thread_time

import pytest

from simulator.clock import RunningClock
from simulator.leftovers import Container, Leftovers
from simulator.opencx.api import OpenCX
from simulator.opencx.state import Session
from simulator.sunshine import Sunshine
from simulator.sunshine.records import Participant
from simulator.sunshine.state import Conversation, Message, User
from simulator.support import Support
from simulator.support.state import SupportUser, Ticket
from simulator.twilio import Twilio
from simulator.twilio.records import Message as Text
from tests.simulated import Simulated

SMALL, LARGE, TIMES_MORE_AT_MOST = 200, 3000, 4
PATIENCE = 30.0


def populated(count: int) -> Simulated:
    """So many customers: everywhere something of each, in the ledger and on the clock as well."""
    world = Simulated()
    twilio, support, sunshine, opencx = world.network.systems
    for number in range(count):
        _support(support, number)
        _sunshine(sunshine, number)
        assert isinstance(twilio, Twilio)
        twilio.state.keep(Text(f"SM{number}", "inbound", f"+1415{number:07}", "+14155550150", "hi", 1.0))
        assert isinstance(opencx, OpenCX)
        opencx.organisation.file(Session(str(number), number, "api", 1.0, 1.0))
        world.network.write("act", "nobody", did="nothing")
        world.network.clock.later(60.0, lambda: None, lane=str(number))
    return world


def _support(support: object, number: int) -> None:
    assert isinstance(support, Support)
    user = support.store.add_user(SupportUser(0, f"Customer{number}", external_id=f"c{number}"))
    support.store.add_ticket(Ticket(0, f"Case{number}", user.id))


def _sunshine(sunshine: object, number: int) -> None:
    assert isinstance(sunshine, Sunshine)
    held, user = sunshine.world, User(sunshine.world.new_id(), f"ext-{number}")
    held.directory.add(user)
    chat = Conversation(held.new_id(), "personal", 1.0, 1.0)
    chat.participants = [Participant(held.new_id(), user.id)]
    chat.messages = [Message(held.new_id(), 1.0, {}, {"type": "text", "text": "x"}) for _ in range(10)]
    held.add_conversation(chat)


class Kept(Leftovers):
    """Frees nothing, so that it can be looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[Container] = []

    def take(self, *containers: Container) -> None:
        self.kept += containers


def seconds(count: int) -> float:
    """How long a reset takes at best."""

    def once() -> float:
        network = populated(count).network
        start = thread_time()
        network.reset()
        taken = thread_time() - start
        assert network.leftovers.wait(PATIENCE)
        return taken

    return min(once() for _ in range(2))


def test_a_reset_costs_the_same_in_a_larger_world() -> None:
    """Fifteen times as much of everything; hardly more time."""
    few, many = seconds(SMALL), seconds(LARGE)
    assert many < few * TIMES_MORE_AT_MOST


@pytest.mark.parametrize("what", [Conversation, User, Ticket, SupportUser, Text, Session, dict])
def test_what_there_was_is_handed_over(what: type) -> None:
    """All that grew, to be freed bit by bit; whatever is missing would be freed within the reset."""
    network = populated(20).network
    network.leftovers = network.ledger.leftovers = kept = Kept()
    network.reset()
    values = [value for each in kept.kept for value in (each.values() if isinstance(each, dict) else each)]
    assert sum(isinstance(value, what) for value in values) >= 20


MAKERS: tuple[Callable[[], Container], ...] = (
    lambda: dict.fromkeys(range(5000)),
    lambda: [0] * 5000,
    lambda: deque([0] * 5000),
)


@pytest.mark.parametrize("make", MAKERS, ids=["dict", "list", "deque"])
def test_leftovers_are_freed(make: Callable[[], Container]) -> None:
    """Every kind of container, to the last; and those that come while others are being freed."""
    leftovers, first, second = Leftovers(), make(), make()
    leftovers.take(first)
    leftovers.take(second)
    assert leftovers.wait(PATIENCE)
    assert not first
    assert not second


def test_what_waits_for_its_thread_is_forgotten_too() -> None:
    """Work that was due before a reset, but had not begun, does not happen after it."""
    clock, begun, go = RunningClock(threads=1), threading.Event(), threading.Event()

    done: list[str] = []

    def first() -> None:
        begun.set()
        go.wait(PATIENCE)

    clock.later(0.0, first)
    clock.later(0.0, lambda: done.append("of the old world"))
    assert begun.wait(PATIENCE)
    while clock.next_due() is not None:  # until both are with the thread
        threading.Event().wait(0.001)
    clock.reset()
    go.set()
    clock.later(0.0, lambda: done.append("of the new"))
    clock.settle()
    clock.stop()
    assert done == ["of the new"]
