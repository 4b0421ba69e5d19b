"""As many requests as are answered, on so many connections at once, by one thread; how long each took."""

import selectors
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import quantiles

Make = Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Volley:
    """What came of it."""

    rate: float
    p50: float  # milliseconds
    p99: float
    calls: int
    wrong: int

    def __str__(self) -> str:
        wrong = f"  ({self.wrong} wrong)" if self.wrong else ""
        return f"{self.rate:7.0f}/s {self.p50:7.2f} {self.p99:7.2f} ms{wrong}"


@dataclass(slots=True)
class _Line:
    socket: socket.socket
    sent: float = 0.0
    held: bytes = b""


def volley(port: int, make: Make, *, lines: int, seconds: float, status: int) -> Volley:
    """Send what `make` makes; a call is right if it is answered with `status`."""
    selector, taken, wrong = selectors.DefaultSelector(), [], 0
    start = time.perf_counter()
    for _ in range(lines):
        line = _Line(socket.create_connection(("127.0.0.1", port), 30))
        line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(line.socket, selectors.EVENT_READ, line)
        _send(line, make())
    while time.perf_counter() - start < seconds:
        for line in _answered(selector):
            taken.append(time.perf_counter() - line.sent)
            wrong += not line.held.startswith(b"HTTP/1.1 %d" % status)
            _send(line, make())
    elapsed = time.perf_counter() - start
    for key in list(selector.get_map().values()):
        key.data.socket.close()
    selector.close()
    cuts = quantiles(taken, n=100, method="inclusive")
    return Volley((len(taken) - wrong) / elapsed, cuts[49] * 1000, cuts[98] * 1000, len(taken), wrong)


def _send(line: _Line, request: bytes) -> None:
    line.held, line.sent = b"", time.perf_counter()
    line.socket.sendall(request)


def _answered(selector: selectors.BaseSelector) -> Iterator[_Line]:
    for key, _ in selector.select(5.0):
        line: _Line = key.data
        piece = line.socket.recv(65_536)
        if not piece:
            raise ConnectionError(f"the line was closed; it had said {line.held[:200]!r}")
        line.held += piece
        if whole(line.held):
            yield line


def whole(answer: bytes) -> bool:
    """Whether nothing is missing."""
    head, blank, body = answer.partition(b"\r\n\r\n")
    if not blank:
        return False
    lowered = head.lower()
    if b"transfer-encoding: chunked" in lowered:
        return body.endswith(b"0\r\n\r\n")
    _, name, rest = lowered.partition(b"content-length:")
    return not name or len(body) >= int(rest.partition(b"\r\n")[0])
