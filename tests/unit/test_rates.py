"""How fast a number may send, by its class (CAR-167, CAR-188)."""

import pytest

from bridge.core import rates

CLASSES = {
    "told by the carrier": (("local", True, 4.0), 4.0),
    "told by the carrier, of a class with a figure": (("toll-free", True, 30.0), 30.0),
    "a campaign without a class": (("local", True, 0.0), 1.25),
    "a US number without a campaign": (("local", False, 0.0), 1.0),
    "a Canadian number": (("local-ca", True, 0.0), 1.0),
    "toll-free, registered": (("toll-free", True, 0.0), 3.0),
    "toll-free": (("toll-free", False, 0.0), 3.0),
    "a short code": (("short-code", True, 0.0), 100.0),
    "a name": (("alphanumeric", True, 0.0), 10.0),
    "no figure known": (("international", True, 0.0), 1.0),
}


@pytest.mark.parametrize(("given", "rate"), CLASSES.values(), ids=list(CLASSES))
def test_what_a_class_may_send(given: tuple[str, bool, float], rate: float) -> None:
    """The carrier's own figure comes first, then the class's, then the slowest."""
    kind, registered, told = given
    assert rates.of_class(kind, registered=registered, told=told) == rate


def test_nothing_told_is_no_figure() -> None:
    """Who does not know the carrier's figure need not say so."""
    assert rates.of_class("toll-free", registered=True) == 3.0


@pytest.mark.parametrize(
    ("kind", "rate"),
    [("local", 75.0), ("local-ca", 1.0), ("toll-free", 3.0), ("short-code", 100.0), ("", 1.0)],
)
def test_at_most(kind: str, rate: float) -> None:
    """Before the carrier was asked, a US number may have the best of campaigns."""
    assert rates.at_most(kind) == rate
    assert rate >= rates.of_class(kind, registered=True)
