"""Removing what was finished long ago, a few rows a transaction, so that traffic hardly notices.

What never goes, however old:
  * what is not finished: events to be decided, effects to be done, sessions that are not over
  * letters, their sessions, and the rest of a reply that would go out again with a letter
  * the key of an event within `WINDOW`, or of a live chat that is not over: the desk is asked for what stands
    in it, however long ago it was written. Where `BRIDGE_RETENTION_DAYS` is shorter, the content goes first.
  * when a chat was asked, as long as there is its session, and within `WINDOW`
  * consents
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, bindparam, exists, func, or_, select, union_all, update

from bridge.core.model import Charge, Session
from bridge.journal import codec, sql
from bridge.journal.erasure import OF_SESSION
from bridge.journal.schema import asked, effects, events, left, sessions

DAY = 86_400.0
WINDOW = 7 * DAY  # webhooks come again for hours (SUN-WHK-08), the sweep looks back a day
BATCH = 200
CHAT = "chat:"

BEFORE: Any = bindparam("before")
AFTER: Any = bindparam("after")
OVER = ("done", "withdrawn", "dropped")
KEPT = ("waiting", "performing", "parked")
_other = effects.alias("other")
_of_a_letter = exists().where(_other.c.session == effects.c.session, _other.c.state == "parked")
EFFECTS = (
    select(effects.c.id)
    .where(
        effects.c.created_at < BEFORE,
        effects.c.state.in_(OVER),
        effects.c.id > AFTER,
        or_(effects.c.state != "withdrawn", ~_of_a_letter),
    )
    .order_by(effects.c.id)
    .limit(BATCH)
)
SESSIONS = (
    select(sessions.c.id, sessions.c.body)
    .where(
        sessions.c.charge == Charge.NOBODY.value,
        sessions.c.last_at < BEFORE,
        sessions.c.id > AFTER,
        ~exists().where(effects.c.session == sessions.c.id, effects.c.state.in_(KEPT)),
    )
    .order_by(sessions.c.id)
    .limit(BATCH)
)
EVENTS = (
    select(events.c.seq, events.c.kind, events.c.body)
    .where(events.c.at < BEFORE, events.c.state == "done", events.c.seq > AFTER)
    .order_by(events.c.seq)
    .limit(BATCH)
)
CHATS = union_all(select(sessions.c.conversation), select(left.c.conversation)).subquery()
ASKED = (
    select(asked.c.source)
    .where(
        asked.c.source.like(f"{CHAT}%"),
        asked.c.until < BEFORE,
        asked.c.source > AFTER,
        ~exists().where(CHATS.c.conversation == func.substr(asked.c.source, len(CHAT) + 1)),
    )
    .order_by(asked.c.source)
    .limit(BATCH)
)
EMPTY = update(events).where(events.c.seq == bindparam("which")).values(body="", facts="")
CONTENTS = EVENTS.where(events.c.body != "")
IS_OPEN = sessions.c.charge != Charge.NOBODY.value
OPEN_CHATS = union_all(  # and those that were left because they were full: the sweep asks them, too
    select(sessions.c.conversation).where(IS_OPEN, sessions.c.conversation != ""),
    select(left.c.conversation).join(sessions, sessions.c.id == left.c.session).where(IS_OPEN),
)


@dataclass
class Batch:
    """A few rows older than `before`, and where the next few begin; `more` until there are none left."""

    before: float
    after: Any = 0
    more: bool = field(default=True, init=False)
    _last: Any = field(default=None, init=False)

    def go_on(self) -> None:
        """What was removed is gone for good: the next rows come next. (A transaction may be tried twice.)"""
        self.after = self.after if self._last is None else self._last

    def __call__(self, tx: Connection) -> dict[str, int]:
        """Remove the next few; return how many of each kind went."""
        raise NotImplementedError

    def _next(self, tx: Connection, query: Any, column: str) -> list[Any]:
        rows = sql.rows(tx, query, before=self.before, after=self.after)
        self.more = len(rows) == BATCH
        self._last = getattr(rows[-1], column) if rows else None
        return rows


class Effects(Batch):
    """What was done, withdrawn or dropped."""

    def __call__(self, tx: Connection) -> dict[str, int]:
        ids = [row.id for row in self._next(tx, EFFECTS, "id")]
        return {"effects": _gone(tx, _of(effects.c.id), ids)}


class Sessions(Batch):
    """Sessions that are over, with all that belongs to them."""

    def __call__(self, tx: Connection) -> dict[str, int]:
        rows = self._next(tx, SESSIONS, "id")
        ids = [row.id for row in rows if codec.decode(Session, row.body).charge_since < self.before]
        gone = {name: _gone(tx, _of(session), ids) for name, (_, session) in OF_SESSION.items()}
        return gone | {"sessions": _gone(tx, _of(sessions.c.id), ids)}


class Events(Batch):
    """Events with their keys."""

    def __call__(self, tx: Connection) -> dict[str, int]:
        seqs = _not_of_an_open_chat(tx, self._next(tx, EVENTS, "seq"))
        return {"events": _gone(tx, _of(events.c.seq), seqs)}


class Asked(Batch):
    """What was asked about live chats of nobody: their session went, or they never were one of ours."""

    def __call__(self, tx: Connection) -> dict[str, int]:
        sources = [row.source for row in self._next(tx, ASKED, "source")]
        return {"asked": _gone(tx, _of(asked.c.source), sources)}


class Contents(Batch):
    """What events said, where their keys must stay."""

    def __call__(self, tx: Connection) -> dict[str, int]:
        seqs = _not_of_an_open_chat(tx, self._next(tx, CONTENTS, "seq"))
        return {"contents": _gone(tx, EMPTY, seqs)}


@cache
def _of(column: Column[Any]) -> Any:
    return column.table.delete().where(column == bindparam("which"))


def _gone(tx: Connection, statement: Any, keys: list[Any]) -> int:
    return sum(sql.change(tx, statement, which=key) for key in keys)


def _not_of_an_open_chat(tx: Connection, rows: list[Any]) -> list[int]:
    chats = {row[0] for row in sql.rows(tx, OPEN_CHATS)} if rows else set()
    return [row.seq for row in rows if not (row.body and _conversation(row.kind, row.body) in chats)]


def _conversation(kind: str, body: str) -> str:
    return getattr(codec.event(kind, body), "conversation", "")


def batches(now: float, days: float) -> Iterator[Batch]:
    """What to run, each until it has no more; nothing at all where everything is kept."""
    if not days:
        return
    before = now - days * DAY
    yield Effects(before)
    yield Sessions(before, after="")
    yield Asked(min(before, now - WINDOW), after="")
    yield Events(min(before, now - WINDOW))
    if days * DAY < WINDOW:
        yield Contents(before)
