"""Once an hour, by the bridge's clock, what was finished long ago is removed (`BRIDGE_RETENTION_DAYS`)."""

from collections.abc import Callable

import structlog

from bridge.journal.operations import Operations

EVERY = 3600.0
log = structlog.get_logger("retention")


class Retention:
    """The hourly round."""

    def __init__(self, operations: Operations, clock: Callable[[], float], days: float) -> None:
        self._operations = operations
        self._clock = clock
        self._days = days
        self._due = clock() if days else float("inf")

    def run_if_due(self) -> dict[str, int]:
        """Remove if it is time; return how many rows of each kind went."""
        now = self._clock()
        if now < self._due:
            return {}
        self._due = now + EVERY
        gone = self._operations.retire(now, self._days)
        if any(gone.values()):
            log.info("retention.removed", **gone)
        return gone
