"""What a provider documents: every operation that somebody could call, simulated or not.

Each system lists its own in `simulator/<system>/operations.py`. A call that is listed but has no route is
answered 501 and says so in the ledger; the coverage table is made from these lists.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from simulator.web import Request, Response, Router, json_response

Level = Literal["core", "wanted", "rare"]
NOT_SIMULATED = "not simulated"
UNKNOWN_PATH = "unknown path"


@dataclass(frozen=True, slots=True)
class Operation:
    """One documented operation; `path` as in a route, `<name>` standing for anything but a slash."""

    name: str
    method: str
    path: str
    level: Level
    source: str  # reference id

    def __call__(self, request: Request) -> Response:
        """The answer while nobody simulates it: never a made-up success."""
        error = f"{self.name} ({request.method} {self.path}) is documented but not simulated."
        return json_response({"error": error, "operation": self.name, "source": self.source}, 501)


def completed(served: Router, operations: Sequence[Operation]) -> Router:
    """The routes that are served, and for each documented operation without one, a route that answers 501."""
    router = served.copy()
    missing = {each.name for each in operations} - set(served.operations)
    for each in operations:
        if each.name in missing:
            router.add(each.method, each.path, each.name, each)
    return router
