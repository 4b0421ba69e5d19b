"""Drives one version of Zendesk's Python SDK, unmodified, against a simulator that is being served.

Run in a process of its own, because two versions of one package cannot be loaded together:

    python tests/contract/sdk/drive.py http://127.0.0.1:4010

It prints one line of JSON: the version, the methods called and what it saw of the SDK's known quirks.
"""

import http.client
import json
import re
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.request import Request, urlopen

sys.path.append(str(Path(__file__).parents[3]))  # after PYTHONPATH, for the accounts
from simulator import accounts

APP = accounts.SUNSHINE_APP_ID
MARIA = "+14155550101"
sdk: Any = import_module("sunshine_conversations_client")
NEW = not sdk.__version__.startswith("16")
models: Any = import_module("sunshine_conversations_client.model") if NEW else sdk
KEYS = {
    "app": (accounts.SUNSHINE_KEY_ID, accounts.SUNSHINE_SECRET),
    "account": (accounts.SUNSHINE_ACCOUNT_KEY_ID, accounts.SUNSHINE_ACCOUNT_SECRET),
}


class Driver:
    """Calls methods by name and remembers which."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.called: list[str] = []
        self.quirks: dict[str, str] = {}

    def client(self, key: str) -> Any:
        host = f"{self.base}/zendesk/sc"
        if key in KEYS:
            settings = sdk.Configuration(host=host, username=KEYS[key][0], password=KEYS[key][1])
        else:
            settings = sdk.Configuration(host=host)
        client = sdk.ApiClient(settings)
        if key not in KEYS:  # the SDK believes that nothing about tokens needs one
            client.set_default_header("Authorization", f"Bearer {key}")
        return client

    def __call__(self, name: str, *, key: str = "app", **given: Any) -> Any:
        """`Api.method`; a dictionary becomes the model its parameter is called after."""
        kind, _, method = name.partition(".")
        self.called.append(method)
        call = getattr(getattr(sdk, f"{kind}Api")(self.client(key)), method)
        bodies = {what: self.body(what, value) for what, value in given.items()}
        if not NEW and kind == "Users":
            return _plain(json.loads(call(**bodies, _preload_content=False).data))
        return call(**bodies)

    def body(self, what: str, value: Any) -> Any:
        if not NEW or not isinstance(value, dict) or what == "filter":
            return value
        return getattr(models, "".join(word.capitalize() for word in what.split("_"))).from_dict(value)

    def refused(self, quirk: str, name: str, **given: Any) -> None:
        """The SDK raises here, whatever we answer; keep what it says."""
        try:
            self(name, **given)
        except Exception as raised:  # noqa: BLE001 - each version raises a type of its own
            self.quirks[quirk] = type(raised).__name__

    def act(self, path: str, body: Any = None, method: str = "POST") -> Any:
        """One call to the control surface."""
        content = json.dumps(body or {}).encode() if method != "GET" else None
        with urlopen(Request(f"{self.base}/_sim{path}", content, method=method)) as answer:
            return json.loads(answer.read())

    def settle(self) -> None:
        """Let the simulator do what is due."""
        while not self.act("/idle", method="GET")["idle"]:
            pass


def _plain(content: Any) -> Any:
    """16.0.1 cannot read a record whose metadata is an object ("no attribute 'dict'"); this reads it."""
    if not isinstance(content, dict):
        return content
    named = {re.sub(r"([A-Z])", r"_\1", name).lower(): value for name, value in content.items()}
    return SimpleNamespace(
        **{name: value if name == "metadata" else _plain(value) for name, value in named.items()}
    )


def found(answer: Any, kind: str) -> Any:
    """The record an answer holds; both versions may wrap it once more."""
    record = getattr(answer, kind)
    return getattr(record, "actual_instance", None) or record


def people(do: Driver) -> tuple[str, str]:
    profile = {"givenName": "Maria"}
    user = do("Users.create_user", app_id=APP, user_create_body={"externalId": MARIA, "profile": profile})
    other = do("Users.create_user", app_id=APP, user_create_body={"externalId": "omar"})
    assert do("Users.get_user", app_id=APP, user_id_or_external_id=MARIA).user.id == user.user.id
    changed = {"metadata": {"phone": MARIA}}
    shown = do("Users.update_user", app_id=APP, user_id_or_external_id=MARIA, user_update_body=changed)
    assert shown.user.metadata == changed["metadata"]
    return user.user.id, other.user.id


def talk(do: Driver, user: str, other: str) -> tuple[str, str]:
    def start(kind: str, who: str) -> str:
        member = {"userId": who, "subscribeSDKClient": False}
        body = {"type": kind, "participants": [member]}
        made = do("Conversations.create_conversation", app_id=APP, conversation_create_body=body)
        return str(made.conversation.id)

    first, chat, group = start("personal", user), start("personal", user), start("sdkGroup", user)
    at: dict[str, Any] = {"app_id": APP, "conversation_id": chat}
    do("Conversations.update_conversation", **at, conversation_update_body={"metadata": {"a": "b"}})
    assert do("Conversations.get_conversation", **at).conversation.metadata == {"a": "b"}
    says = {"author": {"type": "user", "userId": user}, "content": {"type": "text", "text": "hello"}}
    posted = [do("Messages.post_message", **at, message_post=says).messages[0].id for _ in range(2)]
    assert [each.id for each in do("Messages.list_messages", **at).messages] == posted
    assert do("Messages.delete_message", **at, message_id=posted[0]) is not None
    assert [each.id for each in do("Messages.list_messages", **at).messages] == posted[1:]
    reading = {"author": {"type": "user", "userId": user}, "type": "conversation:read"}
    do("Activities.post_activity", **at, activity_post=reading)
    group_at: dict[str, Any] = {"app_id": APP, "conversation_id": group}
    member = {"userId": other, "subscribeSDKClient": True}
    do("Participants.join_conversation", **group_at, participant_join_body=member)
    assert len(do("Participants.list_participants", **group_at).participants) == 2
    leaver = models.ParticipantLeaveBody(models.ParticipantLeaveBodyUserId(user_id=other)) if NEW else None
    do("Participants.leave_conversation", **group_at, participant_leave_body=leaver or {"userId": other})
    do("Messages.delete_all_messages", **group_at)
    do("Conversations.delete_conversation", **group_at)
    return first, chat


def files(do: Driver, chat: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cat.png"
        path.write_bytes(b"meow")
        kept = do("Attachments.upload_attachment", app_id=APP, access="public", source=str(path))
    assert kept.attachment.media_type == "image/png"
    shown = {"type": "image", "mediaUrl": kept.attachment.media_url}
    body = {"author": {"type": "business"}, "content": shown}
    do("Messages.post_message", app_id=APP, conversation_id=chat, message_post=body)
    removal = {"mediaUrl": kept.attachment.media_url}
    do("Attachments.delete_attachment", app_id=APP, attachment_delete_body=removal)


HOOK = {"target": "http://127.0.0.1:9/", "triggers": ["conversation:message"]}


def integrations(do: Driver) -> str:
    wanted = {"type": "custom", "webhooks": [HOOK]}
    made = found(do("Integrations.create_integration", app_id=APP, integration=wanted), "integration").id
    at: dict[str, Any] = {"app_id": APP, "integration_id": made}
    assert found(do("Integrations.get_integration", **at), "integration").type == "custom"
    assert len(do("Integrations.list_integrations", app_id=APP).integrations) == 2
    renamed: Any = {"displayName": "Bridge"}
    if NEW:
        renamed = models.IntegrationUpdate(models.CustomUpdate(display_name="Bridge"))
    do("Integrations.update_integration", **at, integration_update=renamed)
    key_api = "CustomIntegrationApiKeys"
    key = do(f"{key_api}.create_custom_integration_key", **at, integration_api_key={"displayName": "k"}).key
    assert do(f"{key_api}.get_custom_integration_key", **at, key_id=key.id).key.secret == key.secret
    assert len(do(f"{key_api}.list_custom_integration_keys", **at).keys) == 1
    do(f"{key_api}.delete_custom_integration_key", **at, key_id=key.id)
    hook = do("Webhooks.create_webhook", **at, webhook_create_body=HOOK).webhook
    assert do("Webhooks.get_webhook", **at, webhook_id=hook.id).webhook.secret == hook.secret
    changed = do("Webhooks.update_webhook", **at, webhook_id=hook.id, webhook_body={"includeFullUser": True})
    assert changed.webhook.include_full_user is True
    assert len(do("Webhooks.list_webhooks", **at).webhooks) == 2
    do("Webhooks.delete_webhook", **at, webhook_id=hook.id)
    return str(made)


def switchboard(do: Driver, integration: str, chat: str) -> None:
    board = do("Switchboards.list_switchboards", app_id=APP).switchboards[0].id
    at: dict[str, Any] = {"app_id": APP, "switchboard_id": board}
    place = {"name": "bridge", "integrationId": integration}
    api = "SwitchboardIntegrations"
    made = do(f"{api}.create_switchboard_integration", **at, switchboard_integration_create_body=place)
    one = {**at, "switchboard_integration_id": made.switchboard_integration.id}
    quiet = {"deliverStandbyEvents": False}
    do(f"{api}.update_switchboard_integration", **one, switchboard_integration_update_body=quiet)
    assert len(do(f"{api}.list_switchboard_integrations", **at).switchboard_integrations) == 3
    to: dict[str, Any] = {"app_id": APP, "conversation_id": chat}
    bridge = {"switchboardIntegration": "bridge"}
    do("SwitchboardActions.offer_control", **to, offer_control_body=bridge)
    do("SwitchboardActions.accept_control", **to, accept_control_body={"metadata": {"why": "mine"}})
    do.settle()
    shown = do("Conversations.get_conversation", **to).conversation
    assert shown.active_switchboard_integration.name == "bridge"
    do("SwitchboardActions.release_control", **to, release_control_body={"metadata": {"why": "done"}})
    agents = {"switchboardIntegration": "zd-agentWorkspace"}
    do("SwitchboardActions.pass_control", **to, pass_control_body=agents)
    do.settle()
    do(f"{api}.delete_switchboard_integration", **one)


def synced(do: Driver, user: str, chat: str) -> None:
    """The ticket tied the user to a Support user; what an agent writes no version can read (SUN-SDK-06)."""
    person = do("Users.get_user", app_id=APP, user_id_or_external_id=user).user.zendesk_id
    assert do("Users.sync_user", app_id=APP, zendesk_id=person).user.id == user
    do.act(f"/conversations/{chat}/replies", {"text": "On it"})
    if not NEW:
        with_metadata = {"author": {"type": "business"}, "content": {"type": "text", "text": "x"}}
        with_metadata |= {"metadata": {"sms": "SM1"}}
        given: dict[str, Any] = {"app_id": APP, "conversation_id": chat, "message_post": with_metadata}
        do.refused("metadata", "Messages.post_message", **given)
    do.refused("SUN-SDK-06", "Messages.list_messages", app_id=APP, conversation_id=chat)


def filters(do: Driver, user: str) -> None:
    """16.0.1 filters as documented; 17.0.1 sends JSON, which is no filter (SUN-SDK-08)."""
    wanted = models.ConversationListFilter(user_id=user) if NEW else {"userId": user}
    given: dict[str, Any] = {"app_id": APP, "filter": wanted}
    if NEW:
        do.refused("SUN-SDK-08", "Conversations.list_conversations", **given)
        return
    assert len(do("Conversations.list_conversations", **given, page={"size": 1}).conversations) == 1


CHANNEL = {"type": "twilio", "accountSid": "AC1", "authToken": "t", "phoneNumberSid": "PN1"}


def clients(do: Driver, user: str, chat: str) -> None:
    made = found(do("Integrations.create_integration", app_id=APP, integration=CHANNEL), "integration").id
    at: dict[str, Any] = {"app_id": APP, "user_id_or_external_id": user}
    match = {"type": "twilio", "integrationId": made, "phoneNumber": MARIA}
    wanted = {
        "matchCriteria": match,
        "confirmation": {"type": "prompt"},
        "target": {"conversationId": chat},
    }
    client = do("Clients.create_client", **at, client_create=wanted).client
    assert [each.id for each in do("Clients.list_clients", **at).clients] == [client.id]
    do("Clients.remove_client", **at, client_id=client.id)
    device = do.act(f"/sunshine/users/{user}/login", {"type": "ios"})["device"]
    assert [each.id for each in do("Devices.list_devices", **at).devices] == [device]
    assert do("Devices.get_device", **at, device_id=device).device.type == "ios"


def rare(do: Driver, user: str, chat: str) -> None:
    at: dict[str, Any] = {"app_id": APP, "conversation_id": chat}
    names = ("url", "bid", "key", "signature", "owner")
    reference = {"interactiveDataRef": dict.fromkeys(names, "x")}
    do(
        "Conversations.download_message_ref",
        **at,
        download_message_ref_body={"userId": user, "apple": reference},
    )
    event: Any = {"messenger": {"payload": {"data": [{"event_name": "Purchase"}]}}}
    if NEW:
        event = models.ConversionEventsBody(models.MessengerConversionEventsBody.from_dict(event))
    do("Conversations.post_conversion_events", **at, conversion_events_body=event)


def apps(do: Driver) -> None:
    assert do("Apps.get_app", app_id=APP).app.settings.multi_convo_enabled is True
    do("Apps.update_app", app_id=APP, app_update_body={"displayName": "Renamed"})
    own: dict[str, Any] = {"key": "account"}
    made = do("Apps.create_app", **own, app_create_body={"displayName": "Second"}).app.id
    assert len(do("Apps.list_apps", **own).apps) == 2
    key = do("AppKeys.create_app_key", **own, app_id=made, app_key_create_body={"displayName": "k"}).key
    assert do("AppKeys.get_app_key", **own, app_id=made, key_id=key.id).key.secret == key.secret
    assert len(do("AppKeys.list_app_keys", **own, app_id=made).keys) == 1
    board = do("Switchboards.create_switchboard", **own, app_id=made).switchboard
    assert board.enabled is False
    at: dict[str, Any] = {**own, "app_id": made, "switchboard_id": board.id}
    do("Switchboards.update_switchboard", **at, switchboard_update_body={"enabled": False})
    do("Switchboards.delete_switchboard", **at)
    do("AppKeys.delete_app_key", **own, app_id=made, key_id=key.id)
    do("Apps.delete_app", **own, app_id=made)


def tokens(do: Driver) -> None:
    """The code comes by the browser; the SDK would follow it to the bot's own address."""
    asked = f"client_id={accounts.SUNSHINE_OAUTH_CLIENT_ID}&response_type=code"
    host = do.base.removeprefix("http://")
    line = http.client.HTTPConnection(host)
    line.request("GET", f"/zendesk/sc/oauth/authorize?{asked}")
    code = re.search(r"code=(\w+)", line.getresponse().headers["Location"])
    assert code is not None
    given = {
        "code": code[1],
        "grant_type": "authorization_code",
        "client_id": accounts.SUNSHINE_OAUTH_CLIENT_ID,
        "client_secret": accounts.SUNSHINE_OAUTH_CLIENT_SECRET,
    }
    body: dict[str, Any] = {"get_token_request" if NEW else "inline_object": given}
    answer = do("OAuthEndpoints.get_token", **body)
    token = answer["access_token"] if isinstance(answer, dict) else answer.access_token
    assert do("OAuthEndpoints.get_token_info", key=token).app.id == APP
    do("OAuthEndpoints.revoke_access", key=token)


def story(do: Driver) -> None:
    """Everything the SDK can call, in an order that gives each call something to be about."""
    do.act("/reset")
    user, other = people(do)
    first, chat = talk(do, user, other)
    files(do, chat)
    custom = integrations(do)
    switchboard(do, custom, chat)
    do("Integrations.delete_integration", app_id=APP, integration_id=custom)
    synced(do, user, chat)
    filters(do, user)
    clients(do, user, first)
    rare(do, user, chat)
    apps(do)
    tokens(do)
    do("Users.delete_user_personal_information", app_id=APP, user_id_or_external_id=user)
    do("Users.delete_user", app_id=APP, user_id_or_external_id=user)


if __name__ == "__main__":
    driver = Driver(sys.argv[1])
    story(driver)
    told = {"version": sdk.__version__, "called": sorted(set(driver.called)), "quirks": driver.quirks}
    sys.stdout.write(json.dumps(told) + "\n")
