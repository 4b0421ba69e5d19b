"""Who may send where: what an unregistered number meets, and the states resources move through.

Facts:
  * A local number must be attached to an approved campaign to text US phones: 30034 without one, 30035
    while it is pending, 30033 when it is suspended (CAR-74 … CAR-76, CAR-191). The territories count as US
    (CAR-301); texting Canada needs none (CAR-315).
  * A toll-free number that is not verified, pending included, is blocked to the US and Canada: 30032
    (CAR-195).
  * Only sending is gated; texts to the number still arrive (CAR-196).
  * Short codes and alphanumeric senders have their own programmes and are not gated here.
"""

import hashlib
from functools import lru_cache

from simulator.twilio.phones import NORTH_AMERICA, UNITED_STATES, region

REGISTRATIONS = ("registered", "unregistered", "pending", "rejected", "suspended")
CAMPAIGN_STATES = {  # CAR-183, CAR-74
    "VERIFIED": "registered",
    "PENDING": "pending",
    "IN_PROGRESS": "pending",
    "FAILED": "rejected",
    "SUSPENDED": "suspended",
}
VERIFICATION_STATES = {  # CAR-192
    "TWILIO_APPROVED": "registered",
    "PENDING_REVIEW": "pending",
    "IN_REVIEW": "pending",
    "TWILIO_REJECTED": "rejected",
}
BRAND_STATES = (
    "PENDING",
    "IN_REVIEW",
    "APPROVED",
    "FAILED",
    "SUSPENDED",
    "DELETION_PENDING",
    "DELETION_FAILED",
)

GATES: dict[tuple[str, str], tuple[int, tuple[str, ...]]] = {
    ("local", "unregistered"): (30034, UNITED_STATES),
    ("local", "rejected"): (30034, UNITED_STATES),
    ("local", "pending"): (30035, UNITED_STATES),
    ("local", "suspended"): (30033, UNITED_STATES),
    ("toll-free", "unregistered"): (30032, NORTH_AMERICA),
    ("toll-free", "rejected"): (30032, NORTH_AMERICA),
    ("toll-free", "pending"): (30032, NORTH_AMERICA),
    ("toll-free", "suspended"): (30032, NORTH_AMERICA),
}


def gate(kind: str, registration: str, phone: str) -> int | None:
    """The code with which a message from such a number to `phone` ends undelivered."""
    code, regions = GATES.get((kind, registration), (None, ()))
    return code if region(phone) in regions else None


@lru_cache(65_536)
def derived_sid(prefix: str, *names: str) -> str:
    """A SID that is always the same for the same names (CAR-13)."""
    return prefix + hashlib.sha256("/".join(names).encode()).hexdigest()[:32]
