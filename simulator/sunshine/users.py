"""Messaging users: create, look up, change, delete, sync.

Facts:
  * Every field is optional; the external id is unique and cannot be changed (SUN-USR-01/02, SUN-USR-06).
  * A profile has five fields and no phone (SUN-USR-04).
  * Search looks at `identities` only, which the API cannot write (SUN-USR-10).
  * Sync copies name, external id and primary e-mail of the Support user (SUN-USR-13); it is how a Support
    merge reaches the messaging user (SUN-IDN-11). A messaging user in the way is merged into (Q-25, Q-26).
"""

from functools import partial

from simulator.sunshine import errors, metadata, views
from simulator.sunshine.call import Call, Route, text_field
from simulator.sunshine.merging import merge
from simulator.sunshine.state import User
from simulator.sunshine.workspace import Workspace
from simulator.support.state import SupportUser
from simulator.web import Json, Response, json_response

PROFILE = {"givenName": 128, "surname": 128, "email": 128, "avatarUrl": 2048, "locale": 64}


def create(call: Call) -> Response:
    body, world = call.body, call.world
    external_id = text_field(body, "externalId", 1024)
    if world.by_external_id(external_id):
        raise errors.Refused(errors.USER_EXISTS)
    user = User(world.new_id(), external_id, text_field(body, "brandId", 24))
    _apply(call, user, body)
    world.users[user.id] = user
    return json_response({"user": views.user(user)}, 201)


def show(call: Call) -> Response:
    return json_response({"user": views.user(call.user())})


def update(call: Call) -> Response:
    user = call.user()
    _apply(call, user, call.body)
    return json_response({"user": views.user(user)})


def _apply(call: Call, user: User, body: Json) -> None:
    if "profile" in body:
        user.profile = _profile(user.profile, body["profile"] or {})
    if "metadata" in body:
        replace = call.world.switches.metadata_patch == "replace"
        user.metadata = metadata.patched(user.metadata, body["metadata"] or {}, replace=replace)
    user.signed_up_at = text_field(body, "signedUpAt", 64) or user.signed_up_at
    if isinstance(body.get("toBeRetained"), bool):
        user.to_be_retained = body["toBeRetained"]


def _profile(held: Json, wanted: object) -> Json:
    if not isinstance(wanted, dict):
        raise errors.bad("profile should be object")
    changed = {name: text_field(wanted, name, limit) for name, limit in PROFILE.items() if name in wanted}
    if "@" not in (changed.get("email") or "@"):
        raise errors.bad('profile.email should match format "email"')
    return {name: value for name, value in {**held, **changed}.items() if value is not None}


def search(call: Call) -> Response:
    """GET /users?filter[identities.email]=…"""
    wanted = call.deep("filter").get("identities.email")
    if not wanted:
        raise errors.Refused(errors.QUERY)
    found = [u for u in call.world.users.values() if wanted in [each["value"] for each in u.identities]]
    return json_response({"users": [views.user(user) for user in found]})


def delete(call: Call) -> Response:
    """Asynchronous; `user:remove` tells when it is done (SUN-USR-11)."""
    user = call.user()
    call.world.network.clock.later(0, partial(_remove, call.workspace, user), lane=user.id)
    return json_response({})


def _remove(workspace: Workspace, user: User) -> None:
    world = workspace.world
    with world.network.lock:
        for conversation in world.conversations_of(user):
            del world.conversations[conversation.id]
        world.users.pop(user.id, None)
        workspace.hooks.emit(
            "user:remove",
            None,
            lambda hook: {"user": views.user(user) if hook.full_user else views.user_short(user)},
        )


def forget_person(call: Call) -> Response:
    """Clears the profile and all metadata; external id and messages stay (SUN-USR-12)."""
    user = call.user()
    user.profile, user.metadata = {}, {}
    return show(call)


def sync(call: Call) -> Response:
    """POST /users/{zendeskId}/sync."""
    wanted = call.request.params["user"]
    user = next((u for u in call.world.users.values() if u.zendesk_id == wanted), None)
    if user is None:
        raise errors.Refused(errors.USER)
    person = call.world.support.user(call.body.get("survivingZendeskId") or wanted)
    if person is None:
        raise errors.Refused(errors.USER)
    synced = _give_way(call.workspace, user, person)
    _copy(synced, person)
    return json_response({"user": views.user(synced)})


def _give_way(workspace: Workspace, user: User, person: SupportUser) -> User:
    """Merge into whoever already stands for that person."""
    others = [each for each in workspace.world.users.values() if each is not user]
    for other in others:
        linked = other.zendesk_id == str(person.id)
        if linked or (person.external_id is not None and other.external_id == person.external_id):
            merge(workspace, surviving=other, discarded=user)
            return other
    return user


def _copy(user: User, person: SupportUser) -> None:
    given, _, surname = person.name.partition(" ")
    user.zendesk_id = str(person.id)
    user.profile |= {"givenName": given} | ({"surname": surname} if surname else {})
    user.external_id = person.external_id or user.external_id
    if person.email:
        user.identities = [{"type": "email", "value": person.email, "verification": "embed"}]


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
