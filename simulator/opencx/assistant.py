"""Who speaks when: stores what is said in a session, lets the scripted AI take its turn, tells by webhook.

Rules:
  * A session that a human owns gets no answer; the send still succeeds (OCX-WID-04). Nor does one on a
    channel whose Autopilot is off (OCX-SMS-12).
  * The AI decides when its delay is over, so that a human who took over meanwhile silences it (OPEN-31).
  * The AI's last words come before the handoff (OCX-HO-13).
  * Assist drafts for the agent and never sends; resolve and handoff are off (OCX-AP-08/09).
"""

from dataclasses import dataclass, replace

from simulator.network import Network
from simulator.opencx import assist, hooks
from simulator.opencx.bodies import Message
from simulator.opencx.hooks import Hooks
from simulator.opencx.organisation import Organisation
from simulator.opencx.script import FORBIDDEN, Script, Turn
from simulator.opencx.state import Event, Handoff, Json, Session

TAKEN_OVER = "human_agent_decided_to_take_over"
SILENT = "session_assigned_to_human_agent"


@dataclass(frozen=True, slots=True)
class Said:
    """What a send came to: the stored message and the AI's move, if it moved at once."""

    message: Event
    answer: Event | None = None
    turn: Turn | None = None
    code: str | None = None


class Assistant:
    """The AI of one organisation."""

    def __init__(self, network: Network, organisation: Organisation) -> None:
        self.network = network
        self.organisation = organisation
        self.hooks = Hooks(network, lambda: self.script.data)
        self.script = Script()

    def forget(self) -> None:
        self.script = Script()

    def failing(self) -> bool:
        """Whether this send fails; uses up one of the script's failures."""
        if self.script.fails < 1:
            return False
        self.script = replace(self.script, fails=self.script.fails - 1)
        return True

    def note(self, session: Session, kind: str, **facts: object) -> Event:
        """Append one line to the history."""
        event = Event(self.network.ids.uuid(), self.network.now(), kind, **facts)  # type: ignore[arg-type]
        session.append(event)
        self.organisation.file(session)
        return event

    def take(self, session: Session, message: Message) -> Said:
        """Store a sent message and let the AI move; the AI stays in charge unless told (OCX-API-15)."""
        if message.sender == "contact":
            return self._hear(session, message)
        if message.takes_over:
            self.take_over(session, message.agent_id, message.name)
        stored = self._store(session, message, "human_agent", message.name)
        self._tell(session, "conversation.agent_response", stored)
        return Said(stored)

    def take_over(self, session: Session, agent: str, name: str | None) -> None:
        """A person takes the session from the AI (OCX-HO-09, OCX-HO-17)."""
        if session.with_human:
            return
        session.assignee_id = agent
        self.note(session, "human_agent_takeover", sender="human_agent", name=name)
        self._hand_off(session, Handoff(TAKEN_OVER, "A person took over."))

    # --- open and closed ---

    def set_status(self, session: Session, status: str, *, summarise: bool = False, by: str = "api") -> None:
        """Close or reopen, by whom the history says (OCX-LIF-13, OCX-LIF-14)."""
        session.status = status
        if status == "open":
            self.note(session, f"{'agent' if by == 'api' else by}_reopened_session")
            return
        event = self.note(session, f"{status}_by_{by}")
        summary = f"{session.message_count} messages." if summarise else None
        self.hooks.emit(session, "conversation.closed", hooks.closed(session, summary, event.at, by))

    def resolve_idle(self, session: Session) -> None:
        """Nobody has said anything for so long that the AI takes it for resolved (OCX-LIF-05, OCX-LIF-07)."""
        idle = self.network.now() - session.updated_at >= self.script.idle_seconds
        if session.status != "open" or session.with_human or not idle:
            return
        session.ai_closure_type = "assumed_resolved"
        self.note(session, "ai_assumed_the_session_resolved")
        self.set_status(session, "closed_resolved", by="system")

    # --- the customer speaks ---

    def _hear(self, session: Session, message: Message) -> Said:
        first = session.message_count == 0
        if session.status != "open":
            session.status = "open"
            self.note(session, "system_reopened_session")
        stored = self._store(session, message, "contact", session.contact.name if session.contact else None)
        if first:
            self.hooks.emit(session, "conversation.started", hooks.started(session, stored))
        self._tell(session, "conversation.contact_response", stored)
        self._watch(session)
        return self._answer(session, stored)

    def _watch(self, session: Session) -> None:
        if self.script.idle_seconds > 0:
            self._later(session, self.script.idle_seconds, "idle")

    def _store(self, session: Session, message: Message, sender: str, name: str | None) -> Event:
        files = tuple(
            {"id": self.network.ids.uuid(), **{key: file.get(key) for key in ("name", "size", "type", "url")}}
            for file in message.attachments
        )
        return self.note(session, "message", sender=sender, name=name, text=message.text, attachments=files)

    # --- the AI moves ---

    def _answer(self, session: Session, message: Event) -> Said:
        if session.with_human:
            return Said(message, code=SILENT)
        if session.assist_mode:
            return Said(message, code=assist.draft(self.script, session, message.id, message.text))
        if self.script.mode == "silent" or session.channel in self.script.autopilot_off:
            return Said(message)
        if self.script.mode == "inline":
            turn = self.script.turn(session.texts)
            return Said(message, self._move(session, turn), turn)
        self._prepare(session)
        return Said(message)

    def _prepare(self, session: Session) -> None:
        """Let an answer come after the delay, minding one that is on its way."""
        if session.preparing is not None and self.script.overlap == "next":
            return
        if session.preparing is not None and self.script.overlap == "cancel":
            self.note(session, "ai_response_cancelled")
        if session.preparing is None:
            session.answered = len(session.texts) - 1
        session.preparing = len(session.texts)
        self._later(session, self.script.delay, "answer", session.preparing)

    def _later(self, session: Session, seconds: float, what: str, number: int = 0) -> None:
        def work() -> None:
            with self.network.lock:
                if what == "idle":
                    self.resolve_idle(session)
                else:
                    self._perform(session, number)

        self.network.clock.later(seconds, work, lane=f"opencx:{session.id}")

    def _perform(self, session: Session, number: int) -> None:
        """Give the prepared answer, unless a person, a closing or a later text came between."""
        each = self.script.overlap == "each"
        if not each and session.preparing != number:
            return
        session.preparing = None if session.preparing == number else session.preparing
        if session.with_human or session.status != "open":
            return
        texts = session.texts[:number] if each else session.texts
        newest = texts[-1:] if each else texts[session.answered :]
        self._move(session, self.script.turn(texts, "\n".join(newest)))

    def _move(self, session: Session, turn: Turn) -> Event | None:
        answer = None
        if turn.say:
            answer = self.note(session, "message", sender="ai", name="AI", text=turn.say)
            if self.script.mode == "webhook" or self.script.echo:
                self._tell(session, "conversation.ai_response", answer)
        if turn.handoff:
            self._hand_off(session, turn.handoff)
        return answer

    def _hand_off(self, session: Session, handoff: Handoff) -> None:
        session.handoff = handoff
        session.ai_closure_type = "handed_off"
        if handoff.reason == FORBIDDEN:
            self.note(session, "prohibited_topic_detected", context={"topic": handoff.topic})
        event = self.note(session, "handoff", text=handoff.summary)
        data = hooks.handed_off(session, handoff, event.at)
        self.hooks.emit(session, "conversation.handoff_to_human", data)

    def _tell(self, session: Session, event: str, message: Event) -> None:
        self.hooks.emit(session, event, hooks.said(session, message))

    # --- what the send call says ---

    def answer(self, session: Session, said: Said) -> Json:
        """The send call's answer: the newest form, or the older one with the AI's words (OCX-API-16, 17)."""
        silent = SILENT if session.with_human and said.turn is None else said.code
        code = {"code": silent} if silent else {}
        if self.script.mode != "inline":
            return {"success": True, **code, "data": {"message": {"id": said.message.id}}}
        content = {**code, "sessionIsHandedOff": session.with_human, **_autopilot(said)}
        return {"success": True, **({"data": content} if self.script.envelope == "data" else content)}


def _autopilot(said: Said) -> Json:
    if said.turn is None:
        return {"autopilotResponse": None}
    answer, handoff = said.answer, said.turn.handoff
    resolve = {"resolveArgs": handoff.view()} if handoff else {}
    if answer is None:
        return {"autopilotResponse": None, **resolve}
    response = {
        "value": {"content": answer.text, "error": None},
        "id": answer.id,
        "mightSolveUserIssue": handoff is None,
        "completelyAndFullyCoveredUserIssue": handoff is None,
    }
    return {"autopilotResponse": response, **resolve}
