"""Faults on demand, one vocabulary for every system (design §6).

Written in plain words, as in Gherkin and in `POST /_sim/faults`:

  refuse · hang · accept then hang · accept then reset · status N [after S] · garble · slow S
  duplicate N · race · reorder · hold · early callback · drop webhooks · quirk X
"""

import re
import threading
from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

CALL_FAULTS = (
    r"refuse|hang|accept then hang|accept then reset|garble"
    r"|status (?P<status>\d{3})(?: after (?P<after>\d+))?|slow (?P<slow>[\d.]+)"
)
HOOK_FAULTS = r"duplicate (?P<copies>\d+)|race|reorder|hold|early callback|drop webhooks|quirk (?P<quirk>.+)"
_SYNTAX = re.compile(rf"^(?:{CALL_FAULTS}|{HOOK_FAULTS})$")


@dataclass
class Fault:
    """One planted fault: which system, which operation (`*`: any), what, how many calls it lasts."""

    id: int
    system: str
    operation: str
    fault: str
    count: int = 1

    @property
    def kind(self) -> str:
        """The fault's first words, without numbers."""
        return re.sub(r" (\d.*|after.*)$", "", self.fault) if not self.fault.startswith("quirk") else "quirk"

    def number(self, name: str) -> float:
        """A number in the fault's words: `status`, `after`, `slow` or `copies`; 0 if absent."""
        match = _SYNTAX.match(self.fault)
        return float(match[name]) if match and match[name] else 0.0

    def view(self) -> dict[str, Any]:
        return asdict(self)


class Faults:
    """What is planted and not yet used up."""

    def __init__(self) -> None:
        self._planted: list[Fault] = []
        self._lock = threading.Lock()
        self._last = 0

    def plant(self, system: str, operation: str, fault: str, count: int = 1) -> Fault:
        """Plant one; raises ValueError for words outside the vocabulary."""
        if not _SYNTAX.match(fault):
            raise ValueError(f"unknown fault {fault!r}; the vocabulary is in simulator/faults.py")
        with self._lock:
            self._last += 1
            self._planted.append(Fault(self._last, system, operation, fault, count))
            return self._planted[-1]

    def take(self, system: str, operation: str, *kinds: str) -> Fault | None:
        """Use up one fault for this call if one of these kinds is planted for it."""
        with self._lock:
            for planted in self._planted:
                if (
                    planted.system == system
                    and planted.operation in ("*", operation)
                    and planted.kind in kinds
                ):
                    planted.count -= 1
                    self._planted = [fault for fault in self._planted if fault.count > 0]
                    return planted
            return None

    def quirk(self, system: str, operation: str, names: Collection[str]) -> str | None:
        """Use up one quirk of these names; tell which."""
        with self._lock:
            for planted in self._planted:
                name = planted.fault.removeprefix("quirk ")
                meant = planted.system == system and planted.operation in ("*", operation)
                if meant and planted.kind == "quirk" and name in names:
                    planted.count -= 1
                    self._planted = [fault for fault in self._planted if fault.count > 0]
                    return name
            return None

    def planted(self) -> list[Fault]:
        with self._lock:
            return list(self._planted)

    def clear(self) -> None:
        with self._lock:
            self._planted.clear()
