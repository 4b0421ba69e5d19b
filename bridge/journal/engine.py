"""Connections and writers.

PostgreSQL: commits are synchronous whatever the server's default; replicas that get into each other's way
(a deadlock, two inserts of one key) try again, and so does whoever finds that the server went away since the
last transaction, unless it went while it committed: then nobody knows.

SQLite: WAL, `synchronous=FULL`, one thread at a time writes. Work handed in by several threads at once shares
one commit (group commit): each piece runs in a savepoint of its own, so that one failing piece spoils no
other, and nobody is told of success before the shared commit is synced.

Other engines, and callers with a single thread: one transaction a piece, on the caller's thread.
"""

import re
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree

from bridge.journal import sql
from bridge.journal.trouble import CannotUse

T = TypeVar("T")
Work = Callable[[Connection], T]

POSTGRESQL = "postgresql+psycopg"
DRIVERS = {  # by the scheme of BRIDGE_DATABASE_URL
    **dict.fromkeys(("sqlite", "sqlite+pysqlite"), "sqlite"),
    **dict.fromkeys(("postgres", "postgresql", POSTGRESQL), POSTGRESQL),
}
ADDRESSES = (
    "Write sqlite:///FILE, or postgresql://USER:PASSWORD@HOST/DATABASE with signs such as @, : and / "
    "in user and password as %40, %3A and %2F."
)
MOST_AT_ONCE = 200
POOL = 8  # connections to a PostgreSQL server that write at once; as many read
COLLIDED = ("40001", "40P01", "26000", "42P05")  # serialization failure, deadlock, a prepared statement
COLLISIONS = 5
PATIENCE = 30.0  # seconds
# We prepare our statements ourselves; psycopg would throw them away with its own after each rollback.
PSYCOPG = {"client_encoding": "utf8", "prepare_threshold": None}


class Writer(Protocol):
    """Runs a piece of work in a transaction and returns its result once that is durable."""

    def __call__(self, work: Work[T]) -> T:
        """Raises whatever the work or the commit raised; then nothing was changed."""

    def close(self) -> None:
        """Finish what was handed in, then stop."""


def connect(url: str) -> Engine:
    """An engine for `BRIDGE_DATABASE_URL`, with the journal's durability settings. Raises `CannotUse`."""
    address = _understood(url)
    if address.drivername.startswith("sqlite"):
        return _sqlite(address)
    engine = create_engine(address, pool_size=2 * POOL, max_overflow=POOL, connect_args=PSYCOPG)
    event.listen(engine, "connect", _synchronous)
    return engine


def _understood(url: str) -> URL:
    """The address with the driver we speak through; what is said of a wrong one shows no password."""
    scheme, divided, rest = url.partition("://")
    if scheme not in DRIVERS:
        is_one = divided and re.fullmatch(r"[A-Za-z][\w.+-]*", scheme)
        what = f"{scheme} is not spoken here" if is_one else "its address has no scheme"
        raise CannotUse(f"{what}. {ADDRESSES}")
    try:
        return make_url(f"{DRIVERS[scheme]}://{rest}")
    except (ArgumentError, ValueError):
        raise CannotUse(f"its address cannot be read. {ADDRESSES}") from None


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url)
    event.listen(engine, "connect", _durable)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _synchronous(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('synchronous_commit', 'on', false) "
            "WHERE current_setting('synchronous_commit') = 'off'"
        )
    connection.commit()


def _durable(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions are ours: BEGIN IMMEDIATE, savepoints
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Connection) -> None:
    readonly = connection.get_execution_options().get("readonly", False)
    sql.command(connection, "BEGIN" if readonly else "BEGIN IMMEDIATE")


class Connections:
    """A few, kept for whoever is next: taking one from SQLAlchemy's pool takes longer than a statement."""

    def __init__(self, engine: Engine, *, readonly: bool = False) -> None:
        self._engine = engine
        self._readonly = readonly
        self._kept: list[Connection] = []
        self._room = threading.Semaphore(POOL)
        event.listen(engine, "engine_disposed", self.close)

    @contextmanager
    def begun(self) -> Iterator[Connection]:
        """One with a transaction, committed at the end. Whatever fails takes its connection along."""
        if not self._room.acquire(timeout=PATIENCE):
            raise NoneFree(f"none of {POOL} connections became free within {PATIENCE:.0f} s")
        try:
            connection = self._taken()
            try:
                with connection.begin():
                    yield connection
            except BaseException:
                connection.close()
                raise
            self._kept.append(connection)
        finally:
            self._room.release()

    def _taken(self) -> Connection:
        try:
            return self._kept.pop()
        except IndexError:
            return self._engine.connect().execution_options(readonly=self._readonly)

    def close(self, _engine: Engine | None = None) -> None:
        """End those that nobody uses; so it is when the engine is disposed of, whose pool is gone by then."""
        with suppress(IndexError):  # several threads may notice at once that the server is gone
            while True:
                connection = self._kept.pop()
                connection.invalidate()
                connection.close()


class Gone(OperationalError):
    """The connection had broken before anything was committed: nothing was changed, try again."""


class DirectWriter:
    """One transaction a piece, on the caller's thread; if `readonly`, it waits for nobody."""

    def __init__(self, engine: Engine, *, readonly: bool = False) -> None:
        self._connections = Connections(engine, readonly=readonly)

    def __call__(self, work: Work[T]) -> T:
        for _ in range(COLLISIONS):
            try:
                return self._once(work)
            except DBAPIError as error:
                if not isinstance(error, Gone) and getattr(error.orig, "sqlstate", None) not in COLLIDED:
                    raise
        return self._once(work)

    def _once(self, work: Work[T]) -> T:
        with self._connections.begun() as connection:
            try:
                return work(connection)
            except OperationalError as error:
                if error.connection_invalidated:
                    raise Gone(error.statement, None, error.orig or error) from error
                raise

    def close(self) -> None:
        self._connections.close()


class Piece:
    """Work handed in by a thread that waits for it."""

    def __init__(self, work: Work[Any]) -> None:
        self.work = work
        self.done = False
        self._value: Any = None
        self._error: BaseException | None = None
        self._called = threading.Lock()
        self._called.acquire()

    def wait(self) -> None:
        """Until it is done, or its thread is to write."""
        self._called.acquire()

    def call(self) -> None:
        """End the wait."""
        self._called.release()

    def end(self, value: Any, error: BaseException | None) -> None:
        """What came of it."""
        self._value, self._error, self.done = value, error, True

    def result(self) -> Any:
        """What the work returned; raises what it raised."""
        if self._error is not None:
            raise self._error
        return self._value


class GroupWriter:
    """One thread at a time writes, for all that wait; then one of those that came meanwhile does.

    Nobody hands his work to a thread of ours: a lone caller writes at once.
    """

    def __init__(self, engine: Engine) -> None:
        self._connections = Connections(engine)
        self._waiting: deque[Piece] = deque()
        self._guard = threading.Lock()
        self._busy = False

    def __call__(self, work: Work[T]) -> T:
        piece = Piece(work)
        with self._guard:
            self._waiting.append(piece)
            wait, self._busy = self._busy, True
        if wait:
            piece.wait()
        if not piece.done:
            self._write_all()
        result: T = piece.result()
        return result

    def close(self) -> None:
        self._connections.close()

    def _write_all(self) -> None:
        """What waits, ours first; afterwards the first of the others takes over."""
        batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_AT_ONCE))]
        try:
            self._write(batch)
        finally:
            with self._guard:
                then = self._waiting[0] if self._waiting else None
                self._busy = then is not None
            for piece in [*batch[1:], *([then] if then else [])]:
                piece.call()

    def _write(self, batch: list[Piece]) -> None:
        outcomes: list[tuple[Any, Exception | None]] = []
        try:
            with self._connections.begun() as connection:
                outcomes += [_attempt(connection, each.work, alone=len(batch) == 1) for each in batch]
        except BaseException as failure:  # everybody waits for this commit
            outcomes = []
            for piece in batch:
                piece.end(None, failure)
            if not isinstance(failure, Exception):
                raise
        for piece, outcome in zip(batch, outcomes, strict=False):
            piece.end(*outcome)


def _attempt(connection: Connection, work: Work[Any], *, alone: bool) -> tuple[Any, Exception | None]:
    """Run one piece; alone in its commit it needs no savepoint, and its failure rolls the commit back."""
    if alone:
        return work(connection), None
    try:
        with sql.savepoint(connection):
            return work(connection), None
    except Exception as error:  # carried to the one caller whose piece it is
        driver: Any = connection.connection.dbapi_connection
        if not getattr(driver, "in_transaction", True):
            raise  # SQLite has taken back everybody's piece: a full disk, a broken one (P1)
        return None, error
