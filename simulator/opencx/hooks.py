"""Webhooks of OpenCX.

Facts:
  * The envelope is {event, organization_id, data} (OCX-WH-03). `data` is an object for some events and an
    array of one for `closed` and `handoff_to_human` (OCX-WH-04); a receiver must take both. The script can
    make it always one of the two.
  * Signing, retries and time-outs are not documented (OCX-WH-12). Ours: X-OpenCX-Signature is the hex
    HMAC-SHA256 of the raw body (OPEN-47), one attempt, no retry, order kept within a session.
  * The data of `contact_response`, `ai_response` and `agent_response` is not documented: our composition,
    after the documented neighbours, with the message under `message` and its words under `response`.
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from functools import partial

from simulator import accounts
from simulator.departures import Leaving
from simulator.facts import leaves
from simulator.hooks import Hook
from simulator.network import Network
from simulator.opencx.state import Contact, Event, Handoff, Json, Session, iso

EVENTS = (
    "conversation.started",
    "conversation.contact_response",
    "conversation.ai_response",
    "conversation.agent_response",
    "conversation.handoff_to_human",
    "conversation.closed",
    "conversation.third_party_agent_response",
    "conversation.handoff_to_third_party_failed",
    "csat.requested",
    "csat.score_submitted",
    "workflow.run.succeeded",
    "workflow.run.failed",
)
IN_ARRAY = ("conversation.closed", "conversation.handoff_to_human")


class Hooks:
    """The way out, one lane a session."""

    def __init__(self, network: Network, form: Callable[[], str]) -> None:
        self._network = network
        self._form = form

    def emit(self, session: Session, event: str, data: Json) -> None:
        """Let the webhook go out as soon as the clock runs, behind the session's earlier ones."""
        form = self._form()
        in_array = event in IN_ARRAY if form == "documented" else form == "array"
        content = [data] if in_array else data
        envelope = {"event": event, "organization_id": accounts.ORG_ID, "data": content}
        body = json.dumps(envelope, ensure_ascii=False).encode()
        go, lane = partial(self._go, event, body), f"opencx:{session.id}"
        leaving = Leaving("opencx", event, lane, go, lambda: leaves(envelope))
        self._network.departures.leave(leaving)

    def _go(self, event: str, body: bytes, lane: str) -> None:
        self._network.clock.later(0, partial(self._deliver, event, body), lane=lane)

    def _deliver(self, event: str, body: bytes) -> None:
        self._network.send(self._hook(event, body))

    def _hook(self, event: str, body: bytes) -> Hook:
        headers = {"Content-Type": "application/json", "X-OpenCX-Signature": sign(body)}
        return Hook("opencx", event, self._network.bridge_door("opencx"), headers, body)


def sign(body: bytes) -> str:
    """The signature header's value."""
    return hmac.new(accounts.OPENCX_WEBHOOK_SECRET.encode(), body, hashlib.sha256).hexdigest()


def started(session: Session, first: Event) -> Json:
    """OCX-WH-05."""
    return {
        "conversation_id": session.id,
        "assignee": {"type": "human" if session.with_human else "AI"},
        "contact": _contact(session.contact),
        "channel": session.channel,
        "first_message": first.text,
        "timestamp": iso(first.at),
    }


def _contact(contact: Contact | None) -> Json | None:
    if contact is None:
        return None
    enriched = {"phone_number": contact.phone, "email": contact.email, "address": None}
    return {
        "id": contact.id,
        "name": contact.name,
        "enriched_data": enriched,
        "custom_data": contact.custom_data,
    }


def said(session: Session, event: Event) -> Json:
    """A message of customer, AI or agent."""
    return {
        **_about(session, event.at),
        "message": {"id": event.id, "text": event.text},
        "response": event.text,
        "channel": session.channel,
    }


def handed_off(session: Session, handoff: Handoff, at: float) -> Json:
    """OCX-WH-07."""
    return {
        **_about(session, at),
        "reason": handoff.reason,
        "summary": handoff.summary,
        "contact_reason": handoff.topic,
        "user_sentiment": handoff.sentiment,
        "was_handedoff_to_third_party": session.ticketing_system is not None,
        "third_party_name": _desk(session),
        "integration_metadata": _integration(session),
        "language": handoff.language,
    }


def closed(session: Session, summary: str | None, at: float, by: str = "api") -> Json:
    """OCX-WH-09."""
    resolved = session.status == "closed_resolved"
    human = ("resolved" if resolved else "not_resolved") if session.with_human else None
    return {
        **_about(session, at),
        "human_resolution_status": human,
        "ai_resolution_status": None if human else ("resolved" if resolved else "not_resolved"),
        "ai_billing_tier": None,
        "closed_by": {"type": "contact" if by == "contact" else "human" if session.with_human else "AI"},
        "is_from_third_party": by == "integration",
        "third_party_name": _desk(session),
        "summary": summary,
    }


def from_desk(session: Session, response: str, at: float) -> Json:
    """What an agent answered in the desk (OCX-WH-11)."""
    language = session.handoff.language if session.handoff else "en"
    return {
        **_about(session, at),
        "third_party_name": _desk(session) or "zendesk",
        "response": response,
        "language": language,
    }


def _desk(session: Session) -> str | None:
    return str(session.ticketing_system["name"]) if session.ticketing_system else None


def _integration(session: Session) -> Json | None:
    """The desk's conversation (OCX-ZD-22)."""
    desk = session.ticketing_system
    if desk is None or desk["id_type"] != "conversation_id":
        return None
    return {"sunshine": {"sunshine_conversation_id": desk["external_id"]}}


def other(session: Session, at: float, more: Json) -> Json:
    """Events whose data is not documented: what all have, and what is given."""
    return {**_about(session, at), **more}


def _about(session: Session, at: float) -> Json:
    return {
        "conversation_id": session.id,
        "timestamp": iso(at),
        "customer_id": session.contact.id if session.contact else None,
        "message_count": session.message_count,
    }
