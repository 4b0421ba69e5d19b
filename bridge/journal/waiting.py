"""Events that wait for older ones we may have missed (promise P4).

While nobody was there, the carrier or the desk may have told of something and given up. What it tells next is
acknowledged and kept, but held: first its source is asked, once after every start, for what came before.
Then everything of that source is decided in the order in which it happened there (SUN-WHK-09).

A source is one of our numbers or one live chat.
"""

from collections.abc import Callable

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
from bridge.journal import codec, sql
from bridge.journal.schema import asked, events
from bridge.journal.statements import insert_once, upsert

Held = tuple[int, str, Event]  # as how manieth it came, its key
Told = list[tuple[str, Event]]  # key and event, oldest first
Scope = Callable[[str], str]  # the number for which a word counts; empty: for all
OF_CHAT = (AgentReplied, ControlRefused, ConversationEnded, ConversationRemoved)
SOURCE = bindparam("of_source", type_=events.c.source.type)
ANY_HELD = select(events.c.seq).where(events.c.state == "held", events.c.source == SOURCE).limit(1)
SOURCES = select(events.c.source).where(events.c.state == "held").distinct()
TAKE = events.delete().where(events.c.state == "held", events.c.source == SOURCE).returning(events)
ASKED = select(asked.c.first, asked.c.until).where(asked.c.source == SOURCE)
KNOWN = select(events.c.key).where(events.c.key == bindparam("of_key"))
STOPS = (  # texts that waited for nobody: those without a source
    select(events.c.seq, events.c.body)
    .where(events.c.kind == TextReceived.__name__, events.c.source == "", events.c.seq > bindparam("after"))
    .order_by(events.c.seq)
)
NOTE = update(asked).where(asked.c.source == SOURCE).values(until=bindparam("now"))


def source_of(event: Event) -> str:
    """Who can be asked what came before this event; empty if nobody, or if it may not wait (P5)."""
    if isinstance(event, TextReceived):
        if _word(event) == "stop":
            return ""
        return f"number:{event.number}"
    return f"chat:{event.conversation}" if isinstance(event, OF_CHAT) else ""


def is_held(tx: Connection, source: str) -> bool:
    """Whether older events of this source wait."""
    return sql.first(tx, ANY_HELD, of_source=source) is not None


def sources(tx: Connection) -> list[str]:
    """Every source that must be asked."""
    return [row.source for row in sql.rows(tx, SOURCES)]


def take_held(tx: Connection, source: str) -> list[Held]:
    """The held events of a source, oldest first, taken out; they are stored again in their right order.

    Reading and taking is one statement: what another replica records meanwhile stays.
    """
    rows = sorted(sql.rows(tx, TAKE, of_source=source), key=lambda row: row.seq)
    return [(row.seq, row.key, codec.event(row.kind, row.body)) for row in rows]


def overtaken(tx: Connection, told: Told, held: list[Held], scope: Scope) -> set[str]:
    """Keys of texts before which a later word of their customer about being texted was decided (P5).

    In what a source tells, in its order, that is whatever stands before a word we know already; in what is
    held, whatever came before a STOP, which does not wait. No clock is asked: it may have been set meanwhile.
    """
    return _before_known_words(tx, told, scope) | _before_stops(tx, held, scope)


def _before_known_words(tx: Connection, told: Told, scope: Scope) -> set[str]:
    found, spoken = set(), set()
    for key, event in reversed(told):
        if not isinstance(event, TextReceived):
            continue
        if _who(event, scope) in spoken:
            found.add(key)
        elif _word(event) and sql.first(tx, KNOWN, of_key=key):
            spoken.add(_who(event, scope))
    return found


def _before_stops(tx: Connection, held: list[Held], scope: Scope) -> set[str]:
    texts = [(seq, key, event) for seq, key, event in held if isinstance(event, TextReceived)]
    stops = {}
    for row in sql.rows(tx, STOPS, after=texts[0][0]) if texts else ():
        stop = codec.decode(TextReceived, row.body)
        stops[_who(stop, scope)] = row.seq
    return {key for seq, key, event in texts if stops.get(_who(event, scope), 0) > seq}


def _who(text: TextReceived, scope: Scope) -> tuple[str, str]:
    """Whose words count for each other."""
    return text.phone, scope(text.number)


def _word(text: TextReceived) -> str:
    word = consent.verdict(text.text, text.opt_out_type)
    return word if word in ("stop", "start") else ""


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
