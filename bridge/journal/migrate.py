"""Bringing a database to the schema this version knows.

A database from a newer version is refused: this one would not understand what it finds there. One that is up
to date is left alone, and Alembic is not even loaded: a start after a crash should not wait for it.
"""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from bridge.journal import locks
from bridge.journal.schema import REVISION


class NewerSchema(Exception):
    """The database was made by a newer version of the bridge."""


def upgrade(engine: Engine) -> str:
    """Apply what is missing; return the revision the database is at. Raises `NewerSchema`."""
    with engine.connect().execution_options(readonly=True) as connection:
        if _current(connection) == REVISION:
            return REVISION
    with engine.begin() as connection:
        locks.hold(connection, "schema")
        _run(connection)
    return REVISION


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
        raise NewerSchema(
            f"the database is at revision {now}, which this version does not know; start the newer version"
        ) from None
    command.upgrade(config, "head")
