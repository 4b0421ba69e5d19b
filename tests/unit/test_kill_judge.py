"""The judge of the kill test sees what is wrong."""

import pytest

from tests.faults.kill.judge import Verdict, answered, asked_to_send, compare, told_by_webhook
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


ANSWERS: dict[str, tuple[list[str], list[str], Verdict]] = {  # shown, in letters, and how it fared
    "each its own": (["Answer to one", "Answer to two", "Answer to three"], [], Verdict(3, 3)),
    "one for two": (["Answer to one", "Answer to two\nthree"], [], Verdict(3, 3)),
    "then people had the chat": (["Answer to one"], [], Verdict(1, 1)),
    "people had it from the beginning": ([], [], Verdict()),
    "an agent's words are none": (["one", "Answer to one"], [], Verdict(1, 1)),
    "lost": (["Answer to one", "Answer to three"], [], Verdict(3, 2, lost=1)),
    "in doubt": (["Answer to one", "Answer to three"], ["Answer to two"], Verdict(3, 2, in_doubt=1)),
    "the last one in doubt": (["Answer to one"], ["Answer to two"], Verdict(2, 1, in_doubt=1)),
    "doubled": (["Answer to one", "Answer to one\ntwo"], [], Verdict(2, 1, doubled=1)),
    "overtaken": (["Answer to two", "Answer to one"], [], Verdict(2, 2, out_of_order=1)),
}


@pytest.mark.parametrize(("shown", "doubted", "verdict"), ANSWERS.values(), ids=list(ANSWERS))
def test_answers(shown: list[str], doubted: list[str], verdict: Verdict) -> None:
    """Known by the texts they answer."""
    assert answered(WRITTEN, shown, doubted, set()) == verdict


def test_an_answer_to_what_no_webhook_told() -> None:
    """It came with a sweep: late, or when people had the chat."""
    late = ["Answer to two", "Answer to one", "Answer to three"]
    assert answered(WRITTEN, late, [], {"one"}) == Verdict(3, 3, untold=1)
    assert answered(WRITTEN, late[:1], [], {"one"}) == Verdict(1, 1)


def test_who_told_what() -> None:
    """The desk tells of a customer's text, too, once it stands there: that is not how we heard of it."""
    message = {"content": {"text": "one"}}
    ledger = [
        {"kind": "webhook", "system": "twilio", "request": {"Body": "two"}},
        {
            "kind": "webhook",
            "system": "sunshine",
            "request": {"events": [{"payload": {"message": message}}]},
        },
        {"kind": "request", "system": "twilio", "request": {"Body": "three"}},
    ]
    assert told_by_webhook(ledger, "twilio") == {"two"}
    assert told_by_webhook(ledger, "sunshine") == {"one"}


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
        "--ai",
        "4",
    ]
    assert from_words(words) == Plan(seed=3, engine="postgres", replicas=2, faults=False, ai=4)


def test_order_is_that_of_the_calls() -> None:
    """What the carrier does with two messages is its own; the last call for a text counts."""
    assert compare(WRITTEN, ["two", "one", "three"], [], (), WRITTEN) == Verdict(3, 3)
    assert compare(WRITTEN, WRITTEN, [], (), ["two", "one", "three"]) == Verdict(3, 3, out_of_order=1)
    calls = [
        {"kind": "request", "operation": "CreateMessage", "request": {"Body": body}}
        for body in ("one", "two", "one", "three")
    ]
    assert asked_to_send([*calls, {"kind": "sms", "text": "four"}]) == ["two", "one", "three"]
