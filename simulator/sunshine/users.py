"""Messaging users: create, look up, change, delete, sync.

Facts:
  * Every field is optional; the external id is unique and cannot be changed (SUN-USR-01/02, SUN-USR-06).
  * A profile has five fields and no phone (SUN-USR-04).
  * Search looks at `identities` only, which the API cannot write (SUN-USR-10).
  * A brand's users are found by external id or e-mail only with `?brandId=` (SUN-USR-09).
  * Deleting takes the user's clients and conversations along (SUN-USR-11).
  * Sync copies name, external id and primary e-mail of the Support user (SUN-USR-13); it is how a Support
    merge reaches the messaging user (SUN-IDN-11). A messaging user in the way is merged into (Q-25, Q-26).
"""

from datetime import datetime
from functools import partial

from simulator.sunshine import errors, metadata, views
from simulator.sunshine.call import Call, Route, flag, text_field, url_field
from simulator.sunshine.merging import merge
from simulator.sunshine.records import Conversation, User
from simulator.sunshine.state import World
from simulator.sunshine.workspace import Workspace
from simulator.support.state import SupportUser
from simulator.web import Json, Response, json_response

KNOWN = ("externalId", "brandId", "signedUpAt", "toBeRetained", "profile", "metadata")
PROFILE = {"givenName": 128, "surname": 128, "email": 128, "locale": 64}


def create(call: Call) -> Response:
    body, world = call.only(call.body, KNOWN), call.world
    external_id, brand = text_field(body, "externalId", 1024), text_field(body, "brandId", 24)
    if world.by_external_id(external_id, brand):
        raise errors.Refused(errors.USER_EXISTS)
    user = User(world.new_id(), external_id, brand)
    _apply(call, user, body)
    world.directory.add(user)
    return json_response({"user": views.user(user)}, 201)


def show(call: Call) -> Response:
    return json_response({"user": views.user(call.user())})


def update(call: Call) -> Response:
    user = call.user()
    _apply(call, user, call.only(call.body, KNOWN))
    return json_response({"user": views.user(user)})


def _apply(call: Call, user: User, body: Json) -> None:
    """All of it or, if any part is refused, nothing."""
    profile, described = user.profile, user.metadata
    if "profile" in body:
        profile = _profile(user.profile, {} if body["profile"] is None else body["profile"])
    if "metadata" in body:
        described = metadata.patched(user.metadata, body["metadata"], call.world.switches)
    signed_up = _moment(body)
    retained = flag(body, "toBeRetained", bool(user.to_be_retained)) if "toBeRetained" in body else None
    user.profile, user.metadata = profile, described
    user.signed_up_at = signed_up or user.signed_up_at
    user.to_be_retained = user.to_be_retained if retained is None else retained


def _moment(body: Json) -> str | None:
    said = text_field(body, "signedUpAt", 64)
    try:
        datetime.fromisoformat(said or "2026-01-01")
    except ValueError:
        raise errors.bad('signedUpAt should match format "date-time"') from None
    return said


def _profile(held: Json, wanted: object) -> Json:
    if not isinstance(wanted, dict):
        raise errors.bad("profile should be object")
    changed = {name: text_field(wanted, name, limit) for name, limit in PROFILE.items() if name in wanted}
    changed |= {"avatarUrl": url_field(wanted, "avatarUrl")} if "avatarUrl" in wanted else {}
    if "@" not in (changed.get("email") or "@"):
        raise errors.bad('profile.email should match format "email"')
    return {name: value for name, value in {**held, **changed}.items() if value is not None}


def search(call: Call) -> Response:
    """GET /users?filter[identities.email]=…"""
    wanted = call.deep("filter").get("identities.email")
    if not wanted:
        raise errors.Refused(errors.QUERY)
    found = call.world.directory.by_email(wanted, call.brand)
    return json_response({"users": [views.user(user) for user in found]})


def delete(call: Call) -> Response:
    """Asynchronous; `user:remove` tells when it is done (SUN-USR-11)."""
    user = call.user()
    call.world.network.clock.later(0, partial(_remove, call.workspace, user), lane=user.id)
    return json_response({})


def _remove(workspace: Workspace, user: User) -> None:
    world = workspace.world
    with world.network.lock:
        for conversation in list(world.conversations_of(user)):
            _take_out(workspace, conversation, user)
        world.directory.drop(user)
        workspace.hooks.emit("user:remove", None, lambda hook: {"user": views.told_user(user, hook)})


def _take_out(workspace: Workspace, conversation: Conversation, user: User) -> None:
    """A personal conversation goes; a group goes on without the user."""
    if conversation.type == "personal":
        workspace.world.drop_conversation(conversation)
        return
    conversation.participants = [each for each in conversation.participants if each.user != user.id]
    workspace.world.leave(conversation, user.id)


def forget_person(call: Call) -> Response:
    """Clears profile, metadata and what clients show; external id and messages stay (SUN-USR-12)."""
    user = call.user()
    user.profile, user.metadata = {}, {}
    for client in user.clients:
        client.display_name = None
    return show(call)


def sync(call: Call) -> Response:
    """POST /users/{zendeskId}/sync."""
    wanted = call.request.params["user"]
    user = call.world.directory.by_zendesk_id(wanted)
    if user is None:
        raise errors.Refused(errors.USER)
    person = call.world.support.user(call.body.get("survivingZendeskId") or wanted)
    if person is None:
        raise errors.Refused(errors.USER)
    synced = _give_way(call.workspace, user, person)
    _copy(call.world, synced, person)
    return json_response({"user": views.user(synced)})


def _give_way(workspace: Workspace, user: User, person: SupportUser) -> User:
    """Merge into whoever already stands for that person."""
    directory = workspace.world.directory
    for other in (
        directory.by_zendesk_id(str(person.id)),
        directory.by_external_id(person.external_id, user.brand_id),
    ):
        if other is not None and other is not user:
            merge(workspace, surviving=other, discarded=user)
            return other
    return user


def _copy(world: World, user: User, person: SupportUser) -> None:
    given, _, surname = person.name.partition(" ")
    world.directory.link(user, str(person.id))
    user.profile |= {"givenName": given} | ({"surname": surname} if surname else {})
    world.directory.rename(user, person.external_id or user.external_id)
    if person.email:
        identity = {"type": "email", "value": person.email, "verification": "embed"}
        world.directory.identify(user, [identity])


_ONE = "/users/<user>"
ROUTES = (
    Route("POST", "/users", "CreateUser", create),
    Route("GET", "/users", "ListUsers", search),
    Route("GET", _ONE, "GetUser", show),
    Route("PATCH", _ONE, "UpdateUser", update),
    Route("DELETE", _ONE, "DeleteUser", delete),
    Route("DELETE", f"{_ONE}/personalinformation", "DeleteUserPersonalInformation", forget_person),
    Route("POST", f"{_ONE}/sync", "SyncUser", sync),
)
