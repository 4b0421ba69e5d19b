"""A system that hangs leaves room for the others: how many of each may be under way."""

import pytest

from bridge.core import model, shares
from bridge.core.shares import ASSISTANT, CARRIER, DESK, Room


@pytest.mark.parametrize(
    ("performers", "expected"), [(1, 1), (2, 2), (3, 1), (4, 2), (8, 4), (9, 5), (10, 6), (12, 6), (16, 8)]
)
def test_one_system_has_its_share_and_no_more(performers: int, expected: int) -> None:
    """Half of them where they can be halved; with one or two there is nothing to keep."""
    room = Room(performers, {})
    assert sum(room.take(ASSISTANT) for _ in range(99)) == expected


@pytest.mark.parametrize("performers", range(3, 20))
def test_two_that_hang_leave_room_for_the_third(performers: int) -> None:
    """Whoever comes first."""
    room = Room(performers, {})
    for system in (ASSISTANT, DESK):
        while room.take(system):
            pass
    assert room.take(CARRIER)


def test_what_is_under_way_counts() -> None:
    """Performers that are busy are of somebody's share already."""
    room = Room(4, {ASSISTANT: 4})
    assert not room.take(ASSISTANT)
    assert sum(room.take(DESK) for _ in range(9)) == 2
    assert sum(room.take(CARRIER) for _ in range(9)) == 2
    assert room.free == 0


def test_one_after_the_other_nothing_is_kept() -> None:
    """Without performers of its own the bridge takes what comes first."""
    room = Room(20)
    assert sum(room.take(ASSISTANT) for _ in range(99)) == 20


def test_one_that_is_under_way_is_one_less_to_keep() -> None:
    """Of what is kept for a system, that much is taken."""
    room = Room(8, {})
    assert room.take(ASSISTANT)
    assert sum(room.take(DESK) for _ in range(9)) == 4


def test_every_effect_is_somebodys() -> None:
    """The table names effects that exist."""
    kinds = {kind.__name__ for kind in model.Effect.__subclasses__()}
    assert set(shares._CALLED) <= kinds
    assert {shares.system_of(kind) for kind in kinds} == set(shares.SYSTEMS)
