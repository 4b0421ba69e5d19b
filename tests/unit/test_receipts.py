"""Receipts never move backwards, in whatever order they come."""

from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core import receipts

FINAL = ("delivered", "undelivered", "failed", "canceled")
ON_THE_WAY = ("scheduled", "accepted", "queued", "sending", "sent")

MERGES = {
    "first news": ("", "queued", "queued"),
    "forward": ("queued", "sent", "sent"),
    "the first step": ("scheduled", "accepted", "accepted"),
    "one step": ("accepted", "queued", "queued"),
    "to sending": ("queued", "sending", "sending"),
    "to sent": ("sending", "sent", "sent"),
    "back": ("sent", "queued", "sent"),
    "again": ("sent", "sent", "sent"),
    "delivered stays": ("delivered", "sent", "delivered"),
    "delivered never fails": ("delivered", "undelivered", "delivered"),
    "failed never arrives": ("failed", "delivered", "failed"),
    "undelivered stays": ("undelivered", "failed", "undelivered"),
    "canceled stays": ("canceled", "sent", "canceled"),
    "unknown first": ("", "future_status", "future_status"),
    "unknown gives way": ("future_status", "scheduled", "scheduled"),
    "unknown outranks nothing": ("scheduled", "future_status", "scheduled"),
    "unknown after final": ("delivered", "read", "delivered"),
    "unknown after unknown": ("future_status", "other_status", "future_status"),
    "nothing new": ("queued", "", "queued"),
    "nothing at all": ("", "", ""),
}


@pytest.mark.parametrize(("old", "new", "expected"), MERGES.values(), ids=list(MERGES))
def test_merge(old: str, new: str, expected: str) -> None:
    """The status further on is kept (CAR-133, bugs 14 and 37)."""
    assert receipts.merge(old, new) == expected


@pytest.mark.parametrize("final", FINAL)
def test_all_orderings_end_alike(final: str) -> None:
    """Every permutation of a part's statuses ends in its final one (FT-S1)."""
    for order in permutations(("accepted", "queued", "sending", "sent", final, "future_status")):
        assert _merged(order) == final


@given(
    st.lists(st.sampled_from(ON_THE_WAY)), st.sampled_from([*FINAL, ""]), st.randoms(use_true_random=False)
)
def test_orderings_and_repetitions(statuses: list[str], final: str, random: Random) -> None:
    """Any multiset in any order gives its maximum."""
    heard = [*statuses, *([final, final] if final else [])]
    highest = max(heard, key=lambda status: receipts.RANKS[status], default="")
    random.shuffle(heard)
    assert _merged(heard) == highest


@given(st.lists(st.sampled_from([*ON_THE_WAY, *FINAL, "", "future_status"]), max_size=8))
def test_never_back(statuses: list[str]) -> None:
    """The rank never falls, whatever nonsense arrives."""
    now = ""
    for status in statuses:
        before, now = now, receipts.merge(now, status)
        assert receipts.RANKS.get(now, 0) >= receipts.RANKS.get(before, 0)
        assert now == before or not receipts.is_final(before)


def _merged(statuses: "list[str] | tuple[str, ...]") -> str:
    now = ""
    for status in statuses:
        now = receipts.merge(now, status)
    return now


@pytest.mark.parametrize("status", FINAL)
def test_final(status: str) -> None:
    """After these nothing more is reported."""
    assert receipts.is_final(status)


@pytest.mark.parametrize("status", [*ON_THE_WAY, "", "future_status", "Delivered"])
def test_not_final(status: str) -> None:
    """After these there may be more; `sent` is where many carriers stop."""
    assert not receipts.is_final(status)


@pytest.mark.parametrize("status", ["undelivered", "failed", "canceled"])
def test_failure(status: str) -> None:
    """These mean that the phone did not get it."""
    assert receipts.is_failure(status)


@pytest.mark.parametrize("status", [*ON_THE_WAY, "delivered", "", "future_status"])
def test_no_failure(status: str) -> None:
    """These do not."""
    assert not receipts.is_failure(status)


@pytest.mark.parametrize("status", [*receipts.RANKS, receipts.IN_DOUBT, "future_status", ""])
def test_was_sent(status: str) -> None:
    """Only what left the carrier, and did not fail, was sent."""
    assert receipts.was_sent(status) == (status in ("sent", "delivered"))
