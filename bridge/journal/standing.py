"""What stands in the journal, for an operator: how much waits, and who is in charge of which session."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, select

from bridge.core.model import Charge, Session
from bridge.journal import codec
from bridge.journal.outbox import UNFINISHED
from bridge.journal.schema import effects, events, lanes, sessions

MOST = 1000
NEWEST = select(sessions.c.body).order_by(sessions.c.last_at.desc()).limit(MOST)
OPEN = NEWEST.where(sessions.c.charge != Charge.NOBODY.value)
OF_PHONE = NEWEST.where(sessions.c.phone == bindparam("of_phone"))
WORK = (
    select(
        effects.c.session,
        func.sum(case((UNFINISHED, 1), else_=0)).label("waiting"),
        func.sum(case((effects.c.state == "parked", 1), else_=0)).label("letters"),
    )
    .where(effects.c.state.in_(("waiting", "performing", "parked")))
    .group_by(effects.c.session)
)


@dataclass(frozen=True, slots=True)
class Standing:
    """One session and its work."""

    session: Session
    waiting: int
    letters: int


def of(tx: Connection, phone: str = "") -> list[Standing]:
    """Newest first: those that are not over, or all of one phone."""
    rows = tx.execute(OF_PHONE, {"of_phone": phone}) if phone else tx.execute(OPEN)
    held = [codec.decode(Session, row.body) for row in rows]
    work: dict[str, Any] = {row.session: row for row in tx.execute(WORK)}
    return [_standing(each, work.get(each.id)) for each in held]


def _standing(session: Session, row: Any) -> Standing:
    return Standing(session, row.waiting if row else 0, row.letters if row else 0)


def counts(tx: Connection) -> dict[str, float]:
    """How much waits: events, effects by state, lanes, and when the oldest effect was staged."""
    rows = tx.execute(select(effects.c.state, func.count()).group_by(effects.c.state))
    states: dict[str, int] = {row[0]: row[1] for row in rows}
    oldest = select(func.min(effects.c.created_at)).where(UNFINISHED)
    return {
        "events_new": _events(tx, "new") + _events(tx, "held"),
        "events_parked": _events(tx, "parked"),
        "effects_waiting": states.get("waiting", 0) + states.get("performing", 0),
        "effects_parked": states.get("parked", 0),
        "lanes": tx.execute(select(func.count()).select_from(lanes)).scalar_one(),
        "oldest_effect_at": tx.execute(oldest).scalar() or 0.0,
    }


def _events(tx: Connection, state: str) -> int:
    return tx.execute(select(func.count()).select_from(events).where(events.c.state == state)).scalar_one()
