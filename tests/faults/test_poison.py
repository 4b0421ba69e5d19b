"""FT-C4: what ends the process each time is set aside, and the rest goes on. FT-C6: the power fails."""

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bridge import failpoints
from bridge.core import flow, retry
from bridge.core.model import AgentReplied
from bridge.journal import poison
from tests.faults.test_crash import assert_untouched, play
from tests.world import MARIA, OMAR, Crash, World

CONNECTING = "I'll connect you with a person now."
ANSWER = "Thanks for your message. How else can I help?"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Maria and Omar are in live chats."""
    made = World(tmp_path)
    for phone in (MARIA, OMAR):
        made.text("A human please", phone=phone)
    made.settle(5)
    yield made
    failpoints.disarm()
    made.close()


def rows(world: World, query: str) -> list[tuple[object, ...]]:
    """What stands in the journal."""
    with closing(sqlite3.connect(world.folder / "bridge.db")) as database:
        return database.execute(query).fetchall()


def chat_of(world: World, phone: str) -> str:
    return next(str(chat["id"]) for chat in world.chats() if chat["user"]["phone"] == phone)


def poisoned(kind: str) -> list[int]:
    """Every decision of such an event ends the process; counts how often."""
    deaths = [0]

    def die(what: str) -> None:
        if what == kind:
            deaths[0] += 1
            raise Crash(what)

    failpoints.arm("decided", die)
    return deaths


def test_an_event_that_ends_the_process_is_set_aside(world: World) -> None:
    """Texts before and after it are relayed once and in order; it is parked with its reason."""
    deaths = poisoned("AgentReplied")
    world.text("One", phone=OMAR)
    world.text("Two", phone=OMAR)
    world.reply("Poison", chat_of(world, MARIA))
    world.text("Three", phone=OMAR)
    world.text("Four")
    world.settle(60)
    omar = world.control("GET", f"/conversations/{chat_of(world, OMAR)}")
    maria = world.control("GET", f"/conversations/{chat_of(world, MARIA)}")
    assert world.lines(omar)[-3:] == ["One", "Two", "Three"]
    assert world.lines(maria)[-2:] == ["Poison", "Four"]
    assert rows(world, "select kind, remark from events where state = 'parked'") == [
        ("AgentReplied", poison.WHY)
    ]
    assert deaths[0] == poison.MOST_CRASHES + 1
    assert world.shown() == [CONNECTING]
    assert world.bridge.journal.counts()["events_parked"] == 1


def test_what_merely_raises_is_set_aside_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it raises."""

    def overflow(*_: object) -> None:
        raise RecursionError

    monkeypatch.setitem(flow.CHAPTERS, AgentReplied, overflow)
    world.reply("Poison", chat_of(world, MARIA))
    world.text("Four")
    world.settle(60)
    assert rows(world, "select kind from events where state = 'parked'") == [("AgentReplied",)]
    assert world.lines(world.control("GET", f"/conversations/{chat_of(world, MARIA)}"))[-1] == "Four"


def test_an_innocent_neighbour_is_never_set_aside(world: World) -> None:
    """However often the process ends for other reasons, what is decided in between leaves no mark behind."""
    for number in range(poison.MOST_CRASHES + 2):
        world.text(f"line {number}")
        world.clock.run_due()
        world.kill()
        world.revive()
    world.settle(60)
    maria = world.control("GET", f"/conversations/{chat_of(world, MARIA)}")
    assert world.lines(maria)[2:] == [f"line {number}" for number in range(poison.MOST_CRASHES + 2)]
    assert rows(world, "select kind from events where state = 'parked'") == []


EFFECTS = [(kind, point) for kind in ("PostTurn", "SendText") for point in ("performing", "performed")]


@pytest.mark.parametrize(("kind", "point"), EFFECTS)
def test_an_effect_that_ends_the_process_is_given_up(world: World, kind: str, point: str) -> None:
    """A letter with a reason; what it did is done at most once; the lane and all others go on."""
    ends = [0]

    def die(what: str) -> None:
        if what == kind and ends[0] <= retry.MOST_CRASHES:
            ends[0] += 1
            raise Crash(what)

    failpoints.arm(point, die)
    acts: dict[str, Callable[[], None]] = {
        "PostTurn": lambda: world.text("Poison"),
        "SendText": lambda: world.reply("Poison", chat_of(world, MARIA)),
    }
    acts[kind]()
    world.settle(600)
    assert rows(world, "select kind from effects where state = 'parked'") == [(kind,)]
    assert ends[0] == retry.MOST_CRASHES
    failpoints.disarm()
    world.reply("After", chat_of(world, MARIA))
    world.text("Later")
    world.settle(60)
    maria = world.control("GET", f"/conversations/{chat_of(world, MARIA)}")
    assert world.lines(maria).count("Poison") <= 1
    assert world.lines(maria)[-1] == "Later"
    assert world.shown() == [CONNECTING, *["Poison"] * (kind == "SendText" and point == "performed"), "After"]
    notes = [line["text"] for line in maria["messages"] if line["silent"]]
    receipt_came = (kind, point) == ("SendText", "performed")  # so that nothing is in doubt
    assert any("may or may not have been" in note for note in notes) is not receipt_came


class WithoutPower(World):
    """A world whose bridge dies with the machine: database and WAL stay as they were at that moment."""

    def kill(self) -> None:
        aside = self.folder / "aside"
        aside.mkdir(exist_ok=True)
        for name in ("bridge.db", "bridge.db-wal"):
            shutil.copy(self.folder / name, aside)
        super().kill()  # closing moves the WAL into the database; the next start must not profit from it
        for name in ("bridge.db", "bridge.db-wal"):
            shutil.move(aside / name, self.folder / name)


@pytest.mark.parametrize("seed", range(8))
def test_a_power_failure_loses_nothing(tmp_path: Path, seed: int) -> None:
    """At random points, between commit and checkpoint: the story is whole (FT-C6, P1 to P4)."""
    world, chance = WithoutPower(tmp_path), random.Random(seed)
    left, failures = [chance.randrange(1, 40)], [0]

    def maybe(_what: str) -> None:
        left[0] -= 1
        if left[0] == 0:
            left[0] = chance.randrange(1, 40)
            failures[0] += 1
            raise Crash

    for name in failpoints.NAMES:
        failpoints.arm(name, maybe)
    play(world)
    failpoints.disarm()
    assert failures[0] >= 2
    assert_untouched(world)
    world.close()
