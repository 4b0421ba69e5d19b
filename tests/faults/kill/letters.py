"""Letters: what the bridge gave up, and whether it says why."""

from sqlalchemy import select

from bridge.journal.engine import connect
from bridge.journal.schema import effects, events


def letters(database_url: str) -> tuple[list[str], int]:
    """Each letter's reason, and how many have none; a parked event counts as a letter."""
    engine = connect(database_url)
    with engine.connect() as connection:
        parked = select(effects.c.kind, effects.c.error).where(effects.c.state == "parked")
        broken = select(events.c.kind, events.c.remark).where(events.c.state == "parked")
        rows = [*connection.execute(parked), *connection.execute(broken)]
    engine.dispose()
    return [f"{kind}: {why}" for kind, why in rows if why], sum(not why for _, why in rows)
