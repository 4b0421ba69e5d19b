"""Webhooks out of a server's loop.

Theory of operation. A webhook to a place we have no line to is delivered on a thread of its own, because
names are looked up and connecting may take long. If the receiver leaves that line open, the loop listens at
it, and the next webhook to the place goes out on it from the loop itself. Only so many are on their way to
one place at once; the others wait.

A line that was closed before anything of an answer came had been closed already when we wrote: the webhook
goes out once more, on a line of its own. Lines nobody uses are closed soon, because a receiver may be able to
serve one line only.
"""

import contextlib
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from simulator.clock import Heard, Work
from simulator.hooks import Hook, HookAnswer
from simulator.transport import answer_of, exchange, place_of, request_of
from simulator.wire import Broken, Reply

MOST = 16
SHORT = 8192  # bytes that surely go out at once
IDLE_SECONDS = 1.0
UNANSWERED = HookAnswer(None)


@dataclass(slots=True)
class _Errand:
    """A webhook, who hears the answer, and until when."""

    hook: Hook
    heard: Heard
    end: float = 0.0


@dataclass(slots=True, eq=False)
class _Line:
    """A line that stays open; idle without an errand."""

    socket: socket.socket
    place: "_Place"
    errand: _Errand | None = None
    reply: Reply = field(default_factory=Reply)
    idle_since: float = 0.0


@dataclass(slots=True, eq=False)
class _Place:
    """A receiver: our lines to it, and what waits for its turn."""

    lines: set[_Line] = field(default_factory=set)
    idle: list[_Line] = field(default_factory=list)
    busy: int = 0
    waiting: deque[_Errand] = field(default_factory=deque)


class Courier:
    """Carries webhooks. All of it runs on the loop but `_fresh`, whose outcome comes back by `soon`."""

    def __init__(self, selector: selectors.BaseSelector, soon: Callable[[Work], None]) -> None:
        self._selector = selector
        self._soon = soon
        self._places: dict[object, _Place] = {}

    def carry(self, hook: Hook, heard: Heard) -> None:
        """Deliver it once, and tell the answer."""
        place = self._places.setdefault(place_of(hook.url), _Place())
        place.waiting.append(_Errand(hook, heard))
        if place.busy < MOST:
            self._next(place)

    def cut_overdue(self) -> None:
        """Give up whoever takes too long to answer, and lines that nobody uses."""
        now = time.monotonic()
        for place in list(self._places.values()):
            for line in list(place.lines):
                if line.errand is None:
                    if line.idle_since < now - IDLE_SECONDS:
                        self._close(line)
                elif line.errand.end < now:
                    self._end(line, UNANSWERED)

    def _next(self, place: _Place) -> None:
        place.busy += 1
        errand = place.waiting.popleft()
        if place.idle:
            self._ask(place.idle.pop(), errand)
        else:
            self._afresh(place, errand)

    def _done(self, place: _Place, errand: _Errand, answer: HookAnswer) -> None:
        place.busy -= 1
        if place.waiting:
            self._next(place)
        errand.heard(answer)

    # --- on a line of its own ---

    def _afresh(self, place: _Place, errand: _Errand) -> None:
        threading.Thread(target=self._fresh, args=(place, errand), daemon=True).start()

    def _fresh(self, place: _Place, errand: _Errand) -> None:
        answer, line = exchange(errand.hook, keep=True)
        self._soon(partial(self._returned, place, errand, answer, line))

    def _returned(
        self, place: _Place, errand: _Errand, answer: HookAnswer, open_line: socket.socket | None
    ) -> None:
        if open_line is not None:
            open_line.setblocking(False)
            line = _Line(open_line, place)
            place.lines.add(line)
            self._selector.register(open_line, selectors.EVENT_READ, partial(self._arrived, line))
            self._rest(line)
        self._done(place, errand, answer)

    # --- on an open line ---

    def _ask(self, line: _Line, errand: _Errand) -> None:
        whole = request_of(errand.hook, keep=True)
        line.errand, line.reply = errand, Reply()
        errand.end = time.monotonic() + errand.hook.timeout
        try:
            sent = line.socket.send(whole) if len(whole) <= SHORT else 0
        except OSError:
            sent = 0
        if sent < len(whole):
            self._again(line, errand)

    def _again(self, line: _Line, errand: _Errand) -> None:
        self._close(line)
        self._afresh(line.place, errand)

    def _arrived(self, line: _Line) -> None:
        try:
            data = line.socket.recv(65_536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        errand = line.errand
        if errand is None:  # nobody asked it anything
            self._close(line)
        elif not data and not line.reply.buffer:
            self._again(line, errand)
        else:
            self._read(line, data)

    def _read(self, line: _Line, data: bytes) -> None:
        line.reply.buffer += data
        try:
            whole = line.reply.whole(ended=not data)
        except (Broken, ValueError):
            self._end(line, UNANSWERED)
            return
        if whole:
            self._end(line, answer_of(line.reply), keep=line.reply.keep)
        elif not data:
            self._end(line, UNANSWERED)

    def _end(self, line: _Line, answer: HookAnswer, *, keep: bool = False) -> None:
        errand, line.errand = line.errand, None
        if keep:
            self._rest(line)
        else:
            self._close(line)
        if errand is not None:
            self._done(line.place, errand, answer)

    def _rest(self, line: _Line) -> None:
        line.idle_since = time.monotonic()
        line.place.idle.append(line)

    def _close(self, line: _Line) -> None:
        line.place.lines.discard(line)
        if line in line.place.idle:
            line.place.idle.remove(line)
        with contextlib.suppress(ValueError, OSError, KeyError):
            self._selector.unregister(line.socket)
        line.socket.close()
