"""Reading requests and writing lists.

Facts:
  * `message` is {type: "text", text, attachments}, `sender` is contact or agent (OCX-API-12, OCX-API-13);
    a message with neither text nor file is refused (OCX-WID-08, applied here too).
  * `custom_data` holds strings, numbers and booleans; an object inside is refused with 400 (OCX-API-18).
  * Filters of the session list: OCX-API-11. A page's cursor is opaque; ours is a position.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from simulator.opencx.gate import refuse
from simulator.opencx.state import Contact, Json, Session
from simulator.web import Request, Response, json_response

PAGE = 50


class Viewable(Protocol):
    """What a list may hold."""

    def view(self) -> Json: ...


@dataclass(frozen=True, slots=True)
class Message:
    """One send: who speaks, what, and whether an agent takes over (OCX-API-14, OCX-API-15)."""

    sender: str
    text: str
    attachments: tuple[Json, ...] = ()
    agent_id: str = "agent"
    name: str | None = None
    takes_over: bool = False


def body_of(request: Request) -> Json:
    """The body, which must be an object."""
    try:
        body = request.json if request.body else {}
    except ValueError:
        raise refuse(400, "Body is not valid JSON") from None
    if not isinstance(body, dict):
        raise refuse(400, "Body must be an object")
    return body


def message_of(body: Json) -> Message:
    """The message of a send call, or its refusal."""
    sender, message = body.get("sender"), body.get("message")
    if sender not in ("contact", "agent"):
        raise refuse(400, "sender must be contact or agent")
    if not isinstance(message, dict) or message.get("type", "text") != "text":
        raise refuse(400, "message must be an object of type text")
    text, files = message.get("text") or "", tuple(message.get("attachments") or ())
    if not text and not files:
        raise refuse(400, "message must have text or attachments")
    agent = body.get("agent") or {}
    return Message(
        sender=sender,
        text=text,
        attachments=tuple({**file, "type": file.get("mime_type")} for file in files),
        agent_id=str(agent.get("id", "agent")),
        name=agent.get("name"),
        takes_over=bool(body.get("should_take_over_session_from_ai")),
    )


def fill(contact: Contact, body: Json) -> None:
    """Write the given fields; the older copies wrap them in `contact`."""
    given = body.get("contact", body)
    if not isinstance(given, dict):
        raise refuse(400, "contact must be an object")
    contact.phone = given.get("phone") or given.get("phone_number") or contact.phone
    contact.name = given.get("name") or contact.name
    contact.email = given.get("email") or contact.email
    contact.custom_data |= plain(given.get("custom_data"))


def plain(custom_data: object) -> Json:
    """Custom data, refused if a value is not plain."""
    if custom_data is None:
        return {}
    if not isinstance(custom_data, dict):
        raise refuse(400, "custom_data must be an object")
    if any(not isinstance(value, (str, int, float, bool)) for value in custom_data.values()):
        raise refuse(400, "custom_data values must be strings, numbers or booleans")
    return custom_data


def matches(session: Session, wanted: dict[str, str]) -> bool:
    """Whether a session passes the list's filters."""
    facts = {
        "status": session.status,
        "channel_type": session.channel,
        "handed_off": str(session.handoff is not None).lower(),
    }
    if any(name in wanted and wanted[name] != fact for name, fact in facts.items()):
        return False
    return _within(session.created_at, "created", wanted) and _within(session.updated_at, "updated", wanted)


def _within(at: float, name: str, wanted: dict[str, str]) -> bool:
    after, before = wanted.get(f"{name}_after"), wanted.get(f"{name}_before")
    return (after is None or at > _seconds(after)) and (before is None or at < _seconds(before))


def _seconds(iso: str) -> float:
    try:
        return datetime.fromisoformat(iso).timestamp()
    except ValueError:
        raise refuse(400, f"{iso} is not an ISO 8601 time") from None


def page(request: Request, items: Sequence[Viewable]) -> Response:
    """One page and the cursor of the next."""
    cursor = dict(request.query).get("cursor", "0")
    if not cursor.isdigit():
        raise refuse(400, "Invalid cursor")
    start = int(cursor)
    after = start + PAGE
    views = [item.view() for item in items[start:after]]
    return json_response({"items": views, "next": str(after) if after < len(items) else None})
