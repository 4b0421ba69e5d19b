"""The simulated Sunshine Conversations keeps the documents' rules and refuses in the documents' words."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from simulator import accounts
from tests.contract.zendesk_world import (
    APP_KEY,
    INTEGRATION_KEY,
    MARIA,
    MINE,
    SC,
    Json,
    World,
    refused,
)

NOBODY = "6a0000000000000000009999"


@pytest.fixture
def world() -> World:
    return World()


UNKNOWN = [
    ("GET", f"/users/{NOBODY}", "user_not_found", "User not found"),
    ("GET", f"/conversations/{NOBODY}", "conversation_not_found", "Conversation not found"),
    ("GET", f"/conversations/{NOBODY}/messages", "not_found", "Resource not found"),
    ("GET", f"/conversations?filter[userId]={NOBODY}", "user_not_found", "User not found"),
    ("GET", f"/integrations/{NOBODY}", "integration_not_found", "Integration not found"),
    ("GET", f"/integrations/{NOBODY}/webhooks", "integration_not_found", "Integration not found"),
    ("GET", f"/integrations/{MINE}/webhooks/{NOBODY}", "not_found", "Resource not found"),
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
    ("POST", "/integrations", {"type": "pigeon"}, "Invalid integration type"),
    ("POST", "/integrations", {"type": "custom", "webhooks": []}, "webhooks should have exactly 1 item"),
    (
        "POST",
        f"/integrations/{MINE}/webhooks",
        {"target": "https://x.test", "triggers": ["*"]},
        "Bad request",
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
