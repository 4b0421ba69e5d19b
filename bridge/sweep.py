"""Asking for what we were not told (promise P6).

Webhooks get lost: the carrier tries once, Zendesk gives up after a quarter of an hour (CAR-117, SUN-WHK-08).
On start and every few minutes the bridge asks carrier and desk what they hold and takes it in through the
same events, with the same keys: what is known already changes nothing.

A number whose texts do not go to this bridge is not asked about: until it is connected nothing gets in, and
nothing is back-filled afterwards (OCX-NUM-07).

After a start, what a number or a chat tells first is held until it was asked what came before: a text or a
reply told while nobody was there must not be overtaken by the next one (promise P4). A side that cannot
answer for `PATIENCE` is not waited for any longer.

Who has control of a live chat is asked, too: an end that nobody told is one if it is still so a while later,
for control passes some time after the call (SUN-SWB-10), and a webhook may be on its way. The next round
comes soon then, so that two short absences are not taken for a long one. If nobody has the chat it was
released (SUN-SWB-14). If another has it, agents gave it away; but if none of them ever wrote, it never
reached them, and if the last word is the customer's, that woke it again: then they are given it anew.

What is found while the bridge was there to be told is an alarm: some webhook has gone silent (bug 30). The
first round after a start only makes up for the time the bridge was away.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import structlog

from bridge.core.errors import BridgeError, Gone, Temporary
from bridge.core.model import (
    Author,
    Charge,
    ControlRefused,
    ConversationEnded,
    ConversationRemoved,
    Event,
    ReceiptArrived,
    Session,
    TextReceived,
)
from bridge.core.ports import AGENTS, Chat
from bridge.heard import Heard
from bridge.intake import in_one_form, receipt_key
from bridge.journal import Journal

PATIENCE = 10.0  # seconds in which a source must have said what came before
AGAIN = 1.0  # seconds until it is asked again
MARGIN = 30.0  # seconds before the last look that are looked at again after a start
OVERLAP = 1200.0  # seconds before the last look that are looked at again: longer than any webhook is tried
LONGEST = 86_400.0  # a longer outage than a day is for people
SETTLED = 60.0  # seconds for which agents must have been without a chat
RECEIPT_AGES = (900.0, 12 * 3600.0)  # when a sent part without an end is asked about (CAR-26)
log = structlog.get_logger("sweep")

Told = list[tuple[str, Event]]
Each = Callable[[Callable[[str], int], Iterable[str]], Iterable[int]]  # `map`, or that of a pool


class SweptCarrier(Protocol):
    """A carrier that can be asked."""

    def missed(self, number: str, *, since: float, at: float) -> Heard:
        """Texts to a number of ours created at or after `since`."""

    def receipt(self, source_id: str, attempt: str, at: float) -> ReceiptArrived:
        """What became of one message."""


class SweptDesk(Protocol):
    """A desk that can be asked."""

    def standing(self, chat: Chat, at: float, *, since: float) -> Heard:
        """What stands in a live chat and is not older than `since`, oldest first."""

    def holder(self, chat: Chat) -> str:
        """Who has control of a live chat: `AGENTS`, nobody (empty), or another by name."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Who is asked, whether a number's texts come to this bridge at all, and who counts what was missed."""

    carrier: SweptCarrier
    desk: SweptDesk
    connected: Callable[[str], bool]
    missed: Callable[[str, int], None]


class Sweep:
    """One round of questions, when it is due; and single ones, when something waits for the answer."""

    def __init__(
        self,
        journal: Journal,
        sources: Sources,
        *,
        clock: Callable[[], float],
        every: float,
        each: Each = map,
    ) -> None:
        self._journal = journal
        self._ask = sources
        self._clock = clock
        self._every = every
        self._each = each
        self._rounds = 0
        self._looked: dict[str, float] = {}  # when a live chat was asked last
        self._mute: dict[str, float] = {}  # live chats that cannot be asked: since when
        self._away: dict[str, float] = {}  # live chats without agents in the last round: since when
        self._before: dict[str, float] = {}  # the same of the round before
        self._started = clock()
        self._asked_until = self._started - LONGEST
        self._due = self._started if every else float("inf")
        self._silent: dict[str, tuple[float, float]] = {}  # sources that could not be asked: since, last
        self._one_at_a_time = threading.Lock()

    def begin(self, numbers: tuple[str, ...]) -> None:
        """What came before a number was ours for the first time is nobody's (OCX-NUM-07)."""
        for number in numbers:
            if self._journal.asked_about(f"number:{number}") is None:
                self._journal.begin(f"number:{number}", self._started)

    def run_if_due(self, numbers: tuple[str, ...]) -> int:
        """Ask if it is time; return how many events nobody had told us."""
        return self.run(numbers) if self._clock() >= self._due else 0

    def is_due(self) -> bool:
        """Whether a round is due or under way."""
        return self._clock() >= self._due or self._one_at_a_time.locked()

    def run(self, numbers: tuple[str, ...]) -> int:
        """Ask everybody now; one round at a time."""
        with self._one_at_a_time:
            return self._run(numbers)

    def _run(self, numbers: tuple[str, ...]) -> int:
        now = self._clock()
        self._due = now + (self._every or float("inf"))
        self._before, self._away = self._away, {}
        found = {
            "twilio/sms": sum(self._number_asked(number, now) for number in numbers),
            "sunshine": sum(
                self._chat_asked(session, chat, now) for chat, session in self._chats(now).items()
            ),
            "twilio/status": sum(self._journal.record(told) for told in self._receipts(now)),
        }
        self._asked_until = now
        for sender, count in found.items():
            if count:
                self._noticed(sender, count, now)
        self._rounds += 1
        return sum(found.values())

    def _noticed(self, sender: str, count: int, now: float) -> None:
        """Something was found: after the first round, a webhook is silent."""
        log.warning("sweep.found", sender=sender, events=count)
        self._ask.missed(sender, count)
        if self._rounds and self._journal.found(sender, count, now):
            log.warning("webhook.silent", sender=sender, advice="bridge check")

    def catch_up(self) -> int:
        """Ask those who told something since the start what came before it."""
        now = self._clock()
        ready = [source for source in self._journal.held() if now - self._silent_since(source)[1] >= AGAIN]
        return sum(self._each(self._caught_up, ready))

    def _silent_since(self, source: str) -> tuple[float, float]:
        return self._silent.get(source, (self._clock(), 0.0))

    def _caught_up(self, source: str) -> int:
        now = self._clock()
        kind, _, name = source.partition(":")
        try:
            told = self._texts(name, now, MARGIN) if kind == "number" else self._replies(name, now)
        except BridgeError as error:
            return self._not_told(source, now, error)
        self._silent.pop(source, None)
        return self._journal.catch_up(source, told, now)

    def _not_told(self, source: str, now: float, error: BridgeError) -> int:
        since, _ = self._silent_since(source)
        self._silent[source] = since, now
        if isinstance(error, Temporary) and now - since < PATIENCE:
            return 0
        log.warning("sweep.not_waited_for", error=type(error).__name__, code=error.code)
        return self._journal.catch_up(source, [], None)

    def _number_asked(self, number: str, now: float) -> int:
        if not self._is_connected(number):
            self._journal.begin(f"number:{number}", now)
            return 0
        told = self._asked(partial(self._texts, number, now, OVERLAP))
        return 0 if told is None else self._journal.catch_up(f"number:{number}", told, now)

    def _chats(self, now: float) -> dict[str, Session]:
        """Those with people, those that ended lately, and those that could not be asked last time."""
        with_people = self._journal.with_people(since=now - LONGEST, ended_since=self._asked_until - OVERLAP)
        chats = {chat: session for session in with_people for chat in (*session.full, session.conversation)}
        self._mute = {chat: since for chat, since in self._mute.items() if now - since < LONGEST}
        for chat in self._mute.keys() - chats.keys():
            if (session := self._journal.chat(chat)) is not None:
                chats[chat] = session
        return chats

    def _chat_asked(self, session: Session, chat: str, now: float) -> int:
        told = self._asked(partial(self._standing, session, chat, now))
        if told is None:
            self._mute.setdefault(chat, now)
            return 0
        self._mute.pop(chat, None)
        self._looked[chat] = now
        return self._journal.catch_up(f"chat:{chat}", told, now)

    def _standing(self, session: Session, chat: str, now: float) -> Told:
        """What was said in a chat, and then whether it is over."""
        told = self._replies(chat, now)
        is_over = session.charge is not Charge.HUMAN or chat != session.conversation
        gone = any(isinstance(event, ConversationRemoved) for _, event in told)
        if is_over or gone:
            return told
        return told + (self._asked(partial(self._control, session, now)) or [])

    def _control(self, session: Session, now: float) -> Told:
        """The end of a chat, or a handoff that failed, if agents have been without it for a while."""
        chat = session.conversation
        holder = self._ask.desk.holder(Chat(session.user, chat))
        if holder == AGENTS or not self._is_settled(session, now):
            return []
        if holder and self._is_for_agents(session):
            refused = ControlRefused(now, chat, f"{holder} has it")
            return [(f"sunshine:unpassed:{chat}:{session.charge_since}", refused)]
        reason = f"passed to {holder}" if holder else "released"
        return [(f"sunshine:over:{chat}:{session.charge_since}", ConversationEnded(now, chat, reason))]

    def _is_settled(self, session: Session, now: float) -> bool:
        """Whether agents are without the chat for long enough; whoever was back begins anew."""
        written = [turn.at for turn in self._journal.turns(session.id) if turn.author is Author.AGENT]
        there = max(session.charge_since, *written, 0.0)
        since = self._before.get(session.conversation, now)
        since = since if since > there else now
        if now - since >= SETTLED:
            return True
        self._away[session.conversation] = since
        self._due = min(self._due, now + SETTLED) if self._every else self._due
        return False

    def _is_for_agents(self, session: Session) -> bool:
        """Whether they have not heard of it yet, or not of the last word in it."""
        authors = [turn.author for turn in self._journal.turns(session.id)]
        return Author.AGENT not in authors or authors[-1] is Author.CUSTOMER

    def _texts(self, number: str, now: float, overlap: float) -> Told:
        """Texts since shortly before the last time nothing was unknown."""
        first, last = self._journal.asked_about(f"number:{number}") or (self._started, self._started)
        since = max(first, last - overlap, now - LONGEST)
        heard = self._ask.carrier.missed(number, since=since, at=now)
        texts = [(key, event) for key, event in heard.events if isinstance(event, TextReceived)]
        return [(f"twilio:{key}", in_one_form(event)) for key, event in texts]

    def _replies(self, conversation: str, now: float) -> Told:
        session = self._journal.chat(conversation)
        if session is None:
            return []
        since = self._looked.get(conversation, now - LONGEST) - OVERLAP
        try:
            heard = self._ask.desk.standing(Chat(session.user, conversation), now, since=since)
        except Gone:
            return [(f"sunshine:gone:{conversation}", ConversationRemoved(now, conversation))]
        return [(f"sunshine:{key}", event) for key, event in heard.events]

    def _is_connected(self, number: str) -> bool:
        try:
            return self._ask.connected(number)
        except BridgeError:
            return True  # the carrier cannot say now; it will be asked for the texts themselves

    def _receipts(self, now: float) -> Iterator[Told]:
        for age in RECEIPT_AGES:
            for attempt, source_id in self._journal.unfinished(self._asked_until - age, now - age):
                yield self._receipt(source_id, attempt, now)

    def _receipt(self, source_id: str, attempt: str, now: float) -> Told:
        try:
            event = self._ask.carrier.receipt(source_id, attempt, now)
        except BridgeError as error:
            log.warning("sweep.failed", error=type(error).__name__, code=error.code)
            return []
        return [(receipt_key("twilio", event), event)]

    def _asked(self, question: Callable[[], Told]) -> Told | None:
        """An answer, or None: what cannot be asked now is asked next time."""
        try:
            return question()
        except BridgeError as error:
            log.warning("sweep.failed", error=type(error).__name__, code=error.code)
            return None
