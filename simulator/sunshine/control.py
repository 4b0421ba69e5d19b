"""The calls that move control of a conversation.

Facts:
  * They answer 200 {} before anything moved; a webhook tells how it went (SUN-SWB-09/10).
  * A target is sought by id, then name, then integration type; an ambiguous type is an error. `next` is the
    active one's successor, so repeating it hops twice, unless the caller's own integration is known: then it
    is the caller's successor (SUN-SWB-09/11).
  * An offer makes its target pending and replaces the last one; it cannot go to the active one (SUN-SWB-12).
  * Accepting needs something pending. With integration scope only the pending one may accept, only the active
    one may release: else 403 (SUN-SWB-13/14).
"""

from collections.abc import Callable
from functools import partial

from simulator.sunshine import errors, metadata, views
from simulator.sunshine.call import Call, Route, word
from simulator.sunshine.records import Conversation, Responder
from simulator.sunshine.state import World
from simulator.sunshine.workspace import NO_TARGET, Workspace
from simulator.web import Json, Response, json_response

ACTIVE_ALREADY = {
    "code": "switchboard_invalid_target",
    "message": "Cannot offer control to the active switchboard integration.",
}
NOTHING_PENDING = {
    "code": "switchboard_invalid_action",
    "message": "There is no pendingSwitchboardIntegration",
}


def pass_control(call: Call) -> Response:
    conversation, body = call.conversation(), call.body
    wanted, passed = _wanted(call, body), _metadata(call, body)
    mine = _place_of(call)
    _soon(
        call,
        conversation,
        lambda: call.workspace.pass_control(
            conversation, target(call.world, conversation, wanted, mine), passed
        ),
    )
    return json_response({})


def offer_control(call: Call) -> Response:
    conversation, body = call.conversation(), call.body
    wanted, passed = _wanted(call, body), _metadata(call, body)
    mine = _place_of(call)
    _soon(
        call,
        conversation,
        lambda: offer(call.workspace, conversation, target(call.world, conversation, wanted, mine), passed),
    )
    return json_response({})


def accept_control(call: Call) -> Response:
    conversation = call.conversation()
    passed = _metadata(call, call.body)
    _only(call, conversation.pending)
    _soon(call, conversation, lambda: accept(call.workspace, conversation, passed))
    return json_response({})


def release_control(call: Call) -> Response:
    conversation = call.conversation()
    passed = _metadata(call, call.body)
    _only(call, conversation.active)
    _soon(call, conversation, lambda: call.workspace.release_control(conversation, passed))
    return json_response({})


def _wanted(call: Call, body: Json) -> str:
    """The target as named; refused if a type leads to two."""
    wanted = word(body, "switchboardIntegration")
    places = call.world.responders.values()
    by_name = any(wanted in (each.id, each.name) for each in places)
    if not by_name and sum(each.integration_type == wanted for each in places) > 1:
        raise errors.bad(f"integrationType {wanted} is ambiguous")
    return wanted


def _metadata(call: Call, body: Json) -> Json:
    return metadata.checked(body.get("metadata") or {}, call.world.switches.metadata_units)


def _place_of(call: Call) -> Responder | None:
    """The caller's own place on the board, if it can be told."""
    places = call.world.responders.values() if call.caller.integration else ()
    return next((each for each in places if each.integration_id == call.caller.integration), None)


def _only(call: Call, place: str | None) -> None:
    """With integration scope, nobody but whoever has this place."""
    mine = _place_of(call)
    if call.integration_scope and (mine is None or (place is not None and mine.id != place)):
        raise errors.Refused(errors.FORBIDDEN)


def _soon(call: Call, conversation: Conversation, move: Callable[[], None]) -> None:
    delay = call.world.switches.passing_delay
    call.world.network.clock.later(
        delay, partial(_locked, call.world, conversation, move), lane=conversation.id
    )


def _locked(world: World, conversation: Conversation, move: Callable[[], None]) -> None:
    """Move it, unless the conversation is gone by now."""
    with world.network.lock:
        if conversation.id in world.conversations:
            move()


def target(
    world: World, conversation: Conversation, wanted: str, mine: Responder | None = None
) -> Responder | None:
    """Whom the caller means, or None."""
    if wanted == "next":
        active = mine or world.responders.get(conversation.active or "")
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


def offer(workspace: Workspace, conversation: Conversation, to: Responder | None, passed: Json) -> None:
    """Make the target pending, or report why not."""
    if to is None or to.id == conversation.active:
        error = NO_TARGET if to is None else ACTIVE_ALREADY
        _tell(workspace, conversation, "offerControl:failure", {"error": error}, passed)
        return
    conversation.pending = to.id
    _tell(workspace, conversation, "offerControl", {}, passed)


def accept(workspace: Workspace, conversation: Conversation, passed: Json) -> None:
    """What is pending becomes active, or nothing was."""
    to = workspace.world.responders.get(conversation.pending or "")
    if to is None:
        _tell(workspace, conversation, "acceptControl:failure", {"error": NOTHING_PENDING}, passed)
        return
    workspace.take_over(conversation, to, passed)
    _tell(workspace, conversation, "acceptControl", {}, passed)


def _tell(workspace: Workspace, conversation: Conversation, what: str, extra: Json, passed: Json) -> None:
    payload = {"conversation": views.conversation_short(workspace.world, conversation), **extra}
    payload |= {"metadata": passed} if passed else {}
    workspace.hooks.emit(f"switchboard:{what}", conversation, lambda _: payload)


_ONE = "/conversations/<conversation>"
ROUTES = (
    Route("POST", f"{_ONE}/passControl", "PassControl", pass_control),
    Route("POST", f"{_ONE}/releaseControl", "ReleaseControl", release_control),
    Route("POST", f"{_ONE}/offerControl", "OfferControl", offer_control),
    Route("POST", f"{_ONE}/acceptControl", "AcceptControl", accept_control),
)
