"""How fast a number may send, in segments a second (carrier.md section 11).

Facts:
  * Beyond its rate a carrier queues, or fails what comes too late (CAR-166, CAR-168); the order of what it
    queues is its own affair, so we do not let it come to that (CAR-169).
  * US and Canadian long codes send 1, toll-free numbers 3, short codes 100, names about 10 (CAR-167).
  * A registered US number sends what its campaign may: 75, 40, 4 or 1.25 by class (CAR-188).
  * A class without a figure of its own counts as the slowest.
"""

CLASSES = {"toll-free": 3.0, "short-code": 100.0, "alphanumeric": 10.0}
SLOWEST = 1.0
CAMPAIGNS = dict.fromkeys("AB", 75.0) | dict.fromkeys("CD", 40.0) | dict.fromkeys("EF", 4.0)
LOW_VOLUME = 1.25  # what a campaign may of which no class is known


def of_class(kind: str, *, registered: bool, told: float = 0.0) -> float:
    """What a number of this class may send; `told` is what the carrier says of this very number."""
    if told:
        return told
    return LOW_VOLUME if kind == "local" and registered else CLASSES.get(kind, SLOWEST)


def at_most(kind: str) -> float:
    """What a number of this class may send at best: until the carrier was asked about it."""
    return max(CAMPAIGNS.values()) if kind == "local" else CLASSES.get(kind, SLOWEST)
