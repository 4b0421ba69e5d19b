"""Sending through the simulated carrier: refusals, lives, receipts, the registration gate, faults."""

import json
from typing import Any

import pytest
from twilio.request_validator import RequestValidator

from simulator import accounts
from simulator.clock import RunningClock
from simulator.hooks import HookAnswer
from simulator.twilio.optout import STOPPED
from simulator.twilio.signature import sign
from simulator.twilio.state import Outcome
from tests.contract.carrier_world import (
    API,
    BRIDGE,
    LONDON,
    MARIA,
    OMAR,
    SALES,
    STATUS_URL,
    SUPPORT,
    TOLL_FREE,
    US,
    World,
    form_of,
    read,
)

RECEIPT = "RawDlrDoneDate ErrorCode SmsSid SmsStatus MessageStatus To MessageSid AccountSid From ApiVersion"
PICTURE = ("MediaUrl", f"{BRIDGE}/media/one")


@pytest.fixture
def world() -> World:
    return World()


TOO_LONG = "The concatenated message body exceeds the 1600 character limit."
NO_SENDER_ID = "The 'From' number ++ is not a valid phone number, shortcode, or alphanumeric sender ID."
NOT_OURS = (
    "The From phone number +14155550199 is not a valid, SMS-capable inbound phone number or short code for "
    "your account."
)
NO_ROUTE = (
    f"The 'To' phone number: {LONDON}, is not currently reachable using the 'From' phone number: {SUPPORT} "
    "via MMS."
)
REFUSED: list[tuple[str, dict[str, str], int, str]] = [
    ("no recipient", {"To": ""}, 21604, "A 'To' phone number is required."),
    ("no sender", {"From": ""}, 21603, "A 'From' phone number is required."),
    ("nothing to say", {"Body": ""}, 21602, "Message body is required."),
    ("too long", {"Body": "a" * 1601}, 21617, TOO_LONG),
    ("too long in units", {"Body": "a" * 1599 + "👍"}, 21617, TOO_LONG),
    ("not a phone", {"To": "123"}, 21211, "The 'To' number 123 is not a valid phone number."),
    ("validity of nothing", {"ValidityPeriod": "0"}, 20001, ""),
    ("validity beyond ten hours", {"ValidityPeriod": "36001"}, 20001, ""),
    ("underscore in the host", {"StatusCallback": "http://my_host/x"}, 21609, ""),
    ("callback without scheme", {"StatusCallback": "my.host/x"}, 21609, ""),
    ("callback with a broken port", {"StatusCallback": "http://host:port/x"}, 21609, ""),
    ("media that is no URL", {"MediaUrl": "file:///etc/passwd"}, 21620, ""),
    ("malformed sender", {"From": "++"}, 21212, NO_SENDER_ID),
    ("not our number", {"From": "+14155550199"}, 21606, NOT_OURS),
    ("to itself", {"To": SUPPORT}, 21266, ""),
    ("a landline", {"To": "+33142685300"}, 21635, "'To' number +33142685300 cannot be a landline"),
    ("never a mobile", {"To": "+19005550100"}, 21614, "To number: +19005550100, is not a mobile number"),
    ("a picture abroad", {"To": LONDON, "MediaUrl": PICTURE[1]}, 21612, NO_ROUTE),
    ("an unknown service", {"From": "", "MessagingServiceSid": "MG1"}, 21705, ""),
    ("scheduled, no service", {"ScheduleType": "fixed", "SendAt": "2026-12-01T10:00:00Z"}, 20001, ""),
    ("scheduled at no time", {"ScheduleType": "fixed", "SendAt": "soon"}, 20001, ""),
]


@pytest.mark.parametrize(("changed", "code", "text"), [pytest.param(*row[1:], id=row[0]) for row in REFUSED])
def test_refusals(world: World, changed: dict[str, str], code: int, text: str) -> None:
    """A draft that cannot be sent is refused in the documented words and leaves no message."""
    response = world.create(**changed)
    body = read(response)
    assert (response.status, body["status"], body["code"]) == (400, 400, code)
    assert set(body) == {"code", "message", "more_info", "status"}
    assert text in ("", body["message"])
    assert read(world.call("GET", f"{API}/Messages.json"))["messages"] == []


def test_more_than_ten_pictures(world: World) -> None:
    """Eleven media URLs are 21623."""
    assert read(world.create(*[PICTURE] * 11))["code"] == 21623


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"%%%&&&===", b"To=%ED%A0%80", b"\x00" * 50])
def test_malformed_forms_are_refused(world: World, body: bytes) -> None:
    """Whatever the form holds, the answer is a documented refusal."""
    assert world.post_raw(f"{API}/Messages.json", body).status == 400


STRANGERS = "/twilio/2010-04-01/Accounts/AC" + "0" * 32
MALFORMED = "/twilio/2010-04-01/Accounts/ACnope"
WRONG = (accounts.TWILIO_ACCOUNT_SID, "no")
AUTH: list[tuple[str, str, tuple[str, str] | None, int, int]] = [
    ("wrong token", API, WRONG, 401, 20003),
    ("no credentials", API, None, 401, 20003),
    ("unknown user", API, ("someone", ""), 401, 20003),
    ("malformed account", MALFORMED, WRONG, 404, 20404),
    ("another account", STRANGERS, US, 403, 20008),
]


@pytest.mark.parametrize(
    ("base", "auth", "status", "code"), [pytest.param(*row[1:], id=row[0]) for row in AUTH]
)
def test_who_may_call(world: World, base: str, auth: tuple[str, str] | None, status: int, code: int) -> None:
    """Bad credentials, accounts of others and malformed accounts are told apart."""
    response = world.call("GET", f"{base}/Messages.json", auth=auth)
    assert (response.status, read(response)["code"]) == (status, code)


def test_an_api_key_may_call(world: World) -> None:
    """An API key opens the account named in the path."""
    key = (accounts.TWILIO_API_KEY_SID, accounts.TWILIO_API_KEY_SECRET)
    assert world.call("GET", f"{API}/Messages.json", auth=key).status == 200


def test_unknown_paths_and_methods(world: World) -> None:
    """Unknown paths are 404 naming the path, wrong methods 405."""
    body = read(world.call("GET", "/twilio/2010-04-01/Nothing"))
    assert (body["code"], body["message"]) == (
        20404,
        "The requested resource /2010-04-01/Nothing was not found",
    )
    assert read(world.call("DELETE", f"{API}/Messages.json"))["code"] == 20004


def test_a_message_lives_and_reports(world: World) -> None:
    """Queued, sent, delivered: changes are reported, the initial state is not; the phone shows it."""
    made = read(world.create())
    assert (made["status"], made["date_sent"], made["price"]) == ("queued", None, None)
    world.settle()
    after = world.message(made["sid"])
    assert (after["status"], after["price"], after["num_segments"]) == ("delivered", "-0.00750", "1")
    assert world.bridge.statuses() == ["sent", "delivered"]
    assert [(entry["text"], entry["status"]) for entry in world.twilio.screen(MARIA)] == [
        ("hello", "delivered")
    ]


def test_receipts_say_what_was_seen_on_the_wire(world: World) -> None:
    """Names and order of a failed receipt, signed for its URL with the query kept."""
    world.twilio.plan(Outcome(["undelivered"], 30003))
    sid = world.send()["sid"]
    (hook,) = world.bridge.hooks
    form = form_of(hook)
    assert " ".join(form) == RECEIPT
    assert (form["MessageSid"], form["ErrorCode"], form["RawDlrDoneDate"]) == (sid, "30003", "2611181106")
    validator = RequestValidator(accounts.TWILIO_AUTH_TOKEN)
    assert hook.url == STATUS_URL
    assert validator.validate(hook.url, form, hook.headers["X-Twilio-Signature"])


CALL = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+12349013030",
    "Digits": "1234",
    "From": "+12349013030",
    "To": "+18005551212",
}
TEXT = {
    "MessageSid": "SM" + "0" * 32,
    "SmsSid": "SM" + "0" * 32,
    "AccountSid": "AC" + "1" * 32,
    "From": "+14155552671",
    "To": "+12125550123",
    "Body": " Hi é 👍\r\nline2 ",
    "NumMedia": "0",
    "NumSegments": "1",
}
INBOUND_URL = "https://bridge.example.com/twilio/inbound"
VECTORS: list[tuple[str, str, dict[str, str], str]] = [
    ("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", CALL, "0/KCTR6DLpKmkAf8muzZqo1nDgQ="),
    ("test_auth_token", INBOUND_URL, TEXT, "2Vza8BonXBZUJvtJye86mOO9J7o="),
    ("test_auth_token", "https://user:pass@h/x#rc=3", {}, "jfGbxlcLl2DwAtNlst8cuU4RDoI="),
]


@pytest.mark.parametrize(("token", "url", "params", "expected"), VECTORS)
def test_signature_vectors(token: str, url: str, params: dict[str, str], expected: str) -> None:
    """The reference's computed signatures, user name and fragment left out."""
    assert sign(token, url, params.items()) == expected


UNDELIVERED = ["sent", "undelivered"]
DELIVERED = ["sent", "delivered"]
FATES: list[tuple[str, dict[str, Any], list[str], int | None, int]] = [
    ("rests at sent", {"statuses": ["sent"]}, ["sent"], None, 1),
    ("undelivered", {"statuses": UNDELIVERED, "error_code": 30007}, UNDELIVERED, 30007, 0),
    ("failed", {"statuses": ["failed"], "error_code": 30001}, ["failed"], 30001, 0),
    ("never leaves", {"statuses": []}, [], None, 0),
    ("out of order", {"statuses": ["delivered", "sent"]}, ["delivered", "sent"], None, 1),
    ("for another phone", {"statuses": ["failed"], "to": OMAR}, DELIVERED, None, 1),
    ("for another number", {"statuses": ["failed"], "number": SALES}, DELIVERED, None, 1),
]


@pytest.mark.parametrize(
    ("plan", "reported", "code", "shown"), [pytest.param(*row[1:], id=row[0]) for row in FATES]
)
def test_planned_fates(
    world: World, plan: dict[str, Any], reported: list[str], code: int | None, shown: int
) -> None:
    """A planned outcome decides statuses, code and whether the phone shows anything."""
    assert world.act("POST", "/twilio/outcomes", plan)[0] == 201
    after = world.send()
    assert world.bridge.statuses() == reported
    assert after["status"] == (reported or ["queued"])[-1]
    assert (after["error_code"], len(world.shown())) == (code, shown)


def test_a_planned_fate_lasts_its_count(world: World) -> None:
    """An outcome with count 2 concerns two messages, not the third."""
    world.act("POST", "/twilio/outcomes", {"statuses": ["failed"], "error_code": 30008, "count": 2})
    assert [world.send()["status"] for _ in range(3)] == ["failed", "failed", "delivered"]


def test_a_fate_may_take_its_time(world: World) -> None:
    """With a delay each further status waits for its moment."""
    world.act("POST", "/twilio/outcomes", {"statuses": ["sent", "delivered"], "delay": 60})
    sid = world.send()["sid"]
    assert world.message(sid)["status"] == "sent"
    world.network.clock.advance(60)
    assert world.message(sid)["status"] == "delivered"


@pytest.mark.parametrize(("seconds", "status", "code"), [(59, "failed", 30001), (60, "sent", None)])
def test_what_waits_too_long_fails(world: World, seconds: int, status: str, code: int | None) -> None:
    """A message that has not left within its validity period never does (CAR-08)."""
    world.act("POST", "/twilio/outcomes", {"statuses": ["sending", "sent"], "delay": 60})
    sid = world.send(ValidityPeriod=str(seconds))["sid"]
    world.network.clock.advance(60)
    message = world.message(sid)
    assert (message["status"], message["error_code"]) == (status, code)


@pytest.mark.parametrize(
    ("code", "status"), [(21608, 400), (21611, 429), (20429, 429), (21408, 400), (20503, 503)]
)
def test_planned_refusals(world: World, code: int, status: int) -> None:
    """A planned refusal answers one create call; nothing is made."""
    world.act("POST", "/twilio/outcomes", {"refused": code})
    response = world.create()
    assert (response.status, read(response)["code"]) == (status, code)
    assert world.create().status == 201


BAD_PLANS: list[object] = [
    b"{", [], {"statuses": ["gone"]}, {"statuses": "sent"}, {"refused": 1}, {"count": 0}, {"delay": -1},
    {"whatever": 1}, {"error_code": "30003"},
]  # fmt: skip


@pytest.mark.parametrize("plan", BAD_PLANS)
def test_bad_plans(world: World, plan: object) -> None:
    """A plan the carrier does not understand is refused with a sentence."""
    status, body = world.act("POST", "/twilio/outcomes", plan)
    assert (status, list(body)) == (400, ["error"])


GATES: list[tuple[str, str, str, str, int | None]] = [
    ("registered local", SUPPORT, "registered", MARIA, None),
    ("unregistered local", SUPPORT, "unregistered", MARIA, 30034),
    ("pending local", SUPPORT, "pending", MARIA, 30035),
    ("rejected local", SUPPORT, "rejected", MARIA, 30034),
    ("unregistered local to London", SUPPORT, "unregistered", LONDON, None),
    ("unregistered local to Canada", SUPPORT, "unregistered", "+16135550111", None),
    ("unregistered local to Puerto Rico", SUPPORT, "unregistered", "+17872345678", 30034),
    ("verified toll-free", TOLL_FREE, "registered", MARIA, None),
    ("unverified toll-free", TOLL_FREE, "unregistered", MARIA, 30032),
    ("pending toll-free", TOLL_FREE, "pending", MARIA, 30032),
    ("rejected toll-free", TOLL_FREE, "rejected", MARIA, 30032),
    ("pending toll-free to Canada", TOLL_FREE, "pending", "+16135550111", 30032),
]


@pytest.mark.parametrize(
    ("number", "registration", "phone", "code"), [pytest.param(*row[1:], id=row[0]) for row in GATES]
)
def test_registration_gates_sending(
    world: World, number: str, registration: str, phone: str, code: int | None
) -> None:
    """An unregistered American number's message ends undelivered with the documented code, late."""
    assert world.act("PUT", f"/numbers/{number}", {"registration": registration})[0] == 200
    after = world.send(From=number, To=phone)
    assert after["error_code"] == code
    assert after["status"] == ("undelivered" if code else "delivered")
    assert len(world.shown(phone)) == (0 if code else 1)


SENDERS: list[tuple[str, str, dict[str, Any], dict[str, str], int | None]] = [
    ("a name to the US", "Sunbridge", {}, {}, 21612),
    ("a name to London", "Sunbridge", {}, {"To": LONDON}, None),
    ("a British number to the US", "+447700900999", {}, {}, 21612),
    ("a short code", "55501", {}, {}, None),
    ("a number without SMS", SUPPORT, {"sms": False}, {}, 21606),
    ("a picture without MMS", SUPPORT, {"mms": False}, {"MediaUrl": PICTURE[1]}, 21612),
]


@pytest.mark.parametrize(
    ("number", "facts", "changed", "code"), [pytest.param(*row[1:], id=row[0]) for row in SENDERS]
)
def test_classes_of_senders(
    world: World, number: str, facts: dict[str, Any], changed: dict[str, str], code: int | None
) -> None:
    """What a sender can do follows from its class and abilities."""
    world.act("PUT", f"/numbers/{number}", facts)
    assert read(world.create(From=number, **changed)).get("code") == code


def test_numbers_are_put_listed_and_removed(world: World) -> None:
    """A number is made by its first mention, changed by the next, and removed; then it is not ours."""
    status, made = world.act(
        "PUT", "/numbers/+14155550151", {"registration": "pending", "sms_url": "http://b/x"}
    )
    assert (status, made["kind"], made["registration"], made["sms"]) == (200, "local", "pending", True)
    listed = world.act("GET", "/numbers")[1]["numbers"]
    assert [number["number"] for number in listed] == [SUPPORT, SALES, TOLL_FREE, "+14155550151"]
    assert world.act("DELETE", "/numbers/+14155550151")[0] == 204
    assert world.act("DELETE", "/numbers/+14155550151")[0] == 404
    assert world.act("PUT", f"/numbers/{SUPPORT}", {"kind": "carrier-pigeon"})[0] == 400
    assert world.act("PUT", f"/numbers/{SUPPORT}", {"colour": "red"})[0] == 400


def picture(content_type: str = "image/png", size: int = 10, status: int = 200) -> HookAnswer:
    return HookAnswer(status, {"Content-Type": content_type}, b"x" * size)


def test_a_picture_is_fetched_and_shown(world: World) -> None:
    """The file is asked for with HEAD and GET, kept, and the phone shows its type and size."""
    world.bridge.answers["media"] = [HookAnswer(200), picture(size=2048)]
    after = world.send(PICTURE, Body="")
    fetches = [(hook.method, hook.url) for hook in world.bridge.hooks if hook.operation == "media"]
    assert fetches == [("HEAD", PICTURE[1]), ("GET", PICTURE[1])]
    assert (after["sid"][:2], after["num_media"], after["num_segments"]) == ("MM", "1", "1")
    (bubble,) = world.twilio.screen(MARIA)
    assert bubble["media"] == [{"url": PICTURE[1], "content_type": "image/png", "size": 2048}]


UNFIT = [
    ("missing", picture(status=404), 11200),
    ("refused", HookAnswer(None, connected=False), 11200),
    ("webp", picture("image/webp"), 12300),
    ("no type", HookAnswer(200, {}, b"x"), 12300),
    ("empty", picture(size=0), 63019),
    ("too large", picture(size=5_000_001), 11751),
]


@pytest.mark.parametrize(("answer", "code"), [pytest.param(*row[1:], id=row[0]) for row in UNFIT])
def test_a_file_that_cannot_travel_fails_the_message(world: World, answer: HookAnswer, code: int) -> None:
    """The message was accepted; it fails afterwards, and the phone shows nothing."""
    world.bridge.answers["media"] = [HookAnswer(200), answer]
    after = world.send(PICTURE)
    assert (after["status"], after["error_code"], world.shown()) == ("failed", code, [])


def test_a_service_picks_the_sender_last_used(world: World) -> None:
    """Sent through a service the message starts accepted, without sender; then it keeps to one."""
    world.text("hi", SALES)
    pool = world.act("GET", "/numbers")[1]["numbers"][0]["messaging_service_sid"]
    made = read(world.create(From="", MessagingServiceSid=pool))
    assert (made["status"], made["from"], made["num_segments"]) == ("accepted", None, "0")
    world.settle()
    after = world.message(made["sid"])
    assert (after["from"], after["status"], after["messaging_service_sid"]) == (SALES, "delivered", pool)
    assert world.bridge.statuses() == ["queued", "sent", "delivered"]


def test_only_a_scheduled_message_can_be_cancelled(world: World) -> None:
    """Scheduled: cancelled and never sent. Delivered: refused."""
    pool = world.act("GET", "/numbers")[1]["numbers"][0]["messaging_service_sid"]
    made = world.send(MessagingServiceSid=pool, ScheduleType="fixed", SendAt="2026-11-18T12:00:00Z")
    assert made["status"] == "scheduled"
    uri = f"/twilio{made['uri']}"
    assert read(world.call("POST", uri, [("Status", "canceled")]))["status"] == "canceled"
    world.network.clock.advance(7200)
    assert world.shown() == []
    sent = world.send()
    assert read(world.call("POST", f"/twilio{sent['uri']}", [("Status", "canceled")]))["code"] == 30409


def test_a_message_in_flight_is_not_touched(world: World) -> None:
    """Deleting or redacting what is still queued is 20009; afterwards both work."""
    uri = "/twilio" + read(world.create())["uri"]
    assert read(world.call("DELETE", uri))["code"] == 20009
    assert read(world.call("POST", uri, [("Body", "")]))["code"] == 20009
    world.settle()
    assert read(world.call("POST", uri, [("Body", "other")]))["code"] == 20001
    assert read(world.call("POST", uri, [("Body", "")]))["body"] == ""
    assert world.shown() == ["hello"]
    assert world.call("DELETE", uri).status == 204
    assert read(world.call("GET", uri))["code"] == 20404


@pytest.mark.parametrize(
    "query", ["PageSize=0", "PageSize=1001", "PageSize=x", "Page=-1", "PageSize=" + "9" * 5000]
)
def test_bad_page_sizes(world: World, query: str) -> None:
    """A page size outside 1…1000 is 20007."""
    assert read(world.call("GET", f"{API}/Messages.json?{query}"))["code"] == 20007


@pytest.mark.parametrize("query", ["DateSent=soon", "DateSent%3E=2026-13-01", "DateSent%3C=9999-12-31"])
def test_bad_dates(world: World, query: str) -> None:
    """A date nobody can read is 20001."""
    assert read(world.call("GET", f"{API}/Messages.json?{query}"))["code"] == 20001


HOOK_FAULTS = [
    ("drop webhooks", ["delivered"]),
    ("duplicate 3", ["sent", "sent", "sent", "delivered"]),
    ("reorder", ["delivered", "sent"]),
    ("hold", ["delivered"]),
]


@pytest.mark.parametrize(("fault", "told"), HOOK_FAULTS)
def test_faults_on_receipts(world: World, fault: str, told: list[str]) -> None:
    """The first receipt is lost, repeated, overtaken or held; the phone shows the message all the same."""
    world.network.faults.plant("twilio", "status", fault)
    world.send()
    assert world.bridge.statuses() == told
    assert world.shown() == ["hello"]


def test_held_receipts_are_released(world: World) -> None:
    """What was held arrives when it is released, once."""
    world.network.faults.plant("twilio", "status", "hold", 2)
    world.send()
    assert world.bridge.statuses() == []
    assert world.act("POST", "/twilio/release")[1] == {"released": 2}
    world.settle()
    assert world.bridge.statuses() == ["sent", "delivered"]


def test_an_overtaken_receipt_arrives_even_alone(world: World) -> None:
    """If nothing overtakes it, a put-back receipt goes after five seconds, once."""
    world.network.faults.plant("twilio", "status", "reorder", 2)
    world.send()
    assert world.bridge.statuses() == []
    world.network.clock.advance(5)
    assert world.bridge.statuses() == ["sent", "delivered"]


def test_a_race_delivers_twice(world: World) -> None:
    """A raced receipt arrives twice with one token."""
    world.network.faults.plant("twilio", "status", "race")
    world.send()
    assert sorted(world.bridge.statuses()) == ["delivered", "sent", "sent"]
    tokens = [hook.headers["I-Twilio-Idempotency-Token"] for hook in world.bridge.hooks]
    assert len(set(tokens)) == 2


def test_an_early_callback_beats_the_answer(world: World) -> None:
    """The first receipt is delivered before the create call is answered."""
    world.network.faults.plant("twilio", "status", "early callback")
    made = read(world.create())
    assert (made["status"], world.bridge.statuses()) == ("queued", ["sent"])
    world.settle()
    assert world.bridge.statuses() == ["sent", "delivered"]
    kinds = [
        entry["kind"] for entry in world.network.ledger.after() if entry["kind"] in ("request", "webhook")
    ]
    assert kinds == ["webhook", "request", "webhook"]


def test_it_lives_on_running_time_too() -> None:
    """With threads and real time: the early receipt first, the others in order, one lane at a time."""
    clock = RunningClock(threads=2)
    running = World(clock)
    running.network.faults.plant("twilio", "status", "early callback")
    assert read(running.create())["status"] == "queued"
    assert running.bridge.statuses()[0] == "sent"
    running.twilio.text(MARIA, SUPPORT, "STOP")
    ledger, seen = running.network.ledger, 0
    while len(running.bridge.hooks) < 3 and (news := ledger.wait(seen, 10)):
        seen = news[-1]["n"]
    clock.stop()
    assert running.bridge.statuses() == ["sent", "delivered"]
    assert running.shown() == ["hello", STOPPED]


def test_reset_forgets_everything(world: World) -> None:
    """After a reset the three numbers point at the bridge and nothing was ever said."""
    world.send()
    world.act("PUT", f"/numbers/{SUPPORT}", {"registration": "rejected"})
    world.network.bridge_url = "http://elsewhere:1"
    world.network.reset()
    numbers = world.act("GET", "/numbers")[1]["numbers"]
    assert {number["sms_url"] for number in numbers} == {"http://elsewhere:1/webhooks/twilio/sms"}
    assert {number["registration"] for number in numbers} == {"registered"}
    assert (world.twilio.screen(MARIA), json.dumps(world.network.ledger.after())) == ([], "[]")
