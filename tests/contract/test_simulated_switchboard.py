"""Who has control on the simulated switchboard, and who hears of it."""

import json
from typing import Any

import pytest

from tests.contract.zendesk_world import AGENTS, BOT, SC, World, refused


@pytest.fixture
def world() -> World:
    return World()


def active(world: World, conversation: str) -> Any:
    shown = world.call("GET", f"{SC}/conversations/{conversation}")[1]["conversation"]
    return shown.get("activeSwitchboardIntegration", {}).get("name")


@pytest.mark.parametrize(("default", "first"), [("bot", BOT), ("agents", AGENTS), ("none", None)])
def test_a_conversation_starts_with_the_default_responder(default: str, first: str | None) -> None:
    """Three set-ups of an account."""
    world = World(default_responder=default)
    assert active(world, world.conversation()) == first


@pytest.mark.parametrize("target", [AGENTS, "zd:agentWorkspace", "next"])
def test_control_moves_after_the_call(world: World, target: str) -> None:
    """200 comes first, the move and its webhook later."""
    conversation = world.conversation()
    body = {"switchboardIntegration": target, "metadata": {"a": "b"}}
    answer = world.call("POST", f"{SC}/conversations/{conversation}/passControl", body)
    assert (answer, active(world, conversation)) == ((200, {}), BOT)
    world.settle()
    [event] = world.bridge.events("switchboard:passControl")
    assert event["payload"]["metadata"] == {"a": "b"}
    assert event["payload"]["conversation"]["activeSwitchboardIntegration"]["name"] == AGENTS
    assert active(world, conversation) == AGENTS


def test_an_unknown_target_is_accepted_and_fails_later(world: World) -> None:
    """A 200 does not prove that control moved."""
    conversation = world.conversation()
    assert world.pass_control(conversation, "nobody") == (200, {})
    [event] = world.bridge.events("switchboard:passControl:failure")
    assert event["payload"]["error"]["code"] == "switchboard_invalid_target"
    assert active(world, conversation) == BOT


def test_released_control_goes_to_nobody_until_the_customer_writes(world: World) -> None:
    """Then the default responder has it."""
    conversation = world.live_chat()
    world.call("POST", f"{SC}/conversations/{conversation}/releaseControl")
    world.settle()
    [event] = world.bridge.events("switchboard:releaseControl")
    assert "activeSwitchboardIntegration" not in event["payload"]["conversation"]
    assert active(world, conversation) is None
    world.post(conversation, "still there?")
    assert active(world, conversation) == BOT


def switchboard(world: World) -> str:
    return f"{SC}/switchboards/{world.call('GET', f'{SC}/switchboards')[1]['switchboards'][0]['id']}"


def test_a_linked_integration_without_standby_events_hears_only_its_turn(world: World) -> None:
    """The unlinked one hears everything."""
    path = f"{switchboard(world)}/switchboardIntegrations"
    hook = {"target": "https://linked.test/", "triggers": ["conversation:message"]}
    made = world.call("POST", f"{SC}/integrations", {"type": "custom", "webhooks": [hook]})[1]["integration"]
    link = {"name": "bridge", "integrationId": made["id"], "deliverStandbyEvents": False}
    assert world.call("POST", path, link)[0] == 201
    conversation = world.conversation()
    world.post(conversation, "one")
    world.pass_control(conversation, "bridge")
    world.post(conversation, "two")
    linked = [json.loads(h.body) for h in world.bridge.hooks if "linked" in h.url]
    assert [each["events"][0]["payload"]["message"]["content"]["text"] for each in linked] == ["two"]
    assert len(world.bridge.events("conversation:message")) == 3


def test_the_board_holds_ten(world: World) -> None:
    """The eleventh has an error of its own."""
    path = f"{switchboard(world)}/switchboardIntegrations"
    for number in range(8):
        assert world.call("POST", path, {"name": f"n{number}", "integrationType": "x"})[0] == 201
    refusal = refused(world.call("POST", path, {"name": "n9", "integrationType": "x"}))
    assert refusal[:2] == (400, "too_many_switchboard_integrations")
