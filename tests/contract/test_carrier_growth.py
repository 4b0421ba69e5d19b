"""No list, search or send of the simulated carrier costs more because there is more of everything.

Times are the best of several, and compared within one run: what looks at all there is would take twenty times
as long in the larger world.
"""

from collections.abc import Callable
from timeit import repeat

import pytest

from simulator.twilio.state import Message
from tests.contract.carrier_world import API, MARIA, SALES, SUPPORT, World, read

FEW, MANY, TIMES_MORE_AT_MOST = 100, 2000, 4
EACH = 20  # messages a phone
ONE_MILLISECOND, TOLERANCE = 0.001, 3  # this machine may be busy; the best of nine is near the truth
PHONE = "+14155560007"
START = 1_795_000_000


def populated(phones: int) -> World:
    """So many phones with twenty messages each, a second apart, as if they had been sent."""
    world = World()
    for turn in range(EACH):
        for number in range(phones):
            at = float(START + turn * phones + number)
            phone = f"+1415{5_560_000 + number}"
            message = Message(f"SM{turn:016x}{number:016x}", "outbound-api", SUPPORT, phone, "hello", at)
            message.become("delivered", at)
            world.twilio.state.keep(message)
    world.network.clock.advance(EACH * MANY)
    return world


@pytest.fixture(scope="module")
def worlds() -> tuple[World, World]:
    return populated(FEW), populated(MANY)


def get(query: str) -> Callable[[World], object]:
    def once(world: World) -> None:
        page = read(world.call("GET", f"{API}/Messages.json?PageSize=5&{query}"))
        assert page["messages"], query

    return once


def far(world: World) -> None:
    """A page in the middle, found by its token."""
    middle = f"PASM{10:016x}{5:016x}"
    assert (
        len(read(world.call("GET", f"{API}/Messages.json?PageSize=5&Page=9&PageToken={middle}"))["messages"])
        == 5
    )


def send(world: World) -> None:
    world.create(To=PHONE, StatusCallback="")
    world.settle()


def send_by_service(world: World) -> None:
    service = world.twilio.state.numbers[SUPPORT].service
    world.create(From="", MessagingServiceSid=service, StatusCallback="")
    world.settle()


CALLS: dict[str, Callable[[World], object]] = {
    "the newest": get(""),
    "to a phone": get(f"To=%2B{PHONE[1:]}"),
    "from a number": get(f"From=%2B{SUPPORT[1:]}"),
    "of a pair": get(f"To=%2B{PHONE[1:]}&From=%2B{SUPPORT[1:]}"),
    "of a day": get("DateSent=2026-11-18"),
    "before a moment": get("DateSent%3C=2026-11-18T11:07:00Z"),
    "after a moment, of a pair": get(
        f"To=%2B{PHONE[1:]}&From=%2B{SUPPORT[1:]}&DateSent%3E=2026-11-18T11:06:00Z"
    ),
    "by its token": far,
    "one message": lambda world: world.message(f"SM{0:032x}"),
    "a text out": send,
    "a text out by a service": send_by_service,
    "a text in": lambda world: world.text("hello", SALES, MARIA),
}


def seconds(world: World, call: Callable[[World], object]) -> float:
    return min(repeat(lambda: call(world), number=1, repeat=9))


@pytest.mark.parametrize("name", CALLS)
def test_more_of_everything_costs_no_more(worlds: tuple[World, World], name: str) -> None:
    """Twenty times the messages, and the same time, or nearly; and never much more than a millisecond."""
    few, many = (seconds(world, CALLS[name]) for world in worlds)
    assert many < few * TIMES_MORE_AT_MOST
    assert many < ONE_MILLISECOND * TOLERANCE
