"""The judge of the kill test sees what is wrong."""

import pytest

from tests.faults.kill.judge import Verdict, compare
from tests.faults.kill.plan import Plan, from_words

WRITTEN = ["one", "two", "three"]

CASES = {
    "all well": (WRITTEN, [], Verdict(3, 3)),
    "others' words do not count": (["Hello", *WRITTEN], [], Verdict(3, 3)),
    "lost": (["one", "three"], [], Verdict(3, 2, lost=1)),
    "doubled": (["one", "two", "two", "three"], [], Verdict(3, 2, doubled=1)),
    "doubled later is not out of order as well": (
        ["one", "two", "three", "one"],
        [],
        Verdict(3, 2, doubled=1),
    ),
    "overtaken": (["two", "one", "three"], [], Verdict(3, 3, out_of_order=1)),
    "all reversed": (["three", "two", "one"], [], Verdict(3, 3, out_of_order=2)),
    "in doubt and told": (["one", "three"], ["Your reply (“two”) may or …"], Verdict(3, 2, in_doubt=1)),
    "in doubt, and there": (WRITTEN, ["Your reply (“two”) may or …"], Verdict(3, 3, in_doubt=1)),
}


@pytest.mark.parametrize("case", CASES)
def test_compare(case: str) -> None:
    """What was written beside what was seen and told."""
    seen, told, verdict = CASES[case]
    assert compare(WRITTEN, seen, told) == verdict


def test_what_no_webhook_told() -> None:
    """It may come late, but it must come; the rest keeps its order."""
    late = ["three", "one", "two"]
    assert compare(WRITTEN, late, [], {"one", "two"}) == Verdict(3, 3, untold=2)
    assert compare(WRITTEN, late, [], {"two"}) == Verdict(3, 3, out_of_order=1, untold=1)
    assert compare(WRITTEN, ["one", "three"], [], {"two"}) == Verdict(3, 2, lost=1, untold=1)


def test_what_is_wrong() -> None:
    """Doubt that was told is not."""
    assert Verdict(9, 1, lost=1, doubled=2, out_of_order=3, in_doubt=4).wrong == 6


def test_the_command_line() -> None:
    """As the README has it."""
    words = [
        "--seed",
        "3",
        "--engine",
        "postgres",
        "--kill-every",
        "0.2-1.5",
        "--no-faults",
        "--replicas",
        "2",
    ]
    assert from_words(words) == Plan(seed=3, engine="postgres", replicas=2, faults=False)
