"""Events in: recorded once per key, decided in order.

`record` is all a webhook does before it is acknowledged (promise P1). `decide_new` runs the flow for what
waits: the change, the intended effects and "this event is done" are one transaction (P2).
"""

from collections.abc import Callable, Collection
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

from sqlalchemy import Connection, Text, bindparam, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from bridge import failpoints
from bridge.core import flow, lifecycle
from bridge.core.model import (
    AgentReplied,
    Case,
    Decision,
    Event,
    IdleElapsed,
    Session,
    TextReceived,
)
from bridge.journal import cases, chats, codec, locks, outbox, overtaking, receipts, sessions, sql, waiting
from bridge.journal.cases import NONE_KNOWN, Decider, Facts
from bridge.journal.overtaking import KNOWN, Scope, Told
from bridge.journal.schema import events
from bridge.journal.statements import insert, insert_once

MOST_AT_ONCE = 50
NEW = select(events).where(events.c.state == "new").order_by(events.c.seq).limit(bindparam("most"))
NEXT_DECIDED = select(func.coalesce(func.max(events.alias().c.decided), 0) + 1)
REMARKED = (
    update(events)
    .where(events.c.key == bindparam("of_key"))
    .values(
        state=bindparam("ending"),
        remark=bindparam("why"),
        facts=func.coalesce(bindparam("known", type_=Text), events.c.facts),
    )
)
HOLD = (
    update(events)
    .where(events.c.key == bindparam("of_key"))
    .values(state="held", source=bindparam("of_source"))
)
DECIDED = REMARKED.values(decided=NEXT_DECIDED.scalar_subquery())


@dataclass(frozen=True, slots=True)
class Ended:
    """How deciding an event ended. `moved`: there are other effects than before; facts None: as they were.

    `waits_at`: it did not; the event waits for what is held of this source.
    """

    state: str = "done"
    remark: str = ""
    facts: str | None = ""
    moved: bool = False
    waits_at: str = ""

    def row(self) -> dict[str, str | None]:
        """As it is kept with the event."""
        return {"ending": self.state, "why": self.remark, "known": self.facts}


FINE = Ended().row()  # how most end


class Broke(Exception):
    """A decision failed for a reason of its own: decide again, carefully."""


def record(tx: Connection, key: str, event: Event, asked: Collection[str]) -> bool:
    """Store an event to be decided; False if its key is known: the same thing told again.

    It is held if its source has not been asked what came before, or if older ones are held.
    """
    source = waiting.source_of(event)
    locks.share(tx, waiting.teller_of(event))
    held = source and (source not in asked or waiting.is_held(tx, source))
    row = {**_row(key, event, "held" if held else "new"), "source": source}
    if held and isinstance(event, TextReceived) and sessions.allowed(tx, event.phone, event.number):
        row["facts"] = codec.encode(Facts(was_allowed=True))
    return insert_once(tx, events, row, "key")


def record_in_order(tx: Connection, source: str, told: Told, scope: Scope) -> int:
    """Everything a source has told, oldest first, and then what is held of it: all to be decided now.

    What is held keeps the words with which it came. Returns how many nobody had told us.
    """
    held = {row["key"]: row for row in waiting.take_held(tx, source)}
    judged = overtaking.judged(tx, told, list(held.values()), scope)
    rows = {key: _row(key, event, "new") | {"source": waiting.source_of(event)} for key, event in told} | held
    fresh = {key for key, row in rows.items() if _told_late(tx, row, *judged)}
    return len(fresh - held.keys())


def _told_late(tx: Connection, row: dict[str, Any], overtaken: set[str], before_stop: set[str]) -> bool:
    """To be decided now; False if it is known."""
    key, facts = row["key"], Facts.read(row.get("facts", ""))
    facts = Facts(overtaken=key in overtaken, was_allowed=facts.was_allowed and key in before_stop)
    new = {name: value for name, value in row.items() if name != "seq"} | {"state": "new"}
    new["facts"] = codec.encode(facts) if facts != NONE_KNOWN else ""
    return insert_once(tx, events, new, "key")


def compare(tx: Connection, decider: Decider, key: str, event: Event) -> None:
    """A known key with other words: the first stay, but somebody ought to know (bug 8)."""
    told = getattr(event, "text", None)
    row = sql.first(tx, KNOWN, of_key=key)
    before = codec.words(row.body) if row else None
    if told is not None and before is not None and told.strip() != before.strip():
        decider.counted(type(event).__name__, "known id with other words")


def decide_new(tx: Connection, decider: Decider, most: int = MOST_AT_ONCE) -> int:
    """Decide what waits, oldest first; return how many. It is for whoever has the lock `deciding`."""
    rows = sql.rows(tx, NEW, most=most)
    for row in rows:
        ended = _decide_guarded(tx, decider, row.kind, partial(_read, row))
        if ended.waits_at:
            sql.change(tx, HOLD, of_key=row.key, of_source=ended.waits_at)
        else:
            sql.change(tx, DECIDED, of_key=row.key, **ended.row())
    return len(rows)


def _read(row: Any) -> tuple[Event, Facts]:
    return codec.event(row.kind, row.body), Facts.read(row.facts)


def conclude(
    tx: Connection, decider: Decider, key: str, event: Event | None, known: Facts = NONE_KNOWN
) -> bool:
    """An outcome, if there is any: recorded and decided at once; tell whether there are other effects now."""
    if event is None or not sql.change(tx, _outcome(tx.dialect.name), **_row(key, event, "done")):
        return False
    ended = _decide_guarded(tx, decider, type(event).__name__, lambda: (event, known))
    if (row := ended.row()) != FINE:
        sql.change(tx, REMARKED, of_key=key, **row)
    return ended.moved


def _decide_guarded(
    tx: Connection, decider: Decider, kind: str, read: Callable[[], tuple[Event, Facts]]
) -> Ended:
    """How deciding ended: an event whose decision breaks is set aside, the rest goes on (FT-C4)."""
    try:
        with sql.savepoint(tx) if decider.careful else nullcontext():
            ended = decide(tx, decider, *read())
    except SQLAlchemyError:
        raise  # the database's trouble is not the event's fault
    except Exception as bug:  # whatever is wrong with one event must not stop the others
        if not decider.careful:
            raise Broke from bug
        decider.counted(kind, "parked")
        return Ended("parked", f"{type(bug).__name__}: {bug}", facts=None)
    if not ended.waits_at:
        decider.counted(kind, ended.remark)
    failpoints.hit("decided", kind)
    return ended


def decide(tx: Connection, decider: Decider, event: Event, known: Facts = NONE_KNOWN) -> Ended:
    """Run the flow for every session the event concerns; `remark` says why nothing happened."""
    remark, facts, moved = "", "", False
    if isinstance(event, TextReceived):
        _close_if_over(tx, decider, event)
    for case in cases.of(tx, decider, event, known):
        if source := _opt_in_to_come(tx, decider, event, case):
            return Ended(waits_at=source)
        decision = flow.decide(event, case)
        _apply(tx, decider, event, case, decision)
        moved = moved or decision.moves
        remark = decision.ignored
        now = replace(
            known, unposted=case.unposted, untold=case.untold, passing=case.passing, unheard=case.unheard
        )
        facts = codec.encode(now) if now != NONE_KNOWN else facts
    return Ended("done", remark, facts, moved)


def _opt_in_to_come(tx: Connection, decider: Decider, event: Event, case: Case) -> str:
    """Where the opt-in comes from that somebody who opted out has sent, and that is to be decided first."""
    if case.allowed or case.was_allowed:
        return ""
    scope = decider.rules.scope
    if isinstance(event, TextReceived) and not overtaking.may_be_word(event):
        own = waiting.source_of(event)  # where the order is known
        return overtaking.opt_in_to_come(tx, (event.phone, scope(event.number)), scope, beside=own)
    if isinstance(event, AgentReplied) and case.session is not None:
        return overtaking.opt_in_to_come(tx, (case.session.phone, scope(case.session.number)), scope)
    return ""


@cache
def _outcome(dialect: str) -> Any:
    """One decided as it is recorded."""
    row = insert(dialect, events).values(decided=NEXT_DECIDED.scalar_subquery())
    return row.on_conflict_do_nothing(index_elements=["key"])


def _close_if_over(tx: Connection, decider: Decider, text: TextReceived) -> None:
    """A text at the end of a silent session or later is not of it, even if nobody closed it yet (OPEN-02)."""
    known = cases.held_one(tx, partial(sessions.open_for, tx, text.phone, text.number))
    if known is None or known.session.asking:
        return
    session = known.session
    due = lifecycle.idle_due(session, decider.rules.idle_seconds)
    if due is not None and text.at >= due:
        conclude(tx, decider, f"idle:{session.id}:{session.last_at}", IdleElapsed(text.at, session.id))


def _row(key: str, event: Event, state: str) -> dict[str, object]:
    return {
        "key": key,
        "kind": type(event).__name__,
        "body": codec.encode(event),
        "at": event.at,
        "state": state,
    }


# --- what the decision changes ---


def _apply(tx: Connection, decider: Decider, event: Event, case: Case, decision: Decision) -> None:
    session = decision.session or case.session
    if decision.consent:
        locks.hold_phone(tx, decision.consent.phone)
        sessions.save_consent(tx, decision.consent)
    if session is None:
        return
    if decision.session:
        sessions.save(tx, _dated(decision.session, case, event.at), decider.rules.idle_seconds)
    for turn in decision.turns:
        sessions.append(tx, session.id, turn)
    if decision.receipt:
        receipts.save(tx, session.id, decision.receipt)
    _apply_effects(tx, event, session, decision)


def _apply_effects(tx: Connection, event: Event, session: Session, decision: Decision) -> None:
    if decision.withdraw_all or decision.withdraw:
        outbox.withdraw(tx, session, None if decision.withdraw_all else decision.withdraw)
    if decision.afresh:
        chats.withdraw_from(tx, session)
    for effect in decision.effects:
        outbox.stage(tx, effect, session, event.at)


def _dated(session: Session, case: Case, at: float) -> Session:
    """Since when somebody is in charge is noted here, once for every chapter of the flow."""
    same = case.session is not None and case.session.charge is session.charge
    return session if same else replace(session, charge_since=at)


def time_out(tx: Connection, decider: Decider, now: float) -> None:
    """Sessions nobody wrote in: their time is up. It is for whoever has the lock `deciding`."""
    for session in sessions.idle_at(tx, now):
        locks.hold_pair(tx, session)  # before its number among the decided is taken (P7)
        conclude(tx, decider, f"idle:{session.id}:{session.last_at}", IdleElapsed(now, session.id))
