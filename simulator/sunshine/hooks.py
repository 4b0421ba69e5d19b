"""Webhooks of Sunshine.

Facts:
  * The envelope is {app, webhook, events}; an event keeps its id over retries (SUN-WHK-01/02).
  * The secret goes in X-API-Key; nothing is signed (SUN-WHK-04).
  * Anything but a 2xx within 20 s is tried again, five times in all within 15 minutes (SUN-WHK-06, Q-19),
    unless the answer was 400, 401, 403, 404 or 406 (SUN-WHK-07).
  * An integration linked to the switchboard without standby events hears only while it is active or pending;
    an unlinked one hears everything (SUN-SWB-07/08).
  * One event a delivery, or up to 50 of any users and conversations (SUN-WHK-03, Q-20).

One lane a conversation. What faults make of a webhook is in `simulator/departures.py`, for every system, its
early callback (F-29) among them; the quirks of `quirks.py` are Sunshine's own.
"""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from functools import partial

from simulator.departures import Leaving
from simulator.facts import leaves
from simulator.hooks import Hook, HookAnswer
from simulator.sunshine import quirks, views
from simulator.sunshine.records import Conversation, Integration, Webhook
from simulator.sunshine.state import World
from simulator.web import Json

PAUSES = (30.0, 120.0, 300.0, 450.0)
FINAL = frozenset({400, 401, 403, 404, 406})
LATER = 900.0
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
    """What is on its way to one webhook; `type` is that of its first event."""

    webhook: Webhook
    type: str
    lane: str
    events: tuple[object, ...]
    secret: str | None

    def body(self, app: str) -> bytes:
        content = {
            "app": {"id": app},
            "webhook": {"id": self.webhook.id, "version": "v2"},
            "events": self.events,
        }
        return json.dumps(content, ensure_ascii=False).encode()


@dataclass(slots=True)
class Hooks:
    """The way out. `emit` is called under the network's lock; deliveries run on the clock without it."""

    world: World
    batches: dict[str, list[Delivery]] = field(default_factory=dict)  # by webhook

    def forget(self) -> None:
        self.batches.clear()

    def emit(self, kind: str, about: Conversation | None, payload: Payload) -> None:
        """Tell everybody who listens; `payload` composes what each webhook gets."""
        event = {"id": self.world.new_id(), "type": kind, "createdAt": views.iso(self.world.now())}
        lane = about.id if about else "sunshine"
        for webhook in self._listeners(kind, about):
            whole = {**event, "payload": payload(webhook)}
            name = self._quirk(kind, quirks.EVENTS)
            told = quirks.EVENTS[name](whole) if name else whole
            self._gather(Delivery(webhook, kind, lane, (told,), webhook.secret))

    def _quirk(self, kind: str, names: Collection[str]) -> str | None:
        faults = self.world.network.faults
        return faults.quirk("sunshine", kind, names) or faults.quirk("sunshine", "webhook", names)

    # --- who hears ---

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

    # --- batches ---

    def _gather(self, delivery: Delivery) -> None:
        """Send it, or let it wait until the batch is full or its time is up."""
        switches = self.world.switches
        if switches.batch == 1:
            self._send(delivery)
            return
        waiting = self.batches.setdefault(delivery.webhook.id, [])
        waiting.append(delivery)
        if len(waiting) >= switches.batch:
            self._flush(delivery.webhook.id)
        elif len(waiting) == 1:
            due = partial(self._overdue_batch, delivery.webhook.id)
            self.world.network.clock.later(switches.batch_seconds, due, lane=delivery.webhook.id)

    def _flush(self, webhook: str) -> None:
        waiting = self.batches.pop(webhook, [])
        if waiting:
            events = tuple(event for each in waiting for event in each.events)
            self._send(replace(waiting[0], lane=webhook, events=events))

    def _overdue_batch(self, webhook: str) -> None:
        with self.world.network.lock:
            self._flush(webhook)

    # --- faults ---

    def _send(self, delivery: Delivery) -> None:
        odd = self._odd(delivery)
        go, facts = partial(self._queue, odd), partial(leaves, {"events": odd.events})
        self.world.network.departures.leave(Leaving("sunshine", odd.type, odd.lane, go, facts))

    def _odd(self, delivery: Delivery) -> Delivery:
        """The delivery as a planted quirk wants it."""
        match self._quirk(delivery.type, quirks.DELIVERIES):
            case "wrong secret":
                return replace(delivery, secret=f"not-{delivery.secret}")
            case "no secret":
                return replace(delivery, secret=None)
            case "again in 15 minutes":
                again = partial(self._attempt, delivery, delivery.lane, 1)
                self.world.network.clock.later(LATER, again, lane=delivery.lane)
        return delivery

    # --- attempts ---

    def _queue(self, delivery: Delivery, lane: str, attempt: int = 1) -> None:
        pause = PAUSES[attempt - 2] * self.world.switches.retry_pace if attempt > 1 else 0.0
        self.world.network.clock.later(pause, partial(self._attempt, delivery, lane, attempt), lane=lane)

    def _attempt(self, delivery: Delivery, lane: str, attempt: int) -> None:
        heard = partial(self._heard, delivery, lane, attempt)
        self.world.network.send(self._hook(delivery, attempt), heard)

    def _heard(self, delivery: Delivery, lane: str, attempt: int, answer: HookAnswer) -> None:
        done = answer.status is not None and (200 <= answer.status < 300 or answer.status in FINAL)
        if not done and attempt <= len(PAUSES):
            self._queue(delivery, lane, attempt + 1)

    def _hook(self, delivery: Delivery, attempt: int) -> Hook:
        headers = {"Content-Type": "application/json"}
        if delivery.secret is not None:
            headers["X-API-Key"] = delivery.secret
        target, body = delivery.webhook.target, delivery.body(self.world.app.id)
        return Hook("sunshine", delivery.type, target, headers, body, timeout=TIMEOUT, attempt=attempt)
