"""A body is decoded only if it surely is the base64 of a long text (bug 32)."""

import base64
from random import Random

import pytest

from bridge.carriers.encoded_texts import readable
from bridge.carriers.twilio_webhooks import text_received

LONG = "It is order 4711. The parcel came today, but the box is broken and two cups are missing."
CHINESE = "我的订单号是四七一一。" * 8


def encoded(words: str, codec: str = "utf-8") -> str:
    return base64.b64encode(words.encode(codec)).decode()


DECODED = {
    "words": LONG,
    "lines": LONG.replace(". ", ".\n"),
    "umlauts and dashes": LONG.replace("box", "Schächtelchen –"),
    "emoji": LONG + " 😢",
    "no blanks, but beyond ASCII": CHINESE,
    "two that need padding": LONG + "!",
    "a joined emoji": LONG + " 👩\u200d💻",
    "French spacing": LONG.replace(". ", "\u00a0! "),
    "a mark of direction": LONG + " \u200fשלום",
    "seventy-one characters": "a " + "b" * 69,
}


@pytest.mark.parametrize("written", DECODED.values(), ids=list(DECODED))
def test_a_long_text_is_decoded(written: str) -> None:
    """What was written, to the letter."""
    assert readable(encoded(written)) == written


UNTOUCHED = {
    "nothing": "",
    "a plain text": LONG,
    "a word": "Hello",
    "a word that is base64": "cups",
    "digits": "4155550101" * 10,
    "a short text": encoded("The box is broken, and two cups are missing."),
    "seventy characters": encoded("a " + "b" * 68),
    "a blank before it": " " + encoded(LONG),
    "a line end after it": encoded(LONG) + "\n",
    "wrapped lines": "\n".join([encoded(LONG)[:76], encoded(LONG)[76:]]),
    "words around it": f"This is it: {encoded(LONG)}",
    "cut off": encoded(LONG)[:-3],
    "padding left out": encoded(LONG + "!").rstrip("="),
    "padding that hides bits": encoded("x" + LONG)[:-3] + chr(ord(encoded("x" + LONG)[-3]) + 1) + "==",
    "the alphabet of addresses": encoded("> ?~" + CHINESE).replace("+", "-").replace("/", "_") + "-___",
    "other bytes": base64.b64encode(bytes(range(256))).decode(),
    "UTF-16": encoded(LONG, "utf-16"),
    "Latin": encoded(LONG + " é", "latin-1"),
    "a control character": encoded(LONG + "\x00"),
    "a letter of nobody's": encoded(LONG + "\ue000"),
    "one long word": encoded("f" * 200),
    "base64 of base64": encoded(encoded("f" * 200)),
    "a token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0." + "a" * 43,
}


@pytest.mark.parametrize("body", UNTOUCHED.values(), ids=list(UNTOUCHED))
def test_anything_else_stays_as_it_came(body: str) -> None:
    """Rather an unreadable text than another one than was sent."""
    assert readable(body) == body


def test_keys_and_hashes_are_never_texts() -> None:
    """What customers paste is random, and long enough never to look like words."""
    chance = Random(32)
    for length in (72, 96, 128, 256, 512):
        for _ in range(400):
            body = base64.b64encode(chance.randbytes(length)).decode()
            assert readable(body) == body


def test_the_webhook_is_read_so() -> None:
    """Before anybody looks for an opt-out word, or counts, or asks the AI."""
    form = {"From": "+14155550101", "To": "+14155550150", "MessageSid": "SM1", "Body": encoded(LONG)}
    assert text_received(form, 1.0).text == LONG
