"""The pace of each number of ours: when its next segment may leave (carrier.md section 11).

Theory of operation. `paces` holds for each number when all that it was given so far will have left. A text
that is about to be claimed takes the next place, as long as its segments need; if that place lies ahead, the
effect keeps it in `slot_at` and its lane is due then. A further try takes a further place. What a quiet
number did not send is not saved up: at once leaves what may leave in one second. All of it is in the
database, so that a restart forgets nothing and several replicas share one budget.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Connection, Float, bindparam, case, select, update

from bridge.core import segments
from bridge.core.model import SendText
from bridge.journal import codec, sql
from bridge.journal.schema import effects, lanes, paces
from bridge.journal.statements import insert

SOON = 0.001  # seconds that are not worth waiting
NOW: BindParameter[float] = bindparam("now", type_=Float)
COST: BindParameter[float] = bindparam("cost", type_=Float)
ID: BindParameter[int] = bindparam("effect_id")
HEAD = select(effects.c.kind, effects.c.body, effects.c.slot_at).where(effects.c.id == ID)
KEEP = update(effects).where(effects.c.id == ID).values(slot_at=bindparam("until"))
WAIT = update(lanes).where(lanes.c.name == bindparam("lane_name")).values(due_at=bindparam("until"))
FORGET = paces.delete()
FORGET_PLACES = update(effects).where(effects.c.slot_at.is_not(None)).values(slot_at=None)


class Pace:
    """Gives each text its place among all that leave from its number."""

    def __init__(self, rate: Callable[[str], float] = lambda _number: 0.0) -> None:
        """`rate` tells how many segments a second a number may send; 0: any."""
        self._rate = rate

    def puts_off(self, tx: Connection, lane: str, head: int, now: float) -> bool:
        """Whether the head of this lane must wait; its lane is then due when it may leave."""
        number = number_of(lane)
        rate = self._rate(number) if number else 0.0
        if not rate:
            return False
        row = sql.first(tx, HEAD, effect_id=head)
        slot = row.slot_at if row.slot_at is not None else _next_place(tx, number, _segments(row), rate, now)
        if slot - now < SOON:
            return False
        sql.change(tx, KEEP, effect_id=head, until=slot)
        sql.change(tx, WAIT, lane_name=lane, until=slot)
        return True


def number_of(lane: str) -> str:
    """The number whose texts a lane holds; empty for any other lane."""
    direction, _, rest = lane.partition(":")
    return rest.partition(":")[0] if direction == "phone" else ""


def forget(tx: Connection) -> None:
    """Nobody has a place any more: the clock they were reckoned by was wrong."""
    sql.change(tx, FORGET)
    sql.change(tx, FORGET_PLACES)


def _next_place(tx: Connection, number: str, count: int, rate: float, now: float) -> float:
    cost, at_once = count / rate, max(0.0, 1.0 - 1.0 / rate)
    given = {"number": number, "now": now, "cost": cost}
    until: float = sql.value(tx, _reserve(tx.dialect.name), **given)
    return until - cost - at_once


def _segments(row: Any) -> int:
    """What a text takes; a message with files counts as one (CAR-19)."""
    text = codec.decode(SendText, row.body)
    return 1 if text.media else len(segments.count(text.text).parts)


@cache
def _reserve(dialect: str) -> Any:
    """One statement, so that two replicas never take the same place."""
    statement = insert(dialect, paces).values(number=bindparam("number"), next_at=NOW + COST)
    free_at = case((paces.c.next_at > NOW, paces.c.next_at), else_=NOW)
    taken = statement.on_conflict_do_update(index_elements=["number"], set_={"next_at": free_at + COST})
    return taken.returning(paces.c.next_at)
