"""The vendor's SDK, unmodified, over a real socket, cannot tell the simulated carrier from the real one."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
from werkzeug.serving import make_server

from simulator import accounts
from simulator.twilio.inbound import Attachment
from simulator.wsgi import application
from tests.contract.carrier_world import MARIA, OMAR, SALES, SUPPORT, TOLL_FREE, US, World


@pytest.fixture
def world() -> Iterator[World]:
    """The carrier behind a socket on a free port."""
    world = World()
    server = make_server("127.0.0.1", 0, application(world.network.handle), threaded=True)
    world.network.base = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield world
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def client(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """The SDK, pointed at it; edge and region would mangle the address (CAR-217)."""
    monkeypatch.delenv("TWILIO_EDGE", raising=False)
    monkeypatch.delenv("TWILIO_REGION", raising=False)
    made = sdk(world, *US)
    yield made
    made.http_client.session.close()


def sdk(world: World, user: str, password: str) -> Client:
    made = Client(user, password, accounts.TWILIO_ACCOUNT_SID, http_client=TwilioHttpClient(timeout=10))
    made.api.base_url = world.network.base + "/twilio"
    made.messaging.base_url = world.network.base + "/twilio/messaging"
    return made


def test_create_fetch_redact_delete(world: World, client: Client) -> None:
    """A message is created, lives, is fetched, redacted and deleted."""
    made = client.messages.create(to=MARIA, from_=SUPPORT, body="hello")
    assert (made.status, made.direction, made.num_segments, made.date_sent) == (
        "queued",
        "outbound-api",
        "1",
        None,
    )
    world.settle()
    found = client.messages(made.sid).fetch()
    now = datetime.fromtimestamp(world.network.now(), UTC)
    assert (found.status, found.date_sent, found.error_code) == ("delivered", now, None)
    assert client.messages(made.sid).update(body="").body == ""
    assert client.messages(made.sid).delete() is True
    with pytest.raises(TwilioRestException) as gone:
        client.messages(made.sid).fetch()
    assert (gone.value.status, gone.value.code) == (404, 20404)


def test_refusals_raise(client: Client) -> None:
    """A refused create raises with status and code."""
    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(to="123", from_=SUPPORT, body="hello")
    assert (refused.value.status, refused.value.code) == (400, 21211)
    assert "The 'To' number 123 is not a valid phone number." in refused.value.msg


def test_wrong_credentials_raise(world: World) -> None:
    """A wrong token is 401 with 20003; an API key is let in."""
    stranger = sdk(world, accounts.TWILIO_ACCOUNT_SID, "wrong")
    with pytest.raises(TwilioRestException) as refused:
        stranger.messages.create(to=MARIA, from_=SUPPORT, body="hello")
    assert (refused.value.status, refused.value.code) == (401, 20003)
    key = sdk(world, accounts.TWILIO_API_KEY_SID, accounts.TWILIO_API_KEY_SECRET)
    assert key.messages.create(to=MARIA, from_=SUPPORT, body="hello").status == "queued"
    for made in (stranger, key):
        made.http_client.session.close()


@pytest.mark.parametrize("page_size", [1, 3, 7, 50])
def test_paging_visits_every_message_once(world: World, client: Client, page_size: int) -> None:
    """Newest first, each once, whatever the page size."""
    for number in range(7):
        world.text(f"text {number}")
    bodies = [message.body for message in client.messages.list(page_size=page_size)]
    assert bodies == [f"text {number}" for number in reversed(range(7))]


def test_paging_is_not_shifted_by_news(world: World, client: Client) -> None:
    """A message that arrives between two pages repeats and hides nothing; back is possible."""
    for number in range(4):
        world.text(f"text {number}")
    first = client.messages.page(page_size=2)
    world.text("news")
    second = first.next_page()
    assert second is not None
    assert [message.body for message in second] == ["text 1", "text 0"]
    assert second.next_page() is None
    again = second.previous_page()
    assert [message.body for message in again] == ["text 3", "text 2"]


def test_filters(world: World, client: Client) -> None:
    """By both numbers and by the moment of sending."""
    start = datetime.fromtimestamp(world.network.now(), UTC)
    world.text("early")
    world.network.clock.advance(86_400)
    world.text("late", SALES)
    world.text("other", SALES, OMAR)

    def listed(**filters: object) -> list[str]:
        return [message.body for message in client.messages.list(**filters)]

    assert listed(to=SALES, from_=MARIA) == ["late"]
    assert listed(from_=OMAR) == ["other"]
    assert listed(date_sent_after=start + timedelta(seconds=1)) == ["other", "late"]
    assert listed(date_sent_before=start) == ["early"]
    assert listed(date_sent=start.date()) == ["early"]


def test_media(world: World, client: Client) -> None:
    """Listed and fetched by the SDK; the bytes come over the redirect, without the credentials."""
    sid = world.twilio.text(MARIA, SUPPORT, "", [Attachment("image/png", b"\x89PNG")])
    (media,) = client.messages(sid).media.list()
    assert (media.content_type, media.parent_sid) == ("image/png", sid)
    assert client.messages(sid).media(media.sid).fetch().sid == media.sid
    url = f"{world.network.base}/twilio{media.uri.removesuffix('.json')}"
    with requests.get(url, auth=US, timeout=10) as served:
        assert (served.status_code, served.content, len(served.history)) == (200, b"\x89PNG", 1)
    assert client.messages(sid).media(media.sid).delete() is True


def test_numbers_and_account(client: Client) -> None:
    """Found by number, fetched, pointed elsewhere; the account is active."""
    (number,) = client.incoming_phone_numbers.list(phone_number=SUPPORT)
    assert (number.phone_number, number.capabilities["mms"], number.type) == (SUPPORT, True, "local")
    assert client.incoming_phone_numbers(number.sid).fetch().sms_url.endswith("/webhooks/twilio/sms")
    changed = client.incoming_phone_numbers(number.sid).update(sms_url="https://bridge.test/sms")
    assert (changed.sms_url, changed.sms_method) == ("https://bridge.test/sms", "POST")
    assert client.api.accounts(accounts.TWILIO_ACCOUNT_SID).fetch().status == "active"
    assert len(client.incoming_phone_numbers.list(page_size=2)) == 3


def test_short_codes(world: World, client: Client) -> None:
    """A short code is listed among its own kind, not among phone numbers."""
    world.act("PUT", "/numbers/55501", {})
    (code,) = client.api.v2010.account.short_codes.list(short_code="55501")
    assert (code.short_code, code.sid[:2]) == ("55501", "SC")
    assert client.api.v2010.account.short_codes(code.sid).update(sms_url="http://b/x").sms_url == "http://b/x"
    phones = {number.phone_number for number in client.incoming_phone_numbers.list()}
    assert phones == {SUPPORT, SALES, TOLL_FREE}


def test_services_tell_who_is_registered(world: World, client: Client) -> None:
    """Registered numbers share a service with a verified campaign; unregistered ones are in none."""
    (service,) = client.messaging.v1.services.list()
    members = client.messaging.v1.services(service.sid).phone_numbers.list(page_size=1)
    assert [member.phone_number for member in members] == [SUPPORT, SALES]
    (campaign,) = client.messaging.v1.services(service.sid).us_app_to_person.list()
    assert (campaign.campaign_status, campaign.messaging_service_sid) == ("VERIFIED", service.sid)
    assert service.date_created == datetime.fromtimestamp(world.network.now(), UTC)
    world.act("PUT", f"/numbers/{SALES}", {"registration": "unregistered"})
    members = client.messaging.v1.services(service.sid).phone_numbers.list()
    assert [member.phone_number for member in members] == [SUPPORT]


@pytest.mark.parametrize(("registration", "status"), [("pending", "IN_PROGRESS"), ("rejected", "FAILED")])
def test_campaigns_in_other_states(world: World, client: Client, registration: str, status: str) -> None:
    """Pending and rejected numbers sit in services whose campaigns say so."""
    for number in (SUPPORT, SALES):
        world.act("PUT", f"/numbers/{number}", {"registration": registration})
    (service,) = client.messaging.v1.services.list()
    (campaign,) = client.messaging.v1.services(service.sid).us_app_to_person.list()
    assert campaign.campaign_status == status
    assert (
        client.messaging.v1.services(service.sid).us_app_to_person(campaign.sid).fetch().sid == campaign.sid
    )


@pytest.mark.parametrize(
    ("registration", "statuses"),
    [("registered", ["TWILIO_APPROVED"]), ("pending", ["PENDING_REVIEW"]), ("rejected", ["TWILIO_REJECTED"]),
     ("unregistered", [])],
)  # fmt: skip
def test_toll_free_verifications(
    world: World, client: Client, registration: str, statuses: list[str]
) -> None:
    """A toll-free number's verification is found by the number's SID."""
    world.act("PUT", f"/numbers/{TOLL_FREE}", {"registration": registration})
    (number,) = client.incoming_phone_numbers.list(phone_number=TOLL_FREE)
    verifications = client.messaging.v1.tollfree_verifications
    found = verifications.list(tollfree_phone_number_sid=number.sid)
    assert [verification.status for verification in found] == statuses
    assert [verifications(one.sid).fetch().sid for one in found] == [one.sid for one in found]


def test_unknown_resources_raise(client: Client) -> None:
    """Unknown SIDs on either host are 404 with 20404."""
    unknown = "0" * 32
    for fetch in (
        client.messages("SM" + unknown).fetch,
        client.incoming_phone_numbers("PN" + unknown).fetch,
        client.messaging.v1.services("MG" + unknown).fetch,
        client.messaging.v1.tollfree_verifications("HH" + unknown).fetch,
    ):
        with pytest.raises(TwilioRestException) as missing:
            fetch()
        assert (missing.value.status, missing.value.code) == (404, 20404)
