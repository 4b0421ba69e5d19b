"""Webhooks of OpenCX.

Facts:
  * The envelope is {event, organization_id, data} (OCX-WH-03). `data` is an object for some events and an
    array of one for `closed` and `handoff_to_human` (OCX-WH-04); a receiver must take both.
  * Signing, retries and time-outs are not documented (OCX-WH-12). Ours: X-OpenCX-Signature is the hex
    HMAC-SHA256 of the raw body (OPEN-47), one attempt, no retry, order kept within a session.
  * The data of `contact_response`, `ai_response` and `agent_response` is not documented: our composition,
    after the documented neighbours, with the message under `message` and its words under `response`.
"""

import hashlib
import hmac
import json

from simulator import accounts
from simulator.network import Hook, Network
from simulator.opencx.state import Contact, Event, Handoff, Json, Session, iso

IN_ARRAY = ("conversation.closed", "conversation.handoff_to_human")


class Hooks:
    """The way out, one lane a session. Faults by event: drop webhooks, hold (until release), duplicate N."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._held: list[tuple[Session, str, bytes]] = []

    def forget(self) -> None:
        self._held.clear()

    def emit(self, session: Session, event: str, data: Json) -> None:
        """Let the webhook go out as soon as the clock runs, behind the session's earlier ones."""
        content = [data] if event in IN_ARRAY else data
        envelope = {"event": event, "organization_id": accounts.ORG_ID, "data": content}
        self._later(session, event, json.dumps(envelope, ensure_ascii=False).encode())

    def release(self) -> int:
        """Let go of everything held; tell how many there were."""
        held, self._held = self._held, []
        for session, event, body in held:
            self._later(session, event, body)
        return len(held)

    def _later(self, session: Session, event: str, body: bytes) -> None:
        self._network.clock.later(0, lambda: self._depart(session, event, body), lane=f"opencx:{session.id}")

    def _depart(self, session: Session, event: str, body: bytes) -> None:
        fault = self._network.faults.take("opencx", event, "drop webhooks", "hold", "duplicate")
        match fault.kind if fault else "":
            case "drop webhooks":
                self._network.write("act", "opencx", who="opencx", did="dropped a webhook", event=event)
            case "hold":
                with self._network.lock:
                    self._held.append((session, event, body))
            case _:
                for _ in range(int(fault.number("copies")) if fault else 1):
                    self._network.deliver(self._hook(event, body))

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
        "was_handedoff_to_third_party": False,
        "third_party_name": None,
        "integration_metadata": None,
        "language": handoff.language,
    }


def closed(session: Session, summary: str | None, at: float) -> Json:
    """OCX-WH-09."""
    resolved = session.status == "closed_resolved"
    human = ("resolved" if resolved else "not_resolved") if session.with_human else None
    return {
        **_about(session, at),
        "human_resolution_status": human,
        "ai_resolution_status": None if human else ("resolved" if resolved else "not_resolved"),
        "ai_billing_tier": None,
        "closed_by": {"type": "human" if session.with_human else "AI"},
        "is_from_third_party": False,
        "third_party_name": None,
        "summary": summary,
    }


def _about(session: Session, at: float) -> Json:
    return {
        "conversation_id": session.id,
        "timestamp": iso(at),
        "customer_id": session.contact.id if session.contact else None,
        "message_count": session.message_count,
    }
