"""Reading requests.

Facts:
  * `message` is {type: "text", text, attachments}, `sender` is contact or agent (OCX-API-12, OCX-API-13);
    a message with neither text nor file is refused (OCX-WID-08, applied here too).
  * `custom_data` holds strings, numbers and booleans; an object inside is refused with 400 (OCX-API-18).
  * Older copies wrap a contact in `contact` (OCX-API-24); both forms are read.
"""

from dataclasses import dataclass
from typing import Any

from simulator.opencx.gate import refuse
from simulator.opencx.state import Contact, Json
from simulator.web import Request


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


def part(body: Json, name: str, kind: type, usual: Any = None) -> Any:
    """A member of the body, refused if it is of another kind."""
    value = body.get(name)
    if value is None:
        return usual
    if not isinstance(value, kind):
        raise refuse(400, f"{name} must be {WORDS[kind]}")
    return value


WORDS = {dict: "an object", list: "an array", str: "a string", bool: "a boolean"}


def message_of(body: Json) -> Message:
    """The message of a send call, or its refusal."""
    sender, message = body.get("sender"), body.get("message")
    if sender not in ("contact", "agent"):
        raise refuse(400, "sender must be contact or agent")
    if not isinstance(message, dict) or message.get("type", "text") != "text":
        raise refuse(400, "message must be an object of type text")
    text, files = part(message, "text", str, ""), _files(message)
    if not text and not files:
        raise refuse(400, "message must have text or attachments")
    agent = part(body, "agent", dict, {})
    return Message(
        sender=sender,
        text=text,
        attachments=files,
        agent_id=str(agent.get("id", "agent")),
        name=part(agent, "name", str),
        takes_over=part(body, "should_take_over_session_from_ai", bool, usual=False),
    )


def _files(message: Json) -> tuple[Json, ...]:
    files = part(message, "attachments", list, [])
    if any(not isinstance(file, dict) or not (file.get("url") or file.get("base64")) for file in files):
        raise refuse(400, "attachments must be objects with url or base64")
    return tuple({**file, "type": file.get("mime_type")} for file in files)


def fill(contact: Contact, body: Json) -> None:
    """Write the given fields."""
    given = part(body, "contact", dict, body)
    contact.phone = part(given, "phone", str) or part(given, "phone_number", str) or contact.phone
    contact.name = part(given, "name", str) or contact.name
    contact.email = part(given, "email", str) or contact.email
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
