"""How what is filed moves through its states: on the clock, as scripted or for the better.

A script (`POST /_sim/twilio/reviews`) concerns the next resource of its kind that is filed: its states, the
pause between two, and what is wrong with it if it fails. Each change is an event for whoever subscribed
(CAR-187)."""

from functools import partial

from simulator.twilio.events import Events
from simulator.twilio.registration import BRAND_STATES, CAMPAIGN_STATES, VERIFICATION_STATES
from simulator.twilio.resources import Filed, Json, Review
from simulator.twilio.state import State

STATES = {
    "brand": BRAND_STATES,
    "campaign": tuple(CAMPAIGN_STATES),
    "verification": tuple(VERIFICATION_STATES),
}
USUAL = {
    "brand": ("IN_REVIEW", "APPROVED"),
    "campaign": ("IN_PROGRESS", "VERIFIED"),
    "verification": ("IN_REVIEW", "TWILIO_APPROVED"),
}
FAILING = ("FAILED", "TWILIO_REJECTED", "SUSPENDED")
PREFIX = "com.twilio.messaging.compliance"
EVENTS = {
    "brand": (f"{PREFIX}.brand-registration.brand-", {"APPROVED": "registered", "FAILED": "failed"}),
    "campaign": (
        f"{PREFIX}.campaign-registration.campaign-",
        {"IN_PROGRESS": "submitted", "VERIFIED": "approved", "FAILED": "failed"},
    ),
    "verification": (
        f"{PREFIX}.toll-free-verification.",
        {
            "IN_REVIEW": "in-review",
            "TWILIO_APPROVED": "request-approved",
            "TWILIO_REJECTED": "request-rejected",
        },
    ),
}
DEFAULT_ERRORS: dict[str, Json] = {
    "brand": {"error_code": 30795, "description": "The brand could not be verified."},
    "campaign": {"error_code": 30908, "description": "The campaign description does not match the samples."},
    "verification": {"code": 30513, "reason": "Opt-in not documented"},
}


class Reviews:
    """Moves them."""

    def __init__(self, state: State, events: Events) -> None:
        self._state = state
        self._events = events

    def begin(self, kind: str, filed: Filed) -> None:
        """Let a filed resource move, from its present state on."""
        plans: list[Review] = self._state.reviews
        plan = next((each for each in plans if each.resource == kind), None)
        if plan is not None:
            plans.remove(plan)
        self._later(filed, plan or Review(kind, list(USUAL[kind])), 0)

    def put(self, kind: str, filed: Filed, status: str, errors: list[Json] | None = None) -> None:
        """Move it to a state now. Under the network's lock."""
        filed.status, filed.updated = status, self._state.network.now()
        default = [dict(DEFAULT_ERRORS[kind])] if status in FAILING else []
        filed.errors = (errors or default) if status in FAILING else []
        stem, names = EVENTS[kind]
        name = names.get(status, status.lower().replace("_", "-"))
        self._events.publish(stem + name, {"sid": filed.sid, "status": status, "errors": filed.errors})

    def _later(self, filed: Filed, plan: Review, step: int) -> None:
        if step < len(plan.statuses):
            pause = self._state.switches.review_seconds if plan.delay is None else plan.delay
            self._state.network.clock.later(pause, partial(self._move, filed, plan, step), lane=filed.sid)

    def _move(self, filed: Filed, plan: Review, step: int) -> None:
        with self._state.network.lock:
            self.put(plan.resource, filed, plan.statuses[step], plan.errors)
            self._later(filed, plan, step + 1)
