"""The whole story, in the order the customer lives it.

Each chapter is a pure function: one event and its case in, one decision out. No chapter does I/O,
reads a clock or draws a random number; the journal commits what it returns, the worker performs it.

    text ──► AI in charge ──► answer ──► phone
               │ asks for a person
               ▼
             handoff: open the chat, post the transcript, pass control (in this order: SUN-TKT-06)
               ▼
             human in charge: texts go to the desk, replies go to the phone
               ▼
             ended (not merely solved): the next text opens a new session
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bridge.core import addresses, compliance, consent, dossier, lifecycle, plaintext, receipts, segments
from bridge.core.model import (
    AgentReplied,
    AskAssistant,
    AssistantAnswered,
    AssistantClosed,
    AssistantFailed,
    Author,
    Case,
    Charge,
    ChatLost,
    CloseAssistant,
    Consent,
    ControlPassed,
    ControlRefused,
    ConversationEnded,
    ConversationOpened,
    ConversationRemoved,
    Decision,
    Effect,
    EffectParked,
    Event,
    FetchAnswer,
    Handoff,
    IdleElapsed,
    LetterReplayed,
    Note,
    OpenConversation,
    PassControl,
    PostTurn,
    Receipt,
    ReceiptArrived,
    ReconcileUser,
    SendAccepted,
    SendFailed,
    SendHeld,
    SendText,
    Session,
    TellAgent,
    TextReceived,
    Turn,
    TurnPosted,
    Unreadable,
    UserMerged,
)

MANY_REFUSALS, MOST_REFUSALS = 5, 50  # the agent is told; a night is over (OPEN-13)
MANY_SEGMENTS = 10  # OPEN-34
CONTEXT = 20  # lines of a full live chat that the next one begins with
CONTINUED = Note("This continues a live chat that is full; it begins with the last lines of it.", "continued")
NOT_PASSED = "parked:PassControl"
STUCK = {"parked:OpenConversation": OpenConversation, NOT_PASSED: PassControl}
LONGEST = 1600  # CAR-07
OPTED_OUT = "21610"  # CAR-47
ROOM_FOR_LINK = 200  # a file may have to go as a link in the text (OPEN-15)


def decide(event: Event, case: Case) -> Decision:
    """What this event changes and causes. What may not happen in a session's state is ignored."""
    name = type(event).__name__
    if case.session is not None and not lifecycle.allowed(case.session.charge, name):
        return Decision(ignored=f"{name} while {case.session.charge.value} is in charge")
    return CHAPTERS[type(event)](event, case)


# --- 1. A customer texts ------------------------------------------------------------------------


def customer_texted(event: TextReceived, case: Case) -> Decision:
    """A text arrives. Opt-out words come first: the AI never sees them (OCX-SMS-25)."""
    if event.phone in case.rules.numbers:
        return Decision(ignored="from our own number")
    opted_out = not case.allowed and not case.was_allowed
    word = consent.verdict(event.text, event.opt_out_type, opted_out)
    if word in ("stop", "start"):
        return _consent_changed(event, case, allowed=word == "start")
    if opted_out:
        return _heard_though_opted_out(event, case)
    if word == "help" and not _with_people(case.session):
        return Decision(ignored="help word: the carrier answers")
    return _text_taken(event, case)


def _consent_changed(event: TextReceived, case: Case, *, allowed: bool) -> Decision:
    """STOP forbids and START allows; an agent in charge is told why replies stop (OPEN-18, OPEN-20).

    The word that was said last counts, not the one that was heard last.
    """
    if case.overtaken:
        return Decision(ignored="the customer has said otherwise since")
    scope = case.rules.scope(event.number)
    changed = Consent(event.phone, allowed, event.at, event.text.strip(), scope)
    said = f"The customer texted “{event.text.strip()}”"
    line = (
        f"{said} and can be texted again."
        if allowed
        else f"{said} and opted out of texts. What was not sent yet is dropped; "
        "replies are not sent until the customer texts START."
    )
    told = _tell(case.session, line, f"consent:{event.source_id}")
    return Decision(consent=changed, effects=told, withdraw_all=not allowed)


def _heard_though_opted_out(event: TextReceived, case: Case) -> Decision:
    """Words of an opted-out customer reach the person in charge, never the AI."""
    if not _with_people(case.session):
        return Decision(ignored="from an opted-out customer")
    return _text_taken(event, case)


def _text_taken(event: TextReceived, case: Case) -> Decision:
    """The text becomes a turn of the open session, or of a new one (OCX-SMS-05…08)."""
    session = case.session or _opened(event, case)
    text = segments.clean(event.text)
    turn = Turn(session.turns, Author.CUSTOMER, text, event.at, event.media, source_id=event.source_id)
    session = replace(session, turns=session.turns + 1, last_at=event.at)
    session, effects = _passed_on(session, case)
    return Decision(session, (turn,), effects)


def _opened(event: TextReceived, case: Case) -> Session:
    """A new session of a contact who may be known from an earlier one (OCX-SMS-06)."""
    session = Session(case.fresh_id, event.phone, event.number, event.at, event.at)
    if case.before is None:
        return session
    return replace(session, assistant_contact=case.before.assistant_contact, email=case.before.email)


def _passed_on(session: Session, case: Case) -> tuple[Session, tuple[Effect, ...]]:
    """Whoever is in charge hears the newest turn."""
    if session.charge is Charge.AI:
        return _to_the_assistant(session, case)
    post = (PostTurn(session.id, session.turns - 1),) if session.conversation else ()
    # without a conversation the chat is being opened; it will take every turn there is (OPEN-07)
    session, again = _tried_again(session)
    return session, post + again


def _tried_again(session: Session) -> tuple[Session, tuple[Effect, ...]]:
    """A handoff that was given up half way is tried again with the customer's next text, for as long (P6)."""
    stuck = [kind for marker, kind in STUCK.items() if marker in session.told]
    if not stuck:
        return session, ()
    again = tuple(kind(session.id) for kind in stuck if kind is OpenConversation or session.conversation)
    told = tuple(marker for marker in session.told if marker not in STUCK)
    return replace(session, told=told, refusals=0), again


def _to_the_assistant(session: Session, case: Case) -> tuple[Session, tuple[Effect, ...]]:
    """One AI reply in preparation at a time; later texts wait for it (OCX-SMS-17/18)."""
    if addresses.kind_of(session.phone) != "phone":
        return session, ()  # a short code or a name: kept, not answered (OPEN-22)
    if not case.rules.autopilot:
        return _handed_off(session, Handoff("autopilot_off"))  # OCX-SMS-12
    if session.asking:
        return session, ()
    return _asked(session)


def _asked(session: Session) -> tuple[Session, tuple[Effect, ...]]:
    ask = AskAssistant(session.id, session.asked, session.turns)
    return replace(session, asking=True, asked=session.turns), (ask,)


# --- 2. The AI answers --------------------------------------------------------------------------


def assistant_answered(event: AssistantAnswered, case: Case) -> Decision:
    """The answer goes to the phone; a handoff goes to people. After a handoff the AI is not heard."""
    session = case.session
    if session is None:
        return Decision(ignored="answer for no session of ours")
    session = _introduced(session, event)
    if session.charge is not Charge.AI:
        return _told_again(session, event, case)
    if event.handoff is None and (not session.asking or case.heard):
        return Decision(session, ignored="answer nobody waits for")
    if event.awaited:
        return Decision(session, effects=(FetchAnswer(session.id, 0, session.asked),))
    return _answer_taken(session, event, case)


def _introduced(session: Session, event: AssistantAnswered) -> Session:
    """Keep the names by which the assistant knows the session and the customer."""
    return replace(
        session,
        assistant_session=event.assistant_session or session.assistant_session,
        assistant_contact=event.assistant_contact or session.assistant_contact,
        email=event.email or session.email,
    )


def _told_again(session: Session, event: AssistantAnswered, case: Case) -> Decision:
    """The same handoff by webhook and in the answer, in either order: the fuller story wins.

    The AI's last words come with it and still go out (OCX-HO-13); others are dropped (OPEN-31).
    """
    if event.handoff is None or session.charge is not Charge.HANDOFF:
        return Decision(session, ignored="the AI is not in charge")
    if session.handoff and not session.handoff.summary:
        session = replace(session, handoff=event.handoff)
    session, turns, effects = _said_to_phone(session, Author.AI, "" if case.heard else event.text, event)
    session, more = _passed_on(session, case) if turns else (session, ())
    return Decision(session, turns, effects + more)


def _answer_taken(session: Session, event: AssistantAnswered, case: Case) -> Decision:
    unheard = session.turns > session.asked
    session = replace(session, asking=False, last_at=event.at)
    said = "" if case.heard else event.text
    session, turns, effects = _said_to_phone(session, Author.AI, said, event)
    if event.handoff:
        session, more = _handed_off(session, event.handoff)
    elif unheard:
        session, more = _asked(session)
    else:
        session, more = replace(session, asked=session.turns), ()
    return Decision(session, turns, effects + more)


def assistant_failed(event: AssistantFailed, case: Case) -> Decision:
    """No answer after a second try: a person takes over, the customer sees no error (OPEN-32)."""
    if case.session is None or case.session.charge is not Charge.AI:
        return Decision(ignored="the AI is not in charge")
    session, effects = _handed_off(case.session, Handoff("ai_unavailable", summary=event.reason))
    return Decision(session, effects=effects)


def assistant_closed(_event: AssistantClosed, case: Case) -> Decision:
    """The assistant's side closed: that ends our session, unless people have it (OPEN-50)."""
    if case.session is None or case.session.charge is not Charge.AI:
        return Decision(ignored="the AI is not in charge")
    if case.session.turns > case.session.asked:
        session, effects = _asked(case.session)  # nobody has heard the newest text: that opens it again
        return Decision(session, effects=effects)
    if case.unheard:
        return Decision(ignored="the AI is still to be asked")  # that opens it again, or people take over
    return Decision(replace(case.session, charge=Charge.NOBODY, asking=False))


# --- 3. A person is asked for -------------------------------------------------------------------


def _handed_off(session: Session, handoff: Handoff) -> tuple[Session, tuple[Effect, ...]]:
    """The AI falls silent and a live chat is opened, once per session (OPEN-04)."""
    session = replace(session, charge=Charge.HANDOFF, handoff=handoff, asking=False)
    return session, (OpenConversation(session.id),)


def conversation_opened(event: ConversationOpened, case: Case) -> Decision:
    """The chat exists, tagged: transcript first, then the note, then control (SUN-TKT-06, OPEN-05)."""
    session = case.session
    if session is None or session.charge is not Charge.HANDOFF:
        return Decision(ignored="no handoff is under way")
    if session.conversation:
        return Decision(ignored="the chat is open already")
    first = _first_line(session, event.conversation)
    notes = (Note(dossier.note(session.handoff or Handoff("unknown")), "note"), *session.notes)
    session = replace(session, user=event.user, conversation=event.conversation, notes=())
    lines = tuple(PostTurn(session.id, number) for number in range(first, session.turns))
    told = tuple(TellAgent(session.id, note.text, note.marker) for note in notes)
    return Decision(session, effects=(*lines, *told, PassControl(session.id)))


def _first_line(session: Session, conversation: str) -> int:
    """All lines; after a full chat the last ones; none twice if the chat is there after all."""
    if conversation == session.removed:
        return session.resume_at
    return max(0, session.resume_at - CONTEXT) if session.full else 0


def turn_posted(event: TurnPosted, case: Case) -> Decision:
    """A line stands on the desk; the first one is where the ticket's transcript begins (SUN-TKT-05)."""
    if case.session is None or case.session.first_message:
        return Decision()
    return Decision(replace(case.session, first_message=event.message))


def control_passed(_event: ControlPassed, case: Case) -> Decision:
    """People are in charge now."""
    if case.session is None or case.session.charge is not Charge.HANDOFF:
        return Decision(ignored="no handoff is under way")
    session = replace(case.session, charge=Charge.HUMAN)
    if session.refusals < MOST_REFUSALS:  # else the mark may be of a refusal that was quicker than this
        session = replace(session, told=_without(NOT_PASSED, session))
    return Decision(session, effects=(ReconcileUser(session.id),))


def control_refused(event: ControlRefused, case: Case) -> Decision:
    """The desk said yes and then could not: try again, for a night; after a few times say so (SUN-SWB-10).

    One try at a time: where the next one waits already, as after a crash between two, none is added.
    """
    session = case.session
    if session is None or session.charge is Charge.NOBODY:
        return Decision(ignored=f"control refused: {event.reason}")
    if session.refusals >= MOST_REFUSALS and not case.passing:
        return Decision(_stuck(session), ignored=f"control refused: {event.reason}")
    session = replace(session, charge=Charge.HANDOFF, refusals=session.refusals + 1)
    again: tuple[Effect, ...] = () if case.passing else (PassControl(session.id),)
    if session.refusals < MANY_REFUSALS:
        return Decision(session, effects=again)
    told = _told_once(session, "refused", f"The live chat could not be given to agents: {event.reason}")
    return replace(told, session=told.session or session, effects=told.effects + again)


def _stuck(session: Session) -> Session:
    """A handoff given up half way: `_tried_again` finds the mark."""
    told = (*_without(NOT_PASSED, session), NOT_PASSED)
    return replace(session, charge=Charge.HANDOFF, told=told)


def _without(marker: str, session: Session) -> tuple[str, ...]:
    return tuple(each for each in session.told if each != marker)


# --- 4. The agent replies -----------------------------------------------------------------------


def agent_replied(event: AgentReplied, case: Case) -> Decision:
    """A public reply goes to the session's phone from the session's number (OCX-SMS-26)."""
    session = case.session
    if session is None or case.heard:
        return Decision(ignored="reply to no conversation of ours" if session is None else "reply known")
    if not case.allowed:
        line = "Not sent: the customer opted out of texts. Only the customer can undo it, by texting START."
        return Decision(effects=_tell(session, line, f"refused:{event.source_id}"))
    session, turns, effects = _said_to_phone(
        replace(session, last_at=event.at), Author.AGENT, event.text, event
    )
    if not turns:
        return Decision(
            effects=_tell(session, "Not sent: nothing is left once formatting is removed.", event.source_id)
        )
    elsewhere = bool(session.conversation) and event.conversation != session.conversation
    shown = (PostTurn(session.id, turns[0].number),) if elsewhere else ()  # written in a chat that is full
    return Decision(session, turns, effects + shown + _costly(session, turns[0]))


def _said_to_phone(
    session: Session, author: Author, text: str, event: AssistantAnswered | AgentReplied
) -> tuple[Session, tuple[Turn, ...], tuple[Effect, ...]]:
    """One logical reply, as plain text, in as few messages as the carrier allows (OCX-SMS-14, -20)."""
    plain = segments.clean(plaintext.to_plain(text))
    media = event.media if isinstance(event, AgentReplied) else ()
    name = event.name if isinstance(event, AgentReplied) else "AI"
    if not plain.strip() and not media:
        return session, (), ()  # OCX-SMS-16
    turn = Turn(session.turns, author, plain, event.at, media, name, event.source_id)
    parts = segments.split(plain, max(ROOM_FOR_LINK, LONGEST - ROOM_FOR_LINK * len(media))) or ("",)
    sends = tuple(
        SendText(session.id, turn.number, part, words, media if part == 0 else ())
        for part, words in enumerate(parts)
    )
    return replace(session, turns=session.turns + 1), (turn,), sends


def _costly(session: Session, turn: Turn) -> tuple[Effect, ...]:
    """Cost grows with segments; the agent is told when a reply takes many (OCX-SMS-21, OPEN-34)."""
    parts = len(segments.count(turn.text).parts)
    if parts <= MANY_SEGMENTS:
        return ()
    return _tell(session, f"This reply takes {parts} SMS segments; each is charged.", f"cost:{turn.number}")


# --- 5. The carrier reports ---------------------------------------------------------------------


def part_accepted(event: SendAccepted, case: Case) -> Decision:
    """The carrier has it. A receipt may have come first and stays (CAR-137)."""
    known = case.receipt or Receipt(event.turn, event.part)
    status = receipts.merge(known.status, "queued")
    now = replace(known, source_id=event.source_id, status=status, segments=event.segments)
    if not event.warning:
        return Decision(receipt=now)
    return replace(_told_once(case.session, "warned", f"Sent all the same: {event.warning}"), receipt=now)


def receipt_arrived(event: ReceiptArrived, case: Case) -> Decision:
    """A receipt moves a part forward, never back; a failure is shown once (FT-S1, FT-S4)."""
    known, session = case.receipt, case.session
    if known is None or session is None:
        return Decision(ignored="receipt for nothing of ours")
    if known.source_id and known.source_id != event.source_id:
        return _told_of_another(event, known, case)
    status = receipts.merge(known.status, event.status)
    if status == known.status:
        return Decision(ignored="receipt known")
    now = replace(
        known, status=status, error_code=event.error_code or known.error_code, source_id=event.source_id
    )
    if receipts.is_failure(status):
        return _not_delivered(now, case, event.at, compliance.explain(event.error_code))
    if known.status == receipts.IN_DOUBT:
        return _of_reply(replace(now, error_code=""), case, "found", "was sent after all.")
    return Decision(receipt=now)


def _told_of_another(event: ReceiptArrived, known: Receipt, case: Case) -> Decision:
    """A try that the carrier denied was sent beside the one we know: the agent must know that, too (P3)."""
    if not receipts.was_sent(event.status):
        return Decision(ignored="receipt for another try")
    return _of_reply(
        known, case, "twice", "may have reached the customer twice: the carrier denied having it."
    )


def part_failed(event: SendFailed, case: Case) -> Decision:
    """A part was refused or given up: the rest of the reply is not sent after it."""
    known = case.receipt or Receipt(event.turn, event.part)
    if receipts.was_sent(known.status) and event.code != OPTED_OUT:
        return Decision(
            ignored="an earlier try was sent"
        )  # its receipt came while the carrier refused this one
    if event.code == receipts.IN_DOUBT:
        return replace(_left_in_doubt(known, case), withdraw=(event.turn,))
    now = replace(known, status=receipts.merge(known.status, "failed"), error_code=event.code)
    reason = compliance.explain(event.code) if event.code.isdigit() else event.reason
    decision = _not_delivered(now, case, event.at, reason)
    return replace(decision, withdraw=(event.turn,))


def _left_in_doubt(known: Receipt, case: Case) -> Decision:
    """Nobody can say whether the part was sent: the agent decides; a later receipt still tells (P3)."""
    status = receipts.merge(known.status, receipts.IN_DOUBT)
    now = replace(known, status=status, error_code=receipts.IN_DOUBT)
    line = "may or may not have reached the customer: the carrier cannot say. Ask before you repeat it."
    return _of_reply(now, case, "doubt", line)


def part_held(event: SendHeld, case: Case) -> Decision:
    """The number may not send yet: the reply waits and the agent knows why (design §7)."""
    return _told_once(case.session, f"held:{event.turn}", f"Not sent yet: {event.reason}")


def _not_delivered(now: Receipt, case: Case, at: float, reason: str) -> Decision:
    session = case.session
    decision = _of_reply(now, case, "failed", f"did not reach the customer: {reason}")
    if session is None or now.error_code != OPTED_OUT:
        return decision
    scope = case.rules.scope(session.number)
    return replace(decision, consent=Consent(session.phone, False, at, now.error_code, scope))


def _of_reply(now: Receipt, case: Case, topic: str, news: str) -> Decision:
    """Keep what is known, and tell the agent once. Nobody on the desk wrote the AI's words."""
    if case.turn is not None and case.turn.author is not Author.AGENT:
        return Decision(receipt=now)
    words = f" (“{_beginning(case.turn.text)}”)" if case.turn and case.turn.text else ""
    decision = _told_once(case.session, f"{topic}:{now.turn}", f"Your reply{words} {news}")
    return replace(decision, receipt=now)


# --- 6. The session ends ------------------------------------------------------------------------


def conversation_ended(event: ConversationEnded, case: Case) -> Decision:
    """Ended, not merely solved: the next text opens a new session (OCX-LIF-11/12)."""
    session = case.session
    if session is None:
        return Decision(ignored="no conversation of ours")
    if session.charge is Charge.HANDOFF and event.reason.startswith("passed to"):
        return Decision(ignored="control moves while the chat is being opened")
    return _over(replace(session, last_at=event.at))


def conversation_removed(_event: ConversationRemoved, case: Case) -> Decision:
    """An admin deleted the chat under people's hands: it is opened again with all it held (F-16)."""
    if case.session is None:
        return Decision(ignored="no conversation of ours")
    return _opened_again(case.session, case)


def chat_lost(event: ChatLost, case: Case) -> Decision:
    """A line found the chat gone: opened again; or full: another one carries the session on (F-13, F-16)."""
    session = case.session
    if session is None:
        return Decision(ignored="no session of ours")
    missed = (event.note,) if event.note else ()
    if event.conversation == session.conversation != "":
        case = replace(case, untold=(*missed, *case.untold), unposted=_earliest(event.line, case.unposted))
        return _opened_again(session, case, full=event.full)
    if session.conversation:  # another one is open by now
        return Decision(effects=tuple(TellAgent(session.id, note.text, note.marker) for note in missed))
    return Decision(replace(session, notes=session.notes + missed))


def _opened_again(session: Session, case: Case, *, full: bool = False) -> Decision:
    """Another chat takes what the lost one held, and what waits for it."""
    kept = tuple(note for note in case.untold if note.marker not in ("note", CONTINUED.marker))
    fresh = replace(
        session,
        charge=Charge.HANDOFF,
        conversation="",
        first_message="",
        moves=session.moves + 1,
        removed="" if full else session.conversation,
        full=(*session.full, session.conversation) if full else session.full,
        resume_at=session.turns if case.unposted is None else case.unposted,
        notes=session.notes + ((CONTINUED,) if full else ()) + kept,
        refusals=0,
        told=_without(NOT_PASSED, session),
    )
    return Decision(fresh, effects=(OpenConversation(session.id),), afresh=True)


def _earliest(*lines: int | None) -> int | None:
    return min((line for line in lines if line is not None), default=None)


def idle_elapsed(event: IdleElapsed, case: Case) -> Decision:
    """Nobody wrote for long enough; a session with people is never closed so (OPEN-01/02)."""
    session = case.session
    if session is None or session.asking:
        return Decision(ignored="not idle any more")
    due = lifecycle.idle_due(session, case.rules.idle_seconds)
    if due is None or event.at < due:
        return Decision(ignored="not idle any more")
    return _over(session)


def _over(session: Session) -> Decision:
    ended = replace(session, charge=Charge.NOBODY)
    return Decision(ended, effects=(CloseAssistant(session.id),) if session.assistant_session else ())


# --- 7. Beside the story ------------------------------------------------------------------------


def user_merged(event: UserMerged, case: Case) -> Decision:
    """Two users became one: the session follows the survivor (SUN-IDN-10)."""
    if case.session is None:
        return Decision(ignored="no user of ours")
    return Decision(replace(case.session, user=event.surviving))


def effect_parked(event: EffectParked, case: Case) -> Decision:
    """An effect was given up and is a letter now; the agent is told if there is a chat to tell it in."""
    if event.line is None:
        what, marker = "Something could not be done", f"parked:{event.effect}"
    else:
        words = f" (“{_beginning(case.turn.text)}”)" if case.turn and case.turn.text else ""
        what, marker = f"A line is missing here{words}", f"parked:{event.effect}:{event.line}"
    return _told_once(case.session, marker, f"{what}: {event.reason}")


def letter_replayed(event: LetterReplayed, case: Case) -> Decision:
    """An operator has given-up work tried again: whatever was told of it may be told anew."""
    session, known = case.session, case.receipt
    if session is None:
        return Decision(ignored="letter of no session")
    over = (f"failed:{event.turn}", f"doubt:{event.turn}", f"parked:{event.effect}")
    session = replace(session, told=tuple(each for each in session.told if each not in over))
    if known is None:
        return Decision(session)
    fresh = known if known.source_id else replace(known, status="", error_code="")
    if not case.allowed:
        return Decision(session, receipt=fresh)
    told = _of_reply(fresh, replace(case, session=session), f"again:{event.at}", "is being sent again.")
    return replace(told, session=told.session or session)


def unreadable(event: Unreadable, _case: Case) -> Decision:
    """Kept for the operator; nothing follows."""
    return Decision(ignored=f"unreadable: {event.reason}")


def _with_people(session: Session | None) -> bool:
    return session is not None and session.charge in (Charge.HANDOFF, Charge.HUMAN)


def _tell(session: Session | None, line: str, marker: str) -> tuple[Effect, ...]:
    """A line only the agent sees; without a chat there is nobody to tell."""
    if session is None or not session.conversation:
        return ()
    return (TellAgent(session.id, line, marker),)


def _told_once(session: Session | None, marker: str, line: str) -> Decision:
    """Now, or as soon as the chat is open; where there will be none there is nobody to tell."""
    if session is None or marker in session.told:
        return Decision()
    told = replace(session, told=(*session.told, marker))
    if session.conversation:
        return Decision(told, effects=_tell(session, line, marker))
    if session.charge is not Charge.HANDOFF:
        return Decision()
    return Decision(replace(told, notes=(*session.notes, Note(line, marker))))


def _beginning(text: str, limit: int = 40) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


CHAPTERS: dict[type[Event], Callable[[Any, Case], Decision]] = {
    TextReceived: customer_texted,
    AssistantAnswered: assistant_answered,
    AssistantFailed: assistant_failed,
    AssistantClosed: assistant_closed,
    ConversationOpened: conversation_opened,
    TurnPosted: turn_posted,
    ControlPassed: control_passed,
    ControlRefused: control_refused,
    AgentReplied: agent_replied,
    SendAccepted: part_accepted,
    ReceiptArrived: receipt_arrived,
    SendFailed: part_failed,
    SendHeld: part_held,
    ConversationEnded: conversation_ended,
    ConversationRemoved: conversation_removed,
    ChatLost: chat_lost,
    IdleElapsed: idle_elapsed,
    UserMerged: user_merged,
    EffectParked: effect_parked,
    LetterReplayed: letter_replayed,
    Unreadable: unreadable,
}
