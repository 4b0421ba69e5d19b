"""A user's identities: every address by which Support knows them (SUN-SUP-15).

Facts:
  * A second e-mail stands beside the first; only `make_primary` changes which one is shown.
  * `verification_method` may be set to `none` or `low` only, else 400.
  * The value of an identity that another user has is refused.
"""

from simulator.support import errors, views
from simulator.support.call import Call, Route
from simulator.support.paging import listed
from simulator.support.records import Identity, SupportUser
from simulator.web import Json, Response, json_response

TYPES = (
    *("email", "twitter", "facebook", "google", "phone_number"),
    *("agent_forwarding", "any_channel", "foreign", "sdk", "messaging"),
)


def _all(call: Call) -> Response:
    user = call.user()
    held = sorted(user.identities, key=lambda each: each.id)
    return listed(call, "identities", held, lambda each: views.identity(user, each))


def _one(call: Call) -> Response:
    return json_response({"identity": views.identity(call.user(), _identity(call))})


def _create(call: Call) -> Response:
    user, wanted = call.user(), call.body("identity")
    kind, value = wanted.get("type"), str(wanted.get("value") or "")
    if kind not in TYPES or not value:
        raise errors.record_invalid("type", "Type: is not valid")
    _check(wanted)
    if call.store.holder(kind, value):
        raise _taken(value)
    verified = bool(wanted.get("verified"))
    if kind == "email":
        added = call.store.add_email(user, value, verified=verified)
    else:
        added = call.store.add_identity(user, kind, value, verified=verified)
    return json_response({"identity": views.identity(user, added)}, 201)


def _check(wanted: Json) -> None:
    if wanted.get("verification_method", "low") not in ("none", "low"):
        raise errors.malformed("verification_method must be none or low")


def _taken(value: str) -> Exception:
    return errors.record_invalid("value", f"Value: {value} is already being used by another user")


def _identity(call: Call) -> Identity:
    number = call.number("identity")
    found = next((each for each in call.user().identities if each.id == number), None)
    if found is None:
        raise errors.not_found()
    return found


def _update(call: Call) -> Response:
    """Another value, or verified; the type stays."""
    user, chosen, wanted = call.user(), _identity(call), call.body("identity")
    _check(wanted)
    value = str(wanted.get("value") or chosen.value)
    if call.store.holder(chosen.type, value) not in (None, user):
        raise _taken(value)
    if chosen.type == "email" and user.email == chosen.value:
        user.email = value
    chosen.value, chosen.verified = value, bool(wanted.get("verified", chosen.verified))
    return _changed(call, user, chosen)


def _make_primary(call: Call) -> Response:
    user, chosen = call.user(), _identity(call)
    for each in user.identities:
        if each.type == chosen.type:
            each.primary = each is chosen
    if chosen.type == "email":
        user.email = chosen.value
    call.store.touch_user(user)
    return _all(call)


def _verify(call: Call) -> Response:
    user, chosen = call.user(), _identity(call)
    chosen.verified = True
    return _changed(call, user, chosen)


def _changed(call: Call, user: SupportUser, chosen: Identity) -> Response:
    call.store.touch_user(user)
    return json_response({"identity": views.identity(user, chosen)})


def _delete(call: Call) -> Response:
    user, chosen = call.user(), _identity(call)
    user.identities.remove(chosen)
    if chosen.type == "email" and user.email == chosen.value:
        user.email = next((each.value for each in user.identities if each.type == "email"), None)
    call.store.touch_user(user)
    return Response(204)


_MANY = "/users/<user>/identities"
_ONE = f"{_MANY}/<identity>"
ROUTES = tuple(
    Route(method, path, operation, "identities", handler)
    for method, path, operation, handler in (
        ("GET", _MANY, "ListIdentities", _all),
        ("POST", _MANY, "CreateIdentity", _create),
        ("GET", _ONE, "ShowIdentity", _one),
        ("PUT", _ONE, "UpdateIdentity", _update),
        ("PUT", f"{_ONE}/make_primary", "MakeIdentityPrimary", _make_primary),
        ("PUT", f"{_ONE}/verify", "VerifyIdentity", _verify),
        ("DELETE", _ONE, "DeleteIdentity", _delete),
    )
)
