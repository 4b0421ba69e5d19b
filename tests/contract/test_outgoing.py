"""Our short way through requests, against requests itself."""

import io
import re
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter

from bridge.outgoing import Outgoing

URL = "https://api.example.com/2010/Messages.json"
FILE = b"\x89PNG"
CALLS: dict[str, dict[str, Any]] = {
    "a form with a key": {
        "method": "post",
        "url": URL,
        "data": {"To": "+1", "Body": "é & =", "M": ["a", "b"]},
    },
    "pairs": {"method": "POST", "url": URL, "data": [("To", "+1"), ("MediaUrl", "a"), ("MediaUrl", "b")]},
    "a value left out": {
        "method": "POST",
        "url": URL,
        "data": {"To": "+1", "From": None},
        "params": {"a": None},
    },
    "a file": {
        "method": "POST",
        "url": URL,
        "params": {"for": "message"},
        "files": {"source": ("a.png", FILE, "image/png")},
    },
    "json": {"method": "POST", "url": URL, "json": {"text": "naïve"}},
    "deep query": {"method": "GET", "url": URL, "params": {"filter[userId]": "u 1", "page[size]": 100}},
    "headers": {"method": "GET", "url": URL, "headers": {"Accept-Encoding": "identity"}},
    "user in the address": {"method": "GET", "url": "http://us%20er:pass@example.com/x y?q=é#part"},
    "nothing to send": {"method": "POST", "url": URL},
}


class Far(BaseAdapter):
    """The other end: remembers, answers."""

    def __init__(self, **headers: str) -> None:
        super().__init__()
        self.asked: list[requests.PreparedRequest] = []
        self.sending: list[dict[str, Any]] = []
        self.raw = io.BytesIO(b'{"ok": true}')
        self.headers = headers

    def send(self, request: requests.PreparedRequest, **sending: Any) -> requests.Response:  # type: ignore[override]
        self.asked.append(request)
        self.sending.append(sending)
        response = requests.Response()
        response.status_code, response.raw, response.request = 200, self.raw, request
        response.url = request.url or ""
        response.headers.update(self.headers)
        return response

    def close(self) -> None:
        """Nothing is open."""


def reached(session: requests.Session, far: Far) -> Far:
    """Every call of the session ends there."""
    for scheme in ("http://", "https://"):
        session.mount(scheme, far)
    return far


def sent(far: Far) -> list[str]:
    """What left, header lines in any order; where a file begins and ends is marked by chance."""
    asked = far.asked[0]
    whole = [asked.method, asked.url, sorted(asked.headers.items()), asked.body]
    return [re.sub(r"[0-9a-f]{32}", "boundary", repr(each)) for each in whole]


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_the_same_leaves_as_through_requests(call: dict[str, Any]) -> None:
    """The same bytes, sent in the same way."""
    ours, theirs = Outgoing(1), requests.Session()
    here, there = reached(ours, Far()), reached(theirs, Far())
    for session in (ours, theirs):
        session.request(**call, auth=("key", "secret"), timeout=(1, 2), allow_redirects=False)
    assert sent(here) == sent(there)
    assert here.sending == there.sending


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("REQUESTS_CA_BUNDLE", "/own/ca.pem", {"verify": "/own/ca.pem"}),
        ("HTTPS_PROXY", "http://proxy:3128", {"proxies": {"https": "http://proxy:3128"}}),
    ],
)
def test_the_environment_steers(
    name: str, value: str, told: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proxies and certificates as a deployment sets them, read once a host."""
    for each in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(each, raising=False)
    session = Outgoing(1)
    far = reached(session, Far())
    monkeypatch.setenv(name, value)
    session.get(URL, allow_redirects=False)
    monkeypatch.delenv(name)
    session.get(URL, allow_redirects=False)
    session.get("https://other.example.com/", allow_redirects=False)
    first, second, other = ({key: each[key] for key in told} for each in far.sending)
    assert first == second == told
    assert other != told


def test_a_place_without_a_proxy_keeps_out_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is known of one host says nothing of another."""
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    monkeypatch.setenv("NO_PROXY", "inside.example.com")
    session = Outgoing(1)
    far = reached(session, Far())
    for host in ("api.example.com", "inside.example.com"):
        session.get(f"https://{host}/", allow_redirects=False)
    assert [bool(each["proxies"].get("https")) for each in far.sending] == [True, False]


def test_no_cookie_comes_back() -> None:
    """Nobody who balances load can tie our calls together."""
    session = Outgoing(1)
    far = reached(session, Far(**{"Set-Cookie": "who=me"}))
    for _ in range(2):
        session.get(URL, allow_redirects=False)
    assert "Cookie" not in far.asked[1].headers


@pytest.mark.parametrize(("stream", "left"), [(False, b""), (True, b'{"ok": true}')])
def test_an_answer_is_read_unless_it_is_streamed(stream: bool, left: bytes) -> None:  # noqa: FBT001
    """So that the connection is free again."""
    session = Outgoing(1)
    far = reached(session, Far())
    session.get(URL, allow_redirects=False, stream=stream)
    assert far.raw.read() == left


def test_who_authenticates_hears_the_answer() -> None:
    """A token that was refused is renewed there."""
    heard: list[requests.Response] = []

    def auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.register_hook("response", lambda response, **_: heard.append(response))  # type: ignore[no-untyped-call]
        return request

    session = Outgoing(1)
    reached(session, Far())
    assert session.get(URL, auth=auth, allow_redirects=False) is heard[0]


def test_redirects_go_the_ordinary_way() -> None:
    """Only calls that follow none are shortened."""
    session = Outgoing(1)
    far = reached(session, Far())
    session.get(URL)
    session.get(URL, allow_redirects=False, cookies={"a": "b"})
    assert [each.headers.get("Cookie") for each in far.asked] == [None, "a=b"]


@pytest.mark.parametrize("address", ["http://[::1/x", "http://", "nothing"])
def test_an_address_that_is_none_is_the_same_error(address: str) -> None:
    """Whoever sorts failures knows those of requests."""
    session = Outgoing(1)
    reached(session, Far())
    with pytest.raises(requests.RequestException):
        session.get(address, allow_redirects=False)
