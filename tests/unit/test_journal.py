"""The journal keeps what it was told, once and in order, and gives it out to one at a time."""

import re
import threading
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, Table, event, inspect, select, text
from sqlalchemy.exc import OperationalError

import bridge.journal
from bridge.core.errors import Permanent
from bridge.core.model import (
    AskAssistant,
    AssistantAnswered,
    Charge,
    CloseAssistant,
    Consent,
    Effect,
    Event,
    FetchAnswer,
    OpenConversation,
    PassControl,
    PostTurn,
    ReceiptArrived,
    Rules,
    SendHeld,
    SendText,
    Session,
    TextReceived,
    UserMerged,
)
from bridge.core.shares import Room
from bridge.journal import Claim, Decider, Journal, codec, inbox, outbox, sessions
from bridge.journal.engine import DirectWriter, GroupWriter, Writer, connect
from bridge.journal.migrate import NewerSchema, upgrade
from bridge.journal.schema import REVISION, consents, effects, events, lanes, metadata, turns
from bridge.journal.statements import upsert
from tests import migrated

MARIA, OMAR, SUPPORT = "+14155550101", "+12125550102", "+14155550150"
WITH_MARIA = Session("m", MARIA, SUPPORT, 0.0, 0.0, turns=1, asked=1, asking=True)
WITH_OMAR = Session("o", OMAR, SUPPORT, 0.0, 0.0, turns=1, asked=1, asking=True)
RULES = Rules(frozenset({SUPPORT}), idle_seconds=100.0)
LEASE = outbox.LEASE_SECONDS


@dataclass
class Book:
    """A journal on a fresh database, and what it counted."""

    engine: Engine
    journal: Journal
    counted: list[tuple[str, str]] = field(default_factory=list)

    def write(self, work: Callable[[Connection], Any]) -> None:
        """Change the database beside the journal."""
        with self.engine.begin() as tx:
            work(tx)

    def stage(self, session: Session, *staged: Effect, now: float = 0.0) -> None:
        """The flow wants these done."""

        def work(tx: Connection) -> None:
            sessions.save(tx, session, 1e9)
            for effect in staged:
                outbox.stage(tx, effect, session, now)

        self.write(work)

    def claim(self, now: float = 0.0, room: int = 20) -> list[Claim]:
        """Take what is due."""
        return self.journal.step(now, room)[1]

    def rows(self, table: Any, *columns: Any) -> list[tuple[Any, ...]]:
        """What stands in a table, oldest first."""
        with self.engine.connect() as tx:
            query = select(*columns).select_from(table).order_by(*getattr(table, "primary_key", ()))
            return [tuple(row) for row in tx.execute(query)]

    def states(self) -> list[str]:
        """What became of each effect."""
        return [row[0] for row in self.rows(effects, effects.c.state)]


def book_at(path: Path, writer: Callable[[Engine], Writer] = DirectWriter) -> Book:
    """A journal in this folder."""
    return book_on(migrated.lay(path / "bridge.db"), writer)


def book_on(url: str, writer: Callable[[Engine], Writer] = DirectWriter) -> Book:
    """A journal on this database."""
    engine = connect(url)
    upgrade(engine)
    counted: list[tuple[str, str]] = []
    fresh = iter(f"session-{number}" for number in range(1, 1000))
    decider = Decider(
        RULES,
        lambda: next(fresh),
        lambda kind, why: counted.append((kind, why)),
    )
    journal = Journal(engine, writer(engine), decider)
    journal.catch_up(f"number:{SUPPORT}", [], None)  # nothing older is unknown
    journal.woken.clear()
    return Book(engine, journal, counted)


@pytest.fixture(params=["sqlite", "postgresql"])
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Book]:
    """A journal that writes on the caller's thread, on either engine."""
    postgres = request.param == "postgresql"
    url = request.getfixturevalue("cleared_postgres") if postgres else migrated.lay(tmp_path / "bridge.db")
    made = book_on(url)
    yield made
    made.journal.close()


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[Book]:
    """A journal that many threads write to."""
    made = book_at(tmp_path, GroupWriter)
    yield made
    made.journal.close()


def heard(words: str = "Hello", phone: str = MARIA, at: float = 0.0) -> TextReceived:
    """A text to Support."""
    return TextReceived(at, phone, SUPPORT, words, f"SM-{words}")


def send(turn: int = 1, session: str = "m") -> SendText:
    """One message to the phone."""
    return SendText(session, turn, 0, f"reply {turn}")


# --- events in ---


def test_an_event_is_recorded_once_per_key(book: Book) -> None:
    """A repetition is known by its key, whatever it says, also within one delivery."""
    assert book.journal.record([("a", heard()), ("b", heard()), ("a", heard("Other"))]) == 2
    assert book.journal.record([("b", heard()), ("c", heard())]) == 1
    assert [row[0] for row in book.rows(events, events.c.key)] == ["a", "b", "c"]
    assert codec.decode(TextReceived, book.rows(events, events.c.body)[0][0]) == heard()


OFFICE = "+14155550151"


def to_office(words: str) -> tuple[str, TextReceived]:
    """A text to a number that was not yet asked what came before."""
    return f"SM-{words}", TextReceived(0.0, MARIA, OFFICE, words, f"SM-{words}")


def test_what_a_source_tells_first_waits_until_it_is_asked(book: Book) -> None:
    """Then all is decided as it happened there: missed, held, and what came while we asked (P4)."""
    for words in ("two", "four", "five"):
        book.journal.record([to_office(words)])
    assert (book.journal.held(), book.journal.step(0.0, 0)[0]) == ([f"number:{OFFICE}"], False)
    assert book.journal.busy(0.0)
    assert book.journal.counts()["events_new"] == 3
    told: list[tuple[str, Event]] = [to_office(words) for words in ("one", "two", "three", "four")]
    book.journal.begin(f"number:{OFFICE}", 5.0)
    assert book.journal.catch_up(f"number:{OFFICE}", told, 7.0) == 2
    assert (book.journal.held(), book.journal.asked_about(f"number:{OFFICE}")) == ([], (5.0, 7.0))
    book.journal.step(0.0, 0)
    assert [turn.text for turn in book.journal.turns("session-1")] == ["one", "two", "three", "four", "five"]
    assert book.journal.record([to_office("two"), to_office("six")]) == 1
    assert book.journal.held() == []


def test_stop_waits_for_nobody(book: Book) -> None:
    """Whoever was not asked yet, opting out counts at once (P5)."""
    book.journal.record([to_office("STOP")])
    assert book.journal.step(0.0, 0)[0]
    assert [row[0] for row in book.rows(consents, consents.c.allowed)] == [False]


def test_what_follows_something_held_is_held(book: Book) -> None:
    """Also by a process that has asked: another one on the same database has not."""
    other = book_on(book.engine.url.render_as_string(hide_password=False))
    book.journal.record([to_office("one")])
    other.journal._asked.add(f"number:{OFFICE}")
    other.journal.record([to_office("two")])
    assert [row[0] for row in book.rows(events, events.c.state)] == ["held", "held"]
    other.journal.close()


def test_nothing_told_is_nothing_written(book: Book) -> None:
    """A delivery that concerns nobody does not wake the worker."""
    assert book.journal.record([]) == 0
    assert not book.journal.woken.is_set()
    book.journal.record([("a", heard())])
    assert book.journal.woken.is_set()


def at_once(count: int, work: Callable[[int], Any]) -> list[Any]:
    """Run `work` on so many threads that all start together."""
    start = threading.Barrier(count)

    def waiting(number: int) -> Any:
        start.wait()
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(waiting, range(count)))


def test_twenty_tell_the_same_at_once(shared: Book) -> None:
    """Exactly one of them was first."""
    assert sorted(at_once(20, lambda _: shared.journal.record([("same", heard())]))) == [0] * 19 + [1]
    assert len(shared.rows(events, events.c.key)) == 1


def test_twenty_tell_different_things_at_once(shared: Book) -> None:
    """Nobody's event is lost among the others'."""
    assert at_once(20, lambda number: shared.journal.record([(f"key-{number}", heard())])) == [1] * 20
    assert {row[0] for row in shared.rows(events, events.c.key)} == {f"key-{n}" for n in range(20)}


def test_events_are_decided_in_the_order_they_came(book: Book) -> None:
    """The second text finds the session that the first one opened."""
    book.journal.record([("1", heard("Hello", at=1.0)), ("2", heard("Anybody?", at=2.0))])
    assert book.journal.step(2.0, 0) == (True, [])
    assert book.journal.step(2.0, 0) == (False, [])
    assert [turn.text for turn in book.journal.turns("session-1")] == ["Hello", "Anybody?"]
    assert [row[0] for row in book.rows(events, events.c.state)] == ["done", "done"]
    assert book.counted == [("TextReceived", ""), ("TextReceived", "")]


@pytest.mark.parametrize("column", ["body", "facts"])
def test_a_poisonous_event_is_set_aside(book: Book, column: str) -> None:
    """What breaks the decision is parked with its reason, undone, and the rest goes on (FT-C4)."""
    book.journal.record([("1", heard("Hello")), ("2", heard("Bad")), ("3", heard("Bye"))])
    book.write(lambda tx: tx.execute(text(f"UPDATE events SET {column} = '[]' WHERE key = '2'")))
    book.journal.step(0.0, 0)
    assert [row[0] for row in book.rows(events, events.c.state)] == ["done", "parked", "done"]
    assert book.rows(events, events.c.remark)[1][0].startswith("ValidationError: ")
    assert book.rows(events, getattr(events.c, column))[1][0] == "[]", "nothing is lost"
    assert [turn.text for turn in book.journal.turns("session-2")] == ["Hello", "Bye"]  # the second try's
    assert book.counted == [("TextReceived", why) for why in ("", "parked", "")]


def test_a_decision_that_breaks_half_way_changes_nothing(book: Book) -> None:
    """The session is not saved without the line that belongs to it."""
    book.journal.record([("1", heard("Hello"))])
    book.journal.step(0.0, 0)
    taken = {"session": "session-1", "number": 1, "source_id": "", "body": "x"}
    book.write(lambda tx: tx.execute(turns.insert(), taken))
    before = book.journal.session("session-1")
    book.journal.record([("2", heard("Again", at=5.0))])
    with pytest.raises(Exception, match=r"(?i)unique"):
        book.journal.step(5.0, 0)
    assert book.journal.session("session-1") == before


def test_every_session_of_a_merged_user_follows_the_survivor(book: Book) -> None:
    """Two conversations of one person stay with one person (SUN-IDN-10)."""
    book.stage(replace(WITH_MARIA, user="u"))
    book.stage(replace(WITH_OMAR, user="u"))
    book.journal.record([("merged", UserMerged(1.0, "v", "u"))])
    book.journal.step(1.0, 0)
    found = [book.journal.session(each) for each in "mo"]
    assert [each.user for each in found if each] == ["v", "v"]


def test_every_chat_a_session_left_is_known_and_written_once(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many were full; a save writes down the newest only."""
    written: list[str] = []

    def noting(tx: Connection, table: Table, values: dict[str, Any]) -> None:
        written.append(table.name)
        upsert(tx, table, values)

    monkeypatch.setattr(sessions, "upsert", noting)
    with book.engine.begin() as tx:
        for count in range(4):
            left = tuple(f"chat-{number}" for number in range(count))
            sessions.save(tx, replace(WITH_MARIA, conversation=f"chat-{count}", full=left), 0.0)
        found = [sessions.heard_in(tx, f"chat-{number}") for number in range(4)]
    assert [each and each.session.id for each in found] == [WITH_MARIA.id] * 4
    assert written.count("left_chats") == 3


def test_a_session_runs_out_of_time_at_its_due_time(book: Book) -> None:
    """The journal says when, and then the session is over; awkward fractions of a second included."""
    last = 69.2  # so that (last + 100) - last is less than 100
    book.stage(replace(WITH_MARIA, asking=False, last_at=last))
    book.write(lambda tx: sessions.save(tx, replace(WITH_MARIA, asking=False, last_at=last), 100.0))
    due = book.journal.next_due()
    assert due == last + 100.0
    book.journal.step(due - 0.01, 0)
    assert book.journal.next_due() == due
    book.journal.step(due, 0)
    assert book.journal.next_due() is None
    found = book.journal.session("m")
    assert found is not None
    assert found.charge is Charge.NOBODY


# --- writers ---


def test_a_direct_writer_takes_everything_back() -> None:
    """A piece that fails leaves nothing behind."""
    engine = connect("sqlite://")
    metadata.create_all(engine)

    def work(tx: Connection) -> None:
        sessions.save_consent(tx, Consent(MARIA, False, 1.0))
        raise LookupError

    with pytest.raises(LookupError):
        DirectWriter(engine)(work)
    with engine.connect() as tx:
        assert sessions.allowed(tx, MARIA, SUPPORT)
    engine.dispose()


def together(writer: GroupWriter, *pieces: Callable[[Connection], Any]) -> list[Any]:
    """What became of pieces that waited together, in this order, while another was written."""
    go, begun = threading.Event(), threading.Event()

    def busy(_tx: Connection) -> None:
        begun.set()
        go.wait()

    with ThreadPoolExecutor(len(pieces) + 1) as pool:
        told = [pool.submit(writer, busy)]
        begun.wait()
        for count, piece in enumerate(pieces, 1):
            told.append(pool.submit(writer, piece))
            until_there_are(writer._waiting, count)
        go.set()
    writer.close()
    return [each.exception() or each.result() for each in told[1:]]


def until_there_are(waiting: Collection[Any], count: int) -> None:
    """Other threads bring them."""
    while len(waiting) < count:
        threading.Event().wait(0.001)


def opting_out(phone: str) -> Callable[[Connection], str]:
    """A piece that writes and says so."""

    def work(tx: Connection) -> str:
        sessions.save_consent(tx, Consent(phone, False, 1.0))
        return phone

    return work


def failing(tx: Connection) -> None:
    """A piece that fails after it wrote."""
    sessions.save_consent(tx, Consent("+12125550199", False, 1.0))
    raise LookupError("mine")


def opted_out(engine: Engine) -> set[str]:
    """What is on disk, as another connection sees it."""
    with engine.connect() as tx:
        return {row[0] for row in tx.execute(text("SELECT phone FROM consents"))}


def test_one_failing_piece_does_not_spoil_the_others(book: Book) -> None:
    """Its caller hears of it, its writing is gone, and the others are committed."""
    first, error, last = together(GroupWriter(book.engine), opting_out(MARIA), failing, opting_out(OMAR))
    assert (first, last) == (MARIA, OMAR)
    assert isinstance(error, LookupError)
    assert opted_out(book.engine) == {MARIA, OMAR}


def test_a_commit_that_the_disk_took_back_is_nobodys(tmp_path: Path) -> None:
    """SQLite undoes all of a transaction that finds no room: whoever shared it is told so, too (P1)."""
    book = book_on(f"sqlite:///{tmp_path}/bridge.db")
    with book.engine.begin() as tx:
        room = tx.exec_driver_sql("PRAGMA page_count").scalar_one() + 4

    def bounded(tx: Connection) -> None:
        tx.exec_driver_sql(f"PRAGMA max_page_count={room}")

    event.listen(book.engine, "begin", bounded)
    pieces = [told(number, "x" * length) for number, length in enumerate((50, 60_000, 50))]
    outcomes = together(GroupWriter(book.engine), *pieces)
    assert [type(each) for each in outcomes] == [OperationalError] * 3
    with book.engine.connect() as tx:
        assert tx.execute(select(events.c.key)).all() == []


def told(number: int, words: str) -> Callable[[Connection], bool]:
    """A text is recorded."""
    arrived = TextReceived(1.0, MARIA, SUPPORT, words, f"SM{number}")
    return lambda tx: inbox.record(tx, f"twilio:SM{number}", arrived, {f"number:{SUPPORT}"})


def test_pieces_that_wait_together_share_commits(book: Book) -> None:
    """Twenty callers, far fewer synced writes."""
    commits: list[object] = []
    event.listen(book.engine, "commit", commits.append)
    together(GroupWriter(book.engine), *(opting_out(f"+1212555{number:04}") for number in range(20)))
    assert len(commits) <= 2  # the piece that kept the writer busy, if it was alone, and theirs
    assert len(opted_out(book.engine)) == 20


def test_nobody_is_told_before_the_commit(book: Book) -> None:
    """If the shared commit fails, every caller hears of it and nothing is there."""

    def broken(_connection: Connection) -> None:
        raise OSError("disk full")

    event.listen(book.engine, "commit", broken)
    told = together(GroupWriter(book.engine), opting_out(MARIA), opting_out(OMAR))
    event.remove(book.engine, "commit", broken)
    assert [str(each) for each in told] == ["disk full", "disk full"]
    assert opted_out(book.engine) == set()


def test_closing_finishes_what_was_handed_in(tmp_path: Path) -> None:
    """A writer that is closed has written what it accepted."""
    made = book_at(tmp_path, GroupWriter)
    made.journal.record([("a", heard())])
    made.journal.close()
    assert len(made.rows(events, events.c.key)) == 1


# --- lanes ---

LANES = {
    "a reply": (SendText("m", 1, 0, "Hi"), f"phone:{SUPPORT}:{MARIA}"),
    "a question": (AskAssistant("m", 0, 1), "assistant:m"),
    "a farewell": (CloseAssistant("m"), "assistant:m"),
    "a look for an answer": (FetchAnswer("m", 0, 1), "overdue:m"),
    "a chat": (OpenConversation("m"), "assistant:m"),
    "a line": (PostTurn("m", 0), "desk:m"),
    "control": (PassControl("m"), "desk:m"),
}


@pytest.mark.parametrize(("effect", "lane"), LANES.values(), ids=list(LANES))
def test_each_effect_has_its_lane(book: Book, effect: Effect, lane: str) -> None:
    """One lane per conversation and direction."""
    book.stage(WITH_MARIA, effect)
    assert book.rows(lanes, lanes.c.name) == [(lane,)]


def test_only_heads_are_claimed_in_order(book: Book) -> None:
    """One effect of a lane at a time, the oldest first; then the lane is gone."""
    book.stage(WITH_MARIA, send(1), send(2), send(3))
    for turn in (1, 2, 3):
        (claim,) = book.claim()
        assert claim.effect == send(turn)
        assert book.claim() == []
        book.journal.settle(claim, None)
    assert book.claim() == []
    assert book.rows(lanes, lanes.c.name) == []


def one_more(**busy: int) -> Callable[[], Room]:
    """Room for one more text among eight performers, so many of whom are busy."""
    return lambda: Room(8 - sum(busy.values()), busy, one_of="carrier")


def test_whoever_is_done_takes_what_is_due_next(book: Book) -> None:
    """In the transaction that settles; one at a time, of the same system, and none if nobody asks."""
    book.stage(WITH_MARIA, PostTurn("m", 0))
    book.stage(WITH_MARIA, send(1), send(2))
    book.stage(WITH_OMAR, send(1, "o"))
    _, first = book.claim(1.0, room=2)
    (second,) = book.journal.settle(first, None, one_more(), 1.0)
    assert second.effect == send(1, "o")
    (third,) = book.journal.settle(second, None, one_more(), 1.0)
    assert third.effect == send(2)
    assert book.journal.settle(third, None, one_more(), 1.0) == []
    assert book.states() == ["performing", "done", "done", "done"]


@pytest.mark.parametrize(("carrier", "taken"), [(0, True), (3, True), (4, False)])
def test_what_is_taken_next_leaves_room_for_others(book: Book, carrier: int, *, taken: bool) -> None:
    """A carrier that hangs must not get every performer (core/shares.py)."""
    book.stage(WITH_MARIA, send(1), send(2))
    (first,) = book.claim(room=1)
    then = book.journal.settle(first, None, one_more(carrier=carrier))
    assert bool(then) == taken


def test_nothing_is_taken_before_what_is_new_is_decided(book: Book) -> None:
    """It may be STOP (P5)."""
    book.stage(WITH_MARIA, send(1), send(2))
    (first,) = book.claim(room=1)
    book.journal.record([("stop", heard("STOP", at=1.0))])
    assert book.journal.settle(first, None, one_more(), 1.0) == []
    assert book.claim(1.0) == []
    assert book.states() == ["done", "withdrawn"]


def test_a_waiting_head_blocks_its_lane_and_no_other(book: Book) -> None:
    """Nothing overtakes within a lane; Omar does not wait for Maria (P4)."""
    book.stage(WITH_MARIA, send(1), send(2))
    book.stage(WITH_OMAR, send(1, "o"))
    claims = {claim.effect.session: claim for claim in book.claim()}
    book.journal.postpone(claims["m"], 50.0, "busy")
    book.journal.settle(claims["o"], None)
    assert book.claim(49.9) == []
    (again,) = book.claim(50.0)
    assert (again.effect, again.tries, again.doubts) == (send(1), 2, 0)


def test_no_more_is_claimed_than_there_is_room_for(book: Book) -> None:
    """Lanes due longest come first; the others keep waiting."""
    book.stage(WITH_MARIA, send(1), now=2.0)
    book.stage(WITH_OMAR, send(1, "o"), now=1.0)
    assert [claim.effect.session for claim in book.claim(3.0, room=1)] == ["o"]
    assert book.claim(3.0, room=0) == []
    assert [claim.effect.session for claim in book.claim(3.0, room=5)] == ["m"]


@pytest.mark.parametrize("writer", [DirectWriter, GroupWriter])
def test_two_dispatchers_never_share_an_effect(tmp_path: Path, writer: Callable[[Engine], Writer]) -> None:
    """Each of twenty effects is claimed once, whoever asks, and nobody finds the database locked."""
    made = book_at(tmp_path, writer)
    for number in range(20):
        phone = f"+1212555{number:04}"
        made.stage(replace(WITH_MARIA, id=f"s{number}", phone=phone), send(1, f"s{number}"))
    claimed = at_once(8, lambda _: made.journal.step(0.0, 5)[1])
    made.journal.close()
    assert sorted(claim.id for each in claimed for claim in each) == list(range(1, 21))


def test_after_the_lease_it_is_claimed_again_with_a_doubt(book: Book) -> None:
    """Whoever had it may have done it (P3)."""
    book.stage(WITH_MARIA, send(1))
    (first,) = book.claim(10.0)
    assert (first.tries, first.doubts, first.attempt) == (1, 0, "1-1")
    assert book.claim(10.0 + LEASE - 0.1) == []
    (again,) = book.claim(10.0 + LEASE)
    assert (again.tries, again.doubts, again.attempt) == (2, 1, "1-2")
    assert (again.created_at, again.first_tried_at) == (0.0, 10.0)


def test_after_a_restart_nobody_waits_for_the_lease(book: Book) -> None:
    """The only process knows that the last one is dead; what waits for its time still waits."""
    book.stage(WITH_MARIA, send(1))
    book.stage(WITH_OMAR, send(1, "o"))
    _, omar = book.claim(10.0)
    book.journal.postpone(omar, 500.0, "busy")
    book.journal.recover(11.0)
    (again,) = book.claim(11.0)
    assert (again.effect, again.doubts) == (send(1), 1)


OLD_CLAIMS: dict[str, Callable[[Journal, Claim], object]] = {
    "settle": lambda journal, old: journal.settle(old, AssistantAnswered(0.0, "m", "Late")),
    "park": lambda journal, old: journal.give_up(old, None, Permanent("late"), 0.0),
    "postpone": lambda journal, old: journal.postpone(old, 999.0, "late", tell=SendHeld(0.0, "m", 1, 0, "x")),
}


@pytest.mark.parametrize("late", OLD_CLAIMS.values(), ids=list(OLD_CLAIMS))
@pytest.mark.parametrize("settled", [False, True], ids=["being performed", "settled"])
def test_an_old_claim_changes_nothing(
    book: Book, late: Callable[[Journal, Claim], object], *, settled: bool
) -> None:
    """Whoever lost the lease has no say any more (fencing)."""
    book.stage(WITH_MARIA, send(1), send(2))
    (old,) = book.claim()
    (new,) = book.claim(LEASE)
    if settled:
        book.journal.settle(new, None)
    before = (book.rows(effects, effects), book.rows(lanes, lanes), book.rows(events, events))
    late(book.journal, old)
    assert (book.rows(effects, effects), book.rows(lanes, lanes), book.rows(events, events)) == before


def test_an_outcome_is_decided_with_its_settlement(book: Book) -> None:
    """The answer, its reply and the done question are one transaction."""
    book.stage(WITH_MARIA, AskAssistant("m", 0, 1))
    (claim,) = book.claim()
    book.journal.settle(claim, AssistantAnswered(1.0, "m", "Sure"))
    assert book.states() == ["done", "waiting"]
    assert [turn.text for turn in book.journal.turns("m")] == ["Sure"]


def test_a_parked_effect_keeps_its_reason_and_frees_its_lane(book: Book) -> None:
    """A letter says what went wrong; the next effect is due."""
    book.stage(WITH_MARIA, send(1), send(2))
    (claim,) = book.claim()
    book.journal.give_up(claim, None, Permanent("refused"), 0.0)
    assert book.rows(effects, effects.c.state, effects.c.error)[0] == ("parked", "refused")
    assert [each.effect for each in book.claim()] == [send(2)]
    assert book.journal.counts()["effects_parked"] == 1


def test_a_try_that_only_waited_does_not_count(book: Book) -> None:
    """Held effects are told of once and keep their tries and doubts."""
    book.stage(WITH_MARIA, send(1))
    told = SendHeld(1.0, "m", 1, 0, "not registered")
    for now in (0.0, 60.0, 120.0):
        (claim,) = book.claim(now)
        assert claim.tries == 1
        book.journal.postpone(claim, now + 60.0, "held", tell=told)
    assert [row[0] for row in book.rows(events, events.c.kind)] == ["SendHeld"]


def test_an_awaited_answer_is_not_looked_for_at_once(book: Book) -> None:
    """The webhook has a few seconds first (OPEN-46)."""
    book.stage(WITH_MARIA, FetchAnswer("m", 0, 1), now=10.0)
    assert book.journal.next_due() == 13.0
    assert book.claim(12.9) == []
    assert len(book.claim(13.0)) == 1


# --- withdrawing and consent ---

WITHDRAWN: dict[str, tuple[tuple[int, ...] | None, list[str]]] = {
    "one reply": ((2,), ["waiting", "withdrawn", "waiting", "waiting"]),
    "the head": ((1,), ["withdrawn", "waiting", "waiting", "waiting"]),
    "everything": (None, ["withdrawn", "withdrawn", "withdrawn", "waiting"]),
    "nothing": ((), ["waiting"] * 4),
}


@pytest.mark.parametrize(("chosen", "states"), WITHDRAWN.values(), ids=list(WITHDRAWN))
def test_unsent_texts_are_withdrawn(book: Book, chosen: tuple[int, ...] | None, states: list[str]) -> None:
    """Texts of the session go, lines for the desk stay, and the lane moves on."""
    book.stage(WITH_MARIA, send(1), send(2), send(3), PostTurn("m", 0))
    book.write(lambda tx: outbox.withdraw(tx, WITH_MARIA, chosen))
    assert book.states() == states
    sent = [claim.effect for claim in book.claim() if isinstance(claim.effect, SendText)]
    assert sent[:1] == [send(turn) for turn, state in enumerate(states[:3], 1) if state == "waiting"][:1]


def test_what_is_being_sent_is_left_to_its_end(book: Book) -> None:
    """A withdrawal neither undoes a send nor gives its lane to another."""
    book.stage(WITH_MARIA, send(1), send(2))
    (claim,) = book.claim()
    book.write(lambda tx: outbox.withdraw(tx, WITH_MARIA, None))
    assert book.states() == ["performing", "withdrawn"]
    assert book.claim() == []
    book.journal.settle(claim, None)
    assert book.rows(lanes, lanes.c.name) == []


BEFORE: dict[str, Callable[[Journal, Claim], object]] = {
    "after another": lambda journal, claim: journal.settle(claim, None),
    "in back-off": lambda journal, claim: journal.postpone(claim, 50.0, "busy"),
    "held": lambda journal, claim: journal.postpone(claim, 50.0, "x", tell=SendHeld(0.0, "m", 1, 0, "x")),
}


@pytest.mark.parametrize("before", BEFORE.values(), ids=list(BEFORE))
def test_what_was_withdrawn_is_never_claimed(book: Book, before: Callable[[Journal, Claim], None]) -> None:
    """However its lane came to its head, a withdrawn text does not leave (P5)."""
    book.stage(WITH_MARIA, send(1), send(2))
    (claim,) = book.claim()
    before(book.journal, claim)
    book.write(lambda tx: outbox.withdraw(tx, WITH_MARIA, None))
    assert book.claim(1e6) == []
    assert "withdrawn" in book.states()


def test_consent_is_read_in_the_claim(book: Book) -> None:
    """A STOP that is on disk before the claim is known to whoever sends (P5)."""
    book.stage(WITH_MARIA, send(1))
    book.stage(WITH_OMAR, send(1, "o"))
    book.write(lambda tx: sessions.save_consent(tx, Consent(MARIA, False, 1.0, "STOP")))
    assert [(claim.effect.session, claim.allowed) for claim in book.claim()] == [("m", False), ("o", True)]


SALES = "+14155550151"
ABOUT_ALL, ABOUT_SUPPORT = "", SUPPORT
WORDS: dict[
    str, tuple[list[tuple[str, bool]], tuple[bool, bool]]
] = {  # what was said; from Support, from Sales
    "nothing": ([], (True, True)),
    "STOP to all": ([(ABOUT_ALL, False)], (False, False)),
    "STOP to one": ([(ABOUT_SUPPORT, False)], (False, True)),
    "STOP to one, then START to all": ([(ABOUT_SUPPORT, False), (ABOUT_ALL, True)], (True, True)),
    "START to one, then STOP to all": ([(ABOUT_SUPPORT, True), (ABOUT_ALL, False)], (False, False)),
    "STOP to all, then START to one": ([(ABOUT_ALL, False), (ABOUT_SUPPORT, True)], (True, False)),
}


@pytest.mark.parametrize(("said", "expected"), WORDS.values(), ids=list(WORDS))
def test_a_word_counts_for_the_numbers_it_was_about(
    book: Book, said: list[tuple[str, bool]], expected: tuple[bool, bool]
) -> None:
    """The newest that concerns a number, whatever the clock said at the time (FT-O5)."""
    for at, (number, allowed) in enumerate(said):
        word = Consent(MARIA, allowed, -float(at), "word", number)
        with book.engine.begin() as tx:
            sessions.save_consent(tx, word)
    with book.engine.connect() as tx:
        assert tuple(sessions.allowed(tx, MARIA, number) for number in (SUPPORT, SALES)) == expected
        assert sessions.allowed(tx, OMAR, SUPPORT)


def test_stop_withdraws_what_waits(book: Book) -> None:
    """A text that says STOP takes unsent replies with it."""
    book.stage(replace(WITH_MARIA, charge=Charge.HUMAN, conversation="c"), send(1), send(2))
    book.journal.record([("stop", heard("STOP", at=1.0))])
    assert [type(claim.effect).__name__ for claim in book.claim(1.0)] == ["TellAgent"]
    assert book.states()[:2] == ["withdrawn", "withdrawn"]
    book.stage(WITH_MARIA, send(3))
    assert [claim.allowed for claim in book.claim(1.0)] == [False]


def test_an_erased_session_is_claimed_as_such(book: Book) -> None:
    """The performer sees that nobody is there any more."""
    book.stage(WITH_MARIA, send(1))
    book.write(lambda tx: tx.execute(text("DELETE FROM sessions")))
    (claim,) = book.claim()
    assert (claim.session, claim.allowed) == (None, False)


# --- sent parts ---


def test_a_receipt_finds_its_part_before_the_send_is_settled(book: Book) -> None:
    """The attempt is on disk when it is claimed, so that an early callback is understood (CAR-137)."""
    book.stage(WITH_MARIA, send(1))
    (claim,) = book.claim()
    book.journal.record([("r", ReceiptArrived(1.0, "SM1", claim.attempt, "delivered"))])
    book.journal.step(1.0, 0)
    known = book.journal.receipts("m")[(1, 0)]
    assert (known.source_id, known.status) == ("SM1", "delivered")
    assert book.journal.known_ids(WITH_MARIA) == {"SM1"}
    assert book.journal.known_ids(WITH_OMAR) == set()


def test_a_receipt_without_our_attempt_is_found_by_the_carriers_id(book: Book) -> None:
    """Whatever address the carrier called, its own id is enough."""
    book.stage(WITH_MARIA, send(1))
    (claim,) = book.claim()
    for number, (attempt, status) in enumerate(((claim.attempt, "sent"), ("", "delivered"))):
        book.journal.record([(f"r{number}", ReceiptArrived(1.0, "SM1", attempt, status))])
    book.journal.step(1.0, 0)
    assert book.journal.receipts("m")[(1, 0)].status == "delivered"


# --- the schema ---


def test_migrations_make_exactly_the_schema(book: Book) -> None:
    """Nobody has to remember to write the migration."""
    with book.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []


def test_migrations_make_the_partial_indexes(
    book: Book, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """What Alembic does not compare: an index keeps its condition."""
    sqlite = book.engine.dialect.name == "sqlite"
    url = f"sqlite:///{tmp_path}/plain.db" if sqlite else request.getfixturevalue("postgres_url")
    plain = connect(url)
    metadata.create_all(plain)
    assert [indexes(book.engine, each) for each in metadata.tables] == [
        indexes(plain, each) for each in metadata.tables
    ]
    plain.dispose()


def indexes(engine: Engine, table: str) -> list[Any]:
    """Each index with its columns and condition."""
    found = inspect(engine).get_indexes(table)
    return sorted(
        (
            str(each["name"]),
            each["column_names"],
            str(each.get("dialect_options", {}).get(f"{engine.dialect.name}_where", "")).lower(),
        )
        for each in found
    )


def test_the_revision_is_the_newest_migration() -> None:
    """A database at this revision is not looked at any further."""
    folder = Path(bridge.journal.__file__).parent / "migrations"
    assert ScriptDirectory(str(folder)).get_current_head() == REVISION


def test_a_second_upgrade_is_harmless(book: Book) -> None:
    """Every start migrates; nothing is lost by it."""
    book.journal.record([("a", heard())])
    assert upgrade(book.engine) == upgrade(book.engine) != ""
    assert len(book.rows(events, events.c.key)) == 1


def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    """This version would not understand what it finds there."""
    book = book_at(tmp_path)
    book.write(lambda tx: tx.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    with pytest.raises(NewerSchema, match=r"revision 9999.*start the newer version"):
        upgrade(book.engine)
    assert book.rows(text("alembic_version"), text("version_num")) == [("9999",)]
    book.journal.close()


def test_sqlite_syncs_what_is_acknowledged(tmp_path: Path) -> None:
    """SQLite is told to sync every commit and to write ahead (P1)."""
    engine = connect(f"sqlite:///{tmp_path}/bridge.db")
    with engine.connect() as tx:
        assert tx.execute(text("PRAGMA synchronous")).scalar() == 2
        assert tx.execute(text("PRAGMA journal_mode")).scalar() == "wal"
    engine.dispose()


@pytest.mark.parametrize(("default", "used"), [("off", "on"), ("on", "on"), ("remote_apply", "remote_apply")])
def test_postgresql_syncs_what_is_acknowledged(postgres_url: str, default: str, used: str) -> None:
    """A server that commits without waiting is told to wait; one that waits for more is left so (P1)."""
    for told in (f"ALTER ROLE postgres SET synchronous_commit = {default}", "SHOW synchronous_commit"):
        engine = connect(postgres_url)
        with engine.begin() as tx:
            said = tx.execute(text(told))
            found = said.scalar() if said.returns_rows else None
            tx.execute(text("ALTER ROLE postgres RESET synchronous_commit")) if found else None
        engine.dispose()
    assert found == used


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_usual_name_means_postgresql(postgres_url: str, scheme: str) -> None:
    """As hosts write it; SQLAlchemy alone would want another driver."""
    engine = connect(f"{scheme}://{postgres_url.partition('://')[2]}")
    with engine.connect() as tx:
        assert tx.execute(text("SELECT 1")).scalar() == 1
    engine.dispose()


FOLDER = Path(bridge.journal.__file__).parent
CLOCKS = re.compile(r"CURRENT_TIMESTAMP|\bnow\(\)|datetime\(|strftime\(|julianday\(|clock_timestamp", re.I)


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.py")), ids=lambda path: path.stem)
def test_the_databases_clock_is_never_asked(path: Path) -> None:
    """Times come from the caller, so that the same input gives the same result (P7)."""
    assert CLOCKS.findall(path.read_text()) == []


def test_an_upsert_overwrites(book: Book) -> None:
    """The newest word counts."""
    with book.engine.begin() as tx:
        for allowed in (False, True):
            upsert(tx, consents, {"phone": MARIA, "allowed": allowed, "at": 1.0, "word": "START"})
    assert book.rows(consents, consents) == [(MARIA, "", True, 1.0, "START")]
