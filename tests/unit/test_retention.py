"""What was finished long ago goes; what is not finished, a letter or a key that may be needed never does."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection, Engine, select, update

from bridge.core.model import AgentReplied, Charge, Rules, Session, TextReceived
from bridge.journal import Decider, Journal, inbox, retention
from bridge.journal.engine import DirectWriter, GroupWriter, connect
from bridge.journal.migrate import upgrade
from bridge.journal.schema import asked, effects, events, metadata, sessions
from bridge.journal.sessions import save
from tests import migrated
from tests.world import MARIA, OMAR, SUPPORT, World

DAY = 86_400.0
T = TypeVar("T")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Maria had an answer from the AI; nothing is removed by itself."""
    made = World(tmp_path, sweep_seconds=0, retention_days=0)
    with closing(made):
        made.text("Hello")
        made.settle(5.0)
        yield made


def after(world: World, days: float, *, keep: float = 90.0) -> dict[str, int]:
    """Time passes, then what is older than `keep` days is removed."""
    world.settle(0.0)
    world.clock.advance(days * DAY)
    world.settle(0.0)
    return world.bridge.journal.operations.retire(world.clock.now(), keep)


def of(world: World, *columns: Any) -> list[tuple[Any, ...]]:
    with world.bridge.journal._engine.connect() as tx:
        return [tuple(row) for row in tx.execute(select(*columns))]


def idled_out(world: World) -> None:
    world.clock.advance(4 * 3600.0)
    world.settle(0.0)
    assert of(world, sessions.c.charge) == [("nobody",)]


def handed_off(world: World, phone: str = MARIA) -> None:
    world.text("A human please", phone=phone)
    world.settle(5.0)


def test_a_finished_conversation_goes_whole(world: World) -> None:
    """Once it is old enough, and not a day before; nothing about it is left."""
    idled_out(world)
    assert sum(after(world, 89.0).values()) == 0
    gone = after(world, 2.0)
    assert gone["sessions"] == 1
    assert gone["events"] > 0
    for table in metadata.tables.values():
        if table.name == "asked":
            assert [source for source, *_ in of(world, table) if source.startswith("chat:")] == []
        elif table.name not in ("paces", "silences"):
            assert of(world, table) == [], table.name
    assert of(world, events.c.kind) == []


def test_nothing_goes_where_all_is_kept(world: World) -> None:
    """BRIDGE_RETENTION_DAYS=0."""
    before = len(of(world, events.c.seq))
    assert after(world, 5000.0, keep=0.0) == {}
    assert len(of(world, events.c.seq)) >= before
    assert len(of(world, sessions.c.id)) == 1


def test_an_open_session_stays_with_its_transcript(world: World) -> None:
    """People may come back to it after a year, and still have all of it."""
    handed_off(world)
    after(world, 365.0)
    world.text("Are you still there?")
    world.settle(5.0)
    world.reply("Yes")
    world.settle(5.0)
    assert world.shown()[-1] == "Yes"
    assert len(world.bridge.journal.turns("session-1")) == 6
    assert len(world.chats()) == 1


def test_a_letter_stays_and_can_be_replayed(world: World) -> None:
    """With its session, and the rest of its reply."""
    handed_off(world)
    words = "".join(f"{number:06}" for number in range(700))
    world.fault("twilio", "CreateMessage", "status 400")
    world.reply(words)
    world.settle(5.0)
    chat = world.chats()[-1]["id"]
    world.control("POST", f"/conversations/{chat}/end", {"agent": "Ada"})
    after(world, 365.0)
    (letter,) = world.bridge.journal.operations.letters()
    world.bridge.journal.operations.replay(letter.name, world.clock.now())
    world.settle(30.0)
    assert "".join(world.shown()[2:]) == words


def test_what_waits_stays(world: World) -> None:
    """An effect that waits for the operator, and an event that is not decided."""
    handed_off(world)
    world.fault("twilio", "CreateMessage", "status 401", count=10_000)
    world.reply("Late, but here")
    world.settle(5.0)
    world.bridge.journal._write(lambda tx: tx.execute(update(effects).values(created_at=0.0)))
    world.bridge.journal.operations.retire(world.clock.now() + 365 * DAY, 90.0)
    world.control("DELETE", "/faults")
    world.settle(60.0)
    assert world.shown()[-1] == "Late, but here"


UNFINISHED = ("new", "held", "parked")


@pytest.mark.parametrize("state", UNFINISHED)
def test_an_event_that_is_not_decided_stays(world: World, state: str) -> None:
    """However old it is."""
    world.bridge.journal._write(lambda tx: tx.execute(update(events).values(state=state)))
    count = len(of(world, events.c.seq))
    world.bridge.journal.operations.retire(world.clock.now() + 365 * DAY, 90.0)
    assert len(of(world, events.c.seq)) == count


def test_a_session_that_ended_lately_stays(world: World) -> None:
    """Old words do not make an old end."""
    handed_off(world)
    world.clock.advance(365 * DAY)
    world.settle(0.0)
    chat = world.chats()[-1]["id"]
    world.control("POST", f"/conversations/{chat}/end", {"agent": "Ada"})
    world.settle(5.0)
    assert of(world, sessions.c.charge) == [("nobody",)]
    world.bridge.journal.operations.retire(world.clock.now(), 90.0)
    assert len(of(world, sessions.c.id)) == 1
    assert after(world, 91.0)["sessions"] == 1


WINDOW = {"within it": (6.9, True), "after it": (7.1, False)}


@pytest.mark.parametrize(("days", "known"), WINDOW.values(), ids=list(WINDOW))
def test_a_key_stays_within_its_window(world: World, days: float, known: bool) -> None:  # noqa: FBT001
    """Seven days, however short the setting: a text told again opens no session."""
    with world.bridge.journal._engine.begin() as tx:
        tx.execute(update(events).values(facts='{"untold": []}'))
    after(world, days, keep=0.01)
    keys = {key for (key,) in of(world, events.c.key) if key.startswith("twilio:SM")}
    assert bool(keys) is known
    kept = of(world, events.c.kind, events.c.body, events.c.facts)
    words = {each for kind, *told in kept if kind == "TextReceived" for each in told}
    assert words <= {""}, "the words themselves are gone"


ASKED: dict[
    str, tuple[float, float, bool, bool]
] = {  # days since the end, days kept; are ours and a stranger's known
    "ended long ago": (91.0, 90.0, False, False),
    "ended lately": (8.0, 90.0, True, True),
    "gone, within the window": (6.0, 1.0, True, True),
    "gone, after the window": (8.0, 1.0, False, False),
}


@pytest.mark.parametrize(("days", "keep", "ours", "theirs"), ASKED.values(), ids=list(ASKED))
def test_what_was_asked_goes_with_its_chat(
    world: World, days: float, keep: float, *, ours: bool, theirs: bool
) -> None:
    """And what was asked of a chat that never was one of ours; numbers stay asked."""
    handed_off(world)
    journal, chat = world.bridge.journal, world.chats()[-1]["id"]
    for source in (f"chat:{chat}", "chat:of a stranger"):
        journal.catch_up(source, [], world.clock.now())
    world.control("POST", f"/conversations/{chat}/end", {"agent": "Ada"})
    world.settle(5.0)
    before = {source for source, *_ in of(world, asked) if source.startswith("number:")}
    after(world, days, keep=keep)
    known = {source for source, *_ in of(world, asked)}
    assert before <= known
    assert (f"chat:{chat}" in known, "chat:of a stranger" in known) == (ours, theirs)


def test_a_refused_reply_of_an_open_chat_is_not_sent_a_year_later(world: World) -> None:
    """The desk still shows it, and is asked for what stands there: its key must be known (P5)."""
    handed_off(world)
    world.text("STOP")
    world.settle(5.0)
    world.reply("Not to be sent")
    world.settle(5.0)
    after(world, 365.0)
    world.text("START")
    world.settle(5.0)
    world.text("I am back")
    world.settle(5.0)
    world.bridge._sweep.run(world.bridge.settings.numbers)
    world.settle(60.0)
    assert "Not to be sent" not in world.shown()


def test_the_key_of_a_reply_stays_while_the_chat_it_was_left_in_is_asked(tmp_path: Path) -> None:
    """A full chat goes on being asked: what was refused there under STOP is no news a week later (P5)."""
    engine = connect(f"sqlite:///{tmp_path}/bridge.db")
    upgrade(engine)
    decider = Decider(Rules(frozenset({SUPPORT})), lambda: "new", lambda *_: None)
    session = Session("s", MARIA, SUPPORT, 0.0, 9 * DAY, Charge.HUMAN, conversation="next", full=("left",))
    refused = AgentReplied(10.0, "left", "m", "Not to be sent")
    with engine.begin() as tx:
        save(tx, session, 1e9)
        inbox.record(tx, "sunshine:message:m", refused, {"chat:left"})
        inbox.decide_new(tx, decider)
        for batch in retention.batches(9 * DAY, 7.0):
            while batch.more:
                batch(tx)
        assert inbox.record_in_order(tx, "chat:left", [("sunshine:message:m", refused)], str) == 0
    engine.dispose()


def test_the_running_bridge_does_it_every_hour(tmp_path: Path) -> None:
    """By its own clock, as the sweep."""
    world = World(tmp_path, sweep_seconds=0, retention_days=10)
    with closing(world):
        world.text("Hello", phone=OMAR)
        world.settle(5.0)
        idled_out(world)
        world.clock.advance(11 * DAY)
        world.settle(0.0)
        assert of(world, sessions.c.id) == []


def test_traffic_is_not_disturbed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """FT-R5: while a bridge records and decides, batch after batch of old things goes; nothing new does."""
    monkeypatch.setattr(retention, "BATCH", 7)
    engine = connect(f"sqlite:///{tmp_path}/bridge.db")
    upgrade(engine)
    ids = iter(f"session-{number}" for number in range(10_000))
    decider = Decider(Rules(frozenset({SUPPORT}), idle_seconds=100.0), lambda: next(ids), lambda *_: None)
    journal = Journal(engine, GroupWriter(engine), decider)
    now, old = 1000 * DAY, 300
    journal.record([text(number, 1.0) for number in range(old)])
    decide(journal, 2.0)
    with engine.begin() as tx:
        tx.execute(update(effects).values(state="done"))
        tx.execute(update(sessions).values(charge="nobody", idle_due=None))
        tx.exec_driver_sql("DELETE FROM lanes")
    done = threading.Event()

    def traffic() -> None:
        for number in range(old, old + 200):
            journal.record([text(number, now)])
        decide(journal, now)
        done.set()

    thread = threading.Thread(target=traffic)
    thread.start()
    gone = dict[str, int]()
    while not done.is_set() or not gone.get("sessions"):
        for name, count in journal.operations.retire(now, 90.0).items():
            gone[name] = gone.get(name, 0) + count
    thread.join()
    assert (gone["sessions"], gone["turns"]) == (old, old)
    with engine.connect() as tx:
        left = tx.execute(select(events.c.key).where(events.c.kind == "TextReceived")).scalars().all()
        assert sorted(left) == sorted(f"twilio:{number}" for number in range(old, old + 200))
        assert len(tx.execute(select(sessions.c.id)).all()) == 200
    journal.close()


def text(number: int, at: float) -> tuple[str, TextReceived]:
    """A text of a customer of its own."""
    return f"twilio:{number}", TextReceived(at, f"+1415{5_560_000 + number}", SUPPORT, "Hi", f"SM{number}")


def decide(journal: Journal, now: float) -> None:
    """Everything that waits, as if every source had been asked."""
    journal.catch_up(f"number:{SUPPORT}", [], now)
    while journal.step(now, 0)[0]:
        pass


class Twice:
    """A writer whose every transaction collides once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._write = DirectWriter(engine)

    def __call__(self, work: Callable[[Connection], T]) -> T:
        with self._engine.connect() as tx:
            first = tx.begin()
            work(tx)
            first.rollback()
        return self._write(work)

    def close(self) -> None:
        self._write.close()


def test_a_transaction_that_is_tried_twice_skips_nothing(tmp_path: Path) -> None:
    """A batch goes on only when what it removed is gone for good."""
    engine = connect(migrated.lay(tmp_path / "bridge.db"))
    rows = [{"source": f"chat:{number:03}", "first": 0.0, "until": 1.0} for number in range(450)]
    with engine.begin() as tx:
        tx.execute(asked.insert(), rows)
    decider = Decider(Rules(frozenset({SUPPORT})), lambda: "", lambda _kind, _why: None)
    journal = Journal(engine, Twice(engine), decider)
    assert journal.operations.retire(30 * DAY, 1.0)["asked"] == 450
    journal.close()
