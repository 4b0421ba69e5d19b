"""What becomes of a sent part: a lattice, not a field.

Facts:
  * Receipts arrive out of order, twice, late or never; a status never goes back (CAR-133, bug 14).
  * A final status never changes, whatever comes later.
  * `sent` is a legitimate resting place: many carriers never say more (CAR-26).
  * A part of which nobody can say whether it was sent is in doubt; any news of it is better (promise P3).
  * An unknown status is kept as it came while nothing better is known, and outranks nothing (bug 37).
"""

RANKS = {
    "scheduled": 1,
    "accepted": 2,
    "queued": 3,
    "sending": 4,
    "sent": 5,
    "delivered": 6,
    "undelivered": 6,
    "failed": 6,
    "canceled": 6,
}
IN_DOUBT = "uncertain"
_FINAL = 6
_FAILURES = ("failed", "undelivered", "canceled")


def merge(old: str, new: str) -> str:
    """The status to keep: the one further on; the old one in doubt."""
    return new if not old or RANKS.get(new, 0) > RANKS.get(old, 0) else old


def is_final(status: str) -> bool:
    """Nothing more will be reported."""
    return RANKS.get(status) == _FINAL


def was_sent(status: str) -> bool:
    """The part is on its way to the phone or there."""
    return RANKS.get(status, 0) >= RANKS["sent"] and not is_failure(status)


def is_failure(status: str) -> bool:
    """The part did not reach the phone. Do not tell one failure from another (CAR-27)."""
    return status in _FAILURES
