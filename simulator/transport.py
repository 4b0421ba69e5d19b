"""Webhooks over real HTTP.

A fresh connection each time, so that a failure says something about the receiver and not about an old
socket. Redirects are not followed; the machine's proxy settings do not apply. Written on sockets, because
a webhook goes out with nearly every call and must not cost more than the call.
"""

import socket
import ssl
import time
from urllib.parse import urlsplit

from simulator.hooks import Hook, HookAnswer
from simulator.wire import Broken, Reply

CONNECT_SECONDS = 5.0


def deliver(hook: Hook) -> HookAnswer:
    """Make one attempt; no answer is an answer, too."""
    end = time.monotonic() + hook.timeout
    try:
        line = _connected(hook)
    except (OSError, ValueError):
        return HookAnswer(None, connected=False)
    try:
        with line:
            line.sendall(_request(hook))
            return _answer(line, end)
    except (OSError, ValueError, Broken):
        return HookAnswer(None, connected=True)


def _connected(hook: Hook) -> socket.socket:
    split = urlsplit(hook.url)
    secure = split.scheme == "https"
    if split.hostname is None or split.scheme not in ("http", "https"):
        raise ValueError(hook.url)
    place = (split.hostname, split.port or (443 if secure else 80))
    line = socket.create_connection(place, min(CONNECT_SECONDS, hook.timeout))
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return ssl.create_default_context().wrap_socket(line, server_hostname=split.hostname) if secure else line


def _request(hook: Hook) -> bytes:
    split = urlsplit(hook.url)
    target = (split.path or "/") + (f"?{split.query}" if split.query else "")
    lines = [f"{hook.method} {target} HTTP/1.1", f"Host: {split.netloc.rpartition('@')[2]}"]
    lines += [f"{name}: {value}" for name, value in hook.headers.items()]
    if hook.body or hook.method != "GET":
        lines.append(f"Content-Length: {len(hook.body)}")
    return ("\r\n".join(lines) + "\r\nConnection: close\r\n\r\n").encode("latin-1", "replace") + hook.body


def _answer(line: socket.socket, end: float) -> HookAnswer:
    """Read until the answer is whole; raises OSError if time is up."""
    reply = Reply()
    while True:
        line.settimeout(max(0.001, end - time.monotonic()))
        data = line.recv(65_536)
        reply.buffer += data
        if reply.whole(ended=not data):
            return HookAnswer(reply.status, dict(reply.headers.items()), reply.body)
        if not data:
            raise ConnectionError("the line was closed before the answer was whole")
