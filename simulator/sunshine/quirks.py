"""Odd behaviour on request: the `quirk …` faults of Sunshine, each a row of section (b) of the digest.

On a call, by its operation:

  quirk truncated            200 with half the answer (F-10)
  quirk empty                200 without a body (F-10)
  quirk retry after date     429 whose Retry-After is a date, two minutes from now (F-05)
  quirk random ids           the next message's id says nothing about its time (F-40)
  quirk delivery fails       the channel refuses the next message (conversation:message:delivery:failure)

On a webhook, by its event's type or `webhook`: see `EVENTS`, which change the event, and `DELIVERIES`, which
change the way it is sent.
"""

from collections.abc import Callable
from email.utils import formatdate

from simulator.headers import Headers
from simulator.sunshine import errors
from simulator.sunshine.state import World
from simulator.web import Json, Response

CALLS = ("truncated", "empty", "retry after date")
RANDOM_IDS, DELIVERY_FAILS = "random ids", "delivery fails"


def scrambled(world: World) -> str | None:
    """An id out of order, if one is planted."""
    taken = world.network.faults.quirk("sunshine", "PostMessage", (RANDOM_IDS,))
    return world.network.ids.hex(24) if taken else None


def refused(world: World, name: str | None) -> Response | None:
    """The answer that comes before anything is done."""
    if name != "retry after date":
        return None
    answer = errors.answer(errors.BUSY)
    answer.headers["Retry-After"] = formatdate(world.now() + 120, usegmt=True)
    return answer


def spoiled(response: Response, name: str | None) -> Response:
    """The answer after everything was done."""
    if name == "truncated":
        return Response(200, response.body[: len(response.body) // 2], response.headers)
    if name == "empty":
        return Response(200, b"", Headers([("Content-Type", "application/json; charset=utf-8")]))
    return response


def _with_payload(change: Callable[[Json], Json]) -> Callable[[Json], Json]:
    return lambda event: {**event, "payload": change(event["payload"])}


def _with_content(content: Json) -> Callable[[Json], Json]:
    return _with_payload(lambda payload: {**payload, "message": {**payload.get("message", {}), **content}})


def _without_content(payload: Json) -> Json:
    message = {name: value for name, value in payload.get("message", {}).items() if name != "content"}
    return {**payload, "message": message}


EVENTS: dict[str, Callable[[Json], object]] = {  # F-25, F-26
    "unknown type": lambda event: {**event, "type": "conversation:unheard"},
    "unknown keys": _with_payload(lambda payload: {**payload, "novelty": {"since": "tomorrow"}}),
    "unknown content": _with_content({"content": {"type": "hologram", "beam": 1}}),
    "no content": _with_payload(_without_content),
    "no payload": lambda event: {name: value for name, value in event.items() if name != "payload"},
    "malformed": lambda _: "not an event",
    "new id": lambda event: {**event, "id": event["id"][::-1]},  # F-23
}
DELIVERIES = (  # F-22, F-27
    "wrong secret",
    "no secret",
    "again in 15 minutes",
)
NAMES = (*CALLS, RANDOM_IDS, DELIVERY_FAILS, *EVENTS, *DELIVERIES)
