"""Zendesk's own Python SDK, unmodified, drives the simulated Sunshine over a socket.

Its quirks are met as measured: it wraps contents (SUN-SDK-09), sends filters and pages as JSON, which no
server understands (SUN-SDK-08), and cannot read an agent's message (SUN-SDK-06).
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from sunshine_conversations_client import exceptions
from werkzeug.serving import make_server

from simulator import accounts
from simulator.wsgi import application
from tests.contract.zendesk_world import AGENTS, BOT, MARIA, World

APP = accounts.SUNSHINE_APP_ID
# The SDK's annotations do not hold what its constructors take.
sdk: Any = import_module("sunshine_conversations_client")
api: Any = import_module("sunshine_conversations_client.api")
model: Any = import_module("sunshine_conversations_client.model")


@dataclass
class Desk:
    """The simulated account, and the SDK pointed at its port."""

    world: World
    url: str

    def client(self, secret: str = accounts.SUNSHINE_SECRET) -> Any:
        settings = sdk.Configuration(host=self.url, username=accounts.SUNSHINE_KEY_ID, password=secret)
        return sdk.ApiClient(settings)

    def __getattr__(self, name: str) -> Any:
        """`desk.messages` is the SDK's MessagesApi, and so on."""
        kind = "".join(word.capitalize() for word in name.split("_")) + "Api"
        return getattr(api, kind)(self.client())

    def user(self) -> str:
        body = model.UserCreateBody(external_id=MARIA, profile=model.Profile(given_name="Maria"))
        return str(self.users.create_user(APP, body).user.id)

    def conversation(self) -> str:
        """Maria's new conversation."""
        self.user()
        who = model.ParticipantSubSchema(model.ParticipantWithUserExternalId(user_external_id=MARIA))
        body = model.ConversationCreateBody(
            type="personal", participants=[who], metadata={"opencx_session_id": "s1"}
        )
        return str(self.conversations.create_conversation(APP, body).conversation.id)

    def post(self, conversation: str, content: Any) -> Any:
        author = model.Author(type="user", user_external_id=MARIA)
        body = model.MessagePost(author=author, content=model.Content(content), metadata={"sms": "SM1"})
        return self.messages.post_message(APP, conversation, body).messages[0]

    def says(self, conversation: str, text: str) -> Any:
        return self.post(conversation, model.TextMessage(type="text", text=text))


@pytest.fixture
def desk() -> Iterator[Desk]:
    """An account on a free port of this machine."""
    world = World()
    server = make_server("127.0.0.1", 0, application(world.network.handle), threaded=True)
    world.network.base = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield Desk(world, f"{world.network.base}/zendesk/sc")
    server.shutdown()
    server.server_close()
    thread.join()


def test_users(desk: Desk) -> None:
    """Create, find by external id, change."""
    user = desk.user()
    assert desk.users.get_user(APP, MARIA).user.id == user
    changed = desk.users.update_user(APP, user, model.UserUpdateBody(metadata={"phone": MARIA}))
    assert (changed.user.metadata, changed.user.profile.given_name) == ({"phone": MARIA}, "Maria")


def test_a_second_user_conflicts(desk: Desk) -> None:
    """409 reaches the SDK as its own exception."""
    desk.user()
    with pytest.raises(exceptions.ConflictException, match="User already exists"):
        desk.user()


def test_conversations(desk: Desk) -> None:
    """Create, read, change."""
    conversation = desk.conversation()
    shown = desk.conversations.get_conversation(APP, conversation).conversation
    assert (shown.is_default, shown.active_switchboard_integration.name) == (True, BOT)
    body = model.ConversationUpdateBody(display_name="SMS")
    changed = desk.conversations.update_conversation(APP, conversation, body).conversation
    assert (changed.display_name, changed.metadata) == ("SMS", {"opencx_session_id": "s1"})


def test_the_sdks_filters_are_not_understood(desk: Desk) -> None:
    """A filter in JSON is none, so the list is refused."""
    wanted = model.ConversationListFilter(user_id=desk.user())
    with pytest.raises(exceptions.BadRequestException):
        desk.conversations.list_conversations(APP, wanted)


def test_messages(desk: Desk) -> None:
    """What was posted is listed, oldest first, whatever page the SDK asks for in JSON."""
    conversation = desk.conversation()
    for text in ("one", "two"):
        assert desk.says(conversation, text).source.type == "api:conversations"
    page = model.Page(before="6a0000000000000000000001")
    listed = desk.messages.list_messages(APP, conversation, page=page)
    assert [message.content.actual_instance.text for message in listed.messages] == ["one", "two"]
    assert (listed.meta.has_more, listed.messages[0].metadata) == (False, {"sms": "SM1"})


def test_a_full_conversation_is_an_error_without_a_name(desk: Desk) -> None:
    """423 has no exception of its own in the SDK."""
    conversation = desk.conversation()
    desk.says(conversation, "hi")
    desk.world.sunshine.world.conversations[conversation].messages *= 30_000
    with pytest.raises(exceptions.ApiException) as refused:
        desk.says(conversation, "one more")
    assert refused.value.status == 423


def test_activities(desk: Desk) -> None:
    """An empty object is success."""
    conversation = desk.conversation()
    body = model.ActivityPost(author=model.Author(type="business"), type="typing:start")
    assert desk.activities.post_activity(APP, conversation, body) == {}


def test_attachments(desk: Desk, tmp_path: Path) -> None:
    """An uploaded picture is posted and comes back with its type and size."""
    conversation = desk.conversation()
    (tmp_path / "cat.png").write_bytes(b"meow")
    kept = desk.attachments.upload_attachment(
        APP, "public", str(tmp_path / "cat.png"), var_for="message", conversation_id=conversation
    ).attachment
    shown = desk.post(conversation, model.ImageMessage(type="image", media_url=kept.media_url))
    image = shown.content.actual_instance
    assert (image.media_type, image.media_size) == ("image/png", 4)
    removal = model.AttachmentDeleteBody(media_url=kept.media_url)
    assert desk.attachments.delete_attachment(APP, removal) == {}


def test_switchboard(desk: Desk) -> None:
    """The stock account lists its two responders; control passes to the agents and back to nobody."""
    board = desk.switchboards.list_switchboards(APP).switchboards[0]
    listed = desk.switchboard_integrations.list_switchboard_integrations(APP, board.id)
    names = {place.id: place.name for place in listed.switchboard_integrations}
    assert (sorted(names.values()), names[board.default_switchboard_integration_id]) == ([AGENTS, BOT], BOT)
    conversation = desk.conversation()
    desk.says(conversation, "a human please")
    body = model.PassControlBody(
        switchboard_integration=AGENTS, metadata={"dataCapture.systemField.tags": "sms"}
    )
    assert desk.switchboard_actions.pass_control(APP, conversation, body) == {}
    desk.world.settle()
    assert desk.world.seen(conversation)["tags"] == ["sms"]
    desk.switchboard_actions.release_control(APP, conversation)
    desk.world.settle()
    shown = desk.conversations.get_conversation(APP, conversation).conversation
    assert shown.active_switchboard_integration is None


def test_integrations_and_webhooks(desk: Desk) -> None:
    """A custom integration is made with its webhook, whose secret can be read again."""
    hook = model.Webhook(target="https://bridge.test/", triggers=["conversation:message"])
    made = desk.integrations.create_integration(APP, model.Custom(type="custom", webhooks=[hook])).integration
    listed = desk.webhooks.list_webhooks(APP, made.id).webhooks
    assert (listed[0].target, len(listed[0].secret), made.status.value) == (
        "https://bridge.test/",
        40,
        "active",
    )
    assert len(desk.integrations.list_integrations(APP).integrations) == 2
    second = model.WebhookCreateBody(target="https://bridge.test/2", triggers=["user:merge"])
    added = desk.webhooks.create_webhook(APP, made.id, second).webhook
    assert desk.webhooks.get_webhook(APP, made.id, added.id).webhook.secret == added.secret
    assert desk.webhooks.delete_webhook(APP, made.id, added.id) == {}


def test_apps(desk: Desk) -> None:
    """The cheap check of a key."""
    shown = desk.apps.get_app(APP).app
    assert (shown.id, shown.settings.multi_convo_enabled) == (APP, True)


def test_a_wrong_secret_is_refused(desk: Desk) -> None:
    """401 reaches the SDK as its own exception."""
    with pytest.raises(exceptions.UnauthorizedException):
        api.AppsApi(desk.client("wrong")).get_app(APP)


ERRORS = [
    (exceptions.NotFoundException, "user_not_found", lambda desk: desk.users.get_user(APP, "nobody")),
    (
        exceptions.NotFoundException,
        "app_not_found",
        lambda desk: desk.apps.get_app("6a00000000000000000000ff"),
    ),
    (
        exceptions.NotFoundException,
        "conversation_not_found",
        lambda desk: desk.conversations.get_conversation(APP, "6a00000000000000000000ff"),
    ),
]


@pytest.mark.parametrize(("kind", "code", "call"), ERRORS)
def test_errors(desk: Desk, kind: type[Exception], code: str, call: Any) -> None:
    """The body holds the documents' code."""
    with pytest.raises(kind, match=code):
        call(desk)


def test_a_planted_fault_reaches_the_sdk(desk: Desk) -> None:
    """Here a 503 in HTML."""
    desk.world.network.faults.plant("sunshine", "GetApp", "status 503")
    with pytest.raises(exceptions.ServiceException):
        desk.apps.get_app(APP)
    assert desk.apps.get_app(APP).app.id == APP


def test_the_sdk_cannot_read_an_agents_message(desk: Desk) -> None:
    """The documented subtype makes it raise, as the real platform does."""
    conversation = desk.world.live_chat()
    desk.world.agent(conversation, "replies", text="On it")
    with pytest.raises(ValidationError):
        desk.messages.list_messages(APP, conversation)
