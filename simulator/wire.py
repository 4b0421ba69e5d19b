"""HTTP/1.1 as bytes: requests out of what arrives, answers into what leaves. Touches no socket.

Facts:
  * A body is as long as `Content-Length` says, or comes in chunks; both, or nonsense, is refused.
  * A line stays open unless somebody says `close`; HTTP/1.0 is closed unless it says `keep-alive`.
  * 1xx, 204 and 304 have no body and no length; the answer to HEAD has a length and no body.
"""

import time
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from urllib.parse import unquote

from simulator.headers import Headers
from simulator.web import Request, Response

MOST_HEAD = 65_536
REMEMBERED = 256  # heads
MOST_BODY = 256 * 1024 * 1024
END = b"\r\n\r\n"
PHRASES = {status.value: status.phrase for status in HTTPStatus}
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Broken(Exception):
    """What arrived is no request; the status to close with."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class Incoming:
    """What arrived on one line and is not yet read."""

    __slots__ = ("_head", "buffer", "keep", "wants_continue")

    def __init__(self) -> None:
        self.buffer = bytearray()
        self.keep = True  # the line, after the request that was read last
        self.wants_continue = False
        self._head: tuple[Request, int, int | None] | None = None  # and where its body begins, and its length

    def next(self) -> Request | None:
        """The next whole request; None: more must arrive first. Raises `Broken`."""
        if self._head is None:
            end = self.buffer.find(END)
            if end < 0:
                if len(self.buffer) > MOST_HEAD:
                    raise Broken(431, "the head is too long")
                return None
            self._head = self._read_head(self.buffer[:end].decode("latin-1"), end + 4)
        request, start, length = self._head
        if length is None:
            return self._chunked(request, start)
        if len(self.buffer) < start + length:
            return None
        return self._whole(request, bytes(self.buffer[start : start + length]), start + length)

    def _read_head(self, head: str, start: int) -> tuple[Request, int, int | None]:
        first, _, lines = head.lstrip("\r\n").partition("\r\n")
        words = first.split(" ")
        if len(words) != 3 or not words[2].startswith("HTTP/1.") or not words[0].isalpha():
            raise Broken(400, "the first line is no request")
        request = Request(words[0].upper(), *_target(words[1]), _headers(lines))
        said = request.headers.get("Connection", "").lower()
        self.keep = "close" not in said and (words[2] != "HTTP/1.0" or "keep-alive" in said)
        self.wants_continue = request.headers.get("Expect", "").lower() == "100-continue"
        return request, start, _length(request.headers)

    def _chunked(self, request: Request, start: int) -> Request | None:
        found = unchunked(self.buffer, start)
        return self._whole(request, *found) if found else None

    def _whole(self, request: Request, body: bytes, end: int) -> Request:
        request.body = body
        del self.buffer[:end]
        self._head, self.wants_continue = None, False
        return request


def _target(target: str) -> tuple[str, str]:
    """Path, decoded, and query, as it is."""
    if not target.startswith("/"):
        target = "/" + target.partition("://")[2].partition("/")[2]
    path, _, query = target.partition("?")
    return (unquote(path, errors="replace") if "%" in path or not path.isascii() else path), query


def unchunked(buffer: bytearray, at: int) -> tuple[bytes, int] | None:
    """The body that begins there, and where it ends; None: more must arrive first."""
    pieces: list[bytes] = []
    while (end := buffer.find(b"\r\n", at)) >= 0:
        size = _size(bytes(buffer[at:end]))
        if sum(len(each) for each in pieces) + size > MOST_BODY:
            raise Broken(413, "the body is too long")
        at = end + 2
        if size == 0:
            return _trailed(buffer, b"".join(pieces), at)
        if len(buffer) < at + size + 2:
            return None
        pieces.append(bytes(buffer[at : at + size]))
        at += size + 2
    return None


def _trailed(buffer: bytearray, body: bytes, at: int) -> tuple[bytes, int] | None:
    """Past what may follow the last chunk."""
    while (end := buffer.find(b"\r\n", at)) >= 0:
        if end == at:
            return body, end + 2
        at = end + 2
    return None


class Reply:
    """What arrived as the answer to one call of ours."""

    __slots__ = ("body", "buffer", "headers", "keep", "status")

    def __init__(self) -> None:
        self.buffer = bytearray()
        self.status = 0
        self.headers = Headers()
        self.body = b""
        self.keep = False  # the line can be used again

    def whole(self, *, ended: bool) -> bool:
        """Whether all of it has arrived; an end may be what tells. Raises `Broken`."""
        end = self.buffer.find(END)
        if end < 0:
            return False
        first, _, lines = self.buffer[:end].decode("latin-1").partition("\r\n")
        words = first.split(" ", 2)
        if len(words) < 2 or not words[0].startswith("HTTP/1.") or not words[1].isdigit():
            raise Broken(502, "the first line is no answer")
        self.status, self.headers = int(words[1]), _headers(lines)
        said = self.headers.get("Connection", "").lower()
        self.keep = "close" not in said and (words[0] != "HTTP/1.0" or "keep-alive" in said)
        if 100 <= self.status < 200:
            del self.buffer[: end + 4]
            return self.whole(ended=ended)
        return self._has_body(end + 4, ended=ended)

    def _has_body(self, start: int, *, ended: bool) -> bool:
        if self.status in (204, 304):
            return True
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            found = unchunked(self.buffer, start)
            self.body = found[0] if found else b""
            return found is not None
        length = self.headers.get("Content-Length")
        if length is None:
            self.body, self.keep = bytes(self.buffer[start:]), False
            return ended
        self.body = bytes(self.buffer[start : start + int(length)])
        return len(self.body) == int(length)


def _headers(lines: str) -> Headers:
    return _read(lines).copy() if lines else Headers()


@lru_cache(REMEMBERED)
def _read(lines: str) -> Headers:
    """Whoever calls again says the same; only paths and lengths differ."""
    pairs = []
    for line in lines.split("\r\n"):
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            raise Broken(400, "a header line has no name")
        pairs.append((name, value.strip()))
    return Headers(pairs)


def _length(headers: Headers) -> int | None:
    coding, length = headers.get("Transfer-Encoding"), headers.get("Content-Length")
    if coding is not None:
        if coding.lower() != "chunked" or length is not None:
            raise Broken(400, "nobody can say how long the body is")
        return None
    if length is None:
        return 0
    if not (length.isascii() and length.isdigit()):
        raise Broken(400, "the length is no number")
    if len(length) > 12 or int(length) > MOST_BODY:
        raise Broken(413, "the body is too long")
    return int(length)


def _size(line: bytes) -> int:
    digits = line.partition(b";")[0].strip()
    try:
        if not digits or len(digits) > 12 or not digits.isalnum():
            raise ValueError
        return int(digits, 16)
    except ValueError:
        raise Broken(400, "a chunk has no length") from None


# --- answers ---

_today = [0, ""]  # the second, and the date as the header has it


def date() -> str:
    """Now, as a header; made once a second."""
    now = int(time.time())
    if _today[0] != now:
        _today[:] = [now, formatdate(now, usegmt=True)]
    return str(_today[1])


def head_of(response: Response, *, keep: bool, chunked: bool) -> bytes:
    """Everything before the body."""
    status = response.status
    lines = [f"HTTP/1.1 {status} {PHRASES.get(status, 'Unknown')}"]
    lines += [f"{name}: {value}" for name, value in response.headers.pairs]
    lines.append(f"Date: {date()}")
    if chunked:
        lines.append("Transfer-Encoding: chunked")
    elif status >= 200 and status not in (204, 304):
        lines.append(f"Content-Length: {len(response.body)}")
    if not keep:
        lines.append("Connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def answer(response: Response, *, keep: bool, bare: bool) -> bytes:
    """The whole answer; `bare`: to HEAD, so without its body."""
    head = head_of(response, keep=keep, chunked=False)
    return head if bare or response.status in (204, 304) else head + response.body
