"""An error says what is true in a sentence, and keeps what the other side called it."""

import math

import pytest

from bridge.core import errors
from bridge.core.errors import BridgeError, Gone, Misconfigured, Temporary, Throttled, Uncertain

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type)]


@pytest.mark.parametrize("kind", KINDS)
def test_reason_and_code(kind: type[BridgeError]) -> None:
    """The sentence is what is printed; the code is raw."""
    error = kind("The desk is closed.", code="X-1")
    assert (str(error), error.reason, error.code) == ("The desk is closed.", "The desk is closed.", "X-1")


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_code(kind: type[BridgeError]) -> None:
    """A time-out has none."""
    assert kind("No answer.").code == ""


def test_what_each_adds() -> None:
    """How long to wait, when to look, what is full, what to mend; and what holds if nobody says."""
    assert (Temporary("").retry_after, Throttled("", retry_after=2.5).retry_after) == (0.0, 2.5)
    assert (Uncertain("").within, Uncertain("", within=3.0).within) == (math.inf, 3.0)
    assert (Gone("").full, Gone("", full=True).full) == (False, True)
    assert (Misconfigured("").fix, Misconfigured("", fix="Set it.").fix) == ("", "Set it.")
