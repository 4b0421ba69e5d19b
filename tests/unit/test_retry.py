"""Waits grow, spread and end; `Retry-After` is obeyed."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core import model, retry

WAITS = {
    "before the first": ((0, 0.5), 1),
    "first": ((1, 0.5), 1),
    "second": ((2, 0.5), 2),
    "third": ((3, 0.5), 5),
    "fourth": ((4, 0.5), 15),
    "fifth": ((5, 0.5), 30),
    "sixth": ((6, 0.5), 60),
    "seventh": ((7, 0.5), 120),
    "eighth": ((8, 0.5), 300),
    "ninth": ((9, 0.5), 600),
    "tenth": ((10, 0.5), 900),
    "eleventh stays": ((11, 0.5), 900),
    "hundredth stays": ((100, 0.5), 900),
    "least jitter": ((5, 0.0), 24),
    "shortest wait of all": ((1, 0.0), 0.8),
    "most jitter": ((5, 1.0), 36),
    "a quarter of the jitter": ((5, 0.25), 27),
    "jitter below its range": ((5, -3.0), 24),
    "jitter above its range": ((5, 7.0), 36),
    "jitter below the longest": ((10, 0.0), 720),
    "no jitter above the longest": ((10, 1.0), 900),
    "Retry-After is obeyed": ((1, 0.5, 7), 7),
    "Retry-After shorter than our wait": ((5, 0.5, 7), 30),
    "Retry-After beyond our longest": ((1, 0.5, 901), 901),
    "an hour": ((1, 0.5, 3600), 3600),
    "more than an hour": ((1, 0.5, 3601), 3600),
    "for ever": ((1, 0.5, math.inf), 3600),
    "in the past": ((1, 0.5, -10), 1),
}


@pytest.mark.parametrize(("given_", "seconds"), WAITS.values(), ids=list(WAITS))
def test_delay(given_: tuple[int, float, float], seconds: float) -> None:
    """The table is exact (FT-O8)."""
    assert retry.delay(*given_) == pytest.approx(seconds)


@given(st.integers(-5, 1000), st.floats(0, 1), st.floats(allow_nan=True))
def test_delay_is_bounded(attempt: int, jitter: float, retry_after: float) -> None:
    """No wait is shorter than 0.8 seconds or longer than an hour, and only `Retry-After` exceeds 900."""
    wait = retry.delay(attempt, jitter, retry_after)
    assert 0.8 <= wait <= 3600
    assert wait <= 900 or wait == min(retry_after, 3600)


LIMITS = {
    "AskAssistant": 2,
    "FetchAnswer": 10,
    "SendText": 20,
    "OpenConversation": 50,
    "PostTurn": 50,
    "PassControl": 50,
    "TellAgent": 50,
    "ReconcileUser": 20,
    "CloseAssistant": 10,
    "SomethingElse": 20,
}


@pytest.mark.parametrize(("kind", "limit"), LIMITS.items(), ids=list(LIMITS))
def test_exhausted(kind: str, limit: int) -> None:
    """An effect is given up at its limit and not before."""
    assert not retry.exhausted(kind, limit - 1)
    assert retry.exhausted(kind, limit)
    assert retry.exhausted(kind, limit + 1)


def test_every_effect_has_a_limit() -> None:
    """A new effect must say how often it is worth trying."""
    assert {kind.__name__ for kind in model.Effect.__subclasses__()} <= set(LIMITS)


@pytest.mark.parametrize(
    ("kind", "refusals", "pause"),
    [
        ("PostTurn", 3, 0.0),
        ("FetchAnswer", 0, retry.FIRST_LOOK),
        ("PassControl", 0, 0.0),
        ("PassControl", 1, 1.0),
        ("PassControl", 4, 15.0),
        ("PassControl", 50, 900.0),
    ],
)
def test_what_comes_too_early_only_fails(kind: str, refusals: int, pause: float) -> None:
    """Control that was refused is asked for again with growing pauses; the rest begins at once."""
    assert retry.first_pause(kind, refusals) == pause
