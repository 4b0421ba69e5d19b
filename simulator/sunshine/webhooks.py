"""Where events go: the webhooks of custom and marketplace integrations.

Facts:
  * 10 webhooks an app (SUN-INT-01). The secret is made by the server and can be read again (SUN-INT-03).
  * Trigger names are case-sensitive; the wildcard is refused (SUN-INT-07, Q-35).
  * An integration key reaches its own integration only, by id or as `me` (SUN-INT-04, SUN-AUT-05).
"""

from urllib.parse import urlsplit

from simulator.sunshine import errors, views
from simulator.sunshine.call import Call, Route, flag, given
from simulator.sunshine.hooks import TRIGGERS
from simulator.sunshine.records import Integration, Webhook
from simulator.sunshine.state import World
from simulator.web import Json, Response, json_response

MOST = 10


def own(call: Call) -> Integration:
    """The integration of the path, if the caller may see it."""
    named = call.request.params["integration"]
    mine = call.caller.integration
    wanted = mine if named == "me" and call.integration_scope else named
    if call.integration_scope and wanted != mine:
        raise errors.Refused(errors.FORBIDDEN)
    if wanted not in call.world.integrations:
        raise errors.Refused(errors.INTEGRATION)
    return call.world.integrations[wanted]


def create_webhook(call: Call) -> Response:
    made = add_webhook(call.world, own(call), call.body)
    return json_response({"webhook": views.webhook(made)}, 201)


def add_webhook(world: World, integration: Integration, wanted: Json) -> Webhook:
    """A webhook of this integration, with a secret of the server's making."""
    if sum(len(each.webhooks) for each in world.integrations.values()) >= MOST:
        raise errors.bad(f"Maximum number of webhooks ({MOST}) reached")
    target, triggers = _target(given(wanted, "target")), _triggers(world, given(wanted, "triggers"))
    made = Webhook(world.new_id(), target, triggers, world.network.ids.token())
    _set_flags(made, wanted)
    integration.webhooks.append(made)
    return made


def _target(wanted: object) -> str:
    try:
        good = isinstance(wanted, str) and urlsplit(wanted).scheme in ("http", "https")
    except ValueError:
        good = False
    if not good:
        raise errors.Refused(errors.REQUEST)
    return str(wanted)


def _triggers(world: World, wanted: object) -> tuple[str, ...]:
    if not isinstance(wanted, list) or not wanted:
        raise errors.Refused(errors.REQUEST)
    names = tuple(dict.fromkeys(map(str, wanted)))
    if names == ("*",) and world.switches.wildcard == "all":
        return tuple(sorted(TRIGGERS))
    if not TRIGGERS.issuperset(names):
        raise errors.Refused(errors.REQUEST)
    return names


def _set_flags(webhook: Webhook, wanted: Json) -> None:
    full_user = flag(wanted, "includeFullUser", webhook.full_user)
    full_source = flag(wanted, "includeFullSource", webhook.full_source)
    webhook.full_user, webhook.full_source = full_user, full_source


def list_webhooks(call: Call) -> Response:
    return json_response({"webhooks": [views.webhook(each) for each in own(call).webhooks]})


def show_webhook(call: Call) -> Response:
    return json_response({"webhook": views.webhook(_webhook(call))})


def update_webhook(call: Call) -> Response:
    webhook, body = _webhook(call), call.body
    target = _target(body.get("target", webhook.target))
    triggers = _triggers(call.world, body.get("triggers", list(webhook.triggers)))
    _set_flags(webhook, body)
    webhook.target, webhook.triggers = target, triggers
    return json_response({"webhook": views.webhook(webhook)})


def delete_webhook(call: Call) -> Response:
    own(call).webhooks.remove(_webhook(call))
    return json_response({})


def _webhook(call: Call) -> Webhook:
    wanted = call.request.params["webhook"]
    found = next((each for each in own(call).webhooks if each.id == wanted), None)
    if found is None:
        raise errors.Refused(errors.RESOURCE)
    return found


_ALL = "/integrations/<integration>/webhooks"
ROUTES = (
    Route("POST", _ALL, "CreateWebhook", create_webhook),
    Route("GET", _ALL, "ListWebhooks", list_webhooks),
    Route("GET", f"{_ALL}/<webhook>", "GetWebhook", show_webhook),
    Route("PATCH", f"{_ALL}/<webhook>", "UpdateWebhook", update_webhook),
    Route("DELETE", f"{_ALL}/<webhook>", "DeleteWebhook", delete_webhook),
)
