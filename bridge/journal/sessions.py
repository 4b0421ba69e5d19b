"""Sessions, their turns, and consents."""

from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Connection, Select, and_, bindparam, func, or_, select

from bridge.core import lifecycle
from bridge.core.model import Charge, Consent, Session, Turn
from bridge.journal import codec, sql
from bridge.journal.schema import consents, left, sessions, turns
from bridge.journal.statements import upsert

VALUE: BindParameter[Any] = bindparam("value")
RECENT = 4096  # sessions read lately that need not be decoded again
NEWEST_WORD = select(consents.c.allowed).order_by(consents.c.number.desc()).limit(1)  # one about this number
ALLOWED = NEWEST_WORD.where(  # is younger than one about all
    consents.c.phone == bindparam("phone"), consents.c.number.in_(("", bindparam("number")))
)
ALLOWED_HERE = NEWEST_WORD.where(
    consents.c.phone == sessions.c.phone, consents.c.number.in_(("", sessions.c.number))
)


def _newest(*where: Any) -> Select[tuple[str, bool]]:
    found = select(sessions.c.body, ALLOWED_HERE.scalar_subquery().label("allowed")).where(and_(*where))
    return found.order_by(sessions.c.last_at.desc()).limit(1)


BY_ID = _newest(sessions.c.id == VALUE)
BY_ASSISTANT = _newest(sessions.c.assistant_session == VALUE)
BY_CONVERSATION = _newest(sessions.c.conversation == VALUE)
LEFT_BY = _newest(
    sessions.c.id == select(left.c.session).where(left.c.conversation == VALUE).scalar_subquery()
)
BY_PHONE = _newest(sessions.c.phone == VALUE)
OPEN = _newest(
    sessions.c.phone == bindparam("phone"),
    sessions.c.number == bindparam("number"),
    sessions.c.charge != Charge.NOBODY.value,
)
OF_USER = select(sessions.c.body).where(sessions.c.user == VALUE)
IDLE = select(sessions.c.body).where(sessions.c.idle_due <= VALUE).limit(100)
ENDED_LATELY = and_(sessions.c.charge == Charge.NOBODY.value, sessions.c.last_at >= bindparam("ended_since"))
WITH_PEOPLE = select(sessions.c.body).where(
    or_(sessions.c.charge.in_((Charge.HANDOFF.value, Charge.HUMAN.value)), ENDED_LATELY),
    sessions.c.conversation != "",
    sessions.c.last_at >= bindparam("since"),
)
NEXT_IDLE = select(func.min(sessions.c.idle_due))

TRANSCRIPT = (
    select(turns.c.body)
    .where(
        turns.c.session == bindparam("session"),
        turns.c.number >= bindparam("first"),
        turns.c.number < bindparam("until"),
    )
    .order_by(turns.c.number)
)
HEARD = select(turns.c.number).where(
    turns.c.session == bindparam("session"), turns.c.source_id == bindparam("source")
)
APPEND = turns.insert()

FORGET_CONSENTS = consents.delete().where(consents.c.phone == VALUE)
NO_END = 2**31 - 1


# --- sessions ---


class Known(NamedTuple):
    """A session, and whether its phone may be texted from its number."""

    session: Session
    allowed: bool


def get(tx: Connection, session_id: str) -> Known | None:
    """By our id, or by the assistant's."""
    return (_one(tx, BY_ID, session_id) or _one(tx, BY_ASSISTANT, session_id)) if session_id else None


def open_for(tx: Connection, phone: str, number: str) -> Known | None:
    """The one session of this pair that is not over (OPEN-27)."""
    row = sql.first(tx, OPEN, phone=phone, number=number)
    return _known(*row) if row else None


def latest_of(tx: Connection, phone: str) -> Known | None:
    """The phone's newest session with any number, over or not."""
    return _one(tx, BY_PHONE, phone)


def of_conversation(tx: Connection, conversation: str) -> Known | None:
    """The session whose live chat this is."""
    return _one(tx, BY_CONVERSATION, conversation) if conversation else None


def heard_in(tx: Connection, conversation: str) -> Known | None:
    """The session whose live chat this is, or was until it was full: agents may still write there."""
    return of_conversation(tx, conversation) or _one(tx, LEFT_BY, conversation)


def of_user(tx: Connection, user: str) -> list[Session]:
    """Every session of this Sunshine user."""
    return [_session(row.body) for row in sql.rows(tx, OF_USER, value=user)]


def idle_at(tx: Connection, now: float) -> list[Session]:
    """Sessions whose idle time has run out."""
    return [_session(row.body) for row in sql.rows(tx, IDLE, value=now)]


def with_people(tx: Connection, since: float, ended_since: float) -> list[Session]:
    """Sessions in a live chat with words since then, and those that ended since the second time."""
    rows = sql.rows(tx, WITH_PEOPLE, since=since, ended_since=ended_since)
    return [_session(row.body) for row in rows]


def next_idle(tx: Connection) -> float | None:
    """When the next session runs out of time."""
    due: float | None = sql.value(tx, NEXT_IDLE)
    return due


def save(tx: Connection, session: Session, idle_seconds: float) -> None:
    """Write the session; only the AI's sessions run out of time (OPEN-01)."""
    due = None if session.asking else lifecycle.idle_due(session, idle_seconds)
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
    upsert(tx, sessions, row)
    for conversation in session.full[-1:]:  # one at a time is left, and written down with the next save
        upsert(tx, left, {"conversation": conversation, "session": session.id})


def _one(tx: Connection, statement: Any, value: str) -> Known | None:
    row = sql.first(tx, statement, value=value)
    return _known(*row) if row else None


def _known(body: str | None, allowed: object) -> Known | None:
    """A session as it is stored, with the newest word about its phone, if there ever was one."""
    return Known(_session(body), allowed is None or bool(allowed)) if body is not None else None


def forget() -> None:
    """Nothing that was erased is kept."""
    _session.cache_clear()


@lru_cache(RECENT)
def _session(body: str) -> Session:
    return codec.decode(Session, body)


# --- turns ---


def append(tx: Connection, session_id: str, turn: Turn) -> None:
    """Add a line to the transcript; lines are never changed."""
    row = {
        "session": session_id,
        "number": turn.number,
        "source_id": turn.source_id,
        "body": codec.encode(turn),
    }
    sql.change(tx, APPEND, **row)


def transcript(tx: Connection, session_id: str, first: int = 0, until: int = NO_END) -> list[Turn]:
    """Lines from `first` up to, not including, `until`."""
    rows = sql.rows(tx, TRANSCRIPT, session=session_id, first=first, until=until)
    return [codec.decode(Turn, row.body) for row in rows]


def heard(tx: Connection, session_id: str, source_id: str) -> bool:
    """Whether a line with this id of the other side stands in the session."""
    if not source_id:
        return False
    return sql.first(tx, HEARD, session=session_id, source=source_id) is not None


# --- consents ---


def allowed(tx: Connection, phone: str, number: str) -> bool:
    """Whether this phone may be texted from this number: the newest word that concerns it."""
    row = sql.first(tx, ALLOWED, phone=phone, number=number)
    return bool(row.allowed) if row else True


def save_consent(tx: Connection, changed: Consent) -> None:
    """Write the newest word; one about all numbers takes the place of all that was said before."""
    if not changed.number:
        sql.change(tx, FORGET_CONSENTS, value=changed.phone)
    row = {
        "phone": changed.phone,
        "number": changed.number,
        "allowed": changed.allowed,
        "at": changed.at,
        "word": changed.word,
    }
    upsert(tx, consents, row)
