"""Carrying effects out, one function an effect; what came of it is an event again.

A repeat never acts blindly. What the desk has is looked for by our marker; a text that may have been sent is
looked for at the carrier. Only when the carrier says, several times and some seconds apart, that there is no
such text is it offered again (promises P2, P3); if the carrier cannot say, the agent is told.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace

from bridge.core import compliance, dossier
from bridge.core.errors import BridgeError, OptedOut, Permanent, Temporary, Uncertain
from bridge.core.model import (
    AskAssistant,
    AssistantAnswered,
    AssistantFailed,
    Author,
    CloseAssistant,
    ControlPassed,
    ConversationOpened,
    Effect,
    EffectParked,
    Event,
    FetchAnswer,
    Handoff,
    Media,
    OpenConversation,
    PassControl,
    PostTurn,
    ReconcileUser,
    SendAccepted,
    SendFailed,
    SendHeld,
    SendText,
    Session,
    TellAgent,
    Turn,
    TurnPosted,
)
from bridge.core.ports import Accepted, Answer, Assistant, Carrier, Chat, Desk, Dossier, Question, Sms, Upload
from bridge.files import spool
from bridge.journal import Claim, Journal
from bridge.media import MediaStore
from bridge.numbers import Numbers
from bridge.worker import Held

HELD_AGAIN = 60.0
HELD_AT_MOST = 86_400.0  # design §7: a day
LOOKS = 3  # that must find nothing before a doubtful text is offered again
DOUBT_AT_MOST = 600.0  # seconds in which the carrier must have been able to say
NO_MMS = ("21612", "30011", "30019", "11751", "12300")  # text and link instead (CAR-49, CAR-68, CAR-81)


@dataclass(frozen=True, slots=True)
class Policy:
    """What the operator decided about sending."""

    organisation: str
    compliance: str = "block"
    uncertain: str = "ask"


class Performer:
    """Every effect's doing."""

    def __init__(
        self,
        journal: Journal,
        world: "World",
        policy: Policy,
        clock: Callable[[], float],
    ) -> None:
        self._journal = journal
        self._world = world
        self._policy = policy
        self._clock = clock
        self._doing: dict[type[Effect], Callable[[Claim, Session], Event | None]] = {
            AskAssistant: self._ask,
            FetchAnswer: self._fetch,
            SendText: self._send,
            OpenConversation: self._open,
            PostTurn: self._post,
            TellAgent: self._tell,
            PassControl: self._pass_control,
            ReconcileUser: self._reconcile,
            CloseAssistant: self._close,
        }

    def perform(self, claim: Claim) -> Event | None:
        """Do it; raises the errors of `core.errors`, or `Held`."""
        if claim.session is None:
            raise Permanent("the session was erased")
        return self._doing[type(claim.effect)](claim, claim.session)

    def give_up(self, claim: Claim, error: BridgeError) -> Event | None:
        """What the flow hears of an effect that will not be done."""
        now, effect = self._clock(), claim.effect
        if isinstance(effect, SendText):
            code = "21610" if isinstance(error, OptedOut) else error.code
            return SendFailed(now, effect.session, effect.turn, effect.part, error.reason, code)
        if isinstance(effect, AskAssistant | FetchAnswer):
            return AssistantFailed(now, effect.session, error.reason)
        return EffectParked(now, effect.session, type(effect).__name__, error.reason, error.code)

    # --- the assistant ---

    def _ask(self, claim: Claim, session: Session) -> Event:
        assert isinstance(claim.effect, AskAssistant)  # noqa: S101
        question = self._question(session, claim.effect.first, claim.effect.until)
        earlier = self._world.assistant.recall(question) if claim.tries > 1 else None
        return self._answered(session, earlier or self._world.assistant.ask(question))

    def _fetch(self, claim: Claim, session: Session) -> Event | None:
        assert isinstance(claim.effect, FetchAnswer)  # noqa: S101
        if not session.asking or session.asked != claim.effect.until:
            return None
        question = self._question(session, claim.effect.first, claim.effect.until)
        answer = self._world.assistant.overdue(question)
        if answer.awaited:
            raise Temporary("the assistant has not answered yet")
        return self._answered(session, answer)

    def _question(self, session: Session, first: int, until: int) -> Question:
        turns = self._journal.turns(session.id, first, until)
        asked = [turn for turn in turns if turn.author is Author.CUSTOMER]
        return Question(
            session=session.id,
            assistant_session=session.assistant_session,
            assistant_contact=session.assistant_contact,
            phone=session.phone,
            number=session.number,
            texts=tuple(turn.text for turn in asked if turn.text),
            media=tuple(media for turn in asked for media in turn.media),
            opening=first == 0,
            last_id=asked[-1].source_id if asked else "",
        )

    def _answered(self, session: Session, answer: Answer) -> AssistantAnswered:
        return AssistantAnswered(
            at=self._clock(),
            session=session.id,
            text=answer.text,
            handoff=answer.handoff,
            assistant_session=answer.assistant_session,
            assistant_contact=answer.assistant_contact,
            email=answer.email,
            awaited=answer.awaited,
            source_id=answer.source_id,
        )

    def _close(self, _claim: Claim, session: Session) -> None:
        self._world.assistant.close(session.assistant_session)

    # --- the desk ---

    def _dossier(self, session: Session) -> Dossier:
        handoff = session.handoff or Handoff("unknown")
        return Dossier(
            session=session.assistant_session or session.id,
            organisation=self._policy.organisation,
            contact=session.assistant_contact or session.phone,
            phone=session.phone,
            number=session.number,
            handoff=handoff,
            email=session.email,
            tags=dossier.tags(handoff),
        )

    def _open(self, _claim: Claim, session: Session) -> Event:
        chat = self._world.desk.open(self._dossier(session))
        return ConversationOpened(self._clock(), session.id, chat.user, chat.conversation)

    def _post(self, claim: Claim, session: Session) -> Event | None:
        assert isinstance(claim.effect, PostTurn)  # noqa: S101
        turn = self._journal.turns(session.id, claim.effect.turn, claim.effect.turn + 1)[0]
        chat, marker = _chat(session), f"{session.id}:{turn.number}"
        if turn.author is Author.AGENT:
            return None  # the desk wrote it
        message = self._world.desk.find_post(chat, marker) if claim.tries > 1 else None
        if message is None:
            message = self._post_whole(chat, turn, marker)
        return TurnPosted(self._clock(), session.id, turn.number, message)

    def _post_whole(self, chat: Chat, turn: Turn, marker: str) -> str:
        """Text and files; a file that cannot be had is named in the text instead (CAR-377)."""
        with ExitStack() as open_files:
            files, missing = self._files(turn.media, open_files)
            lines = [turn.text, *(f"[A file could not be fetched: {reason}]" for reason in missing)]
            whole = replace(turn, text="\n".join(line for line in lines if line))
            return self._world.desk.post(chat, whole, marker=marker, files=files)

    def _files(self, media: tuple[Media, ...], open_files: ExitStack) -> tuple[tuple[Upload, ...], list[str]]:
        files, missing = [], []
        for each in media:
            try:
                with self._world.carrier.open_media(each) as download:
                    files.append(open_files.enter_context(spool(download)))
            except Permanent as error:
                missing.append(error.reason)
        return tuple(files), missing

    def _tell(self, claim: Claim, session: Session) -> None:
        assert isinstance(claim.effect, TellAgent)  # noqa: S101
        chat, marker = _chat(session), f"{session.id}:tell:{claim.effect.marker}"
        if claim.tries == 1 or self._world.desk.find_post(chat, marker) is None:
            self._world.desk.tell(chat, claim.effect.text, marker=marker)

    def _pass_control(self, _claim: Claim, session: Session) -> Event:
        dossier_ = self._dossier(session)
        self._world.desk.pass_control(_chat(session), dossier_, first_message=session.first_message)
        return ControlPassed(self._clock(), session.id)

    def _reconcile(self, _claim: Claim, session: Session) -> None:
        self._world.desk.reconcile(_chat(session), phone=session.phone, email=session.email)

    # --- the phone ---

    def _send(self, claim: Claim, session: Session) -> Event:
        effect = claim.effect
        assert isinstance(effect, SendText)  # noqa: S101
        warning = self._hold_if_gated(claim, session, effect)
        sms = Sms(session.number, session.phone, effect.text, claim.attempt)
        if claim.doubts and (found := self._taken_before(claim, session, sms)) is not None:
            return self._accepted(claim, found, warning)
        if not claim.allowed:
            raise OptedOut("the customer opted out of texts", code="21610")
        return self._accepted(claim, self._send_now(sms, effect.media), warning)

    def _taken_before(self, claim: Claim, session: Session, sms: Sms) -> Accepted | None:
        """Whether an earlier try was taken after all, by its receipt or by asking the carrier."""
        effect = claim.effect
        assert isinstance(effect, SendText)  # noqa: S101
        known = self._journal.receipts(session.id).get((effect.turn, effect.part))
        if known is not None and known.status:
            return Accepted(known.source_id, known.segments or 1)
        return self._look(claim, session, sms)

    def _accepted(self, claim: Claim, taken: Accepted, warning: str) -> SendAccepted:
        effect = claim.effect
        assert isinstance(effect, SendText)  # noqa: S101
        return SendAccepted(
            self._clock(),
            effect.session,
            effect.turn,
            effect.part,
            claim.attempt,
            taken.source_id,
            taken.segments,
            warning,
        )

    def _hold_if_gated(self, claim: Claim, session: Session, effect: SendText) -> str:
        """An unregistered number does not send; the reply waits, at most a day (design §7, CAR-316).

        Returns what to warn of where the operator chose to send all the same.
        """
        state = self._world.numbers.state(session.number)
        if not state.owned or not state.sms:
            raise Permanent("our number is not active for SMS", code="number_inactive")
        gate = compliance.gate(state.kind, state.registration, session.phone, self._policy.compliance)
        if gate.open:
            return gate.reason if gate.warn else ""
        now = self._clock()
        if now - claim.created_at >= HELD_AT_MOST:
            raise Permanent(f"held for a day: {gate.reason}", code="held_too_long")
        told = SendHeld(now, session.id, effect.turn, effect.part, gate.reason, state.registration)
        raise Held(now + HELD_AGAIN, gate.reason, told)

    def _look(self, claim: Claim, session: Session, sms: Sms) -> Accepted | None:
        """Whether an earlier try was taken after all; None: surely not."""
        try:
            found = self._world.carrier.find(self._as_offered(claim, sms), since=claim.first_tried_at)
        except BridgeError as error:
            self._wait_or_tell(claim, error)
            return None
        if found is not None and found.source_id not in self._journal.known_ids(session):
            return found
        if claim.doubts % LOOKS:
            raise Uncertain("the carrier knows no such text yet")
        return None

    def _as_offered(self, claim: Claim, sms: Sms) -> Sms:
        """What the carrier was given: with as many files; a link in the text is another at each try."""
        media = claim.effect.media if isinstance(claim.effect, SendText) else ()
        if media and not self._world.numbers.state(sms.number).mms:
            raise Uncertain("a text with a link cannot be told from others")
        return replace(sms, media=tuple(each.url for each in media))

    def _wait_or_tell(self, claim: Claim, error: BridgeError) -> None:
        """The carrier cannot say: ask it for a while, then tell the agent (`BRIDGE_UNCERTAIN=ask`)."""
        if self._clock() - claim.first_tried_at < DOUBT_AT_MOST:
            raise Uncertain(error.reason, code=error.code) from error
        if self._policy.uncertain != "resend":
            raise Permanent(
                "it may or may not have been sent, and the carrier cannot say", code="uncertain"
            ) from error

    def _send_now(self, sms: Sms, media: tuple[Media, ...]) -> Accepted:
        if not media:
            return self._world.carrier.send(sms)
        links = tuple(self._rehosted(each) for each in media)
        if self._world.numbers.state(sms.number).mms:
            try:
                return self._world.carrier.send(replace(sms, media=links))
            except Permanent as error:
                if error.code not in NO_MMS:
                    raise
        return self._world.carrier.send(replace(sms, text="\n".join((*filter(None, [sms.text]), *links))))

    def _rehosted(self, media: Media) -> str:
        """An address the carrier can read without our credentials, for a while (SUN-ATT-05)."""
        with self._world.desk.open_media(media) as download:
            return self._world.store.keep(download)


@dataclass(frozen=True, slots=True)
class World:
    """Everybody the performer speaks to."""

    carrier: Carrier
    desk: Desk
    assistant: Assistant
    numbers: Numbers
    store: MediaStore


def _chat(session: Session) -> Chat:
    return Chat(session.user, session.conversation)
