"""What is known of each part of each reply to the phone, and of each try to send it."""

from typing import Any

from sqlalchemy import BindParameter, Connection, and_, bindparam, select

from bridge.core.model import Receipt, Turn
from bridge.journal import codec, sql
from bridge.journal.schema import attempts, parts, sessions, turns
from bridge.journal.statements import insert_once, upsert

VALUE: BindParameter[Any] = bindparam("value")
PARTS = select(parts).where(parts.c.session == bindparam("session"))
PART = PARTS.where(parts.c.turn == bindparam("turn"), parts.c.part == bindparam("part"))
LINE_AND_PART = (
    select(turns.c.body, *parts.c)
    .outerjoin(
        parts,
        and_(
            parts.c.session == turns.c.session,
            parts.c.turn == turns.c.number,
            parts.c.part == bindparam("part"),
        ),
    )
    .where(turns.c.session == bindparam("session"), turns.c.number == bindparam("turn"))
)
BY_ATTEMPT = select(attempts).where(attempts.c.attempt == VALUE)
BY_SOURCE = select(parts).where(parts.c.source_id == VALUE)
SOURCES = (
    select(parts.c.source_id)
    .join(sessions, sessions.c.id == parts.c.session)
    .where(
        sessions.c.phone == bindparam("phone"),
        sessions.c.number == bindparam("number"),
        parts.c.source_id != "",
    )
)
UNFINISHED = (
    select(attempts.c.attempt, parts.c.source_id)
    .join(
        parts,
        and_(
            parts.c.session == attempts.c.session,
            parts.c.turn == attempts.c.turn,
            parts.c.part == attempts.c.part,
        ),
    )
    .where(
        attempts.c.at > bindparam("first"),
        attempts.c.at <= bindparam("until"),
        parts.c.source_id != "",
        parts.c.status.in_(("accepted", "queued", "sending", "sent")),
    )
    .limit(100)
)


def line_and_part(tx: Connection, session_id: str, turn: int, part: int) -> tuple[Turn | None, Receipt]:
    """A line of the transcript, and what is known of one part of it."""
    place = {"session": session_id, "turn": turn, "part": part}
    line = sql.first(tx, LINE_AND_PART, **place)
    known = line if line and line.session else None if line else sql.first(tx, PART, **place)
    said = codec.decode(Turn, line.body) if line else None
    return said, _receipt(known) if known else Receipt(turn, part)


def of_session(tx: Connection, session_id: str) -> dict[tuple[int, int], Receipt]:
    """What is known of every part of a session."""
    rows = sql.rows(tx, PARTS, session=session_id)
    return {(row.turn, row.part): _receipt(row) for row in rows}


def _receipt(row: Any) -> Receipt:
    return Receipt(row.turn, row.part, row.source_id, row.status, row.error_code, row.segments)


def save(tx: Connection, session_id: str, known: Receipt) -> None:
    """Write what is known of one part."""
    row = {
        "session": session_id,
        "turn": known.turn,
        "part": known.part,
        "source_id": known.source_id,
        "status": known.status,
        "error_code": known.error_code,
        "segments": known.segments,
    }
    upsert(tx, parts, row)


def note_attempt(tx: Connection, attempt: str, session_id: str, place: tuple[int, int], at: float) -> None:
    """A try to send is about to be made: its receipts will find this part."""
    row = {"attempt": attempt, "session": session_id, "turn": place[0], "part": place[1], "at": at}
    insert_once(tx, attempts, row, "attempt")


def part_of(tx: Connection, attempt: str, source_id: str) -> tuple[str, int, int] | None:
    """The (session, turn, part) a receipt speaks of, by our attempt id or the carrier's message id."""
    row = sql.first(tx, BY_ATTEMPT, value=attempt)
    if row is None and source_id:
        row = sql.first(tx, BY_SOURCE, value=source_id)
    return (row.session, row.turn, row.part) if row else None


def unfinished(tx: Connection, first: float, until: float) -> list[tuple[str, str]]:
    """(attempt, carrier's id) of parts tried in this time whose end is not known."""
    rows = sql.rows(tx, UNFINISHED, first=first, until=until)
    return [(row.attempt, row.source_id) for row in rows]


def source_ids(tx: Connection, phone: str, number: str) -> set[str]:
    """The carrier's ids of everything we know we sent to this phone from this number."""
    return {row.source_id for row in sql.rows(tx, SOURCES, phone=phone, number=number)}
