"""What a reset lets go of, freed bit by bit, so that neither the reset nor the next call waits for it.

A world of some hundred thousand objects takes Python a good part of a second to free. A reset therefore puts
new containers in the place of the old ones, in no time, and hands the old ones over here; a thread empties
them from the back, a moment at a time, and ends when nothing is left. What is handed over is held by nobody
else; what points at things (indexes) comes before what holds them.
"""

import threading
import time
from collections import deque
from collections.abc import Iterator
from typing import Any

Container = dict[Any, Any] | list[Any] | deque[Any]
FEW = 200  # so many are freed at once: a thread would cost more
TURN, PAUSE = 0.0005, 0.001
AFTERWARDS = 0.02  # the reset itself comes first
AT_ONCE = 8  # between two looks at the time


class Leftovers:
    """Containers that nobody wants any more."""

    def __init__(self) -> None:
        self._left: deque[Container] = deque()
        self._lock = threading.Lock()
        self._freeing: threading.Thread | None = None

    def take(self, *containers: Container) -> None:
        """Free these, soon."""
        if sum(map(len, containers)) <= FEW:
            return
        with self._lock:
            self._left.extend(containers)
            if self._freeing is None:
                self._freeing = threading.Thread(target=self._free, name="leftovers", daemon=True)
                self._freeing.start()

    def wait(self, seconds: float) -> bool:
        """Whether all is freed, after so many seconds at most."""
        freeing = self._freeing
        if freeing is not None:
            freeing.join(seconds)
        return self._freeing is None

    def _free(self) -> None:
        time.sleep(AFTERWARDS)
        while (container := self._next()) is not None:
            for _ in _turns(container):
                time.sleep(PAUSE)

    def _next(self) -> Container | None:
        with self._lock:
            if self._left:
                return self._left.popleft()
            self._freeing = None
            return None


def _turns(container: Container) -> Iterator[None]:
    """Empty it; yield whenever a turn is over."""
    drop = container.popitem if isinstance(container, dict) else container.pop
    while container:
        end = time.perf_counter() + TURN
        while container and time.perf_counter() < end:
            for _ in range(min(AT_ONCE, len(container))):
                drop()
        yield
