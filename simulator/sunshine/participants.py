"""Who takes part in a conversation, and how they come and go.

Facts:
  * A participant is named by `userId` or `userExternalId`, not both; unknown is 404 (SUN-CON-02).
  * Joining and leaving is for `sdkGroup` only, ten at most (SUN-CON-01/09); whoever takes part there must say
    whether an SDK client is subscribed. Subscribing makes one for a user who has none (SUN-CLI-05).
"""

from simulator.sunshine import errors, views
from simulator.sunshine.call import Call, Route, flag, given
from simulator.sunshine.clients import sdk_client
from simulator.sunshine.paging import forwards
from simulator.sunshine.records import Conversation, Participant, User
from simulator.sunshine.state import World
from simulator.sunshine.workspace import Workspace
from simulator.web import Json, Response, json_response

MOST = 10


def named_user(world: World, wanted: object, brand: str | None = None) -> User:
    """The one user that is meant."""
    if not isinstance(wanted, dict):
        raise errors.bad("participant should be object")
    names = [wanted[name] for name in ("userId", "userExternalId") if wanted.get(name)]
    if len(names) != 1:
        raise errors.bad("participant should have exactly one of userId, userExternalId")
    by_id = bool(wanted.get("userId"))
    user = world.users.get(str(names[0])) if by_id else world.by_external_id(names[0], brand)
    if user is None:
        raise errors.Refused(errors.USER)
    return user


def wants_client(wanted: Json, kind: str) -> bool:
    """Whether an SDK client is to be subscribed; a group must be told."""
    if kind == "sdkGroup":
        given(wanted, "subscribeSDKClient")
    return flag(wanted, "subscribeSDKClient", otherwise=False)


def participant(
    workspace: Workspace, conversation: Conversation, user: User, *, subscribed: bool
) -> Participant:
    """The user's place in this conversation."""
    made = Participant(workspace.world.new_id(), user.id)
    if subscribed:
        made.clients.append(sdk_client(workspace, conversation, user).id)
    return made


def join(call: Call) -> Response:
    conversation, body, world = call.conversation(), call.body, call.world
    _group(conversation)
    user = named_user(world, body, call.brand)
    subscribed = wants_client(body, conversation.type)
    held = next((each for each in conversation.participants if each.user == user.id), None)
    if held is None:
        held = _joined(call, conversation, user, subscribed=subscribed)
    return json_response({"participant": views.participant(world, held)}, 201)


def _joined(call: Call, conversation: Conversation, user: User, *, subscribed: bool) -> Participant:
    if len(conversation.participants) >= MOST:
        raise errors.Refused(errors.PARTICIPANTS)
    made = participant(call.workspace, conversation, user, subscribed=subscribed)
    conversation.participants.append(made)
    call.world.join(conversation, user.id)
    _tell(call, "join", conversation, user)
    return made


def leave(call: Call) -> Response:
    conversation, body, world = call.conversation(), call.body, call.world
    _group(conversation)
    external = world.by_external_id(body.get("userExternalId"), call.brand)
    wanted = (body.get("userId"), external.id if external else None)
    for held in conversation.participants:
        if held.user in wanted or held.id == body.get("participantId"):
            conversation.participants.remove(held)
            world.leave(conversation, held.user)
            if held.user in world.users:
                _tell(call, "leave", conversation, world.users[held.user])
            return json_response({})
    raise errors.Refused(errors.NOT_A_MEMBER)


def _group(conversation: Conversation) -> None:
    if conversation.type != "sdkGroup":
        raise errors.bad("Only conversations of type sdkGroup support this operation")


def _tell(call: Call, what: str, conversation: Conversation, user: User) -> None:
    short = views.conversation_short(call.world, conversation)
    call.workspace.hooks.emit(
        f"conversation:{what}",
        conversation,
        lambda hook: {"conversation": short, "user": views.told_user(user, hook)},
    )


def list_participants(call: Call) -> Response:
    page, rest = forwards(call, call.conversation().participants)
    return json_response({"participants": [views.participant(call.world, each) for each in page], **rest})


_ONE = "/conversations/<conversation>"
ROUTES = (
    Route("POST", f"{_ONE}/join", "JoinConversation", join),
    Route("GET", f"{_ONE}/participants", "ListParticipants", list_participants),
    Route("POST", f"{_ONE}/leave", "LeaveConversation", leave),
)
