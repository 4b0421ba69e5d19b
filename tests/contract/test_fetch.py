"""Files at addresses that others chose, and connections that end badly."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests
import responses

from bridge.carriers.twilio import Twilio
from bridge.carriers.twilio_account import Account
from bridge.core.errors import BridgeError, Misconfigured, Permanent, Temporary, Throttled, Uncertain
from bridge.core.model import Media
from bridge.fetch import Fetcher, Limits
from bridge.guard import is_private
from bridge.http import Client

SID = "AC" + "1" * 32
API = f"https://api.twilio.com/2010-04-01/Accounts/{SID}"


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def twilio() -> Twilio:
    return Twilio(Account(SID, ("token",), "https://bridge.example.com"), requests.Session())


PHOTO = f"{API}/Messages/MM1/Media/ME1"
CDN = "https://mms.twiliocdn.com/x?Expires=1&Signature=2"


def opened(twilio: Twilio, url: str) -> tuple[str, bytes]:
    with twilio.open_media(Media(url)) as download:
        return download.content_type, b"".join(download.chunks)


def test_credentials_stay_with_the_account(wire: responses.RequestsMock, twilio: Twilio) -> None:
    """The account's media asks for them; the signed address behind it never sees them (CAR-140…142)."""
    wire.get(PHOTO, status=307, headers={"Location": CDN})
    wire.get(CDN, body=b"bytes", content_type="image/jpeg; q=1")
    assert opened(twilio, PHOTO) == ("image/jpeg", b"bytes")
    assert "Authorization" in wire.calls[0].request.headers
    assert "Authorization" not in wire.calls[1].request.headers


@pytest.mark.parametrize(
    "url",
    [
        "https://api.twilio.com/2010-04-01/Accounts/AC" + "2" * 32 + "/Messages/MM1/Media/ME1",
        "https://api.twilio.com.evil.example/2010-04-01/Accounts/" + SID,
        "http://api.twilio.com/2010-04-01/Accounts/" + SID + "/x",
    ],
)
def test_look_alikes_get_no_credentials(wire: responses.RequestsMock, twilio: Twilio, url: str) -> None:
    """Another account, another host, another scheme."""
    wire.get(url, body=b"x")
    opened(twilio, url)
    assert "Authorization" not in wire.calls[0].request.headers


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.com/x",
        "//example.com/x",
        "http://127.0.0.1/x",
        "http://127.1/x",
        "http://2130706433/x",
        "http://localhost:8080/x",
        "http://169.254.169.254/latest",
        "http://10.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[2002:7f00:1::]/",
        "http://[fe80::1%25eth0]/",
        "http://0.0.0.0/",
        "http://metadata.google.internal/",
    ],
)
def test_a_private_address_is_never_asked(wire: responses.RequestsMock, twilio: Twilio, url: str) -> None:
    """Neither at once nor behind a redirect (FT-X3)."""
    wire.get("https://mms.twiliocdn.com/y", status=302, headers={"Location": url})
    with pytest.raises(Permanent):
        opened(twilio, url)
    assert len(wire.calls) == 0
    if "://" in url:
        with pytest.raises(Permanent):
            opened(twilio, "https://mms.twiliocdn.com/y")


def test_a_name_that_leads_to_a_private_address_is_caught_at_the_socket() -> None:
    """The connection is judged by where it led, before a byte is written (DNS rebinding)."""
    with listening() as (port, heard):
        session = Fetcher("https://example.com", ("u", "p"))._session
        with pytest.raises(Permanent, match="private"):
            session.get(f"http://127.0.0.1:{port}/")
    assert heard == [b""]


@contextmanager
def listening() -> Iterator[tuple[int, list[bytes]]]:
    """A server that notes what one client writes."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            peer, _ = server.accept()
            with peer:
                heard.append(peer.recv(100))

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1], heard
        thread.join(5)


def test_public_addresses_are_public() -> None:
    """The guard does not cry wolf."""
    assert not any(map(is_private, ("8.8.8.8", "2606:4700::1111", "mms.twiliocdn.com", "10.example.com")))


@pytest.mark.parametrize(
    ("status", "url", "kind"),
    [
        (401, PHOTO, Misconfigured),
        (404, PHOTO, Permanent),
        (403, CDN, Temporary),
        (404, CDN, Permanent),
        (503, PHOTO, Temporary),
        (429, PHOTO, Throttled),
    ],
)
def test_a_file_that_cannot_be_had(
    wire: responses.RequestsMock, twilio: Twilio, status: int, url: str, kind: type[BridgeError]
) -> None:
    """Gone is gone; a signed address that expired is fetched afresh (CAR-377)."""
    wire.get(url, status=status)
    with pytest.raises(BridgeError) as caught:
        opened(twilio, url)
    assert isinstance(caught.value, kind)
    assert isinstance(caught.value, Temporary) == issubclass(kind, Temporary)


def test_redirects_end(wire: responses.RequestsMock, twilio: Twilio) -> None:
    """Three hops, then no more."""
    wire.get(CDN, status=302, headers={"Location": CDN})
    with pytest.raises(Permanent):
        opened(twilio, CDN)
    assert len(wire.calls) == 4


def test_a_file_is_bounded_in_size_and_time(wire: responses.RequestsMock) -> None:
    """More bytes or more seconds than allowed: stop reading."""
    wire.get(CDN, body=b"x" * 11)
    small = Fetcher(API, ("u", "p"), limits=Limits(most_bytes=10))
    with pytest.raises(Permanent, match="too large"), small.open(Media(CDN)) as download:
        list(download.chunks)
    ticks = iter((0.0, 100.0))
    slow = Fetcher(API, ("u", "p"), limits=Limits(most_seconds=60), clock=lambda: next(ticks))
    with pytest.raises(Temporary, match="slowly"), slow.open(Media(CDN)) as download:
        list(download.chunks)


def test_a_refused_connection_is_told_from_a_cut_one() -> None:
    """With real sockets: nobody listens, or somebody hangs up without an answer."""
    with listening() as (port, _), pytest.raises(Uncertain):
        Client(requests.Session(), f"http://127.0.0.1:{port}").call("POST", "/x", data="x")
    with pytest.raises(Temporary):
        Client(requests.Session(), f"http://127.0.0.1:{port}").call("POST", "/x", data="x")
    with pytest.raises(Temporary):
        Client(requests.Session(), "http://no-such-host.invalid").call("POST", "/x", data="x")
