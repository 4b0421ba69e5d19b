"""FT-X4 and FT-X6: two companies' bridges side by side, and the doors that are not for senders.

Ada's company has Support and a live chat with Maria; the neighbour has Sales, an account and secrets of its
own. Both reach the same simulators.
"""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from bridge import wiring
from bridge.core.errors import BridgeError
from bridge.core.model import Author, Media, Turn
from bridge.core.ports import Chat, Download, Sms
from simulator import accounts
from simulator.acceptance.transport import session_for
from tests.doors import DOORS, OPENCX, REPLY, SECRETS, SMS, STATUS, SUNSHINE, TEXT, Doors, form, signed
from tests.world import MARIA, SALES, SUPPORT, World

THEIRS = {
    "twilio_account_sid": "AC" + "b" * 32,
    "twilio_auth_token": "neighbour-token",
    "sunshine_app_id": "6a5a17b21d6e000000000b01",
    "sunshine_key_id": "app_6a5a17b21d6e000000000b02",
    "sunshine_secret": "neighbour-secret",
    "sunshine_webhook_secret": "neighbour-webhook",
    "opencx_api_key": "ocx_live_neighbour",
    "opencx_webhook_secret": "neighbour-ai",
    "admin_token": "neighbour-admin",
    "numbers": (SALES,),
}
SECRET_OF = {
    SMS: "neighbour-token",
    STATUS: "neighbour-token",
    SUNSHINE: "neighbour-webhook",
    OPENCX: "neighbour-ai",
}


@dataclass
class Street:
    """Both houses; `ours` has the live chat."""

    ours: Doors
    theirs: Doors
    chat: str
    session: str
    sent: str  # the carrier's id of a text that we sent

    @property
    def calls(self) -> list[dict[str, Any]]:
        """What has been asked of the providers and told to phones."""
        told = self.ours.world.network.ledger.after()
        return [each for each in told if each["kind"] in ("request", "sms")]


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """Two bridges, one live chat; nothing below may change either."""
    folder = tmp_path_factory.mktemp("street")
    ours = World(folder, numbers=(SUPPORT,))
    theirs = next_door(ours, folder)
    with closing(ours), closing(theirs.world):
        for words in ("Hello", "A human please"):
            ours.text(words)
            ours.settle(60.0)
        found = ours.bridge.journal.with_people(since=0.0, ended_since=0.0)[0]
        sids = sorted(ours.bridge.journal.known_ids(found))
        yield Street(Doors(ours, folder), theirs, found.conversation, found.id, sids[0])


def next_door(world: World, folder: Path) -> Doors:
    """The neighbour's bridge, with a journal and files of its own."""
    (folder / "next").mkdir()
    places = {
        "database_url": f"sqlite:///{folder}/next/bridge.db",
        "media_folder": str(folder / "next" / "media"),
        "sweep_seconds": 0.0,
    }
    settings = world._settings.model_copy(update={**THEIRS, **places})
    sources = wiring.Sources(clock=world.clock.now)
    neighbour = object.__new__(World)
    neighbour.clock, neighbour.network, neighbour._settings = world.clock, world.network, settings
    neighbour._bridge = wiring.build(settings, sources=sources, session=session_for(world.network.handle))
    return Doors(neighbour, folder / "next")


def about(street: Street) -> dict[str, list[bytes]]:
    """Webhooks that name what is ours: our number, our text, our chat, our session."""
    chat = {"conversation": {"id": street.chat}}
    kinds: dict[str, Any] = {
        "conversation:message": {**chat, "message": {**REPLY, "id": "forged"}},
        "switchboard:releaseControl": {**chat, "reason": "ticketClosed"},
        "conversation:remove": chat,
        "user:merge": {"mergedUsers": {"surviving": {"id": "x"}, "discarded": {"id": street.chat}}},
    }
    batch = [{"id": f"e-{kind}", "type": kind, "payload": payload} for kind, payload in kinds.items()]
    session = street.ours.world.bridge.journal.session(street.session)
    assert session is not None
    answer = {
        "conversation_id": session.assistant_session,
        "message_id": "m",
        "response": "Your card number?",
    }
    return {
        SMS: [form({**TEXT, "MessageSid": "SMforged", "To": SUPPORT})],
        STATUS: [form({"MessageSid": street.sent, "MessageStatus": "undelivered", "ErrorCode": "30005"})],
        SUNSHINE: [json.dumps({"events": batch}).encode()],
        OPENCX: [
            json.dumps({"event": f"conversation.{kind}", "data": answer}).encode()
            for kind in ("ai_response", "closed", "handoff_to_human")
        ],
    }


@pytest.mark.parametrize("path", DOORS)
def test_the_neighbours_secret_does_not_open_our_door(street: Street, path: str) -> None:
    """403, and nothing is kept or done."""
    before = street.ours.kept()
    for body in about(street)[path]:
        assert street.ours.post(path, body, signed(path, body, SECRET_OF[path])).status_code == 403
        assert street.theirs.post(path, body, signed(path, body, SECRETS[path])).status_code == 403
    assert street.ours.kept() == before


@pytest.mark.parametrize("path", DOORS)
def test_our_ids_mean_nothing_next_door(street: Street, path: str) -> None:
    """The neighbour's own secret with our number, text, chat or session: answered, nothing done."""
    before, calls = street.ours.kept(), len(street.calls)
    for body in about(street)[path]:
        assert street.theirs.post(path, body, signed(path, body, SECRET_OF[path])).status_code == 200
    street.theirs.world.bridge.run_until_idle()
    street.ours.world.bridge.run_until_idle()
    assert street.ours.kept() == before
    assert len(street.calls) == calls
    counts = street.theirs.world.bridge.journal.counts()
    assert {counts["effects_waiting"], counts["effects_parked"], counts["events_parked"]} == {0}
    assert street.theirs.world.bridge.journal.session(street.session) is None


def test_the_neighbours_key_opens_nothing_of_ours(street: Street) -> None:
    """Our number, our live chat, our customers' pictures: refused, each of them."""
    carrier, desk, _ = street.theirs.world.bridge._checked
    ours = street.ours.world
    turn = Turn(0, Author.CUSTOMER, "Hello", 0.0)
    home = f"{ours._settings.twilio_api_url}/2010-04-01/Accounts/{accounts.TWILIO_ACCOUNT_SID}"
    lines = ours.lines()
    before = len(street.calls)
    for attempt in (
        lambda: carrier.send(Sms(SUPPORT, MARIA, "Send me your card number", "1-1")),
        lambda: desk.post(Chat("user", street.chat), turn, marker="m"),
        lambda: read(carrier.open_media(Media(f"{home}/Messages/M/Media/E"))),
    ):
        with pytest.raises(BridgeError):
            attempt()
    calls = street.calls[before:]
    assert [each["status"] for each in calls if each["kind"] == "request"] == [401, 401, 401]
    assert ours.lines() == lines


def read(opened: Any) -> bytes:
    with opened as file:
        return b"".join(file.chunks)


def test_our_links_and_tokens_mean_nothing_next_door(street: Street) -> None:
    """A file for our customer's phone, our operator's token, our session's page."""
    ours, theirs = street.ours, street.theirs
    png = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
    link = ours.world.bridge.store.keep(Download("image/png", "a.png", iter([png])))
    path = link.removeprefix(ours.world._settings.public_url)
    assert (ours.client.get(path).status_code, theirs.client.get(path).status_code) == (200, 404)
    page = f"/admin/sessions/{street.session}"
    tokens = {name: {"Authorization": f"Bearer {name}"} for name in (accounts.ADMIN_TOKEN, "neighbour-admin")}
    seen = {
        (house, token): client.get(page, headers=headers).status_code
        for house, client in (("ours", ours.client), ("theirs", theirs.client))
        for token, headers in tokens.items()
    }
    assert seen == {
        ("ours", accounts.ADMIN_TOKEN): 200,
        ("ours", "neighbour-admin"): 403,
        ("theirs", accounts.ADMIN_TOKEN): 403,
        ("theirs", "neighbour-admin"): 404,
    }


# --- FT-X6: what is not for senders ---

OPEN = {"/", "/healthz", "/readyz", "/metrics", "/media/<token>", *DOORS}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@pytest.fixture
def doors(tmp_path: Path) -> Iterator[Doors]:
    """A bridge with /admin."""
    world = World(tmp_path)
    with closing(world):
        yield Doors(world, tmp_path)


def test_all_that_is_open_is_listed_and_the_rest_asks_for_the_token(doors: Doors) -> None:
    """A new page is either written down above or below /admin; there nobody gets in without the token."""
    rules = {rule.rule for rule in doors.world.bridge.app.url_map.iter_rules()}
    guarded = rules - OPEN
    assert rules >= OPEN
    assert all(rule.startswith("/admin/") for rule in guarded)
    for rule in guarded:
        for method in METHODS:
            for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic YTpi"}):
                path = rule.replace("<", "").replace(">", "")
                assert doors.client.open(path, method=method, headers=headers).status_code == 403, rule


ROUNDABOUT = (
    "/admin",
    "/admin/",
    "//admin/status",
    "/healthz/../admin/status",
    "/admin//status",
    "/ADMIN/status",
    "/admin%2Fstatus",
    "/%61dmin/status",
    "/./admin/status",
    "/static/../admin/status",
)


@pytest.mark.parametrize("path", ROUNDABOUT)
@pytest.mark.parametrize("public_url", ["http://127.0.0.1:8080", "https://example.com/deep"])
def test_there_is_no_way_round(tmp_path: Path, path: str, public_url: str) -> None:
    """However the path is written; nothing of the status is shown."""
    world = World(tmp_path, public_url=public_url)
    with closing(world):
        for where in (path, f"/deep{path}"):
            answer = Client(world.bridge.app).get(where)
            assert answer.status_code in (308, 403, 404)
            assert b"effects" not in answer.data


@pytest.mark.parametrize(
    "path", ["/_sim/reset", "/_sim/ledger", "/_sim/openapi.json", "/static/x", "/debug", "/console"]
)
def test_there_are_no_rehearsal_controls(doors: Doors, path: str) -> None:
    """What moves the simulators does not exist here."""
    assert {doors.client.open(path, method=method).status_code for method in ("GET", "POST")} <= {404, 405}


@pytest.mark.parametrize("settings", [{"admin_token": ""}])
def test_without_a_token_nothing_is_guarded_because_nothing_is_there(
    tmp_path: Path, settings: dict[str, Any]
) -> None:
    """No token, no /admin at all."""
    world = World(tmp_path, **settings)
    with closing(world):
        rules = {rule.rule for rule in world.bridge.app.url_map.iter_rules()}
        assert not [rule for rule in rules if rule.startswith("/admin")]
