"""Empty SQLite databases, by copy: migrating takes longer than most tests; and such of earlier versions."""

import tempfile
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

import bridge.journal
from bridge.journal.engine import connect
from bridge.journal.migrate import upgrade

MIGRATIONS = Path(bridge.journal.__file__).parent / "migrations"


def at(engine: Engine, revision: str) -> None:
    """Bring an empty database to an earlier revision."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as tx:
        config.attributes["connection"] = tx
        command.upgrade(config, revision)


def lay(file: Path) -> str:
    """Make one at this place, unless there is something already; return its address."""
    if not file.exists():
        file.write_bytes(_empty())
    return f"sqlite:///{file}"


@cache
def _empty() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "empty.db"
        engine = connect(f"sqlite:///{file}")
        upgrade(engine)
        engine.dispose()
        return file.read_bytes()
