"""Lanes set free: after a restart, after another replica died, after a clock went back."""

from collections.abc import Callable

from sqlalchemy import Connection, bindparam, case, select, update

from bridge.journal import sql
from bridge.journal.outbox import NOBODY, UNFINISHED
from bridge.journal.pace import NOW, forget
from bridge.journal.schema import effects, lanes

OWNERS = select(lanes.c.owner).where(lanes.c.owner != NOBODY).distinct()
RELEASE_OF = (
    update(lanes).where(lanes.c.owner == bindparam("by")).values(due_at=bindparam("until"), owner=NOBODY)
)
RELEASE = update(lanes).where(lanes.c.owner != NOBODY).values(due_at=bindparam("until"), owner=NOBODY)
ALL_DUE = update(lanes).where(lanes.c.owner == NOBODY, lanes.c.due_at > NOW).values(due_at=NOW)
ALL_EFFECTS_DUE = update(effects).where(UNFINISHED, effects.c.due_at > NOW).values(due_at=NOW)
ALL_TRIED_BY_NOW = (
    update(effects)
    .where(UNFINISHED, effects.c.tried_at > NOW)
    .values(
        tried_at=NOW,
        doubted_at=case((effects.c.doubted_at > NOW, NOW), else_=effects.c.doubted_at),
    )
)


def everything(tx: Connection, now: float) -> None:
    """After a restart of the only process: whatever was being performed is due now."""
    sql.change(tx, RELEASE, until=now)


def all_due(tx: Connection, now: float) -> None:
    """The clock went back: what waits for a time it showed before is due now, rather than late."""
    sql.change(tx, ALL_DUE, now=now)
    sql.change(tx, ALL_EFFECTS_DUE, now=now)
    sql.change(tx, ALL_TRIED_BY_NOW, now=now)
    forget(tx)


def of_the_dead(tx: Connection, now: float, is_dead: Callable[[Connection, int], bool]) -> int:
    """Lanes of replicas that are gone are due now; return how many."""
    owners = [row[0] for row in sql.rows(tx, OWNERS)]
    gone = [owner for owner in owners if is_dead(tx, owner)]
    return sum(sql.change(tx, RELEASE_OF, by=owner, until=now) for owner in gone)
