"""Statements on the way of every message: built once, compiled once, run on the driver's own connection.

Building a statement, or taking it through all of SQLAlchemy each time, takes several times longer than the
database takes to run it. So each is built at import and compiled into text the first time an engine runs it.
Statements that are rare, or built anew each time, are left to `Connection.execute`.

What comes back is the driver's: SQLite's truth is 0 or 1.
"""

from collections import namedtuple
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.visitors import replacement_traverse

from bridge.journal.drivers import Compiled, Driver, Postgres, Rows, Sqlite, Values

_compiled: dict[tuple[str, Any, tuple[str, ...]], Compiled] = {}


def rows(tx: Connection, statement: Any, /, **values: Any) -> list[Any]:
    """All rows it returns, with names."""
    made = _made(tx, statement, values)
    return [made.row(row) for row in _run(tx, made, values)[0]]


def first(tx: Connection, statement: Any, /, **values: Any) -> Any:
    """The first row; None if there is none."""
    made = _made(tx, statement, values)
    found = _run(tx, made, values)[0]
    return made.row(found[0]) if found else None


def value(tx: Connection, statement: Any, /, **values: Any) -> Any:
    """The first column of the first row; None if there is none."""
    found = _run(tx, _made(tx, statement, values), values)[0]
    return found[0][0] if found else None


def change(tx: Connection, statement: Any, /, **values: Any) -> int:
    """How many rows were changed."""
    return _run(tx, _made(tx, statement, values), values)[1]


@contextmanager
def savepoint(tx: Connection) -> Iterator[None]:
    """What is done within is undone if it fails."""
    command(tx, "SAVEPOINT piece")
    try:
        yield
    except BaseException:
        if tx.invalidated:
            raise
        command(tx, "ROLLBACK TO SAVEPOINT piece")
        kept(tx).clear()
        command(tx, "RELEASE SAVEPOINT piece")
        raise
    command(tx, "RELEASE SAVEPOINT piece")


def kept(tx: Connection) -> set[str]:
    """Names of what this transaction holds until its end; a savepoint taken back lets go of some."""
    transaction, names = tx.info.get("kept", (None, set()))
    if transaction is not tx.get_transaction():
        names = set()
        tx.info["kept"] = tx.get_transaction(), names
    found: set[str] = names
    return found


def command(tx: Connection, text: str) -> None:
    """One without parameters and without an answer."""
    driver = _driver(tx.dialect.name)
    try:
        driver.command(tx.connection.dbapi_connection, text)
    except _errors(tx) as error:
        raise _as_ours(tx, text, error) from error


# --- running ---


def _run(tx: Connection, made: Compiled, values: Values) -> tuple[Rows, int]:
    """On the driver's own connection; its errors are SQLAlchemy's for everybody else."""
    try:
        return _driver(tx.dialect.name).run(tx.connection.dbapi_connection, made, values)
    except _errors(tx) as error:
        raise _as_ours(tx, made.text, error) from error


@cache
def _driver(dialect: str) -> Driver:
    return Postgres() if dialect == "postgresql" else Sqlite()


def _errors(tx: Connection) -> Any:
    return tx.dialect.loaded_dbapi.Error


def _as_ours(tx: Connection, text: str, error: Any) -> BaseException:
    """A connection that broke goes with all that were idle: their server is most likely gone as well."""
    broken = tx.dialect.is_disconnect(error, tx.connection.dbapi_connection, None)
    if broken:
        tx.invalidate(error)
        tx.engine.dispose()
    made: BaseException = DBAPIError.instance(
        text, None, error, _errors(tx), connection_invalidated=broken, dialect=tx.dialect
    )
    return made


# --- compiling ---


def _made(tx: Connection, statement: Any, values: Values) -> Compiled:
    key = (tx.dialect.name, statement, tuple(values))
    made = _compiled.get(key)
    if made is None:
        made = _compiled[key] = _compile(tx, statement, values)
    return made


def _compile(tx: Connection, statement: Any, values: Values) -> Compiled:
    literal: Any = replacement_traverse(statement, {}, _as_literal)
    compiled = literal.compile(dialect=tx.dialect, column_keys=list(values))
    made = compiled.construct_expanded_state(values)
    fixed = {name: found for name, found in made.parameters.items() if name not in values}
    if compiled.positional:
        return Compiled(made.statement, fixed, tuple(made.positiontup), _row_of(statement))
    places = {name: f"${place}" for place, name in enumerate(made.parameters, 1)}
    return Compiled(made.statement % places, fixed, tuple(places), _row_of(statement))


def _as_literal(element: Any, **_: Any) -> Any:
    """Constants stand in the text: only so can an index of the rows in one state be used."""
    constant = isinstance(element, BindParameter) and not element.required
    return element.render_literal_execute() if constant else None


def _row_of(statement: Any) -> Callable[[tuple[Any, ...]], Any]:
    names = [column.key for column in getattr(statement, "exported_columns", ())]
    return namedtuple("Row", names, rename=True)._make  # type: ignore[attr-defined, no-any-return]
