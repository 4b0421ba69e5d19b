"""The console: one page, its files, and the ledger as server-sent events.

Facts:
  * An event's id is the ledger's number, so a browser that reconnects misses nothing.
  * A stream ends by itself after 25 seconds, shorter than a server waits at shutdown (toolchain §7, §8).
  * A reset starts the ledger anew: an event named `reset` tells the page to forget what it shows.
"""

import json
import time
from collections.abc import Iterator
from pathlib import Path

from simulator.headers import Headers
from simulator.network import Network
from simulator.web import Request, Response

LIFE = 25
STATIC = Path(__file__).parent / "static"
FILES = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/console.css": ("console.css", "text/css; charset=utf-8"),
    "/console.js": ("console.js", "text/javascript; charset=utf-8"),
    "/favicon.svg": ("favicon.svg", "image/svg+xml"),
}
SAFE = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


class Console:
    """A door of the network."""

    def __init__(self, network: Network) -> None:
        self.network = network

    def __call__(self, request: Request) -> Response | None:
        """Serve a call of the page; None if it is none."""
        if request.method != "GET":
            return None
        if request.path == "/events":
            return self._events(request)
        if request.path not in FILES:
            return None
        name, kind = FILES[request.path]
        return Response(200, (STATIC / name).read_bytes(), Headers({**SAFE, "Content-Type": kind}))

    def _events(self, request: Request) -> Response:
        after = request.headers.get("Last-Event-ID") or dict(request.query).get("after", "0")
        headers = Headers({**SAFE, "Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
        start = int(after) if after.isdigit() else 0
        return Response(200, headers=headers, stream=self._stream(start))

    def _stream(self, after: int) -> Iterator[bytes]:
        """Entries as they are written; a comment each quiet second keeps the line alive."""
        yield b"retry: 500\n\n"
        end = time.monotonic() + LIFE
        while time.monotonic() < end and not self.network.closing():
            if self.network.ledger.last < after:
                after = 0
                yield b"id: 0\nevent: reset\ndata: {}\n\n"
            for entry in self.network.ledger.wait(after, 1.0):
                after = entry["n"]
                yield f"id: {after}\ndata: {json.dumps(entry, default=str)}\n\n".encode()
            yield b": here\n\n"
