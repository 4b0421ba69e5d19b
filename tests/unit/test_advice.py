"""An operator is told what to do about what was given up."""

import pytest

from bridge.core import advice, model

FIXES = {
    "by code": (("SendText", "21610"), "Drop it. Only the customer can undo an opt-out, by texting START."),
    "by code before kind": (("PostTurn", "crashes"), "A fault of the bridge: report it."),
    "by kind": (("SendText", "30003"), "Look the code up at the carrier"),
    "by kind, without a code": (("AskAssistant", ""), "Drop it: a person took over."),
    "of the desk's": (("PostTurn", ""), "Run `bridge check`, mend what it names, then replay it."),
}


@pytest.mark.parametrize(("given", "begins"), FIXES.values(), ids=list(FIXES))
def test_fix(given: tuple[str, str], begins: str) -> None:
    """The code says more than the kind of effect."""
    assert advice.fix(*given).startswith(begins)


def test_nothing_known() -> None:
    """No advice rather than a wrong one."""
    assert advice.fix("PigsFly", "unheard of") == ""


def test_every_effect_has_advice() -> None:
    """A new effect must say what can be done about it."""
    assert {kind.__name__ for kind in model.Effect.__subclasses__()} == set(advice._BY_KIND)
