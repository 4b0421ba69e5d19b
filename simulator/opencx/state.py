"""What an OpenCX organisation holds: contacts, chat sessions, their history.

Facts:
  * A contact's number is `phone` when written and `phone_number` when read (OCX-API-24).
  * A session is open, closed_resolved or closed_unresolved (OCX-LIF-01); how the AI ended its part is
    another field (OCX-LIF-02); a handed-off session stays open (OCX-LIF-09).
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

    @property
    def with_human(self) -> bool:
        return self.handoff is not None or self.assignee_id is not None

    @property
    def message_count(self) -> int:
        return sum(event.type == "message" for event in self.events)

    def customer_texts(self) -> list[str]:
        return [event.text for event in self.events if event.sender == "contact"]

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
            "assist_mode": False,
            "created_at": iso(self.created_at),
            "updated_at": iso(self.updated_at),
            "contact": self.contact.view() if self.contact else None,
            "language": self.handoff.language if self.handoff else "en",
            "assignee_id": self.assignee_id,
            "custom_data": self.custom_data,
            "team": None,
            "ticketing_system": None,
            **handoff,
        }


@dataclass(slots=True)
class Organisation:
    """Everything that `reset` forgets."""

    contacts: dict[str, Contact] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    calls: dict[str, list[float]] = field(default_factory=dict)  # by key, for the rate limit

    def forget(self) -> None:
        self.contacts.clear()
        self.sessions.clear()
        self.calls.clear()
