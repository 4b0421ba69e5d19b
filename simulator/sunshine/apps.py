"""Apps, their keys, and which app a token belongs to.

Facts:
  * Making, listing and deleting apps and their keys needs account scope, which only legacy direct accounts
    have (SUN-AUT-04). The plan limits the number of apps: 402. Ten keys an app (SUN-AUT-11).
  * Multi-conversations can be turned on, never off (SUN-CON-07). App metadata: 4096 bytes (SUN-CNV-14).
  * `GET /v2/tokenInfo` shows the app of an OAuth token (SUN-03).
"""

from simulator.sunshine import errors, metadata, views
from simulator.sunshine.account import MOST_KEYS
from simulator.sunshine.call import Call, Route, given, text_field, thing
from simulator.sunshine.paging import forwards
from simulator.sunshine.records import App, Key
from simulator.sunshine.state import World
from simulator.web import Json, Response, json_response

SWITCHED = {
    "multiConvoEnabled": "multi_conversations",
    "maskCreditCardNumbers": "mask_credit_cards",
    "disableConversationReopen": "disable_conversation_reopen",
}


def list_apps(call: Call) -> Response:
    wanted = call.deep("filter").get("serviceAccountId")
    if wanted is not None and wanted != call.caller.key.id:
        raise errors.Refused(errors.SERVICE_ACCOUNT)
    apps = sorted((each.world.app for each in call.account.spaces.values()), key=lambda app: app.id)
    page, rest = forwards(call, apps)
    shown = [views.app(call.account.spaces[app.id].world) for app in page]
    return json_response({"apps": shown, **rest})


def create_app(call: Call) -> Response:
    body = call.body
    name = _name(body)
    if len(call.account.spaces) >= call.account.stock.world.switches.most_apps:
        raise errors.Refused(errors.TOO_MANY_APPS)
    settings, described = _settings(body), _metadata(body)
    world = call.account.add_app(App(call.account.ids(), name, metadata=described)).world
    world.switches.multi_conversations = False
    _apply(world, settings)
    return json_response({"app": views.app(world)}, 201)


def show_app(call: Call) -> Response:
    return json_response({"app": views.app_with_subdomain(call.world)})


def update_app(call: Call) -> Response:
    body, world = call.body, call.world
    settings, described = _settings(body), _metadata(body)
    if world.switches.multi_conversations and settings.get("multiConvoEnabled") is False:
        raise errors.bad("multiConvoEnabled cannot be disabled once it is enabled")
    if "displayName" in body:
        world.app.name = _name(body)
    if "metadata" in body:
        world.app.metadata = described
    _apply(world, settings)
    return json_response({"app": views.app(world)})


def _name(body: Json) -> str:
    given(body, "displayName")
    return text_field(body, "displayName", 100) or ""


def _settings(body: Json) -> Json:
    if body.get("settings") is None:
        return {}
    wanted = thing(body, "settings")
    for name, held in views.SETTINGS.items():
        if name in wanted and type(wanted[name]) is not type(held):
            raise errors.bad(f"settings.{name} should be {'integer' if type(held) is int else 'boolean'}")
        if name in wanted and wanted[name] < 0:
            raise errors.bad(f"settings.{name} should be >= 0")
    return {name: wanted[name] for name in views.SETTINGS if name in wanted}


def _metadata(body: Json) -> Json:
    wanted = metadata.flat(body.get("metadata") or {})
    if metadata.size(wanted) > metadata.LIMIT:
        raise errors.Refused(errors.APP_METADATA)
    return wanted


def _apply(world: World, settings: Json) -> None:
    for name, value in settings.items():
        if name in SWITCHED:
            setattr(world.switches, SWITCHED[name], value)
        else:
            world.app.settings[name] = value


def delete_app(call: Call) -> Response:
    call.account.drop_app(call.world.app.id)
    return json_response({})


def token_info(call: Call) -> Response:
    """GET /v2/tokenInfo."""
    return json_response({"app": views.app_with_subdomain(call.world)})


# --- keys ---


def list_keys(call: Call) -> Response:
    keys = call.account.ring.of_app(call.world.app.id)
    return json_response({"keys": [views.key(each) for each in keys]})


def create_key(call: Call) -> Response:
    name = _name(call.body)
    if len(call.account.ring.of_app(call.world.app.id)) >= MOST_KEYS:
        raise errors.bad(f"An app can have a maximum of {MOST_KEYS} keys")
    return json_response({"key": views.key(call.account.new_key(name, call.world.app.id))}, 201)


def show_key(call: Call) -> Response:
    return json_response({"key": views.key(_key(call))})


def delete_key(call: Call) -> Response:
    """Whoever still uses it gets 401 from now on."""
    del call.account.ring.keys[_key(call).id]
    return json_response({})


def _key(call: Call) -> Key:
    named = call.request.params["key"]
    for key in call.account.ring.of_app(call.world.app.id):
        if key.id == named:
            return key
    raise errors.Refused(errors.RESOURCE)


ROUTES = (
    Route("GET", "", "GetApp", show_app),
    Route("PATCH", "", "UpdateApp", update_app),
    Route("DELETE", "", "DeleteApp", delete_app),
    Route("GET", "/keys", "ListAppKeys", list_keys),
    Route("POST", "/keys", "CreateAppKey", create_key),
    Route("GET", "/keys/<key>", "GetAppKey", show_key),
    Route("DELETE", "/keys/<key>", "DeleteAppKey", delete_key),
)
ABOVE = (  # of no app in particular
    Route("GET", "/v2/apps", "ListApps", list_apps),
    Route("POST", "/v2/apps", "CreateApp", create_app),
)
