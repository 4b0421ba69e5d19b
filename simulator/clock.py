"""Simulated time and everything that is due in it.

Ways to live:
  * frozen: time moves only by `advance`; due work runs inside `advance` and `run_due`, in order.
  * running: time is the machine's plus whatever was advanced; threads run due work when it is due, or the
    server's loop does (`driven_clock.py`).

Work is named by a lane (a phone, a conversation). Work of one lane never overlaps and keeps its order.
"""

import heapq
import itertools
import threading
import time
from collections.abc import Callable
from contextvars import Context, copy_context
from typing import Any, NamedTuple

from simulator.hooks import Hook, HookAnswer

Work = Callable[[], None]
Heard = Callable[[HookAnswer], None]
PATIENCE = 5.0


class Due(NamedTuple):
    """Work for later. They are ordered by time and number, and no two have the same number."""

    at: float
    number: int
    lane: str
    work: Work
    context: Context  # knows what caused the work

    def run(self) -> None:
        self.context.run(self.work)


class Clock:
    """A frozen clock. `now` is Unix seconds."""

    def __init__(self, start: float = 1_795_000_000.0) -> None:
        self._offset = start
        self._start = start
        self._due: list[Due] = []
        self._numbers = itertools.count()
        self._lock = threading.RLock()
        self._wake = threading.Condition(self._lock)
        self._waiting = 0  # so many wait for something to happen
        self._age = 0  # so often everything was forgotten

    def now(self) -> float:
        return self._offset

    def later(self, seconds: float, work: Work, *, lane: str = "") -> int:
        """Run `work` once `seconds` have passed; its number."""
        with self._lock:
            due = Due(self.now() + seconds, next(self._numbers), lane, work, copy_context())
            heapq.heappush(self._due, due)
            self._notify()
            return due.number

    def advance(self, seconds: float) -> None:
        """Move time forward, running what falls due on the way at its own moment."""
        end = self.now() + seconds
        while (due := self._pop(end)) is not None:
            self._offset = max(self._offset, due.at)
            due.run()
        self._offset = end

    def run_due(self) -> bool:
        """Run what is due now; tell whether there was anything."""
        ran = False
        while (due := self._pop(self.now())) is not None:
            due.run()
            ran = True
        return ran

    def settle(self) -> None:
        """Let everything happen that is due by now."""
        self.run_due()

    def idle(self) -> bool:
        """Whether nothing is due now."""
        with self._lock:
            return not self._due or self._due[0].at > self.now()

    def next_due(self) -> float | None:
        """When the next work falls due."""
        with self._lock:
            return self._due[0].at if self._due else None

    def post(self, hook: Hook, heard: Heard) -> bool:  # noqa: ARG002 - most clocks carry nothing
        """Let the work that runs now send a webhook without waiting; False: whoever asks must wait."""
        return False

    def reset(self) -> list[Any]:
        """Forget all work, what is already on its way to a thread as well; go back to the start.

        What was forgotten is returned, because to free it takes long.
        """
        with self._lock:
            forgotten, self._due = self._due, []
            self._offset = self._start
            self._numbers = itertools.count()
            self._age += 1
            return forgotten

    def _notify(self) -> None:
        """Something happened. Under the lock."""
        if self._waiting:
            self._wake.notify_all()

    def _pop(self, until: float) -> Due | None:
        with self._lock:
            if self._due and self._due[0].at <= until:
                return heapq.heappop(self._due)
            return None


class RealClock(Clock):
    """Real time plus an offset; somebody else runs the work, and counts what runs."""

    def __init__(self) -> None:
        super().__init__(0.0)
        self._running = 0

    def now(self) -> float:
        return time.time() + self._offset

    def advance(self, seconds: float) -> None:
        with self._lock:
            self._offset += seconds
            self._notify()

    def run_due(self) -> bool:
        """That somebody does it."""
        return False

    def settle(self) -> None:
        """Wait for it, but not for ever: somebody may be waiting for us."""
        with self._lock:
            self._waiting += 1
            try:
                self._wake.wait_for(self.idle, PATIENCE)
            finally:
                self._waiting -= 1

    def idle(self) -> bool:
        with self._lock:
            return self._running == 0 and super().idle()


class RunningClock(RealClock):
    """Due work runs on threads, one lane always on the same thread."""

    def __init__(self, *, threads: int = 8, standing: bool = False) -> None:
        super().__init__()
        self._waiting += 1  # the thread that runs time
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - a server starts without it

        self._pools = [ThreadPoolExecutor(1, thread_name_prefix=f"lane-{n}") for n in range(threads)]
        self._stopped = False
        if not standing:
            self.go()

    def go(self) -> None:
        """Let time run from now on."""
        threading.Thread(target=self._run, name="clock", daemon=True).start()

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            self._notify()

    def _run(self) -> None:
        while (found := self._next()) is not None:
            due, age = found
            self._pools[hash(due.lane) % len(self._pools)].submit(self._perform, due, age)

    def _next(self) -> tuple[Due, int] | None:
        with self._lock:
            while not self._stopped:
                wait = self._due[0].at - self.now() if self._due else None
                if wait is not None and wait <= 0:
                    self._running += 1
                    return heapq.heappop(self._due), self._age
                self._wake.wait(wait)
            return None

    def perform(self, number: int, work: Work) -> None:  # noqa: ARG002 - others write the number down
        """Work begins on its thread."""
        work()

    def _perform(self, due: Due, age: int) -> None:
        try:
            if age == self._age:
                self.perform(due.number, due.run)
        finally:
            with self._lock:
                self._running -= 1
                self._notify()
