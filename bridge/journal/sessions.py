"""Sessions, their turns, what is known of each sent part, and consents."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Table, and_, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from bridge.core.model import Charge, Consent, Receipt, Session, Turn
from bridge.journal import codec
from bridge.journal.schema import attempts, consents, parts, sessions, turns

NEVER_OVER = sessions.c.charge != Charge.NOBODY.value


def upsert(tx: Connection, table: Table, values: dict[str, Any], keys: Sequence[str]) -> None:
    """Insert the row, or overwrite the one with the same key."""
    dialect = postgresql if tx.dialect.name == "postgresql" else sqlite
    rest = {name: value for name, value in values.items() if name not in keys}
    statement = dialect.insert(table).values(values)
    tx.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=rest))


def insert_once(tx: Connection, table: Table, values: dict[str, Any], key: str) -> bool:
    """Insert the row unless its key is there; tell whether it was inserted."""
    dialect = postgresql if tx.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).values(values).on_conflict_do_nothing(index_elements=[key])
    return tx.execute(statement).rowcount == 1


# --- sessions ---


def get(tx: Connection, session_id: str) -> Session | None:
    """By our id, or by the assistant's."""
    by_id = or_(sessions.c.id == session_id, sessions.c.assistant_session == session_id)
    return _one(tx, by_id if session_id else sessions.c.id == "")


def open_for(tx: Connection, phone: str, number: str) -> Session | None:
    """The one session of this pair that is not over (OPEN-27)."""
    return _one(tx, and_(sessions.c.phone == phone, sessions.c.number == number, NEVER_OVER))


def latest_of(tx: Connection, phone: str) -> Session | None:
    """The phone's newest session with any number, over or not."""
    return _one(tx, sessions.c.phone == phone)


def of_conversation(tx: Connection, conversation: str) -> Session | None:
    """The session whose live chat this is."""
    return _one(tx, sessions.c.conversation == conversation) if conversation else None


def of_user(tx: Connection, user: str) -> list[Session]:
    """Every session of this Sunshine user."""
    return [_session(row) for row in tx.execute(select(sessions.c.body).where(sessions.c.user == user))]


def idle_at(tx: Connection, now: float) -> list[Session]:
    """Sessions whose idle time has run out."""
    query = select(sessions.c.body).where(sessions.c.idle_due <= now).limit(100)
    return [_session(row) for row in tx.execute(query)]


def next_idle(tx: Connection) -> float | None:
    """When the next session runs out of time."""
    return tx.execute(select(func.min(sessions.c.idle_due))).scalar()


def save(tx: Connection, session: Session, idle_seconds: float) -> None:
    """Write the session; only the AI's sessions run out of time (OPEN-01)."""
    due = session.last_at + idle_seconds if session.charge is Charge.AI and not session.asking else None
    row = {
        "id": session.id,
        "phone": session.phone,
        "number": session.number,
        "charge": session.charge.value,
        "user": session.user,
        "conversation": session.conversation,
        "assistant_session": session.assistant_session,
        "last_at": session.last_at,
        "idle_due": due,
        "body": codec.encode(session),
    }
    upsert(tx, sessions, row, ["id"])


def _one(tx: Connection, where: Any) -> Session | None:
    query = select(sessions.c.body).where(where).order_by(sessions.c.last_at.desc()).limit(1)
    row = tx.execute(query).first()
    return _session(row) if row else None


def _session(row: Row[Any]) -> Session:
    return codec.decode(Session, row.body)


# --- turns ---


def append(tx: Connection, session_id: str, turn: Turn) -> None:
    """Add a line to the transcript; lines are never changed."""
    tx.execute(
        turns.insert().values(
            session=session_id, number=turn.number, source_id=turn.source_id, body=codec.encode(turn)
        )
    )


def transcript(tx: Connection, session_id: str, first: int = 0, until: int | None = None) -> list[Turn]:
    """Lines from `first` up to, not including, `until`."""
    query = select(turns.c.body).where(turns.c.session == session_id, turns.c.number >= first)
    if until is not None:
        query = query.where(turns.c.number < until)
    return [codec.decode(Turn, row.body) for row in tx.execute(query.order_by(turns.c.number))]


def heard(tx: Connection, session_id: str, source_id: str) -> bool:
    """Whether a line with this id of the other side stands in the session."""
    if not source_id:
        return False
    query = select(turns.c.number).where(turns.c.session == session_id, turns.c.source_id == source_id)
    return tx.execute(query.limit(1)).first() is not None


# --- sent parts ---


def receipt(tx: Connection, session_id: str, turn: int, part: int) -> Receipt | None:
    """What is known of one part."""
    query = select(parts).where(parts.c.session == session_id, parts.c.turn == turn, parts.c.part == part)
    row = tx.execute(query).first()
    return (
        Receipt(row.turn, row.part, row.source_id, row.status, row.error_code, row.segments) if row else None
    )


def receipts_of(tx: Connection, session_id: str) -> dict[tuple[int, int], Receipt]:
    """What is known of every part of a session."""
    rows = tx.execute(select(parts).where(parts.c.session == session_id))
    return {
        (row.turn, row.part): Receipt(
            row.turn, row.part, row.source_id, row.status, row.error_code, row.segments
        )
        for row in rows
    }


def save_receipt(tx: Connection, session_id: str, known: Receipt) -> None:
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
    upsert(tx, parts, row, ["session", "turn", "part"])


def note_attempt(tx: Connection, attempt: str, session_id: str, place: tuple[int, int], at: float) -> None:
    """A try to send is about to be made: its receipts will find this part."""
    row = {"attempt": attempt, "session": session_id, "turn": place[0], "part": place[1], "at": at}
    insert_once(tx, attempts, row, "attempt")


def part_of(tx: Connection, attempt: str, source_id: str) -> tuple[str, int, int] | None:
    """The (session, turn, part) a receipt speaks of, by our attempt id or the carrier's message id."""
    row = tx.execute(select(attempts).where(attempts.c.attempt == attempt)).first()
    if row is None and source_id:
        row = tx.execute(select(parts).where(parts.c.source_id == source_id)).first()
    return (row.session, row.turn, row.part) if row else None


def source_ids(tx: Connection, phone: str, number: str) -> set[str]:
    """The carrier's ids of everything we know we sent to this phone from this number."""
    query = (
        select(parts.c.source_id)
        .join(sessions, sessions.c.id == parts.c.session)
        .where(sessions.c.phone == phone, sessions.c.number == number, parts.c.source_id != "")
    )
    return {row.source_id for row in tx.execute(query)}


# --- consents ---


def allowed(tx: Connection, phone: str) -> bool:
    """Whether this phone may be texted."""
    row = tx.execute(select(consents.c.allowed).where(consents.c.phone == phone)).first()
    return row.allowed if row else True


def save_consent(tx: Connection, changed: Consent) -> None:
    """Write the newest word."""
    row = {"phone": changed.phone, "allowed": changed.allowed, "at": changed.at, "word": changed.word}
    upsert(tx, consents, row, ["phone"])
