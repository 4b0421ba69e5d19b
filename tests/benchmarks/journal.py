"""The journal alone on one job: so many replies of so many chats, each acknowledged, decided and done.

Told by several threads at once, durable before it is acknowledged, in order within a chat, the outcome
durable, too. No HTTP and no carrier, so that what is measured is the journal; beside it the least that a
durable bridge could do, one synced insert a message, and a job queue on the same PostgreSQL.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

from sqlalchemy import Engine

from bridge.core.errors import BridgeError
from bridge.core.model import AgentReplied, Charge, Event, Rules, SendAccepted, SendText, Session
from bridge.journal import Claim, Decider, Journal, sessions
from bridge.journal.engine import DirectWriter, GroupWriter, Writer, connect
from bridge.journal.migrate import upgrade
from bridge.journal.replicas import Alone, Peer
from bridge.journal.schema import consents
from bridge.journal.statements import upsert
from bridge.worker import Worker

MESSAGES, CHATS, TELLERS, PERFORMERS = 3000, 300, 16, 8
NUMBER = "+14155550150"


@dataclass(frozen=True, slots=True)
class Rates:
    """Messages a second."""

    acknowledged: float
    done: float


class Hands:
    """Performs at once, counts, and says when all is done."""

    def __init__(self) -> None:
        self.all = threading.Event()
        self._left = MESSAGES
        self._lock = threading.Lock()

    def perform(self, claim: Claim) -> Event:
        """The carrier takes it."""
        effect = claim.effect
        assert isinstance(effect, SendText)
        return SendAccepted(1.0, effect.session, effect.turn, effect.part, claim.attempt, claim.attempt)

    def give_up(self, _claim: Claim, error: BridgeError) -> Event | None:
        """Nothing is given up here."""
        raise AssertionError(error)

    def counted(self, kind: str, _ignored: str) -> None:
        """An outcome was decided: a message is done."""
        with self._lock:
            self._left -= kind == "SendAccepted"
            if not self._left:
                self.all.set()


def ours(url: str) -> Rates:
    """The bridge's journal and worker."""
    engine, hands = connect(url), Hands()
    upgrade(engine)
    _under_way(engine)
    sqlite = engine.dialect.name == "sqlite"
    writer: Writer = GroupWriter(engine) if sqlite else DirectWriter(engine)
    decider = Decider(Rules(frozenset({NUMBER})), lambda: "new", hands.counted)
    journal = Journal(engine, writer, decider, replica=Alone() if sqlite else Peer(engine))
    journal._asked |= {f"chat:c{number}" for number in range(CHATS)}
    worker = Worker(journal, hands, clock=lambda: 1.0, jitter=lambda: 0.5, threads=PERFORMERS)
    with ExitStack() as after:
        after.callback(journal.close)
        journal.join()
        worker.start()
        after.callback(worker.stop)
        return timed(lambda n: journal.record([(f"k{n}", _reply(n))]), hands.all)


def bare(url: str) -> Rates:
    """One synced insert a message; on SQLite those that wait together share a commit, as ours do."""
    engine = connect(url)
    upgrade(engine)
    writer: Writer = GroupWriter(engine) if engine.dialect.name == "sqlite" else DirectWriter(engine)
    done = threading.Event()
    done.set()
    with ExitStack() as after:
        after.callback(engine.dispose)
        after.callback(writer.close)
        return timed(lambda n: writer(lambda tx: upsert(tx, consents, row(n))), done)


def timed(tell: Callable[[int], object], done: threading.Event) -> Rates:
    """Tell from several threads, then wait until all is done."""
    start = time.perf_counter()
    with ThreadPoolExecutor(TELLERS) as pool:
        list(pool.map(lambda place: [tell(n) for n in range(place, MESSAGES, TELLERS)], range(TELLERS)))
    acknowledged = time.perf_counter() - start
    if not done.wait(300):
        raise SystemExit("not everything was done in five minutes")
    return Rates(MESSAGES / acknowledged, MESSAGES / (time.perf_counter() - start))


def _reply(n: int) -> AgentReplied:
    return AgentReplied(1.0, f"c{n % CHATS}", f"r{n}", f"reply {n}")


def row(n: int) -> dict[str, object]:
    """What is written for a message."""
    return {"phone": f"p{n}", "allowed": True, "at": 1.0, "word": f"reply {n}"}


def _under_way(engine: Engine) -> None:
    with engine.begin() as tx:
        for n in range(CHATS):
            session = Session(
                f"s{n}", f"+1415555{1000 + n}", NUMBER, 0, 0, Charge.HUMAN, conversation=f"c{n}"
            )
            sessions.save(tx, session, 1e9)
