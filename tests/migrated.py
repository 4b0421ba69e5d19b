"""Migrated, empty SQLite databases, by copy: migrating takes longer than most tests."""

import tempfile
from functools import cache
from pathlib import Path

from bridge.journal.engine import connect
from bridge.journal.migrate import upgrade


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
