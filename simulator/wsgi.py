"""The network behind a socket: a WSGI application. Resets cut the line.

Hangs end after `HANG_SECONDS`, or when the caller hangs up: nobody waits for that thread any more.
"""

import contextlib
import select
import socket
import time
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.datastructures import EnvironHeaders
from werkzeug.http import HTTP_STATUS_CODES

from simulator.endings import Ending, Hang, Slow
from simulator.headers import Headers
from simulator.web import Request, Response

HANG_SECONDS = 75.0
Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], object]


def application(handle: Callable[[Request], Ending]) -> Callable[[Environ, StartResponse], Iterable[bytes]]:
    """A WSGI application that serves every call through `handle`."""

    def serve(environ: Environ, start: StartResponse) -> Iterable[bytes]:
        return _answer(handle(_request(environ)), environ, start)

    return serve


def _request(environ: Environ) -> Request:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(length) if length else b""
    path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
    return Request(
        method=environ["REQUEST_METHOD"],
        path=path,
        query_string=environ.get("QUERY_STRING", ""),
        headers=Headers(list(EnvironHeaders(environ))),
        body=body,
    )


def _answer(ending: Ending, environ: Environ, start: StartResponse) -> Iterable[bytes]:
    if isinstance(ending, Slow):
        time.sleep(ending.seconds)
        ending = ending.response
    if isinstance(ending, Response):
        return _write(ending, start)
    if isinstance(ending, Hang):
        _wait_for_the_caller_to_go(environ)
    _cut(environ)
    return _write(Response(500), start)


def _write(response: Response, start: StartResponse) -> Iterable[bytes]:
    headers = list(response.headers.items())
    if response.stream is None:
        headers.append(("Content-Length", str(len(response.body))))
    start(f"{response.status} {HTTP_STATUS_CODES.get(response.status, 'Unknown')}", headers)
    return response.stream if response.stream is not None else [response.body]


def _wait_for_the_caller_to_go(environ: Environ) -> None:
    line = _line(environ)
    if line is None:
        time.sleep(HANG_SECONDS)
        return
    with contextlib.suppress(OSError):
        select.select([line], [], [], HANG_SECONDS)


def _line(environ: Environ) -> socket.socket | None:
    line = environ.get("gunicorn.socket")
    return line if isinstance(line, socket.socket) else None


def _cut(environ: Environ) -> None:
    if (line := _line(environ)) is not None:
        with contextlib.suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)
