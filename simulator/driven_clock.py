"""Real time for a server whose loop does the work itself, so that no thread hands anything to another.

Theory of operation. The loop takes work with `ready` and sleeps no longer than `rest` says; whoever adds work
from another thread meanwhile rings. A lane is busy while its work runs, and then until the webhooks that the
work posted have been answered, one after the other; what falls due meanwhile waits in the lane. What is
posted on hearing an answer goes before what was posted earlier: another attempt before the next webhook.
"""

import threading
from collections import deque
from collections.abc import Callable
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from simulator.clock import Due, Heard, RealClock, Work
from simulator.hooks import Hook, HookAnswer

Carry = Callable[[Hook, Heard], None]


@dataclass(slots=True)
class _Parcel:
    """A webhook to be carried, and who hears the answer."""

    hook: Hook
    heard: Heard
    context: Context


@dataclass(slots=True)
class _Lane:
    """A busy lane of one age of the clock."""

    name: str
    age: int
    works: deque[Due] = field(default_factory=deque)
    parcels: deque[_Parcel] = field(default_factory=deque)


class _Here(threading.local):
    """Whose work runs on this thread."""

    lane: _Lane | None = None


class DrivenClock(RealClock):
    """Runs nothing by itself. `carry` takes webhooks and has the answers told by work of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.carry: Carry = _nobody
        self.ring: Callable[[], None] = _nothing  # the loop sleeps, and there is something to do
        self._lanes: dict[str, _Lane] = {}  # the busy ones
        self._open: deque[Work] = deque()  # what nothing stands in the way of
        self._here = _Here()
        self._asleep = False

    def later(self, seconds: float, work: Work, *, lane: str = "") -> int:
        number = super().later(seconds, work, lane=lane)
        self._wake_up()
        return number

    def advance(self, seconds: float) -> None:
        super().advance(seconds)
        self._wake_up()

    def post(self, hook: Hook, heard: Heard) -> bool:
        """From work of a lane only: it goes when the work is over."""
        lane = self._here.lane
        if lane is not None:
            lane.parcels.append(_Parcel(hook, heard, copy_context()))
        return lane is not None

    def reset(self) -> list[Any]:
        with self._lock:
            forgotten = super().reset()
            for lane in self._lanes.values():
                forgotten += lane.works
                lane.works, lane.parcels = deque(), deque()
            self._lanes = {}
            return forgotten

    # --- for the loop ---

    def rest(self, most: float) -> float:
        """How long there is nothing to do; from here on whoever adds something rings."""
        self._asleep = True
        due = self.now() if self._open else self.next_due()
        return most if due is None else min(most, max(0.0, due - self.now()))

    def wake(self) -> None:
        """The loop is not asleep."""
        self._asleep = False

    def ready(self) -> Work | None:
        """What can be done now."""
        with self._lock:
            if self._open:
                return self._open.popleft()
            while (due := self._pop(self.now())) is not None:
                lane = self._lanes.get(due.lane)
                if lane is None:
                    lane = self._lanes[due.lane] = _Lane(due.lane, self._age)
                    self._running += 1
                    return partial(self._act, lane, due.run)
                lane.works.append(due)
            return None

    def soon(self, work: Work) -> None:
        """Work of no lane, as soon as may be."""
        with self._lock:
            self._open.append(work)
        self._wake_up()

    # --- lanes ---

    def _act(self, lane: _Lane, act: Work) -> None:
        """Do something as work of the lane, unless its world was reset; then the lane goes on."""
        try:
            if lane.age == self._age:
                self._here.lane = lane
                act()
        finally:
            self._here.lane = None
            self._go_on(lane)

    def _go_on(self, lane: _Lane) -> None:
        with self._lock:
            parcel = lane.parcels.popleft() if lane.parcels else None
            if parcel is None and lane.works:
                self._open.append(partial(self._act, lane, lane.works.popleft().run))
            elif parcel is None:
                self._leave(lane)
        if parcel is not None:
            self.carry(parcel.hook, partial(self._heard, lane, parcel))
        self._wake_up()

    def _leave(self, lane: _Lane) -> None:
        self._running -= 1
        if self._lanes.get(lane.name) is lane:
            del self._lanes[lane.name]
        self._notify()

    def _heard(self, lane: _Lane, parcel: _Parcel, answer: HookAnswer) -> None:
        def hear() -> None:
            others, lane.parcels = lane.parcels, deque()
            try:
                parcel.context.run(parcel.heard, answer)
            finally:
                lane.parcels += others

        self._act(lane, hear)

    def _wake_up(self) -> None:
        if self._asleep:
            self._asleep = False
            self.ring()


def _nothing() -> None:
    """Nobody sleeps."""


def _nobody(hook: Hook, heard: Heard) -> None:  # noqa: ARG001 - nobody connects
    heard(HookAnswer(None, connected=False))
