"""The simulators' own server, byte by byte: what arrives, what leaves, and that nobody waits for others."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from simulator.endings import Ending, Hang, Reset, Slow
from simulator.headers import Headers
from simulator.loop import Loop
from simulator.server import Address, listen
from simulator.web import Request, Response
from simulator.wire import Broken, Incoming

TEXT = Headers([("Content-Type", "text/plain")])
BIG = b"x" * 5_000_000


class Handler:
    """Answers as the path says; remembers what it was asked."""

    def __init__(self) -> None:
        self.seen: list[Request] = []
        self.opened = threading.Event()

    def __call__(self, request: Request) -> Ending:
        self.seen.append(request)
        if request.path == "/open":
            self.opened.set()
        usual = Response(200, request.body or request.path.encode(), TEXT)
        found = ENDINGS.get(request.path)
        return found(self) if found else usual

    def waits(self) -> Ending:
        return Response(200, b"opened" if self.opened.wait(20) else b"nobody came")

    def breaks(self) -> Ending:
        raise ZeroDivisionError


ENDINGS: dict[str, Callable[[Handler], Ending]] = {
    "/hang": lambda _: Hang(),
    "/reset": lambda _: Reset(),
    "/slow": lambda _: Slow(0.05, Response(200, b"late")),
    "/stream": lambda _: Response(200, headers=TEXT, stream=iter([b"one", b"", b"two"])),
    "/wait": Handler.waits,
    "/none": lambda _: Response(204),
    "/big": lambda _: Response(200, BIG),
    "/broken": Handler.breaks,
}


@contextmanager
def served(handler: Handler) -> Iterator[int]:
    listener = listen(Address("127.0.0.1", 0))
    loop = Loop(listener, handler)
    loop.start()
    yield listener.getsockname()[1]
    loop.stop(2.0)


@pytest.fixture(scope="module")
def handler() -> Handler:
    return Handler()


@pytest.fixture(scope="module")
def port(handler: Handler) -> Iterator[int]:
    with served(handler) as port:
        yield port


@contextmanager
def line(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), 20) as connection:
        yield connection


def all_of(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(1_000_000), b""))


def said(port: int, request: bytes) -> bytes:
    """Everything answered until the line is closed."""
    with line(port) as connection:
        connection.sendall(request)
        return all_of(connection)


CLOSE = b"Connection: close\r\n\r\n"
ANSWERS = {
    b"GET /a HTTP/1.1\r\n": (b"HTTP/1.1 200 OK", b"\r\n\r\n/a"),
    b"GET http://some.host/a%20b?q HTTP/1.1\r\n": (b"HTTP/1.1 200 OK", b"\r\n\r\n/a b"),
    b"HEAD /a HTTP/1.1\r\n": (b"Content-Length: 2\r\n", b"\r\n\r\n"),
    b"GET /none HTTP/1.1\r\n": (b"HTTP/1.1 204 No Content", b"\r\n\r\n"),
    b"GET /slow HTTP/1.1\r\n": (b"HTTP/1.1 200 OK", b"\r\n\r\nlate"),
    b"GET /stream HTTP/1.1\r\n": (b"chunked", b"\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"),
    b"GET /big HTTP/1.1\r\n": (b"Content-Length: 5000000", BIG),
    b"GET /a?wait=1 HTTP/1.1\r\n": (b"HTTP/1.1 200 OK", b"\r\n\r\n/a"),
}


@pytest.mark.parametrize(("request_", "parts"), ANSWERS.items())
def test_answers(port: int, request_: bytes, parts: tuple[bytes, bytes]) -> None:
    """Status, length and body are what the request may expect."""
    whole = said(port, request_ + CLOSE)
    assert parts[0] in whole
    assert whole.endswith(parts[1])
    assert b"Date: " in whole


def test_a_line_is_used_again(port: int, handler: Handler) -> None:
    """Requests sent in one go are answered in order, quick or slow; the last closes the line."""
    paths = (b"/1", b"/slow", b"/2", b"/stream", b"/3?wait=1", b"/4")
    whole = said(
        port, b"".join(b"GET %b HTTP/1.1\r\n\r\n" % path for path in paths) + b"GET /5 HTTP/1.0\r\n\r\n"
    )
    bodies = [b"/1", b"late", b"/2", b"two", b"/3", b"/4", b"/5"]
    places = [whole.index(body) for body in bodies]
    assert places == sorted(places)
    assert whole.count(b"HTTP/1.1 200") == 7


@pytest.mark.parametrize("size", [1, 7, 10_000])
@pytest.mark.parametrize("coding", ["length", "chunks"])
def test_a_body_arrives_in_pieces(port: int, coding: str, size: int) -> None:
    """However the bytes are cut."""
    body = bytes(range(256)) * 4
    if coding == "length":
        request = b"POST /p HTTP/1.1\r\nContent-Length: 1024\r\nConnection: close\r\n\r\n" + body
    else:
        chunks = b"".join(b"80;x=y\r\n%b\r\n" % body[n : n + 128] for n in range(0, 1024, 128))
        request = (
            b"POST /p HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + CLOSE + chunks + b"0\r\nA: b\r\n\r\n"
        )
    with line(port) as connection:
        for n in range(0, len(request), size):
            connection.send(request[n : n + size])
        assert all_of(connection).endswith(b"\r\n\r\n" + body)


def test_whoever_asks_may_go_on(port: int) -> None:
    """`Expect: 100-continue` is answered before the body comes."""
    with line(port) as connection:
        connection.sendall(b"POST /p HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n" + CLOSE)
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"ok")
        assert all_of(connection).endswith(b"ok")


NONSENSE = {
    b"hello\r\n\r\n": 400,
    b"GET / HTTP/2\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\nno colon\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\n: nameless\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\nContent-Length: 9999999999999\r\n\r\n": 413,
    b"GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n": 400,
    b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n": 413,
    b"A" * 70_000: 431,
}


@pytest.mark.parametrize(("nonsense", "status"), NONSENSE.items())
def test_nonsense_is_refused_and_the_line_closed(port: int, nonsense: bytes, status: int) -> None:
    """Nobody guesses what was meant."""
    assert said(port, nonsense).startswith(b"HTTP/1.1 %d" % status)


def test_a_handler_that_breaks_ends_nothing(port: int, capsys: pytest.CaptureFixture[str]) -> None:
    """The caller gets a 500, standard error the place, the next caller an answer."""
    assert said(port, b"GET /broken HTTP/1.1\r\n" + CLOSE).startswith(b"HTTP/1.1 500")
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert said(port, b"GET /a HTTP/1.1\r\n" + CLOSE).endswith(b"/a")


def test_a_cut_line_is_reset(port: int) -> None:
    """The caller learns of it at once."""
    with line(port) as connection:
        connection.sendall(b"GET /reset HTTP/1.1\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            connection.recv(10)


def test_a_hanging_line_disturbs_nobody(port: int) -> None:
    """It says nothing, whatever else is sent; others are served."""
    with line(port) as connection:
        connection.sendall(b"GET /hang HTTP/1.1\r\n\r\n")
        assert said(port, b"GET /a HTTP/1.1\r\n" + CLOSE).endswith(b"/a")
        connection.sendall(b"GET /a HTTP/1.1\r\n\r\n")
        connection.settimeout(0.2)
        with pytest.raises(TimeoutError):
            connection.recv(10)


def test_a_call_that_waits_for_another_is_overtaken(port: int, handler: Handler) -> None:
    """The handler of the first call waits for the second; nobody told the server."""
    handler.opened.clear()
    with line(port) as waiting, line(port) as again:
        waiting.sendall(b"GET /wait HTTP/1.1\r\n\r\nGET /after HTTP/1.1\r\n" + CLOSE)
        again.sendall(b"GET /open HTTP/1.1\r\n" + CLOSE)
        assert all_of(again).endswith(b"/open")
        whole = all_of(waiting)
    assert whole.index(b"opened") < whole.index(b"/after")


def test_stopping_lets_what_runs_end() -> None:
    """A call in progress is answered; then nobody listens."""
    handler = Handler()
    with served(handler) as port:
        connection = socket.create_connection(("127.0.0.1", port), 20)
        connection.sendall(b"GET /slow HTTP/1.1\r\n\r\n")
        while not handler.seen:
            threading.Event().wait(0.005)
    assert all_of(connection).endswith(b"late")
    connection.close()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), 1)


def test_stopping_waits_for_a_thread_that_is_only_starting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call was handed to a thread of its own; the system has not let that begin yet."""
    handler, starting, ever = Handler(), threading.Event(), threading.Event()
    start = threading.Thread.start

    def late(thread: threading.Thread) -> None:
        starting.set()
        ever.wait(0.2)
        start(thread)

    with served(handler) as port:
        monkeypatch.setattr(threading.Thread, "start", late)
        connection = socket.create_connection(("127.0.0.1", port), 20)
        connection.sendall(b"GET /a?wait=1 HTTP/1.1\r\n\r\n")
        assert starting.wait(20)
    assert all_of(connection).endswith(b"/a")
    connection.close()


def test_reading_needs_the_whole_head() -> None:
    """Half a head is no request yet; too long a one is none at all."""
    incoming = Incoming()
    incoming.buffer += b"GET / HTTP/1.1\r\n"
    assert incoming.next() is None
    incoming.buffer += b"A: b\r\n\r\n"
    request = incoming.next()
    assert request is not None
    assert (request.headers["a"], incoming.next()) == ("b", None)
    incoming.buffer += b"B" * 70_000
    with pytest.raises(Broken):
        incoming.next()
