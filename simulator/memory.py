"""State that outlives the process: every step that changes the world is written down, and taken again.

Theory of operation. The simulators are determined by their seed, by what is asked of them, by what webhooks
are answered with, by the time, and by the order of all that. So these are the steps of the diary: a `call`
begins, work on the clock begins (`due`), an `answer` to a webhook comes, a wait for the clock ends
(`settled`). Each call and each piece of work is an actor; between two of its steps time stands still for it,
so that the same moments come out again. `restoring.py` takes the steps again; what was answered then leaves
a trace (`said`), so that a difference is noticed.

What is asked of no system and changes nothing (the console, GET /_sim/…) is not written.
"""

import hashlib
import itertools
from collections.abc import Iterator

from simulator.diary import Diary, Step
from simulator.endings import Ending, Slow
from simulator.hooks import Hook, HookAnswer
from simulator.kept_clock import KeptClock
from simulator.network import Network, Transport
from simulator.web import Request, Response

RESET = "/_sim/reset"


class Memory:
    """Stands around a network and writes down what goes in."""

    def __init__(self, diary: Diary, deliver: Transport) -> None:
        self.clock = KeptClock(diary)
        self.numbers: Iterator[int] = itertools.count(1)  # of calls
        self.instead: Transport | None = None  # answers webhooks while restoring
        self._diary = diary
        self._deliver = deliver

    def transport(self, hook: Hook) -> HookAnswer:
        """Deliver it; the answer is a step."""
        if self.instead is not None:
            return self.instead(hook)
        said = self._deliver(hook)
        body = said.body.decode("latin-1")
        facts = {"status": said.status, "headers": said.headers, "connected": said.connected}
        self.clock.step("answer", **facts, body=body)
        return said

    def handle(self, network: Network, request: Request) -> Ending:
        """Serve a call; it is a step if it may change anything."""
        if not _matters(request, network):
            return network.handle(request)
        actor, asked = f"c{next(self.numbers)}", told(request)
        self.clock.enter(actor)
        self.clock.step("call", **asked)
        try:
            ending = network.handle(request)
            at = self.clock.now()  # a reset takes back what was advanced
        finally:
            self.clock.leave()
        said: Step = {"said": actor, "trace": trace(ending, network)}
        if asked["path"] == RESET and isinstance(ending, Response) and ending.status < 300:
            self._diary.restart({"call": actor, "at": at, **asked}, said)
        else:
            self._diary.write(said)
        return ending


def _matters(request: Request, network: Network) -> bool:
    """Looking at a provider may use up faults and limits; looking at anything else changes nothing."""
    return request.method != "GET" or network.meant(request.path) is not None


def told(request: Request) -> Step:
    """A request as the diary has it."""
    return {
        "method": request.method,
        "path": request.path,
        "query": request.query_string,
        "headers": request.headers.items(),
        "body": request.body.decode("latin-1"),
    }


def trace(ending: Ending, network: Network) -> str:
    """A few letters that differ if the answer does; our own address in it does not count."""
    answer = ending.response if isinstance(ending, Slow) else ending
    if not isinstance(answer, Response):
        return type(answer).__name__
    body = answer.body.replace(network.base.encode(), b"")
    return f"{answer.status} {hashlib.sha256(body).hexdigest()[:12]}"
