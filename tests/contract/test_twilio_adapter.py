"""Twilio as a carrier, against answers composed from the references."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import pytest
import requests
import responses
from responses import matchers
from urllib3.exceptions import NewConnectionError

from bridge.carriers.twilio import Twilio
from bridge.carriers.twilio_account import Account
from bridge.carriers.twilio_webhooks import Malformed, receipt, text_received
from bridge.core.errors import (
    BridgeError,
    Misconfigured,
    OptedOut,
    Permanent,
    Temporary,
    Throttled,
    Uncertain,
)
from bridge.core.model import Media
from bridge.core.ports import Accepted, Sms

SID = "AC" + "1" * 32
ACCOUNT = Account(SID, ("token", "old"), "https://bridge.example.com")
API = f"https://api.twilio.com/2010-04-01/Accounts/{SID}"
MESSAGES = f"{API}/Messages.json"
NUMBERS = f"{API}/IncomingPhoneNumbers.json"
V1 = "https://messaging.twilio.com/v1"
SUPPORT, TOLL_FREE, MARIA = "+14155550150", "+18885550170", "+14155550101"
TEXT = Sms(SUPPORT, MARIA, "On its way", "a/1")
MESSAGE = {
    "sid": "SM" + "0" * 32,
    "from": SUPPORT,
    "to": MARIA,
    "body": "On its way",
    "status": "queued",
    "direction": "outbound-api",
    "num_segments": "1",
    "num_media": "0",
    "error_code": None,
    "date_created": "Sun, 22 Nov 2026 17:00:00 +0000",
    "date_sent": None,
}
CREATED = 1795366800.0


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def twilio() -> Twilio:
    return Twilio(ACCOUNT, requests.Session(), numbers=(SUPPORT,))


def refused(code: int, status: int = 400) -> dict[str, Any]:
    return {"json": {"code": code, "message": f"because of {code}", "status": status}, "status": status}


# --- sending ------------------------------------------------------------------------------------


def test_a_text_names_both_numbers_and_the_address_of_its_receipts(
    wire: responses.RequestsMock, twilio: Twilio
) -> None:
    """From is always explicit, and the attempt travels in the callback address."""
    wire.post(MESSAGES, json=MESSAGE, status=201)
    assert twilio.send(TEXT) == Accepted(str(MESSAGE["sid"]), 1, "queued")
    assert parse_qsl(str(wire.calls[0].request.body)) == [
        ("From", SUPPORT),
        ("To", MARIA),
        ("StatusCallback", "https://bridge.example.com/webhooks/twilio/status?attempt=a%2F1#rc=3&rp=all"),
        ("ValidityPeriod", "3600"),
        ("Body", "On its way"),
    ]


def test_pictures_travel_in_order_and_an_empty_body_does_not(
    wire: responses.RequestsMock, twilio: Twilio
) -> None:
    """MediaUrl is repeated; Body is left out where there are no words."""
    wire.post(MESSAGES, json={**MESSAGE, "num_media": "2"}, status=201)
    twilio.send(Sms(SUPPORT, MARIA, "", "a1", ("https://m/1", "https://m/2")))
    form = parse_qsl(str(wire.calls[0].request.body))
    assert [value for name, value in form if name == "MediaUrl"] == ["https://m/1", "https://m/2"]
    assert "Body" not in dict(form)


ENDINGS: dict[str, tuple[dict[str, Any], type[BridgeError]]] = {
    "no connection": ({"body": requests.ConnectionError(NewConnectionError(None, "refused"))}, Temporary),  # type: ignore[arg-type]
    "no answer to the connection": ({"body": requests.ConnectTimeout()}, Temporary),
    "no TLS": ({"body": requests.exceptions.SSLError()}, Temporary),
    "no answer in time": ({"body": requests.ReadTimeout()}, Uncertain),
    "reset": ({"body": requests.ConnectionError("Connection aborted.")}, Uncertain),
    "cut short": ({"body": requests.exceptions.ChunkedEncodingError()}, Uncertain),
    "20429": (refused(20429, 429), Throttled),
    "21611 queue full": (refused(21611, 429), Throttled),
    "21610 opted out": (refused(21610), OptedOut),
    "21211 bad phone": (refused(21211), Permanent),
    "21617 too long": (refused(21617), Permanent),
    "20003 wrong token": (refused(20003, 401), Misconfigured),
    "20008 another account": (refused(20008, 403), Misconfigured),
    "20404 no such account": (refused(20404, 404), Misconfigured),
    "21609 bad callback": (refused(21609), Misconfigured),
    "redirect": ({"status": 307, "headers": {"Location": "https://elsewhere/"}}, Misconfigured),
    "500": (refused(20500, 500), Uncertain),
    "503 in HTML": ({"body": "<html>", "status": 503}, Uncertain),
    "empty 201": ({"body": "", "status": 201}, Uncertain),
    "HTML 200": ({"body": "<html>", "status": 200}, Uncertain),
    "201 without a SID": ({"json": {}, "status": 201}, Uncertain),
    "201 with a list": ({"json": [], "status": 201}, Uncertain),
}


@pytest.mark.parametrize(("answer", "kind"), ENDINGS.values(), ids=ENDINGS.keys())
def test_each_ending_of_a_send_means_one_thing(
    wire: responses.RequestsMock, twilio: Twilio, answer: dict[str, Any], kind: type[BridgeError]
) -> None:
    """Doubt is never taken for failure, nor failure for doubt (CAR-34…58, CAR-207…211, CAR-360…364)."""
    wire.post(MESSAGES, **answer)
    with pytest.raises(BridgeError) as caught:
        twilio.send(TEXT)
    assert type(caught.value) is kind
    assert len(wire.calls) == 1


def test_a_refusal_keeps_twilios_code_and_words(wire: responses.RequestsMock, twilio: Twilio) -> None:
    """The agent and the operator are told what Twilio said."""
    wire.post(MESSAGES, **refused(21614))
    with pytest.raises(Permanent, match="because of 21614") as caught:
        twilio.send(TEXT)
    assert caught.value.code == "21614"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "999999"}, 3600.0),
        ({}, 0.0),
        ({"Retry-After": "soon"}, 0.0),
        (
            {"Retry-After": "Sun, 22 Nov 2026 17:02:00 GMT", "Date": "Sun, 22 Nov 2026 17:00:00 GMT"},
            120.0,
        ),
        ({"Retry-After": "Sun, 22 Nov 2026 17:02:00 GMT"}, 0.0),
    ],
)
def test_retry_after_is_read_and_bounded(
    wire: responses.RequestsMock, twilio: Twilio, header: dict[str, str], seconds: float
) -> None:
    """Seconds or a date, beside the answer's own date, never more than an hour (F-05)."""
    wire.post(MESSAGES, status=429, json={"code": 20429}, headers=header)
    with pytest.raises(Throttled) as caught:
        twilio.send(TEXT)
    assert caught.value.retry_after == seconds


# --- doubt --------------------------------------------------------------------------------------


def test_a_text_in_doubt_is_found_by_its_numbers_and_words(
    wire: responses.RequestsMock, twilio: Twilio
) -> None:
    """The newest messages of the pair are listed; the one with these words is ours (CAR-11)."""
    wire.get(
        MESSAGES,
        json={"messages": [{**MESSAGE, "sid": "SM9", "body": "Other"}, MESSAGE], "next_page_uri": None},
        match=[matchers.query_param_matcher({"To": MARIA, "From": SUPPORT, "PageSize": "100"})],
    )
    assert twilio.find(TEXT, since=CREATED) == Accepted(str(MESSAGE["sid"]), 1, "queued")


@pytest.mark.parametrize(
    "other",
    [
        {"body": "On its way!"},
        {"direction": "inbound"},
        {"direction": "outbound-reply"},
        {"num_media": "1"},
        {"date_created": "Sun, 22 Nov 2026 16:57:59 +0000"},
        {"to": SUPPORT},
    ],
)
def test_what_is_not_ours_is_not_found(
    wire: responses.RequestsMock, twilio: Twilio, other: dict[str, Any]
) -> None:
    """Other words, another direction, another time: another message."""
    wire.get(MESSAGES, json={"messages": [{**MESSAGE, **other}]})
    assert twilio.find(TEXT, since=CREATED) is None


@pytest.mark.parametrize(
    "same",
    [
        {"date_created": "Sun, 22 Nov 2026 16:58:00 +0000"},
        {"body": "Sent from your Twilio trial account - On its way"},
        {"body": "On its way "},
        {"status": "failed"},
        {"date_created": None},
        {"date_created": "yesterday"},
    ],
)
def test_small_differences_do_not_hide_it(
    wire: responses.RequestsMock, twilio: Twilio, same: dict[str, Any]
) -> None:
    """Two minutes between two clocks, a trial account's prefix, trimmed blanks, a date nobody can read."""
    wire.get(MESSAGES, json={"messages": [{**MESSAGE, **same}]})
    assert twilio.find(TEXT, since=CREATED) is not None


def test_looking_goes_on_over_pages_and_ends_at_the_first_older_one(
    wire: responses.RequestsMock, twilio: Twilio
) -> None:
    """The next page's address is relative to the host (CAR-29); what is older is not read."""
    page_two = f"/2010-04-01/Accounts/{SID}/Messages.json?Page=1&PageToken=PA1"
    wire.get(
        MESSAGES,
        json={"messages": [{**MESSAGE, "body": "Other"}], "next_page_uri": page_two},
        match=[matchers.query_param_matcher({"PageSize": "100"}, strict_match=False)],
    )
    old = {**MESSAGE, "date_created": "Sun, 22 Nov 2026 12:00:00 +0000"}
    wire.get(
        "https://api.twilio.com" + page_two, json={"messages": [old, MESSAGE], "next_page_uri": page_two}
    )
    assert twilio.find(TEXT, since=CREATED) is None
    assert len(wire.calls) == 2


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"body": requests.ReadTimeout()}, Temporary),
        ({"status": 503, "body": "<html>"}, Temporary),
        ({"status": 200, "body": ""}, Temporary),
        (refused(20003, 401), Misconfigured),
    ],
)
def test_a_look_that_fails_is_not_a_look_that_found_nothing(
    wire: responses.RequestsMock, twilio: Twilio, answer: dict[str, Any], kind: type[BridgeError]
) -> None:
    """Reading changes nothing, so it may be repeated; it never answers None by mistake."""
    wire.get(MESSAGES, **answer)
    with pytest.raises(BridgeError) as caught:
        twilio.find(TEXT, since=CREATED)
    assert type(caught.value) is kind


# --- numbers ------------------------------------------------------------------------------------


def owned(number: str, **more: object) -> dict[str, Any]:
    record = {
        "sid": "PN1",
        "phone_number": number,
        "sms_url": "https://bridge.example.com/webhooks/twilio/sms#rc=3&rp=all",
        "capabilities": {"sms": True, "mms": True},
    }
    return {"json": {"incoming_phone_numbers": [{**record, **more}]}}


@pytest.mark.parametrize(
    ("status", "registration"),
    [
        ("TWILIO_APPROVED", "registered"),
        ("PENDING_REVIEW", "pending"),
        ("IN_REVIEW", "pending"),
        ("TWILIO_REJECTED", "rejected"),
        ("SOMETHING_NEW", "pending"),
        (None, "unregistered"),
    ],
)
def test_a_toll_free_number_is_as_registered_as_its_verification(
    wire: responses.RequestsMock, twilio: Twilio, status: str | None, registration: str
) -> None:
    """Only an approved verification lets a toll-free number send (CAR-192, CAR-195)."""
    wire.get(NUMBERS, **owned(TOLL_FREE))
    found = [{"status": status, "rejection_reasons": [{"reason": "no opt-in"}]}] if status else []
    wire.get(
        f"{V1}/Tollfree/Verifications",
        json={"verifications": found},
        match=[matchers.query_param_matcher({"TollfreePhoneNumberSid": "PN1"}, strict_match=False)],
    )
    state = twilio.number_state(TOLL_FREE)
    assert (state.kind, state.registration, state.mms) == ("toll-free", registration, True)


@pytest.mark.parametrize(
    ("pool", "campaigns", "registration"),
    [
        (["PN1"], ["VERIFIED"], "registered"),
        (["PN1"], ["IN_PROGRESS"], "pending"),
        (["PN1"], ["FAILED", "VERIFIED"], "registered"),
        (["PN1"], ["FAILED"], "rejected"),
        (["PN1"], ["SUSPENDED"], "rejected"),
        (["PN1"], [], "unregistered"),
        (["PN2"], ["VERIFIED"], "unregistered"),
    ],
)
def test_a_local_number_is_as_registered_as_its_services_campaign(
    wire: responses.RequestsMock, twilio: Twilio, pool: list[str], campaigns: list[str], registration: str
) -> None:
    """The campaign must hold and the number must be in its pool (CAR-183, CAR-186)."""
    wire.get(NUMBERS, **owned(SUPPORT))
    second = f"{V1}/Services?Page=1"
    wire.get(second, json={"services": [{"sid": "MG2"}], "meta": {"next_page_url": None}})
    wire.get(f"{V1}/Services", json={"services": [{"sid": "MG1"}], "meta": {"next_page_url": second}})
    wire.get(f"{V1}/Services/MG1/PhoneNumbers", json={"phone_numbers": [{"sid": "PN9"}]})
    wire.get(f"{V1}/Services/MG2/PhoneNumbers", json={"phone_numbers": [{"sid": sid} for sid in pool]})
    states = [{"campaign_status": status} for status in campaigns]
    wire.get(f"{V1}/Services/MG2/Compliance/Usa2p", json={"compliance": states})
    assert twilio.number_state(SUPPORT).registration == registration


RATES: dict[str, tuple[object, float]] = {
    "class A": ({"att": {"mps": 600, "msg_class": "A"}}, 75.0),
    "class D": ({"att": {"msg_class": "D"}}, 40.0),
    "class F": ({"att": {"msg_class": "F"}, "tmobile": {"brand_tier": "LOW"}}, 4.0),
    "an unknown class": ({"att": {"msg_class": "Z"}}, 0.0),
    "no class": ({"att": {}}, 0.0),
    "of no carrier": ({}, 0.0),
    "not told": (None, 0.0),
}


@pytest.mark.parametrize(("limits", "rate"), RATES.values(), ids=list(RATES))
def test_a_campaign_tells_how_fast_its_numbers_may_send(
    wire: responses.RequestsMock, twilio: Twilio, limits: object, rate: float
) -> None:
    """By the class of AT&T; 0 where it is not known (CAR-185, CAR-188)."""
    wire.get(NUMBERS, **owned(SUPPORT))
    wire.get(f"{V1}/Services", json={"services": [{"sid": "MG1"}]})
    wire.get(f"{V1}/Services/MG1/PhoneNumbers", json={"phone_numbers": [{"sid": "PN1"}]})
    campaign = {"campaign_status": "VERIFIED", "rate_limits": limits}
    wire.get(f"{V1}/Services/MG1/Compliance/Usa2p", json={"compliance": [{}, campaign]})
    assert twilio.number_state(SUPPORT).rate == rate


def test_the_next_page_of_another_host_gets_no_credentials(
    wire: responses.RequestsMock, twilio: Twilio
) -> None:
    """A list that goes on elsewhere is not followed there."""
    wire.get(NUMBERS, **owned(SUPPORT))
    wire.get(f"{V1}/Services", json={"services": [], "meta": {"next_page_url": "https://evil.example/v1"}})
    with pytest.raises(Misconfigured):
        twilio.number_state(SUPPORT)


@pytest.mark.parametrize(
    ("number", "registration"),
    [("+14165550123", "unregistered"), ("+447700900123", "not_required"), (SUPPORT, "unregistered")],
)
def test_a_number_of_somebody_else_is_not_owned(
    wire: responses.RequestsMock, twilio: Twilio, number: str, registration: str
) -> None:
    """The filter matches parts of numbers; a longer one is not ours."""
    wire.get(NUMBERS, **owned(number + "0"))
    state = twilio.number_state(number)
    assert (state.owned, state.registration) == (False, registration)


def test_the_messaging_host_of_another_api_is_below_it() -> None:
    """A simulator serves every host of Twilio's on one port."""
    account = Account(SID, ("t",), "http://127.0.0.1:8080", "http://127.0.0.1:4010/twilio/")
    assert account.messaging == "http://127.0.0.1:4010/twilio/messaging"
    assert ACCOUNT.messaging == "https://messaging.twilio.com"


# --- check --------------------------------------------------------------------------------------


def test_a_sound_set_up_has_no_problem(wire: responses.RequestsMock, twilio: Twilio) -> None:
    """Account, number, delivery and registration are each a line."""
    sound(wire)
    findings = twilio.check()
    assert [finding.problem for finding in findings] == [None] * 4
    assert "token" not in repr(findings)


def sound(wire: responses.RequestsMock, **number: object) -> None:
    wire.get(f"{API}.json", json={"status": "active"})
    wire.get(NUMBERS, **owned(SUPPORT, **number))
    wire.get(f"{V1}/Services", json={"services": [{"sid": "MG1"}]})
    wire.get(f"{V1}/Services/MG1/PhoneNumbers", json={"phone_numbers": [{"sid": "PN1"}]})
    wire.get(f"{V1}/Services/MG1/Compliance/Usa2p", json={"compliance": [{"campaign_status": "VERIFIED"}]})


@pytest.mark.parametrize(
    ("number", "cause", "fix"),
    [
        ({"phone_number": "+19995550100"}, "not found or not verified", "verify"),
        ({"capabilities": {"sms": False}}, "no SMS ability", "SMS-capable"),
        ({"sms_url": ""}, "Delivery is not configured", "webhooks/twilio/sms"),
        ({"sms_url": "https://staging.example.com/webhooks/twilio/sms"}, "elsewhere", "bridge.example.com"),
        ({"sid": "PN2"}, "unregistered", "brand and campaign"),
    ],
)
def test_what_is_wrong_with_a_number_has_cause_and_fix(
    wire: responses.RequestsMock, twilio: Twilio, number: dict[str, object], cause: str, fix: str
) -> None:
    """OCX-TRB-02, -03 and -04, live."""
    sound(wire, **number)
    problems = [finding.problem for finding in twilio.check() if finding.problem]
    assert len(problems) == 1
    assert cause in problems[0].cause
    assert fix in problems[0].fix


@pytest.mark.parametrize(
    "answer", [refused(20003, 401), {"body": requests.ReadTimeout()}, {"json": {"status": "suspended"}}]
)
def test_without_an_account_nothing_else_is_examined(
    wire: responses.RequestsMock, twilio: Twilio, answer: dict[str, Any]
) -> None:
    """One finding, and no exception."""
    wire.get(f"{API}.json", **answer)
    findings = twilio.check()
    assert len(findings) == 1
    assert findings[0].problem


# --- webhooks -----------------------------------------------------------------------------------

FORM = {"MessageSid": "SM1", "From": MARIA, "To": SUPPORT, "Body": "", "NumMedia": "", "FromCity": ""}


def test_a_text_with_pictures_keeps_their_order() -> None:
    """Media are numbered; a gap is skipped; blanks are blanks (CAR-86…89)."""
    media = {f"MediaUrl{n}": f"https://m/{n}" for n in (0, 1, 10)} | {"MediaContentType1": "image/png"}
    event = text_received({**FORM, **media, "NumMedia": "11", "OptOutType": "stop", "NumSegments": "3"}, 5.0)
    assert event.media == (Media("https://m/0"), Media("https://m/1", "image/png"), Media("https://m/10"))
    assert (event.at, event.text, event.opt_out_type, event.segments) == (5.0, "", "STOP", 3)


def test_addresses_and_words_stay_as_they_came() -> None:
    """Short codes, letters, channel prefixes and blanks around words are for the core to judge."""
    event = text_received({**FORM, "From": "whatsapp:+14155550101", "Body": " hi\r\n"}, 1.0)
    assert (event.phone, event.text, event.media) == ("whatsapp:+14155550101", " hi\r\n", ())


@pytest.mark.parametrize(
    "broken", [{"MessageSid": ""}, {"From": " "}, {"To": ""}, {"NumMedia": "two"}, {"NumMedia": "-1"}]
)
def test_a_form_that_lacks_what_matters_is_malformed(broken: dict[str, str]) -> None:
    """Never a guess, never a crash."""
    with pytest.raises(Malformed):
        text_received({**FORM, **broken}, 1.0)


def test_a_receipt_names_its_attempt() -> None:
    """Either spelling of id and status will do (CAR-130)."""
    full = {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30034"}
    event = receipt(full, "a1", 2.0)
    assert (event.source_id, event.attempt, event.status) == ("SM1", "a1", "undelivered")
    assert event.error_code == "30034"
    assert receipt({"SmsSid": "SM1", "SmsStatus": "sent"}, "a1", 2.0).status == "sent"
    with pytest.raises(Malformed):
        receipt({"MessageSid": "SM1"}, "a1", 2.0)
