"""The outside world on one port: dispatches calls to systems, applies faults, writes the ledger.

How a call may end: `endings.py`. A server makes sockets behave so; the acceptance suite raises the matching
client errors.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from simulator.bends import Line
from simulator.clock import Clock, Heard
from simulator.departures import Departures
from simulator.endings import Ending, Slow, after_applying, without_applying
from simulator.environment import BRIDGE, DOORS
from simulator.facts import Facts, leaves
from simulator.faults import CALL_KINDS, CAUSE, Fault, Faults, Occasion
from simulator.hooks import Hook, HookAnswer
from simulator.ids import Ids
from simulator.ledger import Ledger
from simulator.leftovers import Leftovers
from simulator.operations import NOT_SIMULATED, UNKNOWN_PATH, Operation, completed
from simulator.readable import readable, unread
from simulator.web import Handler, Refusal, Request, Response, Router, json_response

Found = tuple[str, Handler, dict[str, str]]  # operation, handler, path parameters


Transport = Callable[[Hook], HookAnswer]


class System(Protocol):
    """One simulated provider."""

    name: str
    prefix: str

    @property
    def operations(self) -> Sequence[Operation]:
        """All that the provider documents, simulated or not."""

    @property
    def webhooks(self) -> Sequence[str]:
        """The operations of the webhooks it sends."""

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


def _unheard(_: HookAnswer) -> None:
    """Nobody waits for the answer."""


class Network:
    """Every system, one clock, one ledger, one set of faults."""

    def __init__(
        self, *, clock: Clock, transport: Transport, seed: int = 0, base: str = "http://127.0.0.1:4010"
    ) -> None:
        self.clock = clock
        self.transport = transport
        self.leftovers = Leftovers()
        self.ledger = Ledger(self.leftovers)
        self.faults = Faults(self._met)
        self.departures = Departures(clock, self.faults)
        self.ids = Ids(seed)
        self.base = base
        self.bridge_url = BRIDGE
        self.bridge_doors = dict(DOORS)
        self.lock = threading.RLock()
        self.systems: list[System] = []
        self.doors: list[Door] = []
        self.line = Line()
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
            self.leftovers.take(self.clock.reset())
            self.ids.reset(seed)
            self.faults.clear()
            self.departures.forget()
            self.ledger.clear()
            for system in self.systems:
                system.reset()

    def write(self, kind: str, system: str, **facts: object) -> None:
        self.ledger.write(kind, system, self.now(), **facts)

    # --- calls in ---

    def handle(self, request: Request) -> Ending:
        """Serve one call: by the provider with the longest prefix (still on the path), or at a door."""
        system = self.meant(request.path)
        return self._at_a_door(request) if system is None else self._at(system, request)

    def _at_a_door(self, request: Request) -> Ending:
        for door in self.doors:
            if (answer := door(request)) is not None:
                return answer
        system = self.meant(request.path)  # a door may have shown the way
        if system is None:
            return json_response({"error": "no such system", "path": request.path}, 404)
        return self._at(system, request)

    def _at(self, system: System, request: Request) -> Ending:
        request.path = request.path[len(system.prefix) :] or "/"
        request.base = self.base + system.prefix
        return self._call(system, request)

    def meant(self, path: str) -> System | None:
        """The provider such a path leads to; the longest prefix wins."""
        found = [each for each in self.systems if _is_below(path, each.prefix)]
        return max(found, key=_depth) if found else None

    def _met(self, fault: Fault) -> None:
        facts = {"operation": fault.operation, "fault": fault.fault, "match": fault.match}
        self.write("fault", fault.system, id=fault.id, left=fault.count, **facts)

    def _call(self, system: System, request: Request) -> Ending:
        if self.line.bend is None:
            return self._one_call(system, request)
        found = self._router(system).match(request.method, request.path)
        bent = self.line.called(system.name, found[0] if found else "unknown", request)
        answers = [self._one_call(system, each) for each in bent]
        return answers[0]

    def _one_call(self, system: System, request: Request) -> Ending:
        found = self._router(system).match(request.method, request.path)
        request.params = found[2] if found else {}
        occasion = Occasion(system.name, found[0] if found else "unknown", partial(_facts, request))
        before = CAUSE.set(occasion)
        try:
            return self._served(_Call(system, request, occasion.operation, self._fault(occasion)), found)
        finally:
            CAUSE.reset(before)

    def _fault(self, occasion: Occasion, *kinds: str) -> Fault | None:
        kinds = kinds or CALL_KINDS
        return self.faults.take(occasion.system, occasion.operation, *kinds, facts=occasion.facts)

    def _served(self, call: "_Call", found: Found | None) -> Ending:
        ending = without_applying(call.fault, partial(_own_words, call))
        if ending is None:
            with self.lock:
                response = _serve(call, found)
            self._beforehand(response)
            ending = after_applying(call.fault, response)
        self._record(call, ending, _note(found))
        return ending

    def _beforehand(self, response: Response) -> None:
        """What must be seen to happen before the caller has its answer."""
        if response.beforehand is not None:
            response.beforehand()
        occasion = CAUSE.get()
        if occasion is not None and (occasion.early or self._fault(occasion, "early callback")):
            self.clock.settle()

    def _router(self, system: System) -> Router:
        """What the system serves and what it only documents."""
        if system.name not in self._routers:
            self._routers[system.name] = completed(system.router, system.operations)
        return self._routers[system.name]

    def _record(self, call: "_Call", ending: Ending, note: str | None) -> None:
        request, response = call.request, ending.response if isinstance(ending, Slow) else ending
        answered = isinstance(response, Response)
        self.ledger.write(
            "request",
            call.system.name,
            self.now(),
            operation=call.operation,
            method=request.method,
            path=request.path,
            query=request.query_string,
            request=unread(request.body, request.headers),
            authorised="Authorization" in request.headers,
            status=response.status if isinstance(response, Response) else None,
            response=unread(response.body, response.headers) if isinstance(response, Response) else None,
            ended="answered" if answered else type(response).__name__.lower(),
            fault=call.fault.fault if call.fault else None,
            note=note,
        )

    # --- webhooks out ---

    def send(self, hook: Hook, heard: Heard = _unheard) -> None:
        """Make one delivery attempt, now or when the work that runs is over; tell the answer."""

        def told(answer: HookAnswer) -> None:
            self._told(hook, answer)
            heard(answer)

        if self.line.bend is not None or not self.clock.post(hook, told):
            heard(self.deliver(hook))

    def deliver(self, hook: Hook) -> HookAnswer:
        """Make one delivery attempt now, on the caller's thread, and write it down."""
        answer = self.line.told(hook, self.transport)
        self._told(hook, answer)
        return answer

    def _told(self, hook: Hook, answer: HookAnswer) -> None:
        self.ledger.write(
            "webhook",
            hook.system,
            self.now(),
            operation=hook.operation,
            url=hook.url,
            headers=hook.headers,
            request=unread(hook.body, hook.headers),
            attempt=hook.attempt,
            status=answer.status,
            response=unread(answer.body, answer.headers),
        )


@dataclass(slots=True)
class _Call:
    """One call to a provider, and the fault it meets."""

    system: System
    request: Request
    operation: str
    fault: Fault | None


def _is_below(path: str, prefix: str) -> bool:
    return path.startswith(prefix) and path[len(prefix) : len(prefix) + 1] in ("", "/")


def _depth(system: System) -> int:
    return len(system.prefix)


def _serve(call: _Call, found: Found | None) -> Response:
    if found is None:
        return call.system.not_found(call.request)
    try:
        return found[1](call.request)
    except Refusal as refusal:
        return refusal.response


def _note(found: Found | None) -> str | None:
    """What the ledger says about a call that nobody simulates."""
    if found is None:
        return UNKNOWN_PATH
    return NOT_SIMULATED if isinstance(found[1], Operation) else None


def _own_words(call: _Call, status: int) -> bytes:
    """A planted refusal as the provider words it, if it has words for it; else it is a gateway's."""
    refusal: Callable[[str, int], bytes] | None = getattr(call.system, "refusal", None)
    return refusal(call.operation, status) if refusal else b""


def _facts(request: Request) -> Facts:
    """What a call says: in its path, its query and its body."""
    said = readable(request.body, request.headers.get("Content-Type", ""))
    return [*request.params.items(), *request.query, *leaves(said)]
