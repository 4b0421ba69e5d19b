"""How a ticket is born in the simulated Agent Workspace: when, with what tags and messages, and for whom."""

import pytest

from tests.contract.zendesk_world import API, BOT, MARIA, SC, Json, World, ticket

TAGS = "dataCapture.systemField.tags"
FIELD = "dataCapture.ticketField.900100200300"


@pytest.fixture
def world() -> World:
    return World()


def tickets(world: World, conversation: str) -> int:
    return len(world.seen(conversation)["tickets"])


# --- birth ---


def test_no_ticket_while_the_bot_has_control(world: World) -> None:
    """Messages alone make none."""
    conversation = world.conversation()
    world.post(conversation, "hi")
    assert (ticket(world, conversation), world.seen(conversation)["control"]) == (None, BOT)


def test_control_makes_the_ticket_of_what_was_said(world: World) -> None:
    """The channel tells that it came by Sunshine."""
    conversation = world.live_chat()
    assert ticket(world, conversation)["via"] == "sunshine_conversations_api"
    assert ticket(world, conversation)["status"] == "new"


def test_control_of_an_empty_conversation_waits_for_a_message(world: World) -> None:
    """What was passed with control is kept for the ticket."""
    conversation = world.conversation()
    world.pass_control(conversation, **{TAGS: "late"})
    assert tickets(world, conversation) == 0
    world.post(conversation, "hi")
    assert ticket(world, conversation)["tags"] == ["late"]


def test_control_of_an_empty_conversation_can_be_refused() -> None:
    """The open question has a switch."""
    world = World(passing_empty="fails")
    conversation = world.conversation()
    world.pass_control(conversation)
    assert world.seen(conversation)["control"] == BOT
    assert len(world.bridge.events("switchboard:passControl:failure")) == 1


def test_with_agents_as_default_the_first_message_makes_the_ticket() -> None:
    """Conversation metadata is all it has; what comes with control is too late."""
    world = World(default_responder="agents")
    conversation = world.conversation(metadata={TAGS: "early"})
    world.post(conversation, "hi")
    world.pass_control(conversation, **{TAGS: "late"})
    assert ticket(world, conversation)["tags"] == ["early"]
    assert tickets(world, conversation) == 1


def test_tags_and_fields_are_united(world: World) -> None:
    """Commas and blanks separate tags; passControl wins where only one value can stand."""
    own = {TAGS: "opencx_channel_sms, VIP", FIELD: "old", "dataCapture.systemField.priority": "high"}
    conversation = world.conversation(metadata=own)
    world.post(conversation, "hi")
    world.pass_control(conversation, **{TAGS: "vip handed_off", FIELD: "sess_1"})
    born = ticket(world, conversation)
    assert born["tags"] == ["opencx_channel_sms", "vip", "handed_off"]
    assert born["fields"] == {"900100200300": "sess_1"}
    assert born["priority"] == "high"


def test_later_metadata_changes_nothing(world: World) -> None:
    """Neither a patch nor a second passing of control."""
    conversation = world.live_chat()
    world.call("PATCH", f"{SC}/conversations/{conversation}", {"metadata": {TAGS: "late"}})
    world.pass_control(conversation, **{TAGS: "later"})
    assert ticket(world, conversation)["tags"] == []


def transcript(world: World, conversation: str) -> list[str]:
    shown = world.seen(conversation)
    words = {message["id"]: message["text"] for message in shown["messages"]}
    return [words[message] for message in shown["ticket"]["transcript"]]


def test_the_ticket_shows_the_last_ten_messages(world: World) -> None:
    """And everything after them."""
    conversation = world.conversation()
    for number in range(12):
        world.post(conversation, str(number))
    world.pass_control(conversation)
    world.post(conversation, "after")
    assert transcript(world, conversation) == [*map(str, range(2, 12)), "after"]


def test_first_message_id_moves_the_start(world: World) -> None:
    """Earlier than ten messages ago."""
    conversation = world.conversation()
    posted = [world.post(conversation, str(number))[1]["messages"][0]["id"] for number in range(14)]
    world.pass_control(conversation, first_message_id=posted[1])
    assert transcript(world, conversation) == list(map(str, range(1, 14)))


# --- the requester ---


def person(world: World, **fields: object) -> str:
    return str(world.act("POST", "/support/users", {"name": "Maria", **fields})[1]["id"])


def test_the_same_external_id_links_to_the_known_contact(world: World) -> None:
    """No duplicate appears."""
    known = person(world, external_id=MARIA)
    conversation = world.live_chat()
    assert str(ticket(world, conversation)["requester_id"]) == known
    assert world.seen(conversation)["user"]["zendesk_id"] == known


def test_a_phone_links_nobody(world: World) -> None:
    """A duplicate contact appears: without phone, with a messaging identity."""
    known = person(world, phone=MARIA)
    conversation = world.live_chat()
    made = ticket(world, conversation)["requester_id"]
    assert str(made) != known
    identities = world.call("GET", f"{API}/users/{made}/identities")[1]["identities"]
    assert [(each["type"], each["value"]) for each in identities] == [
        ("messaging", world.seen(conversation)["user"]["id"])
    ]


def test_a_nameless_customer_gets_an_invented_name(world: World) -> None:
    """Which is why the bridge must name them."""
    assert world.seen(world.live_chat())["user"]["name"].startswith("Web User ")


@pytest.mark.parametrize(
    "fields",
    [
        {"metadata": {"phone": MARIA}, "externalId": "cust-9"},
        {"profile": {"givenName": MARIA}, "externalId": "c"},
        {},
    ],
)
def test_the_phone_is_found_on_the_user(world: World, fields: Json) -> None:
    """In metadata, in the external id, or in the name."""
    assert world.seen(world.conversation(world.user(**fields)))["user"]["phone"] == MARIA
