"""FT-S: what the carrier reports of a message, in any order, of any part, readable or not."""

from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import pytest

from bridge.core import receipts
from tests.faults.chat import Json, arrivals, call_back, known, live_chat, offers, overall, told
from tests.world import World

REPLY = "Your parcel left Oakland"
LONG = " ".join(f"word{number:04}" for number in range(500))  # three messages
ON_THE_WAY = ("queued", "sending", "sent")
FINAL = ("delivered", "undelivered", "failed", "canceled")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Nobody reports but the test."""
    made = World(tmp_path, sweep_seconds=0.0)
    yield made
    made.close()


@pytest.fixture
def chat(world: World) -> str:
    """Maria's live chat with Ada; what becomes of her replies is not told by the simulator."""
    made = live_chat(world)
    world.fault("twilio", "status", "drop webhooks", count=99)
    return made


def replied(world: World, chat: str, words: str = REPLY) -> list[tuple[str, str]]:
    """Ada replies; attempt and carrier's id of each message of it."""
    before = len(offers(world))
    world.reply(words, chat)
    world.settle()
    return [(_attempt(each), each["response"]["sid"]) for each in offers(world)[before:]]


def _attempt(offer: Json) -> str:
    return str(offer["request"]["StatusCallback"]).partition("attempt=")[2].partition("#")[0]


ORDERS = [
    [*order, *order[: number % 4]]  # some of them a second time
    for final in FINAL
    for number, order in enumerate(permutations((*ON_THE_WAY, final)))
    if number % 3 == 0
]


def test_any_order_ends_alike(world: World, chat: str) -> None:
    """Whatever comes in whatever order and however often, the end stays the end; told once (FT-S1, FT-S4)."""
    for order in ORDERS:
        ((attempt, sid),) = replied(world, chat)
        ranks, lines, shown = [], len(told(world, chat)), len(arrivals(world))
        for status in order:
            call_back(world, attempt, sid, status)
            world.settle()
            ranks.append(receipts.RANKS[known(world)[-1][0]])
        (final,) = set(order) & set(FINAL)
        assert known(world)[-1][0] == final, order
        assert ranks == sorted(ranks)
        assert len(told(world, chat)) - lines == (final != "delivered")
        assert len(arrivals(world)) == shown


PARTS: dict[str, tuple[tuple[str, str, str], str]] = {
    "all arrived": (("delivered", "delivered", "delivered"), "delivered"),
    "the first failed": (("failed", "delivered", "delivered"), "failed"),
    "the middle one failed": (("delivered", "undelivered", "sent"), "undelivered"),
    "all failed": (("undelivered", "failed", "undelivered"), "failed"),
    "one is on its way": (("delivered", "sent", "delivered"), "sent"),
    "nothing known of one": (("delivered", "", "delivered"), "queued"),
    "one is odd": (("delivered", "teleported", "delivered"), "queued"),
}


@pytest.mark.parametrize("backwards", [False, True], ids=["in order", "backwards"])
@pytest.mark.parametrize(("statuses", "whole"), PARTS.values(), ids=list(PARTS))
def test_a_reply_is_as_good_as_its_worst_part(
    world: World, chat: str, statuses: tuple[str, str, str], whole: str, *, backwards: bool
) -> None:
    """Three messages, one fate, and the agent is told of a failure once (FT-S2, FT-S4)."""
    shown = [entry["text"] for entry in arrivals(world)]
    parts = list(zip(replied(world, chat, LONG), statuses, strict=True))
    for (attempt, sid), status in reversed(parts) if backwards else parts:
        if status:
            call_back(world, attempt, sid, status)
            world.settle()
    assert overall([status for status, _ in known(world)[-3:]]) == whole
    failures = [line for line in told(world, chat) if "did not reach" in line]
    assert len(failures) == receipts.is_failure(whole)
    assert len(arrivals(world)) == len(shown) + 3


ODD: dict[str, tuple[Json, int, tuple[str, str], str]] = {
    # what the form says, our answer, what is known then, what the agent is told
    "an unknown status": ({"MessageStatus": "teleported"}, 200, ("queued", ""), ""),
    "an unknown code": ({"MessageStatus": "failed", "ErrorCode": "99999"}, 200, ("failed", "99999"), "99999"),
    "no number as code": ({"MessageStatus": "failed", "ErrorCode": "oops"}, 200, ("failed", "oops"), "oops"),
    "an empty code": ({"MessageStatus": "failed", "ErrorCode": ""}, 200, ("failed", ""), "gave no reason"),
    "no code": ({"MessageStatus": "undelivered"}, 200, ("undelivered", ""), "gave no reason"),
    "capital letters": ({"MessageStatus": "DELIVERED"}, 200, ("delivered", ""), ""),
    "the old name": ({"SmsStatus": "delivered"}, 200, ("delivered", ""), ""),
    "no status": ({}, 200, ("queued", ""), ""),
    "an empty status": ({"MessageStatus": ""}, 200, ("queued", ""), ""),
    "no id": ({"MessageSid": "", "MessageStatus": "failed"}, 200, ("queued", ""), ""),
    "more than we know": ({"MessageStatus": "sent", "Tomorrow": "x"}, 200, ("sent", ""), ""),
}


@pytest.mark.parametrize("row", ODD.values(), ids=list(ODD))
def test_odd_reports(world: World, chat: str, row: tuple[Json, int, tuple[str, str], str]) -> None:
    """What is unknown is kept as it came; what is missing is no failure of ours (FT-S3)."""
    form, status, expected, line = row
    ((attempt, sid),) = replied(world, chat)
    answer = call_back(world, attempt, sid, **form)
    world.settle()
    assert answer == status
    assert known(world)[-1] == expected
    assert [line in said for said in told(world, chat)] == ([True] if line else [])
    with world.bridge.journal._engine.connect() as tx:
        (kept,) = tx.exec_driver_sql("SELECT body FROM events ORDER BY seq DESC LIMIT 1").one()
    raw = form.get("ErrorCode") or form.get("MessageStatus", "")
    assert raw.lower() in kept.lower()


def test_a_failure_of_the_ais_words_is_nobodys_news(world: World, tmp_path: Path) -> None:
    """There is no agent yet, and the customer never hears of it (FT-S4)."""
    body = {"statuses": ["sent", "undelivered"], "error_code": 30003}
    world.control("POST", "/twilio/outcomes", body)
    world.text("Hello")
    world.settle(60)
    assert known(world) == [("undelivered", "30003")]
    assert (arrivals(world), world.chats()) == ([], [])


def test_a_failure_heard_by_webhook_and_by_asking_is_told_once(tmp_path: Path) -> None:
    """The sweep asks what became of a message; that is no second failure (FT-S4)."""
    world = World(tmp_path)
    chat = live_chat(world)
    world.control("POST", "/twilio/outcomes", {"statuses": ["sent", "undelivered"], "error_code": 30005})
    world.fault("twilio", "status", "drop webhooks", count=2)
    ((attempt, sid),) = replied(world, chat)
    for _ in range(4):
        world.settle(300)
    assert known(world)[-1] == ("undelivered", "30005")
    call_back(world, attempt, sid, "undelivered", ErrorCode="30005")
    world.settle(3600)
    assert len(told(world, chat)) == 1
    world.close()
