"""Clients: a user's accounts on channels, linked by the API or made by an SDK; and the devices of SDKs.

Facts:
  * An API-made user has neither (SUN-CLI-05).
  * Only mailgun, messagebird, twilio and whatsapp can be linked; the link starts `pending` and becomes active
    at once, with the user's next message, or when a prompt is answered (SUN-CLI-03).
  * A client of an SDK cannot be removed. Webhooks tell of what is added, changed and removed, and why.
"""

import re

from simulator.sunshine import errors, views
from simulator.sunshine.call import Call, Route, thing, word
from simulator.sunshine.paging import forwards
from simulator.sunshine.records import Client, Conversation, User
from simulator.sunshine.workspace import Workspace
from simulator.web import Json, Response, json_response

LINKED_BY = {
    "mailgun": "address",
    "messagebird": "phoneNumber",
    "twilio": "phoneNumber",
    "whatsapp": "phoneNumber",
}
CONFIRMATIONS = ("immediate", "userActivity", "prompt")
_PHONE = re.compile(r"\+[\d \-]{5,24}")


def create(call: Call) -> Response:
    user, body, world = call.user(), call.body, call.world
    wanted, confirmation = thing(body, "matchCriteria"), word(thing(body, "confirmation"), "type")
    target = world.conversation(word(thing(body, "target"), "conversationId"))
    if confirmation not in CONFIRMATIONS:
        raise errors.bad("confirmation.type should be equal to one of the allowed values")
    made = _linked(call, user, wanted)
    made.conversation, made.waits_for = target.id, confirmation
    user.clients.append(made)
    tell(call.workspace, "add", user, made, "channelLinking")
    shown = views.client(made)
    if confirmation == "immediate":
        world.network.clock.later(0, lambda: _confirm_soon(call.workspace, user, made), lane=target.id)
    return json_response({"client": shown}, 201)


def _linked(call: Call, user: User, wanted: Json) -> Client:
    kind, integration = word(wanted, "type"), word(wanted, "integrationId")
    if kind not in LINKED_BY:
        raise errors.bad("matchCriteria.type should be equal to one of the allowed values")
    address = word(wanted, LINKED_BY[kind])
    if kind != "mailgun" and not _PHONE.fullmatch(address):
        raise errors.bad("phoneNumber should be in the format +15551230000")
    held = call.world.integrations.get(integration)
    if held is None or held.type != kind:
        raise errors.Refused(errors.INTEGRATION)
    if any((each.type, each.integration_id) == (kind, integration) for each in user.clients):
        raise errors.bad(f"User already has a client of type {kind}")
    name = address if kind == "mailgun" else re.sub(r"[^+\d]", "", address)
    return Client(call.world.new_id(), kind, "pending", integration, name, address)


def _confirm_soon(workspace: Workspace, user: User, client: Client) -> None:
    with workspace.world.network.lock:
        if client in user.clients:
            become(workspace, user, client, "confirmed")


STATUS = {"confirmed": "active", "matched": "active", "blocked": "blocked", "unblocked": "active"}


def become(workspace: Workspace, user: User, client: Client, reason: str) -> None:
    """A client's status changes for one of the documented reasons."""
    client.status, client.waits_for = STATUS[reason], None
    if client.status == "active":
        client.linked_at = client.linked_at or workspace.world.now()
        _subscribe(workspace, user, client)
    tell(workspace, "update", user, client, reason)


def _subscribe(workspace: Workspace, user: User, client: Client) -> None:
    conversation = workspace.world.conversations.get(client.conversation or "")
    for member in conversation.participants if conversation else []:
        if member.user == user.id and client.id not in member.clients:
            member.clients.append(client.id)


def remove(call: Call) -> Response:
    user, client = call.user(), _client(call)
    if client.type == "sdk":
        raise errors.bad("Cannot remove a client of type 'sdk'")
    lose(call.workspace, user, client, "api")
    return json_response({})


def lose(workspace: Workspace, user: User, client: Client, reason: str) -> None:
    """The client goes, for one of the documented reasons."""
    user.clients.remove(client)
    for conversation in workspace.world.conversations_of(user):
        for member in conversation.participants:
            member.clients = [each for each in member.clients if each != client.id]
    tell(workspace, "remove", user, client, reason)


def list_clients(call: Call) -> Response:
    page, rest = forwards(call, call.user().clients)
    return json_response({"clients": [views.client(each) for each in page], **rest})


def _client(call: Call) -> Client:
    wanted = call.request.params["client"]
    for client in call.user().clients:
        if client.id == wanted:
            return client
    raise errors.Refused(errors.CLIENT)


def tell(workspace: Workspace, what: str, user: User, client: Client, reason: str) -> None:
    """client:add, client:update or client:remove."""
    world = workspace.world
    conversation = world.conversations.get(client.conversation or "")
    common: Json = {"client": views.client(client), "reason": reason}
    if conversation is not None:
        common["conversation"] = views.conversation_short(world, conversation)
    if what != "update":
        common["source"] = {"type": "api:conversations" if reason in ("channelLinking", "api") else "sdk"}
    if reason == "linkFailed":
        common["error"] = {"code": "uncategorized_error", "message": "The channel refused the link"}
    workspace.hooks.emit(
        f"client:{what}", conversation, lambda hook: {**common, "user": views.told_user(user, hook)}
    )


def sdk_client(workspace: Workspace, conversation: Conversation | None, user: User) -> Client:
    """The user's SDK client, made if there is none."""
    held = next((each for each in user.clients if each.type == "sdk"), None)
    if held is not None:
        return held
    world = workspace.world
    made = Client(world.new_id(), "sdk", last_seen=world.now(), linked_at=world.now())
    made.conversation = conversation.id if conversation else None
    user.clients.append(made)
    tell(workspace, "add", user, made, "sdkLogin")
    return made


# --- devices ---


def list_devices(call: Call) -> Response:
    """Last seen first."""
    held = sorted(call.user().devices, key=lambda each: -each.last_seen)
    return json_response({"devices": [views.device(each) for each in held]})


def show_device(call: Call) -> Response:
    wanted = call.request.params["device"]
    for device in call.user().devices:
        if device.id == wanted:
            return json_response({"device": views.device(device)})
    raise errors.Refused(errors.DEVICE)


_ALL = "/users/<user>/clients"
ROUTES = (
    Route("GET", _ALL, "ListClients", list_clients),
    Route("POST", _ALL, "CreateClient", create),
    Route("DELETE", f"{_ALL}/<client>", "RemoveClient", remove),
    Route("GET", "/users/<user>/devices", "ListDevices", list_devices),
    Route("GET", "/users/<user>/devices/<device>", "GetDevice", show_device),
)
