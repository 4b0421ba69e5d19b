"""The simulated Sunshine Conversations keeps the documents' rules and refuses in the documents' words."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from simulator import accounts
from simulator.network import HookAnswer
from simulator.web import Request
from tests.contract.zendesk_world import AGENTS, APP_KEY, BOT, INTEGRATION_KEY, MARIA, SC, Json, World

NOBODY = "6a0000000000000000009999"


@pytest.fixture
def world() -> World:
    return World()


def refused(answer: tuple[int, Any]) -> tuple[int, str, str]:
    """Status, code and title of a refusal."""
    return answer[0], answer[1]["errors"][0]["code"], answer[1]["errors"][0]["title"]


UNKNOWN = [
    ("GET", f"/users/{NOBODY}", "user_not_found", "User not found"),
    ("GET", f"/conversations/{NOBODY}", "conversation_not_found", "Conversation not found"),
    ("GET", f"/conversations/{NOBODY}/messages", "conversation_not_found", "Conversation not found"),
    ("GET", f"/conversations?filter[userId]={NOBODY}", "user_not_found", "User not found"),
    ("GET", f"/integrations/{NOBODY}", "integration_not_found", "Integration not found"),
    ("GET", f"/integrations/{NOBODY}/webhooks", "integration_not_found", "Integration not found"),
    ("GET", f"/integrations/me/webhooks/{NOBODY}", "not_found", "Resource not found"),
    (
        "GET",
        f"/switchboards/{NOBODY}/switchboardIntegrations",
        "switchboard_not_found",
        "Switchboard not found",
    ),
    ("GET", "/no/such/path", "not_found", "Resource not found"),
]


@pytest.mark.parametrize(("method", "path", "code", "title"), UNKNOWN)
def test_what_is_not_there_is_404_in_the_words_of_the_documents(
    world: World, method: str, path: str, code: str, title: str
) -> None:
    """Each unknown thing has its own code and title."""
    assert refused(world.call(method, SC + path)) == (404, code, title)


ME = [{"userExternalId": MARIA}]
BAD_BODIES = [
    ("POST", "/conversations", {"participants": ME}, "should have required property 'type'"),
    ("POST", "/conversations", {"type": "personal"}, "personal conversations need exactly one participant"),
    (
        "POST",
        "/conversations",
        {"type": "personal", "participants": [{"userId": "u", "userExternalId": MARIA}]},
        "participant should have exactly one of userId, userExternalId",
    ),
    ("POST", "/conversations", {"type": "sdkGroup", "participants": ME * 11}, "Too many participants"),
    ("POST", "/users", {"profile": {"givenName": ""}}, "givenName should be a string of 1 to 128 characters"),
    ("POST", "/users", {"metadata": {"a": {}}}, "metadata.a should be string, number or boolean"),
    ("POST", "/users", {"metadata": {"a": "é" * 2100}}, "Metadata is limited to 4096 bytes in size."),
    ("POST", "/integrations", {"type": "twilio"}, "Invalid integration type"),
    ("POST", "/integrations", {"type": "custom", "webhooks": []}, "webhooks should have exactly 1 item"),
    (
        "POST",
        "/integrations/me/webhooks",
        {"target": "https://x.test", "triggers": ["*"]},
        "triggers should be an array of known triggers",
    ),
    ("GET", "/conversations", None, "Invalid query parameters"),
    ("GET", "/users?filter[externalId]=x", None, "Invalid query parameters"),
    (
        "GET",
        f"/conversations?filter[userExternalId]={MARIA}&filter[userId]=u",
        None,
        "Invalid query parameters",
    ),
    (
        "GET",
        "/conversations?filter[userExternalId]=%2B14155550101&page[size]=101",
        None,
        "Invalid page query parameters",
    ),
    (
        "GET",
        f"/conversations?filter[userExternalId]=%2B14155550101&page[after]={NOBODY}&page[before]={NOBODY}",
        None,
        "Invalid page query parameters",
    ),
]


@pytest.mark.parametrize(("method", "path", "body", "title"), BAD_BODIES)
def test_a_request_that_breaks_a_rule_is_400(
    world: World, method: str, path: str, body: Json | None, title: str
) -> None:
    """The refusal names the rule."""
    world.user()
    assert refused(world.call(method, SC + path, body)) == (400, "bad_request", title)


def text(words: str) -> Json:
    return {"type": "text", "text": words}


BAD_POSTS = [
    ({"content": text("x")}, "should have required property 'author'"),
    ({"author": {"type": "robot"}}, "author.type should be equal to one of the allowed values"),
    ({"author": {"type": "user", "userId": NOBODY}}, "User is not a member of the conversation"),
    ({"author": {"type": "business", "subtypes": ["agent"]}}, "author.subtypes may only hold AI"),
    ({"content": text("😀" * 2049)}, "text should NOT be longer than 4096 characters"),
    ({"content": text("")}, "should have required property 'text'"),
    ({"content": {"type": "formResponse"}}, "Invalid content type: formResponse"),
    ({"content": {"type": "image"}}, "should have required property 'mediaUrl'"),
    ({"metadata": {"nested": []}}, "metadata.nested should be string, number or boolean"),
    (
        {"destination": {"integrationType": "none"}, "author": {"type": "user", "userExternalId": MARIA}},
        "destination is only supported for business messages in personal conversations",
    ),
]


@pytest.mark.parametrize(("changed", "title"), BAD_POSTS)
def test_a_message_that_breaks_a_rule_is_400(world: World, changed: Json, title: str) -> None:
    """Nothing of it is stored."""
    conversation = world.conversation()
    body = {"author": {"type": "business"}, "content": text("hello"), **changed}
    if "author" not in changed and title.endswith("'author'"):
        del body["author"]
    answer = world.call("POST", f"{SC}/conversations/{conversation}/messages", body)
    assert refused(answer) == (400, "bad_request", title)
    assert world.seen(conversation)["messages"] == []


def test_the_longest_text_counts_utf16_units(world: World) -> None:
    """2048 astral characters fit exactly."""
    assert world.post(world.conversation(), "😀" * 2048)[0] == 201


def jwt(secret: str) -> str:
    """A signed token of our key."""

    def part(content: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")

    head = f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': APP_KEY[0]})}.{part({'scope': 'app'})}"
    signature = hmac.new(secret.encode(), head.encode(), hashlib.sha256).digest()
    return f"{head}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


KEYS = [
    (None, "", 401),
    ((APP_KEY[0], "wrong"), "", 401),
    (jwt("wrong"), "", 401),
    ("no.jwt", "", 401),
    (jwt(APP_KEY[1]), "", 200),
    (APP_KEY, "", 200),
    (INTEGRATION_KEY, "", 403),
    (INTEGRATION_KEY, "/switchboards", 403),
    (INTEGRATION_KEY, "/integrations/me/webhooks", 200),
    (INTEGRATION_KEY, f"/integrations/{NOBODY}/webhooks", 403),
    (INTEGRATION_KEY, f"/users/{NOBODY}", 404),
]


@pytest.mark.parametrize(("key", "path", "status"), KEYS)
def test_a_key_reaches_what_its_scope_allows(world: World, key: Any, path: str, status: int) -> None:
    """Bad credentials are 401, a scope too small 403."""
    assert world.call("GET", SC + path, auth=key)[0] == status


def test_another_app_is_not_found(world: World) -> None:
    """The right key, the wrong app."""
    answer = world.call("GET", "/zendesk/sc/v2/apps/6a00000000000000000000ff")
    assert refused(answer) == (404, "app_not_found", "App not found")


def test_an_app_key_can_be_made_to_have_integration_scope() -> None:
    """The switch shows what a mistaken key looks like."""
    assert World(key_scope="integration").call("GET", SC)[0] == 403


def test_the_app_shows_its_account(world: World) -> None:
    """Settings and subdomain are there for a set-up check."""
    app = world.call("GET", SC)[1]["app"]
    assert app["subdomain"] == accounts.ZENDESK_SUBDOMAIN
    assert app["settings"]["multiConvoEnabled"] is True


def test_too_much_json_is_413(world: World) -> None:
    """100 kB is the limit."""
    body = b'{"externalId":"' + b"x" * 102_400 + b'"}'
    assert refused(world.call("POST", f"{SC}/users", body))[:2] == (413, "payload_too_large")


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
    assert message["author"]["userExternalId"] == MARIA
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


# --- attachments ---


def upload(
    world: World, query: str = "access=public&for=message", kind: str = "image/png"
) -> tuple[int, Any]:
    body = (
        b'--b\r\nContent-Disposition: form-data; name="source"; filename="cat.png"\r\n'
        b"Content-Type: " + kind.encode() + b"\r\n\r\nmeow\r\n--b--\r\n"
    )
    request = Request("POST", f"{SC}/attachments", query, body=body)
    request.headers["Content-Type"] = "multipart/form-data; boundary=b"
    request.headers["Authorization"] = "Basic " + base64.b64encode(":".join(APP_KEY).encode()).decode()
    response = world.send(request)
    return response.status, json.loads(response.body)


def fetched(world: World, url: str, **headers: str) -> tuple[int, bytes]:
    request = Request("GET", url.removeprefix("http://127.0.0.1:4010"))
    request.headers.extend(headers)
    response = world.send(request)
    return response.status, response.body


def test_an_upload_can_be_fetched_and_posted(world: World) -> None:
    """A public file needs no key; the message tells its type and size."""
    conversation = world.conversation()
    status, answer = upload(world)
    url = answer["attachment"]["mediaUrl"]
    assert (status, fetched(world, url)) == (201, (200, b"meow"))
    message = world.post(conversation, "", content={"type": "image", "mediaUrl": url})[1]["messages"][0]
    assert (message["content"]["mediaType"], message["content"]["mediaSize"]) == ("image/png", 4)
    assert world.seen(conversation)["messages"][0]["media"] == [
        {"url": url, "content_type": "image/png", "size": 4, "readable": True}
    ]


def test_a_private_attachment_needs_a_key() -> None:
    """Without one the answer is 401."""
    world = World(private_attachments=True)
    url = upload(world)[1]["attachment"]["mediaUrl"]
    key = "Basic " + base64.b64encode(":".join(APP_KEY).encode()).decode()
    assert fetched(world, url)[0] == 401
    assert fetched(world, url, Authorization=key) == (200, b"meow")


@pytest.mark.parametrize("query", ["", "access=private", "access=public&conversationId=nowhere"])
def test_an_upload_must_be_public_and_for_a_conversation_that_exists(world: World, query: str) -> None:
    """Anything else is refused."""
    assert upload(world, query)[0] in (400, 404)


def test_some_types_are_refused(world: World) -> None:
    """Programs cannot be uploaded."""
    assert upload(world, kind="application/x-msdownload")[0] == 400


def test_a_file_of_another_conversation_cannot_be_posted(world: World) -> None:
    """It is bound to its own."""
    user = world.user()
    here, there = world.conversation(user), world.conversation(user)
    url = upload(world, f"access=public&conversationId={there}")[1]["attachment"]["mediaUrl"]
    assert world.post(here, "", content={"type": "image", "mediaUrl": url})[0] == 400
    assert world.post(there, "", content={"type": "image", "mediaUrl": url})[0] == 201


# --- the switchboard ---


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


# --- webhooks ---


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
    world.call("POST", f"{SC}/integrations/me/webhooks", hook)
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
    path = f"{SC}/integrations/me/webhooks"
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


# --- merging messaging users ---


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
