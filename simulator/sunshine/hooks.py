"""Webhooks of Sunshine.

Facts:
  * The envelope is {app, webhook, events}; an event keeps its id over retries (SUN-WHK-01/02).
  * The secret goes in X-API-Key; nothing is signed (SUN-WHK-04).
  * Anything but a 2xx within 20 s is tried again, five times in all within 15 minutes (SUN-WHK-06, Q-19),
    unless the answer was 400, 401, 403, 404 or 406 (SUN-WHK-07).
  * An integration linked to the switchboard without standby events hears only while it is active or pending;
    an unlinked one hears everything (SUN-SWB-07/08).

One lane a conversation. Faults, on an event's type or "webhook": drop webhooks · hold (until `release`) ·
reorder (the next webhook overtakes, or 60 s pass) · duplicate N (N deliveries in all) · race (two at once).
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from simulator import accounts
from simulator.network import Hook
from simulator.sunshine import views
from simulator.sunshine.state import Conversation, Integration, Webhook, World
from simulator.web import Json

FAULTS = ("drop webhooks", "hold", "reorder", "duplicate", "race")
PAUSES = (30.0, 120.0, 300.0, 450.0)
FINAL = frozenset({400, 401, 403, 404, 406})
PATIENCE = 60.0
TIMEOUT = 20.0
TRIGGERS = frozenset(
    f"{subject}:{what}"
    for subject, whats in {
        "conversation": (
            "create join leave message message:delivery:channel message:delivery:failure "
            "message:delivery:user postback read referral remove typing"
        ),
        "client": "add remove update",
        "switchboard": (
            "acceptControl acceptControl:failure offerControl offerControl:failure passControl "
            "passControl:failure releaseControl"
        ),
        "user": "merge remove update",
        "passthrough": "messaging",
    }.items()
    for what in whats.split()
)
Payload = Callable[[Webhook], Json]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one webhook."""

    webhook: Webhook
    type: str
    lane: str
    body: bytes


@dataclass(slots=True)
class Hooks:
    """The way out. `emit` is called under the network's lock; deliveries run on the clock without it."""

    world: World
    held: list[Delivery] = field(default_factory=list)
    late: list[Delivery] = field(default_factory=list)

    def forget(self) -> None:
        self.held.clear()
        self.late.clear()

    def emit(self, kind: str, about: Conversation | None, payload: Payload) -> None:
        """Tell everybody who listens; `payload` composes what each webhook gets."""
        event = {"id": self.world.new_id(), "type": kind, "createdAt": views.iso(self.world.now())}
        lane = about.id if about else "sunshine"
        for webhook in self._listeners(kind, about):
            content = {
                "app": {"id": accounts.SUNSHINE_APP_ID},
                "webhook": {"id": webhook.id, "version": "v2"},
                "events": [{**event, "payload": payload(webhook)}],
            }
            body = json.dumps(content, ensure_ascii=False).encode()
            self._send(Delivery(webhook, kind, lane, body))

    def _listeners(self, kind: str, about: Conversation | None) -> list[Webhook]:
        return [
            webhook
            for integration in self.world.integrations.values()
            if self._hears(integration, about)
            for webhook in integration.webhooks
            if kind in webhook.triggers
        ]

    def _hears(self, integration: Integration, about: Conversation | None) -> bool:
        places = [r for r in self.world.responders.values() if r.integration_id == integration.id]
        if not places or about is None or not self.world.switchboard_enabled:
            return True
        return any(r.deliver_standby_events or r.id in (about.active, about.pending) for r in places)

    # --- faults ---

    def _send(self, delivery: Delivery) -> None:
        faults = self.world.network.faults
        fault = faults.take("sunshine", delivery.type, *FAULTS) or faults.take("sunshine", "webhook", *FAULTS)
        match fault.kind if fault else "":
            case "drop webhooks":
                self.world.network.write("act", "sunshine", who="sunshine", did=f"dropped {delivery.type}")
            case "hold":
                self.held.append(delivery)
            case "reorder":
                self.late.append(delivery)
                self.world.network.clock.later(PATIENCE, self._overdue, lane=delivery.lane)
            case "race":
                self._queue(delivery, delivery.lane)
                self._queue(delivery, f"{delivery.lane}/race")
            case _:
                for _ in range(int(fault.number("copies")) if fault else 1):
                    self._queue(delivery, delivery.lane)
                self._send_late()

    def _send_late(self) -> None:
        late, self.late = self.late, []
        for delivery in reversed(late):
            self._queue(delivery, delivery.lane)

    def _overdue(self) -> None:
        with self.world.network.lock:
            self._send_late()

    def release(self) -> int:
        """Let go of everything held."""
        held, self.held = self.held, []
        for delivery in held:
            self._queue(delivery, delivery.lane)
        return len(held)

    # --- attempts ---

    def _queue(self, delivery: Delivery, lane: str, attempt: int = 1) -> None:
        pause = PAUSES[attempt - 2] if attempt > 1 else 0.0
        self.world.network.clock.later(pause, partial(self._attempt, delivery, lane, attempt), lane=lane)

    def _attempt(self, delivery: Delivery, lane: str, attempt: int) -> None:
        answer = self.world.network.deliver(_hook(delivery, attempt))
        done = answer.status is not None and (200 <= answer.status < 300 or answer.status in FINAL)
        if not done and attempt <= len(PAUSES):
            self._queue(delivery, lane, attempt + 1)


def _hook(delivery: Delivery, attempt: int) -> Hook:
    headers = {"Content-Type": "application/json", "X-API-Key": delivery.webhook.secret}
    target = delivery.webhook.target
    return Hook("sunshine", delivery.type, target, headers, delivery.body, timeout=TIMEOUT, attempt=attempt)
