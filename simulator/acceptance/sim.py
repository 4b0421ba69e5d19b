"""The control surface of the simulators, as actors use it: the same JSON in process and over HTTP."""

import json
from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import urlencode

import requests

from simulator.endings import Ending
from simulator.headers import Headers
from simulator.web import Request, Response

Json = dict[str, Any]


class Refused(AssertionError):
    """The control surface did not accept what an actor did."""


class Sim(Protocol):
    """`/_sim`, and the doors of the simulated services for people who use them without the bridge."""

    def call(self, method: str, path: str, content: object = None, **query: object) -> Json:
        """Call `/_sim` + path; raises `Refused` unless it succeeds."""

    def ask(self, method: str, path: str, content: object, headers: dict[str, str]) -> Json:
        """Call a simulated service as somebody else than the bridge; raises `Refused` unless it succeeds."""


class LocalSim:
    """The control surface in this process."""

    def __init__(self, handle: Callable[[Request], Ending]) -> None:
        self._handle = handle

    def call(self, method: str, path: str, content: object = None, **query: object) -> Json:
        return self._call(method, f"/_sim{path}", content, {}, urlencode(query))

    def ask(self, method: str, path: str, content: object, headers: dict[str, str]) -> Json:
        return self._call(method, path, content, headers)

    def _call(
        self, method: str, path: str, content: object, headers: dict[str, str], query: str = ""
    ) -> Json:
        body = b"" if content is None else json.dumps(content).encode()
        sent = Headers([("Content-Type", "application/json"), *headers.items()])
        answer = self._handle(Request(method, path, query, sent, body))
        assert isinstance(answer, Response), f"{method} {path} ended without an answer"
        return _content(method, path, answer.status, answer.body)


class HttpSim:
    """The control surface behind an address."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._session = requests.Session()
        self._session.trust_env = False

    def call(self, method: str, path: str, content: object = None, **query: object) -> Json:
        answer = self._session.request(
            method, f"{self._base}/_sim{path}", json=content, params=urlencode(query), timeout=60
        )
        return _content(method, path, answer.status_code, answer.content)

    def ask(self, method: str, path: str, content: object, headers: dict[str, str]) -> Json:
        answer = self._session.request(method, self._base + path, json=content, headers=headers, timeout=60)
        return _content(method, path, answer.status_code, answer.content)

    def close(self) -> None:
        self._session.close()


def _content(method: str, path: str, status: int, body: bytes) -> Json:
    if status >= 300:
        raise Refused(f"{method} {path} was answered with {status}: {body.decode(errors='replace')}")
    found: Json = json.loads(body) if body else {}
    return found
