"""FT-X1: genuine webhooks are let in however they come; one byte changed, and nothing of them is kept.

Signed by Twilio's own code for the address that Twilio was told; sent as it arrives behind a proxy.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from structlog.testing import capture_logs
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict
from werkzeug.test import Client, TestResponse

from bridge.providers import REPORT_ONLY
from bridge.proxies import Asked, Front, networks, shown
from simulator import accounts
from tests.doors import FORM, SMS, STATUS, TEXT, Doors
from tests.world import World

PUBLIC = "https://bridge.example.com"
BELOW = f"{PUBLIC}/sms/bridge"
PORT = "https://bridge.example.com:8443"
SOCKET = "http://10.0.0.5:8080"
PROXY = "10.0.0.9"
JSON = json.dumps(TEXT).encode()
HASHED = f"?bodySHA256={hashlib.sha256(JSON).hexdigest()}"
Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Row:
    """A request: the address Twilio signed, how the bridge is set, and how the request arrives."""

    told: str
    body: bytes = urlencode(TEXT).encode()
    content_type: str = FORM
    path: str = ""  # where it arrives, if not at the path that was told
    headers: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    token: str = accounts.TWILIO_AUTH_TOKEN

    @property
    def signature(self) -> str:
        """By Twilio's own code; a body that is no form is in the address by its hash."""
        form: MultiDict[str, str] = MultiDict(self.pairs if self.content_type == FORM else [])
        return str(RequestValidator(self.token).compute_signature(self.told, form))

    @property
    def pairs(self) -> Pairs:
        """The form, blanks kept."""
        return parse_qsl(self.body.decode(), keep_blank_values=True)

    def arrive(self, doors: Doors, **changed: Any) -> TestResponse:
        """At the socket, where neither scheme nor host are those that were told."""
        path, _, query = self.told.partition("://")[2].partition("/")[2].partition("?")
        sent: dict[str, Any] = {
            "path": self.path or f"/{path}",
            "query_string": query,
            "data": self.body,
            "headers": {**self.headers, "X-Twilio-Signature": self.signature},
        } | changed
        return Client(doors.world.bridge.app).post(
            base_url=SOCKET,
            content_type=self.content_type,
            environ_overrides={"REMOTE_ADDR": PROXY},
            **sent,
        )


def texted(*more: tuple[str, str], **changed: str) -> bytes:
    return urlencode([*{**TEXT, **changed}.items(), *more]).encode()


OTHER = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "other.example.com"}
LISTED = {"public_url": PUBLIC, "trusted_proxies": ("10.0.0.0/24", "2001:db8::1")}
ACCEPTED: dict[str, Row] = {
    "behind a proxy that ends TLS": Row(PUBLIC + SMS, settings={"public_url": PUBLIC}),
    "at a port": Row(PORT + SMS, settings={"public_url": PORT}),
    "at the default port, told": Row(f"{PUBLIC}:443{SMS}", settings={"public_url": PUBLIC}),
    "below a path that the proxy takes off": Row(BELOW + SMS, path=SMS, settings={"public_url": BELOW}),
    "below a path that the proxy leaves": Row(BELOW + SMS, settings={"public_url": BELOW}),
    "with a query": Row(f"{PUBLIC}{SMS}?a=1&b=%20%C3%A9&c=", settings={"public_url": PUBLIC}),
    "a receipt with its attempt": Row(f"{PUBLIC}{STATUS}?attempt=7-1", settings={"public_url": PUBLIC}),
    "repeated names": Row(
        PUBLIC + SMS, texted(("AddOns", "b"), ("AddOns", "a")), settings={"public_url": PUBLIC}
    ),
    "empty values": Row(
        PUBLIC + SMS, texted(FromCity="", ToZip="", Body=""), settings={"public_url": PUBLIC}
    ),
    "any characters": Row(
        PUBLIC + SMS, texted(Body=" Hé 👍🏽\r\n& = + % 中 "), settings={"public_url": PUBLIC}
    ),
    "a JSON body, by its hash": Row(
        PUBLIC + SMS + HASHED, JSON, "application/json; charset=utf-8", settings={"public_url": PUBLIC}
    ),
    "signed with the old token": Row(
        PUBLIC + SMS,
        settings={"public_url": PUBLIC, "twilio_auth_token_old": "former"},
        token="former",
    ),
    "at another address, told by a trusted proxy": Row(
        f"https://other.example.com{SMS}", headers=OTHER, settings=LISTED
    ),
    "another path, told by a trusted proxy": Row(
        f"https://other.example.com/deep{SMS}",
        path=SMS,
        headers={**OTHER, "X-Forwarded-Prefix": "/deep/"},
        settings=LISTED,
    ),
    "the last word of several proxies": Row(
        f"https://other.example.com{SMS}",
        headers={"X-Forwarded-Proto": "http, https", "X-Forwarded-Host": "evil.example, other.example.com"},
        settings=LISTED,
    ),
    "only the scheme is told": Row(
        f"http://10.0.0.5:8080{SMS}", headers={"X-Forwarded-Proto": "http"}, settings=LISTED
    ),
    "the public address, whatever a trusted proxy says": Row(PUBLIC + SMS, headers=OTHER, settings=LISTED),
}


@pytest.fixture
def doors(tmp_path: Path, row: Row) -> Iterator[Doors]:
    """A bridge set as the row says."""
    world = World(tmp_path, **row.settings)
    with closing(world):
        yield Doors(world, tmp_path)


def spoilt(row: Row) -> Iterator[dict[str, Any]]:
    """The same with one byte changed: in the body, the query, the path's case, the signature."""
    for place in range(0, len(row.body), 7):
        changed = row.body[:place] + bytes([row.body[place] ^ 1]) + row.body[place + 1 :]
        if row.content_type != FORM or parse_qsl(changed.decode("utf-8", "replace"), True) != row.pairs:
            yield {"data": changed}
    query = row.told.partition("?")[2]
    yield {"query_string": f"{query[:-1]}{chr(ord(query[-1:] or 'x') ^ 1)}"}
    wrong = ("B" if row.signature[0] == "A" else "A") + row.signature[1:]
    for signature in (wrong, row.signature[:-1], row.signature + "=", "", "é"):
        yield {"headers": {**row.headers, "X-Twilio-Signature": signature}}
    yield {"headers": row.headers}


@pytest.mark.parametrize("row", ACCEPTED.values(), ids=list(ACCEPTED))
def test_the_genuine_is_let_in_and_nothing_like_it(doors: Doors, row: Row) -> None:
    """With one byte changed: 403 and not a row in the journal. As it was sent: in, once, also hours later."""
    answers = [row.arrive(doors, **changed).status_code for changed in spoilt(row)]
    assert len(answers) > 15
    assert set(answers) == {403}
    assert doors.kept() == []
    assert row.arrive(doors).status_code == 200
    doors.world.clock.advance(4 * 3600.0)
    assert row.arrive(doors).status_code == 200
    assert len(doors.kept()) == 1


REFUSED: dict[str, Row] = {
    "told by a proxy nobody listed": Row(
        f"https://other.example.com{SMS}", headers=OTHER, settings={"public_url": PUBLIC}
    ),
    "told by a stranger": Row(
        f"https://other.example.com{SMS}",
        headers=OTHER,
        settings={"public_url": PUBLIC, "trusted_proxies": ("10.0.1.0/24",)},
    ),
    "the first word of several": Row(
        f"https://evil.example{SMS}",
        headers={"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example, other.example.com"},
        settings=LISTED,
    ),
    "signed for the socket": Row(SOCKET + SMS, settings={"public_url": PUBLIC}),
    "signed with the older token": Row(
        PUBLIC + SMS,
        settings={"public_url": PUBLIC, "twilio_auth_token_old": "former"},
        token="older",
    ),
    "a JSON body without its hash": Row(
        PUBLIC + SMS, JSON, "application/json", settings={"public_url": PUBLIC}
    ),
}


@pytest.mark.parametrize("row", REFUSED.values(), ids=list(REFUSED))
def test_what_proves_nothing_is_refused(doors: Doors, row: Row) -> None:
    """Headers of strangers, other addresses, tokens that are gone."""
    assert row.arrive(doors).status_code == 403
    assert doors.kept() == []


# --- report-only ---

UNSURE = {"signatures": "report-only", "public_url": f"https://user:word@{PUBLIC[8:]}"}
MISTAKEN = {
    "behind a proxy": (Row(f"http://10.0.0.5:8080{SMS}", settings=UNSURE), f"http://10.0.0.5:8080{SMS}"),
    "another host": (
        Row(f"https://other.example.com{SMS}?order=4711", headers=OTHER, settings=UNSURE),
        f"https://other.example.com{SMS}?order=…",
    ),
    "by nobody": (Row(PUBLIC + SMS, settings=UNSURE, token="forged"), "unknown"),
}


@pytest.mark.parametrize(("row", "signed"), MISTAKEN.values(), ids=list(MISTAKEN))
def test_report_only_lets_in_and_says_what_was_signed(doors: Doors, row: Row, signed: str) -> None:
    """It is counted and logged, with the address to set if it can be told, and nobody's secret."""
    with capture_logs() as lines:
        assert row.arrive(doors).status_code == 200
    assert [kind for kind, _ in doors.kept()] == ["TextReceived"]
    assert doors.count("bridge_signature_mismatches_total") == {(SMS,): 1.0}
    (line,) = [line for line in lines if line["event"] == "signature.mismatch"]
    assert (line["signed"], line["taken"], line["log_level"]) == (signed, True, "warning")
    assert line["expected"].startswith(PUBLIC + SMS)
    assert not [word for word in ("word@", "4711", "Hello", TEXT["From"]) if word in repr(line)]


@pytest.mark.parametrize("row", [Row(f"http://10.0.0.5:8080{SMS}", settings={"public_url": PUBLIC})])
def test_a_refusal_says_as_much(doors: Doors, row: Row) -> None:
    """Whoever looks for lost texts finds which address is signed and which was expected."""
    with capture_logs() as lines:
        assert row.arrive(doors).status_code == 403
    (line,) = [line for line in lines if line["event"] == "signature.mismatch"]
    assert (line["expected"], line["signed"], line["taken"]) == (PUBLIC + SMS, row.told, False)


def test_other_doors_stay_shut(tmp_path: Path) -> None:
    """A shared secret depends on no address: report-only is no reason to let a forged reply in."""
    world = World(tmp_path, **UNSURE)
    with closing(world):
        client = Client(world.bridge.app)
        assert client.post("/webhooks/sunshine", data=b"{}").status_code == 403
        assert client.post("/webhooks/opencx", data=b"{}").status_code == 403


def test_report_only_is_loud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At start, in the check and in the status."""
    world = World(tmp_path, **UNSURE)
    with closing(world), capture_logs() as lines:
        assert world.bridge.check()[0].problem == REPORT_ONLY
        headers = {"Authorization": f"Bearer {accounts.ADMIN_TOKEN}"}
        status = Client(world.bridge.app).get("/admin/status", headers=headers).get_json()
        assert status["signatures_enforced"] is False
        world.bridge.start()
    assert ("signatures.not_enforced", "warning") in [(line["event"], line["log_level"]) for line in lines]


# --- the address alone ---


def asked(path: str = SMS, peer: str = PROXY, **headers: str) -> Asked:
    told = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    return Asked(path, "", peer, lambda name: told.get(name.lower(), ""))


PEERS = {
    "10.0.0.9": True,
    "::ffff:10.0.0.9": True,
    "2001:db8::1": True,
    "10.0.1.9": False,
    "": False,
    "x": False,
}


@pytest.mark.parametrize(("peer", "believed"), PEERS.items())
def test_who_is_believed(peer: str, *, believed: bool) -> None:
    """Networks and addresses, and IPv4 in its IPv6 clothes; never somebody without an address."""
    front = Front(PUBLIC, networks(LISTED["trusted_proxies"]))  # type: ignore[arg-type]
    assert (len(front.addresses(asked(peer=peer, Host="h"))) == 2) is believed


SHOWN = {
    "https://user:word@h:1/x?a=1&b=&c=%20#f": "https://h:1/x?a=…&b=…&c=…",
    "https://h/x": "https://h/x",
    "": "",
}


@pytest.mark.parametrize(("url", "as_logged"), SHOWN.items())
def test_an_address_in_a_log(url: str, as_logged: str) -> None:
    """Without a user and without what a query says."""
    assert shown(url) == as_logged
