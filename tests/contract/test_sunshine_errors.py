"""Every error Sunshine documents can be provoked: the catalogue word for word, then section (b) by name."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from simulator import accounts
from simulator.endings import Hang, Reset, Slow
from simulator.sunshine.attachments import LIMIT
from simulator.web import Request, Response
from tests.contract.models.sunshine import check_answer
from tests.contract.sunshine_stage import (
    ACCOUNT_KEY,
    HOOK,
    SERVICE_KEY,
    Stage,
    basic,
    response_json,
    upload_request,
)
from tests.contract.zendesk_world import APP_KEY, INTEGRATION_KEY, MARIA, SC, Json, refused

NOBODY = "6a0000000000000000009999"
PLACES = "/switchboards/{board}/switchboardIntegrations"
BAD = "bad_request"
SAYS = {"author": {"type": "business"}, "content": {"type": "text", "text": "hi"}}
LINK = {
    "matchCriteria": {"type": "twilio", "integrationId": "{twilio}", "phoneNumber": "+14155550102"},
    "confirmation": {"type": "immediate"},
    "target": {"conversationId": "{chat}"},
}


@pytest.fixture
def stage() -> Stage:
    return Stage()


# --- the catalogue ---

# (call, body, key, status, code, title)
Row = tuple[str, Any, Any, int, str, str]
PAGE, QUERY = "Invalid page query parameters", "Invalid query parameters"
UNKNOWN_APP = f"~/v2/apps/{NOBODY}"
CATALOGUE: list[Row] = [
    ("GET ~/v2/apps?page[size]=0", None, ACCOUNT_KEY, 400, BAD, PAGE),
    (f"GET ~/v2/apps?page[after]={NOBODY}&page[before]={NOBODY}", None, ACCOUNT_KEY, 400, BAD, PAGE),
    ("GET /conversations?filter[userId]={user}&page[size]=101", None, APP_KEY, 400, BAD, PAGE),
    ("GET /conversations/{chat}/participants?page[after]=short", None, APP_KEY, 400, BAD, PAGE),
    ("GET /users/{user}/clients?page[size]=x", None, APP_KEY, 400, BAD, PAGE),
    ("GET /integrations?filter[types]=pigeon", None, APP_KEY, 400, BAD, QUERY),
    ("POST ~/v2/apps", {}, ACCOUNT_KEY, 400, BAD, "should have required property 'displayName'"),
    (
        "PATCH ",
        {"metadata": {"a": "x" * 4096}},
        APP_KEY,
        400,
        BAD,
        "App metadata is limited to 4096 bytes in size.",
    ),
    ("POST /integrations/{custom}/webhooks", {**HOOK, "triggers": ["*"]}, APP_KEY, 400, BAD, "Bad request"),
    ("PATCH /integrations/{custom}/webhooks/{webhook}", {"target": "x"}, APP_KEY, 400, BAD, "Bad request"),
    (
        "POST /attachments/remove",
        {"mediaUrl": "https://badhost.com/image.png"},
        APP_KEY,
        400,
        BAD,
        "Unsupported media URL for attachment deletion: https://badhost.com/image.png",
    ),
    (
        "DELETE /conversations/{first}",
        None,
        APP_KEY,
        400,
        BAD,
        "Conversation {first} cannot be deleted because it is the default.",
    ),
    (
        "POST /conversations",
        {"type": "sdkGroup", "participants": [{"userId": "{user}"}] * 11},
        APP_KEY,
        400,
        BAD,
        "Too many participants",
    ),
    ("POST /integrations", {"type": "pigeon"}, APP_KEY, 400, BAD, "Invalid integration type"),
    (
        "GET /integrations/{twilio}/keys",
        None,
        APP_KEY,
        400,
        BAD,
        "API keys are available only for custom integrations",
    ),
    ("DELETE /users/{user}/clients/{sdk}", None, APP_KEY, 400, BAD, "Cannot remove a client of type 'sdk'"),
    ("POST /switchboards", {}, APP_KEY, 400, BAD, "Only one switchboard can be created per app"),
    ("GET ", None, None, 401, "unauthorized", "Authorization is required"),
    (
        "GET ~/v2/apps?filter[serviceAccountId]=svc_other",
        None,
        SERVICE_KEY,
        403,
        "forbidden",
        "The serviceAccountId provided does not match supplied credentials",
    ),
    ("POST /conversations/{chat}/acceptControl", {}, INTEGRATION_KEY, 403, "forbidden", "Forbidden"),
    ("POST /conversations/{chat}/releaseControl", {}, INTEGRATION_KEY, 403, "forbidden", "Forbidden"),
    ("GET /integrations/{custom}/webhooks", None, INTEGRATION_KEY, 403, "forbidden", "Forbidden"),
    ("POST /integrations/{custom}/webhooks", HOOK, INTEGRATION_KEY, 403, "forbidden", "Forbidden"),
    ("GET /integrations/{custom}/webhooks", None, ACCOUNT_KEY, 403, "forbidden", "Forbidden"),
    *(
        (f"{method} {UNKNOWN_APP}{path}", body, ACCOUNT_KEY, 404, "app_not_found", "App not found")
        for method, path, body in (
            ("GET", "", None),
            ("PATCH", "", {}),
            ("DELETE", "", None),
            ("DELETE", "/keys/app_x", None),
            ("GET", "/switchboards", None),
            ("POST", "/switchboards", {}),
            ("POST", "/conversations", {}),
        )
    ),
    *(
        (f"{method} {path}", body, APP_KEY, 404, "user_not_found", "User not found")
        for method, path, body in (
            ("GET", f"/users/{NOBODY}", None),
            ("PATCH", f"/users/{NOBODY}", {}),
            ("DELETE", f"/users/{NOBODY}", None),
            ("DELETE", f"/users/{NOBODY}/personalinformation", None),
            ("POST", f"/users/{NOBODY}/sync", None),
            ("GET", f"/conversations?filter[userId]={NOBODY}", None),
            ("POST", "/conversations", {"type": "personal", "participants": [{"userId": NOBODY}]}),
        )
    ),
    *(
        (
            f"{method} /conversations/{NOBODY}{path}",
            body,
            APP_KEY,
            404,
            "conversation_not_found",
            "Conversation not found",
        )
        for method, path, body in (
            ("GET", "", None),
            ("PATCH", "", {}),
            ("DELETE", "", None),
            ("POST", "/join", {}),
            ("GET", "/participants", None),
            ("POST", "/messages", SAYS),
            ("DELETE", "/messages", None),
            ("DELETE", f"/messages/{NOBODY}", None),
            ("POST", "/activity", {}),
            ("POST", "/passControl", {}),
            ("POST", "/releaseControl", {}),
            ("POST", "/offerControl", {}),
            ("POST", "/acceptControl", {}),
        )
    ),
    *(
        (
            f"{method} /integrations/{NOBODY}{path}",
            body,
            APP_KEY,
            404,
            "integration_not_found",
            "Integration not found",
        )
        for method, path, body in (
            ("GET", "", None),
            ("PATCH", "", {}),
            ("DELETE", "", None),
            ("GET", "/webhooks", None),
            ("POST", "/webhooks", HOOK),
        )
    ),
    *(
        (
            f"{method} /switchboards/{NOBODY}{path}",
            body,
            APP_KEY,
            404,
            "switchboard_not_found",
            "Switchboard not found",
        )
        for method, path, body in (
            ("PATCH", "", {}),
            ("DELETE", "", None),
            ("GET", "/switchboardIntegrations", None),
            ("POST", "/switchboardIntegrations", {}),
        )
    ),
    *(
        (
            f"{method} {PLACES}/{NOBODY}",
            body,
            APP_KEY,
            404,
            "switchboard_integration_not_found",
            "SwitchboardIntegration not found",
        )
        for method, body in (("PATCH", {}), ("DELETE", None))
    ),
    (f"DELETE /users/{{user}}/clients/{NOBODY}", None, APP_KEY, 404, "client_not_found", "Client not found"),
    (f"GET /users/{{user}}/devices/{NOBODY}", None, APP_KEY, 404, "device_not_found", "Device not found"),
    *(
        (call, body, key, 404, "not_found", title)
        for call, body, key, title in (
            (f"GET /integrations/{{custom}}/webhooks/{NOBODY}", None, APP_KEY, "Resource not found"),
            (f"PATCH /integrations/{{custom}}/webhooks/{NOBODY}", {}, APP_KEY, "Resource not found"),
            (f"DELETE /integrations/{{custom}}/webhooks/{NOBODY}", None, APP_KEY, "Resource not found"),
            ("GET /keys/app_x", None, ACCOUNT_KEY, "Resource not found"),
            ("GET /integrations/{custom}/keys/int_x", None, APP_KEY, "Resource not found"),
            (f"GET /conversations/{NOBODY}/messages", None, APP_KEY, "Resource not found"),
            (
                "POST /conversations/{group}/leave",
                {"userId": "{omar}"},
                APP_KEY,
                "User is not a member of the conversation",
            ),
            ("GET /nothing/here", None, APP_KEY, "Resource not found"),
        )
    ),
    ("POST /users", {"externalId": MARIA}, APP_KEY, 409, "conflict", "User already exists"),
]


@pytest.mark.parametrize("row", CATALOGUE, ids=lambda row: f"{row[3]} {row[4]} {row[0]}"[:80])
def test_the_catalogue_word_for_word(stage: Stage, row: Row) -> None:
    """Each row is one request."""
    call, body, key, *expected = row
    assert refused(stage.call(call, body, key)) == (expected[0], expected[1], stage.filled(expected[2]))


def attachment_gone(stage: Stage) -> Any:
    stage.call("POST /attachments/remove", {"mediaUrl": "{url}"})
    return stage.call("POST /attachments/remove", {"mediaUrl": "{url}"})


def upload_refused(stage: Stage) -> Any:
    response = stage.send(upload_request(f"{SC}/attachments?access=private"))
    return response.status, response_json(response)


def full_group(stage: Stage) -> Any:
    for number in range(10):
        stage.made("/users", {"externalId": f"u{number}"}, "user")
        last = stage.call(
            "POST /conversations/{group}/join", {"userExternalId": f"u{number}", "subscribeSDKClient": False}
        )
    return last


def widget_deleted(stage: Stage) -> Any:
    stage.world.act("PUT", "/zendesk", {"web_widget": True})
    [widget] = stage.call("GET /integrations?filter[types]=web")[1]["integrations"]
    return stage.call(f"DELETE /integrations/{widget['id']}")


def full_board(stage: Stage) -> Any:
    for number in range(8):
        last = stage.call(f"POST {PLACES}", {"name": f"n{number}", "integrationType": "x"})
    return last


def too_many_apps(stage: Stage) -> Any:
    stage.world.act("PUT", "/zendesk", {"most_apps": 1})
    return stage.call("POST ~/v2/apps", {"displayName": "Second"}, ACCOUNT_KEY)


def default_of(stage: Stage) -> str:
    board = stage.call("GET /switchboards")[1]["switchboards"][0]
    return str(board["defaultSwitchboardIntegrationId"])


def default_deleted(stage: Stage) -> Any:
    return stage.call(f"DELETE {PLACES}/{default_of(stage)}")


def enabled_without_default(stage: Stage) -> Any:
    stage.call("DELETE /switchboards/{board}")
    stage.names["board"] = stage.call("POST /switchboards", {})[1]["switchboard"]["id"]
    return stage.call("PATCH /switchboards/{board}", {"enabled": True})


def full_conversation(stage: Stage) -> Any:
    held = stage.world.sunshine.world.conversations[stage.names["chat"]]
    held.messages *= 30_000
    return stage.call("POST /conversations/{chat}/messages", SAYS)


NO_DEFAULT = "Enabled switchboard must have an associated default switchboardIntegration"
ARRANGED: list[tuple[Callable[[Stage], Any], tuple[int, str, str]]] = [
    (attachment_gone, (404, "not_found", "Attachment not found")),
    (upload_refused, (400, BAD, "Bad request")),
    (full_group, (400, BAD, "Too many participants")),
    (widget_deleted, (400, BAD, "SDK integrations configured on Admin Center cannot be deleted")),
    (
        full_board,
        (
            400,
            "too_many_switchboard_integrations",
            "Switchboard has reached the max number of switchboard integrations (10)",
        ),
    ),
    (
        too_many_apps,
        (
            402,
            "payment_required",
            "Your account has reached the maximum number of apps for your subscription plan",
        ),
    ),
    (default_deleted, (404, "switchboard_integration_not_found", NO_DEFAULT)),
    (enabled_without_default, (404, "switchboard_integration_not_found", NO_DEFAULT)),
    (full_conversation, (423, "locked", "Message limit of 30000 per conversation reached.")),
]


@pytest.mark.parametrize(("provoke", "expected"), ARRANGED, ids=lambda each: getattr(each, "__name__", ""))
def test_rows_of_the_catalogue_that_need_an_arrangement(
    stage: Stage, provoke: Callable[[Stage], Any], expected: tuple[int, str, str]
) -> None:
    """The state of the account makes the refusal."""
    assert refused(provoke(stage)) == expected


TARGET, ACTION = "switchboard_invalid_target", "switchboard_invalid_action"
ACTIVE = "Cannot offer control to the active switchboard integration."
UNHEARD = "Switchboard invalid target"
FAILURES = [
    ("offerControl", {"switchboardIntegration": "{active}"}, TARGET, ACTIVE),
    ("offerControl", {"switchboardIntegration": "nobody"}, TARGET, UNHEARD),
    ("passControl", {"switchboardIntegration": "nobody"}, TARGET, UNHEARD),
    ("acceptControl", {}, ACTION, "There is no pendingSwitchboardIntegration"),
]


@pytest.mark.parametrize(("call", "body", "code", "message"), FAILURES)
def test_control_that_fails_after_a_200(stage: Stage, call: str, body: Json, code: str, message: str) -> None:
    """The webhook has the code (F-18)."""
    stage.names["active"] = default_of(stage)
    stage.listen(f"switchboard:{call}:failure")
    assert stage.call(f"POST /conversations/{{chat}}/{call}", body) == (200, {})
    [event] = stage.heard()
    assert event["payload"]["error"] == {"code": code, "message": message}


def test_a_message_the_channel_does_not_know(stage: Stage) -> None:
    """`uncategorized_error`, in an event only."""
    stage.listen("conversation:message:delivery:failure")
    form = {"type": "form", "fields": [{"type": "text", "name": "n", "label": "Name"}]}
    stage.call("POST /conversations/{chat}/messages", {"author": {"type": "business"}, "content": form})
    [event] = stage.heard()
    assert event["payload"]["error"] == {
        "code": "uncategorized_error",
        "message": "Unsupported message type `form`",
    }


# --- limits ---


def test_json_over_100_kb(stage: Stage) -> None:
    """413, or 400 where the tester says so (Q-02)."""
    body = {"externalId": "x" * 102_400}
    assert stage.call("POST /users", body)[0] == 413
    stage.world.act("PUT", "/zendesk", {"oversize": 400})
    assert stage.call("POST /users", body)[0] == 400


def test_a_file_over_50_mb(stage: Stage) -> None:
    """One byte too much (F-15)."""
    large = bytes(LIMIT + 1)
    assert stage.send(upload_request(f"{SC}/attachments?access=public", large)).status == 413


UNREADABLE = [b"{", b"[]", b'"x"', b"\xff", b'{"externalId":"\\ud800"}', b"[" * 50_000]


@pytest.mark.parametrize("body", UNREADABLE, ids=range(len(UNREADABLE)))
def test_what_is_no_json_object_is_400(stage: Stage, body: bytes) -> None:
    """Never a 500."""
    assert stage.world.call("POST", f"{SC}/users", body)[0] == 400


ODD: list[tuple[str, Any]] = [
    ("POST /users", {"externalId": 5}),
    ("POST /users", {"profile": []}),
    ("POST /users", {"profile": {"givenName": 5}}),
    ("POST /users", {"metadata": []}),
    ("POST /users", {"metadata": {"a": None, "b": []}}),
    ("POST /users", {"toBeRetained": "yes"}),
    ("POST /users", {"signedUpAt": "yesterday"}),
    ("POST /conversations", {"type": ["personal"]}),
    ("POST /conversations", {"type": "personal", "participants": ["x"]}),
    ("POST /conversations", {"type": "personal", "participants": {"userId": "x"}}),
    ("POST /conversations", {"type": "personal", "participants": [{"userId": {}, "userExternalId": []}]}),
    ("POST /conversations/{chat}/join", {"userId": "{omar}"}),
    ("POST /conversations/{group}/join", {"userId": "{omar}"}),
    ("POST /conversations/{chat}/leave", {}),
    ("POST /conversations/{chat}/messages", {"author": {"type": []}, "content": {}}),
    ("POST /conversations/{chat}/messages", {**SAYS, "content": {"type": {}}}),
    ("POST /conversations/{chat}/messages", {**SAYS, "content": {"type": "image", "mediaUrl": 5}}),
    ("POST /conversations/{chat}/messages", {**SAYS, "content": {"type": "carousel", "items": [5]}}),
    ("POST /conversations/{chat}/messages", {**SAYS, "content": {"type": "list", "items": []}}),
    ("POST /conversations/{chat}/messages", {**SAYS, "content": {"type": "form", "fields": [{"type": "x"}]}}),
    (
        "POST /conversations/{chat}/messages",
        {**SAYS, "content": {"type": "location", "coordinates": {"lat": "1"}}},
    ),
    (
        "POST /conversations/{chat}/messages",
        {**SAYS, "content": {"type": "text", "text": "a", "actions": [{"type": "x"}]}},
    ),
    ("POST /conversations/{chat}/messages", {**SAYS, "destination": {}}),
    ("POST /conversations/{chat}/messages", {**SAYS, "destination": []}),
    (
        "POST /conversations/{chat}/activity",
        {"author": {"type": "user", "userId": "{user}"}, "type": "typing:start"},
    ),
    ("POST /conversations/{chat}/activity", {"author": {"type": "business"}, "type": {}}),
    ("POST /conversations/{chat}/passControl", {"switchboardIntegration": 5}),
    ("POST /conversations/{chat}/download", {"userId": "{user}"}),
    ("POST /conversations/{chat}/conversionEvents", {}),
    ("POST /integrations", {"type": "custom", "webhooks": [5]}),
    ("POST /integrations", {"type": "twilio", "accountSid": "AC", "authToken": "x"}),
    ("POST /integrations/{custom}/webhooks", {**HOOK, "includeFullUser": "yes"}),
    ("POST /integrations/{custom}/webhooks", {**HOOK, "target": "http://[x"}),
    (f"POST {PLACES}", {"name": "a b", "integrationType": "x"}),
    (f"POST {PLACES}", {"name": "ok", "integrationType": "x", "messageHistoryCount": 11}),
    (f"POST {PLACES}", {"name": "ok"}),
    ("POST /users/{user}/clients", {**LINK, "confirmation": {"type": "later"}}),
    (
        "POST /users/{omar}/clients",
        {**LINK, "matchCriteria": {**LINK["matchCriteria"], "phoneNumber": "415"}},
    ),
    ("PATCH ", {"settings": {"multiConvoEnabled": "yes"}}),
    ("PATCH ", {"displayName": ""}),
    ("GET /users", None),
    ("GET /conversations", None),
]


@pytest.mark.parametrize(("call", "body"), ODD)
def test_odd_requests_are_400_and_change_nothing(stage: Stage, call: str, body: Any) -> None:
    """With the documented shape, and no webhook."""
    before = len(stage.world.bridge.hooks)
    assert refused(stage.call(call, body))[:2] == (400, BAD)
    assert len(stage.world.bridge.hooks) == before


# --- who may call ---


def jwt(key: tuple[str, str], claims: Json, algorithm: str = "HS256") -> str:
    def part(content: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")

    head = f"{part({'alg': algorithm, 'typ': 'JWT', 'kid': key[0]})}.{part(claims)}"
    signature = hmac.new(key[1].encode(), head.encode(), hashlib.sha256).digest()
    return f"{head}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


TOKENS = [
    (jwt(APP_KEY, {"scope": "app"}), "/switchboards", 200),
    (jwt(APP_KEY, {"scope": "integration"}), "/switchboards", 403),
    (jwt(APP_KEY, {"scope": "account"}), "/switchboards", 401),
    (jwt(APP_KEY, {"scope": "user"}), "/users/{user}", 401),
    (jwt(APP_KEY, {}), "/users/{user}", 401),
    (jwt(APP_KEY, {"scope": "app"}, "none"), "/users/{user}", 401),
    (jwt((APP_KEY[0], "wrong"), {"scope": "app"}), "/users/{user}", 401),
    (jwt(("app_nobody", "x"), {"scope": "app"}), "/users/{user}", 401),
    (jwt(APP_KEY, {"scope": "app", "exp": 1}), "/users/{user}", 401),
    (jwt(ACCOUNT_KEY, {"scope": "account"}), "/keys", 200),
    (jwt(INTEGRATION_KEY, {"scope": "integration"}), "/integrations/me/webhooks", 200),
    (APP_KEY, "/keys", 403),
    (SERVICE_KEY, "/keys", 200),
]


@pytest.mark.parametrize(("key", "path", "status"), TOKENS)
def test_a_token_reaches_what_its_scope_allows(stage: Stage, key: Any, path: str, status: int) -> None:
    """A scope above the key's own, or none of v2's, proves nothing."""
    assert stage.call(f"GET {path}", None, key)[0] == status


# --- section (b), by name ---


def planted(stage: Stage, operation: str, fault: str, call: str, body: Any = None) -> Any:
    """How the call ends with this fault; its own ending, not the next call's."""
    stage.world.network.faults.plant("sunshine", operation, fault)
    method, _, path = stage.filled(call).partition(" ")
    request = Request(method, SC + path, body=json.dumps(stage.filled(body)).encode() if body else b"")
    request.headers["Authorization"] = basic(APP_KEY)
    return stage.world.network.handle(request)


ENDINGS: list[tuple[str, str, Callable[[Any], bool]]] = [
    ("F-01", "status 401", lambda end: refused_as(end) == (401, "unauthorized")),
    ("F-02", "status 403", lambda end: refused_as(end) == (403, "forbidden")),
    ("F-04", "status 429", lambda end: "Retry-After" not in end.headers and refused_as(end)[0] == 429),
    ("F-05", "status 429 after 120", lambda end: end.headers["Retry-After"] == "120"),
    (
        "F-05",
        "quirk retry after date",
        lambda end: parsedate_to_datetime(end.headers["Retry-After"]) is not None,
    ),
    ("F-06", "status 500", lambda end: end.status == 500),
    ("F-06", "status 502", lambda end: b"<html>" in end.body),
    ("F-06", "status 503 after 5", lambda end: end.headers["Retry-After"] == "5"),
    ("F-07", "refuse", lambda end: isinstance(end, Reset)),
    ("F-08", "accept then reset", lambda end: isinstance(end, Reset)),
    ("F-08", "accept then hang", lambda end: isinstance(end, Hang)),
    ("F-09", "slow 10", lambda end: isinstance(end, Slow) and end.response.status == 201),
    ("F-10", "garble", lambda end: b"garbled" in end.body),
    ("F-10", "quirk truncated", lambda end: end.status == 200 and broken(end.body)),
    ("F-10", "quirk empty", lambda end: (end.status, end.body) == (200, b"")),
    ("F-13", "status 423", lambda end: refused_as(end) == (423, "locked")),
    ("F-15", "status 413", lambda end: refused_as(end) == (413, "payload_too_large")),
    ("F-16", "status 404", lambda end: refused_as(end) == (404, "conversation_not_found")),
]
STORED = ("accept then reset", "accept then hang", "garble", "quirk truncated", "quirk empty", "slow 10")


def refused_as(end: Response) -> tuple[int, str]:
    body = response_json(end)
    check_answer("PostMessage", end.status, body)
    return end.status, body["errors"][0]["code"]


def broken(body: bytes) -> bool:
    try:
        json.loads(body)
    except ValueError:
        return True
    return False


@pytest.mark.parametrize(
    ("row", "fault", "is_so"), ENDINGS, ids=lambda each: each if isinstance(each, str) else ""
)
def test_a_call_fails_as_planted(stage: Stage, row: str, fault: str, is_so: Callable[[Any], bool]) -> None:
    """And the message is stored or not, as the fault says."""
    assert is_so(planted(stage, "PostMessage", fault, "POST /conversations/{chat}/messages", SAYS))
    stored = len(stage.call("GET /conversations/{chat}/messages")[1]["messages"])
    assert stored == 1 + (fault in STORED)


def test_ids_can_be_out_of_order(stage: Stage) -> None:
    """The list keeps the order of posting, and its cursors work (F-40)."""
    for number in range(120):
        stage.world.network.faults.plant("sunshine", "PostMessage", "quirk random ids")
        stage.world.post(stage.names["chat"], str(number))
    last = stage.call("GET /conversations/{chat}/messages")[1]
    before = stage.call(f"GET /conversations/{{chat}}/messages?page[before]={last['meta']['beforeCursor']}")[
        1
    ]
    texts = [each["content"]["text"] for each in before["messages"] + last["messages"]]
    assert texts == ["hello", *map(str, range(120))]


EVENT_QUIRKS: list[tuple[str, str, Callable[[Any], bool]]] = [
    ("F-26", "unknown type", lambda event: event["type"] == "conversation:unheard"),
    ("F-26", "unknown keys", lambda event: "novelty" in event["payload"]),
    ("F-26", "unknown content", lambda event: event["payload"]["message"]["content"]["type"] == "hologram"),
    ("F-26", "no content", lambda event: "content" not in event["payload"]["message"]),
    ("F-26", "no payload", lambda event: "payload" not in event),
    ("F-25", "malformed", lambda event: event == "not an event"),
]


@pytest.mark.parametrize(
    ("row", "quirk", "is_so"), EVENT_QUIRKS, ids=lambda each: each if isinstance(each, str) else ""
)
def test_an_event_is_odd_as_planted(stage: Stage, row: str, quirk: str, is_so: Callable[[Any], bool]) -> None:
    """The next one is sound again."""
    stage.world.bridge.hooks.clear()
    stage.world.network.faults.plant("sunshine", "conversation:message", f"quirk {quirk}")
    chat = stage.world.conversation(stage.names["omar"])
    for text in ("odd", "sound"):
        stage.world.post(chat, text, author="business")
    first, second = (json.loads(hook.body)["events"][0] for hook in stage.world.bridge.hooks)
    assert is_so(first)
    assert second["payload"]["message"]["content"]["text"] == "sound"


SECRETS = [("wrong secret", "not-simulated-sunshine-webhook-secret"), ("no secret", None)]


@pytest.mark.parametrize(("quirk", "secret"), SECRETS)
def test_a_delivery_with_another_secret(stage: Stage, quirk: str, secret: str | None) -> None:
    """F-27."""
    stage.world.network.faults.plant("sunshine", "webhook", f"quirk {quirk}")
    stage.world.bridge.hooks.clear()
    stage.world.post(stage.names["chat"], "hi")
    assert stage.world.bridge.hooks[0].headers.get("X-API-Key") == secret


def test_the_same_event_again_in_a_quarter_of_an_hour(stage: Stage) -> None:
    """F-22: its id is the same."""
    stage.world.network.faults.plant("sunshine", "conversation:message", "quirk again in 15 minutes")
    stage.world.bridge.hooks.clear()
    stage.world.post(stage.world.conversation(stage.names["omar"]), "x", author="business")
    stage.world.network.clock.advance(900)
    first, again = stage.world.bridge.events("conversation:message")
    assert first == again


def test_an_event_before_the_answer_of_the_call_that_caused_it(stage: Stage) -> None:
    """F-29: nothing has to settle."""
    stage.world.network.faults.plant("sunshine", "conversation:message", "early callback")
    stage.world.bridge.hooks.clear()
    request = Request(
        "POST", f"{SC}/conversations/{stage.names['first']}/messages", body=json.dumps(SAYS).encode()
    )
    request.headers["Authorization"] = basic(APP_KEY)
    stage.world.network.handle(request)
    assert stage.world.bridge.texts() == ["hi"]
    kinds = [entry["kind"] for entry in stage.world.network.ledger.after()][-2:]
    assert kinds == ["webhook", "request"]


def test_the_same_message_in_two_events(stage: Stage) -> None:
    """F-23: two webhooks, two event ids by a quirk, one message."""
    stage.listen("conversation:message")
    stage.world.bridge.hooks.clear()
    stage.world.network.faults.plant("sunshine", "conversation:message", "quirk new id")
    stage.world.post(stage.names["first"], "once")
    events = stage.world.bridge.events("conversation:message")
    assert len({event["id"] for event in events}) == 2
    assert len({event["payload"]["message"]["id"] for event in events}) == 1


def test_next_twice_hops_twice_but_not_for_a_known_caller(stage: Stage) -> None:
    """F-21 and SUN-SWB-11."""
    passing = {"switchboardIntegration": "next"}
    for _ in range(2):
        stage.call("POST /conversations/{chat}/passControl", passing)
    assert control(stage) == "zd-answerBot"
    place = {"name": "sms", "integrationId": "{mine}", "nextSwitchboardIntegrationId": "{place}"}
    stage.made(PLACES, place, "switchboardIntegration")
    for _ in range(2):
        stage.call("POST /conversations/{chat}/passControl", passing, INTEGRATION_KEY)
    assert control(stage) == "bridge"


def control(stage: Stage) -> str:
    shown = stage.call("GET /conversations/{chat}")[1]["conversation"]
    return str(shown["activeSwitchboardIntegration"]["name"])


def test_an_ambiguous_type_is_refused(stage: Stage) -> None:
    """Two of one type cannot be told apart (SUN-SWB-09)."""
    stage.made(PLACES, {"name": "bot2", "integrationType": "zd:answerBot"}, "switchboardIntegration")
    body = {"switchboardIntegration": "zd:answerBot"}
    assert stage.call("POST /conversations/{chat}/passControl", body)[0] == 400


def test_an_unknown_customer_of_the_account_is_named_in_v1_words(stage: Stage) -> None:
    """SUN-IDN-07."""
    path = f"~/v1.1/apps/{accounts.SUNSHINE_APP_ID}/appusers/merge"
    bodies = {"surviving": {"_id": "{user}"}, "discarded": {"_id": NOBODY}}
    status, answer = stage.call(f"POST {path}", bodies)
    assert (status, answer["error"]["code"]) == (404, "user_not_found")
    assert stage.call(f"POST {path}", bodies, None)[1]["error"]["code"] == "unauthorized"
