"""One thread serves every line; whatever takes long is left to a thread of its own.

Theory of operation. A leader waits for lines that have something to say, and serves one call at a time: no
thread changes, so a call costs least. Between calls it does what is due on the clock it was given, and
carries the webhooks (`courier.py`). A guard watches it. If a call or a piece of work takes longer than
`LONG`, because it waits for somebody else, the guard takes that line out and lets a new leader go on with the
others; the old one finishes, puts the line back and ends. Answers that are known to take long (streams, slow
ones, calls that ask to `wait`) get a thread at once. A line that hangs costs nothing: nobody answers it until
it goes, or until `HANG_SECONDS` have passed; then it is cut.
"""

import contextlib
import selectors
import socket
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable

from simulator.clock import Work
from simulator.courier import Courier
from simulator.driven_clock import DrivenClock
from simulator.endings import Ending, Hang, Reset, Slow
from simulator.lines import Line, Lines
from simulator.web import Request, Response
from simulator.wire import CONTINUE, Broken, answer, head_of

LONG = 0.05
TICK = 0.25
AT_ONCE = 4  # pieces of work between two looks at the lines: more, and calls wait; fewer, and webhooks starve
Handle = Callable[[Request], Ending]


class Loop:
    """Serves `handle` at a listening socket until it is stopped, and drives a clock."""

    def __init__(self, listener: socket.socket, handle: Handle, clock: DrivenClock | None = None) -> None:
        self._listener = listener
        self._handle = handle
        self._lines = Lines()
        self._clock = clock or DrivenClock()
        self._courier = Courier(self._lines.selector, self._clock.soon)
        self._ready: deque[tuple[selectors.SelectorKey, int]] = deque()
        self._lock = threading.Lock()
        self._cut_at = 0.0
        self._term = 0
        self._since = 0.0  # when the leader began the call it is in; 0: in none
        self._current: Line | None = None
        self._bell, self._ear = socket.socketpair()  # wakes the leader
        self._counting = threading.Lock()
        self._helpers: set[threading.Thread] = set()
        self.stopping = False

    def start(self) -> None:
        """Serve from now on, on threads of its own."""
        self._listener.setblocking(False)
        self._lines.selector.register(self._listener, selectors.EVENT_READ, self._welcome)
        self._lines.selector.register(self._ear, selectors.EVENT_READ, self._hear)
        self._clock.carry, self._clock.ring = self._courier.carry, self._ring
        self._spawn(self._guard)
        self._spawn(self._lead, 0)

    def stop(self, patience: float) -> None:
        """Take no more; wait for what is being answered, but not longer than that."""
        self.stopping = True
        self._ring()
        end = time.monotonic() + patience
        while (helper := self._one_running()) and (left := end - time.monotonic()) > 0:
            helper.join(left)
        self._lines.close()
        for each in (self._listener, self._bell, self._ear):
            each.close()

    # --- the leader and its guard ---

    def _lead(self, term: int) -> None:
        while term == self._term and not self.stopping:
            if not self._ready:
                self._ready.extend(self._lines.selector.select(self._clock.rest(TICK)))
                self._clock.wake()
                self._cut_overdue()
            while self._ready and term == self._term:
                with contextlib.suppress(IndexError):
                    self._turn(*self._ready.popleft(), term)
            self._work(term)

    def _cut_overdue(self) -> None:
        """Now and then: there are many lines, and nobody minds half a second."""
        if (now := time.monotonic()) >= self._cut_at:
            self._cut_at = now + TICK
            self._lines.cut_overdue()
            self._courier.cut_overdue()

    def _work(self, term: int) -> None:
        for _ in range(AT_ONCE):
            work = self._clock.ready() if term == self._term else None
            if work is None:
                return
            self._do(work, term)

    def _do(self, work: Work, term: int) -> None:
        """A piece of work, under the guard's eyes; what nobody foresaw ends only itself."""
        self._current, self._since = None, time.monotonic()
        try:
            work()
        except Exception:  # noqa: BLE001 - the other boundary
            sys.stderr.write(f"Work on the clock broke the simulator:\n{traceback.format_exc()}")
        with self._lock:
            if self._term == term:
                self._since = 0.0

    def _ring(self) -> None:
        with contextlib.suppress(OSError):
            self._bell.send(b".")

    def _hear(self) -> None:
        self._ear.recv(4096)

    def _welcome(self) -> None:
        self._lines.welcome(self._listener)

    def _guard(self) -> None:
        while not self.stopping:
            time.sleep(LONG)
            if self._since and time.monotonic() - self._since > LONG:
                self._replace_leader()

    def _replace_leader(self) -> None:
        with self._lock:
            if not self._since:
                return
            self._since, self._term = 0.0, self._term + 1
            if self._current is not None:
                self._lines.forget(self._current)
        self._spawn(self._lead, self._term)

    def _spawn(self, work: Callable[..., None], *arguments: object) -> None:
        """A thread of its own, known until it ends."""

        def run() -> None:
            try:
                work(*arguments)
            finally:
                with self._counting:
                    self._helpers.remove(thread)

        thread = threading.Thread(target=run, daemon=True)
        with self._counting:
            thread.start()
            self._helpers.add(thread)

    def _one_running(self) -> threading.Thread | None:
        """One of them, started and not yet ended; a call being answered may still start another."""
        with self._counting:
            return next(iter(self._helpers), None)

    # --- one turn ---

    def _turn(self, key: selectors.SelectorKey, events: int, term: int) -> None:
        line: Line | Work = key.data
        if not isinstance(line, Line):
            self._do(line, term)
        elif events & selectors.EVENT_WRITE:
            self._lines.send(line, b"")
            if not line.out:
                self._serve(line, term)
        elif self._lines.listen(line):
            self._serve(line, term)

    def _serve(self, line: Line, term: int) -> None:
        """Answer every whole request that is there."""
        while (request := self._read(line)) is not None:
            if "wait=" in request.query_string:
                self._leave_to_thread(line, request)
                return
            self._current, self._since = line, time.monotonic()
            ending = self._handled(request)
            with self._lock:
                leads = self._since != 0.0 and self._term == term
                self._since = 0.0 if leads else self._since
            if not leads:
                self._finish(line, request, ending)
                return
            if not self._answer(line, request, ending):
                return

    def _handled(self, request: Request) -> Ending:
        """What a handler did not foresee ends neither the server nor the line; it is told as a bug."""
        try:
            return self._handle(request)
        except Exception:  # noqa: BLE001 - the one boundary
            sys.stderr.write(
                f"{request.method} {request.path} broke the simulator:\n{traceback.format_exc()}"
            )
            return Response(500, b"The simulator is broken; its standard error says where.\n")

    def _read(self, line: Line) -> Request | None:
        try:
            request = line.incoming.next()
        except Broken as broken:
            refusal = Response(broken.status, f"{broken}\n".encode())
            self._lines.send(line, answer(refusal, keep=False, bare=False))
            self._lines.drop(line)
            return None
        if request is None and line.incoming.wants_continue:
            line.incoming.wants_continue = False
            self._lines.send(line, CONTINUE)
        return request

    def _answer(self, line: Line, request: Request, ending: Ending) -> bool:
        """Answer at once if that can be done at once; tell whether the line may go on."""
        if isinstance(ending, Hang):
            self._lines.hang(line)
            return False
        if isinstance(ending, Reset):
            self._lines.drop(line, abruptly=True)
            return False
        if isinstance(ending, Slow) or ending.stream is not None:
            self._lines.forget(line)
            self._spawn(self._finish, line, request, ending)
            return False
        keep = line.incoming.keep
        self._lines.send(line, answer(ending, keep=keep, bare=request.method == "HEAD"))
        if not keep and not line.out:
            self._lines.drop(line)
        return keep and not line.out

    # --- what takes long ---

    def _leave_to_thread(self, line: Line, request: Request) -> None:
        self._lines.forget(line)
        self._spawn(lambda: self._finish(line, request, self._handled(request)))

    def _finish(self, line: Line, request: Request, ending: Ending) -> None:
        """Answer on a thread of one's own a line that is out of the selector, and put it back."""
        if isinstance(ending, Slow):
            time.sleep(ending.seconds)
            ending = ending.response
        if isinstance(ending, Response):
            self._put(line, request, ending)
        elif isinstance(ending, Hang):
            self._lines.hang(line)
            self._lines.keep(line)
        else:
            line.close(abruptly=True)

    def _put(self, line: Line, request: Request, response: Response) -> None:
        line.socket.setblocking(True)
        try:
            if response.stream is None:
                whole = answer(response, keep=line.incoming.keep, bare=request.method == "HEAD")
                line.socket.sendall(whole)
            else:
                self._stream(line, response)
        except OSError:
            line.incoming.keep = False
        if not line.incoming.keep or self.stopping:
            line.close()
            return
        line.socket.setblocking(False)
        self._go_on(line)

    def _stream(self, line: Line, response: Response) -> None:
        line.socket.sendall(head_of(response, keep=line.incoming.keep, chunked=True))
        for piece in response.stream or ():
            if piece:
                line.socket.sendall(b"%x\r\n%b\r\n" % (len(piece), piece))
        line.socket.sendall(b"0\r\n\r\n")

    def _go_on(self, line: Line) -> None:
        """Back to the leader; requests that arrived meanwhile are served first, here."""
        if (request := self._read(line)) is not None:
            self._finish(line, request, self._handled(request))
            return
        self._lines.keep(line)
