"""FT-T: the end of a silent session to the second, clocks that jump, dates, and whose clock counts."""

import ast
import math
import re
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from werkzeug.serving import make_server

import bridge
from bridge.carriers.twilio_account import seconds
from bridge.clock import RehearsalClock
from simulator.build import build
from simulator.clock import RunningClock
from simulator.transport import deliver
from simulator.wsgi import application
from tests.faults.chat import arrivals, live_chat, offers, told
from tests.faults.line import Line, instead, laid
from tests.world import MARIA, OMAR, SALES, World

IDLE = 10_800.0
HOUR, DAY = 3600.0, 86_400.0


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    """To the carrier."""
    return laid(monkeypatch)


@pytest.fixture
def world(line: Line, tmp_path: Path) -> Iterator[World]:
    """Everybody, and no sweep."""
    made = World(tmp_path, sweep_seconds=0.0)
    yield made
    made.close()


# --- FT-T1: three hours ---


@pytest.mark.parametrize("closer", ["first", "after the text", "late"])
@pytest.mark.parametrize(("offset", "opened"), [(-1.0, 1), (0.0, 2), (1.0, 2)])
def test_the_end_of_a_silent_session(world: World, closer: str, offset: float, opened: int) -> None:
    """A text a second before it is of the old session, one at it is not, whatever is decided first."""
    world.text("Hello")
    world.settle(10)
    (session,) = _sessions(world)
    at = session["last_at"] + IDLE + offset
    world.clock.advance(at - world.clock.now())
    if closer == "first":
        world.bridge.run_until_idle()
    world.text("Still there?")
    world.clock.run_due()  # the webhook is journaled, nothing is decided
    if closer == "late":
        world.clock.advance(60.0)
    world.settle(5)
    assert len(_sessions(world)) == opened
    assert [each["turns"] for each in _sessions(world)][-1] == (4 if opened == 1 else 2)


def _sessions(world: World) -> list[dict[str, float]]:
    """Every session of Maria's, oldest first."""
    found = (world.bridge.journal.session(f"session-{number}") for number in range(1, 50))
    return [{"last_at": each.last_at, "turns": each.turns} for each in found if each and each.phone == MARIA]


# --- FT-T2: clocks that jump ---

JUMPS = {"back an hour": -HOUR, "back ten seconds": -10.0, "forward a day": DAY, "not at all": 0.0}


def jump(world: World, seconds_: float) -> None:
    """The machine's clock is set."""
    world.clock._offset += seconds_


@pytest.mark.parametrize("seconds_", JUMPS.values(), ids=list(JUMPS))
@pytest.mark.parametrize("restart", [False, True], ids=["running", "at a restart"])
def test_a_jump_loses_and_doubles_nothing(
    world: World, line: Line, seconds_: float, *, restart: bool
) -> None:
    """Work in back-off, in doubt and behind it is done, once and in order; nobody waits for the old time."""
    maria, omar = live_chat(world), live_chat(world, OMAR, SALES)
    world.settle(30)
    before = len(arrivals(world))
    line.creates = [instead(429, {"code": 20429})] * 4
    world.reply("One", maria)
    world.reply("Two", maria)
    world.settle(10)  # the next try is thirteen seconds away
    if restart:
        world.kill()
    jump(world, seconds_)
    if restart:
        world.revive()
    world.reply("Meanwhile", omar)
    world.settle(60)
    assert [entry["text"] for entry in arrivals(world)[before:]] == ["One", "Two"]
    assert [entry["text"] for entry in arrivals(world, OMAR)][-1] == "Meanwhile"
    assert (told(world, maria), told(world, omar)) == ([], [])


def test_a_pace_is_not_stalled_by_a_clock_put_back(line: Line, tmp_path: Path) -> None:
    """What was reckoned by the old time is forgotten."""
    world = World(tmp_path, sweep_seconds=0.0, send_rate=1.0)
    chat = live_chat(world)
    world.settle(30)
    before = len(offers(world))
    for number in range(3):
        world.reply(f"Reply {number}", chat)
    world.settle()
    jump(world, -HOUR)
    world.settle(5)
    assert len(offers(world)) == before + 3
    world.close()


def test_a_back_off_crosses_the_year(world: World, line: Line) -> None:
    """Times are seconds since 1970: no midnight, year's end or summer time is seen."""
    chat = live_chat(world)
    world.settle(datetime(2026, 12, 31, 23, 59, 58, tzinfo=UTC).timestamp() - world.clock.now())
    start = world.clock.now()
    line.creates = [instead(429, {"code": 20429})] * 3
    world.reply("Happy new year", chat)
    world.settle(60)
    assert [entry["at"] - start for entry in arrivals(world)][-1] == 8.0


# --- FT-T3: dates of the providers ---

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp()
DATES: dict[str, tuple[object, float]] = {
    "RFC 2822": ("Sun, 22 Nov 2026 12:00:00 +0000", NOON),
    "of another zone": ("Sun, 22 Nov 2026 04:00:00 -0800", NOON),
    "GMT by name": ("Sun, 22 Nov 2026 12:00:00 GMT", NOON),
    "no zone": ("Sun, 22 Nov 2026 12:00:00", NOON),
    "unknown zone": ("Sun, 22 Nov 2026 12:00:00 -0000", NOON),
    "ISO 8601": ("2026-11-22T12:00:00Z", NOON),
    "ISO 8601 of another zone": ("2026-11-22T13:00:00+01:00", NOON),
    "ISO 8601, no zone": ("2026-11-22T12:00:00", NOON),
    "1970": ("Thu, 01 Jan 1970 00:00:00 +0000", 0.0),
    "the future": ("Sun, 22 Nov 2099 12:00:00 +0000", datetime(2099, 11, 22, 12, tzinfo=UTC).timestamp()),
    "nothing": (None, math.inf),
    "no date": ("yesterday", math.inf),
    "no such day": ("Sun, 42 Nov 2026 12:00:00 +0000", math.inf),
}


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles"])
@pytest.mark.parametrize(("date", "expected"), DATES.values(), ids=list(DATES))
def test_dates(monkeypatch: pytest.MonkeyPatch, zone: str, date: object, expected: float) -> None:
    """Read alike whatever the machine's zone; what cannot be read ends no search (P3)."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert seconds(date) == expected
    finally:
        monkeypatch.undo()
        time.tzset()


# --- FT-T4, FT-T5: whose clock counts ---

ROOT = Path(bridge.__file__).parent
CLOCKS = {("time", "time"), ("time", "time_ns"), ("time", "localtime"), ("time", "gmtime")}
CLOCKS |= {(name, how) for name in ("datetime", "date") for how in ("now", "utcnow", "today")}
MAY_ASK = {"wiring.py", "clock.py"}
SQL_CLOCK = re.compile(
    r"\b(current_timestamp|current_time|current_date|localtimestamp|unixepoch|julianday|strftime"
    r"|clock_timestamp|statement_timestamp|transaction_timestamp)\b|\b(now|datetime|date|time)\(\s*'?(now)?'?\s*\)",
    re.IGNORECASE,
)
MODULES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py"))


def asks(tree: ast.AST) -> Iterator[str]:
    """Every mention of the machine's or the database's clock."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if (node.value.id, node.attr) in CLOCKS:
                yield f"{node.value.id}.{node.attr}"
            if node.value.id == "func" and SQL_CLOCK.search(f"{node.attr}()"):
                yield f"func.{node.attr}"
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from (f"time.{each.name}" for each in node.names if ("time", each.name) in CLOCKS)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL_CLOCK.search(node.value):
            yield node.value


@pytest.mark.parametrize("path", MODULES)
def test_time_is_given(path: str) -> None:
    """Only wiring and the clock ask the machine; nobody asks the database."""
    found = list(asks(ast.parse((ROOT / path).read_text())))
    assert found == [] or path in MAY_ASK


ASKING = ("time.time()", "datetime.now(UTC)", "date.today()", "func.now()", "func.current_timestamp()")
SQL = ("SELECT CURRENT_TIMESTAMP", "select now()", "datetime('now')", "WHERE at < unixepoch()")


@pytest.mark.parametrize("code", [*ASKING, "from time import time", *(f'"{each}"' for each in SQL)])
def test_whoever_asks_is_found(code: str) -> None:
    """The rule above can fail."""
    assert list(asks(ast.parse(code)))


def test_a_process_of_its_own_follows_the_clock_of_the_simulator() -> None:
    """A frozen clock is not shared with a child; it is told the time, and of each jump (FT-T5)."""
    network = build(RunningClock(), deliver)
    server = make_server("127.0.0.1", 0, application(network.handle), threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    jumped = threading.Event()
    session = requests.Session()
    session.trust_env = False
    clock = RehearsalClock(f"http://127.0.0.1:{server.port}/_sim/clock", session, jumped.set)
    try:
        jumped.clear()
        before = clock()
        network.clock.advance(IDLE)
        assert jumped.wait(10)
        assert clock() - before == pytest.approx(IDLE, abs=10)
    finally:
        clock.close()
        server.shutdown()
        server.server_close()
