"""The demo's proofs hold on what was seen, and on nothing else."""

from collections.abc import Callable

import pytest

from simulator.demo.proofs import PROOFS
from simulator.demo.seen import Reply, Seen, in_history, on_desk, on_phone
from simulator.demo.story import SCENES


def test_every_statement_is_proved_once() -> None:
    """SEED-01 … SEED-18, each by one scene."""
    proved = [name for scene in SCENES for name in scene.proves]
    assert sorted(proved) == [f"SEED-{n:02d}" for n in range(1, 19)] == sorted(PROOFS)


@pytest.mark.parametrize("name", PROOFS)
def test_nothing_proves_nothing(name: str) -> None:
    """A story that did not happen earns a cross with a reason."""
    verdict = PROOFS[name].judge(Seen())
    assert not verdict.holds
    assert verdict.evidence


def _reply(words: str, parts: list[str], number: str = "+14155550150") -> Reply:
    sms = {"number": number, "phone": "+14155550101", "text": words, "parts": parts, "at": 11.0}
    record = {"status": "delivered", "num_segments": str(len(parts)), "price": f"-{0.0075 * len(parts)}"}
    act = {"at": 10.0, "text": words}
    return Reply("+14155550150", act, [sms], {**record, "price_unit": "USD"}, [{"text": words}])


def _seen() -> Seen:
    """The part of the story that is about replies, as it should be."""
    return Seen(
        short=_reply("On it", ["On it"]),
        long=_reply("a" * 200, ["a" * 153, "a" * 47]),
        chat={
            "ticket": {"id": 1},
            "tags": ["opencx_channel_sms"],
            "user": {"id": "u", "name": "M", "phone": "p"},
        },
        phone="p",
    )


GOOD = ("SEED-02", "SEED-07", "SEED-08", "SEED-09", "SEED-12", "SEED-15", "SEED-16")


@pytest.mark.parametrize("name", GOOD)
def test_holds(name: str) -> None:
    """What should be seen earns a tick."""
    assert PROOFS[name].judge(_seen()).holds


def _wrong_number(seen: Seen) -> None:
    seen.short.sms[0]["number"] = "+12125550160"


def _undelivered(seen: Seen) -> None:
    seen.short.record["status"] = "undelivered"


def _untagged(seen: Seen) -> None:
    seen.chat["tags"] = ["sms"]


def _somebody_else(seen: Seen) -> None:
    seen.chat["user"]["phone"] = "+12125550102"


def _slow(seen: Seen) -> None:
    seen.short.sms[0]["at"] = 12.5


def _two_bubbles(seen: Seen) -> None:
    seen.long.sms.append(seen.long.sms[0])


def _cut(seen: Seen) -> None:
    seen.long.sms[0]["parts"].pop()


def _one_price(seen: Seen) -> None:
    seen.long.record["price"] = "-0.0075"


BROKEN = {
    "wrong number": ("SEED-02", _wrong_number),
    "not delivered": ("SEED-07", _undelivered),
    "no tag": ("SEED-08", _untagged),
    "another phone": ("SEED-09", _somebody_else),
    "too slow": ("SEED-12", _slow),
    "two messages": ("SEED-15", _two_bubbles),
    "a part is missing": ("SEED-15", _cut),
    "a flat price": ("SEED-16", _one_price),
}


@pytest.mark.parametrize(("name", "spoil"), BROKEN.values(), ids=list(BROKEN))
def test_fails(name: str, spoil: Callable[[Seen], None]) -> None:
    """What should not be seen earns a cross."""
    seen = _seen()
    spoil(seen)
    assert not PROOFS[name].judge(seen).holds


def test_threads() -> None:
    """Phone, desk and AI are compared line by line, without what only one side sees."""
    line = {"silent": False, "activity": None}
    desk = {
        "ticket": {"transcript": ["1", "2", "3"]},
        "messages": [
            {"id": "1", "author": "user", "text": "Hi", **line},
            {"id": "2", "author": "business", "text": "a note", **line, "silent": True},
            {"id": "3", "author": "business", "text": "Hello", **line},
            {"id": "4", "author": "user", "text": "later", **line},
        ],
    }
    phone = [
        {"direction": "sent", "text": "Hi", "automatic": False},
        {"direction": "received", "text": "You are opted in", "automatic": True},
        {"direction": "received", "text": "Hello", "automatic": False},
    ]
    history = [
        {"event": {"type": kind, "sender": {"type": who}, "content": {"text": text}}}
        for kind, who, text in (
            ("message", "contact", "Hi"),
            ("message", "ai", "Hello"),
            ("handoff", "ai", ""),
        )
    ]
    assert on_desk(desk) == on_phone(phone) == in_history(history) == [("user", "Hi"), ("business", "Hello")]
