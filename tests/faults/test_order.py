"""FT-C1, P4: what was written while the bridge was away is not overtaken by what is written later."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.sweep import PATIENCE
from tests.world import BRIDGE_URL, SUPPORT, World

HANDED_OFF = ["A human please", "I'll connect you with a person now."]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Maria is with Ada."""
    world = World(tmp_path)
    world.text(HANDED_OFF[0])
    world.settle(60.0)
    yield world
    world.close()


def away(world: World) -> None:
    """The bridge is gone, and what is told now is told in vain."""
    world.kill()


def back(world: World) -> None:
    """The carrier has given up by now; the desk tries again later (CAR-117, SUN-WHK-06)."""
    world.clock.run_due()
    world.clock.advance(5.0)
    world.revive()


def test_texts(world: World) -> None:
    """The carrier is asked for earlier texts before a new one is passed on."""
    away(world)
    world.text("One")
    world.text("Two")
    back(world)
    world.text("Three")
    world.settle(120.0)
    assert world.lines() == [*HANDED_OFF, "One", "Two", "Three"]


def test_replies(world: World) -> None:
    """The desk is asked for earlier replies before a new one is sent."""
    away(world)
    world.reply("One")
    world.reply("Two")
    back(world)
    world.reply("Three")
    world.settle(120.0)
    assert world.shown()[-3:] == ["One", "Two", "Three"]


@pytest.mark.parametrize("operation", ["ListMessage", "*"])
def test_a_carrier_that_cannot_be_asked_is_not_waited_for(world: World, operation: str) -> None:
    """Then the newest text goes on alone, and what is missed comes when it can be asked again."""
    away(world)
    world.text("One")
    back(world)
    world.fault("twilio", operation, "status 503", count=1000)
    world.text("Two")
    world.settle()
    assert "Two" not in world.lines()
    world.settle(PATIENCE)
    assert world.lines()[-1] == "Two"
    world.control("DELETE", "/faults")
    world.settle(400.0)
    assert world.lines()[-2:] == ["Two", "One"]


def test_texts_from_before_the_first_start_are_nobodys(tmp_path: Path) -> None:
    """A number that another system served until now is not answered anew (OCX-NUM-07)."""
    world = World(tmp_path)
    world.kill()
    world.control("PUT", f"/numbers/{SUPPORT}", {"sms_url": ""})
    (tmp_path / "bridge.db").unlink()
    world.text("Long ago")
    world.clock.advance(60.0)
    world.revive()
    world.control("PUT", f"/numbers/{SUPPORT}", {"sms_url": f"{BRIDGE_URL}/webhooks/twilio/sms"})
    world.text("Hello")
    world.settle(60.0)
    assert len(world.shown()) == 1
    world.close()
