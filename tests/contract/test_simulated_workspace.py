"""The simulated Agent Workspace: what agents do, and how a session ends."""

import base64
from typing import Any

import pytest

from tests.contract.zendesk_world import AGENTS, API, BOT, MINE, SC, Json, World, ticket


@pytest.fixture
def world() -> World:
    return World()


def tickets(world: World, conversation: str) -> int:
    return len(world.seen(conversation)["tickets"])


# --- agents ---


def test_a_reply_goes_out_as_an_agents_message(world: World) -> None:
    """It bears the agent's name, subtype and id."""
    conversation = world.live_chat(opencx_session_id="s1")
    assert world.agent(conversation, "replies", text="On it", agent="Ben")[0] == 200
    payload = world.bridge.events("conversation:message")[-1]["payload"]
    message = payload["message"]
    assert message["author"] == {"type": "business", "displayName": "Ben", "subtypes": ["agent"]}
    assert message["source"] == {"type": "zd:agentWorkspace"}
    assert message["metadata"]["__zendesk_msg.agent.id"].isdecimal()
    assert payload["conversation"]["metadata"] == {"opencx_session_id": "s1"}
    assert ticket(world, conversation)["status"] == "open"


def test_events_can_lack_subtypes() -> None:
    """A bridge must work both ways."""
    world = World(event_subtypes=False)
    world.agent(world.live_chat(), "replies", text="On it")
    assert "subtypes" not in world.bridge.events("conversation:message")[-1]["payload"]["message"]["author"]


def test_a_note_is_no_message(world: World) -> None:
    """It is on the ticket; no webhook tells of it."""
    conversation = world.live_chat()
    before = len(world.bridge.hooks)
    world.agent(conversation, "replies", text="angry customer", note=True)
    shown = world.seen(conversation)
    assert (len(world.bridge.hooks), len(shown["messages"])) == (before, 1)
    assert shown["ticket"]["notes"] == ["angry customer"]
    path = f"{API}/tickets/{shown['ticket']['id']}/comments"
    assert [comment["public"] for comment in world.call("GET", path)[1]["comments"]] == [False]


@pytest.mark.parametrize(("kind", "shown"), [("image/png", "image"), ("application/pdf", "file")])
def test_a_text_and_a_file_are_two_messages(world: World, kind: str, shown: str) -> None:
    """The file has an address on the simulated host."""
    conversation = world.live_chat()
    file = {
        "name": "a.bin",
        "content_type": kind,
        "base64": base64.b64encode(b"meow").decode(),
        "private": True,
    }
    answer = world.agent(conversation, "replies", text="see", file=file)[1]
    assert len(answer["messages"]) == 2
    content = world.bridge.events("conversation:message")[-1]["payload"]["message"]["content"]
    assert (content["type"], content["mediaType"], content["mediaSize"]) == (shown, kind, 4)
    path = content["mediaUrl"].removeprefix(world.network.base)
    assert world.call("GET", path, auth=None)[0] == 401


def test_an_agent_cannot_write_while_the_bot_has_control(world: World) -> None:
    """The control call is refused and says why."""
    conversation = world.conversation()
    world.post(conversation, "hi")
    status, answer = world.agent(conversation, "replies", text="hello")
    assert (status, answer["error"]) == (
        409,
        "the Agent Workspace does not hold control of this conversation",
    )


def test_a_trigger_writes_a_line_of_its_own(world: World) -> None:
    """It can be told from an agent's."""
    world.agent(world.live_chat(), "trigger-line", text="We are closed.")
    message = world.bridge.events("conversation:message")[-1]["payload"]["message"]
    assert message["metadata"] == {"__zendesk_msg.agent.id": "__trigger"}


def test_typing_is_told_to_those_who_asked(world: World) -> None:
    """It is no message."""
    hook = {"target": "https://all.test/", "triggers": ["conversation:typing"]}
    world.call("POST", f"{SC}/integrations/{MINE}/webhooks", hook)
    world.agent(world.live_chat(), "typing")
    [event] = world.bridge.events("conversation:typing")
    assert event["payload"]["activity"]["type"] == "typing:start"


def test_a_silent_message_is_shown_as_such(world: World) -> None:
    """Stored and shown to agents, delivered to nobody."""
    conversation = world.live_chat()
    world.post(conversation, "held back", "business", destination={"integrationType": "none"})
    assert world.seen(conversation)["messages"][-1]["silent"] is True


# --- the end ---


def test_solved_is_not_ended(world: World) -> None:
    """Control stays; the customer's next text opens the same ticket again."""
    conversation = world.live_chat()
    world.agent(conversation, "solve")
    shown = world.seen(conversation)
    assert (shown["ticket"]["status"], shown["control"], shown["ended"]) == ("solved", AGENTS, False)
    world.post(conversation, "one more thing")
    assert ticket(world, conversation)["status"] == "open"
    assert tickets(world, conversation) == 1
    assert world.bridge.events("switchboard:releaseControl") == []


def last_two(world: World) -> list[Any]:
    return [(event["type"], event["payload"].get("reason")) for event in world.bridge.events()[-2:]]


def test_closing_releases_control_after_a_system_line(world: World) -> None:
    """The line is an activity, the release names its reason."""
    conversation = world.live_chat()
    world.agent(conversation, "close")
    assert last_two(world) == [
        ("conversation:message", None),
        ("switchboard:releaseControl", "ticketClosed"),
    ]
    line = world.bridge.events("conversation:message")[-1]["payload"]["message"]
    assert (line["activity"], line["author"]["subtypes"]) == ({"type": "ticket:closed"}, ["activity"])
    shown = world.seen(conversation)
    assert (shown["ticket"]["status"], shown["control"], shown["ended"]) == ("closed", None, True)


CLOSINGS = [("pass", BOT, "switchboard:passControl"), ("silent", None, "conversation:message")]


@pytest.mark.parametrize(("switch", "control", "event"), CLOSINGS)
def test_closing_may_pass_control_or_say_nothing(switch: str, control: str | None, event: str) -> None:
    """The open question has a switch."""
    world = World(ticket_closed=switch)
    conversation = world.live_chat()
    world.agent(conversation, "close")
    assert world.seen(conversation)["control"] == control
    assert world.bridge.events()[-1]["type"] == event


def test_closing_by_the_support_api_is_the_same(world: World) -> None:
    """Control leaves whoever closes the ticket."""
    conversation = world.live_chat()
    number = ticket(world, conversation)["id"]
    assert world.call("PUT", f"{API}/tickets/{number}", {"ticket": {"status": "closed"}})[0] == 200
    assert world.seen(conversation)["ended"] is True
    assert world.call("PUT", f"{API}/tickets/{number}", {"ticket": {"status": "open"}})[0] == 422


def test_ending_gives_no_reason_and_leaves_the_ticket(world: World) -> None:
    """The customer is not told."""
    conversation = world.live_chat()
    world.agent(conversation, "end")
    shown = world.seen(conversation)
    assert (shown["ticket"]["status"], shown["control"], shown["ended"]) == ("new", None, True)
    assert last_two(world)[-1] == ("switchboard:releaseControl", None)
    assert len(shown["messages"]) == 1


def test_the_customer_can_end_too(world: World) -> None:
    """A system line says so."""
    conversation = world.live_chat()
    world.agent(conversation, "end", by="user")
    line = world.bridge.events("conversation:message")[-1]["payload"]["message"]
    assert line["activity"] == {"type": "conversation:endedByUser"}


@pytest.mark.parametrize("end", ["end", "close"])
def test_after_the_end_a_text_opens_a_new_session(end: str) -> None:
    """Under the default responder: here the agents, with a ticket of its own."""
    world = World(default_responder="agents")
    conversation = world.live_chat()
    world.agent(conversation, end)
    assert world.post(conversation, "again")[0] == 201
    shown = world.seen(conversation)
    assert (len(shown["tickets"]), shown["control"], shown["ended"]) == (2, AGENTS, False)


def test_after_the_end_a_text_can_be_refused() -> None:
    """An app setting forbids to reopen."""
    world = World(disable_conversation_reopen=True)
    conversation = world.live_chat()
    world.agent(conversation, "end")
    assert world.post(conversation, "again")[0] == 400
    assert len(world.seen(conversation)["messages"]) == 1


def test_control_can_fail_late_or_move_in_silence() -> None:
    """Two bad days of the platform."""
    for passing, control, told in (("fails", BOT, 1), ("silent", AGENTS, 0)):
        world = World(passing=passing, passing_delay=5)
        conversation = world.conversation()
        world.post(conversation, "hi")
        world.pass_control(conversation)
        world.network.clock.advance(5)
        assert world.seen(conversation)["control"] == control
        assert len(world.bridge.events("switchboard:passControl:failure")) == told


BAD_SWITCHES = [{"no_such": 1}, {"passing": "sometimes"}, {"multi_conversations": "yes"}, {"index_lag": True}]


@pytest.mark.parametrize("wanted", BAD_SWITCHES)
def test_a_switch_that_is_none_is_refused(world: World, wanted: Json) -> None:
    """Nothing changes."""
    before = world.act("GET", "/zendesk")
    assert world.act("PUT", "/zendesk", wanted)[0] == 400
    assert world.act("GET", "/zendesk") == before


def test_without_a_registered_webhook_nothing_is_heard() -> None:
    """As on an account that was never set up."""
    world = World(webhook_registered=False)
    world.live_chat()
    assert world.bridge.hooks == []
