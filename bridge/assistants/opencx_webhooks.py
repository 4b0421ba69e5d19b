"""What OpenCX's webhooks say, as events. Pure and lenient.

Facts:
  * The envelope is `{event, organization_id, data}`; `data` is an object or an array (OCX-WH-03, OCX-WH-04,
    OPEN-49).
  * They know only their own session: `session` is theirs here, and the journal finds ours by it.
  * Nothing is published about signing; we require an HMAC-SHA256 over the raw body (OPEN-47).
  * What a human wrote in OpenCX's inbox is not the AI's word and is not relayed here.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable
from typing import Any

from bridge.core.model import AssistantAnswered, AssistantClosed, Event, Handoff
from bridge.heard import Heard

Json = dict[str, Any]


def verify(body: bytes, signature: str | None, secrets: Iterable[str]) -> bool:
    """Whether `signature` is the hex HMAC-SHA256 of the raw body under one of the secrets."""
    given = (signature or "").removeprefix("sha256=").lower().encode("utf-8", "replace")
    expected = [hmac.new(secret.encode(), body, hashlib.sha256).hexdigest() for secret in secrets if secret]
    return any(hmac.compare_digest(each.encode(), given) for each in expected)


def events(body: Any, at: float) -> Heard:
    """The events of one delivery that matter, and why the others do not."""
    kind = body.get("event") if isinstance(body, dict) else None
    reader = READERS.get(str(kind))
    heard = Heard()
    for data in _listed(body.get("data") if isinstance(body, dict) else None):
        conversation = str(data.get("conversation_id") or "")
        if reader and conversation:
            heard.events.append((_key(str(kind), conversation, data), reader(conversation, data, at)))
        else:
            heard.ignored.append(f"{kind} event" if reader is None else "event without conversation")
    return heard


def _listed(data: Any) -> list[Json]:
    several = data if isinstance(data, list) else [data]
    return [each for each in several if isinstance(each, dict)]


def _key(kind: str, conversation: str, data: Json) -> str:
    """The message's id where there is one; else the event itself, so that a repetition is known."""
    told = _message_id(data) or hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:32]
    return f"{kind}:{conversation}:{told}"


def _message_id(data: Json) -> str:
    message = data.get("message")
    inner = message.get("id") if isinstance(message, dict) else ""
    return str(data.get("message_id") or inner or "")


def _answered(conversation: str, data: Json, at: float) -> Event:
    return AssistantAnswered(
        at,
        session=conversation,
        text=_words(data),
        assistant_session=conversation,
        assistant_contact=_text(data, "customer_id"),
        source_id=_message_id(data),
    )


def _words(data: Json) -> str:
    """The answer, under whichever name this version gives it."""
    for name in ("response", "text", "content", "message"):
        value = data.get(name)
        if isinstance(value, dict):
            value = value.get("text") or value.get("content")
        if isinstance(value, str) and value:
            return value
    return ""


def _handed_off(conversation: str, data: Json, at: float) -> Event:
    handoff = Handoff(
        reason=_text(data, "reason") or "ai_decided_to_handoff_the_conversation",
        summary=_text(data, "summary"),
        sentiment=_text(data, "user_sentiment").lower(),
        topic=_text(data, "contact_reason"),
    )
    return AssistantAnswered(
        at,
        session=conversation,
        handoff=handoff,
        assistant_session=conversation,
        assistant_contact=_text(data, "customer_id"),
    )


def _closed(conversation: str, _data: Json, at: float) -> Event:
    return AssistantClosed(at, session=conversation)


def _text(data: Json, name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""


READERS: dict[str, Callable[[str, Json, float], Event]] = {
    "conversation.ai_response": _answered,
    "conversation.handoff_to_human": _handed_off,
    "conversation.closed": _closed,
}
