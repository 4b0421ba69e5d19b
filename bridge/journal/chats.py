"""What waits for a session's live chat, and what becomes of it when the chat is lost (FT-D2, FT-D4)."""

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from bridge.core.model import Note, PostTurn, Session, TellAgent
from bridge.journal import codec, locks, outbox, sql
from bridge.journal.schema import effects

FOR_THE_DESK = (
    select(effects.c.id, effects.c.kind, effects.c.body)
    .where(
        effects.c.session == bindparam("of_session"),
        effects.c.kind.in_(("PostTurn", "TellAgent", "PassControl")),
        effects.c.state == "waiting",
    )
    .order_by(effects.c.id)
)


class Waiting(NamedTuple):
    """What waits for a session's live chat; what is being performed may be done already."""

    unposted: int | None  # the first turn
    untold: tuple[Note, ...]
    passing: bool


def waiting_for(tx: Connection, session: str) -> Waiting:
    """Turns, notes and a pass of control that nobody is at."""
    rows = sql.rows(tx, FOR_THE_DESK, of_session=session)
    lines = [codec.decode(PostTurn, row.body).turn for row in rows if row.kind == "PostTurn"]
    notes = [codec.decode(TellAgent, row.body) for row in rows if row.kind == "TellAgent"]
    passing = any(row.kind == "PassControl" for row in rows)
    return Waiting(min(lines, default=None), tuple(Note(each.text, each.marker) for each in notes), passing)


def withdraw_from(tx: Connection, session: Session) -> None:
    """Drop what waits for a live chat that is lost; what is being performed is left to its end."""
    lanes = outbox.lanes_to_chat(session)
    for lane in lanes:
        locks.hold_lane(tx, lane)
    for row in sql.rows(tx, FOR_THE_DESK, of_session=session.id):
        sql.change(tx, outbox.WITHDRAW, effect_id=row.id)
    for lane in lanes:
        outbox.resume(tx, lane)
