"""Integrations and the keys of custom ones.

Facts:
  * A custom integration is made with exactly one webhook (SUN-INT-01). Only custom ones have keys, ten at
    most (SUN-AUT-11); a deleted one's keys and its place on the switchboard go with it.
  * What was set up in Admin Center for an SDK cannot be deleted.
  * `me` is the caller's own integration, the only one an integration key reaches (SUN-INT-04, SUN-AUT-05).
"""

from simulator.sunshine import channels, errors, views
from simulator.sunshine.account import MOST_KEYS
from simulator.sunshine.call import Call, Route, given, listed, text_field, word
from simulator.sunshine.paging import forwards
from simulator.sunshine.records import Integration, Key
from simulator.sunshine.webhooks import add_webhook, own
from simulator.web import Json, Response, json_response


def create(call: Call) -> Response:
    body = call.body
    kind, name = word(body, "type"), text_field(body, "displayName", 100)
    made = Integration(call.world.new_id(), kind, name)
    if kind == "custom":
        add_webhook(call.world, made, _webhook(body))
    else:
        made.facts = channels.facts(kind, body)
    call.world.integrations[made.id] = made
    return _answer(made, 201)


def _webhook(body: Json) -> Json:
    given(body, "webhooks")
    wanted = listed(body, "webhooks")
    if len(wanted) != 1 or not isinstance(wanted[0], dict):
        raise errors.bad("webhooks should have exactly 1 item")
    return dict(wanted[0])


def list_integrations(call: Call) -> Response:
    """All types or those asked for; one nobody knows is no query."""
    wanted = call.deep("filter").get("types")
    types = wanted.split(",") if wanted is not None else None
    known = {*channels.CHANNELS, "custom", *(each.type for each in call.world.integrations.values())}
    if types is not None and not known.issuperset(types):
        raise errors.Refused(errors.QUERY)
    found = [each for each in call.world.integrations.values() if types is None or each.type in types]
    page, rest = forwards(call, sorted(found, key=lambda each: each.id))
    return json_response({"integrations": [views.integration(each) for each in page], **rest})


def show(call: Call) -> Response:
    return _answer(own(call))


def update(call: Call) -> Response:
    integration, body = own(call), call.body
    name = text_field(body, "displayName", 100) or integration.display_name
    shown = channels.CHANNELS.get(integration.type, ((), ()))[1]
    integration.display_name = name
    integration.facts |= {each: body[each] for each in shown if body.get(each) is not None}
    return _answer(integration)


def delete(call: Call) -> Response:
    integration, world = own(call), call.world
    if integration.type in channels.SDKS and integration.from_admin_center:
        raise errors.Refused(errors.ADMIN_CENTER)
    del world.integrations[integration.id]
    for key in call.account.ring.of_integration(integration.id):
        del call.account.ring.keys[key.id]
    world.take_off_board(
        [each for each in world.responders.values() if each.integration_id == integration.id]
    )
    return json_response({})


def _answer(shown: Integration, status: int = 200) -> Response:
    return json_response({"integration": views.integration(shown)}, status)


# --- keys ---


def list_keys(call: Call) -> Response:
    keys = call.account.ring.of_integration(_custom(call).id)
    return json_response({"keys": [views.key(each) for each in keys]})


def create_key(call: Call) -> Response:
    integration, body = _custom(call), call.body
    name = text_field({"displayName": given(body, "displayName")}, "displayName", 100) or ""
    if len(call.account.ring.of_integration(integration.id)) >= MOST_KEYS:
        raise errors.bad(f"A custom integration can have a maximum of {MOST_KEYS} keys")
    made = call.account.new_key(name, call.world.app.id, integration.id)
    return json_response({"key": views.key(made)}, 201)


def show_key(call: Call) -> Response:
    return json_response({"key": views.key(_key(call))})


def delete_key(call: Call) -> Response:
    del call.account.ring.keys[_key(call).id]
    return json_response({})


def _custom(call: Call) -> Integration:
    found = own(call)
    if found.type != "custom":
        raise errors.Refused(errors.CUSTOM_KEYS)
    return found


def _key(call: Call) -> Key:
    wanted = call.request.params["key"]
    for key in call.account.ring.of_integration(_custom(call).id):
        if key.id == wanted:
            return key
    raise errors.Refused(errors.RESOURCE)


_ONE = "/integrations/<integration>"
ROUTES = (
    Route("POST", "/integrations", "CreateIntegration", create),
    Route("GET", "/integrations", "ListIntegrations", list_integrations),
    Route("GET", _ONE, "GetIntegration", show),
    Route("PATCH", _ONE, "UpdateIntegration", update),
    Route("DELETE", _ONE, "DeleteIntegration", delete),
    Route("GET", f"{_ONE}/keys", "ListCustomIntegrationKeys", list_keys),
    Route("POST", f"{_ONE}/keys", "CreateCustomIntegrationKey", create_key),
    Route("GET", f"{_ONE}/keys/<key>", "GetCustomIntegrationKey", show_key),
    Route("DELETE", f"{_ONE}/keys/<key>", "DeleteCustomIntegrationKey", delete_key),
)
