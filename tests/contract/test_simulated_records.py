"""Users, conversations, messages and merges of the simulated Sunshine, as they are kept and shown."""

import pytest

from simulator import accounts
from tests.contract.zendesk_world import MARIA, SC, World, refused


@pytest.fixture
def world() -> World:
    return World()


def test_the_same_external_id_twice_is_a_conflict(world: World) -> None:
    """The second user is refused, the first is found by external id."""
    first = world.user()
    assert refused(world.call("POST", f"{SC}/users", {"externalId": MARIA})) == (
        409,
        "conflict",
        "User already exists",
    )
    assert world.call("GET", f"{SC}/users/{MARIA}")[1]["user"]["id"] == first


def test_metadata_is_merged_and_null_deletes(world: World) -> None:
    """A patch changes what it names."""
    user = world.user(metadata={"a": "1", "b": "2"})
    answer = world.call("PATCH", f"{SC}/users/{user}", {"metadata": {"b": None, "c": True}, "unknown": 1})
    assert answer[1]["user"]["metadata"] == {"a": "1", "c": True}


def test_metadata_can_be_replaced_instead() -> None:
    """The open question has a switch."""
    world = World(metadata_patch="replace")
    user = world.user(metadata={"a": "1"})
    answer = world.call("PATCH", f"{SC}/users/{user}", {"metadata": {"c": True}})
    assert answer[1]["user"]["metadata"] == {"c": True}


def test_without_multi_conversations_the_second_is_refused() -> None:
    """The first one stays usable."""
    world = World(multi_conversations=False)
    user = world.user()
    first = world.conversation(user)
    body = {"type": "personal", "participants": [{"userId": user}]}
    assert world.call("POST", f"{SC}/conversations", body)[0] == 400
    assert world.post(first, "hello")[0] == 201


def test_the_first_conversation_is_the_default_and_stays(world: World) -> None:
    """Only the second can be deleted, and is announced."""
    user = world.user()
    first, second = world.conversation(user), world.conversation(user)
    assert refused(world.call("DELETE", f"{SC}/conversations/{first}")) == (
        400,
        "bad_request",
        f"Conversation {first} cannot be deleted because it is the default.",
    )
    assert world.call("DELETE", f"{SC}/conversations/{second}") == (200, {})
    world.settle()
    assert [e["payload"]["conversation"]["id"] for e in world.bridge.events("conversation:remove")] == [
        second
    ]


def test_a_full_conversation_is_locked(world: World) -> None:
    """30,000 messages and no more."""
    conversation = world.conversation()
    held = world.sunshine.world.conversations[conversation]
    world.post(conversation, "hello")
    held.messages *= 30_000
    assert refused(world.post(conversation, "one more")) == (
        423,
        "locked",
        "Message limit of 30000 per conversation reached.",
    )


def test_messages_come_newest_page_first(world: World) -> None:
    """Each page is oldest to newest; the cursor goes back."""
    conversation = world.conversation()
    for number in range(103):
        world.post(conversation, str(number))
    path = f"{SC}/conversations/{conversation}/messages"
    newest = world.call("GET", path)[1]
    words = [message["content"]["text"] for message in newest["messages"]]
    assert (words[0], words[-1], newest["meta"]["hasMore"]) == ("3", "102", True)
    before = world.call("GET", f"{path}?page[before]={newest['meta']['beforeCursor']}")[1]
    assert [message["content"]["text"] for message in before["messages"]] == ["0", "1", "2"]
    assert before["meta"]["hasMore"] is False
    assert "beforeCursor" not in before["meta"]


def test_conversations_are_paged_forwards(world: World) -> None:
    """The link leads to the next page."""
    user = world.user()
    made = [world.conversation(user) for _ in range(3)]
    path = f"{SC}/conversations?filter[userId]={user}&page[size]=2"
    first = world.call("GET", path)[1]
    assert [each["id"] for each in first["conversations"]] == made[:2]
    following = first["links"]["next"].removeprefix("http://127.0.0.1:4010")
    assert [each["id"] for each in world.call("GET", following)[1]["conversations"]] == made[2:]


def test_ids_made_in_one_moment_keep_their_order(world: World) -> None:
    """Sorting by id is sorting by time."""
    conversation = world.conversation()
    ids = [world.post(conversation, str(number))[1]["messages"][0]["id"] for number in range(20)]
    assert ids == sorted(ids)
    assert all(len(each) == 24 for each in ids)


def test_a_message_shows_every_field(world: World) -> None:
    """The reply is what the documents show; unknown keys of the request are ignored."""
    conversation = world.conversation()
    status, answer = world.post(conversation, "hi", metadata={"sms": "SM1"}, source={"type": "x"})
    message = answer["messages"][0]
    assert status == 201
    assert "userExternalId" not in message["author"]  # write-only (SUN-MSG-02)
    assert message["source"] == {"type": "api:conversations"}
    assert (message["content"], message["metadata"]) == ({"type": "text", "text": "hi"}, {"sms": "SM1"})
    assert message["received"].endswith("Z")


def test_card_numbers_are_masked(world: World) -> None:
    """A number that passes the check sum loses all but four digits; others stay."""
    conversation = world.conversation()
    for said, stored in (
        ("pay 4111 1111 1111 1111 now", "pay XXXX XXXX XXXX 1111 now"),
        ("order 4111111111111112", "order 4111111111111112"),
    ):
        message = world.post(conversation, said)[1]["messages"][0]
        assert message["content"]["text"] == stored


def test_reading_and_typing(world: World) -> None:
    """Reading moves marks; a user cannot type."""
    conversation = world.conversation()
    world.post(conversation, "hi", "business")
    path = f"{SC}/conversations/{conversation}"
    assert world.call("GET", f"{path}/participants")[1]["participants"][0]["unreadCount"] == 1
    user = {"type": "user", "userExternalId": MARIA}
    assert world.call("POST", f"{path}/activity", {"author": user, "type": "conversation:read"}) == (200, {})
    assert world.call("GET", f"{path}/participants")[1]["participants"][0]["unreadCount"] == 0
    assert world.call("POST", f"{path}/activity", {"author": user, "type": "typing:start"})[0] == 400
    world.call("POST", f"{path}/activity", {"author": {"type": "business"}, "type": "conversation:read"})
    assert "businessLastRead" in world.call("GET", path)[1]["conversation"]


def test_a_merge_moves_conversations_and_forgets_the_discarded(world: World) -> None:
    """Only v1.1 can, with its own key names; the event names both."""
    loser, winner = (
        world.user(metadata={"a": "theirs"}),
        world.user(externalId="cust-9", metadata={"a": "own"}),
    )
    conversation = world.conversation(loser)
    path = f"/zendesk/sc/v1.1/apps/{accounts.SUNSHINE_APP_ID}/appusers/merge"
    assert world.call("POST", path, {"surviving": {"_id": winner}, "discarded": {"_id": loser}}) == (200, {})
    world.settle()
    [event] = world.bridge.events("user:merge")
    assert event["payload"]["mergedUsers"]["surviving"]["externalId"] == "cust-9"
    assert event["payload"]["mergedUsers"]["discarded"]["externalId"] == MARIA
    assert world.call("GET", f"{SC}/users/{MARIA}")[0] == 404
    assert world.seen(conversation)["user"]["id"] == winner
    assert world.call("GET", f"{SC}/users/{winner}")[1]["user"]["metadata"] == {"a": "theirs"}


def test_v1_errors_have_another_shape(world: World) -> None:
    """One error, with a description."""
    path = f"/zendesk/sc/v1.1/apps/{accounts.SUNSHINE_APP_ID}/appusers/merge"
    unknown = world.call("POST", path, {"surviving": {"_id": "a"}, "discarded": {"_id": "b"}})
    assert unknown == (404, {"error": {"code": "user_not_found", "description": "User not found"}})
    assert world.call("POST", path, {}, auth=None)[1]["error"]["code"] == "unauthorized"


def test_a_deleted_user_is_announced(world: World) -> None:
    """The user goes with the conversations."""
    conversation = world.live_chat()
    assert world.call("DELETE", f"{SC}/users/%2B14155550101".replace("%2B", "+")) == (200, {})
    world.settle()
    assert len(world.bridge.events("user:remove")) == 1
    assert world.call("GET", f"{SC}/conversations/{conversation}")[0] == 404
