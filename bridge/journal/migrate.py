"""Bringing a database to the schema this version knows.

A database from a newer version is refused: this one would not understand what it finds there.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Engine


class NewerSchema(Exception):
    """The database was made by a newer version of the bridge."""


def upgrade(engine: Engine) -> str:
    """Apply what is missing; return the revision the database is at. Raises `NewerSchema`."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    scripts = ScriptDirectory.from_config(config)
    with engine.begin() as connection:
        now = MigrationContext.configure(connection).get_current_revision()
        _refuse_newer(scripts, now)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return scripts.get_current_head() or ""


def _refuse_newer(scripts: ScriptDirectory, now: str | None) -> None:
    try:
        if now is not None:
            scripts.get_revision(now)
    except CommandError:
        raise NewerSchema(
            f"the database is at revision {now}, which this version does not know; start the newer version"
        ) from None
