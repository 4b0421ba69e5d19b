"""Events that wait for older ones we may have missed (promise P4).

While nobody was there, the carrier or the desk may have told of something and given up. What it tells next is
acknowledged and kept, but held: first its source is asked, once after every start, for what came before.
Then everything of that source is decided in the order in which it happened there (SUN-WHK-09).

A source is one of our numbers or one live chat.
"""

from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from bridge.core import consent
from bridge.core.model import (
    AgentReplied,
    ControlRefused,
    ConversationEnded,
    ConversationRemoved,
    Event,
    TextReceived,
)
from bridge.journal import sql
from bridge.journal.schema import asked, events
from bridge.journal.statements import insert_once, upsert

OF_CHAT = (AgentReplied, ControlRefused, ConversationEnded, ConversationRemoved)
SOURCE = bindparam("of_source", type_=events.c.source.type)
ANY_HELD = select(events.c.seq).where(events.c.state == "held", events.c.source == SOURCE).limit(1)
SOURCES = select(events.c.source).where(events.c.state == "held").distinct()
TAKE = events.delete().where(events.c.state == "held", events.c.source == SOURCE).returning(events)
ASKED = select(asked.c.first, asked.c.until).where(asked.c.source == SOURCE)
NOTE = update(asked).where(asked.c.source == SOURCE).values(until=bindparam("now"))


def source_of(event: Event) -> str:
    """Who can be asked what came before this event; empty if nobody, or if it may not wait (P5)."""
    if isinstance(event, TextReceived):
        if consent.verdict(event.text, event.opt_out_type, False) == "stop":
            return ""
        return f"number:{event.number}"
    return f"chat:{event.conversation}" if isinstance(event, OF_CHAT) else ""


def teller_of(event: Event) -> str:
    """Whoever asks this source what came before must not miss the event meanwhile, wait as it may or not."""
    return f"number:{event.number}" if isinstance(event, TextReceived) else source_of(event)


def is_held(tx: Connection, source: str) -> bool:
    """Whether older events of this source wait."""
    return sql.first(tx, ANY_HELD, of_source=source) is not None


def sources(tx: Connection) -> list[str]:
    """Every source that must be asked."""
    return [row.source for row in sql.rows(tx, SOURCES)]


def take_held(tx: Connection, source: str) -> list[dict[str, Any]]:
    """The held events of a source, oldest first, taken out; they are stored again in their right order.

    Reading and taking is one statement: what another replica records meanwhile stays.
    """
    return sorted((row._asdict() for row in sql.rows(tx, TAKE, of_source=source)), key=lambda row: row["seq"])


def asked_about(tx: Connection, source: str) -> tuple[float, float] | None:
    """(first, until): what was before is nobody's, and up to when nothing is unknown."""
    row = sql.first(tx, ASKED, of_source=source)
    return (row.first, row.until) if row else None


def asked_since(tx: Connection, source: str, started: float) -> bool:
    """Whether any replica has asked the source after this time."""
    told = asked_about(tx, source) if source and started != float("inf") else None
    return told is not None and told[1] >= started


def begin(tx: Connection, source: str, at: float) -> None:
    """From this moment on the source is ours to hear."""
    upsert(tx, asked, {"source": source, "first": at, "until": at})


def note_asked(tx: Connection, source: str, until: float) -> None:
    """From now on only later things can be unknown."""
    if not sql.change(tx, NOTE, of_source=source, now=until):
        insert_once(tx, asked, {"source": source, "first": 0.0, "until": until}, "source")
