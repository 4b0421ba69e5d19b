"""The control surface: everything under /_sim.

Rules:
  * What a system lends (`acts`) runs under the network's lock; our own calls do not, because the ledger may
    be waited for and the clock delivers webhooks.
  * Calls that change something are in the ledger as an act of "control"; looking leaves no trace, or
    else waiting for news would be news.
  * An error says what is wrong and how to mend it: {"error": …, "fix": …}.
"""

from http import HTTPStatus

from simulator import control_document
from simulator.bends.table import BENDS
from simulator.control_faults import FaultCalls, vocabulary
from simulator.environment import as_shell, environment
from simulator.headers import Headers
from simulator.network import Network, System
from simulator.problems import object_of, problem, refusal
from simulator.readable import readable
from simulator.web import Handler, Json, Refusal, Request, Response, Router, json_response

PREFIX = "/_sim"
LONGEST_WAIT = 30.0


class Control:
    """A door of the network."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.own = Router()
        for method, path, operation, handler in (
            ("POST", "/reset", "reset", self._reset),
            ("GET", "/clock", "show the clock", self._show_clock),
            ("POST", "/clock", "advance the clock", self._advance),
            ("GET", "/ledger", "read the ledger", self._ledger),
            ("GET", "/env", "show the environment", self._env),
            ("GET", "/idle", "ask whether idle", self._idle),
            ("GET", "/doors", "show the bridge's doors", self._doors),
            ("GET", "/systems", "list systems", self._systems),
            ("GET", "/line", "show the line", self._line),
            ("PUT", "/line", "bend the line", self._bend),
            ("GET", "/openapi.json", "describe the control surface", self._document),
        ):
            self.own.add(method, path, operation, handler)
        FaultCalls(network).mount(self.own)

    def __call__(self, request: Request) -> Response | None:
        """Serve a control call; None if it is none."""
        if request.path != PREFIX and not request.path.startswith(PREFIX + "/"):
            return None
        request.path = request.path[len(PREFIX) :] or "/"
        operation, handler = self._find(request)
        response = _guarded(handler, request)
        if request.method != "GET":
            self._record(operation, request, response)
        return response

    @property
    def calls(self) -> list[tuple[str, str, str]]:
        """Every call there is: method, path pattern, operation."""
        return [call for router in self._routers() for call in router.calls]

    def _routers(self) -> list[Router]:
        return [self.own, *(system.acts for system in self.network.systems)]

    def _find(self, request: Request) -> tuple[str, Handler]:
        for router in self._routers():
            if found := router.match(request.method, request.path):
                operation, handler, request.params = found
                return operation, handler if router is self.own else self._locked(handler)
        return "unknown", self._unknown

    def _locked(self, handler: Handler) -> Handler:
        def serve(request: Request) -> Response:
            object_of(request)
            with self.network.lock:
                return handler(request)

        return serve

    def _unknown(self, request: Request) -> Response:
        calls = "; ".join(f"{method} {PREFIX}{path}" for method, path, _ in self.calls)
        return problem(
            404, f"There is no call {request.method} {PREFIX}{request.path}.", f"There are: {calls}."
        )

    def _record(self, operation: str, request: Request, response: Response) -> None:
        self.network.write(
            "act",
            "control",
            who="control",
            did=operation,
            method=request.method,
            path=PREFIX + request.path,
            request=readable(request.body, "application/json"),
            status=response.status,
        )

    # --- our own calls ---

    def _reset(self, request: Request) -> Response:
        seed = object_of(request).get("seed")
        self.network.reset(None if seed is None else int(seed))
        return json_response({"now": self.network.now()})

    def _show_clock(self, _: Request) -> Response:
        return json_response({"now": self.network.now()})

    def _advance(self, request: Request) -> Response:
        seconds = object_of(request).get("advance")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
            raise refusal("advance is a number of seconds, 0 or more.", 'Send {"advance": 60}.')
        self.network.clock.advance(seconds)
        return self._show_clock(request)

    def _ledger(self, request: Request) -> Response:
        query = dict(request.query)
        try:
            after, wait = int(query.get("after", 0)), float(query.get("wait", 0))
        except ValueError:
            raise refusal("after and wait are numbers.", "GET /_sim/ledger?after=12&wait=10") from None
        after = min(max(after, 0), self.network.ledger.last)
        entries = self._entries(after, min(wait, LONGEST_WAIT))
        return json_response({"entries": entries, "next": entries[-1]["n"] if entries else after})

    def _entries(self, after: int, wait: float) -> list[Json]:
        """Wait in slices, so that a stopping server need not."""
        entries = self.network.ledger.wait(after, 0)
        while not entries and wait > 0 and not self.network.closing():
            entries = self.network.ledger.wait(after, min(wait, 1.0))
            wait -= 1.0
        return entries

    def _env(self, request: Request) -> Response:
        query = dict(request.query)
        variables = environment(self.network.base, query.get("bridge", self.network.bridge_url))
        if query.get("format") != "shell":
            return json_response(variables)
        text = as_shell(variables).encode()
        return Response(200, text, Headers([("Content-Type", "text/plain; charset=utf-8")]))

    def _idle(self, _: Request) -> Response:
        idle, last = self.network.clock.idle(), self.network.ledger.last
        return json_response({"idle": idle, "now": self.network.now(), "last": last})

    def _doors(self, _: Request) -> Response:
        return json_response({"bridge": self.network.bridge_url, "doors": self.network.bridge_doors})

    def _systems(self, _: Request) -> Response:
        return json_response({"systems": [_described(each) for each in self.network.systems], **vocabulary()})

    def _line(self, _: Request) -> Response:
        held = self.network.line.bend
        return json_response({"bend": held.name if held else "", "bends": list(BENDS)})

    def _bend(self, request: Request) -> Response:
        bend = object_of(request).get("bend", "")
        try:
            self.network.line.lay(bend if isinstance(bend, str) else repr(bend))
        except ValueError:
            raise refusal(f"There is no bend {bend!r}.", f"Say one of: {', '.join(BENDS)}.") from None
        return self._line(request)

    def _document(self, _: Request) -> Response:
        return json_response(control_document.document(self.calls, PREFIX))


def _described(system: System) -> Json:
    """A system's calls and webhooks, and what it documents but does not simulate."""
    served = system.router.operations
    missing = [each for each in system.operations if each.name not in served]
    calls = [(*call, True) for call in system.router.calls]
    calls += [(each.method, each.path, each.name, False) for each in missing]
    return {
        "name": system.name,
        "prefix": system.prefix,
        "operations": served,
        "webhooks": list(system.webhooks),
        "quirks": list(getattr(system, "own_quirks", ())),
        "calls": [
            {"method": method, "path": system.prefix + path, "operation": operation, "simulated": simulated}
            for method, path, operation, simulated in calls
        ],
    }


def _guarded(handler: Handler, request: Request) -> Response:
    """The handler's answer; errors always say how to mend them."""
    try:
        response = handler(request)
    except Refusal as refusal:
        response = refusal.response
    except KeyError as missing:
        return problem(400, f"{missing} is missing or unknown.", f"See GET {PREFIX}/openapi.json.")
    except (TypeError, ValueError) as wrong:
        return problem(400, f"The body cannot be read: {wrong}.", f"See GET {PREFIX}/openapi.json.")
    return _with_fix(response)


def _with_fix(response: Response) -> Response:
    if response.status < 400:
        return response
    content = readable(response.body, "application/json")
    if not isinstance(content, dict) or "fix" in content:
        return response
    error = str(content.get("error") or HTTPStatus(response.status).phrase)
    return problem(response.status, error, f"See GET {PREFIX}/openapi.json.")
