"""What a provider documents: every operation that somebody could call, simulated or not.

Each system lists its own in `simulator/<system>/operations.py`. A call that is listed but has no route is
answered 501 and says so in the ledger; the coverage table is made from these lists.
"""

from dataclasses import dataclass
from typing import Literal

Level = Literal["core", "wanted", "rare"]


@dataclass(frozen=True, slots=True)
class Operation:
    """One documented operation; `path` as in a route, `<name>` standing for anything but a slash."""

    name: str
    method: str
    path: str
    level: Level
    source: str  # reference id
