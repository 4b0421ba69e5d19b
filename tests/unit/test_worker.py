"""What a failed effect does next: by the class of its error, at exact times."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from bridge.core import retry
from bridge.core.errors import (
    BridgeError,
    Misconfigured,
    OptedOut,
    Permanent,
    Temporary,
    Throttled,
    Uncertain,
)
from bridge.core.model import (
    AskAssistant,
    AssistantAnswered,
    Charge,
    Effect,
    EffectParked,
    Event,
    PassControl,
    Rules,
    SendHeld,
    SendText,
    Session,
    TellAgent,
)
from bridge.core.shares import CARRIER, DESK, system_of
from bridge.journal import Claim, Decider, Journal, outbox, sessions
from bridge.journal.engine import DirectWriter, GroupWriter, connect
from bridge.journal.migrate import upgrade
from bridge.journal.schema import effects, events
from bridge.worker import Held, Worker
from tests import migrated

SESSION = Session("m", "+14155550101", "+14155550150", 0.0, 0.0, turns=1, asked=1, asking=True)
WITH_PEOPLE = replace(SESSION, charge=Charge.HUMAN, conversation="c")
SEND = SendText("m", 1, 0, "Hi")

Does = Callable[[Claim], Event | None]


def fails(error: Exception) -> Does:
    """A performance that ends so."""

    def act(_claim: Claim) -> Event | None:
        raise error

    return act


@dataclass
class Stage:
    """A worker on a fresh journal, a clock that is moved by hand, and what was performed."""

    engine: Engine
    now: float = 0.0
    acts: list[Does] = field(default_factory=list)
    seen: list[tuple[float, int, int]] = field(default_factory=list)  # when, which try, doubts
    given_up: list[str] = field(default_factory=list)
    journal: Journal = field(init=False)
    worker: Worker = field(init=False)

    def __post_init__(self) -> None:
        decider = Decider(Rules(frozenset()), lambda: "new", lambda _kind, _why: None)
        self.journal = Journal(self.engine, DirectWriter(self.engine), decider)
        self.worker = Worker(self.journal, self, clock=lambda: self.now, jitter=lambda: 0.5)

    def perform(self, claim: Claim) -> Event | None:
        """Play the next act, the last one for ever; telling the agent always works."""
        if isinstance(claim.effect, TellAgent):
            return None
        self.seen.append((self.now, claim.tries, claim.doubts))
        return (self.acts.pop(0) if len(self.acts) > 1 else self.acts[0])(claim)

    def give_up(self, claim: Claim, error: BridgeError) -> Event | None:
        """Say so, as the bridge's performer does for most effects."""
        self.given_up.append(error.reason)
        return EffectParked(self.now, claim.effect.session, type(claim.effect).__name__, error.reason)

    def stage(self, *staged: Effect, session: Session = WITH_PEOPLE) -> None:
        """The flow wants these done."""
        with self.engine.begin() as tx:
            sessions.save(tx, session, 1e9)
            for effect in staged:
                outbox.stage(tx, effect, session, self.now)

    def run(self, *acts: Does, until: float = 0.0) -> None:
        """Let the worker work, jumping from one due time to the next."""
        self.acts = list(acts)
        self.worker.run_until_idle()
        while (due := self.journal.next_due()) is not None and self.now < due <= until:
            self.now = due
            self.worker.run_until_idle()

    def of(self, *columns: Any) -> list[tuple[Any, ...]]:
        """Columns of a table."""
        with self.engine.connect() as tx:
            return [tuple(row) for row in tx.execute(select(*columns))]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A fresh one."""
    made = Stage(connect(migrated.lay(tmp_path / "bridge.db")))
    yield made
    made.journal.close()


WELL: Does = lambda _claim: None  # noqa: E731
NO = ("no",)


def test_what_is_done_is_done_once(stage: Stage) -> None:
    """A success is settled and what came of it is decided."""
    stage.stage(AskAssistant("m", 0, 1), session=SESSION)
    stage.run(lambda _claim: AssistantAnswered(0.0, "m", ""))
    assert stage.seen == [(0.0, 1, 0)]
    assert stage.of(effects.c.state) == [("done",)]
    found = stage.journal.session("m")
    assert found is not None
    assert not found.asking


TIMES = {
    "back-off": (Temporary(*NO), [0.0, 1.0, 3.0, 8.0, 23.0, 53.0, 113.0], 0),
    "in doubt": (Uncertain(*NO), [0.0, 1.0, 3.0, 8.0, 23.0, 53.0, 113.0], 1),
    "Retry-After": (Throttled("busy", retry_after=40.0), [0.0, 40.0, 80.0], 0),
    "a Retry-After shorter than ours": (Temporary("busy", retry_after=3.0), [0.0, 3.0, 6.0, 11.0, 26.0], 0),
    "the operator must mend it": (Misconfigured(*NO), [0.0, 30.0, 60.0, 90.0], 0),
}


@pytest.mark.parametrize(("error", "times", "doubts"), TIMES.values(), ids=list(TIMES))
def test_when_it_is_tried_again(stage: Stage, error: BridgeError, times: list[float], doubts: int) -> None:
    """Due times are exact, and only an uncertain failure adds a doubt (FT-O8)."""
    stage.stage(SEND)
    stage.run(fails(error), until=times[-1])
    assert stage.seen == [(at, number + 1, number * doubts) for number, at in enumerate(times)]
    assert stage.of(effects.c.error) == [(error.reason,)]


def test_nothing_is_tried_before_its_time(stage: Stage) -> None:
    """An effect in back-off rests, however often the worker looks."""
    stage.stage(SEND)
    stage.run(fails(Temporary("no")))
    for stage.now in (0.1, 0.5, 0.999):
        stage.worker.run_until_idle()
    assert len(stage.seen) == 1


def test_doubts_outlive_other_failures(stage: Stage) -> None:
    """What may have happened stays so, whatever fails or waits afterwards (P3)."""
    stage.stage(SEND)
    told = SendHeld(0.0, "m", 1, 0, "not registered")
    acts = (Uncertain("?"), Temporary("no"), Misconfigured("no"), Held(100.0, "held", told))
    stage.run(*map(fails, acts), WELL, until=100.0)
    assert [doubts for _, _, doubts in stage.seen] == [0, 1, 1, 1, 1]


ENOUGH = {
    "a reply": (SEND, Temporary("no"), retry.exhausted, 20),
    "a question": (AskAssistant("m", 0, 1), Temporary("no"), retry.exhausted, 2),
    "in doubt": (SEND, Uncertain("?"), retry.exhausted, 20),
}


@pytest.mark.parametrize(("effect", "error", "limit", "tries"), ENOUGH.values(), ids=list(ENOUGH))
def test_after_enough_tries_it_is_given_up(
    stage: Stage, effect: Effect, error: BridgeError, limit: Callable[[str, int], bool], tries: int
) -> None:
    """The table of core.retry says how many; then it is a letter."""
    stage.stage(effect)
    stage.run(fails(error), until=1e6)
    assert limit(type(effect).__name__, tries)
    assert len(stage.seen) == tries
    assert stage.given_up == [error.reason]
    assert stage.of(effects.c.state, effects.c.error)[0] == ("parked", error.reason)


def test_a_misconfigured_effect_is_never_given_up(stage: Stage) -> None:
    """It waits for the operator as long as it takes, and then it is done."""
    stage.stage(SEND)
    stage.run(*[fails(Misconfigured("wrong token"))] * 200, WELL, until=1e6)
    assert len(stage.seen) == 201
    assert stage.given_up == []
    assert stage.of(effects.c.state) == [("done",)]


@pytest.mark.parametrize("error", [Permanent("refused"), OptedOut("refused")], ids=["refused", "opted out"])
def test_what_will_never_work_is_given_up_at_once(stage: Stage, error: BridgeError) -> None:
    """It becomes a letter, the agent is told, and the lane goes on."""
    stage.stage(PassControl("m"), PassControl("m"))
    stage.run(fails(error), WELL)
    assert stage.of(effects.c.kind, effects.c.state)[:3] == [
        ("PassControl", "parked"),
        ("PassControl", "done"),
        ("TellAgent", "done"),
    ]
    assert stage.of(events.c.kind, events.c.state) == [("EffectParked", "done")]


def test_what_is_held_is_told_once_and_not_counted(stage: Stage) -> None:
    """A reply that waits for a registration has not been tried; the agent hears of it once."""
    stage.stage(SEND)
    told = SendHeld(0.0, "m", 1, 0, "not registered")
    stage.run(*(fails(Held(at, "held", told)) for at in (60.0, 120.0, 180.0)), WELL, until=180.0)
    assert stage.seen == [(at, 1, 0) for at in (0.0, 60.0, 120.0, 180.0)]
    assert stage.of(events.c.kind) == [("SendHeld",)]
    assert stage.of(effects.c.kind) == [("SendText",), ("TellAgent",)]


def test_a_bug_in_one_effect_does_not_end_the_worker(tmp_path: Path) -> None:
    """With threads of its own, the worker survives whatever breaks and does the rest."""
    engine = connect(f"sqlite:///{tmp_path}/bridge.db")
    upgrade(engine)
    stage = Stage(engine)
    decider = Decider(Rules(frozenset()), lambda: "new", lambda _kind, _why: None)
    journal = Journal(engine, GroupWriter(engine), decider)
    stage.acts = [fails(ZeroDivisionError()), WELL]
    stage.stage(SEND, PassControl("m"))
    worker = Worker(journal, stage, clock=lambda: 0.0, jitter=lambda: 0.5, threads=1)
    worker.start()
    while len(stage.seen) < 2:
        journal.woken.wait(1.0)
    worker.stop()
    journal.close()
    states = sorted(row[0] for row in stage.of(effects.c.state))
    engine.dispose()
    assert states == ["done", "performing"]


def test_an_assistant_that_hangs_holds_up_nobody_else(tmp_path: Path) -> None:
    """Its questions have their share of the performers; replies and lines have theirs (FT-I7)."""
    engine = connect(f"sqlite:///{tmp_path}/bridge.db")
    upgrade(engine)
    stage, hangs = Stage(engine), threading.Event()
    done = {DESK: threading.Event(), CARRIER: threading.Event()}
    asked: list[str] = []

    class Hands:
        def perform(self, claim: Claim) -> Event | None:
            kind = type(claim.effect).__name__
            if kind == "AskAssistant":
                asked.append(kind)
                hangs.wait(20.0)
            else:
                done[system_of(kind)].set()
            return None

        def give_up(self, _claim: Claim, _error: BridgeError) -> Event | None:
            return None

    for number in range(20):
        asking = replace(SESSION, id=f"s{number}", phone=f"+1{number}")
        stage.stage(AskAssistant(asking.id, 0, 1), session=asking)
    journal = Journal(engine, GroupWriter(engine), stage.journal._decider)
    worker = Worker(journal, Hands(), clock=lambda: 0.0, jitter=lambda: 0.5, threads=4)
    worker.start()
    stage.stage(SEND, PassControl("m"))
    journal.woken.set()
    in_time = [each.wait(10.0) for each in done.values()]
    before = len(asked)
    hangs.set()
    worker.stop()
    journal.close()
    engine.dispose()
    assert in_time == [True, True]
    assert before == 2
