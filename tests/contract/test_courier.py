"""Webhooks out of the server's loop, over real sockets, to receivers of every kind."""

import contextlib
import queue
import socket
import threading
from collections.abc import Iterator

import pytest

from simulator.driven_clock import DrivenClock
from simulator.hooks import Hook, HookAnswer
from simulator.loop import Loop
from simulator.server import Address, listen
from simulator.transport import deliver
from simulator.web import Response

PATIENCE = 20.0
FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CLOSING = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
OLD = b"HTTP/1.0 200 OK\r\n\r\nok"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
HALF = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no"
NONSENSE = b"SMTP\r\n\r\n"
SILENCE, NOTHING = b"(says nothing)", b""
OK, LOST = HookAnswer(200, body=b"ok"), HookAnswer(None)


class Receiver:
    """Says what it is told to, one list of answers a line, and closes the line after the last."""

    def __init__(self, *lines: list[bytes]) -> None:
        self._script = list(lines)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.heard: list[tuple[int, bytes]] = []  # the line, and what came over it
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        for number, answers in enumerate(self._script):
            with contextlib.suppress(OSError):
                line, _ = self._listener.accept()
                threading.Thread(target=self._talk, args=(number, line, answers), daemon=True).start()

    def _talk(self, number: int, line: socket.socket, answers: list[bytes]) -> None:
        with line, contextlib.suppress(OSError):
            for answer in answers:
                self.heard.append((number, line.recv(65_536)))
                if answer == SILENCE:
                    self._over.wait(PATIENCE)
                    return
                line.sendall(answer)

    def stop(self) -> None:
        self._over.set()
        self._listener.close()


class Out:
    """A loop that carries webhooks."""

    def __init__(self) -> None:
        self.clock = DrivenClock()
        self._loop = Loop(listen(Address("127.0.0.1", 0)), lambda _: Response(200), self.clock)
        self._loop.start()
        self._answers: queue.SimpleQueue[HookAnswer] = queue.SimpleQueue()

    def send(self, port: int, body: bytes = b"body", lane: str = "lane") -> None:
        hook = Hook("twilio", "status", f"http://127.0.0.1:{port}/path?q", {"X-A": "b"}, body, timeout=0.4)

        def post() -> None:
            self.clock.post(hook, self._answers.put)

        self.clock.later(0.0, post, lane=lane)

    def answer(self) -> HookAnswer:
        return self._answers.get(timeout=PATIENCE)

    def told(self, port: int, body: bytes = b"body") -> HookAnswer:
        """Send one and wait for the answer."""
        self.send(port, body)
        return self.answer()

    def stop(self) -> None:
        self._loop.stop(2.0)


@pytest.fixture(scope="module")
def out() -> Iterator[Out]:
    made = Out()
    yield made
    made.stop()


@contextlib.contextmanager
def receiver(*lines: list[bytes]) -> Iterator[Receiver]:
    made = Receiver(*lines)
    yield made
    made.stop()


CASES: dict[str, tuple[list[list[bytes]], list[HookAnswer], list[int]]] = {
    # what the receiver says on each line; what is heard; on which lines the webhooks came
    "keeps the line": ([[FINE, FINE, FINE]], [OK, OK, OK], [0, 0, 0]),
    "answers in chunks": ([[CHUNKED, CHUNKED]], [OK, OK], [0, 0]),
    "says that it closes": ([[CLOSING], [CLOSING]], [OK, OK], [0, 1]),
    "closes without a length": ([[OLD], [OLD]], [OK, OK], [0, 1]),
    "closes after all, unannounced": ([[FINE], [FINE]], [OK, OK], [0, 1]),
    "reads and closes": ([[FINE, NOTHING], [FINE]], [OK, OK], [0, 0, 1]),
    "breaks off": ([[FINE, HALF], [FINE]], [OK, LOST, OK], [0, 0, 1]),
    "breaks off at once": ([[HALF], [FINE]], [LOST, OK], [0, 1]),
    "talks nonsense": ([[FINE, NONSENSE], [FINE]], [OK, LOST, OK], [0, 0, 1]),
    "says nothing more": ([[FINE, SILENCE], [FINE]], [OK, LOST, OK], [0, 0, 1]),
}


@pytest.mark.parametrize(("lines", "heard", "used"), CASES.values(), ids=CASES)
def test_receivers(out: Out, lines: list[list[bytes]], heard: list[HookAnswer], used: list[int]) -> None:
    """Each webhook is answered, or is told to be lost; lines are used again where that can be."""
    with receiver(*lines) as there:
        answers = [out.told(there.port) for _ in heard]
    assert [(each.status, each.body, each.connected) for each in answers] == [
        (each.status, each.body, each.connected) for each in heard
    ]
    assert [number for number, request in there.heard if request] == used


def test_nobody_listens(out: Out) -> None:
    """No connection is not the same as no answer."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    assert out.told(port) == HookAnswer(None, connected=False)


@pytest.mark.parametrize("left", [0.0, -45.0])
def test_no_time_left_is_no_call(left: float) -> None:
    """A clock that ran on leaves nothing to wait for, and no socket behind."""
    with receiver([FINE]) as there:
        hook = Hook("twilio", "inbound", f"http://127.0.0.1:{there.port}/", {}, b"", timeout=left)
        assert deliver(hook) == HookAnswer(None, connected=False)
        assert there.heard == []


def test_what_goes_over_an_open_line(out: Out) -> None:
    """The second request is the same as the first; a long one gets a line of its own."""
    with receiver([FINE, FINE], [FINE]) as there:
        for body in (b"body", b"body", b"x" * 10_000):
            assert out.told(there.port, body).status == 200
    first, second, (line, _) = there.heard
    assert first == second
    assert first[1].startswith(b"POST /path?q HTTP/1.1\r\nHost: 127.0.0.1:")
    assert first[1].endswith(b"\r\nX-A: b\r\nContent-Length: 4\r\n\r\nbody")
    assert line == 1


def test_lanes_do_not_wait_for_each_other(out: Out) -> None:
    """A receiver that is silent on one line hears the others' meanwhile."""
    with receiver([SILENCE], [FINE]) as there:
        out.send(there.port, lane="one")
        out.send(there.port, lane="other")
        assert [out.answer().status, out.answer().status] == [200, None]
