"""What Messaging Services, opt-out engine, encodings and event streams of the simulated carrier do."""

import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from twilio.request_validator import RequestValidator

from simulator import accounts
from simulator.twilio.encoding import smart
from simulator.twilio.optout import STARTED
from simulator.twilio.phones import region
from simulator.twilio.segments import split
from tests.contract.carrier_known import Known, known
from tests.contract.carrier_world import BRIDGE, LONDON, MARIA, OMAR, SALES, STATUS_URL, SUPPORT, World, read

SMART = [
    ("It’s ok", "It's ok"),
    ("“hello”", '"hello"'),
    ("Wait…", "Wait..."),
    ("a\tb", "a       b"),
    ("½", "1/2"),
    ("hel\u200blo", "hello"),
    ("\ufeffhello", "hello"),
    ("ｈｅｌｌｏ", "hello"),
    ("mañana allá ça Acme™", "mañana allá ça Acme™"),
    ("👩‍👩‍👧", "👩‍👩‍👧"),
]


@pytest.mark.parametrize(("text", "expected"), SMART)
def test_smart_encoding(text: str, expected: str) -> None:
    """Look-alikes become plain, accents and emoji stay (CAR-282)."""
    assert smart(text) == expected


@pytest.mark.parametrize(
    ("text", "whole", "cut"),
    [("🇺🇸" * 33, [64, 64, 4], [66, 66]), ("👍🏽" * 18, [64, 8], [66, 6]), ("a" * 161, [153, 8], [153, 8])],
)
def test_graphemes_may_stay_whole(text: str, whole: list[int], cut: list[int]) -> None:
    """Flags and skin tones are cut between characters, or, by switch, not (CAR-280, T39, T40)."""

    def weights(parts: list[str]) -> list[int]:
        return [len(part.encode("utf-16-le")) // 2 for part in parts]

    assert (weights(split(text, graphemes=True)), weights(split(text))) == (whole, cut)
    assert "".join(split(text, graphemes=True)) == text


@pytest.mark.parametrize(("asked", "segments"), [("true", "1"), ("false", "3")])
def test_a_call_may_ask_for_smart_encoding(asked: str, segments: str) -> None:
    """One quote makes three segments of one (T21)."""
    assert World().send(Body="a" * 159 + "’", SmartEncoded=asked)["num_segments"] == segments


@pytest.fixture
def held() -> Known:
    """A service of our own with Support and Sales in it, and a verified campaign."""
    held = known()
    for number in (SUPPORT, SALES):
        held.call("DELETE {MESSAGING}/Services/{standing}/PhoneNumbers/" + held.sids[number])
        held.call("POST {MESSAGING}/Services/{service}/PhoneNumbers", [("PhoneNumberSid", held.sids[number])])
    held.world.network.clock.advance(600)
    held.world.bridge.hooks.clear()
    return held


def settle(held: Known, **settings: str) -> None:
    assert held.call("POST {MESSAGING}/Services/{service}", list(settings.items())).status == 200


def sent(held: Known, **changed: str) -> dict[str, Any]:
    return held.world.send(From="", MessagingServiceSid=held.sids["service"], **changed)


def test_a_service_has_a_webhook_of_its_own(held: Known) -> None:
    """Without one, nothing is logged or delivered (CAR-95); with one, it is told, and so is its fallback."""
    sid = held.world.text("nobody hears this")
    assert (held.world.bridge.hooks, held.call(f"GET {{API}}/Messages/{sid}.json").status) == ([], 404)
    settle(held, InboundRequestUrl="http://b.test/in")
    held.world.text("hello")
    assert [hook.url for hook in held.world.bridge.hooks] == ["http://b.test/in"]
    settle(held, UseInboundWebhookOnNumber="true")
    held.world.text("hello")
    assert held.world.bridge.hooks[-1].url == f"{BRIDGE}/webhooks/twilio/sms"


def test_a_service_lends_its_settings(held: Known) -> None:
    """Status callback, smart encoding, pictures abroad as links; what the call says beats them."""
    settle(held, StatusCallback="http://b.test/done", SmartEncoding="true", MmsConverter="true")
    assert sent(held, Body="It’s", StatusCallback="")["body"] == "It's"
    assert {hook.url for hook in held.world.bridge.hooks} == {"http://b.test/done"}
    sent(held)
    assert held.world.bridge.hooks[-1].url == STATUS_URL
    abroad = sent(held, To=LONDON, MediaUrl="http://b.test/x.png")
    assert (abroad["body"], abroad["num_media"]) == ("hello http://b.test/x.png", "0")


def test_a_sticky_sender_stays(held: Known) -> None:
    """The number the phone knows speaks, else one of the others."""
    settle(held, UseInboundWebhookOnNumber="true")
    held.world.text("hi", SALES, OMAR)
    assert sent(held, To=OMAR)["from"] == SALES
    assert region(str(sent(held)["from"])) == "US"


def test_advanced_opt_out(held: Known) -> None:
    """Own words and answers, per language, and a marker in the webhook (CAR-89, CAR-161)."""
    settle(held, InboundRequestUrl="http://b.test/in")
    words = {"STOP": ["BASTA"], "HELP": ["AYUDA"]}
    own = {"words": words, "answers": {"STOP": "Bye."}, "languages": {"BASTA": {"STOP": "Adiós."}}}
    path = f"/twilio/services/{held.sids['service']}/opt-out"
    assert held.world.act("PUT", path, own)[0] == 200
    for words_said in ("quit", "basta", "start", "stop"):
        held.world.text(words_said)
    kinds = [form.get("OptOutType") for form in held.world.bridge.heard("inbound")]
    assert kinds == [None, "STOP", "START", "STOP"]
    assert held.world.shown() == ["hello", "Adiós.", STARTED, "Bye."]
    assert held.world.act("PUT", path, {"words": {"STOP": ["no blanks"]}})[0] == 400
    assert held.world.act("PUT", path, {})[1] is None


def test_events_are_posted_to_who_subscribed(held: Known) -> None:
    """A CloudEvent in a JSON array, its hash in the signed URL (CAR-102, CAR-187)."""
    held.world.act("PUT", f"/twilio/registrations/{held.sids['campaign']}", {"status": "VERIFIED"})
    held.world.settle()
    (hook,) = [hook for hook in held.world.bridge.hooks if hook.operation == "event"]
    (event,) = json.loads(hook.body)
    assert (event["specversion"], event["data"]["status"]) == ("1.0", "VERIFIED")
    assert event["type"].endswith("campaign-registration.campaign-approved")
    check = RequestValidator(accounts.TWILIO_AUTH_TOKEN)
    assert check.validate(hook.url, hook.body.decode(), hook.headers["X-Twilio-Signature"])
    assert urlsplit(hook.url).path == "/events"


def test_a_sender_has_a_pace() -> None:
    """With rates on, a second text of an unregistered number waits for the first one's segments (CAR-167)."""
    world = World()
    world.act("PUT", "/twilio", {"rates": True})
    world.act("PUT", f"/numbers/{SUPPORT}", {"registration": "unregistered"})
    first, second = (read(world.create(To=LONDON, Body="a" * 161))["sid"] for _ in range(2))
    world.settle()
    assert [world.message(sid)["status"] for sid in (first, second)] == ["delivered", "queued"]
    world.network.clock.advance(2)
    assert world.message(second)["status"] == "delivered"


@pytest.mark.parametrize("wanted", [{"rates": 1}, {"nothing": 1}, {"media_redirect": 308}, {"balance": 1}])
def test_switches_that_cannot_be(wanted: dict[str, Any]) -> None:
    """Nothing changes, and the answer says why."""
    world = World()
    before = world.act("GET", "/twilio")[1]
    assert world.act("PUT", "/twilio", wanted)[0] == 400
    assert world.act("GET", "/twilio")[1] == before


def test_a_stop_by_rcs_counts_for_texts() -> None:
    """And the reverse (CAR-160)."""
    world = World()
    world.text("STOP", phone=f"rcs:{MARIA}")
    assert read(world.create())["code"] == 21610
