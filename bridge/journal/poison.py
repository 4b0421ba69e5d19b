"""Events whose decision ends the process and does not merely raise: after some starts they are set aside.

Theory of operation. While all is well nothing is written before a decision. What was new when this process
started may be what ended the last one. Such events are marked on disk before they are decided: the first time
together with their neighbours, then each alone, so that the mark comes to tell the one from the others. Each
process marks an event once: a commit that fails is no crash. Marked often enough, it is parked
(FT-C4).
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from bridge.journal import sql
from bridge.journal.engine import Writer
from bridge.journal.inbox import MOST_AT_ONCE
from bridge.journal.schema import events

MOST_CRASHES = 10  # a chance kill does not fall on the same event that often
SEQ = bindparam("of_seq", type_=events.c.seq.type)
LAST_NEW = select(func.max(events.c.seq)).where(events.c.state == "new")
LEFT = (
    select(events.c.seq, events.c.kind, events.c.crashes)
    .where(events.c.state == "new", events.c.seq <= SEQ)
    .order_by(events.c.seq)
    .limit(bindparam("most"))
)
MARK = update(events).where(events.c.seq == SEQ).values(crashes=events.c.crashes + 1)
PARK = update(events).where(events.c.seq == SEQ).values(state="parked", remark=bindparam("why"))
WHY = f"the process ended {MOST_CRASHES} times while this was decided"


class Suspects:
    """What an earlier process left undecided."""

    def __init__(self, counted: Callable[[str, str], None]) -> None:
        self._counted = counted
        self._last = 0
        self._marked: set[int] = set()

    def look(self, tx: Connection) -> None:
        """See what is there at the start."""
        self._last = sql.value(tx, LAST_NEW) or 0

    def most(self, write: Writer) -> int:
        """How many events may be decided now."""
        if not self._last:
            return MOST_AT_ONCE
        marked, parked = write(self._mark)
        self._marked |= marked
        for kind in parked:
            self._counted(kind, "parked")
        if not marked:
            self._last = 0
        return len(marked) or MOST_AT_ONCE

    def _mark(self, tx: Connection) -> tuple[set[int], list[str]]:
        """What is marked and decided next; and the kinds of what was parked instead."""
        rows = sql.rows(tx, LEFT, of_seq=self._last, most=MOST_AT_ONCE)
        guilty = [row for row in rows if row.crashes >= MOST_CRASHES and row.seq not in self._marked]
        for row in guilty:
            tx.execute(PARK, {"of_seq": row.seq, "why": WHY})
        batch = _together([row for row in rows if row not in guilty])
        for row in batch:
            if row.seq not in self._marked:
                tx.execute(MARK, {"of_seq": row.seq})
        return {row.seq for row in batch}, [row.kind for row in guilty]


def _together(rows: list[Any]) -> list[Any]:
    """Those never marked before are decided together; one that was, alone."""
    alone = next((place for place, row in enumerate(rows) if row.crashes), len(rows))
    return rows[: alone or 1]
