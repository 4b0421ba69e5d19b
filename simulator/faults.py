"""Faults on demand, one vocabulary for every operation of every system (design §5).

Written in plain words, in Gherkin, in `POST /_sim/faults` and in the ledger alike; `WORDS` has them all. A
fault concerns one system, one operation or any (`*`), as many calls as it says, and only those whose facts
match.

  * What is said of calls breaks the call itself. What is said of webhooks names the webhook, or the operation
    that causes it, or `webhook` for any.
  * Each use is an entry of the ledger, kind "fault".
"""

import re
import threading
from collections.abc import Callable, Collection, Mapping
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field
from typing import Any

from simulator.facts import Telling, agree, silence
from simulator.quirks import QUIRKS

CALLS = {
    "refuse": "refuse",
    "hang": "hang",
    "accept then hang": "accept then hang",
    "accept then reset": "accept then reset",
    "garble": "garble",
    "status": r"status (?P<status>[1-5]\d\d)(?: after (?P<after>\d+))?",
    "slow": r"slow (?P<slow>\d+(?:\.\d+)?)",
}
WEBHOOKS = {
    "duplicate": r"duplicate (?P<copies>\d+)",
    "race": "race",
    "reorder": "reorder",
    "hold": "hold",
    "early callback": "early callback",
    "drop webhooks": "drop webhooks",
}
QUIRK = r"quirk (?P<quirk>\S.*)"
WORDS = (
    "refuse · hang · accept then hang · accept then reset · status N [after S] · garble · slow S · "
    "duplicate N · race · reorder · hold · early callback · drop webhooks · quirk X"
)
CALL_KINDS = (*CALLS, *(f"quirk {name}" for name in QUIRKS))
HOOK_KINDS = tuple(WEBHOOKS)
_SYNTAX = re.compile("|".join((*CALLS.values(), *WEBHOOKS.values(), QUIRK)))


@dataclass
class Fault:
    """One planted fault: which system, which operation (`*`: any), what, how many calls, which facts."""

    id: int
    system: str
    operation: str
    fault: str
    count: int = 1
    match: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The fault's words without numbers."""
        return self.fault if self.fault.startswith("quirk ") else re.sub(r" (\d.*|after.*)$", "", self.fault)

    def number(self, name: str) -> float:
        """A number in the fault's words: `status`, `after`, `slow` or `copies`; 0 if absent."""
        match = _SYNTAX.fullmatch(self.fault)
        return float(match[name]) if match and match[name] else 0.0

    def view(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(slots=True)
class Occasion:
    """A call being served. What follows from it, now or later, knows it as its cause."""

    system: str
    operation: str
    facts: Telling
    early: bool = False  # its webhooks are to arrive before its answer


CAUSE: ContextVar[Occasion | None] = ContextVar("cause", default=None)


def _unheard(_: Fault) -> None:
    """Nobody is told."""


class Faults:
    """What is planted and not yet used up."""

    def __init__(self, used: Callable[[Fault], None] = _unheard) -> None:
        self._planted: list[Fault] = []
        self._lock = threading.Lock()
        self._last = 0
        self._used = used

    def plant(
        self, system: str, operation: str, fault: str, count: int = 1, match: Mapping[str, str] | None = None
    ) -> Fault:
        """Plant one; raises ValueError for words outside the vocabulary."""
        if not _SYNTAX.fullmatch(fault):
            raise ValueError(f"unknown fault {fault!r}; the vocabulary is in simulator/faults.py")
        with self._lock:
            self._last += 1
            self._planted.append(Fault(self._last, system, operation, fault, count, dict(match or {})))
            return self._planted[-1]

    def take(self, system: str, operation: str, *kinds: str, facts: Telling = silence) -> Fault | None:
        """Use up one fault for this call or webhook if one of these kinds is planted for it."""
        if not self._planted:
            return None
        with self._lock:
            for planted in self._planted:
                if planted.system == system and planted.kind in kinds and _meant(planted, operation, facts):
                    planted.count -= 1
                    self._planted = [fault for fault in self._planted if fault.count > 0]
                    break
            else:
                return None
        self._used(planted)
        return planted

    def quirk(self, system: str, operation: str, names: Collection[str]) -> str | None:
        """Use up one quirk of these names; tell which."""
        taken = self.take(system, operation, *(f"quirk {name}" for name in names)) if self._planted else None
        return taken.fault.removeprefix("quirk ") if taken else None

    def planted(self) -> list[Fault]:
        with self._lock:
            return list(self._planted)

    def remove(self, number: int) -> bool:
        """Take one back; tell whether it was still there."""
        with self._lock:
            before = len(self._planted)
            self._planted = [fault for fault in self._planted if fault.id != number]
            return len(self._planted) < before

    def clear(self) -> None:
        with self._lock:
            self._planted.clear()


def _meant(fault: Fault, operation: str, facts: Telling) -> bool:
    """Whether the fault is for this operation, or for the call that causes this webhook."""
    hook = fault.kind in HOOK_KINDS
    if fault.operation in ("*", operation) or (hook and fault.operation == "webhook"):
        return agree(fault.match, facts())
    cause = CAUSE.get() if hook else None
    if cause is None or (cause.system, cause.operation) != (fault.system, fault.operation):
        return False
    return agree(fault.match, cause.facts())
