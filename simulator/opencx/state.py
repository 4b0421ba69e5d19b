"""What an OpenCX organisation is made of: contacts, chat sessions, their history.

Facts:
  * A contact's number is `phone` when written and `phone_number` when read (OCX-API-24).
  * A session is open, closed_resolved or closed_unresolved (OCX-LIF-01); how the AI ended its part is
    another field (OCX-LIF-02); a handed-off session stays open (OCX-LIF-09).
  * Assist is copied onto a session when it is made and never rewritten (OCX-LIF-04).
  * `handoff` is present only after a handoff; `sentiment` in it is optional (OCX-API-10).
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]

CHANNELS = (
    "web", "email", "phone_voice", "slack", "sms", "whatsapp", "instagram", "messenger", "api", "web_voice",
)  # fmt: skip
STATUSES = ("open", "closed_resolved", "closed_unresolved")


def iso(at: float) -> str:
    """Unix seconds as the ISO 8601 text OpenCX writes."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(slots=True)
class Contact:
    """A customer as OpenCX knows them."""

    id: str
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    custom_data: Json = field(default_factory=dict)
    number: int = 0  # its place in the list

    def view(self) -> Json:
        return {
            "id": self.id,
            "email": self.email,
            "phone_number": self.phone,
            "name": self.name,
            "custom_data": self.custom_data,
        }


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a session's history (OCX-API-21, OCX-API-22)."""

    id: str
    at: float
    type: str
    sender: str = "system"
    name: str | None = None
    text: str = ""
    attachments: tuple[Json, ...] = ()
    context: Json | None = None

    def view(self) -> Json:
        event = {
            "type": self.type,
            "sender": {"type": self.sender, "name": self.name},
            "content": {"type": "text", "text": self.text},
            "attachments": list(self.attachments),
            "context": self.context,
        }
        return {"id": self.id, "created_at": iso(self.at), "event": event}


@dataclass(frozen=True, slots=True)
class Handoff:
    """Why a session left the AI (OCX-WH-07, OCX-WH-08) and what the next person should know."""

    reason: str = "ai_decided_to_handoff_the_conversation"
    summary: str = ""
    sentiment: str | None = "neutral"
    topic: str | None = None
    language: str = "en"

    def view(self) -> Json:
        known = {"sentiment": self.sentiment} if self.sentiment else {}
        return {"summary": self.summary, **known}


@dataclass(slots=True)
class Session:
    """One chat session."""

    id: str
    ticket_number: int
    channel: str
    created_at: float
    updated_at: float
    contact: Contact | None = None
    verified: bool = False
    status: str = "open"
    ai_closure_type: str | None = None
    assignee_id: str | None = None
    custom_data: Json = field(default_factory=dict)
    handoff: Handoff | None = None
    events: list[Event] = field(default_factory=list)
    assist_mode: bool = False
    ticketing_system: Json | None = None
    message_count: int = 0
    texts: list[str] = field(default_factory=list)  # the customer's
    answered: int = 0  # so many of them before the answer in preparation
    preparing: int | None = None  # which answer the AI is at, if any
    drafts: list[Json] = field(default_factory=list)  # what Assist proposes to the agent
    skipped: list[str] = field(default_factory=list)  # tags that say why it proposed nothing
    heard: dict[str, float] = field(default_factory=dict)  # comment events of the desk, and when

    @property
    def number(self) -> int:
        return self.ticket_number

    @property
    def with_human(self) -> bool:
        return self.handoff is not None or self.assignee_id is not None

    def append(self, event: Event) -> None:
        """Another line of the history."""
        self.events.append(event)
        self.updated_at = event.at
        self.message_count += event.type == "message"
        if event.sender == "contact":
            self.texts.append(event.text)

    def view(self) -> Json:
        """The fields of OCX-API-09."""
        handoff = {"handoff": self.handoff.view()} if self.handoff else {}
        return {
            "id": self.id,
            "status": self.status,
            "ai_closure_type": self.ai_closure_type,
            "sentiment": self.handoff.sentiment if self.handoff else None,
            "channel": {"type": self.channel},
            "ticket_number": self.ticket_number,
            "assist_mode": self.assist_mode,
            "created_at": iso(self.created_at),
            "updated_at": iso(self.updated_at),
            "contact": self.contact.view() if self.contact else None,
            "language": self.handoff.language if self.handoff else "en",
            "assignee_id": self.assignee_id,
            "custom_data": self.custom_data,
            "team": None,
            "ticketing_system": self.ticketing_system,
            **handoff,
        }
