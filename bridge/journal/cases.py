"""What the flow must know to decide an event, read from the journal."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy import Connection

from bridge.core.model import (
    AgentReplied,
    AssistantAnswered,
    AssistantClosed,
    Case,
    ChatLost,
    ControlRefused,
    ConversationEnded,
    ConversationRemoved,
    EffectParked,
    Event,
    LetterReplayed,
    Note,
    ReceiptArrived,
    Rules,
    SendAccepted,
    SendFailed,
    SendHeld,
    TextReceived,
    UserMerged,
)
from bridge.journal import chats, codec, locks, outbox, receipts, sessions
from bridge.journal.sessions import Known

OF_CONVERSATION = (ConversationEnded, ControlRefused, ConversationRemoved)
MINDS = {  # what waits, as far as deciding such an event depends on it
    AssistantClosed: ("unheard",),
    ChatLost: ("unposted", "untold"),
    ControlRefused: ("passing",),
    ConversationRemoved: ("unposted", "untold"),
}
OF_PART = (SendAccepted, SendFailed, SendHeld)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a decision knew besides: it follows from no event, and a replay needs it (P7). See `Case`."""

    unposted: int | None = None  # these four: of effects under way
    untold: tuple[Note, ...] = ()
    passing: bool = False
    unheard: bool = False
    overtaken: bool = False  # these two: of a text that comes late
    was_allowed: bool = False

    @staticmethod
    def read(kept: str) -> "Facts":
        """As they are kept with an event."""
        return codec.decode(Facts, kept) if kept else NONE_KNOWN


NONE_KNOWN = Facts()


def facts_now(tx: Connection, session: str) -> Facts:
    """What waits for a session's live chat, and whether something waits for its assistant."""
    return Facts(*chats.waiting_for(tx, session), unheard=outbox.is_to_ask(tx, session))


@dataclass(frozen=True, slots=True)
class Decider:
    """The flow with what it needs from the operator."""

    rules: Rules
    fresh_id: Callable[[], str]
    counted: Callable[[str, str], None]  # kind of event, why it was ignored or ""
    facts: Callable[[Connection, str], Facts] = facts_now
    careful: bool = True  # each decision may be taken back alone; if not, `Broke` says that it ought to be


def of(tx: Connection, decider: Decider, event: Event, facts: Facts) -> Iterator[Case]:
    """One for every session the event concerns."""
    if isinstance(event, UserMerged):
        for session in sessions.of_user(tx, event.discarded):
            known = held_one(tx, partial(sessions.get, tx, session.id))
            yield Case(decider.rules, known.session if known else None)
    elif isinstance(event, ReceiptArrived):
        yield _case_of_receipt(tx, decider, event)
    else:
        case = _case(tx, decider, event)
        yield replace(case, overtaken=facts.overtaken, was_allowed=facts.was_allowed)


def _case(tx: Connection, decider: Decider, event: Event) -> Case:
    known = _known(tx, event)
    if known is None:
        return _case_of_nobody(tx, decider, event)
    session, case = known.session, Case(decider.rules, *known)
    if isinstance(event, OF_PART) or (isinstance(event, LetterReplayed) and event.part >= 0):
        return _with_part(tx, case, event.turn, event.part)
    if isinstance(event, EffectParked) and event.line is not None:
        return _with_part(tx, case, event.line, 0)
    if type(event) in MINDS:
        return _with_what_waits(case, decider.facts(tx, session.id), MINDS[type(event)])
    source = event.source_id if isinstance(event, AgentReplied | AssistantAnswered) else ""
    return Case(case.rules, session, case.allowed, heard=sessions.heard(tx, session.id, source))


def _with_what_waits(case: Case, facts: Facts, names: Iterable[str]) -> Case:
    known: dict[str, Any] = {name: getattr(facts, name) for name in names}
    return replace(case, **known)


def _case_of_nobody(tx: Connection, decider: Decider, event: Event) -> Case:
    if not isinstance(event, TextReceived):
        return Case(decider.rules, fresh_id=decider.fresh_id())
    before = sessions.latest_of(tx, event.phone)
    allowed = sessions.allowed(tx, event.phone, event.number)
    return Case(decider.rules, None, allowed, decider.fresh_id(), before.session if before else None)


def _case_of_receipt(tx: Connection, decider: Decider, event: ReceiptArrived) -> Case:
    place = receipts.part_of(tx, event.attempt, event.source_id)
    known = held_one(tx, partial(sessions.get, tx, place[0])) if place else None
    if place is None or known is None:
        return Case(decider.rules)
    return _with_part(tx, Case(decider.rules, *known), place[1], place[2])


def _with_part(tx: Connection, case: Case, turn: int, part: int) -> Case:
    session = case.session
    if session is None:
        return case
    line, known = receipts.line_and_part(tx, session.id, turn, part)
    return Case(case.rules, session, case.allowed, receipt=known, turn=line)


def _known(tx: Connection, event: Event) -> Known | None:
    if isinstance(event, TextReceived):
        return held_one(tx, partial(sessions.open_for, tx, event.phone, event.number))
    if isinstance(event, AgentReplied):
        return held_one(tx, partial(sessions.heard_in, tx, event.conversation))
    if isinstance(event, OF_CONVERSATION):
        return held_one(tx, partial(sessions.of_conversation, tx, event.conversation))
    return held_one(tx, partial(sessions.get, tx, getattr(event, "session", "")))


def held_one(tx: Connection, find: Callable[[], Known | None]) -> Known | None:
    """The session as it is once no other replica can change it."""
    found = find()
    return find() if found is not None and locks.hold_pair(tx, found.session) else found
