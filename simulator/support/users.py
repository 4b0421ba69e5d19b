"""Users of the Support API: look up, create, change, their identities.

Facts:
  * `create_or_update` matches by e-mail or external id, never by phone: 200 when updated, 201 when created
    (SUN-SUP-16). A matching external id is rewritten in the case given (SUN-IDN-05).
  * A second e-mail stands beside the first; only `make_primary` changes which one is shown (SUN-SUP-15).
"""

import re

from simulator.support import errors, views
from simulator.support.call import Call, Route
from simulator.support.state import Identity, Store, SupportUser, digits
from simulator.web import Json, Response, json_response

PLAIN = ("name", "role", "verified", "suspended", "tags", "user_fields")
IDENTITY_TYPES = (
    *("email", "twitter", "facebook", "google", "phone_number"),
    *("agent_forwarding", "any_channel", "foreign", "sdk", "messaging"),
)
_E164 = re.compile(r"\+[1-9]\d{6,14}")


def show(call: Call) -> Response:
    return json_response({"user": views.user(call.user())})


def list_users(call: Call) -> Response:
    shown = [views.user(user) for user in call.store.living()]
    return json_response({"users": shown, "count": len(shown), "next_page": None, "previous_page": None})


def create(call: Call) -> Response:
    return json_response({"user": views.user(created(call.store, call.body("user")))}, 201)


def update(call: Call) -> Response:
    user = call.user()
    _apply(call.store, user, call.body("user"))
    return json_response({"user": views.user(user)})


def create_or_update(call: Call) -> Response:
    wanted = call.body("user")
    known = _match(call.store, wanted)
    if known is None:
        return create(call)
    _apply(call.store, known, wanted)
    return json_response({"user": views.user(known)})


def created(store: Store, wanted: Json) -> SupportUser:
    """A new user from a request's fields."""
    if not wanted.get("name"):
        raise errors.record_invalid("name", "Name: is too short (minimum is 1 characters)")
    _check(store, SupportUser(0, ""), wanted)
    user = store.add_user(SupportUser(0, str(wanted["name"])))
    _apply(store, user, wanted)
    return user


def _match(store: Store, wanted: Json) -> SupportUser | None:
    external_id, email = wanted.get("external_id"), wanted.get("email")
    by_id = store.by_external_id(str(external_id)) if external_id else None
    return by_id or (store.by_email(str(email)) if email else None)


def _apply(store: Store, user: SupportUser, wanted: Json) -> None:
    _check(store, user, wanted)
    for name in PLAIN:
        if name in wanted:
            setattr(user, name, wanted[name])
    if "external_id" in wanted:
        user.external_id = None if wanted["external_id"] is None else str(wanted["external_id"])
    email = wanted.get("email")
    if email and not _has(user, "email", email):
        store.add_email(user, email, verified=bool(wanted.get("verified")))
    if "phone" in wanted and wanted["phone"] != user.phone:
        store.set_phone(user, wanted["phone"])
    store.touch_user(user)


def _has(user: SupportUser, kind: str, value: str) -> bool:
    return any((i.type, i.value.casefold()) == (kind, value.casefold()) for i in user.identities)


def _check(store: Store, user: SupportUser, wanted: Json) -> None:
    """Refuse what another user has, and a phone that is none."""
    external_id, email, phone = wanted.get("external_id"), wanted.get("email"), wanted.get("phone")
    if external_id and store.by_external_id(str(external_id)) not in (None, user):
        raise errors.record_invalid("external_id", "External: has already been taken")
    if email and store.by_email(str(email)) not in (None, user):
        raise errors.record_invalid("email", f"Email: {email} is already being used by another user")
    if phone and store.switches.validate_phones and not _E164.fullmatch(str(phone)):
        raise errors.record_invalid("phone", "Phone: is not valid")


# --- identities ---


def list_identities(call: Call) -> Response:
    user = call.user()
    return json_response({"identities": [views.identity(user, each) for each in user.identities]})


def create_identity(call: Call) -> Response:
    user, wanted = call.user(), call.body("identity")
    kind, value = str(wanted.get("type")), str(wanted.get("value") or "")
    if kind not in IDENTITY_TYPES or not value:
        raise errors.record_invalid("type", "Type: is not valid")
    if wanted.get("verification_method", "low") not in ("none", "low"):
        raise errors.malformed("verification_method must be none or low")
    if _identity_taken(call.store, kind, value):
        raise errors.record_invalid("value", f"Value: {value} is already being used by another user")
    verified = bool(wanted.get("verified"))
    if kind == "email":
        added = call.store.add_email(user, value, verified=verified)
    else:
        added = call.store.add_identity(user, kind, value, verified=verified)
    return json_response({"identity": views.identity(user, added)}, 201)


def _identity_taken(store: Store, kind: str, value: str) -> bool:
    if kind == "phone_number":
        held = (i.value for u in store.living() for i in u.identities if i.type == kind)
        return digits(value) in map(digits, held)
    return any(_has(user, kind, value) for user in store.living())


def _identity(call: Call) -> Identity:
    wanted = call.request.params["identity"]
    found = next((each for each in call.user().identities if str(each.id) == wanted), None)
    if found is None:
        raise errors.not_found()
    return found


def make_primary(call: Call) -> Response:
    user, chosen = call.user(), _identity(call)
    for each in user.identities:
        if each.type == chosen.type:
            each.primary = each is chosen
    if chosen.type == "email":
        user.email = chosen.value
    call.store.touch_user(user)
    return list_identities(call)


def verify(call: Call) -> Response:
    user, chosen = call.user(), _identity(call)
    chosen.verified = True
    call.store.touch_user(user)
    return json_response({"identity": views.identity(user, chosen)})


def delete_identity(call: Call) -> Response:
    user, chosen = call.user(), _identity(call)
    user.identities.remove(chosen)
    if chosen.type == "email" and user.email == chosen.value:
        user.email = next((each.value for each in user.identities if each.type == "email"), None)
    call.store.touch_user(user)
    return Response(204)


_ONE = "/users/<user>"
ROUTES = (
    Route("GET", "/users", "ListSupportUsers", "users", list_users),
    Route("POST", "/users", "CreateSupportUser", "users", create),
    Route("POST", "/users/create_or_update", "CreateOrUpdateUser", "users", create_or_update),
    Route("GET", _ONE, "ShowSupportUser", "users", show),
    Route("PUT", _ONE, "UpdateSupportUser", "users", update),
    Route("GET", f"{_ONE}/identities", "ListIdentities", "identities", list_identities),
    Route("POST", f"{_ONE}/identities", "CreateIdentity", "identities", create_identity),
    Route(
        "PUT", f"{_ONE}/identities/<identity>/make_primary", "MakeIdentityPrimary", "identities", make_primary
    ),
    Route("PUT", f"{_ONE}/identities/<identity>/verify", "VerifyIdentity", "identities", verify),
    Route("DELETE", f"{_ONE}/identities/<identity>", "DeleteIdentity", "identities", delete_identity),
)
