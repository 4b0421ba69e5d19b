"""The journal without a bridge, for commands: no upgrade, no worker, one transaction at a time."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from bridge.core.model import Rules
from bridge.journal import Journal, migrate
from bridge.journal.cases import Decider
from bridge.journal.engine import DirectWriter, connect
from bridge.settings import Settings


@contextmanager
def opened(settings: Settings) -> Iterator[Journal]:
    """Raises `CannotUse` where there is no database of this version."""
    engine = connect(settings.database_url)
    rules = Rules(frozenset(settings.numbers), settings.autopilot, settings.idle_seconds)
    decider = Decider(rules, lambda: uuid.uuid4().hex, lambda _kind, _why: None)
    journal = Journal(engine, DirectWriter(engine), decider)
    try:
        migrate.must_be_current(engine)
        yield journal
    finally:
        journal.close()
