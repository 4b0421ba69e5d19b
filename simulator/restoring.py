"""Takes the steps of a diary again (`memory.py`).

Theory of operation. Each call and each piece of work is an actor on a thread of its own. Only one acts at a
time: the one whose step it is goes on until it ends or waits for its next step, as it waited then for a
webhook's answer. Webhooks are not sent again. At the end, whoever still waits hears that nobody answered, as
the process ended before the answer came; then time runs.
"""

import itertools
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from simulator.diary import Diary, Step
from simulator.headers import Headers
from simulator.hooks import Hook, HookAnswer
from simulator.memory import Memory, trace
from simulator.network import Network
from simulator.web import Request

PATIENCE = 20.0
UNANSWERED: Step = {"status": None, "headers": {}, "body": "", "connected": False}


class Stuck(Exception):
    """Restoring came to a stand."""


@dataclass
class _Actor:
    """Somebody who acts, or waits for a step."""

    steps: "queue.SimpleQueue[Step]" = field(default_factory=queue.SimpleQueue)


class Restoring:
    """One diary into one network."""

    def __init__(self, diary: Diary, memory: Memory, network: Network) -> None:
        self._steps = diary.steps()
        self._memory = memory
        self._network = network
        self._waiting: dict[str, _Actor] = {}
        self._here = threading.local()
        self._turn = threading.Semaphore(0)  # somebody ended, or waits
        self._said: dict[str, str] = {}
        self.calls = 0
        self.differences = 0

    def run(self) -> None:
        """Take every step, then let time run; raises `Stuck`."""
        clock = self._memory.clock
        self._memory.instead, clock.waiting = self._answered, self._next
        for step in self._steps:
            clock.standing = step.get("at", clock.standing)
            self._take(step)
        while self._waiting:
            self._go_on(next(iter(self._waiting)), {**UNANSWERED, "at": clock.standing})
        self._memory.numbers = itertools.count(self.calls + 1)
        self._memory.instead = None
        clock.go()

    def _take(self, step: Step) -> None:
        if actor := step.get("call"):
            self.calls = max(self.calls, int(actor[1:]))
            self._begin(actor, step, partial(self._call, actor, step))
        elif actor := step.get("due"):
            work = self._memory.clock.take(actor)
            self.differences += work is None
            self._begin(actor, step, work or (lambda: None))
        elif actor := step.get("said"):
            self.differences += self._said.pop(actor, "") != step["trace"]
        else:
            self._go_on(step.get("answer") or step["settled"], step)

    # --- actors ---

    def _begin(self, name: str, step: Step, act: Callable[[], None]) -> None:
        actor = _Actor()

        def run() -> None:
            self._here.name, self._here.actor = name, actor
            self._memory.clock.enter(name, step["at"])
            try:
                act()
            finally:
                self._turn.release()

        threading.Thread(target=run, daemon=True).start()
        self._until_it_waits(name)

    def _go_on(self, name: str, step: Step) -> None:
        actor = self._waiting.pop(name, None)
        if actor is None:
            self.differences += 1
            return
        actor.steps.put(step)
        self._until_it_waits(name)

    def _until_it_waits(self, name: str) -> None:
        if not self._turn.acquire(timeout=PATIENCE):
            raise Stuck(f"{name} neither ends nor waits for anything")

    def _next(self) -> Step:
        """On the actor's thread: its next step, once it comes."""
        name, actor = self._here.name, self._here.actor
        self._waiting[name] = actor
        self._turn.release()
        step: Step = actor.steps.get()
        self._memory.clock.go_on(step["at"])
        return step

    def _call(self, actor: str, step: Step) -> None:
        headers = Headers([(name, value) for name, value in step["headers"]])
        body = step["body"].encode("latin-1")
        request = Request(step["method"], step["path"], step["query"], headers, body)
        self._said[actor] = trace(self._network.handle(request), self._network)

    def _answered(self, _: Hook) -> HookAnswer:
        said = self._next()
        body = said.get("body", "").encode("latin-1")
        return HookAnswer(said.get("status"), said.get("headers", {}), body, said.get("connected", False))
