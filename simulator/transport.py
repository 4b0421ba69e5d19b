"""Webhooks over real HTTP.

A fresh connection each time, so that a failure says something about the receiver and not about an old
socket; who wants to go on with it may keep it (`courier.py`). Redirects are not followed; the machine's proxy
settings do not apply. Written on sockets, because a webhook goes out with nearly every call and must not cost
more than the call.
"""

import socket
import time
from functools import lru_cache
from urllib.parse import urlsplit

from simulator.hooks import Hook, HookAnswer
from simulator.wire import Broken, Reply

CONNECT_SECONDS = 5.0


def deliver(hook: Hook) -> HookAnswer:
    """Make one attempt; no answer is an answer, too."""
    return exchange(hook, keep=False)[0]


def exchange(hook: Hook, *, keep: bool) -> tuple[HookAnswer, socket.socket | None]:
    """Make one attempt; the line with it, if it is to be kept, can be, and is a plain one.

    Where no time is left, because a clock ran on meanwhile, nobody is called.
    """
    if hook.timeout <= 0:
        return HookAnswer(None, connected=False), None
    end, kept = time.monotonic() + hook.timeout, False
    try:
        line = _connected(hook)
    except (OSError, ValueError):
        return HookAnswer(None, connected=False), None
    try:
        line.sendall(request_of(hook, keep=keep))
        reply = _reply(line, end)
        kept = keep and reply.keep and type(line) is socket.socket
        return answer_of(reply), line if kept else None
    except (OSError, ValueError, Broken):
        return HookAnswer(None, connected=True), None
    finally:
        if not kept:
            line.close()


def _connected(hook: Hook) -> socket.socket:
    split = urlsplit(hook.url)
    secure = split.scheme == "https"
    if split.hostname is None or split.scheme not in ("http", "https"):
        raise ValueError(hook.url)
    place = (split.hostname, split.port or (443 if secure else 80))
    line = socket.create_connection(place, min(CONNECT_SECONDS, hook.timeout))
    try:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # fails if the other end has gone again
        return _secured(line, split.hostname) if secure else line
    except BaseException:
        line.close()
        raise


def _secured(line: socket.socket, host: str) -> socket.socket:
    import ssl  # noqa: PLC0415 - it takes long to load, and hardly any receiver wants it

    return ssl.create_default_context().wrap_socket(line, server_hostname=host)


@lru_cache(1024)
def place_of(url: str) -> tuple[str, str]:
    """What one line can be used for: scheme and host."""
    split = urlsplit(url)
    return split.scheme, split.netloc


@lru_cache(1024)
def _target(url: str) -> tuple[str, str]:
    """What stands in the first line, and in the second."""
    split = urlsplit(url)
    query = f"?{split.query}" if split.query else ""
    return f"{split.path or '/'}{query}", f"Host: {split.netloc.rpartition('@')[2]}"


def request_of(hook: Hook, *, keep: bool) -> bytes:
    """The request as bytes."""
    target, host = _target(hook.url)
    lines = [f"{hook.method} {target} HTTP/1.1", host]
    lines += [f"{name}: {value}" for name, value in hook.headers.items()]
    if hook.body or hook.method != "GET":
        lines.append(f"Content-Length: {len(hook.body)}")
    if not keep:
        lines.append("Connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace") + hook.body


def answer_of(reply: Reply) -> HookAnswer:
    """A whole reply, as those who sent the webhook hear it."""
    return HookAnswer(reply.status, dict(reply.headers.items()), reply.body)


def _reply(line: socket.socket, end: float) -> Reply:
    """Read until the answer is whole; raises OSError if time is up."""
    reply = Reply()
    while True:
        line.settimeout(max(0.001, end - time.monotonic()))
        data = line.recv(65_536)
        reply.buffer += data
        if reply.whole(ended=not data):
            return reply
        if not data:
            raise ConnectionError("the line was closed before the answer was whole")
