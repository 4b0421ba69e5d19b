"""The vendor's SDK for Python, unmodified, against `simulator serve`: every operation of ours that it has."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
from twilio.rest.content.v1.content import ContentList

from simulator import accounts
from simulator.twilio.operations import OPERATIONS
from tests.contract.carrier_known import BRAND, CAMPAIGN, VERIFICATION
from tests.contract.carrier_world import LONDON, MARIA, SUPPORT, US
from tests.contract.served import served

HOSTS = ("messaging", "accounts", "content", "events")
# what the SDK cannot ask for: bytes, XML, and a certificate it cannot describe
NOT_IN_SDK = {"FetchMediaContent", "DeleteMediaContent", "FetchSignedContent", "FetchDeactivationList"} | {
    each.name for each in OPERATIONS if each.name.endswith("Xml")
}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served() as base:
        yield base


@pytest.fixture
def client(address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """The SDK, pointed at it; edge and region would mangle the address (CAR-217)."""
    monkeypatch.delenv("TWILIO_EDGE", raising=False)
    monkeypatch.delenv("TWILIO_REGION", raising=False)
    made = Client(*US, http_client=TwilioHttpClient(timeout=10))
    made.api.base_url = f"{address}/twilio"
    for host in HOSTS:
        getattr(made, host).base_url = f"{address}/twilio/{host}"
    yield made
    made.http_client.session.close()


def act(address: str, method: str, path: str, body: object = None) -> Any:
    """One call to the control surface."""
    answer = requests.request(method, f"{address}/_sim{path}", data=json.dumps(body or {}), timeout=10)
    assert answer.status_code < 300, answer.text
    return answer.json() if answer.content else None


def words(form: list[tuple[str, str]], *lists: str) -> dict[str, Any]:
    """Parameters as the SDK names them."""
    said: dict[str, Any] = {}
    for name, value in form:
        snake = "".join(f"_{char.lower()}" if char.isupper() else char for char in name).removeprefix("_")
        said[snake] = [*said.get(snake, []), value] if name in lists else value
    return said


def messages(client: Client, address: str) -> None:
    made = client.messages.create(to=MARIA, from_=SUPPORT, body="hello", smart_encoded=True)
    act(address, "POST", "/clock", {"advance": 1})
    wait_for(lambda: client.messages(made.sid).fetch().status == "delivered")
    assert client.messages(made.sid).feedback.create(outcome="confirmed").outcome == "confirmed"
    assert client.messages(made.sid).update(body="").body == ""
    assert made.sid in [each.sid for each in client.messages.list(to=MARIA, page_size=1)]
    assert client.messages(made.sid).delete() is True
    photo = {"to": SUPPORT, "media": [{"content_type": "image/png", "text": "PNG"}]}
    sid = act(address, "POST", f"/phones/{MARIA}/texts", photo)["sid"]
    (media,) = client.messages(sid).media.list()
    assert client.messages(sid).media(media.sid).fetch().content_type == "image/png"
    assert client.messages(sid).media(media.sid).delete() is True


def numbers(client: Client, address: str) -> None:
    act(address, "PUT", "/numbers/55501", {})
    assert client.api.accounts(US[0]).fetch().status == "active"
    assert client.api.v2010.account.balance.fetch().currency == "USD"
    bought = client.incoming_phone_numbers.create(phone_number="+14155550155", sms_url="http://b.test/x")
    assert client.incoming_phone_numbers(bought.sid).update(friendly_name="ours").friendly_name == "ours"
    assert client.incoming_phone_numbers(bought.sid).fetch().sms_url == "http://b.test/x"
    assert [each.sid for each in client.incoming_phone_numbers.list(friendly_name="ours")] == [bought.sid]
    assert client.incoming_phone_numbers(bought.sid).delete() is True
    (code,) = client.api.v2010.account.short_codes.list()
    assert client.api.v2010.account.short_codes(code.sid).fetch().short_code == "55501"
    assert client.api.v2010.account.short_codes(code.sid).update(sms_method="GET").sms_method == "GET"


def services(client: Client, address: str) -> None:
    api = client.messaging.v1
    service = api.services.create(friendly_name="ours", inbound_request_url="http://b.test/in")
    one = api.services(service.sid)
    assert one.update(sticky_sender=False).sticky_sender is False
    assert service.sid in [each.sid for each in api.services.list(page_size=1)]
    assert one.fetch().use_inbound_webhook_on_number is False
    assert api.usecases.fetch().usecases[0]["usecase"] == "notifications"
    number = client.incoming_phone_numbers.create(phone_number="+14155550156")
    (code,) = client.api.v2010.account.short_codes.list()
    for pool, member in (
        (one.phone_numbers, one.phone_numbers.create(phone_number_sid=number.sid)),
        (one.short_codes, one.short_codes.create(short_code_sid=code.sid)),
        (one.alpha_senders, one.alpha_senders.create(alpha_sender="Parcels")),
        (one.channel_senders, one.channel_senders.create(sid="XE" + "1" * 32)),
        (
            one.destination_alpha_senders,
            one.destination_alpha_senders.create("Parcels", iso_country_code="GB"),
        ),
    ):
        assert [each.sid for each in pool.list()] == [member.sid]
        assert pool(member.sid).fetch().sid == member.sid
        if pool is not one.phone_numbers:
            assert pool(member.sid).delete() is True
    registered(client, address, service.sid)
    assert one.phone_numbers(number.sid).delete() is True
    assert one.delete() is True


def registered(client: Client, address: str, sid: str) -> None:
    """Brand, campaign and number move until a text is delivered; a failed one is filed anew."""
    api = client.messaging.v1
    act(address, "POST", "/twilio/reviews", {"resource": "brand", "statuses": ["FAILED"], "delay": 60})
    (bundle, other) = (value for _, value in BRAND)
    brand = api.brand_registrations.create(bundle, other)
    assert (brand.status, brand.mock) == ("PENDING", False)
    advance(address, lambda: api.brand_registrations(brand.sid).fetch().status == "FAILED")
    assert api.brand_registrations(brand.sid).update().status == "PENDING"
    advance(address, lambda: api.brand_registrations(brand.sid).fetch().status == "APPROVED")
    assert brand.sid in [each.sid for each in api.brand_registrations.list()]
    vetting = api.brand_registrations(brand.sid).brand_vettings.create(vetting_provider="aegis")
    held = api.brand_registrations(brand.sid).brand_vettings
    assert [each.brand_vetting_sid for each in held.list()] == [vetting.brand_vetting_sid]
    assert held(vetting.brand_vetting_sid).fetch().vetting_status == "PENDING"
    assert (
        api.brand_registrations(brand.sid).brand_registration_otps.create().brand_registration_sid
        == brand.sid
    )
    campaigned(client, address, sid, brand.sid)


def campaigned(client: Client, address: str, sid: str, brand: str) -> None:
    campaigns = client.messaging.v1.services(sid).us_app_to_person
    facts = words(CAMPAIGN, "MessageSamples")
    act(address, "POST", "/twilio/reviews", {"resource": "campaign", "statuses": ["FAILED"], "delay": 60})
    campaign = campaigns.create(brand_registration_sid=brand, **facts)
    advance(address, lambda: campaigns(campaign.sid).fetch().campaign_status == "FAILED")
    again = {**facts, "age_gated": False, "direct_lending": False}
    again.pop("us_app_to_person_usecase")
    assert campaigns(campaign.sid).update(**again).campaign_status == "PENDING"
    advance(address, lambda: campaigns(campaign.sid).fetch().campaign_status == "VERIFIED")
    assert [each.campaign_status for each in campaigns.list()] == ["VERIFIED"]
    usecases = client.messaging.v1.services(sid).us_app_to_person_usecases.fetch(brand_registration_sid=brand)
    assert usecases.us_app_to_person_usecases[0]["code"] == "2FA"
    made = client.messages.create(to=MARIA, messaging_service_sid=sid, body="hello")
    assert (made.status, made.from_) == ("accepted", None)
    wait_for(lambda: client.messages(made.sid).fetch().status == "delivered")
    assert campaigns(campaign.sid).delete() is True


def verifications(client: Client, address: str) -> None:
    number = client.incoming_phone_numbers.create(phone_number="+18775550171")
    api = client.messaging.v1.tollfree_verifications
    script = {"resource": "verification", "statuses": ["TWILIO_REJECTED"], "delay": 60}
    act(address, "POST", "/twilio/reviews", script)
    facts = words(VERIFICATION, "UseCaseCategories", "OptInImageUrls")
    made = api.create(tollfree_phone_number_sid=number.sid, **facts)
    advance(address, lambda: api(made.sid).fetch().status == "TWILIO_REJECTED")
    assert (api(made.sid).fetch().edit_allowed, api(made.sid).fetch().error_code) == (True, 30513)
    assert api(made.sid).update(business_name="Parcels Inc").status == "PENDING_REVIEW"
    advance(address, lambda: api(made.sid).fetch().status == "TWILIO_APPROVED")
    assert [each.sid for each in api.list(tollfree_phone_number_sid=number.sid)] == [made.sid]
    assert api(made.sid).delete() is True


def events(client: Client, _: str) -> None:
    api = client.events.v1
    to = {"destination": "http://127.0.0.1:9/events", "method": "POST", "batch_events": False}
    sink = api.sinks.create(description="ours", sink_configuration=to, sink_type="webhook")
    assert (api.sinks(sink.sid).fetch().status, len(api.sinks.list())) == ("active", 1)
    assert api.sinks(sink.sid).update(description="x").description == "x"
    kind = {"type": "com.twilio.messaging.compliance.campaign-registration.campaign-approved"}
    made = api.subscriptions.create(description="ours", sink_sid=sink.sid, types=[kind])
    assert (api.subscriptions(made.sid).fetch().sink_sid, len(api.subscriptions.list())) == (sink.sid, 1)
    assert api.subscriptions(made.sid).update(description="x").description == "x"
    assert (api.subscriptions(made.sid).delete(), api.sinks(sink.sid).delete()) == (True, True)


def settings(client: Client, _: str) -> None:
    api = client.accounts.v1
    france = {"country_code": "FR", "type": "country", "enabled": False}
    assert api.messaging_geopermissions.update(permissions=[france]).permissions[0] == france
    assert api.messaging_geopermissions.fetch(country_code="US").permissions[0]["enabled"] is True
    item = {
        "correlation_id": "c",
        "contact_id": LONDON,
        "sender_id": SUPPORT,
        "status": "opt-out",
        "source": "website",
    }
    assert api.bulk_consents.create(items=[item]).items[0]["error_code"] == 0
    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(to=LONDON, from_=SUPPORT, body="hello")
    assert refused.value.code == 21610
    day = datetime.now(UTC).date()
    assert client.messaging.v1.deactivations.get().fetch(date=day).redirect_to.endswith(f"/lists/{day}")


def contents(client: Client, _: str) -> None:
    api = client.content.v1.contents
    text = ContentList.TwilioText({"body": "Hello {{1}}"})
    shape = {
        "language": "en",
        "friendly_name": "x",
        "variables": {"1": "you"},
        "types": {"twilio/text": text},
    }
    asked = ContentList.ContentCreateRequest(shape)
    asked.types = ContentList.Types({})
    asked.types.twilio_text = text
    made = api.create(asked)
    assert (api(made.sid).fetch().language, len(api.list())) == ("en", 1)
    assert api(made.sid).update(asked).sid == made.sid
    assert api(made.sid).approval_fetch().fetch().whatsapp["status"] == "unsubmitted"
    sent = client.messages.create(
        to=MARIA, from_=SUPPORT, content_sid=made.sid, content_variables='{"1": "Ada"}'
    )
    assert sent.body == "Hello Ada"
    assert api(made.sid).delete() is True


def domains(client: Client, _: str) -> None:
    api, domain, service = client.messaging.v1, "DN" + "1" * 32, "MG" + "1" * 32
    for ask in (
        api.domain_config(domain).fetch,
        api.domain_config(domain).update,
        api.domain_certs(domain).fetch,
        lambda: api.domain_certs(domain).update(tls_cert="x"),
        api.domain_certs(domain).delete,
        api.linkshortening_messaging_service(domain, service).create,
        api.linkshortening_messaging_service(domain, service).delete,
        api.linkshortening_messaging_service_domain_association(service).fetch,
    ):
        with pytest.raises(TwilioRestException) as refused:
            ask()
        assert (refused.value.status, refused.value.code) == (404, 20404)


def tokens(client: Client, _: str) -> None:
    api = client.accounts.v1
    assert len(api.secondary_auth_token().create().secondary_auth_token) == 32
    assert api.secondary_auth_token().delete() is True
    new = api.secondary_auth_token().create().secondary_auth_token
    assert api.auth_token_promotion().update().auth_token == new
    with pytest.raises(TwilioRestException) as refused:
        client.api.accounts(US[0]).fetch()
    assert (refused.value.status, refused.value.code) == (401, 20003)


def wait_for(true: Any) -> None:
    """Ask a few times; each question takes its moment."""
    assert any(true() for _ in range(300))


def advance(address: str, true: Any) -> None:
    """Let reviews take their time, which is not ours."""
    assert any(act(address, "POST", "/clock", {"advance": 60}) and true() for _ in range(100))


def test_every_operation_of_ours_that_the_sdk_has(address: str, client: Client) -> None:
    """A story through all of the API; the ledger shows that nothing was left out."""
    for chapter in (messages, numbers, services, verifications, events, settings, contents, domains, tokens):
        chapter(client, address)
    entries = requests.get(f"{address}/_sim/ledger", timeout=10).json()["entries"]
    asked = {each["operation"] for each in entries if each["kind"] == "request"}
    assert {each.name for each in OPERATIONS} - asked == NOT_IN_SDK


def test_one_port_stands_for_every_host(address: str) -> None:
    """With `X-Orig-Host` no base address need be set but the port's (CAR-265)."""

    class Redirected(TwilioHttpClient):  # type: ignore[misc]
        def request(self, method: str, url: str, **more: Any) -> Any:
            host, path = url.removeprefix("https://").split("/", 1)
            more["headers"] = {**(more.get("headers") or {}), "X-Orig-Host": host}
            return super().request(method, f"{address}/{path}", **more)

    requests.post(f"{address}/_sim/reset", data="{}", timeout=10)
    client = Client(accounts.TWILIO_ACCOUNT_SID, accounts.TWILIO_AUTH_TOKEN, http_client=Redirected())
    assert client.messages.create(to=MARIA, from_=SUPPORT, body="hi").status == "queued"
    assert len(client.messaging.v1.services.list()) == 1
    assert client.accounts.v1.messaging_geopermissions.fetch(country_code="US").permissions
    client.http_client.session.close()
