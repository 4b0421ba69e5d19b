"""Bringing a database to the schema this version knows.

A database from a newer version is refused: this one would not understand what it finds there. So is one whose
tables are not whole: better now than at the first text (FT-C7). So is one that would have to change while
replicas of the former version run on it. One that is up to date is left alone, and Alembic is not even
loaded: a start after a crash should not wait for it. A write that changes nothing shows at once whether there
are the right and the room to write.
"""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from bridge.journal import locks
from bridge.journal.schema import REVISION, metadata
from bridge.journal.trouble import CannotUse, NewerSchema

__all__ = ["CannotUse", "NewerSchema", "must_be_current", "upgrade"]

TOUCH = text("UPDATE alembic_version SET version_num = version_num")
MEND = "Restore a back-up, or name an empty database."


def upgrade(engine: Engine) -> str:
    """Apply what is missing; return the revision the database is at. Raises `CannotUse`."""
    with engine.begin() as connection:
        locks.hold(connection, "schema")
        _refuse_half(connection)
        if _current(connection) != REVISION:
            _refuse_beside_others(connection)
            _run(connection)
        connection.execute(TOUCH)
    return REVISION


def must_be_current(engine: Engine) -> None:
    """For commands, which upgrade nothing; raises `CannotUse`."""
    _refuse_missing(engine)
    with engine.connect().execution_options(readonly=True) as connection:
        now = _current(connection)
        _refuse_half(connection)
    if now is not None and now > REVISION:
        raise _newer(now)
    if now != REVISION:
        raise CannotUse(f"it is at revision {now}, not {REVISION}. Bring it there: bridge migrate")


def _refuse_missing(engine: Engine) -> None:
    """SQLite would make an empty file of any name."""
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    if file and not Path(file).exists():
        raise CannotUse(f"there is no file {file}. Make it: bridge migrate")


def _refuse_half(connection: Connection) -> None:
    """Tables without a revision, or a revision without its tables: a migration broke off, or somebody did."""
    now = _current(connection)
    there = set(inspect(connection).get_table_names()) & set(metadata.tables)
    lost = sorted(set(metadata.tables) - there)
    if now is None and there:
        raise CannotUse(f"its tables are not whole: {', '.join(sorted(there))}, but no revision. {MEND}")
    if now == REVISION and lost:
        raise CannotUse(f"its tables are not whole: {', '.join(lost)} missing. {MEND}")


def _refuse_beside_others(connection: Connection) -> None:
    """Replicas of an earlier version would go on writing what this one does not understand, and fail."""
    others, now = locks.holders(connection), _current(connection)
    if others and now:
        raise CannotUse(
            f"replicas of an earlier version run on it ({others} at revision {now}). "
            "Stop them all, then start this version."
        )


def _current(connection: Connection) -> str | None:
    """The revision a database is at; None if it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def _run(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    now = _current(connection)
    try:
        if now is not None:
            ScriptDirectory.from_config(config).get_revision(now)
    except CommandError:
        raise _newer(str(now)) from None
    command.upgrade(config, "head")


def _newer(now: str) -> NewerSchema:
    return NewerSchema(
        f"the database is at revision {now}, which this version does not know; start the newer version"
    )
