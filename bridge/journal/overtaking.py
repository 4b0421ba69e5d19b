"""Words about being texted that are heard of too late (promise P5).

STOP waits for nobody. START may have to wait until its source was asked what came before, or be heard of only
by asking; then it may be decided after a STOP that was said later, and must change nothing. No clock tells
which was said later: it may have been set meanwhile, and each replica has its own.

  * What a source tells has an order. A word that stands there before one we knew is overtaken.
  * What is held came in an order. A word that came before a STOP is overtaken, unless the source tells both.

Not seen: a STOP to another of our numbers than the one whose lost START is found by asking.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select

from bridge.core import consent
from bridge.core.model import Event, TextReceived
from bridge.journal import codec, sql
from bridge.journal.schema import events

KNOWN = select(events.c.kind, events.c.body).where(events.c.key == bindparam("of_key"))
STOPS = select(events.c.seq, events.c.key, events.c.kind, events.c.body).where(
    events.c.kind == TextReceived.__name__,
    events.c.source == "",  # whatever waits for nobody
    events.c.seq > bindparam("after"),
)
Told = list[tuple[str, Event]]  # key and event, oldest first
Row = dict[str, Any]  # of the events table
Scope = Callable[[str], str]  # the number for which a word counts; empty: for all


@dataclass(frozen=True, slots=True)
class _Word:
    """A text that may be a word about being texted: the how manieth event it is, and whose words count."""

    seq: int
    key: str
    who: tuple[str, str]


def overtaken(tx: Connection, told: Told, held: list[Row], scope: Scope) -> set[str]:
    """Keys of what is told and of what is held that a later word has overtaken."""
    found = set(_before_known_words(tx, told, scope))
    words = [_Word(row["seq"], row["key"], _who(text, scope)) for row, text in _words(held)]
    return found | {word.key for word in words if _before_a_stop(word, _stops(tx, words, scope), dict(told))}


def _before_known_words(tx: Connection, told: Told, scope: Scope) -> Iterator[str]:
    first = next((place for place, (_, event) in enumerate(told) if _may_be_word(event)), len(told))
    spoken = set()
    for key, event in reversed(told[first:]):
        if isinstance(event, TextReceived):
            who = _who(event, scope)
            if who in spoken:
                yield key
            elif (row := sql.first(tx, KNOWN, of_key=key)) and _is_word(_text(row.kind, row.body)):
                spoken.add(who)


def _before_a_stop(word: _Word, stops: list[_Word], told: dict[str, Event]) -> bool:
    later = (stop for stop in stops if stop.seq > word.seq and stop.who == word.who)
    return any(not (word.key in told and stop.key in told) for stop in later)


def _stops(tx: Connection, words: list[_Word], scope: Scope) -> list[_Word]:
    """Every STOP that came after the first of these words."""
    if not words:
        return []
    rows = sql.rows(tx, STOPS, after=min(word.seq for word in words))
    read = [(row, _text(row.kind, row.body)) for row in rows]
    return [_Word(row.seq, row.key, _who(text, scope)) for row, text in read if text is not None]


def _words(held: list[Row]) -> Iterator[tuple[Row, TextReceived]]:
    for row in held:
        text = _text(row["kind"], row["body"])
        if text is not None and _may_be_word(text):
            yield row, text


def _text(kind: str, body: str) -> TextReceived | None:
    """A text as it is kept; None if it is none, was erased, or cannot be read."""
    if kind != TextReceived.__name__ or not body:
        return None
    try:
        return codec.decode(TextReceived, body)
    except ValueError:
        return None


def _who(text: TextReceived, scope: Scope) -> tuple[str, str]:
    """Whose words count for each other."""
    return text.phone, scope(text.number)


def _may_be_word(event: Event) -> bool:
    """Also a Yes, which opts in only whoever opted out (CAR-163)."""
    return isinstance(event, TextReceived) and consent.verdict(
        event.text, event.opt_out_type, opted_out=True
    ) in ("stop", "start")


def _is_word(text: TextReceived | None) -> bool:
    return text is not None and consent.verdict(text.text, text.opt_out_type) in ("stop", "start")
