"""The line between a bridge and the simulators: straight, unless somebody bends it.

A bend changes what the bridge sends or is told, so that bridge and line together are a wrong bridge,
whichever bridge it is. The features must fail every one of them (FT-M1): that is how the judge is judged.
A bend stays over a reset, so that a whole run meets it; the ledger shows what came out of it.
"""

from collections.abc import Callable
from typing import TypeVar

from simulator.bends.table import BENDS, Bend
from simulator.hooks import Hook, HookAnswer
from simulator.web import Request

T = TypeVar("T")
SWALLOWED = HookAnswer(200)


class Line:
    """One line, with at most one bend."""

    def __init__(self) -> None:
        self.bend: Bend | None = None

    def lay(self, name: str) -> None:
        """Bend it so, or lay it straight (an empty name); raises ValueError for an unknown bend."""
        if name and name not in BENDS:
            raise ValueError(f"unknown bend {name!r}; there are: {', '.join(BENDS)}")
        self.bend = BENDS.get(name)

    def called(self, system: str, operation: str, request: Request) -> list[Request]:
        """What comes out of a bridge's call: one request, or more; the first one is answered."""
        if self.bend is None or not self.bend.meets(system, operation) or self.bend.call is None:
            return [request]
        return self.bend.call(request)

    def told(self, hook: Hook, deliver: Callable[[Hook], HookAnswer]) -> HookAnswer:
        """Deliver what comes out of a webhook; whoever sent one that is swallowed hears that all is well."""
        if self.bend is None or not self.bend.meets(hook.system, hook.operation) or self.bend.hook is None:
            return deliver(hook)
        answers = [deliver(each) for each in self.bend.hook(hook)]
        return answers[0] if answers else SWALLOWED
