"""Conversations: create, look up, change, delete, read marks.

Facts:
  * `personal` has exactly one participant, named by id or external id, not both (SUN-CON-01/02).
  * The first personal conversation is the default one and cannot be deleted (SUN-CON-05). A second one needs
    multi-conversations (SUN-CON-07, Q-08).
  * It starts with the switchboard's default responder (SUN-SWB-04, Q-09).
  * Lists need exactly one of the two user filters (SUN-CON-06).
  * A user may only send `conversation:read` (SUN-ACT-01).
"""

from simulator.sunshine import errors, metadata, views
from simulator.sunshine.call import Call, Route, given, text_field
from simulator.sunshine.content import author
from simulator.sunshine.paging import forwards
from simulator.sunshine.state import Conversation, Participant, User
from simulator.sunshine.workspace import ACTIVITIES
from simulator.web import Json, Response, json_response

LABELS = {"displayName": 100, "description": 100, "iconUrl": 2048}


def create(call: Call) -> Response:
    body, world = call.body, call.world
    users = _participants(call, body)
    if body["type"] == "personal" and not world.switches.multi_conversations:
        _refuse_second(call, users)
    first = body["type"] == "personal" and not _personal(call, users[0])
    now = world.now()
    made = Conversation(world.new_id(), body["type"], now, now, is_default=first)
    made.participants = [Participant(world.new_id(), user.id) for user in users]
    _apply(call, made, body)
    made.active = world.default_responder
    world.conversations[made.id] = made
    _announce(call, made, users)
    return _answer(call, made, 201)


def _participants(call: Call, body: Json) -> list[User]:
    kind = given(body, "type")
    if kind not in ("personal", "sdkGroup"):
        raise errors.bad("type should be equal to one of the allowed values")
    wanted = body.get("participants") or []
    if kind == "personal" and len(wanted) != 1:
        raise errors.bad("personal conversations need exactly one participant")
    if len(wanted) > 10:
        raise errors.bad("Too many participants")
    return [_participant(call, each) for each in wanted]


def _participant(call: Call, wanted: Json) -> User:
    names = [wanted[name] for name in ("userId", "userExternalId") if wanted.get(name)]
    if len(names) != 1:
        raise errors.bad("participant should have exactly one of userId, userExternalId")
    by_id = bool(wanted.get("userId"))
    user = call.world.users.get(names[0]) if by_id else call.world.by_external_id(names[0])
    if user is None:
        raise errors.Refused(errors.USER)
    return user


def _personal(call: Call, user: User) -> list[Conversation]:
    return [each for each in call.world.conversations_of(user) if each.type == "personal"]


def _refuse_second(call: Call, users: list[User]) -> None:
    if any(_personal(call, user) for user in users):
        raise errors.bad("User already has a personal conversation and multi-conversations are not enabled")


def _apply(call: Call, conversation: Conversation, body: Json) -> None:
    labels = {name: text_field(body, name, limit) for name, limit in LABELS.items() if name in body}
    conversation.labels = {k: v for k, v in {**conversation.labels, **labels}.items() if v is not None}
    if "metadata" in body:
        replace = call.world.switches.metadata_patch == "replace"
        wanted = body["metadata"] or {}
        conversation.metadata = metadata.patched(conversation.metadata, wanted, replace=replace)


def _announce(call: Call, made: Conversation, users: list[User]) -> None:
    short = views.conversation_short(call.world, made)
    common = {"conversation": short, "creationReason": "none", "source": {"type": "api:conversations"}}

    def payload(*, full_user: bool) -> Json:
        if made.type != "personal":
            return common
        return {**common, "user": views.user(users[0]) if full_user else views.user_short(users[0])}

    hooks = call.workspace.hooks
    hooks.emit("conversation:create", made, lambda webhook: payload(full_user=webhook.full_user))


def _answer(call: Call, shown: Conversation, status: int = 200) -> Response:
    return json_response({"conversation": views.conversation(call.world, shown)}, status)


def show(call: Call) -> Response:
    return _answer(call, call.conversation())


def update(call: Call) -> Response:
    conversation = call.conversation()
    _apply(call, conversation, call.body)
    return _answer(call, conversation)


def list_conversations(call: Call) -> Response:
    wanted = call.deep("filter")
    names = [wanted[name] for name in ("userId", "userExternalId") if name in wanted]
    if len(names) != 1:
        raise errors.Refused(errors.QUERY)
    world = call.world
    user = world.users.get(names[0]) if "userId" in wanted else world.by_external_id(names[0])
    if user is None:
        raise errors.Refused(errors.USER)
    page, rest = forwards(call, world.conversations_of(user))
    return json_response({"conversations": [views.conversation(world, each) for each in page], **rest})


def list_participants(call: Call) -> Response:
    page, rest = forwards(call, call.conversation().participants)
    return json_response({"participants": [views.participant(call.world, each) for each in page], **rest})


def delete(call: Call) -> Response:
    conversation = call.conversation()
    if conversation.is_default:
        raise errors.bad(f"Conversation {conversation.id} cannot be deleted because it is the default.")
    call.workspace.remove(conversation)
    return json_response({})


def post_activity(call: Call) -> Response:
    conversation, body = call.conversation(), call.body
    writer = author(call.world, conversation, given(body, "author"))
    kind = given(body, "type")
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
    for participant in conversation.participants:
        if participant.user == writer.get("userId"):
            participant.unread, participant.last_read = 0, now


_ONE = "/conversations/<conversation>"
ROUTES = (
    Route("POST", "/conversations", "CreateConversation", create),
    Route("GET", "/conversations", "ListConversations", list_conversations),
    Route("GET", _ONE, "GetConversation", show),
    Route("PATCH", _ONE, "UpdateConversation", update),
    Route("DELETE", _ONE, "DeleteConversation", delete),
    Route("GET", f"{_ONE}/participants", "ListParticipants", list_participants),
    Route("POST", f"{_ONE}/activity", "PostActivity", post_activity),
)
