"""FT-O: what goes wrong on the way to the phone, and how many SMS come of it. The pace is in test_pace.py."""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import requests
from requests.exceptions import ConnectionError as NoConnection
from urllib3.exceptions import (
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
)

from bridge import failpoints
from bridge.core import receipts
from tests.faults.chat import Json, arrivals, call_back, known, live_chat, offers, overall, told
from tests.faults.line import Ends, Line, after, before, but, instead, laid, well
from tests.world import SALES, SUPPORT, Crash, World

REPLY = "Your parcel left Oakland"
HOUR = 3600.0


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    """To the carrier."""
    return laid(monkeypatch)


@pytest.fixture
def world(line: Line, tmp_path: Path) -> Iterator[World]:
    """Everybody; no sweep, so that nothing is asked that the path does not ask itself."""
    made = World(tmp_path, sweep_seconds=0.0)
    yield made
    failpoints.disarm()
    made.close()


@pytest.fixture
def chat(world: World) -> str:
    """Maria's live chat with Ada, a while after the handoff."""
    made = live_chat(world)
    world.settle(30)
    return made


def since(entries: list[Json], start: float) -> list[Json]:
    return [entry for entry in entries if entry["at"] >= start]


def looks(world: World, start: float) -> list[float]:
    """When the carrier was asked for what it has."""
    return [
        entry["at"] - start
        for entry in since(world.network.ledger.after(), start)
        if entry["kind"] == "request" and entry["operation"] == "ListMessage"
    ]


# --- FT-O1: every ending of a create call ---


def unreached(reason: object) -> Callable[[], Exception]:
    return lambda: NoConnection(MaxRetryError(None, "/", reason))  # type: ignore[arg-type]


def cut() -> Exception:
    return NoConnection(ProtocolError("Connection aborted.", ConnectionResetError(104, "reset by peer")))


def late() -> Exception:
    return requests.ReadTimeout("Read timed out.")


class Class(NamedTuple):
    """How a class of error shows: when it is offered, when looked for, in seconds after the reply."""

    offered: list[float]
    looked: list[float]


TEMPORARY = Class([0, 1], [])
TAKEN = Class([0], [1])  # uncertain; the first look finds it
NOT_TAKEN = Class([0, 8], [1, 3, 8])  # uncertain; three looks find nothing, and it is offered again
WAITS_FOR_OPERATOR = Class([0, 30], [])
PERMANENT = Class([0], [])
HTML = b"<html>Bad gateway</html>"
REFUSAL: dict[str, object] = {"code": 21211, "message": "not a phone number", "status": 400}

ENDINGS: dict[str, tuple[Ends, Class, int]] = {
    "refused": (before(unreached(NewConnectionError(None, "refused"))), TEMPORARY, 1),  # type: ignore[arg-type]
    "no such host": (before(unreached(NameResolutionError("x", None, OSError()))), TEMPORARY, 1),  # type: ignore[arg-type]
    "no TLS": (before(requests.exceptions.SSLError), TEMPORARY, 1),
    "no connection in time": (before(requests.ConnectTimeout), TEMPORARY, 1),
    "reset before it was taken": (before(cut), NOT_TAKEN, 1),
    "reset after it was taken": (after(cut), TAKEN, 1),
    "time-out before it was taken": (before(late), NOT_TAKEN, 1),
    "time-out after it was taken": (after(late), TAKEN, 1),
    "body too slow": (after(lambda: NoConnection("Read timed out.")), TAKEN, 1),
    "body cut": (after(requests.exceptions.ChunkedEncodingError), TAKEN, 1),
    "half of the JSON": (but(instead(201, b'{"sid": "SM123", "sta')), TAKEN, 1),
    "an HTML page": (but(instead(200, HTML, Content_Type="text/html")), TAKEN, 1),
    "an empty success": (but(instead(201)), TAKEN, 1),
    "a success with an error in it": (instead(200, {"code": 20500, "message": "oops"}), NOT_TAKEN, 1),
    "a list": (but(instead(201, b"[]")), TAKEN, 1),
    "429": (instead(429, {"code": 20429}), TEMPORARY, 1),
    "429 with a wait": (instead(429, {"code": 20429}, Retry_After="40"), Class([0, 40], []), 1),
    "429 of a full queue": (instead(429, {"code": 21611}), TEMPORARY, 1),
    **{f"{status}, not taken": (instead(status, HTML), NOT_TAKEN, 1) for status in (500, 502, 503, 504)},
    **{f"{status}, taken": (but(instead(status, HTML)), TAKEN, 1) for status in (500, 502, 503)},
    "moved": (instead(302, Location="http://elsewhere.test/"), WAITS_FOR_OPERATOR, 1),
    "moved, the same way": (instead(307, Location="http://elsewhere.test/"), WAITS_FOR_OPERATOR, 1),
    "wrong token": (instead(401, {"code": 20003, "status": 401}), WAITS_FOR_OPERATOR, 1),
    "no such phone": (instead(400, REFUSAL), PERMANENT, 0),
    "refused without a word": (instead(400), PERMANENT, 0),
}


@pytest.mark.parametrize("row", ENDINGS.values(), ids=list(ENDINGS))
def test_every_ending_of_a_create_call(
    world: World, line: Line, chat: str, row: tuple[Ends, Class, int]
) -> None:
    """Its class decides what is next, and never is one reply two messages (FT-O1)."""
    ends, seen, sent = row
    world.fault("twilio", "status", "drop webhooks", count=9)  # nothing but a look can tell
    start, tries, planned = world.clock.now(), list[float](), [ends]

    def noted(call: Callable[[], requests.Response], request: requests.PreparedRequest) -> requests.Response:
        tries.append(world.clock.now() - start)
        return (planned.pop(0) if planned else well)(call, request)

    line.creates = [noted] * 9
    world.reply(REPLY, chat)
    world.settle(HOUR)
    assert (tries, looks(world, start)) == (seen.offered, seen.looked)
    assert [entry["text"] for entry in since(arrivals(world), start)] == [REPLY] * sent
    assert len(told(world, chat)) == (0 if sent else 1)


# --- FT-O2: uncertain, by what is heard and what is found ---


def nothing_listed(_call: object, request: requests.PreparedRequest) -> requests.Response:
    return instead(200, {"messages": [], "next_page_uri": None})(well, request)  # type: ignore[arg-type]


def two_listed(call: Callable[[], requests.Response], request: requests.PreparedRequest) -> requests.Response:
    """The carrier shows the message twice, under two ids."""
    answer = call().json()
    ours = [each for each in answer["messages"] if each["body"] == REPLY]
    copies = [{**each, "sid": each["sid"][:-4] + "ffff"} for each in ours]
    return instead(200, {**answer, "messages": [*copies, *answer["messages"]]})(call, request)


LOOKS: dict[str, Ends | None] = {
    "found": None,
    "none": nothing_listed,
    "fails": instead(503, HTML),
    "two": two_listed,
}
DOUBT, AFTER_ALL, TWICE = "may or may not have", "was sent after all", "may have reached the customer twice"
HEARD: dict[tuple[str, float | None], tuple[int, list[str]]] = {
    # what a look finds, when the callback comes: SMS sent, what the agent is told
    ("found", 1.0): (1, []),
    ("found", 600.0): (1, []),
    ("found", None): (1, []),
    ("none", 1.0): (1, []),
    ("none", 600.0): (2, [TWICE]),  # the carrier denied three times what it had
    ("none", None): (2, []),
    ("fails", 1.0): (1, []),
    ("fails", 600.0): (1, []),
    ("fails", 700.0): (1, [DOUBT, AFTER_ALL]),
    ("fails", None): (1, [DOUBT]),
    ("two", 1.0): (1, [TWICE]),
    ("two", 600.0): (1, [TWICE]),
    ("two", None): (1, []),
}


@pytest.mark.parametrize(("found", "heard"), HEARD, ids=[f"{found}, heard {at}" for found, at in HEARD])
def test_a_doubt_ends_by_what_is_heard_or_found(
    world: World, line: Line, chat: str, found: str, heard: float | None
) -> None:
    """One message, and the agent is told what nobody could find out (FT-O2, promise P3)."""
    start = world.clock.now()
    line.creates, line.looks = [after(late)], LOOKS[found]
    world.fault("twilio", "status", "hold" if heard else "drop webhooks", count=2)
    world.reply(REPLY, chat)
    world.settle(heard or 0.0)
    world.control("POST", "/twilio/release")
    world.settle(2 * HOUR)
    sent, lines = HEARD[(found, heard)]
    assert len(since(arrivals(world), start)) == sent
    assert len(told(world, chat)) == len(lines)
    assert all(words in said for words, said in zip(lines, told(world, chat), strict=True))
    assert len(since(offers(world), start)) == sent
    world.reply("And the next", chat)
    world.settle(HOUR)
    assert world.shown()[-1] == "And the next"


def test_a_doubt_is_told_ten_minutes_after_it_began(world: World, line: Line, chat: str) -> None:
    """However long ago the reply was first tried; and what is told never becomes an SMS."""
    start = world.clock.now()
    refused = before(unreached(NewConnectionError(None, "refused")))  # type: ignore[arg-type]
    line.creates, line.looks = [*[refused] * 8, before(late)], instead(503, HTML)
    world.reply(REPLY, chat)
    world.settle(533 + 600)
    assert told(world, chat) == []
    world.settle(601)
    assert DOUBT in told(world, chat)[0]
    assert since(arrivals(world), start) == []


def test_a_doubtful_message_never_surfaces_hours_later(world: World, line: Line, chat: str) -> None:
    """The carrier sits on it for two hours: it fails instead, and the agent is told so (CAR-08)."""
    slowly = {"statuses": ["sending", "sent", "delivered"], "delay": 2 * HOUR}
    world.control("POST", "/twilio/outcomes", slowly)
    line.creates, line.looks = [after(late)], instead(503, HTML)
    before_it = len(arrivals(world))
    world.fault("twilio", "status", "drop webhooks")  # of `sending`
    world.reply(REPLY, chat)
    world.settle(HOUR)
    world.settle(5 * HOUR)
    assert len(arrivals(world)) == before_it
    said = told(world, chat)
    assert DOUBT in said[0]
    assert "waited too long" in said[1]
    assert len(said) == 2


# --- FT-O3: callbacks out of turn ---


def test_a_callback_before_the_answer(world: World, chat: str) -> None:
    """It finds its part by the attempt in its address, and the late answer takes nothing back (bug 16)."""
    world.fault("twilio", "status", "early callback")
    world.reply(REPLY, chat)
    world.settle()
    assert known(world)[-1] == ("delivered", "")


@pytest.mark.parametrize("forged", [True, False], ids=["forged", "of an unknown attempt"])
def test_a_callback_that_is_not_ours(world: World, chat: str, *, forged: bool) -> None:
    """Forged, it is refused; authentic and of nothing of ours, it changes nothing."""
    world.reply(REPLY, chat)
    world.settle()
    before_it, told_before = known(world), told(world, chat)
    sid = "SM" + "0" * 32
    own = offers(world)[-1]["response"]["sid"]
    answer = call_back(world, "999-1", own if forged else sid, "failed", forged=forged)
    world.settle(60)
    assert answer == (403 if forged else 200)
    assert (known(world), told(world, chat)) == (before_it, told_before)


@pytest.mark.parametrize(
    ("status", "lines"),
    [("delivered", [DOUBT, AFTER_ALL]), ("failed", [DOUBT, "did not reach"]), ("queued", [DOUBT, AFTER_ALL])],
)
def test_a_callback_after_the_letter(
    world: World, line: Line, chat: str, status: str, lines: list[str]
) -> None:
    """What was given up in doubt is told as it turns out, once."""
    line.creates, line.looks = [before(late)], instead(503, HTML)
    world.reply(REPLY, chat)
    world.settle(HOUR)
    assert known(world)[-1] == (receipts.IN_DOUBT, receipts.IN_DOUBT)
    attempt = f"{_last_effect(world)}-1"
    for _ in range(2):
        call_back(world, attempt, "SM" + "1" * 32, status)
        world.settle()
    said = told(world, chat)
    assert len(said) == len(lines)
    assert all(words in line for words, line in zip(lines, said, strict=True))
    assert known(world)[-1][0] == status


def _last_effect(world: World) -> int:
    """The number of the reply's effect, as the status-callback address would say."""
    with world.bridge.journal._engine.connect() as tx:
        return int(tx.exec_driver_sql("SELECT max(id) FROM effects WHERE kind = 'SendText'").scalar_one())


# --- FT-O4: replies of several messages ---

LONG = " ".join(f"word{number:04}" for number in range(500))  # 4499 letters: three messages
PARTS = 3
AT_PART: dict[str, tuple[Ends, str]] = {
    "500": (instead(500, HTML), "all"),
    "taken, then silence": (after(late), "all"),
    "too busy": (instead(429, {"code": 20429}), "all"),
    "refused": (instead(400, REFUSAL), "until"),
}


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("row", AT_PART.values(), ids=list(AT_PART))
def test_a_part_fails(world: World, line: Line, chat: str, part: int, row: tuple[Ends, str]) -> None:
    """No part is sent twice, none before an earlier one, none after a refused one; one reply, one fate."""
    ends, outcome = row
    start = world.clock.now()
    line.creates = [*[well] * part, ends]
    world.reply(LONG, chat)
    world.settle(HOUR)
    texts = [entry["text"] for entry in since(arrivals(world), start)]
    whole = outcome == "all"
    assert len(texts) == (PARTS if whole else part)
    assert LONG.startswith(" ".join(texts))
    assert (" ".join(texts) == LONG) == whole
    failures = [said for said in told(world, chat) if "did not reach" in said]
    assert len(failures) == (0 if whole else 1)
    statuses = [status for status, _ in known(world)][1:]
    assert overall(statuses) == ("delivered" if whole else "failed")


@pytest.mark.parametrize("name", ["committed", "performing", "performed", "recorded"])
@pytest.mark.parametrize("part", range(PARTS))
def test_a_crash_between_parts(world: World, chat: str, name: str, part: int) -> None:
    """Wherever it dies, the reply is whole, in order, and no part is there twice."""
    start, passes = world.clock.now(), [0]

    def die(what: str) -> None:
        if what in ("SendText", ""):
            passes[0] += 1
            if passes[0] == part + 1:
                raise Crash(name)

    failpoints.arm(name, die)
    world.reply(LONG, chat)
    world.settle(240)
    assert " ".join(entry["text"] for entry in since(arrivals(world), start)) == LONG
    assert passes[0] > part


# --- FT-O5: STOP and START in every gap ---

HANGS = before(late)
GAPS: dict[str, tuple[list[Ends], float, list[str], int]] = {
    # create calls so far, seconds until the STOP, what came of three replies, how many of them were told of
    "while they wait their turn": ([], 0.0, ["One"], 0),
    "after the second": ([], 1.0, ["One", "Two"], 0),
    "during back-off": ([instead(429, {}, Retry_After="60")], 10.0, [], 0),
    "in doubt, not sent": ([HANGS], 2.0, [], 1),
    "in doubt, sent": ([after(late)], 0.5, ["One"], 0),
}


@pytest.mark.parametrize("start_too", [False, True], ids=["STOP", "STOP and START"])
@pytest.mark.parametrize("gap", GAPS.values(), ids=list(GAPS))
def test_stop_in_every_gap(
    line: Line, tmp_path: Path, gap: tuple[list[Ends], float, list[str], int], *, start_too: bool
) -> None:
    """Nothing leaves after STOP, and what it dropped stays dropped; what had left before is known to have."""
    creates, wait, shown, failures = gap
    world = World(tmp_path, sweep_seconds=0.0, send_rate=1.0)
    chat = live_chat(world)
    world.settle(30)
    begun = world.clock.now()
    line.creates = list(creates)
    for words in ("One", "Two", "Three"):
        world.reply(words, chat)
    world.settle(wait)
    world.text("STOP")
    world.settle()
    stopped = world.clock.now()
    if start_too:
        world.text("START")
    world.settle(HOUR)
    if start_too and failures:  # the doubt was resolved after the START: it may be sent now
        shown, failures = ["One"], 0
    assert [entry["text"] for entry in since(arrivals(world), begun)] == shown
    if not start_too:
        assert [entry for entry in since(arrivals(world), stopped) if entry["at"] > stopped] == []
    assert len([said for said in told(world, chat) if "did not reach" in said]) == failures
    assert "is dropped" in told(world, chat)[0]
    world.reply("Later", chat)
    world.settle(60)
    assert (world.shown()[-1] == "Later") == start_too
    world.close()


# --- FT-O6: the number changes under the queue ---

CHANGES: dict[str, tuple[Json, str, bool]] = {
    # what the agent is told, and whether what waits leaves when all is well again
    "registration revoked": ({"registration": "rejected"}, "was refused registration", True),
    "registration pending again": ({"registration": "pending"}, "waiting for approval", True),
    "switched off": ({"sms": False}, "not active for SMS", False),
}


@pytest.mark.parametrize("row", CHANGES.values(), ids=list(CHANGES))
def test_a_number_changes_under_the_queue(tmp_path: Path, row: tuple[Json, str, bool]) -> None:
    """Within a minute nothing more is offered; the agent knows why; what was held leaves, in order."""
    change, why, comes_back = row
    world = World(tmp_path, sweep_seconds=0.0, send_rate=0.05)
    chat = live_chat(world)
    world.settle(30)
    begun = world.clock.now()
    for number in range(8):
        world.reply(f"Reply {number}", chat)
    world.settle()
    world.control("PUT", f"/numbers/{SUPPORT}", change)
    world.settle(70)
    offered = len(since(offers(world), begun))
    world.settle(HOUR)
    assert len(since(offers(world), begun)) == offered
    assert any(why in said for said in told(world, chat))
    world.control("PUT", f"/numbers/{SUPPORT}", {"registration": "registered", "sms": True})
    world.settle(HOUR)
    later = [entry["text"] for entry in since(arrivals(world), begun) if entry["at"] > begun + HOUR]
    assert later == ([f"Reply {number}" for number in range(offered, 8)] if comes_back else [])
    world.close()


# --- FT-O8: attempts outlive the process ---


def test_back_off_goes_on_where_it_was(world: World, line: Line, chat: str) -> None:
    """A restart after every try changes no due time and forgives no attempt (jasmin's mistake)."""
    start, tries = world.clock.now(), list[float]()

    def busy(call: Callable[[], requests.Response], request: requests.PreparedRequest) -> requests.Response:
        tries.append(world.clock.now() - start)
        return instead(429, {"code": 20429})(call, request)

    line.creates = [busy] * 30
    world.reply(REPLY, chat)
    for seconds in (0, 1, 2, 5, 15, 30, 60, 120, 300, 600, *[900] * 12):
        world.settle(seconds)
        world.kill()
        world.revive()
    world.settle()
    first = [0, 1, 3, 8, 23, 53, 113, 233, 533, 1133]
    assert tries == [*first, *(1133 + 900 * number for number in range(1, 11))]
    assert len(told(world, chat)) == 1


# --- FT-O10: files ---

PNG = b"\x89PNG\r\n\x1a\n"
FILES: dict[str, tuple[Json, bytes, list[Ends], str]] = {
    # the number's abilities, the file, create calls so far: what comes of it
    "as MMS": ({}, PNG, [], "file"),
    "the number has no MMS": ({"mms": False}, PNG, [], "link"),
    "MMS refused": ({}, PNG, [instead(400, {"code": 21612})], "link"),
    "MMS refused, the link in doubt and sent": (
        {},
        PNG,
        [instead(400, {"code": 21612}), after(late)],
        "link",
    ),
    "MMS refused, the link in doubt and lost": (
        {},
        PNG,
        [instead(400, {"code": 21612}), before(late)],
        "file",
    ),
    "MMS in doubt and sent": ({}, PNG, [after(late)], "file"),
    "MMS in doubt and lost": ({}, PNG, [before(late)], "file"),
    "no MMS, the link in doubt and sent": ({"mms": False}, PNG, [after(late)], "link"),
    "no MMS, the link in doubt and lost": ({"mms": False}, PNG, [before(late)], "link"),
    "too large for the carrier": ({}, PNG + b"x" * 6_000_000, [], "told"),
    "too large for the carrier, as a link": ({"mms": False}, PNG + b"x" * 6_000_000, [], "link"),
    "of a type the carrier does not take": ({}, b"PK\x03\x04 a spreadsheet", [], "told"),
    "of such a type, as a link": ({"mms": False}, b"PK\x03\x04 a spreadsheet", [], "link"),
    "MMS refused for the text's sake": ({}, PNG, [instead(400, {"code": 21614})], "told"),
}


@pytest.mark.parametrize("row", FILES.values(), ids=list(FILES))
def test_files(world: World, line: Line, chat: str, row: tuple[Json, bytes, list[Ends], str]) -> None:
    """A file is sent once, as such or as a link, or the agent knows that it was not (OPEN-15)."""
    abilities, content, line.creates, outcome = row
    world.control("PUT", f"/numbers/{SUPPORT}", abilities)
    world.settle(120)
    start = world.clock.now()
    world.reply("", chat, file={"name": "a.png", "content_type": "image/png", "base64": _encoded(content)})
    world.settle(HOUR)
    came = since(arrivals(world), start)
    assert len(came) == (outcome != "told")
    assert [len(entry["media"]) for entry in came] == [
        1 for _ in came if outcome == "file"
    ] or outcome == "link"
    assert all(("/media/" in entry["text"]) == (outcome == "link") for entry in came)
    assert len(told(world, chat)) == (outcome == "told")


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


# --- FT-O5: STOP to one of two numbers ---

SCOPES: dict[str, tuple[str, str, bool]] = {  # the setting, how Sales is registered, whether Support is open
    "business": ("phone", "unregistered", False),
    "long codes": ("number", "unregistered", True),
    "one pool": ("number", "registered", False),
}


@pytest.mark.parametrize(("scope", "sales", "is_open"), SCOPES.values(), ids=list(SCOPES))
def test_stop_to_one_of_two_numbers(tmp_path: Path, scope: str, sales: str, *, is_open: bool) -> None:
    """It closes both by setting, or where the carrier counts a pool as one; else only its own (FT-O5)."""
    world = World(tmp_path, sweep_seconds=0.0, opt_out_scope=scope)
    world.control("PUT", f"/numbers/{SALES}", {"registration": sales})
    chat = live_chat(world)
    world.text("STOP", number=SALES)
    world.settle(5)
    world.reply("Are you still there?", chat)
    world.settle(60)
    assert ("Are you still there?" in world.shown()) == is_open
    assert any("opted out" in said for said in told(world, chat)) == (not is_open)
    world.text("START", number=SALES)
    world.settle(5)
    world.reply("Hello again", chat)
    world.settle(60)
    assert ("Hello again" in world.shown()) == (scope == "phone" or is_open)
    world.close()
