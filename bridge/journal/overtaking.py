"""Words about being texted that are heard of too late (promise P5).

STOP waits for nobody. START may have to wait until its source was asked what came before, or be heard of only
by asking; then it may be decided after a STOP that was said later, and must change nothing. And what a
customer asked before the STOP must not be taken for the words of somebody who had opted out. No clock tells
which was said later: it may have been set meanwhile, and each replica has its own.

  * What a source tells has an order. A word that stands there before one we knew is overtaken.
  * What is held came in an order. A word that came before a STOP is overtaken. If the source tells both, its
    order counts: a webhook may have been tried again.
  * Between two numbers no order is known. What somebody who opted out asks of one, or is told, waits for an
    opt-in of theirs that is undecided at another.

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
UNDECIDED = (
    select(events.c.source, events.c.kind, events.c.body)
    .where(events.c.state.in_(("held", "new")), events.c.kind == TextReceived.__name__)
    .order_by(events.c.seq)
)
Told = list[tuple[str, Event]]  # key and event, oldest first
Row = dict[str, Any]  # of the events table
Scope = Callable[[str], str]  # the number for which a word counts; empty: for all


@dataclass(frozen=True, slots=True)
class _Said:
    """A text as it was heard: the how manieth event it is, and whose words count for it."""

    seq: int
    key: str
    who: tuple[str, str]
    may_be_word: bool


def judged(tx: Connection, told: Told, held: list[Row], scope: Scope) -> tuple[set[str], set[str]]:
    """Keys of the words that a later word has overtaken, and of held texts that came before a STOP.

    Only the latter may have been said by somebody who could be texted then, if nobody can be now.
    """
    texts = list(_texts(held, scope))
    stops, places = _stops(tx, texts, scope), {key: place for place, (key, _) in enumerate(told)}
    before = {text.key for text in texts if _is_before_one(text, stops, places)}
    words = {text.key for text in texts if text.may_be_word}
    after = set(_after_stops(tx, told, scope)) if before & places.keys() else set()
    return before & words | set(_before_known_words(tx, told, scope)), before - after


def opt_in_to_come(tx: Connection, who: tuple[str, str], scope: Scope, *, beside: str = "") -> str:
    """The source, other than one, of an opt-in that is undecided and counts for them."""
    for row in sql.rows(tx, UNDECIDED):
        text = _text(row.kind, row.body)
        if text and row.source != beside and _who(text, scope) == who and _may_opt_in(text):
            return str(row.source)
    return ""


def _is_before_one(text: _Said, stops: list[_Said], places: dict[str, int]) -> bool:
    """In the source's order if it tells both, else as they were heard."""
    return any(
        places[text.key] < places[stop.key] if {text.key, stop.key} <= places.keys() else text.seq < stop.seq
        for stop in stops
        if stop.who == text.who
    )


def _before_known_words(tx: Connection, told: Told, scope: Scope) -> Iterator[str]:
    first = next((place for place, (_, event) in enumerate(told) if may_be_word(event)), len(told))
    spoken = set()
    for key, event in reversed(told[first:]):
        if isinstance(event, TextReceived):
            who = _who(event, scope)
            if who in spoken:
                yield key
            elif (known := _known(tx, key)) and _word(known) in ("stop", "start"):
                spoken.add(who)


def _after_stops(tx: Connection, told: Told, scope: Scope) -> Iterator[str]:
    stopped = set()
    for key, event in told:
        if isinstance(event, TextReceived):
            who, word = _who(event, scope), _word(_known(tx, key) or event)
            if who in stopped:
                yield key
            if word == "stop":
                stopped.add(who)
            elif word == "start":
                stopped.discard(who)


def _stops(tx: Connection, texts: list[_Said], scope: Scope) -> list[_Said]:
    """Every STOP that came after the first of these texts."""
    if not texts:
        return []
    rows = sql.rows(tx, STOPS, after=min(text.seq for text in texts))
    return list(_texts([row._asdict() for row in rows], scope))


def _texts(rows: list[Row], scope: Scope) -> Iterator[_Said]:
    for row in rows:
        text = _text(row["kind"], row["body"])
        if text is not None:
            yield _Said(row["seq"], row["key"], _who(text, scope), may_be_word(text))


def _known(tx: Connection, key: str) -> TextReceived | None:
    """The text with this key as it was heard; None if it was not."""
    row = sql.first(tx, KNOWN, of_key=key)
    return _text(row.kind, row.body) if row else None


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


def may_be_word(event: Event) -> bool:
    """Also a Yes, which opts in only whoever opted out (CAR-163)."""
    return isinstance(event, TextReceived) and consent.verdict(
        event.text, event.opt_out_type, opted_out=True
    ) in ("stop", "start")


def _may_opt_in(text: TextReceived) -> bool:
    return consent.verdict(text.text, text.opt_out_type, opted_out=True) == "start"


def _word(text: TextReceived) -> str:
    return consent.verdict(text.text, text.opt_out_type)
