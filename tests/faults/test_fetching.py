"""FT-X3: files at addresses that others chose, with real sockets where the wire matters.

The tables of private addresses and look-alikes without a network are in `tests/contract/test_fetch.py`.
"""

import gzip
import socket
import threading
from contextlib import closing
from typing import Any

import pytest

from bridge.core.errors import BridgeError, Permanent, Temporary
from bridge.core.model import Media
from bridge.fetch import Fetcher, Limits
from bridge.files import spool
from bridge.guard import is_private

KEY = ("user", "secret")
MOST = 100_000
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


class Origin:
    """A server that notes what is asked and answers always the same.

    `then` is repeated until hung up on; one that `stays` says no more and waits to be hung up on.
    """

    def __init__(self, answer: bytes, then: bytes = b"", *, stays: bool = False) -> None:
        self.heard: list[bytes] = []
        self._answer, self._then, self._stays = answer, then, stays
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                peer, _ = self._server.accept()
            except OSError:
                return
            with peer:
                self._answered(peer)

    def _answered(self, peer: socket.socket) -> None:
        try:
            self.heard.append(peer.recv(65536))
            if self.heard[-1]:
                peer.sendall(self._answer)
            while self._then and self.heard[-1]:
                peer.sendall(self._then)
            while self._stays and peer.recv(1):
                pass
        except OSError:
            return  # hung up on

    def close(self) -> None:
        """No more guests."""
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(5)


def fetched(fetcher: Fetcher, url: str) -> bytes:
    with fetcher.open(Media(url)) as download:
        return b"".join(download.chunks)


def rehearsing(home: Origin, **limits: Any) -> Fetcher:
    """Whose provider is on this machine, so that this machine may be asked."""
    limited = Limits(most_bytes=MOST, **limits)
    return Fetcher(f"http://127.0.0.1:{home.port}/ours", KEY, limits=limited)


# --- credentials ---


CHOSEN = {
    "at another port": "http://127.0.0.1:{stranger}/ours/x",
    "behind a backslash": "http://127.0.0.1:{stranger}\\@127.0.0.1:{home}/ours/x",
    "behind a user": "http://127.0.0.1:{home}@127.0.0.1:{stranger}/ours/x",
    "with credentials of its own": "http://a:b@127.0.0.1:{stranger}/ours/x",
}


@pytest.mark.parametrize("address", CHOSEN.values(), ids=list(CHOSEN))
@pytest.mark.parametrize("redirected", [False, True], ids=["at once", "redirected"])
def test_no_other_origin_sees_our_key(address: str, *, redirected: bool) -> None:
    """Whatever the address looks like, who is connected to decides (bug 12)."""
    with closing(Origin(OK + b"Content-Length: 1\r\n\r\nx")) as stranger:
        home = Origin(b"")
        url = address.format(stranger=stranger.port, home=home.port)
        home._answer = f"HTTP/1.1 307 Elsewhere\r\nLocation: {url}\r\nContent-Length: 0\r\n\r\n".encode()
        with closing(home):
            asked = f"http://127.0.0.1:{home.port}/ours/file" if redirected else url
            assert fetched(rehearsing(home), asked) == b"x"
    assert [b"authorization" in request.lower() for request in stranger.heard] == [False]
    assert all(b"authorization: basic" in request.lower() for request in home.heard)


@pytest.mark.parametrize("path", ["theirs/x", "ours/../theirs/x", "ours/%2e%2e/theirs/x", "ourselves", ""])
def test_only_our_part_of_a_provider_sees_our_key(path: str) -> None:
    """Another account's files on the same host are none of ours, however one climbs there."""
    with closing(Origin(OK + b"Content-Length: 1\r\n\r\nx")) as home:
        fetched(rehearsing(home), f"http://127.0.0.1:{home.port}/{path}")
    assert b"authorization" not in home.heard[0].lower()


# --- sizes and endings ---

BOMB = gzip.compress(b"\0" * 50_000_000)
ANSWERS: dict[str, tuple[bytes, bytes, type[BridgeError]]] = {
    "longer than allowed, as it says": (
        OK + b"Content-Length: 900000\r\n\r\n",
        b"x" * 65536,
        Permanent,
    ),
    "longer than allowed, endless": (OK + b"\r\n", b"x" * 65536, Permanent),
    "longer than allowed, endless in chunks": (CHUNKED, b"400\r\n" + b"x" * 1024 + b"\r\n", Permanent),
    "shorter than it says": (OK + b"Content-Length: 10\r\n\r\nabc", b"", Temporary),
    "cut off in a chunk": (CHUNKED + b"5\r\nab", b"", Temporary),
    "chunks of no size": (CHUNKED + b"zz\r\nab", b"", Temporary),
    "a bomb": (
        OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB) + BOMB,
        b"",
        Permanent,
    ),
    "a bomb in a bomb": (
        OK + b"Content-Encoding: gzip, gzip\r\n\r\n" + gzip.compress(BOMB),
        b"",
        Permanent,
    ),
    "no answer": (b"", b"", Temporary),
    "no HTTP": (b"220 ready\r\n", b"", Temporary),
    "empty": (OK + b"Content-Length: 0\r\n\r\n", b"", Permanent),
}


@pytest.mark.parametrize(("answer", "then", "kind"), ANSWERS.values(), ids=list(ANSWERS))
def test_a_file_that_is_none(answer: bytes, then: bytes, kind: type[BridgeError]) -> None:
    """Too large, cut short or a bomb: it is refused, and the rest is not read."""
    with closing(Origin(answer, then)) as home:
        fetcher = rehearsing(home, timeout=(2.0, 2.0))
        with (
            pytest.raises(BridgeError) as caught,
            fetcher.open(Media(f"http://127.0.0.1:{home.port}/ours/x")) as file,
            spool(file),
        ):
            pytest.fail("this is no file")
    assert type(caught.value) is kind
    assert b"accept-encoding: identity" in home.heard[0].lower()


def test_no_more_is_taken_than_was_promised() -> None:
    """A sender that says two bytes and sends three has said two."""
    with closing(Origin(OK + b"Content-Length: 2\r\n\r\nabc")) as home:
        assert fetched(rehearsing(home), f"http://127.0.0.1:{home.port}/ours/x") == b"ab"


def test_a_trickle_does_not_outlast_the_deadline() -> None:
    """Each byte is handed on as it comes, so that the time is looked at before a buffer is full."""
    times = iter((0.0, 1.0, 61.0))
    limits = Limits(timeout=(2.0, 0.5))
    with closing(Origin(OK + b"Content-Length: 60000\r\n\r\nx", stays=True)) as home:
        slow = Fetcher(f"http://127.0.0.1:{home.port}", KEY, limits=limits, clock=lambda: next(times))
        with slow.open(Media(f"http://127.0.0.1:{home.port}/x")) as file:
            assert next(iter(file.chunks)) == b"x"


# --- where names lead ---


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_name_is_looked_up_once_and_where_it_led_is_judged(
    monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    """A name server that says something else the second time is not asked a second time (rebinding)."""
    asked: list[str] = []
    resolve = socket.getaddrinfo

    def rebinding(host: str, *rest: Any, **more: Any) -> Any:
        asked.append(host)
        return resolve("127.0.0.1" if len(asked) == 1 else "8.8.8.8", *rest, **more)

    with closing(Origin(OK + b"\r\n")) as inside:
        monkeypatch.setattr(socket, "getaddrinfo", rebinding)
        with pytest.raises(Permanent, match="private"):
            fetched(Fetcher("https://api.example.com", KEY), f"{scheme}://files.example.com:{inside.port}/x")
    assert asked == ["files.example.com"]
    assert [heard for heard in inside.heard if heard] == []


INSIDE = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "017700000001",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.0.1",
    "100.64.0.1",
    "169.254.169.254",
    "192.0.0.192",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "localhost",
    "LOCALHOST.",
    "a.localhost",
    "printer.local",
    "metadata.google.internal",
    "::1",
    "::",
    "::ffff:10.0.0.1",
    "::ffff:7f00:1",
    "::127.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:a00:1::",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "100::1",
]
OUTSIDE = [
    "8.8.8.8",
    "1.1.1.1",
    "2606:4700::1111",
    "64:ff9b::808:808",
    "::ffff:8.8.8.8",
    "example.com",
    "10.example.com",
]


@pytest.mark.parametrize("host", INSIDE)
def test_inside_is_inside_however_it_is_written(host: str) -> None:
    """Decimal, octal, hexadecimal, mapped, translated or tunnelled."""
    assert is_private(host)


@pytest.mark.parametrize("host", OUTSIDE)
def test_outside_is_outside(host: str) -> None:
    """The guard does not cry wolf, not even where IPv4 is reached through IPv6."""
    assert not is_private(host)
