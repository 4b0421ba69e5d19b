"""Who speaks when: stores what is said in a session, lets the scripted AI take its turn, tells by webhook.

Rules:
  * A session that a human owns gets no answer; the send still succeeds (OCX-WID-04).
  * The AI decides when its delay is over, so that a human who took over meanwhile silences it (OPEN-31).
  * The AI's last words come before the handoff (OCX-HO-13).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from simulator.network import Network
from simulator.opencx import hooks
from simulator.opencx.bodies import Message
from simulator.opencx.hooks import Hooks
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


class Assistant:
    """The AI of one organisation."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.hooks = Hooks(network)
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
        session.events.append(event)
        session.updated_at = event.at
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

    def set_status(self, session: Session, status: str, *, summarise: bool) -> None:
        """Close or reopen (OCX-LIF-13, OCX-LIF-14)."""
        session.status = status
        if status == "open":
            self.note(session, "agent_reopened_session")
            return
        event = self.note(session, f"{status}_by_api")
        summary = f"{session.message_count} messages." if summarise else None
        self.hooks.emit(session, "conversation.closed", hooks.closed(session, summary, event.at))

    def answer(self, session: Session, said: Said) -> Json:
        """The send call's answer: the newest form, or the older one with the AI's words (OCX-API-16, 17)."""
        code = {"code": SILENT} if session.with_human and said.turn is None else {}
        if self.script.mode != "inline":
            return {"success": True, **code, "data": {"message": {"id": said.message.id}}}
        content = {**code, "sessionIsHandedOff": session.with_human, **_autopilot(said)}
        return {"success": True, **({"data": content} if self.script.envelope == "data" else content)}

    def _hear(self, session: Session, message: Message) -> Said:
        first = session.message_count == 0
        if session.status != "open":
            session.status = "open"
            self.note(session, "system_reopened_session")
        stored = self._store(session, message, "contact", session.contact.name if session.contact else None)
        if first:
            self.hooks.emit(session, "conversation.started", hooks.started(session, stored))
        self._tell(session, "conversation.contact_response", stored)
        return self._answer(session, stored)

    def _store(self, session: Session, message: Message, sender: str, name: str | None) -> Event:
        files = tuple(
            {"id": self.network.ids.uuid(), **{key: file.get(key) for key in ("name", "size", "type", "url")}}
            for file in message.attachments
        )
        return self.note(session, "message", sender=sender, name=name, text=message.text, attachments=files)

    def _answer(self, session: Session, message: Event) -> Said:
        if session.with_human or self.script.mode == "silent":
            return Said(message)
        if self.script.mode == "inline":
            turn = self.script.turn(session.customer_texts())
            return Said(message, self._move(session, turn), turn)
        texts = session.customer_texts()
        self._later(session, lambda: self._move(session, self.script.turn(texts)))
        return Said(message)

    def _later(self, session: Session, move: Callable[[], object]) -> None:
        def work() -> None:
            with self.network.lock:
                if not session.with_human and session.status == "open":
                    move()

        self.network.clock.later(self.script.delay, work, lane=f"opencx:{session.id}")

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
