"""The switchboard and who is on it.

Facts:
  * One an app (SUN-SWB-01). A disabled one, or none, lets everybody hear everything (SUN-SWB-06).
  * An enabled one needs a default: it cannot be enabled, nor its default taken away, otherwise.
  * At most 10 switchboard integrations, names of letters, digits, `-` and `_` (SUN-SWB-01/02); one is made
    from exactly one of `integrationId` and `integrationType` (SUN-SWB-05). One that is another's successor
    cannot be deleted (SUN-SWB-17).
"""

import re

from simulator.sunshine import errors, views
from simulator.sunshine.call import Call, Route, flag, word
from simulator.sunshine.records import Responder
from simulator.sunshine.state import World
from simulator.web import Json, Response, json_response

MOST = 10
_NAME = re.compile(r"[\w-]{1,128}", re.ASCII)


def list_boards(call: Call) -> Response:
    boards = [views.switchboard(call.world)] if call.world.switchboard_id else []
    return json_response({"switchboards": boards})


def create_board(call: Call) -> Response:
    world = call.world
    if world.switchboard_id is not None:
        raise errors.Refused(errors.ONE_BOARD)
    world.switchboard_id, world.board_on = world.new_id(), False
    return _answer_board(call, 201)


def update_board(call: Call) -> Response:
    _board(call)
    world, body = call.world, call.body
    default = _known(world, body, "defaultSwitchboardIntegrationId", world.default_responder)
    enabled = flag(body, "enabled", world.board_on)
    if enabled and default is None:
        raise errors.Refused(errors.NO_DEFAULT)
    world.board_on, world.default_responder = enabled, default
    return _answer_board(call)


def delete_board(call: Call) -> Response:
    """Everybody on it goes; nobody has control any more."""
    _board(call)
    world = call.world
    world.take_off_board(list(world.responders.values()))
    world.switchboard_id, world.board_on = None, False
    return json_response({})


def _answer_board(call: Call, status: int = 200) -> Response:
    return json_response({"switchboard": views.switchboard(call.world)}, status)


# --- who is on it ---


def list_responders(call: Call) -> Response:
    _board(call)
    places = [views.responder(each) for each in call.world.responders.values()]
    return json_response({"switchboardIntegrations": places})


def create_responder(call: Call) -> Response:
    _board(call)
    world, body = call.world, call.body
    if len(world.responders) >= MOST:
        raise errors.Refused(errors.RESPONDERS)
    name = _name(world, body)
    integration_id, kind = _source(world, body)
    made = Responder(world.new_id(), name, integration_id, kind)
    _apply(world, made, body)
    world.responders[made.id] = made
    return json_response({"switchboardIntegration": views.responder(made)}, 201)


def _name(world: World, body: Json) -> str:
    name = word(body, "name")
    if not _NAME.fullmatch(name) or name in [each.name for each in world.responders.values()]:
        raise errors.bad("name should be unique and match pattern [A-Za-z0-9_-]{1,128}")
    return name


def _source(world: World, body: Json) -> tuple[str, str]:
    wanted, kind = body.get("integrationId"), body.get("integrationType")
    if (wanted is None) == (kind is None):
        raise errors.bad("should have exactly one of integrationId, integrationType")
    if kind is not None:
        kind = word(body, "integrationType")
        known = next((each.id for each in world.integrations.values() if each.type == kind), None)
        return known or world.new_id(), kind
    found = world.integrations.get(word(body, "integrationId"))
    if found is None:
        raise errors.Refused(errors.INTEGRATION)
    return found.id, found.type


def _known(world: World, body: Json, name: str, otherwise: str | None) -> str | None:
    """The place that is named; null is nobody."""
    if name not in body:
        return otherwise
    if body[name] is None:
        return None
    if word(body, name) not in world.responders:
        raise errors.Refused(errors.RESPONDER)
    return str(body[name])


def _apply(world: World, place: Responder, body: Json) -> None:
    standby = flag(body, "deliverStandbyEvents", place.deliver_standby_events)
    following = _known(world, body, "nextSwitchboardIntegrationId", place.next_id)
    history = body.get("messageHistoryCount", place.history)
    whole = isinstance(history, int) and not isinstance(history, bool)
    if history is not None and not (whole and 1 <= history <= 10):
        raise errors.bad("messageHistoryCount should be an integer of 1 to 10")
    place.deliver_standby_events, place.next_id, place.history = standby, following, history


def update_responder(call: Call) -> Response:
    place, body, world = _responder(call), call.body, call.world
    if world.board_on and world.default_responder is None:
        raise errors.Refused(errors.NO_DEFAULT)
    renamed = "name" in body and body["name"] != place.name
    name = _name(world, body) if renamed else place.name
    moved = body.get("integrationId") or body.get("integrationType")
    source = _source(world, body) if moved else (place.integration_id, place.integration_type)
    _apply(world, place, body)
    place.name, (place.integration_id, place.integration_type) = name, source
    return json_response({"switchboardIntegration": views.responder(place)})


def delete_responder(call: Call) -> Response:
    world, place = call.world, _responder(call)
    if world.board_on and world.default_responder == place.id:
        raise errors.Refused(errors.NO_DEFAULT)
    if place.id in [each.next_id for each in world.responders.values() if each is not place]:
        raise errors.bad("Switchboard integration is in use")
    world.take_off_board([place])
    return json_response({})


def _board(call: Call) -> None:
    if call.request.params["board"] != call.world.switchboard_id:
        raise errors.Refused(errors.SWITCHBOARD)


def _responder(call: Call) -> Responder:
    _board(call)
    wanted = call.request.params["place"]
    if wanted not in call.world.responders:
        raise errors.Refused(errors.RESPONDER)
    return call.world.responders[wanted]


_ONE = "/switchboards/<board>"
_PLACES = f"{_ONE}/switchboardIntegrations"
ROUTES = (
    Route("GET", "/switchboards", "ListSwitchboards", list_boards),
    Route("POST", "/switchboards", "CreateSwitchboard", create_board),
    Route("PATCH", _ONE, "UpdateSwitchboard", update_board),
    Route("DELETE", _ONE, "DeleteSwitchboard", delete_board),
    Route("GET", _PLACES, "ListSwitchboardIntegrations", list_responders),
    Route("POST", _PLACES, "CreateSwitchboardIntegration", create_responder),
    Route("PATCH", f"{_PLACES}/<place>", "UpdateSwitchboardIntegration", update_responder),
    Route("DELETE", f"{_PLACES}/<place>", "DeleteSwitchboardIntegration", delete_responder),
)
