"""Deciding everything once more, in an empty store, and comparing (promise P7).

Theory of operation. Events are decided in the order they were decided in. Three things do not follow from
events and are taken from the record: the ids of new sessions, which try of an effect is which part of which
reply, and what was known besides (`Facts`). Effects are not performed: their outcomes are
events of the record. That is also why nothing is withdrawn here; what was withdrawn by STOP has an outcome.

A difference means that a decision hangs on something besides its event and the journal, that the journal was
changed by another hand, or, after an upgrade, that this version would decide otherwise.
"""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from sqlalchemy import Column, Connection, Engine, Table, bindparam, select

from bridge.core.model import Event, Rules, TextReceived
from bridge.journal import codec, inbox, sql
from bridge.journal.cases import Decider, Facts
from bridge.journal.engine import connect
from bridge.journal.schema import (
    attempts,
    consents,
    effects,
    events,
    metadata,
    parts,
    sessions,
    turns,
)
from bridge.journal.statements import upsert

IN_ORDER = select(events).where(events.c.decided.is_not(None)).order_by(events.c.decided, events.c.seq)
ALL_ATTEMPTS = select(attempts)
OPENED_BY = select(turns.c.session).where(turns.c.source_id == bindparam("text"))
NEVER_WITHDRAWN = effects.update().where(effects.c.state == "waiting").values(state="performing")
Columns = tuple[Column[Any], ...]
COMPARED: tuple[tuple[Table, Columns, Columns], ...] = (
    (events, (events.c.key, events.c.state, events.c.remark), (events.c.key,)),
    (sessions, (sessions.c.body,), (sessions.c.id,)),
    (turns, (turns.c.session, turns.c.body), (turns.c.session, turns.c.number)),
    (parts, tuple(parts.c), tuple(parts.primary_key)),
    (consents, tuple(consents.c), tuple(consents.primary_key)),
    (effects, (effects.c.session, effects.c.kind, effects.c.body), (effects.c.id,)),
)


def differences(journal: Engine, rules: Rules) -> list[str]:
    """What comes out otherwise if everything in this journal is decided anew; empty: nothing does."""
    anew = connect("sqlite://")
    metadata.create_all(anew)
    with (
        journal.connect().execution_options(readonly=True) as record,
        record.begin(),
        anew.begin() as store,
    ):
        for row in sql.rows(record, ALL_ATTEMPTS):
            upsert(store, attempts, row._asdict())
        for row in sql.rows(record, IN_ORDER):
            _decide(record, store, rules, row)
        found = [difference for each in COMPARED for difference in _compared(record, store, *each)]
    anew.dispose()
    return found


def _decide(record: Connection, store: Connection, rules: Rules, row: Any) -> None:
    """One event, with the session id that was drawn when it was decided first."""
    event = codec.event(row.kind, row.body)
    drawn = _session_opened_by(record, event)
    facts = Facts.read(row.facts)
    decider = Decider(rules, lambda: drawn, lambda *_: None, lambda *_: facts)
    inbox.conclude(store, decider, row.key, event, facts)
    sql.change(store, NEVER_WITHDRAWN)


def _session_opened_by(record: Connection, event: Event) -> str:
    if not isinstance(event, TextReceived):
        return ""
    return str(sql.value(record, OPENED_BY, text=event.source_id) or "")


def _compared(
    record: Connection, store: Connection, table: Table, columns: Columns, order: Columns
) -> Iterator[str]:
    query = select(*columns).order_by(*order)
    if table is events:
        query = query.where(events.c.decided.is_not(None))
    for was, now in zip_longest(record.execute(query), store.execute(query)):
        if was != now:
            yield f"{table.name}: {tuple(was or ())} is now {tuple(now or ())}"
