"""Every operation Sunshine documents answers as documented: shape, status, state that can be read back."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from simulator import accounts
from simulator.sunshine.operations import OPERATIONS
from simulator.web import Request
from tests.contract.models.sunshine import ANSWERS, NOT_JSON, check_answer
from tests.contract.sunshine_stage import (
    ACCOUNT_KEY,
    EMAIL,
    HOOK,
    SERVICE_KEY,
    TWILIO,
    Stage,
    basic,
    response_json,
    upload_request,
)
from tests.contract.zendesk_world import APP_KEY, INTEGRATION_KEY, MARIA, SC, Json

SAYS = {"author": {"type": "business"}, "content": {"type": "text", "text": "hi"}}
LINK = {
    "matchCriteria": {"type": "twilio", "integrationId": "{twilio}", "phoneNumber": "+14155550102"},
    "confirmation": {"type": "userActivity"},
    "target": {"conversationId": "{first}"},
}
REFERENCE = dict.fromkeys(("url", "bid", "key", "signature", "owner"), "x")
PLACES = "/switchboards/{board}/switchboardIntegrations"

# operation: (call, body, key)
CALLS: dict[str, tuple[str, Any, Any]] = {
    "ListApps": ("GET ~/v2/apps?page[size]=5", None, SERVICE_KEY),
    "CreateApp": (
        "POST ~/v2/apps",
        {"displayName": "Second", "settings": {"multiConvoEnabled": True}},
        ACCOUNT_KEY,
    ),
    "GetApp": ("GET ", None, APP_KEY),
    "UpdateApp": ("PATCH ", {"displayName": "Renamed", "metadata": {"a": 1}}, APP_KEY),
    "DeleteApp": ("DELETE ", None, ACCOUNT_KEY),
    "ListAppKeys": ("GET /keys", None, ACCOUNT_KEY),
    "CreateAppKey": ("POST /keys", {"displayName": "another"}, ACCOUNT_KEY),
    "GetAppKey": ("GET /keys/{appkey}", None, ACCOUNT_KEY),
    "DeleteAppKey": ("DELETE /keys/{appkey}", None, ACCOUNT_KEY),
    "GetTokenInfo": ("GET ~/v2/tokenInfo", None, INTEGRATION_KEY),
    "DeleteAttachment": ("POST /attachments/remove", {"mediaUrl": "{url}"}, APP_KEY),
    "CreateConversation": (
        "POST /conversations",
        {"type": "personal", "participants": [{"userExternalId": MARIA}], "displayName": "SMS"},
        APP_KEY,
    ),
    "ListConversations": ("GET /conversations?filter[userId]={user}&page[size]=2", None, APP_KEY),
    "GetConversation": ("GET /conversations/{chat}", None, APP_KEY),
    "UpdateConversation": ("PATCH /conversations/{chat}", {"metadata": {"b": True}}, APP_KEY),
    "DeleteConversation": ("DELETE /conversations/{chat}", None, APP_KEY),
    "JoinConversation": (
        "POST /conversations/{group}/join",
        {"userId": "{omar}", "subscribeSDKClient": True},
        APP_KEY,
    ),
    "ListParticipants": ("GET /conversations/{chat}/participants", None, APP_KEY),
    "LeaveConversation": ("POST /conversations/{group}/leave", {"userExternalId": MARIA}, APP_KEY),
    "PostMessage": ("POST /conversations/{chat}/messages", SAYS, APP_KEY),
    "ListMessages": ("GET /conversations/{chat}/messages", None, APP_KEY),
    "DeleteAllMessages": ("DELETE /conversations/{chat}/messages", None, APP_KEY),
    "DeleteMessage": ("DELETE /conversations/{chat}/messages/{message}", None, APP_KEY),
    "PostActivity": (
        "POST /conversations/{chat}/activity",
        {"author": {"type": "user", "userId": "{user}"}, "type": "conversation:read"},
        APP_KEY,
    ),
    "PassControl": ("POST /conversations/{chat}/passControl", {"switchboardIntegration": "next"}, APP_KEY),
    "ReleaseControl": ("POST /conversations/{chat}/releaseControl", None, APP_KEY),
    "OfferControl": (
        "POST /conversations/{chat}/offerControl",
        {"switchboardIntegration": "bridge"},
        APP_KEY,
    ),
    "AcceptControl": ("POST /conversations/{chat}/acceptControl", {}, APP_KEY),
    "DownloadMessageRef": (
        "POST /conversations/{chat}/download",
        {"userId": "{user}", "apple": {"interactiveDataRef": REFERENCE}},
        APP_KEY,
    ),
    "PostConversionEvents": (
        "POST /conversations/{chat}/conversionEvents",
        {"messenger": {"payload": {"data": [{"event_name": "Purchase"}]}}},
        APP_KEY,
    ),
    "ListIntegrations": ("GET /integrations?filter[types]=custom,web", None, APP_KEY),
    "CreateIntegration": (
        "POST /integrations",
        {"type": "custom", "webhooks": [HOOK], "displayName": "B"},
        APP_KEY,
    ),
    "GetIntegration": ("GET /integrations/{twilio}", None, APP_KEY),
    "UpdateIntegration": ("PATCH /integrations/{custom}", {"displayName": "Renamed"}, APP_KEY),
    "DeleteIntegration": ("DELETE /integrations/{custom}", None, APP_KEY),
    "ListCustomIntegrationKeys": ("GET /integrations/{custom}/keys", None, APP_KEY),
    "CreateCustomIntegrationKey": ("POST /integrations/{custom}/keys", {"displayName": "another"}, APP_KEY),
    "GetCustomIntegrationKey": ("GET /integrations/{custom}/keys/{key}", None, APP_KEY),
    "DeleteCustomIntegrationKey": ("DELETE /integrations/{custom}/keys/{key}", None, APP_KEY),
    "CreateWebhook": ("POST /integrations/me/webhooks", HOOK, INTEGRATION_KEY),
    "ListWebhooks": ("GET /integrations/{custom}/webhooks", None, APP_KEY),
    "GetWebhook": ("GET /integrations/{custom}/webhooks/{webhook}", None, APP_KEY),
    "UpdateWebhook": ("PATCH /integrations/{custom}/webhooks/{webhook}", {"includeFullUser": True}, APP_KEY),
    "DeleteWebhook": ("DELETE /integrations/{custom}/webhooks/{webhook}", None, APP_KEY),
    "ListSwitchboards": ("GET /switchboards", None, APP_KEY),
    "UpdateSwitchboard": ("PATCH /switchboards/{board}", {"enabled": False}, APP_KEY),
    "DeleteSwitchboard": ("DELETE /switchboards/{board}", None, APP_KEY),
    "ListSwitchboardIntegrations": (f"GET {PLACES}", None, APP_KEY),
    "CreateSwitchboardIntegration": (
        f"POST {PLACES}",
        {"name": "second", "integrationType": "zd:answerBot", "messageHistoryCount": 10},
        APP_KEY,
    ),
    "UpdateSwitchboardIntegration": (
        f"PATCH {PLACES}/{{place}}",
        {"deliverStandbyEvents": True, "nextSwitchboardIntegrationId": "{place}"},
        APP_KEY,
    ),
    "DeleteSwitchboardIntegration": (f"DELETE {PLACES}/{{place}}", None, APP_KEY),
    "CreateUser": (
        "POST /users",
        {"externalId": "new", "profile": {"email": "a@b.test"}, "signedUpAt": "2026-01-01T00:00:00Z"},
        APP_KEY,
    ),
    "ListUsers": (f"GET /users?filter[identities.email]={EMAIL}", None, APP_KEY),
    "GetUser": ("GET /users/{user}", None, APP_KEY),
    "UpdateUser": ("PATCH /users/{user}", {"toBeRetained": True, "metadata": {"phone": MARIA}}, APP_KEY),
    "DeleteUser": ("DELETE /users/{user}", None, APP_KEY),
    "DeleteUserPersonalInformation": ("DELETE /users/{user}/personalinformation", None, APP_KEY),
    "ListClients": ("GET /users/{user}/clients", None, APP_KEY),
    "CreateClient": ("POST /users/{omar}/clients", LINK, APP_KEY),
    "RemoveClient": ("DELETE /users/{user}/clients/{client}", None, APP_KEY),
    "ListDevices": ("GET /users/{user}/devices", None, APP_KEY),
    "GetDevice": ("GET /users/{user}/devices/{device}", None, APP_KEY),
    "MergeAppUsers": (
        f"POST ~/v1.1/apps/{accounts.SUNSHINE_APP_ID}/appusers/merge",
        {"surviving": {"_id": "{user}"}, "discarded": {"_id": "{omar}"}},
        APP_KEY,
    ),
}
ELSEWHERE = {"UploadAttachment", "CreateSwitchboard", "SyncUser", "GetToken", "RevokeAccess", *NOT_JSON}


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_every_documented_operation_is_called_here() -> None:
    """A new row of the list needs a row here, a model, and a route."""
    documented = {operation.name for operation in OPERATIONS}
    assert set(CALLS) | ELSEWHERE == documented
    assert set(ANSWERS) | set(NOT_JSON) == documented


def test_every_documented_operation_has_its_route(stage: Stage) -> None:
    """Under the documented method and path."""
    routes = {(method, path, name) for method, path, name in stage.world.sunshine.router.calls}
    assert {(each.method, each.path, each.name) for each in OPERATIONS} == routes


@pytest.mark.parametrize("operation", CALLS)
def test_an_operation_answers_as_documented(stage: Stage, operation: str) -> None:
    """The answer has the documented status and shape, and came from that operation."""
    call, body, key = CALLS[operation]
    status, _ = stage.call(call, body, key)
    assert status == ANSWERS[operation][0]
    requests = [entry for entry in stage.world.network.ledger.after() if entry["kind"] == "request"]
    assert requests[-1]["operation"] == operation


def test_an_upload_answers_as_documented_and_can_be_fetched(stage: Stage) -> None:
    """Its address gives the bytes back."""
    response = stage.send(upload_request(f"{SC}/attachments?access=public&for=message"))
    answer = response_json(response)
    check_answer("UploadAttachment", response.status, answer)
    where = urlsplit(answer["attachment"]["mediaUrl"]).path
    assert stage.send(Request("GET", where)).body == b"meow"


def test_a_switchboard_is_made_off_and_empty(stage: Stage) -> None:
    """After the one that was there is gone; it takes a default to turn it on."""
    stage.call("DELETE /switchboards/{board}")
    status, answer = stage.call("POST /switchboards", {})
    stage.names["board"] = answer["switchboard"]["id"]
    assert (status, answer["switchboard"]["enabled"]) == (201, False)
    made = stage.call(f"POST {PLACES}", {"name": "b", "integrationId": "{custom}"})[1][
        "switchboardIntegration"
    ]
    on = {"enabled": True, "defaultSwitchboardIntegrationId": made["id"]}
    assert stage.call("PATCH /switchboards/{board}", on)[1]["switchboard"] == {
        "id": stage.names["board"],
        **on,
    }
    started = stage.made(
        "/conversations", {"type": "personal", "participants": [{"userId": "{omar}"}]}, "conversation"
    )
    shown = stage.call(f"GET /conversations/{started}")[1]["conversation"]
    assert shown["activeSwitchboardIntegration"]["id"] == made["id"]


def test_a_user_is_synced_with_the_support_user(stage: Stage) -> None:
    """Name and external id are those of the Support user."""
    person = stage.world.act("POST", "/support/users", {"name": "Robin Vale", "external_id": "cust-9"})[1]
    held = stage.world.sunshine.world
    held.directory.link(held.users[stage.names["user"]], str(person["id"]))
    user = stage.call(f"POST /users/{person['id']}/sync", {})[1]["user"]
    assert (user["profile"]["givenName"], user["profile"]["surname"]) == ("Robin", "Vale")
    assert user["externalId"] == "cust-9"
    assert stage.call("GET /users/cust-9")[1]["user"]["id"] == stage.names["user"]


OAUTH = {
    "grant_type": "authorization_code",
    "client_id": accounts.SUNSHINE_OAUTH_CLIENT_ID,
    "client_secret": accounts.SUNSHINE_OAUTH_CLIENT_SECRET,
}


def code(stage: Stage) -> str:
    asked = f"client_id={accounts.SUNSHINE_OAUTH_CLIENT_ID}&response_type=code&state=s1"
    response = stage.send(Request("GET", "/zendesk/sc/oauth/authorize", asked))
    back = parse_qs(urlsplit(response.headers["Location"]).query)
    assert (response.status, back["state"]) == (302, ["s1"])
    return back["code"][0]


def test_a_code_is_exchanged_once_for_a_token_of_integration_scope(stage: Stage) -> None:
    """It reaches users and its own webhooks; revoked, it reaches nothing."""
    given = {**OAUTH, "code": code(stage)}
    token = stage.call("POST ~/oauth/token", given, None)[1]["access_token"]
    assert stage.call("POST ~/oauth/token", given, None)[0] == 400
    assert stage.call("GET ~/v2/tokenInfo", None, token)[1]["app"]["id"] == accounts.SUNSHINE_APP_ID
    assert stage.call("GET /users/{user}", None, token)[0] == 200
    assert stage.call("POST /integrations/me/webhooks", HOOK, token)[0] == 201
    assert len(stage.call("GET /integrations/me/webhooks", None, token)[1]["webhooks"]) == 1
    assert stage.call("GET /switchboards", None, token)[0] == 403
    assert stage.call("DELETE ~/oauth/authorization", None, token) == (200, {})
    assert stage.call("GET /users/{user}", None, token)[0] == 401


# --- state that can be read back ---


def test_an_app_of_ones_own_is_a_world_of_its_own(stage: Stage) -> None:
    """Its key opens it, and nothing else."""
    made = stage.call("POST ~/v2/apps", {"displayName": "Second"}, ACCOUNT_KEY)[1]["app"]["id"]
    key = stage.call(f"POST ~/v2/apps/{made}/keys", {"displayName": "k"}, ACCOUNT_KEY)[1]["key"]
    own = (key["id"], key["secret"])
    assert stage.call(f"POST ~/v2/apps/{made}/users", {"externalId": MARIA}, own)[0] == 201
    assert stage.call("GET /users/{user}", None, own)[0] == 403
    assert stage.call(f"GET ~/v2/apps/{made}/users/{stage.names['user']}", None, own)[0] == 404
    assert stage.call(f"DELETE ~/v2/apps/{made}", None, ACCOUNT_KEY)[0] == 200
    assert stage.call(f"GET ~/v2/apps/{made}/users/{MARIA}", None, own)[0] == 401


def test_a_revoked_key_opens_nothing(stage: Stage) -> None:
    """401 from then on (F-01)."""
    made = stage.call("POST /integrations/{custom}/keys", {"displayName": "k"})[1]["key"]
    own = (made["id"], made["secret"])
    assert stage.call("GET /users/{user}", None, own)[0] == 200
    assert len(stage.call("GET /integrations/me/webhooks", None, own)[1]["webhooks"]) == 2
    stage.call(f"DELETE /integrations/{{custom}}/keys/{made['id']}")
    assert stage.call("GET /users/{user}", None, own)[0] == 401


def test_participants_come_and_go(stage: Stage) -> None:
    """The group is in the user's list while they take part."""
    joined = stage.call("POST /conversations/{group}/join", {"userId": "{omar}", "subscribeSDKClient": True})[
        1
    ]
    [association] = joined["participant"]["clientAssociations"]
    assert association["type"] == "sdk"
    listed = stage.call("GET /conversations?filter[userId]={omar}")[1]["conversations"]
    assert [each["id"] for each in listed] == [stage.names["group"]]
    stage.call("POST /conversations/{group}/leave", {"participantId": joined["participant"]["id"]})
    assert stage.call("GET /conversations?filter[userId]={omar}")[1]["conversations"] == []


def test_a_deleted_user_takes_conversations_along_but_not_groups(stage: Stage) -> None:
    """Others go on in the group."""
    stage.call("POST /conversations/{group}/join", {"userId": "{omar}", "subscribeSDKClient": False})
    stage.call("DELETE /users/{user}")
    assert stage.call("GET /conversations/{chat}")[0] == 404
    [left] = stage.call("GET /conversations/{group}/participants")[1]["participants"]
    assert left["userId"] == stage.names["omar"]


def test_a_brands_user_is_found_with_the_brand_only(stage: Stage) -> None:
    """The same external id may stand for somebody else in each brand (SUN-USR-09)."""
    made = stage.call("POST /users", {"externalId": MARIA, "brandId": "77"})[1]["user"]
    assert (
        stage.call("GET /users/%2B14155550101?brandId=77".replace("%2B", "+"))[1]["user"]["id"] == made["id"]
    )
    assert stage.call("GET /users/+14155550101")[1]["user"]["id"] == stage.names["user"]


@pytest.mark.parametrize(("switch", "left"), [("gone", []), ("placeholder", [True])])
def test_a_deleted_message(switch: str, left: list[bool]) -> None:
    """Gone, or a placeholder that says nothing."""
    stage = Stage()
    stage.world.act("PUT", "/zendesk", {"deleted_messages": switch})
    assert stage.call("DELETE /conversations/{chat}/messages/{message}")[0] == 200
    messages = stage.call("GET /conversations/{chat}/messages")[1]["messages"]
    assert [each["deleted"] for each in messages] == left
    assert stage.call("DELETE /conversations/{chat}/messages/{message}")[0] == 404


def test_a_file_for_a_message_goes_with_it(stage: Stage) -> None:
    """One that was removed is served a quarter of an hour more."""
    where, other = stage.names["url"], stage.upload()
    image = {"author": {"type": "business"}, "content": {"type": "image", "mediaUrl": where}}
    message = stage.call("POST /conversations/{chat}/messages", image)[1]["messages"][0]["id"]
    stage.call(f"DELETE /conversations/{{chat}}/messages/{message}")
    assert fetched(stage, where) == 404
    stage.call("POST /attachments/remove", {"mediaUrl": other})
    assert fetched(stage, other) == 200
    stage.world.network.clock.advance(900)
    assert fetched(stage, other) == 404


def fetched(stage: Stage, url: str) -> int:
    return stage.send(Request("GET", urlsplit(url).path)).status


def test_multi_conversations_can_be_turned_on_never_off(stage: Stage) -> None:
    """Irreversible (SUN-CON-07)."""
    on, off = ({"settings": {"multiConvoEnabled": value}} for value in (True, False))
    assert stage.call("PATCH ", on)[0] == 200
    assert stage.call("PATCH ", off)[0] == 400


def test_pages_of_conversations_lead_there_and_back(stage: Stage) -> None:
    """Forward by `next`, back by `prev`."""
    path = "GET /conversations?filter[userId]={user}&page[size]=2"
    first = stage.call(path)[1]
    second = stage.call(f"{path}&page[after]={first['meta']['afterCursor']}")[1]
    back = stage.call(f"{path}&page[before]={second['meta']['beforeCursor']}")[1]
    shown = [each["id"] for page in (first, second) for each in page["conversations"]]
    assert shown == [stage.names[name] for name in ("first", "chat", "group")]
    assert (first["meta"]["hasMore"], second["meta"]["hasMore"]) == (True, False)
    assert back["conversations"] == first["conversations"]
    assert "prev" not in first["links"]
    assert "next" not in second["links"]


RICH: list[Json] = [
    {"type": "text", "text": "Choose", "actions": [{"type": "reply", "text": "Yes", "payload": "y"}]},
    {
        "type": "carousel",
        "items": [{"title": "A", "actions": [{"type": "link", "text": "go", "uri": "https://a.test"}]}],
    },
    {
        "type": "list",
        "items": [{"title": "A", "actions": [{"type": "postback", "text": "go", "payload": "p"}]}],
    },
    {"type": "form", "fields": [{"type": "text", "name": "n", "label": "Name"}]},
    {"type": "location", "coordinates": {"lat": 1.5, "long": 2}},
    {"type": "template", "template": {"name": "t"}},
    {"type": "file", "mediaUrl": "https://files.test/a.pdf"},
]


@pytest.mark.parametrize("content", RICH, ids=lambda content: content["type"])
def test_every_kind_of_content_can_be_said(stage: Stage, content: Json) -> None:
    """And is listed as it was posted."""
    stage.call("POST /conversations/{chat}/messages", {"author": {"type": "business"}, "content": content})
    listed = stage.call("GET /conversations/{chat}/messages")[1]["messages"][-1]["content"]
    assert {name: listed[name] for name in content} == content


def test_secrets_of_channels_are_not_shown_again(stage: Stage) -> None:
    """What a channel was told and may show stands there."""
    shown = stage.call("GET /integrations/{twilio}")[1]["integration"]
    assert (shown["accountSid"], "authToken" in shown) == (TWILIO["accountSid"], False)


def test_a_private_file_can_be_fetched_with_any_proven_key(stage: Stage) -> None:
    """401 without one (F-32)."""
    stage.world.act("PUT", "/zendesk", {"private_attachments": True})
    request = Request("GET", urlsplit(stage.upload()).path)
    assert stage.send(Request("GET", request.path)).status == 401
    request.headers["Authorization"] = basic(INTEGRATION_KEY)
    assert stage.send(request).body == b"meow"
