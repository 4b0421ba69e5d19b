"""Several replicas on one PostgreSQL: each effect is one replica's, order holds, the dead are followed.

FT-O9 and the concurrency group. The replicas here are journals and workers of one process, each with its own
connections; `tests/faults/kill` does the same with processes that are killed.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlalchemy import Engine, select, text

from bridge.core.errors import BridgeError
from bridge.core.model import (
    AgentReplied,
    Charge,
    Consent,
    Event,
    IdleElapsed,
    PostTurn,
    Rules,
    SendAccepted,
    SendText,
    Session,
    TextReceived,
    TurnPosted,
)
from bridge.core.shares import Room
from bridge.journal import Claim, Decider, Journal, cases, locks, outbox, sessions
from bridge.journal.engine import DirectWriter, connect
from bridge.journal.pace import Pace
from bridge.journal.replicas import Peer
from bridge.journal.schema import events, turns
from bridge.worker import Worker

MARIA, SUPPORT = "+14155550101", "+14155550150"
PATIENCE = 20.0
CUSTOMERS, EACH, REPLICAS = 8, 12, 3


def with_people(number: int) -> Session:
    """A session in a live chat, of another customer each."""
    phone = f"+1415555{1000 + number}"
    return Session(f"s{number}", phone, SUPPORT, 0.0, 0.0, Charge.HUMAN, user="u", conversation=f"c{number}")


@dataclass
class Ring:
    """So many replicas on one database."""

    url: str
    engines: list[Engine] = field(default_factory=list)
    peers: list[Peer] = field(default_factory=list)
    journals: list[Journal] = field(default_factory=list)

    def join(self) -> Journal:
        """One more replica, alive."""
        engine = connect(self.url)
        decider = Decider(Rules(frozenset({SUPPORT})), lambda: "new", lambda _kind, _why: None)
        peer = Peer(engine)
        journal = Journal(engine, DirectWriter(engine), decider, replica=peer)
        journal.join()
        journal.recover(0.0)
        journal._asked |= {f"number:{SUPPORT}", *(f"chat:c{number}" for number in range(CUSTOMERS))}
        self.engines.append(engine)
        self.peers.append(peer)
        self.journals.append(journal)
        return journal

    def stage(self, session: Session, *effects: Any) -> None:
        """The flow wants these done."""
        with self.engines[0].begin() as tx:
            sessions.save(tx, session, 1e9)
            for effect in effects:
                outbox.stage(tx, effect, session, 0.0)

    def cut(self, peer: Peer) -> None:
        """Drop the connection by which this replica is known as alive, as if it had been killed."""
        high, low = divmod(peer.owner, 2**32)
        with self.engines[0].begin() as tx:
            query = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' "
            held = "AND classid = :high AND objid = :low"
            tx.execute(text(query + held), {"high": high, "low": low})


@pytest.fixture
def ring(cleared_postgres: str) -> Iterator[Ring]:
    """Two replicas."""
    made = Ring(cleared_postgres)
    made.join()
    made.join()
    yield made
    for journal in made.journals:
        journal.close()


def until(true: Callable[[], bool], woken: threading.Event) -> None:
    """Look again whenever something happened."""
    for _ in range(int(PATIENCE / 0.05)):
        if true():
            return
        woken.wait(0.05)
        woken.clear()
    pytest.fail("it never came true")


def send(turn: int = 1, session: str = "s1") -> SendText:
    """One message to the phone."""
    return SendText(session, turn, 0, f"reply {turn}")


# --- claiming ---


def test_a_lane_another_is_looking_at_is_passed_over(ring: Ring) -> None:
    """Nobody waits for anybody: what is locked is another's (SKIP LOCKED)."""
    ring.stage(with_people(1), send(1))
    ring.stage(with_people(2), send(1, "s2"))
    with ring.engines[0].begin() as tx:
        ((mine,), _) = outbox.claim(tx, 1.0, Room(1), Pace(), ring.peers[0].owner)
        (other,) = ring.journals[1].step(1.0, 20)[1]
    assert {mine.effect.session, other.effect.session} == {"s1", "s2"}


def test_a_killed_replica_loses_its_lanes_at_once(ring: Ring) -> None:
    """Its lease has a minute and a half to run; its connection is gone (P6)."""
    first, second = ring.journals
    ring.stage(with_people(1), send(1))
    (lost,) = first.step(1.0, 20)[1]
    second.take_over(2.0)
    assert second.step(2.0, 20)[1] == []
    ring.cut(ring.peers[0])
    until(lambda: not first.holds(lost, 2.0), first.woken)
    second.take_over(3.0)
    (found,) = second.step(3.0, 20)[1]
    assert (found.tries, found.doubts, found.attempt) == (2, 1, "1-2")


def test_a_replica_that_hangs_loses_its_lanes_with_its_lease(ring: Ring) -> None:
    """It is fenced: what it says afterwards changes nothing, and it knows not to send (FT-O9)."""
    first, second = ring.journals
    ring.stage(with_people(1), send(1))
    (late,) = first.step(0.0, 20)[1]
    after = outbox.LEASE_SECONDS
    assert second.step(after - 0.1, 20)[1] == []
    assert first.holds(late, after - 0.1)
    (found,) = second.step(after, 20)[1]
    assert not first.holds(late, after)
    first.settle(late, SendAccepted(after, "s1", 1, 0, late.attempt, "SM1"))
    second.settle(found, SendAccepted(after, "s1", 1, 0, found.attempt, "SM2"))
    assert [known.source_id for known in first.receipts("s1").values()] == ["SM2"]


# --- deciding ---


def test_new_events_are_decided_by_one_replica_at_a_time(ring: Ring) -> None:
    """Else a customer's second text could overtake the first (P4)."""
    ring.stage(with_people(1))
    ring.journals[0].record([("1", TextReceived(1.0, with_people(1).phone, SUPPORT, "Hello", "SM1"))])
    with ring.engines[0].begin() as tx:
        assert locks.deciding(tx)
        assert ring.journals[1].step(2.0, 20) == (False, [])
    assert ring.journals[1].step(2.0, 20)[0]


def test_two_sessions_that_are_decided_at_once_do_not_wait(ring: Ring) -> None:
    """A lock is one customer's: another's outcome is recorded meanwhile."""
    ring.stage(with_people(1), PostTurn("s1", 0))
    ring.stage(with_people(2), PostTurn("s2", 0))
    claims = {claim.effect.session: claim for claim in ring.journals[1].step(1.0, 20)[1]}
    with ring.engines[0].begin() as tx:
        locks.hold_pair(tx, with_people(1))
        ring.journals[1].settle(claims["s2"], TurnPosted(1.0, "s2", 0, "m2"))
    found = ring.journals[0].session("s2")
    assert found is not None
    assert found.first_message == "m2"


def test_no_change_of_a_session_is_lost(ring: Ring) -> None:
    """Outcomes of one session, recorded by both replicas at the same instant, all count."""
    ring.stage(with_people(1))
    told = [f"mark-{number}" for number in range(12)]

    def tell(number: int) -> None:
        engine = ring.engines[number % 2]
        DirectWriter(engine)(lambda tx: _mark(tx, told[number]))

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(tell, range(12)))
    found = ring.journals[0].session("s1")
    assert found is not None
    assert sorted(found.told) == sorted(told)


def _mark(tx: Any, mark: str) -> None:
    known = cases.held_one(tx, lambda: sessions.get(tx, "s1"))
    assert known is not None
    session = known.session
    sessions.save(tx, replace(session, told=(*session.told, mark)), 1e9)


def test_a_session_idles_out_once(ring: Ring) -> None:
    """Both replicas see that its time is up."""
    idle = Session("s1", MARIA, SUPPORT, 0.0, 0.0)
    with ring.engines[0].begin() as tx:
        sessions.save(tx, idle, 100.0)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda journal: journal.step(10_800.0, 20), ring.journals))
    with ring.engines[0].connect() as tx:
        kinds = tx.execute(select(events.c.kind)).scalars().all()
    assert kinds == [IdleElapsed.__name__]


def test_one_webhook_told_to_every_replica_at_once_is_one_event(ring: Ring) -> None:
    """The key is unique in the database: nobody looks first and writes then (bug 1)."""
    told: list[tuple[str, Event]] = [("same", TextReceived(1.0, MARIA, SUPPORT, "Hello", "SM1"))]
    start = threading.Barrier(12)

    def tell(number: int) -> int:
        start.wait()
        return ring.journals[number % 2].record(told)

    for _ in range(4):
        told = [(f"{told[0][0]}+", told[0][1])]
        with ThreadPoolExecutor(12) as pool:
            assert sorted(pool.map(tell, range(12))) == [0] * 11 + [1]


# --- consent ---


def test_no_text_is_claimed_while_its_phone_opts_out(ring: Ring) -> None:
    """STOP and the claim see each other: nothing is claimed after the STOP is committed (P5)."""
    session = with_people(1)
    ring.stage(session, send(1))
    with ring.engines[0].begin() as tx:
        locks.hold_phone(tx, session.phone)
        sessions.save_consent(tx, Consent(session.phone, False, 1.0))
        assert ring.journals[1].step(1.0, 20)[1] == []
    (claim,) = ring.journals[1].step(1.0, 20)[1]
    assert not claim.allowed


# --- waking, leading ---


def test_what_one_records_wakes_the_others(ring: Ring) -> None:
    """No replica polls for what another was told."""
    first, second = ring.journals
    second.woken.clear()
    first.record([("1", TextReceived(1.0, MARIA, SUPPORT, "Hello", "SM1"))])
    assert second.woken.wait(PATIENCE)


def test_exactly_one_leads_and_is_followed(ring: Ring) -> None:
    """Carrier and desk are asked for lost webhooks once, not once a replica."""
    first, second = ring.peers
    until(lambda: first.leads or second.leads, ring.journals[1].woken)
    leader, other = (first, second) if first.leads else (second, first)
    assert not other.leads
    ring.cut(leader)
    until(lambda: other.leads or leader.leads, ring.journals[1].woken)
    assert first.leads != second.leads


# --- everything at once ---


class Hands:
    """Performs by writing down what was done."""

    def __init__(self) -> None:
        self.done: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._lock = threading.Lock()

    def perform(self, claim: Claim) -> Event | None:
        """The desk takes a line, the carrier a text."""
        effect = claim.effect
        assert isinstance(effect, PostTurn | SendText)
        with self._lock:
            self.done[effect.session, type(effect).__name__].append(effect.turn)
        if isinstance(effect, PostTurn):
            return TurnPosted(1.0, effect.session, effect.turn, f"m{effect.turn}")
        return SendAccepted(1.0, effect.session, effect.turn, effect.part, claim.attempt, claim.attempt)

    def give_up(self, _claim: Claim, error: BridgeError) -> Event | None:
        """Nothing is given up here."""
        raise AssertionError(error)


TEXTS, REPLIES = list(range(0, 2 * EACH, 2)), list(range(1, 2 * EACH, 2))  # they alternate


def test_three_replicas_do_everything_once_and_in_order(ring: Ring) -> None:
    """Texts and replies of many customers, told to whichever replica is next (P2, P3, P4)."""
    ring.join()
    hands = Hands()
    for number in range(CUSTOMERS):
        ring.stage(with_people(number))
    workers = [
        Worker(journal, hands, clock=lambda: 1.0, jitter=lambda: 0.5, threads=4) for journal in ring.journals
    ]
    for worker in workers:
        worker.start()
    with ThreadPoolExecutor(CUSTOMERS) as pool:
        list(pool.map(lambda number: _live(ring, number), range(CUSTOMERS)))
    until(lambda: not ring.journals[0].busy(1.0), ring.journals[0].woken)
    for worker in workers:
        worker.stop()
    assert hands.done == {
        (f"s{number}", kind): wanted
        for number in range(CUSTOMERS)
        for kind, wanted in (("PostTurn", TEXTS), ("SendText", REPLIES))
    }
    with ring.engines[0].connect() as tx:
        written = tx.execute(select(turns.c.session, turns.c.number)).all()
    assert len(written) == len(set(written)) == CUSTOMERS * EACH * 2


def _live(ring: Ring, number: int) -> None:
    """One customer texts and is replied to; each webhook reaches the next replica, some reach two."""
    session = with_people(number)
    for turn in range(EACH):
        text_ = TextReceived(1.0, session.phone, SUPPORT, f"text {turn}", f"SM{number}-{turn}")
        reply = AgentReplied(1.0, session.conversation, f"R{number}-{turn}", f"reply {turn}")
        for key, event in ((f"t{number}-{turn}", text_), (f"r{number}-{turn}", reply)):
            for again in range(2 if turn % 3 == 0 else 1):
                ring.journals[(turn + again) % REPLICAS].record([(key, event)])
