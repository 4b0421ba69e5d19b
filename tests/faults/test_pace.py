"""FT-O7: each number sends at its own pace, to the second, whatever dies in between."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.core.model import Rules, SendText, Session
from bridge.journal import Decider, Journal, outbox, sessions
from bridge.journal.engine import DirectWriter, connect
from bridge.journal.migrate import upgrade
from bridge.journal.pace import Pace
from simulator.accounts import TOLL_FREE_NUMBER
from tests.faults.chat import arrivals, live_chat
from tests.world import MARIA, OMAR, SALES, SUPPORT, World

MANY = 100
LETTERS = {1: "Hi", 2: "a" * 161, 4: "a" * 460}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """One segment a second from every number."""
    made = World(tmp_path, send_rate=1.0)
    yield made
    made.close()


def times(world: World, phone: str, start: float) -> list[float]:
    """When messages came, in seconds after the start."""
    return [entry["at"] - start for entry in arrivals(world, phone) if entry["at"] >= start]


@pytest.mark.parametrize("death", [None, 37.5], ids=str)
def test_a_hundred_replies_at_one_a_second(world: World, death: float | None) -> None:
    """The timetable is exact, a restart does not begin it anew, and another number keeps its own."""
    maria, omar = live_chat(world), live_chat(world, OMAR, SALES)
    world.settle(30)
    start = world.clock.now()
    for number in range(MANY):
        world.reply(f"Reply {number}", maria)
    world.settle(death or 0.0)
    if death is not None:
        world.kill()
        world.revive()
    asked = world.clock.now()
    world.reply("At once", omar)
    world.settle(MANY)
    assert times(world, MARIA, start) == [float(number) for number in range(MANY)]
    assert world.shown()[-MANY:] == [f"Reply {number}" for number in range(MANY)]
    assert times(world, OMAR, start) == [asked - start]


def test_customers_of_one_number_share_its_pace(world: World) -> None:
    """They take turns; none of them waits for all replies to another."""
    chats = {phone: live_chat(world, phone) for phone in (MARIA, OMAR)}
    world.settle(30)
    start = world.clock.now()
    for chat in chats.values():
        for number in range(5):
            world.reply(f"Reply {number}", chat)
    world.settle(20)
    assert times(world, MARIA, start) == [0.0, 2.0, 4.0, 6.0, 8.0]
    assert times(world, OMAR, start) == [1.0, 3.0, 5.0, 7.0, 9.0]


def test_a_long_reply_takes_as_many_places_as_segments(world: World) -> None:
    """Rates are in segments (CAR-167)."""
    chat = live_chat(world)
    world.settle(30)
    start = world.clock.now()
    for segments in (4, 1, 2, 1):
        world.reply(LETTERS[segments], chat)
    world.settle(20)
    assert times(world, MARIA, start) == [0.0, 4.0, 5.0, 7.0]


def test_a_further_try_takes_a_further_place(world: World) -> None:
    """A reply in back-off leaves its place to others, and takes a new one when it is due."""
    maria, omar = live_chat(world), live_chat(world, OMAR)
    world.settle(30)
    start = world.clock.now()
    world.reply("Reply 0", omar)
    world.settle()
    world.fault("twilio", "CreateMessage", "status 429 after 2")
    world.reply("Refused at 1", maria)
    world.settle()
    for number in range(1, 4):
        world.reply(f"Reply {number}", omar)
    world.settle(20)
    assert times(world, OMAR, start) == [0.0, 2.0, 3.0, 5.0]
    assert times(world, MARIA, start) == [4.0]


def test_a_restart_forgets_no_place(world: World) -> None:
    """What was sent before it counts as much as what is sent after it."""
    chat = live_chat(world)
    world.settle(30)
    start = world.clock.now()
    world.reply(LETTERS[4], chat)
    world.settle()
    world.kill()
    world.revive()
    world.reply("Next", chat)
    world.settle(20)
    assert times(world, MARIA, start) == [0.0, 4.0]


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_who_must_wait_hides_nobody(tmp_path: Path, request: pytest.FixtureRequest, kind: str) -> None:
    """A look that found only texts out of their turn says that there may be more to find."""
    here = f"sqlite:///{tmp_path}/bridge.db"
    engine = connect(here if kind == "sqlite" else request.getfixturevalue("cleared_postgres"))
    upgrade(engine)
    decider = Decider(Rules(frozenset()), lambda: "new", lambda _kind, _why: None)
    journal = Journal(engine, DirectWriter(engine), decider, Pace(lambda _number: 1.0))
    with engine.begin() as tx:
        for name, phone, number in (("a", MARIA, SUPPORT), ("b", OMAR, SUPPORT), ("c", MARIA, SALES)):
            session = Session(name, phone, number, 0.0, 0.0)
            sessions.save(tx, session, 1e9)
            outbox.stage(tx, SendText(name, 0, 0, "Hi"), session, 0.0)
    looks = [journal.step(0.0, 1) for _ in range(4)]
    seen = [(more, [claim.effect.session for claim in claims]) for more, claims in looks]
    assert seen == [(False, ["a"]), (True, []), (False, ["c"]), (False, [])]
    assert journal.next_due() == 1.0
    journal.close()


def test_by_default_the_class_decides(tmp_path: Path) -> None:
    """A toll-free number sends three at once, and then three a second."""
    world = World(tmp_path)
    chat = live_chat(world, number=TOLL_FREE_NUMBER)
    world.settle(30)
    start = world.clock.now()
    for number in range(8):
        world.reply(f"Reply {number}", chat)
    world.settle(3)
    expected = [max(0, number - 2) / 3 for number in range(8)]
    assert times(world, MARIA, start) == pytest.approx(expected, abs=1e-3)
    world.close()


def test_no_limit(tmp_path: Path) -> None:
    """0 lets everything leave at once, from a slow number, too."""
    world = World(tmp_path, send_rate=0.0)
    world.control("PUT", f"/numbers/{SUPPORT}", {"kind": "toll-free"})
    chat = live_chat(world)
    start = world.clock.now()
    for number in range(20):
        world.reply(f"Reply {number}", chat)
    world.settle()
    assert times(world, MARIA, start) == [0.0] * 20
    world.close()
