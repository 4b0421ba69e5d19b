"""Who is woken by what: one look too few, and a message waits; many too many, and nobody gets to work."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bridge.core.errors import BridgeError
from bridge.core.model import (
    AskAssistant,
    Charge,
    Effect,
    Event,
    OpenConversation,
    PostTurn,
    Rules,
    SendFailed,
    SendText,
    Session,
    TextReceived,
)
from bridge.core.shares import Room
from bridge.journal import Claim, Decider, Journal, locks, outbox, sessions
from bridge.journal.engine import DirectWriter, connect
from bridge.journal.replicas import Alone
from bridge.worker import Worker
from tests import migrated

MARIA, OMAR, SUPPORT = "+14155550101", "+12125550102", "+14155550150"
THREADS = 8


class Listened(Alone):
    """A replica whose announcements are counted."""

    def __init__(self) -> None:
        self.announced = 0

    def announce(self) -> None:
        self.announced += 1


class Desk:
    """A journal, and what becomes known of it outside."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.replica = engine, Listened()
        decider = Decider(Rules(frozenset({SUPPORT})), lambda: "new", lambda _kind, _why: None)
        self.journal = Journal(engine, DirectWriter(engine), decider, replica=self.replica)
        self.journal.catch_up(f"number:{SUPPORT}", [], None)
        self.journal.at_work = True
        self.forget()

    def forget(self) -> None:
        """What happened until now does not count."""
        self.journal.woken.clear()
        self.replica.announced = 0

    def stage(self, phone: str, *effects: Effect) -> None:
        """The flow wants these done for a customer in a live chat; the session is called by its phone."""
        session = Session(
            phone, phone, SUPPORT, 0.0, 0.0, Charge.HUMAN, user="u", conversation=f"chat {phone}"
        )
        with self.engine.begin() as tx:
            sessions.save(tx, session, 1e9)
            for effect in effects:
                outbox.stage(tx, effect, session, 0.0)

    def step(self, busy: int = 0) -> list[Claim]:
        """Look; so many texts are under way."""
        return self.journal.step(1.0, THREADS - busy, {"carrier": busy} if busy else {})[1]

    def news(self) -> tuple[bool, int]:
        """Whether somebody here is to look, and how often others were told to; then both are forgotten."""
        found = self.journal.woken.is_set(), self.replica.announced
        self.forget()
        return found


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(connect(migrated.lay(tmp_path / "bridge.db")))
    yield made
    made.journal.close()


class Nobody:
    """Has nothing to perform."""

    def perform(self, claim: Claim) -> Event | None:
        raise AssertionError(claim)

    def give_up(self, claim: Claim, error: BridgeError) -> Event | None:
        raise AssertionError(claim, error)


def send(phone: str, turn: int = 1) -> SendText:
    return SendText(phone, turn, 0, f"reply {turn}")


def hello(words: str = "Hello") -> list[tuple[str, Event]]:
    return [(words, TextReceived(1.0, MARIA, SUPPORT, words, f"SM-{words}"))]


def one_more() -> Room:
    """For one more text beside the one that is just done."""
    return Room(THREADS, {}, one_of="carrier")


@pytest.mark.parametrize(("at_work", "others"), [(True, 0), (False, 1)])
def test_others_are_woken_by_whoever_does_not_work(desk: Desk, others: int, *, at_work: bool) -> None:
    """A bridge that only takes webhooks in, or an operator's command."""
    desk.journal.at_work = at_work
    desk.journal.record(hello())
    assert desk.news() == (True, others)


def test_deciding_and_claiming_wakes_nobody_while_there_is_room(desk: Desk) -> None:
    """Other replicas would look in vain."""
    desk.journal.record(hello())
    desk.stage(OMAR, send(OMAR), PostTurn(OMAR, 0))
    desk.forget()
    assert len(desk.step()) == 3  # the AI is asked, too
    assert desk.news() == (False, 0)


def test_what_there_is_no_room_for_is_announced(desk: Desk) -> None:
    """Another replica may have room: of eight performers one system gets four."""
    for number in range(5):
        desk.stage(f"+1415555020{number}", send(f"+1415555020{number}"))
    desk.journal._wake()
    desk.forget()
    assert len(desk.step()) == 4
    assert desk.news() == (False, 1)
    desk.journal.record(hello("busy"))
    desk.forget()
    assert [type(claim.effect).__name__ for claim in desk.step(busy=4)] == ["AskAssistant"]
    assert desk.news() == (False, 1)


def test_a_notice_is_not_answered_with_a_notice(desk: Desk) -> None:
    """Two replicas without room would wake each other, and one would wake itself, for ever."""
    for number in range(5):
        desk.stage(f"+1415555020{number}", send(f"+1415555020{number}"))
    desk.step()
    desk.journal.woken.set()
    desk.replica.announced = 0
    assert desk.step(busy=4) == []
    assert desk.replica.announced == 0


def test_the_next_head_of_its_own_lane_is_left_to_somebody(desk: Desk) -> None:
    """The one that is done takes what is due longest; its own lane has another kind of thing to do now."""
    desk.stage(MARIA, AskAssistant(MARIA, 0, 1), OpenConversation(MARIA))
    desk.stage(OMAR, AskAssistant(OMAR, 0, 1))
    (first,) = desk.journal.step(1.0, 1)[1]
    desk.forget()
    (then,) = desk.journal.settle(first, None, lambda: Room(THREADS, {}, one_of="assistant"), 1.0)
    assert then.effect == AskAssistant(OMAR, 0, 1)
    assert desk.news() == (True, 0)


def test_whoever_stops_leaves_the_rest_to_the_others(desk: Desk) -> None:
    """What was recorded while it stopped as well."""
    worker = Worker(desk.journal, Nobody(), clock=lambda: 1.0, jitter=lambda: 0.5, threads=1)
    worker.start()
    assert desk.journal.at_work
    desk.replica.announced = 0
    worker.stop()
    assert (desk.journal.at_work, desk.replica.announced) == (False, 1)


def refused(claim: Claim) -> Event:
    """The agent must be told."""
    return SendFailed(1.0, claim.effect.session, 1, 0, "no such number", "21211")


@pytest.mark.parametrize(
    ("waiting", "outcome", "woken"),
    [(2, None, False), (1, None, True), (2, refused, True)],
    ids=["goes on with the next", "finds nothing", "has something for the desk"],
)
def test_whoever_goes_on_with_the_next_wakes_nobody(
    desk: Desk, waiting: int, outcome: Callable[[Claim], Event] | None, *, woken: bool
) -> None:
    """Whatever is left finds as little room as before, unless there are other effects now."""
    desk.stage(MARIA, *(send(MARIA, turn) for turn in range(1, waiting + 1)))
    (first,) = desk.step()
    desk.forget()
    desk.journal.settle(first, outcome(first) if outcome else None, one_more, 1.0)
    assert desk.news() == (woken, 0)


def test_what_another_may_overlook_is_looked_at_again(cleared_postgres: str) -> None:
    """It had read what is new before ours was there, and holds the lock for a moment yet."""
    engine = connect(cleared_postgres)
    desk = Desk(engine)
    desk.journal.record(hello())
    with engine.begin() as other:
        assert locks.deciding(other)
        assert desk.journal.step(1.0, 20) == (False, [])
        due = desk.journal.next_due(1.0)
        assert due is not None
        assert 1.0 < due < 1.1
    assert desk.journal.step(1.1, 20)[0]
    assert desk.journal.next_due(1.1) != due
    desk.journal.close()
