"""Named points on the path of every event and effect. They do nothing; a fault test arms one.

received → verified → journaled → answered → decided → committed → performing → performed → recorded
"""

from collections.abc import Callable

NAMES = (
    "received",
    "verified",
    "journaled",
    "answered",
    "decided",
    "committed",
    "performing",
    "performed",
    "recorded",
)

_armed: dict[str, Callable[[str], None]] = {}


def hit(name: str, what: str = "") -> None:
    """Pass a point; `what` says which event or effect is passing."""
    if (action := _armed.get(name)) is not None:
        action(what)


def arm(name: str, action: Callable[[str], None]) -> None:
    """Run `action` at every pass of the point, until disarmed."""
    if name not in NAMES:
        raise ValueError(f"no failpoint {name!r}; there are {', '.join(NAMES)}")
    _armed[name] = action


def disarm() -> None:
    """All points do nothing again."""
    _armed.clear()
