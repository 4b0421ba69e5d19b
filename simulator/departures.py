"""Webhooks on the point of leaving, and what a planted fault makes of them; the same for every system.

drop webhooks   it never leaves
hold            it waits until somebody says `release`
reorder         the next one of its kind or lane overtakes it; after five seconds it goes anyway
duplicate N     N deliveries in all, one after the other
race            two at once, on lanes of their own
early callback  it arrives before the call that caused it is answered
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from simulator.clock import Clock
from simulator.facts import Telling, silence
from simulator.faults import CAUSE, HOOK_KINDS, Fault, Faults

PATIENCE = 5.0


@dataclass(slots=True)
class Leaving:
    """One webhook; `go` lets it leave on a lane, as often as it is called."""

    system: str
    operation: str
    lane: str
    go: Callable[[str], None] = field(compare=False)
    facts: Telling = field(default=silence, compare=False)


class Departures:
    """The way out of all systems."""

    def __init__(self, clock: Clock, faults: Faults) -> None:
        self._clock = clock
        self._faults = faults
        self._lock = threading.Lock()
        self._held: list[Leaving] = []
        self._late: list[Leaving] = []

    def forget(self) -> None:
        with self._lock:
            self._held.clear()
            self._late.clear()

    def leave(self, one: Leaving) -> None:
        """Let it go, or whatever a planted fault makes of it."""
        fault = self._faults.take(one.system, one.operation, *HOOK_KINDS, facts=one.facts)
        match fault.kind if fault else "":
            case "drop webhooks":
                pass
            case "hold":
                self._keep(self._held, one)
            case "reorder":
                self._keep(self._late, one)
                self._clock.later(PATIENCE, partial(self._overdue, one), lane=one.lane)
            case "race":
                one.go(f"{one.lane}/race")
                one.go(one.lane)
            case _:
                _hurry(fault)
                self._go(one, int(fault.number("copies")) if fault and fault.kind == "duplicate" else 1)

    def release(self, *systems: str) -> int:
        """Let go of everything held, by these systems or by all; tell how many there were."""
        with self._lock:
            freed = [each for each in self._held if not systems or each.system in systems]
            self._held = [each for each in self._held if systems and each.system not in systems]
        for each in freed:
            self._clock.later(0.0, partial(each.go, each.lane), lane=each.lane)
        return len(freed)

    def _keep(self, place: list[Leaving], one: Leaving) -> None:
        with self._lock:
            place.append(one)

    def _go(self, one: Leaving, times: int) -> None:
        for _ in range(times):
            one.go(one.lane)
        if self._late:
            self._catch_up(one)

    def _catch_up(self, one: Leaving) -> None:
        """Those that it has overtaken go as well."""
        with self._lock:
            overtaken = [each for each in self._late if _akin(each, one)]
            self._late = [each for each in self._late if not _akin(each, one)]
        for late in overtaken:
            late.go(late.lane)

    def _overdue(self, one: Leaving) -> None:
        if any(each is one for each in self._late):
            self._catch_up(one)


def _akin(one: Leaving, other: Leaving) -> bool:
    return one.system == other.system and (one.operation == other.operation or one.lane == other.lane)


def _hurry(fault: Fault | None) -> None:
    cause = CAUSE.get()
    if fault and fault.kind == "early callback" and cause is not None:
        cause.early = True
