"""Requests, responses and routes, independent of any server.

The same handlers serve a socket (`wsgi.py`) and a test in the same process (`Network.handle`).
A handler takes a `Request` and returns a `Response`; a refusal may be raised as `Refusal`.
"""

import base64
import json
import re
from bisect import insort
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Self
from urllib.parse import parse_qsl

from werkzeug.datastructures import Headers

Json = dict[str, Any]


@dataclass(slots=True)
class Request:
    """One HTTP request. `path` begins below the system's prefix; `base` is scheme, host and prefix."""

    method: str
    path: str
    query_string: str = ""
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    base: str = ""
    params: dict[str, str] = field(default_factory=dict)  # from the route

    @property
    def query(self) -> list[tuple[str, str]]:
        return parse_qsl(self.query_string, keep_blank_values=True)

    @property
    def form(self) -> list[tuple[str, str]]:
        return parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True)

    @property
    def json(self) -> Any:
        """The body as JSON; raises ValueError if it is not."""
        return json.loads(self.body)

    @property
    def basic_auth(self) -> tuple[str, str] | None:
        """User and password of an `Authorization: Basic` header."""
        kind, _, value = self.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "basic":
            return None
        try:
            user, _, password = base64.b64decode(value).decode().partition(":")
        except ValueError:
            return None
        return user, password

    @property
    def bearer(self) -> str | None:
        """The token of an `Authorization: Bearer` header."""
        kind, _, value = self.headers.get("Authorization", "").partition(" ")
        return value if kind.lower() == "bearer" else None


@dataclass(slots=True)
class Response:
    """One HTTP response; `stream` replaces `body` for event streams.

    `beforehand` is work that must be seen to happen before the caller has its answer: a callback that
    overtakes it. It runs without the network's lock.
    """

    status: int = 200
    body: bytes = b""
    headers: Headers = field(default_factory=Headers)
    stream: Iterator[bytes] | None = None
    beforehand: Callable[[], None] | None = None


def json_response(content: object, status: int = 200) -> Response:
    """`content` as JSON."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
    return Response(status, body, Headers([("Content-Type", "application/json; charset=utf-8")]))


class Refusal(Exception):
    """A handler's documented error answer."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


Handler = Callable[[Request], Response]


@dataclass(frozen=True, slots=True)
class Route:
    """One method and path pattern; `<name>` stands for anything but a slash."""

    method: str
    path: str
    operation: str
    handler: Handler

    @property
    def pattern(self) -> re.Pattern[str]:
        return _pattern(self.path)

    @property
    def vagueness(self) -> list[tuple[bool, bool]]:
        """Sorts fixed segments before partly fixed ones before those that take anything."""
        segments = self.path.split("/")
        return [("<" in segment, segment.startswith("<") and segment.endswith(">")) for segment in segments]


@cache
def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"<(\w+)>", path.rstrip("/"))
    named = (f"(?P<{part}>[^/]+)" if place % 2 else re.escape(part) for place, part in enumerate(parts))
    return re.compile("".join(named) + "/?")


class Router:
    """Routes, the most definite first; each has the operation's documented name."""

    def __init__(self) -> None:
        self._routes: list[Route] = []

    def add(self, method: str, path: str, operation: str, handler: Handler) -> None:
        """Serve `method path` as `operation`; one operation may have several paths."""
        insort(self._routes, Route(method, path, operation, handler), key=lambda route: route.vagueness)

    def copy(self) -> Self:
        """Another router with the same routes, that reads paths in the same way."""
        other = type(self)()
        other._routes = list(self._routes)
        return other

    def match(self, method: str, path: str) -> tuple[str, Handler, dict[str, str]] | None:
        """Operation, handler and path parameters, or None. HEAD is served as GET."""
        method = "GET" if method == "HEAD" else method
        for route in self._routes:
            if route.method == method and (found := route.pattern.fullmatch(path)):
                return route.operation, route.handler, found.groupdict()
        return None

    @property
    def calls(self) -> list[tuple[str, str, str]]:
        """Every route: method, path pattern, operation."""
        return [(route.method, route.path, route.operation) for route in self._routes]

    @property
    def operations(self) -> list[str]:
        return list(dict.fromkeys(route.operation for route in self._routes))
