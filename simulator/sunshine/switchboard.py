"""The switchboard: who is on it, and the calls that move control.

Facts:
  * Control calls answer 200 {} before anything moved; a webhook tells how it went (SUN-SWB-09/10).
  * A target is sought by id, then name, then integration type; an ambiguous type is an error; `next` is the
    active one's successor, so repeating it hops twice (SUN-SWB-09/11).
  * At most 10 switchboard integrations, names of letters, digits, `-` and `_` (SUN-SWB-01/02); one is made
    from exactly one of `integrationId` and `integrationType` (SUN-SWB-05).
"""

import re
from collections.abc import Callable
from functools import partial

from simulator.sunshine import errors, metadata, views
from simulator.sunshine.call import Call, Route, given
from simulator.sunshine.state import Conversation, Responder, World
from simulator.web import Json, Response, json_response

MOST = 10
_NAME = re.compile(r"[\w-]{1,128}", re.ASCII)


def pass_control(call: Call) -> Response:
    conversation, body = call.conversation(), call.body
    wanted = str(given(body, "switchboardIntegration"))
    passed = metadata.checked(body.get("metadata") or {})
    _named_clearly(call.world, wanted)
    _soon(call, conversation, lambda: _pass(call, conversation, wanted, passed))
    return json_response({})


def _pass(call: Call, conversation: Conversation, wanted: str, passed: Json) -> None:
    call.workspace.pass_control(conversation, target(call.world, conversation, wanted), passed)


def release_control(call: Call) -> Response:
    conversation = call.conversation()
    passed = metadata.checked(call.body.get("metadata") or {})
    _soon(call, conversation, lambda: call.workspace.release_control(conversation, passed))
    return json_response({})


def _soon(call: Call, conversation: Conversation, move: Callable[[], None]) -> None:
    delay = call.world.switches.passing_delay
    call.world.network.clock.later(delay, partial(_locked, call.world, move), lane=conversation.id)


def _locked(world: World, move: Callable[[], None]) -> None:
    with world.network.lock:
        move()


def target(world: World, conversation: Conversation, wanted: str) -> Responder | None:
    """Whom the caller means, or None."""
    if wanted == "next":
        active = world.responders.get(conversation.active or "")
        return world.responders.get((active.next_id if active else None) or "")
    places = list(world.responders.values())
    for matches in (
        [each for each in places if each.id == wanted],
        [each for each in places if each.name == wanted],
        [each for each in places if each.integration_type == wanted],
    ):
        if matches:
            return matches[0]
    return None


def _named_clearly(world: World, wanted: str) -> None:
    places = world.responders.values()
    by_name = any(wanted in (each.id, each.name) for each in places)
    if not by_name and sum(each.integration_type == wanted for each in places) > 1:
        raise errors.bad(f"integrationType {wanted} is ambiguous")


# --- the board ---


def list_switchboards(call: Call) -> Response:
    return json_response({"switchboards": [views.switchboard(call.world)]})


def list_responders(call: Call) -> Response:
    _board(call)
    places = [views.responder(each) for each in call.world.responders.values()]
    return json_response({"switchboardIntegrations": places})


def create_responder(call: Call) -> Response:
    _board(call)
    world, body = call.world, call.body
    if len(world.responders) >= MOST:
        raise errors.Refused(errors.RESPONDERS)
    name = str(given(body, "name"))
    if not _NAME.fullmatch(name) or name in [each.name for each in world.responders.values()]:
        raise errors.bad("name should be unique and match pattern [A-Za-z0-9_-]{1,128}")
    integration_id, kind = _source(world, body)
    made = Responder(world.new_id(), name, integration_id, kind, bool(body.get("deliverStandbyEvents", True)))
    made.next_id, made.history = body.get("nextSwitchboardIntegrationId"), body.get("messageHistoryCount")
    world.responders[made.id] = made
    return json_response({"switchboardIntegration": views.responder(made)}, 201)


def _source(world: World, body: Json) -> tuple[str, str]:
    wanted, kind = body.get("integrationId"), body.get("integrationType")
    if (wanted is None) == (kind is None):
        raise errors.bad("should have exactly one of integrationId, integrationType")
    if kind is not None:
        return world.new_id(), str(kind)
    if wanted not in world.integrations:
        raise errors.Refused(errors.INTEGRATION)
    return str(wanted), world.integrations[str(wanted)].type


def update_responder(call: Call) -> Response:
    place, body = _responder(call), call.body
    place.deliver_standby_events = bool(body.get("deliverStandbyEvents", place.deliver_standby_events))
    place.next_id = body.get("nextSwitchboardIntegrationId", place.next_id)
    place.history = body.get("messageHistoryCount", place.history)
    return json_response({"switchboardIntegration": views.responder(place)})


def delete_responder(call: Call) -> Response:
    """Not the default one, nor another one's successor (SUN-SWB-17)."""
    world, place = call.world, _responder(call)
    if world.default_responder == place.id or place.id in [r.next_id for r in world.responders.values()]:
        raise errors.bad("Switchboard integration is in use")
    del world.responders[place.id]
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


_PLACES = "/switchboards/<board>/switchboardIntegrations"
ROUTES = (
    Route("POST", "/conversations/<conversation>/passControl", "PassControl", pass_control),
    Route("POST", "/conversations/<conversation>/releaseControl", "ReleaseControl", release_control),
    Route("GET", "/switchboards", "ListSwitchboards", list_switchboards),
    Route("GET", _PLACES, "ListSwitchboardIntegrations", list_responders),
    Route("POST", _PLACES, "CreateSwitchboardIntegration", create_responder),
    Route("PATCH", f"{_PLACES}/<place>", "UpdateSwitchboardIntegration", update_responder),
    Route("DELETE", f"{_PLACES}/<place>", "DeleteSwitchboardIntegration", delete_responder),
)
