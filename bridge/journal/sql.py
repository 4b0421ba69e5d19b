"""Statements on the way of every message: built once, compiled once, run on the driver's own connection.

Building a statement, or taking it through all of SQLAlchemy each time, takes several times longer than the
database takes to run it. So each is built at import and compiled into text the first time an engine runs it.
Statements that are rare, or built anew each time, are left to `Connection.execute`.

What comes back is the driver's: SQLite's truth is 0 or 1.
"""

from collections import namedtuple
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.visitors import replacement_traverse

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement as one engine's driver takes it."""

    text: str
    fixed: Values  # parameters that the statement brings along
    order: tuple[str, ...] | None  # of parameters by place; None: they are named
    row: Callable[[tuple[Any, ...]], Any]  # the driver's tuple as one with names

    def bound(self, values: Values) -> Values | list[Any]:
        """The parameters as the driver takes them."""
        given = {**self.fixed, **values} if self.fixed else values
        return given if self.order is None else [given[name] for name in self.order]


_compiled: dict[tuple[str, Any, tuple[str, ...]], Compiled] = {}


def rows(tx: Connection, statement: Any, /, **values: Any) -> list[Any]:
    """All rows it returns, with names."""
    made, cursor = _run(tx, statement, values)
    return [made.row(row) for row in cursor.fetchall()]


def first(tx: Connection, statement: Any, /, **values: Any) -> Any:
    """The first row; None if there is none."""
    made, cursor = _run(tx, statement, values)
    found = cursor.fetchall()
    return made.row(found[0]) if found else None


def value(tx: Connection, statement: Any, /, **values: Any) -> Any:
    """The first column of the first row; None if there is none."""
    found = first(tx, statement, **values)
    return None if found is None else found[0]


def change(tx: Connection, statement: Any, /, **values: Any) -> int:
    """How many rows were changed."""
    changed: int = _run(tx, statement, values)[1].rowcount
    return changed


@contextmanager
def savepoint(tx: Connection) -> Iterator[None]:
    """What is done within is undone if it fails."""
    _execute(tx, "SAVEPOINT piece")
    try:
        yield
    except BaseException:
        _execute(tx, "ROLLBACK TO SAVEPOINT piece")
        _execute(tx, "RELEASE SAVEPOINT piece")
        raise
    _execute(tx, "RELEASE SAVEPOINT piece")


# --- compiling ---


def _run(tx: Connection, statement: Any, values: Values) -> tuple[Compiled, Any]:
    key = (tx.dialect.name, statement, tuple(values))
    made = _compiled.get(key)
    if made is None:
        made = _compiled[key] = _compile(tx, statement, values)
    return made, _execute(tx, made.text, made.bound(values))


def _execute(tx: Connection, text: str, parameters: Any = ()) -> Any:
    """On the driver's own connection; its errors are SQLAlchemy's for everybody else."""
    driver: Any = tx.connection.dbapi_connection
    errors: Any = tx.dialect.loaded_dbapi.Error
    try:
        return driver.execute(text, parameters)
    except errors as error:
        raise DBAPIError.instance(text, None, error, errors, dialect=tx.dialect) from error


def _compile(tx: Connection, statement: Any, values: Values) -> Compiled:
    literal: Any = replacement_traverse(statement, {}, _as_literal)
    compiled = literal.compile(dialect=tx.dialect, column_keys=list(values))
    made = compiled.construct_expanded_state(values)
    fixed = {name: found for name, found in made.parameters.items() if name not in values}
    order = tuple(made.positiontup) if compiled.positional else None
    return Compiled(made.statement, fixed, order, _row_of(statement))


def _as_literal(element: Any, **_: Any) -> Any:
    """Constants stand in the text: only so can an index of the rows in one state be used."""
    constant = isinstance(element, BindParameter) and not element.required
    return element.render_literal_execute() if constant else None


def _row_of(statement: Any) -> Callable[[tuple[Any, ...]], Any]:
    names = [column.key for column in getattr(statement, "exported_columns", ())]
    return namedtuple("Row", names, rename=True)._make  # type: ignore[attr-defined, no-any-return]
