"""Every documented error of the carrier is had by a request, one row each; late ones by a message's fate."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import pytest

from simulator import accounts
from simulator.hooks import HookAnswer
from simulator.twilio.errors import FAILURES, REFUSALS
from tests.contract.carrier_known import BRAND, CAMPAIGN, SINK, VERIFICATION, Known, known
from tests.contract.carrier_world import (
    API,
    LONDON,
    MARIA,
    SALES,
    SUPPORT,
    TOLL_FREE,
    Form,
    World,
    read,
)

Before = Callable[[Known], object]
SERVICE = "{MESSAGING}/Services/{service}"
SEND = "POST {API}/Messages.json"
VERIFICATIONS = "{MESSAGING}/Tollfree/Verifications"
TEST = (accounts.TWILIO_TEST_ACCOUNT_SID, accounts.TWILIO_TEST_AUTH_TOKEN)
TEST_API = f"/twilio/2010-04-01/Accounts/{accounts.TWILIO_TEST_ACCOUNT_SID}"
GOOD = "+15005550006"


def text(**changed: str) -> Form:
    """A text from Support to Maria, with these changes; what is empty is left out."""
    said = {"To": MARIA, "From": SUPPORT, "Body": "hello", **changed}
    return [(name, value) for name, value in said.items() if value]


def by_service(sid: str = "{service}", **changed: str) -> Form:
    return text(From="", MessagingServiceSid=sid, **changed)


def switch(**set_up: object) -> Before:
    return lambda held: held.world.act("PUT", "/twilio", set_up)


def stop(held: Known) -> None:
    held.world.text("STOP")


def first(call: str, form: Form | None = None) -> Before:
    return lambda held: held.call(call, form)


def refuse(code: int) -> Before:
    return lambda held: held.world.act("POST", "/twilio/outcomes", {"refused": code})


def fill_queue(held: Known) -> None:
    """A sender with one segment a second that is ten seconds behind, and takes no more."""
    held.world.act("PUT", "/twilio", {"rates": True, "queue_seconds": 10})
    held.world.act("PUT", f"/numbers/{SUPPORT}", {"registration": "unregistered"})
    for _ in range(10):
        held.world.create()
    held.world.settle()


def only_abroad(held: Known) -> None:
    """A service whose one number is British."""
    held.world.act("PUT", "/numbers/+447700900999", {})
    empty(held)
    numbers = held.world.act("GET", "/numbers")[1]["numbers"]
    (sid,) = (each["sid"] for each in numbers if each["number"] == "+447700900999")
    held.call(f"POST {SERVICE}/PhoneNumbers", [("PhoneNumberSid", sid)])


def empty(held: Known) -> None:
    for path in ("PhoneNumbers/{bought}", "ShortCodes/{code}", "AlphaSenders/{alpha}"):
        assert held.call(f"DELETE {SERVICE}/{path}").status == 204


def crowd(held: Known) -> None:
    """A pool that is full."""
    for last in range(400):
        number = held.world.twilio.state.add_number(f"+1212556{last:04}", "local", "unregistered")
        number.service = held.sids["service"]


class Error(NamedTuple):
    """A request that is refused."""

    code: int
    status: int
    call: str
    form: Form | None = None
    before: Before | None = None
    auth: Any = (accounts.TWILIO_ACCOUNT_SID, accounts.TWILIO_AUTH_TOKEN)


LONG = "a" * 1601
TEN_URLS = [("MediaUrl", "http://b/x")] * 11
ERRORS = [
    Error(20001, 400, SEND, text(ValidityPeriod="0")),
    Error(20001, 400, SEND, text(RiskCheck="perhaps")),
    Error(20001, 400, SEND, text(ContentRetention="x")),
    Error(20001, 400, SEND, text(SmartEncoded="x")),
    Error(20001, 400, SEND, text(ScheduleType="fixed", SendAt="soon")),
    Error(20001, 400, "POST {API}/Messages/{message}.json", [("Status", "sent")]),
    Error(20001, 400, "POST {API}/Messages/{message}/Feedback.json", [("Outcome", "x")]),
    Error(20001, 400, "GET {API}/Messages.json?DateSent=soon"),
    Error(20001, 400, "GET {MESSAGING}/Deactivations?Date=soon"),
    Error(20001, 400, "POST {MESSAGING}/Services"),
    Error(20001, 400, f"POST {SERVICE}", [("InboundRequestUrl", "x")]),
    Error(20001, 400, f"POST {SERVICE}", [("Usecase", "x")]),
    Error(20001, 400, f"POST {SERVICE}", [("ValidityPeriod", "36001")]),
    Error(20001, 400, f"POST {SERVICE}/AlphaSenders", [("AlphaSender", "more than eleven")]),
    Error(
        20001, 400, f"POST {SERVICE}/DestinationAlphaSenders",
        [("AlphaSender", "A"), ("IsoCountryCode", "x")],
    ),
    Error(20001, 400, "POST {MESSAGING}/a2p/BrandRegistrations", BRAND[:1]),
    Error(20001, 400, "POST {MESSAGING}/a2p/BrandRegistrations", [(name, "x") for name, _ in BRAND]),
    Error(20001, 400, "POST {MESSAGING}/a2p/BrandRegistrations/{brand}"),  # it did not fail
    Error(20001, 400, f"POST {SERVICE}/Compliance/Usa2p", [("BrandRegistrationSid", "{brand}")]),
    Error(20001, 400, f"POST {SERVICE}/Compliance/Usa2p", [("BrandRegistrationSid", "{brand}"), *CAMPAIGN]),
    Error(20001, 400, f"POST {SERVICE}/Compliance/Usa2p/{{campaign}}", CAMPAIGN),
    Error(20001, 400, f"POST {VERIFICATIONS}", VERIFICATION),
    Error(20001, 400, f"POST {VERIFICATIONS}", [*VERIFICATION, ("TollfreePhoneNumberSid", "{support}")]),
    Error(20001, 400, f"POST {VERIFICATIONS}/{{verification}}", [("BusinessName", "x")]),
    Error(20001, 400, "POST {EVENTS}/Sinks", [*SINK[:1], ("SinkType", "kinesis"), *SINK[2:]]),
    Error(20001, 400, "POST {EVENTS}/Sinks", [*SINK[:2], ("SinkConfiguration", "{}")]),
    Error(
        20001, 400, "POST {EVENTS}/Subscriptions", [("Description", "x"), ("SinkSid", "x"), ("Types", "{}")],
    ),
    Error(20001, 400, "PATCH {ACCOUNTS}/Messaging/GeoPermissions", [("Permissions", "{}")]),
    Error(20001, 400, "PATCH {ACCOUNTS}/Messaging/GeoPermissions"),
    Error(20001, 400, "POST {ACCOUNTS}/Consents/Bulk", [("Items", "x")]),
    Error(20001, 400, "POST {CONTENT}/Content"),
    Error(20003, 401, "GET {API}.json", auth=(accounts.TWILIO_ACCOUNT_SID, "wrong")),
    Error(20003, 401, "GET {MESSAGING}/Services", auth=None),
    Error(20004, 405, "PUT {API}/Messages.json"),
    Error(20005, 403, SEND, text(), switch(suspended=True)),
    Error(20007, 400, "GET {API}/Messages.json?PageSize=1001"),
    Error(20007, 400, "GET {MESSAGING}/Services?PageSize=0"),
    Error(20008, 403, f"GET {TEST_API}/Messages.json", auth=TEST),
    Error(20008, 403, "GET {MESSAGING}/Services", auth=TEST),
    Error(20008, 403, "GET {API}.json", auth=TEST),
    Error(20009, 409, "DELETE {API}/Messages/{waiting}.json"),
    Error(20009, 409, "POST {API}/Messages/{waiting}.json", [("Body", "")]),
    Error(20404, 404, "GET {API}/Messages/SM" + "0" * 32 + ".json"),
    Error(20404, 404, "GET /twilio/2010-04-01/Accounts/ACnope.json"),
    Error(20404, 404, "GET {MESSAGING}/Services/MG1/PhoneNumbers"),
    Error(20404, 404, f"POST {SERVICE}/PhoneNumbers", [("PhoneNumberSid", "{code}")]),
    Error(20404, 404, "POST {ACCOUNTS}/AuthTokens/Promote"),
    Error(20429, 429, "GET {API}/Messages.json", before=switch(concurrency=1), auth="twice"),
    Error(20500, 500, SEND, text(), refuse(20500)),
    Error(20503, 503, SEND, text(), refuse(20503)),
    Error(21211, 400, SEND, text(To="123")),
    Error(21212, 400, SEND, text(From="++")),
    Error(21266, 400, SEND, text(To=SUPPORT)),
    Error(21408, 400, SEND, text(), switch(closed_regions=["US"])),
    Error(21408, 400, SEND, text(To="+33612345678"), first(
        "PATCH {ACCOUNTS}/Messaging/GeoPermissions",
        [("Permissions", '[{"country_code": "FR", "type": "country", "enabled": false}]')],
    )),
    Error(21421, 400, "POST {API}/IncomingPhoneNumbers.json", [("PhoneNumber", "123")]),
    Error(21422, 400, "POST {API}/IncomingPhoneNumbers.json", [("PhoneNumber", SUPPORT)]),
    Error(21602, 400, SEND, text(Body="")),
    Error(21603, 400, SEND, text(From="")),
    Error(21604, 400, SEND, text(To="")),
    Error(21606, 400, SEND, text(From="+14155550199")),
    Error(21608, 400, SEND, text(), switch(trial=True)),
    Error(21609, 400, SEND, text(StatusCallback="http://my_host/x")),
    Error(21610, 400, SEND, text(), stop),
    Error(21611, 429, SEND, text(), fill_queue),
    Error(21612, 400, SEND, text(To=LONDON, MediaUrl="http://b/x")),
    Error(21614, 400, SEND, text(To="+19005550100")),
    Error(21617, 400, SEND, text(Body=LONG)),
    Error(21620, 400, SEND, text(MediaUrl="ftp://b/x")),
    Error(21623, 400, SEND, [*text(), *TEN_URLS]),
    Error(21635, 400, SEND, text(To="+33142685300")),
    Error(21655, 400, SEND, text(Body="", ContentSid="HX" + "0" * 32)),
    Error(21656, 400, SEND, text(Body="", ContentSid="{content}", ContentVariables="x")),
    Error(21701, 404, SEND, by_service("MG" + "0" * 32)),
    Error(21702, 400, SEND, text(), refuse(21702)),
    Error(21703, 400, SEND, by_service(), only_abroad),
    Error(21704, 400, SEND, by_service(), empty),
    Error(21705, 400, SEND, by_service("MG1")),
    Error(21710, 409, f"POST {SERVICE}/PhoneNumbers", [("PhoneNumberSid", "{bought}")]),
    Error(21710, 409, f"POST {SERVICE}/AlphaSenders", [("AlphaSender", "Parcels")]),
    Error(21712, 409, f"POST {SERVICE}/PhoneNumbers", [("PhoneNumberSid", "{support}")]),
    Error(21714, 412, f"POST {SERVICE}/PhoneNumbers", [("PhoneNumberSid", "{tollfree}")], crowd),
    Error(30409, 400, "POST {API}/Messages/{message}.json", [("Status", "canceled")]),
    Error(572005, 400, SEND, text(), switch(unconfirmed=[MARIA])),
]  # fmt: skip


@pytest.mark.parametrize("error", [pytest.param(each, id=f"{each.code} {each.call}") for each in ERRORS])
def test_an_error_is_had_by_a_request(error: Error) -> None:
    """Code and status, in the documented shape (`World.call` sees to it)."""
    held = known()
    held.sids["waiting"] = read(held.world.create())["sid"]
    if error.before is not None:
        error.before(held)
    if error.auth == "twice":
        assert held.call(error.call).status == 200
        response = held.call(error.call)
    else:
        response = held.call(error.call, error.form, error.auth)
    assert (response.status, read(response).get("code")) == (error.status, error.code), response.body


def test_every_refusal_is_shown() -> None:
    """The table has a row for each code the carrier can say."""
    assert {each.code for each in ERRORS} == set(REFUSALS)


# --- test credentials (section 15) ---

MAGIC = [
    ({"From": "+15005550000"}, 400, 21606),
    ({"From": "+15005550001"}, 400, 21212),
    ({"From": "+15005550007"}, 400, 21606),
    ({"From": "+15005550008"}, 429, 21611),
    ({"From": SUPPORT}, 400, 21606),
    ({"To": "+15005550001"}, 400, 21211),
    ({"To": "+15005550002"}, 400, 21612),
    ({"To": "+15005550003"}, 400, 21408),
    ({"To": "+15005550004"}, 400, 21610),
    ({"To": "+15005550009"}, 400, 21614),
    ({"Body": ""}, 400, 21602),
]


@pytest.mark.parametrize(("changed", "status", "code"), MAGIC)
def test_magic_numbers(changed: dict[str, str], status: int, code: int) -> None:
    """With test credentials numbers stand for their errors."""
    response = World().call("POST", f"{TEST_API}/Messages.json", text(**{"From": GOOD, **changed}), TEST)
    assert (response.status, read(response)["code"]) == (status, code)


def test_test_credentials_leave_no_trace() -> None:
    """What they make is not sent, told or kept (CAR-206); numbers can be bought in the same way."""
    world = World()
    callback = {"StatusCallback": "http://b/x"}
    made = world.call("POST", f"{TEST_API}/Messages.json", text(From=GOOD, **callback), TEST)
    world.settle()
    assert (made.status, read(made)["account_sid"], read(made)["status"]) == (201, TEST[0], "queued")
    assert (world.bridge.hooks, world.shown(), len(world.twilio.state.messages)) == ([], [], 0)
    for number, code in ((GOOD, None), ("+15005550000", 21422), ("+15005550001", 21421)):
        bought = world.call("POST", f"{TEST_API}/IncomingPhoneNumbers.json", [("PhoneNumber", number)], TEST)
        assert read(bought).get("code") == code


# --- what arrives late (section 3.2) ---


def registration(number: str, state: str) -> Callable[[World], object]:
    return lambda world: world.act("PUT", f"/numbers/{number}", {"registration": state})


def line(what: str) -> Callable[[World], object]:
    return lambda world: world.act("PUT", f"/twilio/phones/{MARIA}", {"line": what})


def switched(**set_up: object) -> Callable[[World], object]:
    return lambda world: world.act("PUT", "/twilio", set_up)


def suspend_afterwards(world: World) -> None:
    """The account is suspended between the call and its turn."""
    world.network.clock.later(0, partial(setattr, world.twilio.state.switches, "suspended", True))


def late_stop(world: World) -> None:
    world.text("STOP")
    switched(late_opt_out=True)(world)


def answers(*planned: HookAnswer) -> Callable[[World], object]:
    return lambda world: world.bridge.answers.update(media=list(planned))


PICTURE = {"MediaUrl": "http://b/x"}
IN_SERVICE = {"From": "", "MessagingServiceSid": "{pool}"}
OK = HookAnswer(200)
LATE: list[tuple[int, str, dict[str, str], Callable[[World], object]]] = [
    (11200, "failed", PICTURE, answers(OK, HookAnswer(404))),
    (11751, "failed", PICTURE, answers(OK, HookAnswer(200, {"Content-Type": "image/png"}, b"x" * 5_000_001))),
    (12300, "failed", PICTURE, answers(OK, HookAnswer(200, {"Content-Type": "image/webp"}, b"x"))),
    (63019, "failed", PICTURE, answers(OK, HookAnswer(200, {"Content-Type": "image/png"}))),
    (21610, "failed", IN_SERVICE, late_stop),
    (30002, "failed", {}, suspend_afterwards),
    (30002, "failed", {}, switched(balance="0.00")),
    (30003, "undelivered", {}, line("off")),
    (30004, "undelivered", {}, line("blocking")),
    (30005, "undelivered", {}, line("unknown")),
    (30006, "undelivered", {}, line("landline")),
    (30006, "undelivered", {"To": "+442079460018"}, lambda _: None),
    (30011, "undelivered", {"Body": "a", "SendAsMms": "true"}, line("no pictures")),
    (30017, "undelivered", {}, line("congested")),
    (30023, "undelivered", {"Body": "a" * 161}, switched(daily_cap=1)),
    (30032, "undelivered", {"From": TOLL_FREE}, registration(TOLL_FREE, "pending")),
    (30033, "undelivered", {}, registration(SUPPORT, "suspended")),
    (30034, "undelivered", {}, registration(SUPPORT, "unregistered")),
    (30035, "undelivered", {}, registration(SUPPORT, "pending")),
]


@pytest.mark.parametrize(("code", "status", "changed", "before"), LATE)
def test_what_is_true_decides_late(
    code: int, status: str, changed: dict[str, str], before: Callable[[World], object]
) -> None:
    """Accepted, then failing with the documented code; the phone shows nothing; the receipt says it."""
    world = World()
    pool = world.act("GET", "/numbers")[1]["numbers"][0]["messaging_service_sid"]
    before(world)
    shown = len(world.shown())
    after = world.send(**{name: value.replace("{pool}", pool) for name, value in changed.items()})
    assert (after["status"], after["error_code"], bool(after["error_message"])) == (status, code, True)
    assert len(world.shown()) == shown
    assert world.bridge.heard("status")[-1]["ErrorCode"] == str(code)


def test_30001_when_a_services_queue_is_full() -> None:
    """What a plain send is refused for, a service finds out late (CAR-59)."""
    held = known()
    held.world.act("PUT", f"/numbers/{SALES}", {"registration": "unregistered"})
    fill_queue(held)
    held.call(f"POST {SERVICE}/PhoneNumbers", [("PhoneNumberSid", "{support}")])
    held.call(f"DELETE {SERVICE}/PhoneNumbers/{{bought}}")
    held.call(f"DELETE {SERVICE}/ShortCodes/{{code}}")
    made = read(held.call(SEND, by_service()))
    held.world.settle()
    after = held.world.message(made["sid"])
    assert (made["status"], after["status"], after["error_code"]) == ("accepted", "failed", 30001)


SCRIPTED = sorted(set(FAILURES) - {30009, 14107, 14109, *(row[0] for row in LATE)})


@pytest.mark.parametrize("code", SCRIPTED)
def test_the_others_are_scripted(code: int) -> None:
    """Whatever else carriers and channels say can be planned, for those texts that hold certain words."""
    world = World()
    plan = {"statuses": ["sent", "undelivered"], "error_code": code, "containing": "http"}
    assert world.act("POST", "/twilio/outcomes", plan)[0] == 201
    assert world.send()["status"] == "delivered"
    after = world.send(Body="see http://parcels.test")
    assert (after["status"], after["error_code"], after["error_message"]) == (
        "undelivered",
        code,
        FAILURES[code],
    )


def test_the_api_of_another_account_is_closed() -> None:
    """403 whatever the path names (CAR-37)."""
    stranger = API.replace(accounts.TWILIO_ACCOUNT_SID, "AC" + "0" * 32)
    assert read(World().call("GET", f"{stranger}/Messages.json"))["code"] == 20008
