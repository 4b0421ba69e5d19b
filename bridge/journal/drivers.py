"""How a compiled statement is run on each driver's own connection, with as little in between as there can be.

SQLite: the connection's own `execute`, which keeps statements prepared.

PostgreSQL: psycopg's `pq`, its documented layer over libpq, with statements prepared once a connection. One
statement costs a third of what a cursor's does; a message needs some thirty. Numbers travel as text,
text as it is: UTF-8 with a length, so that a NUL within is refused and not taken for the end.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Protocol

Values = dict[str, Any]
Rows = list[tuple[Any, ...]]


@dataclass(slots=True)
class Compiled:
    """A statement as one engine's driver takes it."""

    text: str
    fixed: Values  # parameters that the statement brings along
    order: tuple[str, ...]  # of parameters, by place
    row: Callable[[tuple[Any, ...]], Any]  # the driver's tuple as one with names
    readers: list[Callable[[bytes], Any]] = field(default_factory=list)  # of the columns that come back

    def bound(self, values: Values) -> list[Any]:
        """The parameters in their places."""
        given = {**self.fixed, **values} if self.fixed else values
        return [given[name] for name in self.order]


class Driver(Protocol):
    """Runs statements on a driver's connection; raises the driver's own errors."""

    def run(self, line: Any, made: Compiled, values: Values) -> tuple[Rows, int]:
        """(what came back, how many rows were changed)."""

    def command(self, line: Any, text: str) -> None:
        """A command without parameters and without an answer."""


class Sqlite:
    """Python's own `sqlite3`."""

    def run(self, line: Any, made: Compiled, values: Values) -> tuple[Rows, int]:
        cursor = line.execute(made.text, made.bound(values))
        return cursor.fetchall(), cursor.rowcount

    def command(self, line: Any, text: str) -> None:
        line.execute(text)


class Postgres:
    """psycopg's `pq`."""

    def __init__(self) -> None:
        from psycopg import OperationalError, errors, pq  # noqa: PLC0415 - only there with the extra `postgres`

        self._fine = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)
        self._idle = pq.TransactionStatus.IDLE
        self._alive = pq.ConnStatus.OK
        self._refused: Callable[[Any], Exception] = errors.error_from_result
        self._gone = OperationalError
        self._state = pq.DiagnosticField.SQLSTATE

    def run(self, line: Any, made: Compiled, values: Values) -> tuple[Rows, int]:
        pg, given = self._begun(line), made.bound(values)
        types = tuple(_TYPES[type(value)] for value in given)
        prepared = _prepared(line)
        if (name := prepared.get((made.text, types))) is None:
            name = _name(made.text, types)
            self._checked(pg, pg.prepare(name, made.text.encode(), types))
            prepared[made.text, types] = name
        sent = [None if value is None else _sent(value) for value in given]
        answer = pg.exec_prepared(name, sent, [type_id == TEXT for type_id in types])
        if answer.error_field(self._state) == NOT_PREPARED:  # somebody between us and the server dropped it
            prepared.clear()
        self._checked(pg, answer)
        return _rows(answer, made), answer.command_tuples or 0

    def command(self, line: Any, text: str) -> None:
        pg = self._begun(line)
        self._checked(pg, pg.exec_(text.encode()))

    def _begun(self, line: Any) -> Any:
        pg = line.pgconn
        if pg.transaction_status == self._idle:
            self._checked(pg, pg.exec_(b"BEGIN"))
        return pg

    def _checked(self, pg: Any, answer: Any) -> None:
        if pg.status != self._alive:
            raise self._gone(pg.get_error_message())
        if answer.status not in self._fine:
            raise self._refused(answer)


def _prepared(line: Any) -> dict[tuple[str, tuple[int, ...]], bytes]:
    """What is prepared on this connection, for which types of parameters, under which names."""
    known: dict[tuple[str, tuple[int, ...]], bytes] = line.__dict__.setdefault("sunbridge_prepared", {})
    return known


@lru_cache(1024)
def _name(text: str, types: tuple[int, ...]) -> bytes:
    """The same for the same statement, on every connection of every process: a pooler may mix them."""
    return b"sunbridge_" + blake2b(f"{text}{types}".encode(), digest_size=12).hexdigest().encode()


def _sent(value: Any) -> bytes:
    return value.encode() if isinstance(value, str) else repr(value).encode()


def _rows(answer: Any, made: Compiled) -> Rows:
    if not answer.ntuples:
        return []
    readers = made.readers = made.readers or [_reader(answer.ftype(n)) for n in range(answer.nfields)]
    get = answer.get_value
    return [
        tuple(
            None if (found := get(row, column)) is None else read(found)
            for column, read in enumerate(readers)
        )
        for row in range(answer.ntuples)
    ]


def _reader(type_id: int) -> Callable[[bytes], Any]:
    return _READERS.get(type_id, bytes.decode)


TEXT, NOT_PREPARED = 25, b"26000"
_TYPES = {str: TEXT, float: 701, int: 20, bool: 16, type(None): 0}  # the server's numbers; 0: it may guess
_READERS: dict[int, Callable[[bytes], Any]] = {  # by the server's number of the type; all others are text
    16: lambda found: found == b"t",  # boolean
    20: int,
    21: int,
    23: int,
    700: float,
    701: float,
}
