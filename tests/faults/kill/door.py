"""The load balancer before several replicas: each request goes to the next one that is there.

A replica that cannot be reached, or dies before it has answered, is passed over: repeats are the bridge's to
know. With nobody there the answer is 502.
"""

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TIMEOUT = 15.0
HOPS = ("connection", "keep-alive", "transfer-encoding", "content-length", "host")


class Door(ThreadingHTTPServer):
    """Listens on a free loopback port."""

    daemon_threads = True

    def __init__(self, urls: list[str]) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self._places = [url.removeprefix("http://") for url in urls]
        self._turns = itertools.count()

    @property
    def url(self) -> str:
        """What carrier and desk are told."""
        return f"http://127.0.0.1:{self.server_port}"

    def in_turn(self) -> list[str]:
        """Every replica, another one first each time."""
        first = next(self._turns) % len(self._places)
        return self._places[first:] + self._places[:first]


@contextmanager
def door(urls: list[str]) -> Iterator[str]:
    """A running one; yields its address."""
    running = Door(urls)
    threading.Thread(target=running.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield running.url
    finally:
        running.shutdown()
        running.server_close()


class _Passing(BaseHTTPRequestHandler):
    server: Door

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        for place in self.server.in_turn():
            try:
                self._pass_on(place, body)
            except (OSError, HTTPException):
                continue
            return
        self.send_error(502)

    def _pass_on(self, place: str, body: bytes) -> None:
        line = HTTPConnection(place, timeout=TIMEOUT)
        try:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOPS}
            line.request(self.command, self.path, body, headers)
            answer = line.getresponse()
            content = answer.read()
        finally:
            line.close()
        self._answer(answer, content)

    def _answer(self, answer: HTTPResponse, content: bytes) -> None:
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOPS:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""
