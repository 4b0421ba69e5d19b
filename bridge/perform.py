"""Carrying effects out, one function an effect; what came of it is an event again.

A repeat never acts blindly: what the desk has is looked for by our marker, what the AI heard by the text's id
(promise P2). The way to the phone is in `sending`.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

from bridge.core import dossier, receipts, retry
from bridge.core.errors import BridgeError, Gone, OptedOut, Permanent, Temporary, Uncertain
from bridge.core.model import (
    AskAssistant,
    AssistantAnswered,
    AssistantFailed,
    Author,
    Charge,
    ChatLost,
    CloseAssistant,
    ControlPassed,
    ConversationOpened,
    Effect,
    EffectParked,
    Event,
    FetchAnswer,
    Handoff,
    Note,
    OpenConversation,
    PassControl,
    PostTurn,
    ReconcileUser,
    SendFailed,
    SendText,
    Session,
    TellAgent,
    Turn,
    TurnPosted,
)
from bridge.core.ports import Answer, Chat, Dossier, Question, Upload
from bridge.files import spool
from bridge.journal import Claim, Journal
from bridge.sending import Policy, Sender, World

Does = Callable[[Claim, Session], Event | None]
# However the carrier puts it: what the flow knows these by.
CODES: tuple[tuple[type[BridgeError], str], ...] = ((OptedOut, "21610"), (Uncertain, receipts.IN_DOUBT))


class Performer:
    """Every effect's doing."""

    def __init__(
        self,
        journal: Journal,
        world: World,
        policy: Policy,
        clock: Callable[[], float],
    ) -> None:
        self._journal = journal
        self._world = world
        self._policy = policy
        self._clock = clock
        self._doing: dict[type[Effect], Does] = {
            AskAssistant: self._ask,
            FetchAnswer: self._fetch,
            SendText: Sender(journal, world, policy, clock).send,
            OpenConversation: self._open,
            PostTurn: self._in_chat(self._post),
            TellAgent: self._in_chat(self._tell),
            PassControl: self._in_chat(self._pass_control),
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
            code = next((code for kind, code in CODES if isinstance(error, kind)), error.code)
            return SendFailed(now, effect.session, effect.turn, effect.part, error.reason, code)
        if isinstance(effect, AskAssistant | FetchAnswer):
            return AssistantFailed(now, effect.session, error.reason)
        line = effect.turn if isinstance(effect, PostTurn) else None
        return EffectParked(now, effect.session, type(effect).__name__, error.reason, error.code, line=line)

    # --- the assistant ---

    def _ask(self, claim: Claim, session: Session) -> Event:
        assert isinstance(claim.effect, AskAssistant)  # noqa: S101
        question = self._question(session, claim.effect.first, claim.effect.until)
        earlier = self._world.assistant.recall(question) if claim.tries > 1 else None
        return self._answered(session, earlier or self._world.assistant.ask(question))

    def _fetch(self, claim: Claim, session: Session) -> Event | None:
        assert isinstance(claim.effect, FetchAnswer)  # noqa: S101
        if session.charge is not Charge.AI or (session.asking and session.asked != claim.effect.until):
            return None
        question = self._question(session, claim.effect.first, claim.effect.until)
        if not session.asking:
            return self._handoff_beside(session, question, claim.effect.until)
        answer = self._world.assistant.overdue(question)
        if answer.awaited:
            raise Temporary("the assistant has not answered yet")
        return self._answered(session, answer)

    def _handoff_beside(self, session: Session, question: Question, until: int) -> Event | None:
        """The answer was told; the handoff that came with it may have got lost, and nobody tells it again."""
        later = (turn.author for turn in self._journal.turns(session.id, until))
        if Author.CUSTOMER in later:
            return None  # who was asked about a newer text would have said so
        try:
            answer = self._world.assistant.overdue(question)
        except BridgeError:
            return None  # the next text will show it
        return self._answered(session, answer) if answer.handoff else None

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
            user=session.user,
            full=session.full,
        )

    def _in_chat(self, does: Does) -> Does:
        """In a live chat that may be gone: then another is opened, a few times (F-13, F-16)."""

        def perform(claim: Claim, session: Session) -> Event | None:
            if not session.conversation:
                return _lost(claim, session, self._clock())
            try:
                return does(claim, session)
            except Gone as gone:
                if session.charge is Charge.NOBODY or session.moves >= retry.MOST_MOVES:
                    raise
                return _lost(claim, session, self._clock(), full=gone.full)

        return perform

    def _open(self, _claim: Claim, session: Session) -> Event:
        chat = self._world.desk.open(self._dossier(session))
        return ConversationOpened(self._clock(), session.id, chat.user, chat.conversation)

    def _post(self, claim: Claim, session: Session) -> Event | None:
        assert isinstance(claim.effect, PostTurn)  # noqa: S101
        turn = self._turn(session, claim.effect.turn)
        chat, marker = _chat(session), f"{session.id}:{turn.number}"
        message = self._world.desk.find_post(chat, marker) if claim.tries > 1 else None
        if message is None:
            message = self._post_whole(chat, turn, marker)
        return TurnPosted(self._clock(), session.id, turn.number, message)

    def _turn(self, session: Session, number: int) -> Turn:
        for turn in self._journal.turns(session.id, number, number + 1):
            return turn
        raise Permanent("the session was erased")

    def _post_whole(self, chat: Chat, turn: Turn, marker: str) -> str:
        """Text and files; a file that cannot be had is named in the text instead (CAR-377)."""
        with ExitStack() as open_files:
            files, missing = self._files(turn, open_files)
            lines = [turn.text, *(f"[A file could not be fetched: {reason}]" for reason in missing)]
            whole = replace(turn, text="\n".join(line for line in lines if line))
            return self._world.desk.post(chat, whole, marker=marker, files=files)

    def _files(self, turn: Turn, open_files: ExitStack) -> tuple[tuple[Upload, ...], list[str]]:
        """A customer's files are at the carrier, an agent's on the desk."""
        files, missing = [], []
        source = self._world.desk if turn.author is Author.AGENT else self._world.carrier
        for each in turn.media:
            try:
                with source.open_media(each) as download:
                    files.append(open_files.enter_context(spool(download)))
            except Permanent as error:
                missing.append(error.reason)
        return tuple(files), missing

    def _tell(self, claim: Claim, session: Session) -> None:
        assert isinstance(claim.effect, TellAgent)  # noqa: S101
        chat, marker = _chat(session), f"{session.id}:tell:{claim.effect.marker}"
        if claim.tries == 1 or self._world.desk.find_post(chat, marker) is None:
            self._world.desk.tell(chat, claim.effect.text, marker=marker)

    def _pass_control(self, _claim: Claim, session: Session) -> Event | None:
        if session.charge is Charge.NOBODY:
            return None  # it ended while the desk was given time
        dossier_ = self._dossier(session)
        self._world.desk.pass_control(_chat(session), dossier_, first_message=session.first_message)
        return ControlPassed(self._clock(), session.id)

    def _reconcile(self, _claim: Claim, session: Session) -> None:
        self._world.desk.reconcile(_chat(session), phone=session.phone, email=session.email)


def _lost(claim: Claim, session: Session, at: float, *, full: bool = False) -> ChatLost:
    """The live chat is not to be had; what the effect was to put there is kept."""
    effect = claim.effect
    line = effect.turn if isinstance(effect, PostTurn) else None
    note = Note(effect.text, effect.marker) if isinstance(effect, TellAgent) else None
    return ChatLost(at, session.id, session.conversation, full, line, note)


def _chat(session: Session) -> Chat:
    return Chat(session.user, session.conversation)
