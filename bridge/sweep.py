"""Asking for what we were not told (promise P6).

Webhooks get lost: the carrier tries once, Zendesk gives up after a quarter of an hour (CAR-117, SUN-WHK-08).
On start and every few minutes the bridge asks carrier and desk what they hold and takes it in through the
same events, with the same keys: what is known already changes nothing.
"""

from collections.abc import Callable, Iterator
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


class Sweep:
    """One round of questions, when it is due."""

    def __init__(
        self,
        journal: Journal,
        carrier: SweptCarrier,
        desk: SweptDesk,
        *,
        clock: Callable[[], float],
        every: float,
    ) -> None:
        self._journal = journal
        self._carrier = carrier
        self._desk = desk
        self._clock = clock
        self._every = every
        self._due = clock() if every else float("inf")
        self._since = 0.0

    def run_if_due(self, numbers: tuple[str, ...]) -> int:
        """Ask if it is time; return how many events nobody had told us."""
        return self.run(numbers) if self._clock() >= self._due else 0

    def run(self, numbers: tuple[str, ...]) -> int:
        """Ask now."""
        now = self._clock()
        self._due = now + self._every
        since = self._since or self._journal.last_heard(before=now)
        found = 0
        for told in (*self._texts(numbers, since, now), *self._replies(now), *self._receipts(now)):
            found += self._journal.record(told)
        self._since = max(now - OVERLAP, since)
        if found:
            log.warning("sweep.found", events=found)
        return found

    def _texts(self, numbers: tuple[str, ...], since: float, now: float) -> Iterator[Told]:
        first = max(since - OVERLAP if since < now else now, now - LONGEST)
        for number in numbers:
            heard = self._asked(partial(self._carrier.missed, number, since=first, at=now))
            yield [
                (f"twilio:{key}", in_one_form(event))
                for key, event in heard.events
                if isinstance(event, TextReceived)
            ]

    def _replies(self, now: float) -> Iterator[Told]:
        for session in self._journal.with_people(since=now - LONGEST):
            chat = Chat(session.user, session.conversation)
            heard = self._asked(partial(self._desk.standing, chat, now))
            yield [(f"sunshine:{key}", event) for key, event in heard.events]

    def _receipts(self, now: float) -> Iterator[Told]:
        for age in RECEIPT_AGES:
            for attempt, source_id in self._journal.unfinished(now - age - self._every, now - age):
                yield self._receipt(source_id, attempt, now)

    def _receipt(self, source_id: str, attempt: str, now: float) -> Told:
        try:
            event = self._carrier.receipt(source_id, attempt, now)
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
