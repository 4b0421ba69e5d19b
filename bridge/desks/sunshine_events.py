"""What Sunshine's webhooks say, as events. Pure and lenient: an envelope in, events out.

Rules:
  * Relayed to the phone is only what is clearly a person's public reply: from the Agent Workspace, or
    bearing an agent's id; not our own post, not a system line, not a trigger's (SUN-AGT-01…03, F-30).
    Everything else is ignored, with its reason counted.
  * One event that makes no sense does not stop the others (F-25); unknown kinds are ignored (F-26).
  * Keys: the event's id (SUN-WHK-02); for a reply or a system line the message's, because two webhooks may
    tell of one message (F-23), and so that what was told is not found again by asking.
  * The chat ends when control is released or leaves the agents, with or without a reason, or when a system
    line says so (SUN-TKT-13…15, Q-16, Q-17). Solved is no event at all.
"""

from collections.abc import Callable, Iterable
from typing import Any

from bridge.core.model import (
    AgentReplied,
    ControlRefused,
    ConversationEnded,
    ConversationRemoved,
    Event,
    UserMerged,
)
from bridge.desks.sunshine_content import dig, dig_list, shown
from bridge.desks.sunshine_posts import MARKER
from bridge.heard import Heard

AGENT_ID = "__zendesk_msg.agent.id"
TRIGGER = "__trigger"
AGENTS = "zd:agentWorkspace"
ENDINGS = ("ticket:closed", "ticket:transfer:email", "conversation:endedByUser")

Keyed = tuple[str, Event]


class Ignored(Exception):
    """This event concerns nobody, and why."""


def events(envelope: Any, at: float, *, trigger_lines: bool = False) -> Heard:
    """The events of one delivery that matter, and why the others do not."""
    heard = Heard()
    listed = envelope.get("events") if isinstance(envelope, dict) else None
    for event in listed if isinstance(listed, list) else ():
        try:
            heard.events.append(_read(event, at, trigger_lines=trigger_lines))
        except Ignored as why:
            heard.ignored.append(str(why))
    return heard


def standing(conversation: str, messages: Iterable[Any], at: float) -> Heard:
    """The same, read from the messages that stand in a conversation: for news whose webhook got lost.

    A reply has the key it would have had by webhook, so nothing is relayed twice (SUN-WHK-08).
    """
    told = [
        {
            "id": f"standing:{dig(message, 'id')}",
            "type": "conversation:message",
            "payload": {"conversation": {"id": conversation}, "message": message},
        }
        for message in messages
    ]
    return events({"events": told}, at)


def _read(event: Any, at: float, *, trigger_lines: bool) -> Keyed:
    kind = dig(event, "type")
    payload = event.get("payload") if isinstance(event, dict) else None
    if kind == "conversation:message":
        return _message(payload, at, trigger_lines=trigger_lines)
    reader = READERS.get(str(kind))
    if reader is None:
        raise Ignored(f"{kind or 'no'} event")
    key = dig(event, "id")
    if not key:
        raise Ignored("event without id")
    return f"event:{key}", reader(payload, at)


# --- messages -----------------------------------------------------------------------------------


def _message(payload: Any, at: float, *, trigger_lines: bool) -> Keyed:
    message = payload.get("message") if isinstance(payload, dict) else None
    activity = dig(message, "activity", "type")
    if activity in ENDINGS and dig(message, "id"):
        return f"message:{dig(message, 'id')}", ConversationEnded(at, _conversation(payload), activity)
    _must_be_an_agents(message, trigger_lines=trigger_lines)
    key = dig(message, "id")
    if not key:
        raise Ignored("message without id")
    text, media = shown(message.get("content") if isinstance(message, dict) else None)
    if not text.strip() and not media:
        raise Ignored("nothing to show")
    name = dig(message, "author", "displayName")
    return f"message:{key}", AgentReplied(at, _conversation(payload), key, text, media, name)


def _must_be_an_agents(message: Any, *, trigger_lines: bool) -> None:
    metadata = message.get("metadata") if isinstance(message, dict) else None
    facts = metadata if isinstance(metadata, dict) else {}
    subtypes = dig_list(message, "author", "subtypes")
    if MARKER in facts:
        raise Ignored("our own message")
    if dig(message, "author", "type") != "business":
        raise Ignored("customer's message")
    if dig(message, "activity", "type") or "activity" in subtypes:
        raise Ignored("system line")
    if facts.get(AGENT_ID) == TRIGGER and not trigger_lines:
        raise Ignored("trigger line")
    if dig(message, "source", "type") != AGENTS and not facts.get(AGENT_ID):
        raise Ignored("not an agent's message")


# --- control, conversations, users --------------------------------------------------------------


def _passed(payload: Any, at: float) -> Event:
    now = dig(payload, "conversation", "activeSwitchboardIntegration", "integrationType")
    reason = dig(payload, "reason")
    if now == AGENTS:
        raise Ignored("control passed to agents")
    if not now and not reason:
        raise Ignored("control passed to nobody named")
    return ConversationEnded(at, _conversation(payload), reason or f"passed to {now}")


def _released(payload: Any, at: float) -> Event:
    return ConversationEnded(at, _conversation(payload), dig(payload, "reason") or "released")


def _refused(payload: Any, at: float) -> Event:
    told = dig(payload, "error", "message") or dig(payload, "error", "code") or "no reason given"
    return ControlRefused(at, _conversation(payload), told)


def _removed(payload: Any, at: float) -> Event:
    return ConversationRemoved(at, _conversation(payload))


def _merged(payload: Any, at: float) -> Event:
    surviving = dig(payload, "mergedUsers", "surviving", "id")
    discarded = dig(payload, "mergedUsers", "discarded", "id")
    if not surviving or not discarded:
        raise Ignored("merge without users")
    return UserMerged(at, surviving, discarded)


READERS: dict[str, Callable[[Any, float], Event]] = {
    "switchboard:passControl": _passed,
    "switchboard:releaseControl": _released,
    "switchboard:passControl:failure": _refused,
    "conversation:remove": _removed,
    "user:merge": _merged,
}


def _conversation(payload: Any) -> str:
    conversation = dig(payload, "conversation", "id")
    if not conversation:
        raise Ignored("event without conversation")
    return conversation
