"""Several bridges on one database: who is alive, who leads, and waking each other.

Each replica keeps one connection of its own. On it
  * it holds a lock named by its id: the database lets the lock go when the connection breaks, so a replica
    that was killed is known dead at once, and its lanes are taken over without waiting for their leases;
  * it listens: whoever recorded something and does not work, or has more to do than room for it, says so, and
    all wake up (no polling in the way of a reply);
  * it tries to be the leader, who alone asks carrier and desk for lost webhooks.

A replica that loses this connection takes a new id: what it had claimed may be another's by now.
"""

import secrets
import threading
from collections.abc import Callable
from typing import Any, Protocol

import structlog
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from bridge.journal import locks

CHANNEL = "bridge"
LOOKS = 1.0  # seconds: a dead leader is followed, a lost connection made again, within this time
log = structlog.get_logger("replicas")


class Replica(Protocol):
    """This process among those on the same database."""

    alone: bool  # no other process can be at work on the database
    owner: int  # marks the lanes it has claimed; never 0
    leads: bool  # sees to what one must do for all

    def start(self, *woken: threading.Event) -> None:
        """Be known as alive; set these whenever another replica has something to do for us."""

    def announce(self) -> None:
        """Wake the others."""

    def is_dead(self, tx: Connection, owner: int) -> bool:
        """Whether the replica that claimed under this mark is gone."""

    def close(self) -> None:
        """Be alive no longer."""


class Alone:
    """The only process on its database."""

    alone = True
    owner = 1
    leads = True

    def start(self, *woken: threading.Event) -> None:
        """There is nobody to listen to."""

    def announce(self) -> None:
        """There is nobody to wake."""

    def is_dead(self, _tx: Connection, _owner: int) -> bool:
        """What an earlier process had claimed is released at the start (`Journal.recover`)."""
        return False

    def close(self) -> None:
        """Nothing is held."""


class Peer:
    """One of several on a PostgreSQL database."""

    alone = False

    def __init__(self, engine: Engine, *, may_lead: bool = True) -> None:
        self._engine = engine
        self._may_lead = may_lead
        self._stopping = threading.Event()
        self._something = threading.Event()
        self._threads: list[threading.Thread] = []
        self.owner = _mark()
        self.leads = False

    def start(self, *woken: threading.Event) -> None:
        """Two threads: one listens, one announces."""
        ready = threading.Event()
        for work in (lambda: self._listen(woken, ready), self._announce):
            thread = threading.Thread(target=work, name="replica", daemon=True)
            thread.start()
            self._threads.append(thread)
        ready.wait(LOOKS)

    def announce(self) -> None:
        """Soon, and once for all that is recorded until then: a notice of its own would slow each commit."""
        self._something.set()

    def is_dead(self, tx: Connection, owner: int) -> bool:
        """Its lock can be had only if its connection is gone."""
        return owner != self.owner and bool(tx.execute(locks.TRY_HOLD, {"key": owner}).scalar())

    def close(self) -> None:
        """Let go of lock and connection; the last announcement is to ourselves, who listen for it."""
        self._stopping.set()
        self._something.set()
        for thread in self._threads:
            thread.join(2 * LOOKS)

    # --- threads ---

    def _listen(self, woken: tuple[threading.Event, ...], ready: threading.Event) -> None:
        while not self._stopping.is_set():
            try:
                with self._line() as line:
                    self._be_alive(line, woken, ready)
            except SQLAlchemyError as error:
                self._lost(type(error).__name__)

    def _be_alive(self, line: Connection, woken: tuple[threading.Event, ...], ready: threading.Event) -> None:
        line.execute(text("SELECT pg_advisory_lock(:key)"), {"key": self.owner})
        line.execute(text(f"LISTEN {CHANNEL}"))
        ready.set()
        notified, news = _notices(line), True  # something may have been announced while nobody listened
        while not self._stopping.is_set():
            self.leads = self.leads or (self._may_lead and _lead(line))
            for each in woken if news else ():
                each.set()
            news = notified(LOOKS)

    def _lost(self, why: str) -> None:
        log.warning("replica.lost", error=why)
        self.leads = False
        self.owner = _mark()
        self._stopping.wait(LOOKS)

    def _announce(self) -> None:
        while not self._stopping.is_set():
            self._something.wait()
            self._something.clear()
            try:
                with self._line() as line:
                    self._notify_as_told(line)
            except SQLAlchemyError as error:
                log.warning("replica.mute", error=type(error).__name__)
                self._stopping.wait(LOOKS)

    def _notify_as_told(self, line: Connection) -> None:
        line.execute(text("SET synchronous_commit TO off"))  # a notice may get lost: all look each second
        line.execute(text(f"NOTIFY {CHANNEL}"))
        while not self._stopping.is_set():
            self._something.wait()
            self._something.clear()
            line.execute(text(f"NOTIFY {CHANNEL}"))

    def _line(self) -> Connection:
        """A connection that no pool gets back: its lock must not outlive this replica."""
        line = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        line.detach()
        return line


def _mark() -> int:
    return secrets.randbelow(2**62) + 2


def _lead(line: Connection) -> bool:
    """The first to ask leads until its connection ends."""
    return bool(
        line.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": locks.key("leader")}).scalar()
    )


def _notices(line: Connection) -> Callable[[float], bool]:
    """Wait up to so many seconds for a notice; tell whether one came."""
    driver: Any = line.connection.dbapi_connection

    def notified(seconds: float) -> bool:
        try:
            return any(True for _ in driver.notifies(timeout=seconds, stop_after=1))
        except driver_errors() as error:
            raise SQLAlchemyError(str(error)) from error

    return notified


def driver_errors() -> type[Exception]:
    """The driver's own errors; it is only there with the extra `postgres`."""
    from psycopg import Error  # noqa: PLC0415

    return Error
