"""What is held about one phone: shown whole, or erased.

Rules:
  * Rows about the phone go: sessions, turns, parts, attempts, effects (letters among them) and lanes.
  * Events lose their content and keep their key: a webhook told again, or the sweep, brings nothing back.
  * An effect that is being performed at this moment finds its row gone when it is over: nothing is recorded.
  * The consent stays, for a STOP must go on being honoured, unless that is to go, too.
  * SQLite overwrites what it deletes (`secure_delete`); the write-ahead log is emptied afterwards.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, Delete, bindparam, delete, select, update

from bridge.core.model import ChatLost, ConversationOpened, Session
from bridge.journal import codec, locks
from bridge.journal.schema import (
    asked,
    attempts,
    consents,
    effects,
    events,
    lanes,
    left,
    parts,
    sessions,
    turns,
)

PAGE = 2000
AT_ONCE = 200
NAMED = ("phone", "session", "conversation", "source_id", "attempt", "surviving", "discarded")
OF_SESSION = {
    "turns": (turns, turns.c.session),
    "parts": (parts, parts.c.session),
    "attempts": (attempts, attempts.c.session),
    "effects": (effects, effects.c.session),
    "left_chats": (left, left.c.session),
}
SESSIONS = select(sessions.c.body).where(sessions.c.phone == bindparam("of_phone"))
CONSENTS = select(consents).where(consents.c.phone == bindparam("of_phone")).order_by(consents.c.number)
EVENTS = (
    select(events)
    .where(events.c.seq > bindparam("after"), events.c.body != "")
    .order_by(events.c.seq)
    .limit(PAGE)
)
NAMES_A_CHAT = (ConversationOpened.__name__, ChatLost.__name__)
EMPTIED = {"body": "", "facts": "", "state": "done", "remark": "erased"}


@dataclass(frozen=True, slots=True)
class Marks:
    """How to recognise what is about a phone; more names are learnt on the way."""

    phone: str
    sessions: tuple[Session, ...]
    names: set[str]

    @property
    def ids(self) -> list[str]:
        """The sessions' ids."""
        return [session.id for session in self.sessions]

    def concerns(self, kind: str, body: str) -> bool:
        """Whether an event is about the phone; what nobody could read is searched for its digits."""
        if kind == "Unreadable":
            return self.phone.removeprefix("+") in body
        told = json.loads(body)
        ours = any(told.get(name) in self.names for name in NAMED)
        if ours and kind in NAMES_A_CHAT:
            self.names.update({told["conversation"]} - {""})  # a session names only those it lost last
        return ours


def marks(tx: Connection, phone: str) -> Marks:
    """Everything by which other rows name the phone, its sessions or what was said in them."""
    held = [codec.decode(Session, row.body) for row in tx.execute(SESSIONS, {"of_phone": phone})]
    names = {phone}
    for session in held:
        names |= {session.id, session.conversation, session.user, session.assistant_session, *session.full}
        names.add(session.removed)
    for column in (turns.c.source_id, parts.c.source_id, attempts.c.attempt):
        for some in _some([session.id for session in held]):
            names |= set(tx.execute(select(column).where(column.table.c.session.in_(some))).scalars())
    return Marks(phone, tuple(held), names - {""})


def events_about(tx: Connection, about: Marks, after: int = 0) -> tuple[list[Any], int]:
    """Rows of events about the phone, and the last row that was looked at."""
    found: list[Any] = []
    while rows := tx.execute(EVENTS, {"after": after}).all():
        found += [row for row in rows if about.concerns(row.kind, row.body)]
        after = rows[-1].seq
    return found, after


# --- showing ---


def export(tx: Connection, phone: str) -> dict[str, Any]:
    """All of it, as JSON."""
    about = marks(tx, phone)
    rows = {name: _rows(tx, name, about.ids) for name in OF_SESSION}
    return {
        "phone": phone,
        "consents": [dict(row._mapping) for row in tx.execute(CONSENTS, {"of_phone": phone})],
        "sessions": [json.loads(codec.encode(session)) for session in about.sessions],
        **rows,
        "events": [_plain(row) for row in events_about(tx, about)[0]],
    }


def _rows(tx: Connection, name: str, ids: list[str]) -> list[dict[str, Any]]:
    table, session = OF_SESSION[name]
    found: list[dict[str, Any]] = []
    for some in _some(ids):
        query = select(table).where(session.in_(some)).order_by(*table.primary_key)
        found += [_plain(row) for row in tx.execute(query)]
    return found


def _plain(row: Any) -> dict[str, Any]:
    """A row with its body as what it says, not as a string."""
    plain = dict(row._mapping)
    return {**plain, "body": json.loads(plain["body"])} if plain.get("body") else plain


# --- erasing ---


class Look(NamedTuple):
    """A long look at all events, taken before anything is removed."""

    found: list[int]
    last: int  # the newest event there was
    names: set[str]


def look(tx: Connection, phone: str) -> Look:
    """Every event about the phone so far, and what was learnt on the way."""
    about = marks(tx, phone)
    found, last = events_about(tx, about)
    return Look([row.seq for row in found], last, about.names)


def erase(tx: Connection, phone: str, seen: Look, *, consent_too: bool) -> tuple[dict[str, int], list[str]]:
    """Remove it; counts of what went, and whose. What came after that look is looked at here."""
    _overwrite_what_goes(tx)
    _keep_others_out(tx, phone)
    about = marks(tx, phone)
    about.names.update(seen.names)
    late, _ = events_about(tx, about, seen.last)
    gone = {"events": _empty(tx, [*seen.found, *(row.seq for row in late)])}
    gone |= _letters_and_lanes(tx, about.ids)
    for name, (table, session_of) in OF_SESSION.items():
        gone[name] = sum(_gone(tx, delete(table).where(session_of.in_(some))) for some in _some(about.ids))
    forget_asked(tx, about.sessions)
    gone["sessions"] = _gone(tx, delete(sessions).where(sessions.c.phone == phone))
    gone["consents"] = _gone(tx, delete(consents).where(consents.c.phone == phone)) if consent_too else 0
    return gone, about.ids


def forget_asked(tx: Connection, gone: Iterable[Session]) -> int:
    """Nobody asks any more what stands in the chats of these sessions; return how many rows went."""
    chats = [f"chat:{name}" for each in gone for name in (each.conversation, *each.full) if name]
    return sum(_gone(tx, delete(asked).where(asked.c.source.in_(some))) for some in _some(chats))


def _keep_others_out(tx: Connection, phone: str) -> None:
    """Nobody decides an event of this phone, or claims a text to it, until it is gone."""
    locks.hold(tx, "deciding")
    for session in sorted(marks(tx, phone).sessions, key=lambda each: each.number):
        locks.hold_pair(tx, session)
    locks.hold_phone(tx, phone)


def _empty(tx: Connection, found: list[int]) -> int:
    """Content goes, keys stay."""
    emptied = update(events).values(**EMPTIED)
    return sum(tx.execute(emptied.where(events.c.seq.in_(some))).rowcount for some in _some(found))


def _letters_and_lanes(tx: Connection, ids: list[str]) -> dict[str, int]:
    letters, names = 0, set[str]()
    for some in _some(ids):
        rows = tx.execute(select(effects.c.lane, effects.c.state).where(effects.c.session.in_(some))).all()
        letters += sum(row.state == "parked" for row in rows)
        names |= {row.lane for row in rows}
    for name in sorted(names):
        locks.hold_lane(tx, name)
    found = sum(_gone(tx, delete(lanes).where(lanes.c.name.in_(some))) for some in _some(sorted(names)))
    return {"letters": letters, "lanes": found}


def _gone(tx: Connection, statement: Delete) -> int:
    return tx.execute(statement).rowcount


def _some(things: list[Any]) -> Iterable[list[Any]]:
    """A few at a time: engines take only so many parameters."""
    return (things[first : first + AT_ONCE] for first in range(0, len(things), AT_ONCE))


def _overwrite_what_goes(tx: Connection) -> None:
    if tx.dialect.name == "sqlite":
        tx.exec_driver_sql("PRAGMA secure_delete=ON")
