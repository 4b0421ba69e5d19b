"""Conversations: create, look up, change, delete, read marks.

Facts:
  * `personal` has exactly one participant (SUN-CON-01). The first one is the default one and cannot be
    deleted (SUN-CON-05). A second one needs multi-conversations (SUN-CON-07, Q-08).
  * It starts with the switchboard's default responder (SUN-SWB-04, Q-09).
  * Lists need exactly one of the two user filters (SUN-CON-06).
  * A user may only send `conversation:read` (SUN-ACT-01).
"""

from typing import Any

from simulator.sunshine import errors, metadata, views
from simulator.sunshine.call import Call, Route, given, listed, text_field, url_field, word
from simulator.sunshine.content import author
from simulator.sunshine.paging import forwards
from simulator.sunshine.participants import MOST, named_user, participant, wants_client
from simulator.sunshine.records import Conversation, User
from simulator.sunshine.workspace import ACTIVITIES
from simulator.web import Json, Response, json_response

LABELS = {"displayName": 100, "description": 100}
KNOWN = (*LABELS, "iconUrl", "type", "participants", "metadata")
SECOND = "User already has a personal conversation and multi-conversations are not enabled"


def create(call: Call) -> Response:
    body, world = call.only(call.body, KNOWN), call.world
    kind = word(body, "type")
    members = [
        (named_user(world, each, call.brand), wants_client(each, kind)) for each in _wanted(kind, body)
    ]
    first = kind == "personal" and not _has_personal(call, members[0][0])
    if kind == "personal" and not first and not world.switches.multi_conversations:
        raise _second(world.switches.second_conversation)
    now = world.now()
    made = Conversation(world.new_id(), kind, now, now, is_default=first)
    _apply(call, made, body)
    made.participants = [
        participant(call.workspace, made, user, subscribed=subscribed) for user, subscribed in members
    ]
    made.brand_id = next((user.brand_id for user, _ in members if user.brand_id), None)
    made.active = world.starter
    world.add_conversation(made)
    _announce(call, made, members[0][0] if kind == "personal" else None)
    return _answer(call, made, 201)


def _wanted(kind: str, body: Json) -> list[Any]:
    """The participants as they were sent."""
    if kind not in ("personal", "sdkGroup"):
        raise errors.bad("type should be equal to one of the allowed values")
    wanted = listed(body, "participants")
    if kind == "personal" and len(wanted) != 1:
        raise errors.bad("personal conversations need exactly one participant")
    if len(wanted) > MOST:
        raise errors.Refused(errors.PARTICIPANTS)
    return wanted


def _has_personal(call: Call, user: User) -> bool:
    return any(each.type == "personal" for each in call.world.conversations_of(user))


def _second(status: int) -> errors.Refused:
    code = {403: "forbidden", 409: "conflict"}.get(status, "bad_request")
    return errors.Refused(errors.Fault(status, code, SECOND))


def _apply(call: Call, conversation: Conversation, body: Json) -> None:
    labels = {name: text_field(body, name, limit) for name, limit in LABELS.items() if name in body}
    labels |= {"iconUrl": url_field(body, "iconUrl")} if "iconUrl" in body else {}
    described = conversation.metadata
    if "metadata" in body:
        described = metadata.patched(described, body["metadata"], call.world.switches)
    conversation.labels = {k: v for k, v in {**conversation.labels, **labels}.items() if v is not None}
    conversation.metadata = described


def _announce(call: Call, made: Conversation, user: User | None) -> None:
    common = {
        "conversation": views.conversation_short(call.world, made),
        "creationReason": "none",
        "source": {"type": "api:conversations"},
    }
    call.workspace.hooks.emit(
        "conversation:create",
        made,
        lambda hook: {**common, "user": views.told_user(user, hook)} if user else common,
    )


def _answer(call: Call, shown: Conversation, status: int = 200) -> Response:
    return json_response({"conversation": views.conversation(call.world, shown)}, status)


def show(call: Call) -> Response:
    return _answer(call, call.conversation())


def update(call: Call) -> Response:
    conversation = call.conversation()
    _apply(call, conversation, call.only(call.body, KNOWN))
    return _answer(call, conversation)


def list_conversations(call: Call) -> Response:
    wanted = call.deep("filter")
    names = [wanted[name] for name in ("userId", "userExternalId") if name in wanted]
    if len(names) != 1:
        raise errors.Refused(errors.QUERY)
    world = call.world
    by_id = "userId" in wanted
    user = world.users.get(names[0]) if by_id else world.by_external_id(names[0], call.brand)
    if user is None:
        raise errors.Refused(errors.USER)
    page, rest = forwards(call, world.conversations_of(user))
    return json_response({"conversations": [views.conversation(world, each) for each in page], **rest})


def delete(call: Call) -> Response:
    conversation = call.conversation()
    if conversation.is_default:
        raise errors.bad(f"Conversation {conversation.id} cannot be deleted because it is the default.")
    call.workspace.remove(conversation)
    return json_response({})


def post_activity(call: Call) -> Response:
    conversation, body = call.conversation(), call.body
    writer = author(call.world, conversation, given(body, "author"))
    kind = word(body, "type")
    if kind not in ACTIVITIES or (writer["type"] == "user" and kind != "conversation:read"):
        raise errors.bad("type should be equal to one of the allowed values")
    if kind == "conversation:read":
        _mark_read(call, conversation, writer)
    call.workspace.activity(conversation, kind, writer, "api:conversations")
    return json_response({})


def _mark_read(call: Call, conversation: Conversation, writer: Json) -> None:
    now = call.world.now()
    if writer["type"] == "business":
        conversation.business_last_read = now
    for member in conversation.participants:
        if member.user == writer.get("userId"):
            member.unread, member.last_read = 0, now


_ONE = "/conversations/<conversation>"
ROUTES = (
    Route("POST", "/conversations", "CreateConversation", create),
    Route("GET", "/conversations", "ListConversations", list_conversations),
    Route("GET", _ONE, "GetConversation", show),
    Route("PATCH", _ONE, "UpdateConversation", update),
    Route("DELETE", _ONE, "DeleteConversation", delete),
    Route("POST", f"{_ONE}/activity", "PostActivity", post_activity),
)
