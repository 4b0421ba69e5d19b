"""HTTP/1.1 as bytes: requests out of what arrives, answers into what leaves. Touches no socket.

Facts:
  * A body is as long as `Content-Length` says, or comes in chunks; both, or nonsense, is refused.
  * A line stays open unless somebody says `close`; HTTP/1.0 is closed unless it says `keep-alive`.
  * 1xx, 204 and 304 have no body and no length; the answer to HEAD has a length and no body.
"""

import time
from email.utils import formatdate
from http import HTTPStatus
from urllib.parse import unquote

from werkzeug.datastructures import Headers

from simulator.web import Request, Response

MOST_HEAD = 65_536
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
        first, *lines = head.lstrip("\r\n").split("\r\n")
        words = first.split(" ")
        if len(words) != 3 or not words[2].startswith("HTTP/1.") or not words[0].isalpha():
            raise Broken(400, "the first line is no request")
        request = Request(words[0].upper(), *_target(words[1]), _headers(lines))
        said = request.headers.get("Connection", "").lower()
        self.keep = "close" not in said and (words[2] != "HTTP/1.0" or "keep-alive" in said)
        self.wants_continue = request.headers.get("Expect", "").lower() == "100-continue"
        return request, start, _length(request.headers)

    def _chunked(self, request: Request, start: int) -> Request | None:
        pieces: list[bytes] = []
        at = start
        while (end := self.buffer.find(b"\r\n", at)) >= 0:
            size = _size(bytes(self.buffer[at:end]))
            if sum(len(each) for each in pieces) + size > MOST_BODY:
                raise Broken(413, "the body is too long")
            if size == 0:
                return self._trailed(request, b"".join(pieces), end + 2)
            if len(self.buffer) < end + 2 + size + 2:
                return None
            pieces.append(bytes(self.buffer[end + 2 : end + 2 + size]))
            at = end + 2 + size + 2
        return None

    def _trailed(self, request: Request, body: bytes, at: int) -> Request | None:
        """Past what may follow the last chunk."""
        while (end := self.buffer.find(b"\r\n", at)) >= 0:
            if end == at:
                return self._whole(request, body, end + 2)
            at = end + 2
        return None

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


def _headers(lines: list[str]) -> Headers:
    headers = Headers()
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            raise Broken(400, "a header line has no name")
        headers._list.append((name, value.strip()))  # as they are
    return headers


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
    lines += [f"{name}: {value}" for name, value in response.headers.items()]
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
