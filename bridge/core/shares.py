"""How many effects at once each outside system may keep busy: one that hangs leaves room for the others.

Theory of operation. All effects are performed by a few performers (`BRIDGE_THREADS`). An assistant that takes
its whole time-out for each answer would soon have all of them, and agents' replies would wait for it. So a
quarter of the performers is kept for each system: an effect is taken only if afterwards there is still room
for what is kept for the others. Of eight, one system may have four; two that hang leave two to the third.
"""

from collections import Counter
from collections.abc import Mapping

ASSISTANT, CARRIER, DESK = "assistant", "carrier", "desk"
SYSTEMS = (ASSISTANT, CARRIER, DESK)
KEPT = 4  # one in so many performers, for each system
_CALLED = {  # whose time an effect takes, by its class's name; all others are the desk's
    "AskAssistant": ASSISTANT,
    "FetchAnswer": ASSISTANT,
    "CloseAssistant": ASSISTANT,
    "SendText": CARRIER,
}


def system_of(kind: str) -> str:
    """The system that this kind of effect waits for."""
    return _CALLED.get(kind, DESK)


def kept(performers: int) -> int:
    """How many performers each system always finds; two performers are too few to keep any."""
    return max(performers // KEPT, 1) if performers >= len(SYSTEMS) else 0


class Room:
    """How many effects may be taken now, all in all and of each system."""

    def __init__(self, free: int, busy: Mapping[str, int] | None = None, one_of: str = "") -> None:
        """`busy`: how many of each system's are under way; None: they run one by one, and none is kept.

        `one_of`: the only system that is looked at, for one effect.
        """
        self.free = free
        self.one_of = one_of
        self._busy = Counter(busy or {})
        self._kept = 0 if busy is None else kept(free + self._busy.total())

    def take(self, system: str) -> bool:
        """Take one of this system's, if there is room for it."""
        if not self.has(system):
            return False
        self._busy[system] += 1
        self.free -= 1
        return True

    @property
    def full(self) -> bool:
        """Whether some system gets no more here."""
        return not all(map(self.has, SYSTEMS))

    def has(self, system: str) -> bool:
        """Whether one more of this system's leaves enough for the others."""
        others = (each for each in SYSTEMS if each != system)
        return self.free > sum(max(0, self._kept - self._busy[each]) for each in others)
