"""The line to the carrier, where each create call ends as planned: before it was applied or after it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter

from simulator.acceptance.transport import Handle, NetworkAdapter
from simulator.headers import Headers
from simulator.web import Response
from tests.world import MARIA

Call = Callable[[], requests.Response]
Ends = Callable[[Call, requests.PreparedRequest], requests.Response]


@dataclass
class Line:
    """What becomes of the next create calls, and of every look for a message; nothing by default."""

    creates: list[Ends] = field(default_factory=list)
    looks: Ends | None = None

    def end(self, request: requests.PreparedRequest, call: Call) -> requests.Response:
        """One call of the bridge's."""
        url = request.url or ""
        if not url.partition("?")[0].endswith("/Messages.json"):
            return call()
        if request.method == "POST" and self.creates:
            return self.creates.pop(0)(call, request)
        looks = request.method == "GET" and f"To={MARIA.replace('+', '%2B')}" in url
        return self.looks(call, request) if looks and self.looks else call()


class _Adapter(BaseAdapter):
    def __init__(self, line: Line, handle: Handle) -> None:
        super().__init__()
        self._line, self._inner = line, NetworkAdapter(handle)

    def send(self, request: requests.PreparedRequest, **how: Any) -> requests.Response:  # type: ignore[override]
        return self._line.end(request, lambda: self._inner.send(request, **how))

    def close(self) -> None:
        """Nothing is held open."""


def laid(monkeypatch: pytest.MonkeyPatch) -> Line:
    """A line that every bridge of this test's worlds uses."""
    line = Line()

    def session_for(handle: Handle) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        session.mount("http://", _Adapter(line, handle))
        return session

    monkeypatch.setattr("tests.world.session_for", session_for)
    return line


# --- how a call may end ---


def well(call: Call, _request: requests.PreparedRequest) -> requests.Response:
    """As the carrier answers."""
    return call()


def before(error: Callable[[], Exception]) -> Ends:
    """An error, and the carrier never heard of it."""

    def ends(_call: Call, _request: requests.PreparedRequest) -> requests.Response:
        raise error()

    return ends


def after(error: Callable[[], Exception]) -> Ends:
    """The carrier did it, and then an error."""

    def ends(call: Call, _request: requests.PreparedRequest) -> requests.Response:
        call()
        raise error()

    return ends


def instead(status: int, body: bytes | dict[str, object] = b"", **headers: str) -> Ends:
    """An answer, and the carrier did nothing."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = Headers([(name.replace("_", "-"), value) for name, value in headers.items()])
    adapter = NetworkAdapter(lambda _request: Response(status, content, named))
    return lambda _call, request: adapter.send(request)


def but(answer: Ends) -> Ends:
    """The carrier did it and answers something else."""

    def ends(call: Call, request: requests.PreparedRequest) -> requests.Response:
        call()
        return answer(call, request)

    return ends
