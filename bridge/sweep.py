"""Asking for what we were not told (promise P6).

Webhooks get lost: the carrier tries once, Zendesk gives up after a quarter of an hour (CAR-117, SUN-WHK-08).
On start and every few minutes the bridge asks carrier and desk what they hold and takes it in through the
same events, with the same keys: what is known already changes nothing.

A number whose texts do not go to this bridge is not asked about: until it is connected nothing gets in, and
nothing is back-filled afterwards (OCX-NUM-07).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import structlog

from bridge.core.errors import BridgeError
from bridge.core.model import Event, ReceiptArrived, TextReceived
from bridge.core.ports import Chat
from bridge.heard import Heard
from bridge.intake import in_one_form, receipt_key
from bridge.journal import Journal

OVERLAP = 1200.0  # seconds before the last look that are looked at again: longer than any webhook is tried
LONGEST = 86_400.0  # a longer outage than a day is for people
RECEIPT_AGES = (900.0, 12 * 3600.0)  # when a sent part without an end is asked about (CAR-26)
log = structlog.get_logger("sweep")

Told = list[tuple[str, Event]]


class SweptCarrier(Protocol):
    """A carrier that can be asked."""

    def missed(self, number: str, *, since: float, at: float) -> Heard:
        """Texts to a number of ours created at or after `since`."""

    def receipt(self, source_id: str, attempt: str, at: float) -> ReceiptArrived:
        """What became of one message."""


class SweptDesk(Protocol):
    """A desk that can be asked."""

    def standing(self, chat: Chat, at: float) -> Heard:
        """What stands in a live chat."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Who is asked, and whether a number's texts are sent to this bridge at all."""

    carrier: SweptCarrier
    desk: SweptDesk
    connected: Callable[[str], bool]


class Sweep:
    """One round of questions, when it is due."""

    def __init__(
        self, journal: Journal, sources: Sources, *, clock: Callable[[], float], every: float
    ) -> None:
        self._journal = journal
        self._ask = sources
        self._clock = clock
        self._every = every
        self._due = clock() if every else float("inf")
        self._since: dict[str, float] = {}

    def run_if_due(self, numbers: tuple[str, ...]) -> int:
        """Ask if it is time; return how many events nobody had told us."""
        return self.run(numbers) if self._clock() >= self._due else 0

    def run(self, numbers: tuple[str, ...]) -> int:
        """Ask now."""
        now = self._clock()
        self._due = now + self._every
        found = 0
        for told in (*self._texts(numbers, now), *self._replies(now), *self._receipts(now)):
            found += self._journal.record(told)
        if found:
            log.warning("sweep.found", events=found)
        return found

    def _texts(self, numbers: tuple[str, ...], now: float) -> Iterator[Told]:
        last = self._journal.last_heard()
        first = now if last is None else last - OVERLAP
        for number in numbers:
            if not self._is_connected(number):
                self._since[number] = now
                continue
            since = max(self._since.get(number, first), now - LONGEST)
            heard = self._asked(partial(self._ask.carrier.missed, number, since=since, at=now))
            self._since[number] = max(since, now - OVERLAP)
            yield [
                (f"twilio:{key}", in_one_form(event))
                for key, event in heard.events
                if isinstance(event, TextReceived)
            ]

    def _replies(self, now: float) -> Iterator[Told]:
        for session in self._journal.with_people(since=now - LONGEST):
            chat = Chat(session.user, session.conversation)
            heard = self._asked(partial(self._ask.desk.standing, chat, now))
            yield [(f"sunshine:{key}", event) for key, event in heard.events]

    def _is_connected(self, number: str) -> bool:
        try:
            return self._ask.connected(number)
        except BridgeError:
            return True  # the carrier cannot say now; it will be asked for the texts themselves

    def _receipts(self, now: float) -> Iterator[Told]:
        for age in RECEIPT_AGES:
            for attempt, source_id in self._journal.unfinished(now - age - self._every, now - age):
                yield self._receipt(source_id, attempt, now)

    def _receipt(self, source_id: str, attempt: str, now: float) -> Told:
        try:
            event = self._ask.carrier.receipt(source_id, attempt, now)
        except BridgeError as error:
            log.warning("sweep.failed", error=type(error).__name__, code=error.code)
            return []
        return [(receipt_key("twilio", event), event)]

    def _asked(self, question: Callable[[], Heard]) -> Heard:
        """An answer, or nothing: what cannot be asked now is asked next time."""
        try:
            return question()
        except BridgeError as error:
            log.warning("sweep.failed", error=type(error).__name__, code=error.code)
            return Heard()
