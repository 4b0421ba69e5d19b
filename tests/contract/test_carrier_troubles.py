"""Every trouble of carrier.md section B that network or carrier can make is had by its name."""

from base64 import b64decode
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from twilio.request_validator import RequestValidator, get_signature_algorithm

from simulator import accounts
from simulator.endings import Hang, Reset
from simulator.hooks import HookAnswer
from simulator.twilio.quirks import QUIRKS
from simulator.web import Request, Response
from tests.contract.carrier_world import (
    API,
    BRIDGE,
    LONDON,
    MARIA,
    OMAR,
    SALES,
    SUPPORT,
    TOLL_FREE,
    US,
    World,
    basic,
    form_of,
    read,
)

SMS = f"{BRIDGE}/webhooks/twilio/sms"
FALLBACK = f"{BRIDGE}/fallback"
TWO_HOURS = 7200.0
MESSAGES = f"{API}/Messages.json"


@pytest.fixture
def world() -> World:
    return World()


def plant(world: World, operation: str, fault: str, count: int = 1) -> None:
    world.network.faults.plant("twilio", operation, fault, count)


def ask(world: World, method: str, path: str, body: bytes = b"", headers: Any = None) -> Any:
    """One call, whatever its end."""
    split = urlsplit(path)
    request = Request(method, split.path, split.query, body=body)
    request.headers.extend(headers if headers is not None else basic(*US))
    return world.network.handle(request)


def create(world: World) -> Any:
    return ask(world, "POST", MESSAGES, b"To=%2B14155550101&From=%2B14155550150&Body=hello")


# --- calls (CAR-360 … CAR-363) ---

CALLS: list[tuple[str, str, Callable[[Any], object], int]] = [
    ("CAR-360", "accept then hang", lambda end: isinstance(end, Hang), 1),
    ("CAR-360", "accept then reset", lambda end: isinstance(end, Reset), 1),
    ("CAR-361", "status 500", lambda end: end.status == 500, 0),
    ("CAR-361", "status 503", lambda end: (end.status, end.body[:1]) == (503, b"<"), 0),
    ("CAR-361", "quirk empty answer", lambda end: (end.status, end.body) == (201, b""), 1),
    ("CAR-361", "garble", lambda end: (end.status, end.body[:1]) == (200, b"<"), 1),
    ("CAR-362", "status 429", lambda end: end.status == 429, 0),
    ("CAR-35", "quirk problem details", lambda end: read(end)["title"] == "Bad request", 0),
    ("CAR-179", "quirk prefixed body", lambda end: read(end)["body"].endswith("trial account - hello"), 1),
    ("CAR-56", "refuse", lambda end: isinstance(end, Reset), 0),
    ("CAR-360", "hang", lambda end: isinstance(end, Hang), 0),
]


@pytest.mark.parametrize(("row", "fault", "looks", "made"), CALLS)
def test_calls(world: World, row: str, fault: str, looks: Callable[[Any], object], made: int) -> None:
    """The call ends so; whether the message exists is another matter."""
    plant(world, "CreateMessage", fault)
    assert looks(create(world)), row
    assert len(world.twilio.state.messages) == made
    assert create(world).status == 201


SCRIPTS: list[tuple[str, dict[str, Any], list[object]]] = [
    ("CAR-362", {"refused": 20429, "count": 2}, [20429, 20429, "delivered"]),
    ("CAR-363", {"refused": 21611, "number": SUPPORT}, [21611, "delivered", "delivered"]),
    ("CAR-363", {"refused": 21611, "number": SALES}, ["delivered", "delivered", "delivered"]),
    ("CAR-364", {"refused": 21610}, [21610, "delivered", "delivered"]),
    ("CAR-364", {"statuses": ["failed"], "error_code": 21610}, ["failed", "delivered", "delivered"]),
    (
        "CAR-367",
        {"statuses": ["sent", "undelivered"], "error_code": 30003, "count": 2},
        ["undelivered", "undelivered", "delivered"],
    ),
    ("CAR-367", {"statuses": ["undelivered"], "error_code": 30007, "containing": "http"}, ["delivered"] * 3),
    ("CAR-390", {"statuses": ["undelivered"], "error_code": 30023, "count": 3}, ["undelivered"] * 3),
]


@pytest.mark.parametrize(("row", "plan", "ends"), SCRIPTS)
def test_scripts(world: World, row: str, plan: dict[str, Any], ends: list[object]) -> None:
    """What the next messages meet is planned."""
    world.act("POST", "/twilio/outcomes", plan)

    def end() -> object:
        made = read(world.create())
        world.settle()
        return made.get("code") or world.message(made["sid"])["status"]

    assert [end() for _ in ends] == ends, row


@pytest.mark.parametrize(
    ("row", "number", "registration", "code"),
    [
        ("CAR-365", SUPPORT, "unregistered", 30034),
        ("CAR-365", TOLL_FREE, "unregistered", 30032),
        ("CAR-366", SUPPORT, "pending", 30035),
    ],
)
def test_every_message_fails_late(world: World, row: str, number: str, registration: str, code: int) -> None:
    """201 each time, and then the code; registered anew it is fine."""
    world.act("PUT", f"/numbers/{number}", {"registration": registration})
    assert [world.send(From=number)["error_code"] for _ in range(3)] == [code] * 3, row
    world.act("PUT", f"/numbers/{number}", {"registration": "registered"})
    assert world.send(From=number)["status"] == "delivered"


def test_a_number_that_joined_is_known_some_minutes_later(world: World) -> None:
    """30035 after attaching a number, then fine (CAR-366)."""
    pool = world.act("GET", "/numbers")[1]["numbers"][0]["messaging_service_sid"]
    held = world.act("PUT", "/numbers/+14155550199", {"registration": "unregistered"})[1]
    members = f"/twilio/messaging/v1/Services/{pool}/PhoneNumbers"
    assert world.call("POST", members, [("PhoneNumberSid", held["sid"])]).status == 201
    assert world.send(From="+14155550199")["error_code"] == 30035
    world.network.clock.advance(300)
    assert world.send(From="+14155550199")["status"] == "delivered"


# --- receipts (CAR-368, CAR-369) ---

RECEIPTS = [
    ("reorder", ["delivered", "sent"]),
    ("duplicate 2", ["sent", "sent", "delivered"]),
    ("race", ["delivered", "sent", "sent"]),
    ("drop webhooks", ["delivered"]),
    ("quirk late", ["delivered", "(two hours)", "sent"]),
    ("quirk new token", ["sent", "sent", "delivered"]),
    ("hold", ["delivered", "(two hours)"]),
]


@pytest.mark.parametrize(("fault", "told"), RECEIPTS)
def test_receipts(world: World, fault: str, told: list[str]) -> None:
    """Out of order, twice, hours late or never; the phone has the message all the same."""
    plant(world, "status", fault)
    world.send()
    heard = world.bridge.statuses()
    world.network.clock.advance(TWO_HOURS)
    later = world.bridge.statuses()[len(heard) :]
    seen = [*heard, *(["(two hours)", *later] if "(two hours)" in told else [])]
    assert (sorted(seen) if fault == "race" else seen) == told
    assert world.shown() == ["hello"]


def test_a_receipt_beats_the_answer(world: World) -> None:
    """The call is answered after its first receipt was told (CAR-369)."""
    plant(world, "status", "early callback")
    create_with_receipt = world.create()
    assert (create_with_receipt.status, world.bridge.statuses()[:1]) == (201, ["sent"])


# --- texts (CAR-370 … CAR-375, CAR-379) ---


def tokens(world: World) -> int:
    return len({hook.headers["I-Twilio-Idempotency-Token"] for hook in world.bridge.hooks})


def authentic(world: World, token: str = accounts.TWILIO_AUTH_TOKEN) -> list[bool]:
    """What the vendor's own validator says of each webhook."""
    check = RequestValidator(token)
    return [
        check.validate(
            hook.url,
            form_of(hook),
            hook.headers.get("X-Twilio-Signature", ""),
            get_signature_algorithm(hook.headers.get("X-Twilio-Webhooks-Signature-Settings")),
        )
        for hook in world.bridge.hooks
    ]


def bodies(world: World) -> list[str]:
    return [form["Body"] for form in world.bridge.heard("inbound")]


def urls(world: World) -> list[str]:
    return [hook.url for hook in world.bridge.hooks]


def unheard_of(world: World) -> object:
    return authentic(world), world.bridge.heard("inbound")[0].get("ReferralNumMedia")


def sender(world: World) -> str:
    return world.bridge.heard("inbound")[0]["From"]


TEXTS: list[tuple[str, str, Callable[[World], object], object]] = [
    ("CAR-370", "duplicate 2", lambda w: (bodies(w), tokens(w)), (["one", "one", "two"], 2)),
    ("CAR-370", "quirk new token", lambda w: (bodies(w), tokens(w)), (["one", "one", "two"], 3)),
    ("CAR-371", "reorder", bodies, ["two", "one"]),
    ("CAR-371", "race", lambda w: sorted(bodies(w)), ["one", "one", "two"]),
    ("CAR-372", "quirk gave up waiting", urls, [SMS, FALLBACK, SMS]),
    ("CAR-374", "quirk bad signature", authentic, [False, True]),
    ("CAR-374", "quirk no signature", authentic, [False, True]),
    ("CAR-374", "quirk stale signature", authentic, [False, True]),
    ("CAR-375", "quirk unknown parameter", unheard_of, ([True, True], "0")),
    ("CAR-368", "quirk late", bodies, ["two"]),
    ("CAR-117", "drop webhooks", bodies, ["two"]),
]  # fmt: skip


@pytest.mark.parametrize(("row", "fault", "seen", "expected"), TEXTS)
def test_texts(world: World, row: str, fault: str, seen: Callable[[World], object], expected: object) -> None:
    """The first of two texts meets the trouble."""
    world.act("PUT", f"/numbers/{SUPPORT}", {"sms_fallback_url": FALLBACK})
    plant(world, "inbound", fault)
    for words in ("one", "two"):
        world.text(words)
    assert seen(world) == expected, row


def test_a_text_on_its_own_line_waits_for_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It leaves on a lane of its own, beside what the same customer sent before (CAR-371)."""
    lanes: list[str] = []
    later = world.network.clock.later

    def noted(seconds: float, work: Callable[[], None], *, lane: str = "") -> None:
        lanes.append(lane)
        later(seconds, work, lane=lane)

    monkeypatch.setattr(world.network.clock, "later", noted)
    plant(world, "inbound", "quirk own line")
    world.text("one")
    assert (bodies(world), lanes[0], lanes[-1] != MARIA) == (["one"], MARIA, True)


def test_a_part_that_never_arrived(world: World) -> None:
    """The text is told without it; the message says 30009; the phone knows what was typed (CAR-379)."""
    plant(world, "inbound", "quirk missing part")
    sid = world.text("a" * 153 + "the end.")
    assert (bodies(world), world.message(sid)["error_code"]) == (["the end."], 30009)
    assert world.bridge.heard("inbound")[0]["NumSegments"] == "1"
    assert len(world.twilio.screen(MARIA)[0]["text"]) == 161


def test_a_long_text_may_come_as_base64(world: World) -> None:
    """What was typed is on the screen; the webhook has its base64. A short one comes as it is."""
    plant(world, "inbound", "quirk base64 text")
    world.text("a" * 161)
    assert b64decode(bodies(world)[0]) == b"a" * 161
    assert world.twilio.screen(MARIA)[0]["text"] == "a" * 161


def test_one_refusal_is_not_repeated(world: World) -> None:
    """A 500 of the bridge sends the text to the fallback or nowhere; only listing finds it (CAR-373)."""
    world.bridge.answers["inbound"] = [HookAnswer(500)]
    sid = world.text("one")
    assert bodies(world) == ["one"]
    listed = read(world.call("GET", f"{MESSAGES}?To=%2B14155550150"))["messages"]
    assert [message["sid"] for message in listed] == [sid]


def test_the_token_is_rotated_in_mid_traffic(world: World) -> None:
    """The secondary opens the API at once and signs once it is promoted; the former then does neither."""
    tokens = "/twilio/accounts/v1/AuthTokens"
    new = read(world.call("POST", f"{tokens}/Secondary"))["secondary_auth_token"]
    assert world.call("GET", MESSAGES, auth=(US[0], new)).status == 200
    world.text("one")
    assert read(world.call("POST", f"{tokens}/Promote"))["auth_token"] == new
    world.text("two")
    assert (authentic(world), authentic(world, new)) == ([True, False], [False, True])
    assert world.call("GET", MESSAGES).status == 401
    plant(world, "inbound", "quirk stale signature")
    world.text("three")
    assert authentic(world) == [True, False, True]


@pytest.mark.parametrize("algorithm", ["HMAC_SHA256", "HMAC_SHA1"])
def test_a_shared_key_signs(world: World, algorithm: str) -> None:
    """A header says which key and which hash; the vendor's validator agrees (CAR-109)."""
    key = {"signing_key": "webhooks_sharedkey_1", "signing_secret": "secret", "signing_algorithm": algorithm}
    assert world.act("PUT", "/twilio", key)[0] == 200
    world.text("one")
    settings = world.bridge.hooks[0].headers["X-Twilio-Webhooks-Signature-Settings"]
    assert settings == f"key=webhooks_sharedkey_1,algorithm={algorithm}"
    assert (authentic(world, "secret"), authentic(world)) == ([True], [False])


# --- media (CAR-377, CAR-378) ---


def photo(world: World) -> str:
    """The path of a photo Maria sent."""
    world.photo()
    return urlsplit(world.bridge.heard("inbound")[-1]["MediaUrl0"]).path


def target(world: World) -> str:
    moved = ask(world, "GET", photo(world))
    assert isinstance(moved, Response)
    return moved.headers["Location"]


def served(world: World) -> Response:
    """What the second origin gives."""
    ending = ask(world, "GET", target(world), headers={})
    assert isinstance(ending, Response)
    return ending


FILES: list[tuple[str, str, Callable[[World], object], object]] = [
    ("FetchMediaContent", "status 401", lambda w: ask(w, "GET", photo(w)).status, 401),
    ("FetchMediaContent", "status 404", lambda w: ask(w, "GET", photo(w)).status, 404),
    ("FetchMediaContent", "quirk dead host", lambda w: urlsplit(target(w)).port, 9),
    ("FetchMediaContent", "quirk expired link", lambda w: served(w).status, 403),
    ("FetchSignedContent", "status 404", lambda w: served(w).status, 404),
    ("FetchSignedContent", "quirk empty file", lambda w: served(w).body, b""),
    ("FetchSignedContent", "quirk huge file", lambda w: len(served(w).body), 30_000_000),
    ("FetchSignedContent", "quirk wrong type", lambda w: served(w).body[:9], b"<!doctype"),
    ("FetchSignedContent", "hang", lambda w: type(ask(w, "GET", target(w), headers={})), Hang),
]  # fmt: skip


@pytest.mark.parametrize(("operation", "fault", "seen", "expected"), FILES)
def test_files(
    world: World, operation: str, fault: str, seen: Callable[[World], object], expected: object
) -> None:
    """Refused, gone, led astray, empty, too large or not what it says."""
    plant(world, operation, fault)
    assert seen(world) == expected


def test_an_empty_file_is_a_jpeg_of_no_bytes(world: World) -> None:
    """200, and nothing."""
    plant(world, "FetchSignedContent", "quirk empty file")
    response = served(world)
    assert (response.status, response.body, response.headers["Content-Type"]) == (200, b"", "image/jpeg")


def test_a_slow_drip_is_a_byte_at_a_time(world: World) -> None:
    """With a pause after each, by whoever serves it."""
    pauses: list[float] = []
    world.twilio.media.pause = pauses.append
    plant(world, "FetchSignedContent", "quirk slow drip")
    response = served(world)
    assert response.stream is not None
    assert (list(response.stream), len(pauses)) == ([bytes([each]) for each in b"\xff\xd8photo"], 7)


# --- people and states (CAR-380 … CAR-390) ---


def says(number: str, *words: str, phone: str = MARIA) -> Callable[[World], object]:
    return lambda world: [world.text(each, number, phone) for each in words]


def refused(**changed: str) -> Callable[[World], object]:
    return lambda world: read(world.create(**changed)).get("code")


def switched(**set_up: object) -> Callable[[World], object]:
    return lambda world: world.act("PUT", "/twilio", set_up)


STATES: list[tuple[str, Callable[[World], object], Callable[[World], object], object]] = [
    ("CAR-380", says(SUPPORT, "Cancel"), refused(), 21610),
    ("CAR-380", says(SUPPORT, "please cancel"), refused(), None),
    ("CAR-381", says(SUPPORT, "STOP"), refused(From=TOLL_FREE), None),
    ("CAR-381", says(SUPPORT, "STOP", "START"), refused(), None),
    ("CAR-382", says(SUPPORT, "Help"), lambda w: (len(w.shown()), bodies(w)), (1, ["Help"])),
    ("CAR-383", switched(), refused(Body="a" * 1601), 21617),
    ("CAR-383", switched(), lambda w: w.send(Body="a" * 1598 + "👍")["num_segments"], "24"),
    ("CAR-384", switched(), lambda w: w.send(Body=" \u200b")["body"], " \u200b"),
    ("CAR-385", says(SUPPORT, "code", phone="55501"), sender, "55501"),
    ("CAR-385", says(SUPPORT, "hi", phone="PARCELS"), sender, "PARCELS"),
    ("CAR-385", says(SUPPORT, "hi", phone=SALES), sender, SALES),
    (
        "CAR-385", says(SUPPORT, "hi", phone=f"whatsapp:{MARIA}"),
        lambda w: w.bridge.heard("inbound")[0]["WaId"], MARIA[1:],
    ),
    ("CAR-389", switched(suspended=True), refused(), 20005),
    ("CAR-389", switched(balance="0.00"), lambda w: w.send()["error_code"], 30002),
    ("CAR-389", switched(closed_regions=["GB"]), refused(To=LONDON), 21408),
    ("CAR-390", switched(daily_cap=1), lambda w: [w.send()["error_code"] for _ in range(2)], [None, 30023]),
]  # fmt: skip


@pytest.mark.parametrize(("row", "before", "seen", "expected"), STATES)
def test_states(
    world: World,
    row: str,
    before: Callable[[World], object],
    seen: Callable[[World], object],
    expected: object,
) -> None:
    """What people do and what our account is like has its consequences."""
    before(world)
    assert seen(world) == expected, row


def test_the_daily_cap_ends_at_midnight_pacific(world: World) -> None:
    """The clock stands at 03:06 Pacific on 18 November (CAR-71)."""
    switched(daily_cap=1)(world)
    assert [world.send(To=OMAR)["error_code"] for _ in range(2)] == [None, 30023]
    world.network.clock.advance(20 * 3600)
    assert world.send()["error_code"] == 30023
    world.network.clock.advance(3600)
    assert world.send()["error_code"] is None


def test_many_pictures_are_one_text(world: World) -> None:
    """Ten pictures and no words are one text with ten files (CAR-378)."""
    media = [{"content_type": "image/heic", "text": str(place)} for place in range(10)]
    world.act("POST", f"/phones/{MARIA}/texts", {"to": SUPPORT, "media": media})
    world.settle()
    (form,) = world.bridge.heard("inbound")
    assert (form["NumMedia"], form["Body"], "MediaUrl9" in form) == ("10", "", True)


SHOWN = {
    *(fault.removeprefix("quirk ") for _, fault, *_ in (*CALLS, *TEXTS) if fault.startswith("quirk ")),
    *(fault.removeprefix("quirk ") for fault, _ in RECEIPTS if fault.startswith("quirk ")),
    *(fault.removeprefix("quirk ") for _, fault, *_ in FILES if fault.startswith("quirk ")),
    "own line", "missing part", "slow drip", "base64 text",
}  # fmt: skip


def test_every_quirk_is_shown() -> None:
    """Nothing is promised that no row here has seen."""
    assert {name for known in QUIRKS.values() for name in known} == SHOWN
