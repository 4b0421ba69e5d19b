"""Texts from phones through the simulated carrier: webhook, transport, answers, opt-out, media."""

import base64
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from twilio.request_validator import RequestValidator

from simulator import accounts
from simulator.hooks import HookAnswer
from simulator.twilio import optout
from simulator.twilio.inbound import Attachment
from simulator.web import Request, Response
from tests.contract.carrier_world import (
    API,
    BRIDGE,
    MARIA,
    SALES,
    SUPPORT,
    TOLL_FREE,
    World,
    form_of,
    read,
)

XML = {"Content-Type": "text/xml"}
PLAIN = {"Content-Type": "text/plain; charset=utf-8"}
KLINGON = b'<?xml version="1.0" encoding="klingon"?><Response/>'
FALLBACK = f"{BRIDGE}/fallback"
NO_CONNECTION = HookAnswer(None, connected=False)
NO_ANSWER = HookAnswer(None)
PHOTO = Attachment("image/jpeg", b"\xff\xd8photo")


@pytest.fixture
def world() -> World:
    return World()


def authentic(world: World) -> bool:
    """Whether the vendor's own validator believes every webhook so far."""
    validator = RequestValidator(accounts.TWILIO_AUTH_TOKEN)
    return all(
        validator.validate(hook.url, form_of(hook), hook.headers["X-Twilio-Signature"])
        for hook in world.bridge.hooks
    )


def test_a_text_arrives(world: World) -> None:
    """The webhook carries the documented parameters, blank geography included, and is authentic."""
    sid = world.text(" Hi é 👍\r\nline2 ")
    (form,) = world.bridge.heard("inbound")
    assert {form[name] for name in ("MessageSid", "SmsSid", "SmsMessageSid")} == {sid}
    assert (form["Body"], form["From"], form["To"]) == (" Hi é 👍\r\nline2 ", MARIA, SUPPORT)
    assert (form["NumMedia"], form["NumSegments"], form["SmsStatus"]) == ("0", "1", "received")
    assert (form["FromCity"], form["ToZip"], form["FromCountry"]) == ("", "", "US")
    assert world.bridge.hooks[0].url == f"{BRIDGE}/webhooks/twilio/sms"
    assert authentic(world)


def test_a_text_is_a_message_of_the_account(world: World) -> None:
    """The bridge can find it by listing what came to its number."""
    sid = world.text("x" * 161)
    (listed,) = read(world.call("GET", f"{API}/Messages.json?To=%2B14155550150"))["messages"]
    assert (listed["sid"], listed["direction"], listed["status"]) == (sid, "inbound", "received")
    assert (listed["from"], listed["num_segments"]) == (MARIA, "2")


def test_the_phone_shows_what_was_typed(world: World) -> None:
    """Screen and ledger hold the sent text with its parts."""
    world.text("x" * 161)
    (bubble,) = world.twilio.screen(MARIA)
    assert (bubble["direction"], [len(part) for part in bubble["parts"]]) == ("sent", [153, 8])
    (entry,) = [entry for entry in world.network.ledger.after() if entry["kind"] == "sms"]
    assert (entry["system"], entry["phone"], entry["number"], entry["automatic"]) == (
        "phone",
        MARIA,
        SUPPORT,
        False,
    )


def test_the_control_surface_takes_texts(world: World) -> None:
    """A text with a file by control: 201 with its SID; the screen is readable there too."""
    media = [{"content_type": "text/vcard", "text": "BEGIN:VCARD"}]
    status, made = world.act("POST", f"/phones/{MARIA}/texts", {"to": SUPPORT, "text": "me", "media": media})
    assert (status, made["sid"][:2]) == (201, "MM")
    (bubble,) = world.act("GET", f"/phones/{MARIA}/messages")[1]["messages"]
    assert (bubble["text"], bubble["media"][0]["size"]) == ("me", 11)


REACH_NOBODY: list[tuple[str, dict[str, Any], int]] = [
    ("a number not ours", {"to": "+14155550199", "text": "hi"}, 404),
    ("nobody", {"text": "hi"}, 404),
    ("nothing", {"to": SUPPORT}, 404),
    ("too much", {"to": SUPPORT, "text": "a" * 1601}, 404),
    ("half a character", {"to": SUPPORT, "text": "\ud83d"}, 400),
    ("a text that is none", {"to": SUPPORT, "text": 7}, 400),
    ("media without content", {"to": SUPPORT, "media": [{"content_type": "image/png"}]}, 400),
    ("media not in Base64", {"to": SUPPORT, "media": [{"content_type": "image/png", "base64": "§"}]}, 400),
    ("media that is none", {"to": SUPPORT, "media": ["x"]}, 400),
    ("media that is no list", {"to": SUPPORT, "media": 7}, 400),
]


@pytest.mark.parametrize(("said", "status"), [pytest.param(*row[1:], id=row[0]) for row in REACH_NOBODY])
def test_texts_that_reach_nobody(world: World, said: dict[str, Any], status: int) -> None:
    """The caller is told why; nothing is shown and nothing is delivered."""
    answered, body = world.act("POST", f"/phones/{MARIA}/texts", said)
    world.settle()
    assert (answered, list(body)) == (status, ["error"])
    assert (world.bridge.hooks, world.twilio.screen(MARIA)) == ([], [])


def test_a_known_text_is_delivered_again(world: World) -> None:
    """The same source id: one bubble, two webhooks with one SID and two tokens."""
    for _ in range(2):
        world.act(
            "POST", f"/phones/{MARIA}/texts", {"to": SUPPORT, "text": "hi", "source_id": "SM" + "7" * 32}
        )
    world.settle()
    assert {form["MessageSid"] for form in world.bridge.heard("inbound")} == {"SM" + "7" * 32}
    assert len({hook.headers["I-Twilio-Idempotency-Token"] for hook in world.bridge.hooks}) == 2
    assert len(world.twilio.screen(MARIA)) == 1


@pytest.mark.parametrize("registration", ["unregistered", "pending", "rejected"])
def test_texts_arrive_whatever_the_registration(world: World, registration: str) -> None:
    """Only sending is gated."""
    for number in (SUPPORT, TOLL_FREE):
        world.act("PUT", f"/numbers/{number}", {"registration": registration})
        world.text("hi", number)
    assert len(world.bridge.heard("inbound")) == 2


TRANSPORT: list[tuple[str, str, list[HookAnswer], list[int]]] = [
    ("answered", "", [HookAnswer(200)], []),
    ("one failed connection", "", [NO_CONNECTION, HookAnswer(200)], []),
    ("no connection", "", [NO_CONNECTION, NO_CONNECTION], [11205]),
    ("5xx is not retried", "", [HookAnswer(500)], [11200]),
    ("slow is not retried", "", [NO_ANSWER], [11200]),
    ("no retries", "#rc=0", [NO_CONNECTION], [11205]),
    ("5xx retried", "#rc=2&rp=5xx", [HookAnswer(503), HookAnswer(500), HookAnswer(200)], []),
    ("4xx not under 5xx", "#rc=2&rp=5xx", [HookAnswer(404)], [11200]),
    ("everything retried", "#rc=3&rp=all", [NO_ANSWER, NO_CONNECTION, HookAnswer(429), HookAnswer(200)], []),
    ("silly values", "#rc=99&rt=x", [NO_CONNECTION, HookAnswer(200)], []),
]


@pytest.mark.parametrize(
    ("fragment", "answers", "warned"), [pytest.param(*row[1:], id=row[0]) for row in TRANSPORT]
)
def test_attempts(world: World, fragment: str, answers: list[HookAnswer], warned: list[int]) -> None:
    """Attempts follow the rule or the URL's fragment, under one token, and are all written down."""
    world.act("PUT", f"/numbers/{SUPPORT}", {"sms_url": f"{BRIDGE}/sms{fragment}"})
    world.bridge.answers["inbound"] = list(answers)
    world.text("hi")
    assert [hook.attempt for hook in world.bridge.hooks] == list(range(1, len(answers) + 1))
    assert len({hook.headers["I-Twilio-Idempotency-Token"] for hook in world.bridge.hooks}) == 1
    assert {hook.url for hook in world.bridge.hooks} == {f"{BRIDGE}/sms"}
    assert world.warnings() == warned
    written = [entry for entry in world.network.ledger.after() if entry["kind"] == "webhook"]
    assert [entry["status"] for entry in written] == [answer.status for answer in answers]


def test_all_attempts_share_fifteen_seconds(world: World) -> None:
    """When the time is used up no further attempt is made; each has what is left."""
    world.act("PUT", f"/numbers/{SUPPORT}", {"sms_url": f"{BRIDGE}/sms#rc=5&rp=all&rt=10000"})

    def slow(hook: Any) -> HookAnswer:
        world.bridge.hooks.append(hook)
        world.network.clock.advance(10)
        return NO_ANSWER

    world.network.transport = slow
    world.text("hi")
    assert [hook.timeout for hook in world.bridge.hooks] == [10, 5]


@pytest.mark.parametrize(
    ("answer", "code"), [(HookAnswer(500), "11200"), (HookAnswer(200, XML, b"<oops"), "12100")]
)
def test_the_fallback_is_told_why(world: World, answer: HookAnswer, code: str) -> None:
    """A failed text goes to the fallback URL with the reason, under a token of its own."""
    world.act("PUT", f"/numbers/{SUPPORT}", {"sms_fallback_url": FALLBACK})
    world.bridge.answers["inbound"] = [answer]
    world.text("hi")
    first, second = world.bridge.heard("inbound")
    told = {"ErrorCode": code, "ErrorUrl": f"{BRIDGE}/webhooks/twilio/sms"}
    assert second == {**first, **told}
    assert world.bridge.hooks[1].url == FALLBACK
    assert len({hook.headers["I-Twilio-Idempotency-Token"] for hook in world.bridge.hooks}) == 2
    assert authentic(world)


def test_a_failing_fallback_is_the_end(world: World) -> None:
    """When the fallback fails too nothing more is tried."""
    world.act("PUT", f"/numbers/{SUPPORT}", {"sms_fallback_url": FALLBACK})
    world.bridge.answers["inbound"] = [HookAnswer(500), HookAnswer(500)]
    world.text("hi")
    assert (len(world.bridge.hooks), world.warnings()) == (2, [11200, 11200])


def test_over_get_the_query_is_signed(world: World) -> None:
    """A GET webhook has everything in its URL and no POST names in its signature."""
    world.act("PUT", f"/numbers/{SUPPORT}", {"sms_method": "GET", "sms_url": f"{BRIDGE}/sms?a=1"})
    world.text("hi")
    (hook,) = world.bridge.hooks
    assert (hook.method, hook.body) == ("GET", b"")
    assert "a=1&" in hook.url
    assert "FromCity=&" in hook.url
    assert authentic(world)


def test_credentials_in_the_url_become_basic_auth(world: World) -> None:
    """User and password leave the URL and come back as a header; neither is signed."""
    world.act("PUT", f"/numbers/{SUPPORT}", {"sms_url": "http://u:p%40ss@bridge.test/sms"})
    world.text("hi")
    (hook,) = world.bridge.hooks
    assert hook.url == "http://bridge.test/sms"
    assert hook.headers["Authorization"] == "Basic " + base64.b64encode(b"u:p@ss").decode()
    assert authentic(world)


def xml(inner: str) -> HookAnswer:
    return HookAnswer(
        200, {"Content-Type": "application/xml; charset=utf-8"}, f"<Response>{inner}</Response>".encode()
    )


ANSWERS: list[tuple[str, HookAnswer, list[str], list[int]]] = [
    ("empty", HookAnswer(200), [], []),
    ("204", HookAnswer(204), [], []),
    ("empty response", xml(""), [], []),
    ("one message", xml("<Message>hello</Message>"), ["hello"], []),
    ("with a body", xml("<Message><Body>hello</Body></Message>"), ["hello"], []),
    ("several", xml("<Message>one</Message><Message>two</Message>"), ["one", "two"], []),
    ("plain text is texted", HookAnswer(200, PLAIN, b"OK"), ["OK"], []),
    ("JSON", HookAnswer(200, {"Content-Type": "application/json"}, b"{}"), [], [12300]),
    ("no type", HookAnswer(200, {}, b"<Response/>"), [], [12300]),
    ("malformed", HookAnswer(200, XML, b"<Response><Message>"), [], [12100]),
    ("an unknown charset", HookAnswer(200, XML, KLINGON), [], [12100]),
    ("another document", HookAnswer(200, XML, b"<html/>"), [], [12100]),
    ("an unknown verb", xml("<Dance/><Message>hi</Message>"), ["hi"], [12200]),
    ("too large", HookAnswer(200, XML, b" " * 64_001), [], [11750]),
    ("empty message", xml("<Message/>"), [], [21602]),
    ("eleven messages", xml("<Message>x</Message>" * 11), ["x"] * 10, [14109]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "shown", "warned"), [pytest.param(*row[1:], id=row[0]) for row in ANSWERS]
)
def test_answers_are_carried_out(
    world: World, answer: HookAnswer, shown: list[str], warned: list[int]
) -> None:
    """What the webhook's answer asks for happens; what it cannot mean is a warning."""
    world.bridge.answers["inbound"] = [answer]
    world.text("hi")
    world.settle()
    assert (world.shown(), world.warnings()) == (shown, warned)


def test_a_reply_by_answer_is_a_message(world: World) -> None:
    """It is listed as an outbound reply from the number that was texted, with receipts if asked for."""
    world.bridge.answers["inbound"] = [xml('<Message statusCallback="/done">hello</Message>')]
    world.text("hi", SALES)
    newest = read(world.call("GET", f"{API}/Messages.json"))["messages"][0]
    assert (newest["direction"], newest["from"], newest["to"]) == ("outbound-reply", SALES, MARIA)
    assert world.bridge.statuses() == ["sent", "delivered"]
    assert world.bridge.hooks[-1].url == f"{BRIDGE}/done"


def test_a_redirect_asks_for_another_document(world: World) -> None:
    """The other document is asked for with the same parameters and carried out; not for ever."""
    world.bridge.answers["inbound"] = [xml("<Redirect>/next</Redirect>"), xml("<Message>found</Message>")]
    world.text("hi")
    assert world.bridge.hooks[1].url == f"{BRIDGE}/next"
    assert world.shown() == ["found"]
    world.bridge.answers["inbound"] = [xml("<Redirect>/next</Redirect>")] * 50
    world.text("hi")
    assert len(world.bridge.heard("inbound")) == 2 + 6


def test_quick_replies_end(world: World) -> None:
    """The sixteenth reply between two numbers within thirty seconds fails with 14107."""
    for _ in range(16):
        world.bridge.answers["inbound"] = [xml("<Message>x</Message>")]
        world.text("hi")
    assert len(world.shown()) == 15
    assert read(world.call("GET", f"{API}/Messages.json"))["messages"][0]["error_code"] == 14107


OPT_OUT: list[tuple[str, str, str, str | None, bool]] = [
    *((word, SUPPORT, word, optout.STOPPED, True) for word in sorted(optout.STOP)),
    ("lower case", SUPPORT, "stop", optout.STOPPED, True),
    ("outer blanks", SUPPORT, "  Stop \n", optout.STOPPED, True),
    ("a sentence", SUPPORT, "stop please", None, False),
    ("a full stop", SUPPORT, "Stop.", None, False),
    ("two words", SUPPORT, "OPT OUT", None, False),
    ("help", SUPPORT, "Help", optout.HELPED, False),
    ("info", SUPPORT, "INFO", optout.HELPED, False),
    ("yes, not being blocked", SUPPORT, "Yes", None, False),
    ("start, not being blocked", SUPPORT, "START", None, False),
    ("toll-free stop", TOLL_FREE, "stop", optout.NETWORK_STOPPED, True),
    ("toll-free cancel", TOLL_FREE, "cancel", None, False),
    ("toll-free help", TOLL_FREE, "help", optout.HELPED, False),
]


@pytest.mark.parametrize(
    ("number", "text", "answer", "blocks"), [pytest.param(*row[1:], id=row[0]) for row in OPT_OUT]
)
def test_opt_out_words(world: World, number: str, text: str, answer: str | None, *, blocks: bool) -> None:
    """A word alone acts: automatic answer, block, and the webhook is called all the same."""
    world.text(text, number)
    assert world.shown() == ([answer] if answer else [])
    assert all(bubble["automatic"] for bubble in world.twilio.screen(MARIA)[1:])
    assert len(world.bridge.heard("inbound")) == 1
    refusal = read(world.create(From=number))
    assert refusal.get("code") == (21610 if blocks else None)
    assert refusal.get("message", "") in ("", "Attempt to send to unsubscribed recipient")


def test_the_answer_comes_before_the_webhook(world: World) -> None:
    """Block, automatic answer, webhook: in this order."""
    world.text("STOP")
    told = [(entry["kind"], entry.get("automatic")) for entry in world.network.ledger.after()]
    assert told == [("sms", False), ("sms", True), ("webhook", None)]


OPT_IN = [
    (SUPPORT, "start", optout.STARTED),
    (SUPPORT, "Yes", optout.STARTED),
    (SUPPORT, "UNSTOP", optout.STARTED),
    (TOLL_FREE, "unstop", optout.NETWORK_STARTED),
    (TOLL_FREE, "START", optout.NETWORK_STARTED),
]


@pytest.mark.parametrize(("number", "word", "answer"), OPT_IN)
def test_opting_in_again(world: World, number: str, word: str, answer: str) -> None:
    """The word lifts the block and is answered once."""
    world.text("STOP", number)
    world.text(word, number)
    assert world.shown()[1:] == [answer]
    assert world.create(From=number).status == 201


def test_a_second_stop_is_silent(world: World) -> None:
    """Who is blocked already is not told again."""
    world.text("STOP")
    world.text("STOP")
    assert world.shown() == [optout.STOPPED]


def test_yes_does_not_lift_a_toll_free_block(world: World) -> None:
    """On toll-free numbers only START and UNSTOP do."""
    world.text("STOP", TOLL_FREE)
    world.text("yes", TOLL_FREE)
    assert read(world.create(From=TOLL_FREE))["code"] == 21610


def test_a_block_covers_the_service(world: World) -> None:
    """STOP to one number of a Messaging Service blocks the others in it, and nothing beyond."""
    world.text("STOP", SUPPORT)
    assert read(world.create(From=SALES))["code"] == 21610
    assert world.create(From=TOLL_FREE).status == 201
    assert world.create(From=SUPPORT, To="+12125550102").status == 201


def test_a_reply_to_stop_is_suppressed(world: World) -> None:
    """The webhook may answer a STOP; the answer does not leave."""
    world.bridge.answers["inbound"] = [xml("<Message>Sorry to see you go</Message>")]
    world.text("STOP")
    assert (world.shown(), world.warnings()) == ([optout.STOPPED], [21610])


def photo(world: World) -> dict[str, str]:
    """Maria sends a photo without words; what the webhook says."""
    world.twilio.text(MARIA, SUPPORT, "", [PHOTO, replace(PHOTO, content_type="image/heic")])
    world.settle()
    return world.bridge.heard("inbound")[-1]


def follow(world: World, url: str, **headers: str) -> Response:
    """GET an absolute URL of the simulator."""
    split = urlsplit(url)
    request = Request("GET", split.path, split.query)
    request.headers.extend(headers)
    ending = world.network.handle(request)
    assert isinstance(ending, Response)
    return ending


def test_a_picture_arrives(world: World) -> None:
    """A media-only text has an empty body, an MM SID and its files in order, and is authentic."""
    form = photo(world)
    assert (form["Body"], form["NumMedia"], form["MessageSid"][:2]) == ("", "2", "MM")
    assert (form["MediaContentType0"], form["MediaContentType1"]) == ("image/jpeg", "image/heic")
    assert authentic(world)


def test_media_stands_behind_a_redirect(world: World) -> None:
    """Without credentials 401; with them 307 to another host, where the bytes are."""
    url = photo(world)["MediaUrl0"]
    path = urlsplit(url).path
    assert world.call("GET", path, auth=None).status == 401
    moved = world.call("GET", path)
    target = moved.headers["Location"]
    assert moved.status == 307
    assert (urlsplit(url).hostname, urlsplit(target).hostname) == ("127.0.0.1", "localhost")
    served = follow(world, target)
    assert (served.status, served.body, served.headers["Content-Type"]) == (200, PHOTO.data, "image/jpeg")


def test_the_content_host_refuses_what_it_must(world: World) -> None:
    """Credentials brought along are 400; a forged or expired link is 403."""
    target = world.call("GET", urlsplit(photo(world)["MediaUrl0"]).path).headers["Location"]
    assert follow(world, target, Authorization="Basic eDp5").status == 400
    assert follow(world, target.replace("Expires=1", "Expires=2")).status == 403
    assert follow(world, target.partition("?")[0]).status == 403
    world.network.clock.advance(4 * 3600)
    assert follow(world, target).status == 200
    world.network.clock.advance(1)
    assert follow(world, target).status == 403


def test_media_outlives_its_message_until_deleted(world: World) -> None:
    """Listed, kept when the message goes, gone when deleted itself."""
    form = photo(world)
    listing = f"{API}/Messages/{form['MessageSid']}/Media.json"
    listed = read(world.call("GET", listing))["media_list"]
    assert [media["content_type"] for media in listed] == ["image/jpeg", "image/heic"]
    assert world.call("DELETE", f"{API}/Messages/{form['MessageSid']}.json").status == 204
    one = f"/twilio{listed[0]['uri']}"
    assert read(world.call("GET", one))["parent_sid"] == form["MessageSid"]
    assert world.call("DELETE", one).status == 204
    assert read(world.call("GET", one))["code"] == 20404
    assert len(read(world.call("GET", listing))["media_list"]) == 1


def test_faults_on_texts(world: World) -> None:
    """Texts are repeated under one token, overtaken, and lost, as planted."""
    world.network.faults.plant("twilio", "inbound", "duplicate 2")
    world.text("one")
    assert len({hook.headers["I-Twilio-Idempotency-Token"] for hook in world.bridge.hooks}) == 1
    world.network.faults.plant("twilio", "inbound", "reorder")
    world.text("two")
    world.text("three")
    world.network.faults.plant("twilio", "inbound", "drop webhooks")
    world.text("four")
    assert [form["Body"] for form in world.bridge.heard("inbound")] == ["one", "one", "three", "two"]
