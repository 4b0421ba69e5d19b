"""Requests, responses and routes, independent of any server.

The same handlers serve a socket (`wsgi.py`) and a test in the same process (`Network.handle`).
A handler takes a `Request` and returns a `Response`; a refusal may be raised as `Refusal`.

Routes are a tree of path segments, so that a look costs the same however many there are. Where several fit,
the most definite wins, from left to right: a fixed segment, then a partly fixed one, then one that takes
anything.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, Self

from pydantic_core import PydanticSerializationError, to_json

from simulator.headers import Headers
from simulator.pairs import Pairs, pairs_of

Json = dict[str, Any]
REMEMBERED = 256  # paths a router has read


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
    _read: tuple[bytes, Pairs] | None = None  # the form, and the body it was read from

    @property
    def query(self) -> Pairs:
        return pairs_of(self.query_string)

    @property
    def form(self) -> Pairs:
        if self._read is None or self._read[0] is not self.body:
            self._read = self.body, pairs_of(self.body.decode("utf-8", "replace"))
        return list(self._read[1])

    @property
    def json(self) -> Any:
        """The body as JSON; raises ValueError if it is not."""
        return json.loads(self.body)

    @property
    def basic_auth(self) -> tuple[str, str] | None:
        """User and password of an `Authorization: Basic` header."""
        return _basic(self.headers.get("Authorization", ""))

    @property
    def bearer(self) -> str | None:
        """The token of an `Authorization: Bearer` header."""
        kind, _, value = self.headers.get("Authorization", "").partition(" ")
        return value if kind.lower() == "bearer" else None


@lru_cache(64)
def _basic(said: str) -> tuple[str, str] | None:
    kind, _, value = said.partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        user, _, password = base64.b64decode(value).decode().partition(":")
    except ValueError:
        return None
    return user, password


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


JSON_TYPE = (("Content-Type", "application/json; charset=utf-8"),)


def json_response(content: object, status: int = 200) -> Response:
    """`content` as JSON."""
    return Response(status, _written(content), Headers(JSON_TYPE))


def _written(content: object) -> bytes:
    """Half a surrogate pair, which is no character, becomes a question mark."""
    try:
        return to_json(content)
    except PydanticSerializationError:
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


class Refusal(Exception):
    """A handler's documented error answer."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


Handler = Callable[[Request], Response]
Found = tuple[str, Handler, dict[str, str]]  # operation, handler, path parameters


@dataclass(frozen=True, slots=True)
class Route:
    """One method and path pattern; `<name>` stands for anything but a slash."""

    method: str
    path: str
    operation: str
    handler: Handler


@dataclass(slots=True)
class _Node:
    """What may follow a segment; `ends` are the routes that end here, by method."""

    fixed: dict[str, "_Node"] = field(default_factory=dict)
    partly: dict[str, "_Node"] = field(default_factory=dict)
    anything: "_Node | None" = None
    ends: dict[str, tuple[Route, list[str]]] = field(default_factory=dict)

    def below(self, segment: str) -> "_Node":
        """The node for a segment of a pattern without its names, made if need be."""
        if segment == "<>":
            self.anything = self.anything or _Node()
            return self.anything
        nodes = self.partly if "<" in segment else self.fixed
        if segment not in nodes:
            nodes[segment] = _Node()
        return nodes[segment]

    def find(
        self, segments: list[str], method: str, at: int = 0
    ) -> tuple[Route, list[str], list[str]] | None:
        """The route, the names of its parameters, and their values in reverse."""
        if at == len(segments):
            end = self.ends.get(method)
            return (*end, []) if end else None
        segment = segments[at]
        if (node := self.fixed.get(segment)) and (found := node.find(segments, method, at + 1)):
            return found
        for shape, node in self.partly.items():
            if (fits := _pattern(shape).fullmatch(segment)) and (
                found := node.find(segments, method, at + 1)
            ):
                found[2].extend(reversed(fits.groups()))
                return found
        if self.anything and segment and (found := self.anything.find(segments, method, at + 1)):
            found[2].append(segment)
            return found
        return None


@cache
def _read(path: str) -> tuple[list[str], list[str]]:
    """Its segments without names, and the names; each world has the same hundreds of patterns."""
    return re.sub(r"<\w+>", "<>", path).rstrip("/").split("/")[1:], re.findall(r"<(\w+)>", path)


@cache
def _pattern(shape: str) -> re.Pattern[str]:
    return re.compile("([^/]+)".join(re.escape(part) for part in shape.split("<>")))


class Router:
    """Routes; each has the operation's documented name."""

    def __init__(self) -> None:
        self._routes: list[Route] = []
        self._root = _Node()
        self._known = lru_cache(REMEMBERED)(self._found)

    def add(self, method: str, path: str, operation: str, handler: Handler) -> None:
        """Serve `method path` as `operation`; one operation may have several paths."""
        self._plant(Route(method, path, operation, handler))

    def _plant(self, route: Route) -> None:
        node, (segments, names) = self._root, _read(route.path)
        for segment in segments:
            node = node.below(segment)
        node.ends.setdefault(route.method, (route, names))
        self._routes.append(route)
        self._known.cache_clear()

    def copy(self) -> Self:
        """Another router with the same routes, that reads paths in the same way."""
        other = type(self)()
        for route in self._routes:
            other._plant(route)
        return other

    def match(self, method: str, path: str) -> Found | None:
        """Operation, handler and path parameters, or None. HEAD is served as GET."""
        found = self._known("GET" if method == "HEAD" else method, path)
        return (found[0].operation, found[0].handler, dict(found[1])) if found else None

    def _found(self, method: str, path: str) -> tuple[Route, list[tuple[str, str]]] | None:
        found = self._root.find(path.removesuffix("/").split("/")[1:], method)
        if found is None:
            return None
        route, names, values = found
        return route, list(zip(names, reversed(values), strict=True))

    @property
    def calls(self) -> list[tuple[str, str, str]]:
        """Every route: method, path pattern, operation."""
        return [(route.method, route.path, route.operation) for route in self._routes]

    @property
    def operations(self) -> list[str]:
        return list(dict.fromkeys(route.operation for route in self._routes))
