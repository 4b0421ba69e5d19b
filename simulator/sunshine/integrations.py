"""Integrations and the webhooks of custom ones.

Facts:
  * A custom integration is made with exactly one webhook; more come by the webhook endpoint, 10 an app
    (SUN-INT-01). The secret is made by the server and can be read again (SUN-INT-03).
  * Trigger names are case-sensitive; the wildcard is refused (SUN-INT-07, Q-35).
  * `me` is the caller's own integration, the only one an integration key reaches (SUN-INT-04, SUN-AUT-05).
"""

from urllib.parse import urlsplit

from simulator.sunshine import errors, views
from simulator.sunshine.call import Call, Route, given, text_field
from simulator.sunshine.hooks import TRIGGERS
from simulator.sunshine.paging import forwards
from simulator.sunshine.state import DEFAULT_INTEGRATION, Integration, Webhook, World
from simulator.web import Json, Response, json_response

MOST_WEBHOOKS = 10


def create(call: Call) -> Response:
    body = call.body
    if given(body, "type") != "custom":
        raise errors.Refused(errors.INTEGRATION_TYPE)
    wanted = given(body, "webhooks")
    if not isinstance(wanted, list) or len(wanted) != 1:
        raise errors.bad("webhooks should have exactly 1 item")
    made = Integration(call.world.new_id(), "custom", text_field(body, "displayName", 100))
    _add_webhook(call.world, made, wanted[0])
    call.world.integrations[made.id] = made
    return _answer(made, 201)


def list_integrations(call: Call) -> Response:
    types = call.deep("filter").get("types")
    found = [i for i in call.world.integrations.values() if types is None or i.type in types.split(",")]
    page, rest = forwards(call, found)
    return json_response({"integrations": [views.integration(each) for each in page], **rest})


def show(call: Call) -> Response:
    return _answer(_integration(call))


def update(call: Call) -> Response:
    integration = _integration(call)
    integration.display_name = text_field(call.body, "displayName", 100) or integration.display_name
    return _answer(integration)


def delete(call: Call) -> Response:
    del call.world.integrations[_integration(call).id]
    return json_response({})


def _answer(shown: Integration, status: int = 200) -> Response:
    return json_response({"integration": views.integration(shown)}, status)


def _integration(call: Call) -> Integration:
    named = call.request.params["integration"]
    wanted = DEFAULT_INTEGRATION if named == "me" else named
    if call.integration_scope and wanted != DEFAULT_INTEGRATION:
        raise errors.Refused(errors.FORBIDDEN)
    if wanted not in call.world.integrations:
        raise errors.Refused(errors.INTEGRATION)
    return call.world.integrations[wanted]


# --- webhooks ---


def create_webhook(call: Call) -> Response:
    made = _add_webhook(call.world, _integration(call), call.body)
    return json_response({"webhook": views.webhook(made)}, 201)


def _add_webhook(world: World, integration: Integration, wanted: Json) -> Webhook:
    if sum(len(each.webhooks) for each in world.integrations.values()) >= MOST_WEBHOOKS:
        raise errors.bad(f"Maximum number of webhooks ({MOST_WEBHOOKS}) reached")
    target, triggers = _target(given(wanted, "target")), _triggers(given(wanted, "triggers"))
    made = Webhook(world.new_id(), target, triggers, world.network.ids.token())
    _set_flags(made, wanted)
    integration.webhooks.append(made)
    return made


def _target(wanted: object) -> str:
    if not isinstance(wanted, str) or urlsplit(wanted).scheme not in ("http", "https"):
        raise errors.bad("target should be a URL")
    return wanted


def _triggers(wanted: object) -> tuple[str, ...]:
    if not isinstance(wanted, list) or not wanted or not TRIGGERS.issuperset(map(str, wanted)):
        raise errors.bad("triggers should be an array of known triggers")
    return tuple(map(str, wanted))


def _set_flags(webhook: Webhook, wanted: Json) -> None:
    webhook.full_user = bool(wanted.get("includeFullUser", webhook.full_user))
    webhook.full_source = bool(wanted.get("includeFullSource", webhook.full_source))


def list_webhooks(call: Call) -> Response:
    return json_response({"webhooks": [views.webhook(each) for each in _integration(call).webhooks]})


def show_webhook(call: Call) -> Response:
    return json_response({"webhook": views.webhook(_webhook(call))})


def update_webhook(call: Call) -> Response:
    webhook, body = _webhook(call), call.body
    webhook.target = _target(body.get("target", webhook.target))
    webhook.triggers = _triggers(body.get("triggers", list(webhook.triggers)))
    _set_flags(webhook, body)
    return json_response({"webhook": views.webhook(webhook)})


def delete_webhook(call: Call) -> Response:
    _integration(call).webhooks.remove(_webhook(call))
    return json_response({})


def _webhook(call: Call) -> Webhook:
    wanted = call.request.params["webhook"]
    found = next((each for each in _integration(call).webhooks if each.id == wanted), None)
    if found is None:
        raise errors.Refused(errors.RESOURCE)
    return found


_ONE = "/integrations/<integration>"
ROUTES = (
    Route("POST", "/integrations", "CreateIntegration", create),
    Route("GET", "/integrations", "ListIntegrations", list_integrations),
    Route("GET", _ONE, "GetIntegration", show),
    Route("PATCH", _ONE, "UpdateIntegration", update),
    Route("DELETE", _ONE, "DeleteIntegration", delete),
    Route("POST", f"{_ONE}/webhooks", "CreateWebhook", create_webhook),
    Route("GET", f"{_ONE}/webhooks", "ListWebhooks", list_webhooks),
    Route("GET", f"{_ONE}/webhooks/<webhook>", "GetWebhook", show_webhook),
    Route("PATCH", f"{_ONE}/webhooks/<webhook>", "UpdateWebhook", update_webhook),
    Route("DELETE", f"{_ONE}/webhooks/<webhook>", "DeleteWebhook", delete_webhook),
)
