"""A running clock whose steps are written down, so that they can be taken again (`memory.py`)."""

import heapq
import threading
import time
from collections.abc import Callable

from simulator.clock import RunningClock, Work
from simulator.diary import Diary


class _Here(threading.local):
    """Who acts on this thread, at what moment, in which age of the clock."""

    actor: str = ""
    moment: float | None = None
    age: int = 0
    left: int = 0  # so much work for later


class KeptClock(RunningClock):
    """Until `go` it stands where it is put and runs nothing. For an actor time stands between two steps.

    Work for later is called after the actor who left it, and counted: `c7.2` is the second of the seventh
    call. So it has the same name again, even if two actors left work at once.
    """

    def __init__(self, diary: Diary) -> None:
        super().__init__(standing=True)
        self._diary = diary
        self._here = _Here()
        self._names: dict[int, str] = {}  # of work, by its number
        self.standing: float | None = diary.began
        self.waiting: Callable[[], object] | None = None  # while restoring: for the next step

    def now(self) -> float:
        if self._here.moment is not None:
            return self._here.moment
        return super().now() if self.standing is None else self.standing

    def go(self) -> None:
        self.standing, self.waiting = None, None
        super().go()

    def advance(self, seconds: float) -> None:
        super().advance(seconds)
        if self._here.moment is not None:
            self._here.moment += seconds

    def reset(self) -> list[object]:
        if self._here.moment is not None:
            self._here.moment -= self._offset
        with self._lock:
            self._names.clear()
            return super().reset()

    def later(self, seconds: float, work: Work, *, lane: str = "") -> int:
        with self._lock:
            number = super().later(seconds, work, lane=lane)
            self._here.left += 1
            self._names[number] = f"{self._here.actor}.{self._here.left}"
            return number

    def settle(self) -> None:
        if self.waiting is not None:
            self.waiting()
            return
        super().settle()
        self.step("settled")

    def take(self, name: str) -> Work | None:
        """The work of that name, out of the row."""
        with self._lock:
            found = next((due for due in self._due if self._names.get(due.number) == name), None)
            if found is None:
                return None
            self._due.remove(found)
            heapq.heapify(self._due)
            del self._names[found.number]
            return found.run

    def perform(self, number: int, work: Work) -> None:
        self.enter(self._names.pop(number, ""))
        self.step("due")
        try:
            work()
        finally:
            self.leave()

    # --- steps ---

    def enter(self, actor: str, moment: float | None = None) -> None:
        """From here on this thread is the actor's."""
        self._here.actor, self._here.moment, self._here.age, self._here.left = actor, moment, self._age, 0

    def go_on(self, moment: float) -> None:
        """The actor's next step, which was at that moment."""
        self._here.moment = moment

    def leave(self) -> None:
        self._here.actor, self._here.moment = "", None

    def step(self, kind: str, **facts: object) -> None:
        """The actor goes on, now; what belongs to a world that was reset is not written."""
        moment = time.time() + self._offset
        if self._here.actor and self._here.age == self._age:
            self._here.moment = moment
            self._diary.write({kind: self._here.actor, "at": moment, **facts})
