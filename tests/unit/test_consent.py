"""Opt-out words act only as whole messages (bug 20)."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core import consent

WORDS = {
    **{word: (word, "stop") for word in ("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT")},
    **{
        word: (word, "stop")
        for word in ("REVOKE", "OPTOUT", "OPT OUT", "opt-out", "STOP ALL", "ARRET", "Arrêt")
    },
    **{word: (word, "start") for word in ("START", "UNSTOP")},
    **{word: (word, "help") for word in ("HELP", "INFO")},
    "lower case": ("stop", "stop"),
    "mixed case": ("StOp", "stop"),
    "outer blanks": (" stop \n", "stop"),
    "no-break space": ("\u00a0stop\u00a0", "stop"),
    "full stop": ("Stop.", "stop"),
    "exclamation": ("STOP!!!", "stop"),
    "in quotes": ("“STOP”", "stop"),
    "two words, two blanks": ("opt   out", "stop"),
    "Cancel as an answer": ("Cancel", "stop"),
    "Help with a question mark": ("Help?", "help"),
    "Start with a full stop": ("Start.", "start"),
    "stop it": ("stop it", ""),
    "please stop by": ("please stop by", ""),
    "stop within a word": ("nonstop", ""),
    "a word more": ("stopped", ""),
    "punctuation within": ("s.t.o.p", ""),
    "with an emoji": ("STOP 🛑", ""),
    "emoji alone": ("🛑", ""),
    "please help me": ("please help me", ""),
    "starting": ("start now", ""),
    "cancel or keep": ("cancel my order", ""),
    "empty": ("", ""),
    "punctuation alone": ("...", ""),
    "other text": ("Where is my order?", ""),
}


@pytest.mark.parametrize("opted_out", [False, True], ids=["may be texted", "opted out"])
@pytest.mark.parametrize(("text", "expected"), WORDS.values(), ids=list(WORDS))
def test_words(text: str, expected: str, opted_out: bool) -> None:  # noqa: FBT001
    """Only the listed words act, only alone, in any case."""
    assert consent.verdict(text, "", opted_out) == expected


CARRIER = {
    "the carrier's word for another language": ("parar", "STOP", False, "stop"),
    "the carrier over our reading": ("stop", "HELP", False, "help"),
    "its start": ("comenzar", "START", False, "start"),
    "in lower case": ("ayuda", " help ", False, "help"),
    "a word of its own that we do not know": ("stop", "PAUSE", False, "stop"),
    "nothing said": ("hello", "", False, ""),
    "yes of one who may be texted": ("Yes", "", False, ""),
    "yes of one who opted out": ("Yes!", "", True, "start"),
    "yes that the carrier calls start": ("YES", "START", False, ""),
    "yes that the carrier calls start, opted out": ("YES", "START", True, "start"),
    "yes and more, opted out": ("yes please", "", True, ""),
}


@pytest.mark.parametrize(("text", "told", "opted_out", "expected"), CARRIER.values(), ids=list(CARRIER))
def test_carrier_and_yes(text: str, told: str, opted_out: bool, expected: str) -> None:  # noqa: FBT001
    """The carrier's verdict comes first; YES opts in only somebody who is out, else it is an answer."""
    assert consent.verdict(text, told, opted_out) == expected


@given(st.text(), st.booleans())
def test_only_words_act(text: str, opted_out: bool) -> None:  # noqa: FBT001
    """No text is a command unless a listed word is all it holds."""
    if consent.verdict(text, "", opted_out):
        letters = "".join(char for char in text.casefold() if char.isalnum())
        known = consent.STOP_WORDS | consent.START_WORDS | consent.HELP_WORDS | {consent.YES}
        assert letters in {word.replace(" ", "").replace("-", "") for word in known}


def test_docstring() -> None:
    """The examples in the docstring hold."""
    assert doctest.testmod(consent).failed == 0
