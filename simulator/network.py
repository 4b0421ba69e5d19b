"""The outside world on one port: dispatches calls to systems, applies faults, writes the ledger.

A call ends in a `Response`, or in one of two ways no response can express: `Hang` and `Reset`.
`wsgi.py` makes sockets behave so; the acceptance suite raises the matching client errors.
"""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import parse_qsl

from werkzeug.datastructures import Headers

from simulator.clock import Clock
from simulator.environment import BRIDGE, DOORS
from simulator.faults import Fault, Faults
from simulator.ids import Ids
from simulator.ledger import Ledger
from simulator.operations import NOT_SIMULATED, UNKNOWN_PATH, Operation, completed
from simulator.web import Handler, Refusal, Request, Response, Router, json_response

CALL_KINDS = ("refuse", "hang", "accept then hang", "accept then reset", "garble", "status", "slow")


@dataclass(frozen=True, slots=True)
class Hang:
    """The connection stays open and nothing comes."""


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection is cut."""


@dataclass(frozen=True, slots=True)
class Slow:
    """The response comes after so many seconds."""

    seconds: float
    response: Response


Ending = Response | Hang | Reset | Slow
Found = tuple[str, Handler, dict[str, str]]  # operation, handler, path parameters


@dataclass(slots=True)
class Hook:
    """One outgoing webhook delivery attempt."""

    system: str
    operation: str
    url: str
    headers: dict[str, str]
    body: bytes
    method: str = "POST"
    timeout: float = 15.0
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class HookAnswer:
    """What the receiver said; status None: no connection or no answer in time."""

    status: int | None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    connected: bool = True


Transport = Callable[[Hook], HookAnswer]


class System(Protocol):
    """One simulated provider."""

    name: str
    prefix: str

    @property
    def router(self) -> Router:
        """The provider's API."""

    @property
    def acts(self) -> Router:
        """Its part of the control surface, mounted under /_sim."""

    def reset(self) -> None:
        """Forget everything."""

    def not_found(self, request: Request) -> Response:
        """The provider's own answer to an unknown path."""


# What is no provider's: the control surface, the console. None: not for this door.
Door = Callable[[Request], Response | None]


class Network:
    """Every system, one clock, one ledger, one set of faults."""

    def __init__(
        self, *, clock: Clock, transport: Transport, seed: int = 0, base: str = "http://127.0.0.1:4010"
    ) -> None:
        self.clock = clock
        self.transport = transport
        self.ledger = Ledger()
        self.faults = Faults()
        self.ids = Ids(seed)
        self.base = base
        self.bridge_url = BRIDGE
        self.bridge_doors = dict(DOORS)
        self.lock = threading.RLock()
        self.systems: list[System] = []
        self.doors: list[Door] = []
        self._routers: dict[str, Router] = {}
        self.closing: Callable[[], bool] = lambda: False  # whether long answers should end now

    def now(self) -> float:
        return self.clock.now()

    def bridge_door(self, system: str) -> str:
        """Where the bridge takes in what a system tells it."""
        return self.bridge_url + self.bridge_doors[system]

    def reset(self, seed: int | None = None) -> None:
        """Forget everything; ids begin anew, or differ from all before if a new seed is given."""
        with self.lock:
            self.clock.reset()
            self.ids.reset(seed)
            self.faults.clear()
            self.ledger.clear()
            for system in self.systems:
                system.reset()

    def write(self, kind: str, system: str, **facts: object) -> None:
        self.ledger.write(kind, system, self.now(), **facts)

    # --- calls in ---

    def handle(self, request: Request) -> Ending:
        """Serve one call: at a door, or by the provider with the longest prefix (still on the path)."""
        for door in self.doors:
            if (answer := door(request)) is not None:
                return answer
        for system in sorted(self.systems, key=lambda system: -len(system.prefix)):
            if request.path == system.prefix or request.path.startswith(system.prefix + "/"):
                request.path = request.path[len(system.prefix) :] or "/"
                request.base = self.base + system.prefix
                return self._call(system, request)
        return json_response({"error": "no such system", "path": request.path}, 404)

    def _call(self, system: System, request: Request) -> Ending:
        found = self._router(system).match(request.method, request.path)
        operation = found[0] if found else "unknown"
        call = _Call(system, request, operation, self.faults.take(system.name, operation, *CALL_KINDS))
        ending = _without_applying(call)
        if ending is None:
            with self.lock:
                response = _serve(call, found)
            if response.beforehand is not None:
                response.beforehand()
            ending = _after_applying(call.fault, response)
        self._record(call, ending, _note(found))
        return ending

    def _router(self, system: System) -> Router:
        """What the system serves and what it only documents."""
        if system.name not in self._routers:
            self._routers[system.name] = completed(system.router, getattr(system, "operations", ()))
        return self._routers[system.name]

    def _record(self, call: "_Call", ending: Ending, note: str | None) -> None:
        request, response = call.request, ending.response if isinstance(ending, Slow) else ending
        answered = isinstance(response, Response)
        self.write(
            "request",
            call.system.name,
            operation=call.operation,
            method=request.method,
            path=request.path,
            query=request.query_string,
            request=readable(request.body, request.headers.get("Content-Type", "")),
            authorised="Authorization" in request.headers,
            status=response.status if isinstance(response, Response) else None,
            response=readable(response.body, response.headers.get("Content-Type", ""))
            if isinstance(response, Response)
            else None,
            ended="answered" if answered else type(response).__name__.lower(),
            fault=call.fault.fault if call.fault else None,
            note=note,
        )

    # --- webhooks out ---

    def deliver(self, hook: Hook) -> HookAnswer:
        """Make one delivery attempt now, on the caller's thread, and write it down."""
        answer = self.transport(hook)
        self.write(
            "webhook",
            hook.system,
            operation=hook.operation,
            url=hook.url,
            headers=hook.headers,
            request=readable(hook.body, hook.headers.get("Content-Type", "")),
            attempt=hook.attempt,
            status=answer.status,
            response=readable(answer.body, answer.headers.get("Content-Type", "")),
        )
        return answer


@dataclass(frozen=True, slots=True)
class _Call:
    """One call to a provider, and the fault it meets."""

    system: System
    request: Request
    operation: str
    fault: Fault | None


def _serve(call: _Call, found: Found | None) -> Response:
    if found is None:
        return call.system.not_found(call.request)
    call.request.params = found[2]
    try:
        return found[1](call.request)
    except Refusal as refusal:
        return refusal.response


def _note(found: Found | None) -> str | None:
    """What the ledger says about a call that nobody simulates."""
    if found is None:
        return UNKNOWN_PATH
    return NOT_SIMULATED if isinstance(found[1], Operation) else None


def _without_applying(call: _Call) -> Ending | None:
    fault = call.fault
    if fault is None or fault.kind in ("accept then hang", "accept then reset", "garble", "slow"):
        return None
    if fault.kind == "hang":
        return Hang()
    if fault.kind == "refuse":
        return Reset()
    headers = Headers([("Content-Type", "text/html")])
    if after := fault.number("after"):
        headers["Retry-After"] = str(int(after))
    planted = Response(int(fault.number("status")), b"<html>planted fault</html>", headers)
    _in_its_own_words(call.system, call.operation, planted)
    return planted


def _in_its_own_words(system: System, operation: str, planted: Response) -> None:
    """A planted refusal as the provider words it, if it has words for it; else it is a gateway's."""
    words: Callable[[str, int], bytes] = getattr(system, "refusal", lambda _operation, _status: b"")
    if said := words(operation, planted.status):
        planted.body, planted.headers["Content-Type"] = said, "application/json"


def _after_applying(fault: Fault | None, response: Response) -> Ending:
    match fault.kind if fault else "":
        case "accept then hang":
            return Hang()
        case "accept then reset":
            return Reset()
        case "garble":
            return Response(200, b"<html>garbled", Headers([("Content-Type", "text/html")]))
        case "slow":
            return Slow(fault.number("slow") if fault else 0, response)
    return response


def readable(body: bytes, content_type: str) -> object:
    """A body as the ledger shows it: JSON and forms parsed, text as text, the rest by its size."""
    if not body:
        return None
    kind = content_type.partition(";")[0].strip()
    try:
        text = body.decode()
        if kind == "application/json":
            return json.loads(text)
    except ValueError:
        return f"<{len(body)} bytes>"
    if kind == "application/x-www-form-urlencoded":
        return grouped(parse_qsl(text, keep_blank_values=True))
    return text if kind.startswith("text/") or kind.endswith("xml") else f"<{len(body)} bytes>"


def grouped(pairs: list[tuple[str, str]]) -> dict[str, str | list[str]]:
    """Form pairs as an object; a repeated name becomes a list."""
    out: dict[str, str | list[str]] = {}
    for name, value in pairs:
        held = out.get(name)
        out[name] = value if held is None else [*(held if isinstance(held, list) else [held]), value]
    return out
