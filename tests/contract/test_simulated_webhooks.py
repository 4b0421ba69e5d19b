"""Webhooks of the simulated Sunshine: envelope, retries, faults, management."""

import json

import pytest

from simulator import accounts
from simulator.hooks import HookAnswer
from tests.contract.zendesk_world import MARIA, MINE, SC, World


@pytest.fixture
def world() -> World:
    return World()


def test_the_envelope_and_the_secret(world: World) -> None:
    """An event names app, webhook and conversation, whose metadata rides along."""
    conversation = world.conversation(metadata={"opencx_session_id": "s1"})
    world.post(conversation, "hi")
    [hook] = world.bridge.hooks
    body = json.loads(hook.body)
    assert hook.headers["X-API-Key"] == accounts.SUNSHINE_WEBHOOK_SECRET
    assert hook.url == "http://127.0.0.1:8080/webhooks/sunshine"
    assert (body["app"]["id"], body["webhook"]["version"]) == (accounts.SUNSHINE_APP_ID, "v2")
    payload = body["events"][0]["payload"]
    assert payload["conversation"]["metadata"] == {"opencx_session_id": "s1"}
    assert payload["message"]["author"]["user"]["externalId"] == MARIA


def test_only_triggers_asked_for_are_sent(world: World) -> None:
    """The default integration did not ask for conversation:create."""
    hook = {"target": "https://all.test/", "triggers": ["conversation:create"], "includeFullUser": True}
    world.call("POST", f"{SC}/integrations/{MINE}/webhooks", hook)
    world.conversation(world.user(profile={"givenName": "Maria"}))
    [event] = world.bridge.events()
    assert (event["type"], event["payload"]["creationReason"]) == ("conversation:create", "none")
    assert event["payload"]["user"]["profile"]["givenName"] == "Maria"


RETRIES = [
    (500, 5),
    (429, 5),
    (301, 5),
    (None, 5),
    (400, 1),
    (401, 1),
    (403, 1),
    (404, 1),
    (406, 1),
    (204, 1),
]


@pytest.mark.parametrize(("status", "attempts"), RETRIES)
def test_what_is_tried_again(world: World, status: int | None, attempts: int) -> None:
    """Five attempts in a quarter of an hour, or one; the event's id stays."""
    world.bridge.answers = [HookAnswer(status)] * 9
    world.post(world.conversation(), "hi")
    world.network.clock.advance(900)
    assert len(world.bridge.hooks) == attempts
    assert len({event["id"] for event in world.bridge.events()}) == 1
    assert [hook.attempt for hook in world.bridge.hooks] == list(range(1, attempts + 1))


def test_the_pauses_between_attempts_grow(world: World) -> None:
    """0, 30 s, 2 min, 5 min, 7½ min."""
    world.bridge.answers = [HookAnswer(503)] * 9
    start = world.network.now()
    world.post(world.conversation(), "hi")
    world.network.clock.advance(1000)
    tried = [entry["at"] - start for entry in world.network.ledger.after() if entry["kind"] == "webhook"]
    assert tried == [0, 30, 150, 450, 900]


HOOK_FAULTS = [
    ("drop webhooks", ["two"]),
    ("duplicate 3", ["one", "one", "one", "two"]),
    ("race", ["one", "one", "two"]),
    ("reorder", ["two", "one"]),
    ("hold", ["two"]),
]


@pytest.mark.parametrize(("fault", "heard"), HOOK_FAULTS)
def test_faults_of_webhooks(world: World, fault: str, heard: list[str]) -> None:
    """One planted fault spoils the first webhook only."""
    conversation = world.conversation()
    world.network.faults.plant("sunshine", "conversation:message", fault)
    world.post(conversation, "one")
    world.post(conversation, "two")
    assert world.bridge.texts() == heard


def test_a_held_webhook_leaves_when_released(world: World) -> None:
    """It arrives after newer ones."""
    conversation = world.conversation()
    world.network.faults.plant("sunshine", "webhook", "hold")
    world.post(conversation, "one")
    world.post(conversation, "two")
    assert world.sunshine.release() == 1
    world.settle()
    assert world.bridge.texts() == ["two", "one"]


def test_a_webhook_that_nobody_overtakes_comes_late(world: World) -> None:
    """Reordering never loses one."""
    world.network.faults.plant("sunshine", "webhook", "reorder")
    world.post(world.conversation(), "one")
    assert world.bridge.texts() == []
    world.network.clock.advance(60)
    assert world.bridge.texts() == ["one"]


def test_webhooks_can_be_managed(world: World) -> None:
    """Create, read again with its secret, change, delete; ten at most."""
    path = f"{SC}/integrations/{MINE}/webhooks"
    status, made = world.call("POST", path, {"target": "https://a.test", "triggers": ["user:merge"]})
    one = f"{path}/{made['webhook']['id']}"
    assert (status, world.call("GET", one)[1]) == (201, made)
    changed = world.call("PATCH", one, {"triggers": ["user:remove"]})[1]["webhook"]
    assert (changed["triggers"], changed["target"]) == (["user:remove"], "https://a.test")
    assert world.call("DELETE", one) == (200, {})
    for _ in range(9):
        world.call("POST", path, {"target": "https://a.test", "triggers": ["user:merge"]})
    assert world.call("POST", path, {"target": "https://a.test", "triggers": ["user:merge"]})[0] == 400
    assert len(world.call("GET", path)[1]["webhooks"]) == 10
