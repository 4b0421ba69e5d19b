"""What customers do on channels that tell Sunshine more than an SMS can: buttons, referrals, log-ins, links.

They raise the events no API call raises. Every act is in the ledger as one of "customer".
"""

from collections.abc import Callable

from simulator.sunshine import views
from simulator.sunshine.call import json_of
from simulator.sunshine.clients import become, lose, sdk_client
from simulator.sunshine.people import impossible
from simulator.sunshine.records import Client, Conversation, Device, User
from simulator.sunshine.workspace import Workspace
from simulator.web import Handler, Json, Request, Response, json_response

SOURCE = "sdk"
DEVICES = ("android", "ios", "web")
BECOMES = {"confirm": "confirmed", "match": "matched", "block": "blocked", "unblock": "unblocked"}
LOSES = {"cancel": "linkCancelled", "fail": "linkFailed", "logout": "sdk", "theft": "theft"}


def routes(workspace: Workspace) -> list[tuple[str, str, str, Handler]]:
    """Routes below /_sim: method, path, operation, handler."""
    chat, user = "/conversations/<conversation>/customer", "/sunshine/users/<user>"
    return [
        *(
            ("POST", f"{chat}/{did}", f"the customer: {did}", _in_conversation(workspace, did, act))
            for did, act in IN_CONVERSATION.items()
        ),
        *(
            ("POST", f"{user}/{did}", f"the user: {did}", _of_user(workspace, did, act))
            for did, act in OF_USER.items()
        ),
        *(
            (
                "POST",
                f"{user}/clients/<client>/{did}",
                f"the client: {did}",
                _of_user(workspace, did, _changes(did)),
            )
            for did in (*BECOMES, *LOSES)
        ),
    ]


def _body(request: Request) -> Json:
    content = json_of(request.body)
    if not isinstance(content, dict):
        raise impossible("the body must be a JSON object", 400)
    return content


# --- in a conversation ---


def _in_conversation(
    workspace: Workspace, did: str, act: Callable[[Workspace, Conversation, Json], None]
) -> Handler:
    def handler(request: Request) -> Response:
        conversation = workspace.world.conversations.get(request.params["conversation"])
        if conversation is None or workspace.world.owner(conversation) is None:
            raise impossible("no such conversation, or nobody in it", 404)
        act(workspace, conversation, _body(request))
        workspace.world.network.write("act", "customer", did=did, conversation=conversation.id)
        return json_response({})

    return handler


def _emit(workspace: Workspace, conversation: Conversation, what: str, more: Json) -> None:
    world = workspace.world
    user = world.owner(conversation)
    short = views.conversation_short(world, conversation)
    workspace.hooks.emit(
        f"conversation:{what}",
        conversation,
        lambda hook: {
            "conversation": short,
            **({"user": views.told_user(user, hook)} if user else {}),
            "source": views.told_source(SOURCE, user, hook),
            **more,
        },
    )


def _presses(workspace: Workspace, conversation: Conversation, body: Json) -> None:
    """A postback button."""
    marked = {"metadata": body["metadata"]} if body.get("metadata") else {}
    postback = {"payload": str(body.get("payload", "")), **marked}
    _emit(workspace, conversation, "postback", {"postback": postback})


def _is_referred(workspace: Workspace, conversation: Conversation, body: Json) -> None:
    details = {"details": body["details"]} if isinstance(body.get("details"), dict) else {}
    referral = {"code": str(body.get("code", "")), **details}
    _emit(workspace, conversation, "referral", {"referral": referral})


def _reads(workspace: Workspace, conversation: Conversation, _: Json) -> None:
    member = conversation.participants[0]
    member.unread, member.last_read = 0, workspace.world.now()
    _acts(workspace, conversation, "conversation:read")


def _types(workspace: Workspace, conversation: Conversation, body: Json) -> None:
    _acts(workspace, conversation, "typing:stop" if body.get("stop") else "typing:start")


def _acts(workspace: Workspace, conversation: Conversation, kind: str) -> None:
    author = {"type": "user", "userId": conversation.participants[0].user}
    workspace.activity(conversation, kind, author, SOURCE)


def _passes_through(workspace: Workspace, conversation: Conversation, body: Json) -> None:
    """Something a channel wants forwarded as it is; its shape is not described."""
    short = views.conversation_short(workspace.world, conversation)
    workspace.hooks.emit(
        "passthrough:messaging", conversation, lambda _: {"conversation": short, "passthrough": body}
    )


IN_CONVERSATION: dict[str, Callable[[Workspace, Conversation, Json], None]] = {
    "postback": _presses,
    "referral": _is_referred,
    "read": _reads,
    "typing": _types,
    "passthrough": _passes_through,
}


# --- a user and their clients ---


def _of_user(
    workspace: Workspace, did: str, act: Callable[[Workspace, User, Request], Json | None]
) -> Handler:
    def handler(request: Request) -> Response:
        user = workspace.world.users.get(request.params["user"])
        if user is None:
            raise impossible("no such user", 404)
        came = act(workspace, user, request) or {}
        workspace.world.network.write("act", "customer", did=did, user=user.id, **came)
        return json_response(came, 201 if came else 200)

    return handler


def _logs_in(workspace: Workspace, user: User, request: Request) -> Json:
    """On a device, with an SDK: the user is authenticated from now on."""
    kind = str(_body(request).get("type", "web"))
    if kind not in DEVICES:
        raise impossible(f"type must be one of {', '.join(DEVICES)}", 400)
    world = workspace.world
    about = next(iter(world.conversations_of(user)), None)
    client = sdk_client(workspace, about, user)
    device = Device(world.new_id(), kind, world.network.ids.uuid(), client.id, world.now())
    user.devices.append(device)
    client.last_seen, user.authenticated = world.now(), True
    _update(workspace, user, "authentication")
    return {"client": client.id, "device": device.id}


def _speaks(workspace: Workspace, user: User, request: Request) -> None:
    """A language was detected."""
    user.profile["locale"] = str(_body(request).get("locale", "en-US"))
    _update(workspace, user, "localeDetection")


def _update(workspace: Workspace, user: User, reason: str) -> None:
    workspace.hooks.emit(
        "user:update",
        None,
        lambda hook: {
            "user": views.told_user(user, hook),
            "reason": reason,
            "source": views.told_source(SOURCE, user, hook),
        },
    )


OF_USER: dict[str, Callable[[Workspace, User, Request], Json | None]] = {"login": _logs_in, "locale": _speaks}


def _changes(did: str) -> Callable[[Workspace, User, Request], None]:
    def act(workspace: Workspace, user: User, request: Request) -> None:
        client = _client(user, request.params["client"])
        if did in BECOMES:
            become(workspace, user, client, BECOMES[did])
        else:
            lose(workspace, user, client, LOSES[did])

    return act


def _client(user: User, wanted: str) -> Client:
    for client in user.clients:
        if client.id == wanted:
            return client
    raise impossible("no such client", 404)
