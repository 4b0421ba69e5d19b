"""Users of the Support API: look up, create, change, delete.

Facts:
  * `create_or_update` matches by e-mail or external id, never by phone: 200 when updated, 201 when created
    (SUN-SUP-16). A matching external id is rewritten in the case given (SUN-IDN-05).
  * One user can be changed five times a minute (SUN-SUP-17).
  * A deleted user is answered once more, inactive, and then is gone.
"""

import re

from simulator.support import errors, limits, views
from simulator.support.call import Call, Route
from simulator.support.paging import listed, page
from simulator.support.state import Store, SupportUser
from simulator.web import Json, Response, json_response

# What a request may set as it stands, and of what kind it must be.
PLAIN: dict[str, tuple[type, ...]] = {
    "name": (str,), "role": (str,), "verified": (bool,), "suspended": (bool,), "shared": (bool,),
    "tags": (list,), "user_fields": (dict,), "identities": (list, type(None)),
}  # fmt: skip
WORDS = ("email", "phone", "external_id")
ROLES = ("end-user", "agent", "admin")
_E164 = re.compile(r"\+[1-9]\d{6,14}")


def show(call: Call) -> Response:
    return json_response({"user": views.user(call.user())})


def list_users(call: Call) -> Response:
    """GET /users; `role` narrows it."""
    role = call.query.get("role")
    people = [user for user in call.store.people if user.role == role] if role else call.store.people
    return listed(call, "users", people, views.user)


def count_users(call: Call) -> Response:
    counted = {"value": len(call.store.people), "refreshed_at": views.iso(call.store.network.now())}
    return json_response({"count": counted})


def show_many(call: Call) -> Response:
    """GET /users/show_many?ids= or ?external_ids=; who is not there is left out."""
    ids, external_ids = call.query.get("ids"), call.query.get("external_ids")
    if ids is None and external_ids is None:
        raise errors.bad_query("MissingParameter", "Missing parameter: ids or external_ids")
    found = [call.store.user(each) for each in (ids or "").split(",")]
    found += [call.store.by_external_id(each) for each in (external_ids or "").split(",")]
    return page(call, "users", [user for user in found if user], views.user)


def create(call: Call) -> Response:
    return json_response({"user": views.user(created(call.store, call.body("user")))}, 201)


def update(call: Call) -> Response:
    user, wanted = call.user(), call.body("user")
    left = limits.user_updated(call, user.id)
    changed(call.store, user, wanted)
    return limits.tell(json_response({"user": views.user(user)}), left)


def create_or_update(call: Call) -> Response:
    wanted = call.body("user")
    known = _match(call.store, wanted)
    left = limits.upserted(call, known.id if known else str(wanted.get("name")))
    if known is None:
        return limits.tell(create(call), left)
    changed(call.store, known, wanted)
    return limits.tell(json_response({"user": views.user(known)}), left)


def delete(call: Call) -> Response:
    user = call.user()
    if user is call.store.admin:
        raise errors.forbidden()
    user.active = False
    call.store.touch_user(user)
    return json_response({"user": views.user(user)})


def created(store: Store, wanted: Json) -> SupportUser:
    """A new user from a request's fields."""
    if not wanted.get("name"):
        raise errors.record_invalid("name", "Name: is too short (minimum is 1 characters)")
    _check(store, SupportUser(0, ""), wanted)
    user = store.add_user(SupportUser(0, str(wanted["name"])))
    changed(store, user, wanted)
    return user


def _match(store: Store, wanted: Json) -> SupportUser | None:
    external_id, email = wanted.get("external_id"), wanted.get("email")
    by_id = store.by_external_id(str(external_id)) if external_id else None
    return by_id or (store.by_email(str(email)) if email else None)


def changed(store: Store, user: SupportUser, wanted: Json) -> None:
    """Write a request's fields to a user."""
    _check(store, user, wanted)
    for name in PLAIN.keys() & wanted.keys() - {"identities"}:
        setattr(user, name, wanted[name])
    for each in wanted.get("identities") or []:
        _identify(store, user, each if isinstance(each, dict) else {})
    if "external_id" in wanted:
        user.external_id = wanted["external_id"]
    email = wanted.get("email")
    if email and store.by_email(email) is None:
        store.add_email(user, email, verified=bool(wanted.get("verified")))
    if "phone" in wanted and wanted["phone"] != user.phone:
        store.set_phone(user, wanted["phone"])
    store.touch_user(user)


def _identify(store: Store, user: SupportUser, wanted: Json) -> None:
    kind, value = str(wanted.get("type")), str(wanted.get("value"))
    if kind == "email" and store.holder(kind, value) is None:
        store.add_email(user, value)


def _check(store: Store, user: SupportUser, wanted: Json) -> None:
    """Refuse what is of the wrong kind, what another user has, and a phone that is none."""
    for name, value in wanted.items():
        if name in PLAIN:
            errors.must_be(value, PLAIN[name], name)
    for name in WORDS:
        errors.must_be(wanted.get(name), (str, type(None)), name)
    if wanted.get("role", "end-user") not in ROLES:
        raise errors.record_invalid("role", "Role: is not valid")
    external_id, email, phone = (wanted.get(name) for name in ("external_id", "email", "phone"))
    if external_id and store.by_external_id(external_id) not in (None, user):
        raise errors.record_invalid("external_id", "External: has already been taken")
    if email and store.by_email(email) not in (None, user):
        raise errors.record_invalid("email", f"Email: {email} is already being used by another user")
    if phone and store.switches.validate_phones and not _E164.fullmatch(phone):
        raise errors.record_invalid("phone", "Phone: is not valid")


_ONE = "/users/<user>"
_ROWS = (
    ("GET", "/users", "ListSupportUsers", list_users),
    ("POST", "/users", "CreateSupportUser", create),
    ("POST", "/users/create_or_update", "CreateOrUpdateUser", create_or_update),
    ("GET", "/users/show_many", "ShowManyUsers", show_many),
    ("GET", "/users/count", "CountUsers", count_users),
    ("GET", _ONE, "ShowSupportUser", show),
    ("PUT", _ONE, "UpdateSupportUser", update),
    ("DELETE", _ONE, "DeleteSupportUser", delete),
)
ROUTES = tuple(Route(method, path, operation, "users", handler) for method, path, operation, handler in _ROWS)
