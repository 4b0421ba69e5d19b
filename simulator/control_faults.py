"""The part of the control surface that plants faults, shows them, and takes them back.

What cannot be met is refused at once, with the nearest names: a fault nobody meets proves nothing.
"""

from difflib import get_close_matches

from simulator.faults import CALLS, WORDS, Fault
from simulator.network import Network, System
from simulator.problems import object_of, refusal
from simulator.quirks import QUIRKS
from simulator.web import Json, Request, Response, Router, json_response

ANY = ("*", "webhook", "unknown")


class FaultCalls:
    """POST, GET and DELETE under /_sim/faults."""

    def __init__(self, network: Network) -> None:
        self.network = network

    def mount(self, router: Router) -> None:
        router.add("POST", "/faults", "plant a fault", self.plant)
        router.add("GET", "/faults", "list faults", self.index)
        router.add("DELETE", "/faults", "clear faults", self.clear)
        router.add("POST", "/faults/release", "release held webhooks", self.release)
        router.add("DELETE", "/faults/<id>", "take a fault back", self.remove)

    def plant(self, request: Request) -> Response:
        given = object_of(request)
        system, count = self._system(given.get("system")), _count(given.get("count", 1))
        operation, match = str(given.get("operation", "*")), _match(given.get("match", {}))
        try:
            fault = Fault(0, system.name, operation, str(given.get("fault")), count, match)
            _possible(fault, system)
            planted = self.network.faults.plant(system.name, operation, fault.fault, count, match)
        except ValueError:
            raise refusal(f"Unknown fault {given.get('fault')!r}.", f"Say one of: {WORDS}.") from None
        return json_response(planted.view(), 201)

    def index(self, _: Request) -> Response:
        return json_response({"faults": [fault.view() for fault in self.network.faults.planted()]})

    def clear(self, request: Request) -> Response:
        self.network.faults.clear()
        return self.index(request)

    def remove(self, request: Request) -> Response:
        wanted = request.params["id"]
        if not (wanted.isdecimal() and self.network.faults.remove(int(wanted))):
            raise refusal(f"No fault {wanted} is planted.", "GET /_sim/faults lists them.", 404)
        return self.index(request)

    def release(self, request: Request) -> Response:
        system = object_of(request).get("system")
        systems = () if system is None else (self._system(system).name,)
        return json_response({"released": self.network.departures.release(*systems)})

    def _system(self, name: object) -> System:
        found = {each.name: each for each in self.network.systems}
        if not isinstance(name, str) or name not in found:
            raise refusal(f"There is no system {name!r}.", f"The systems are {', '.join(found)}.")
        return found[name]


def _count(count: object) -> int:
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise refusal("count is a whole number, 1 or more.", "Leave it out to break one call.")
    return count


def _match(match: object) -> dict[str, str]:
    if not isinstance(match, dict) or not all(isinstance(value, str | int) for value in match.values()):
        raise refusal("match is an object of plain values.", 'Send {"match": {"to": "+1415*"}}.')
    return {str(name): str(value) for name, value in match.items()}


def _possible(fault: Fault, system: System) -> None:
    """Refuse what could never be met."""
    calls = {*system.router.operations, *(each.name for each in system.operations)}
    hooks = set(system.webhooks)
    _known_operation(fault.operation, calls | hooks, system)
    if fault.kind in CALLS and fault.operation in (hooks | {"webhook"}) - calls:
        raise refusal(
            f"{fault.fault!r} breaks calls, and {fault.operation} is a webhook.",
            "Name a call of the provider.",
        )
    if fault.kind.startswith("quirk "):
        _known_quirk(fault.kind.removeprefix("quirk "), system)


def _known_operation(operation: str, known: set[str], system: System) -> None:
    if operation not in known and operation not in ANY:
        near = get_close_matches(operation, known, 3, 0.4) or sorted(known)
        raise refusal(f"{system.name} has no operation {operation!r}.", f"The nearest are {', '.join(near)}.")


def _known_quirk(quirk: str, system: System) -> None:
    known = (*QUIRKS, *getattr(system, "own_quirks", ()))
    if quirk not in known:
        raise refusal(f"{system.name} has no quirk {quirk!r}.", f"There are: {', '.join(known)}.")


def vocabulary() -> Json:
    """The words and the general quirks, for whoever offers them."""
    return {"words": WORDS, "quirks": list(QUIRKS)}
