"""Lists of OpenCX: pages by cursor, and the filters of the session list.

Facts:
  * `cursor` in, `next` out, null at the end (OCX-API-06). A cursor is opaque; ours is the number of the last
    one shown, so that what comes or goes meanwhile shifts nothing.
  * Sessions filter by handed_off, status, channel_type and by when they were made or changed (OCX-API-11).
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Protocol

from simulator.opencx.gate import refuse
from simulator.opencx.organisation import Organisation, facts
from simulator.opencx.state import CHANNELS, STATUSES, Contact, Event, Json, Session
from simulator.web import Request, Response, json_response

PAGE = 50
CHOICES = {"status": STATUSES, "channel_type": CHANNELS, "handed_off": ("true", "false")}


class Viewable(Protocol):
    """What a list may hold."""

    def view(self) -> Json: ...


def cursor(request: Request) -> int:
    """The number after which the page begins."""
    given = dict(request.query).get("cursor", "0")
    if not given.isascii() or not given.isdigit() or len(given) > 18:
        raise refuse(400, "Invalid cursor")
    return int(given)


def contacts(request: Request, held: Sequence[Contact]) -> Response:
    start = bisect_right(held, cursor(request), key=lambda each: each.number)
    shown = held[start : start + PAGE + 1]
    return _page(shown, shown[PAGE - 1].number if len(shown) > PAGE else None)


def history(request: Request, events: Sequence[Event]) -> Response:
    """A line's number is its place."""
    start = cursor(request)
    shown = events[start : start + PAGE + 1]
    return _page(shown, start + PAGE if len(shown) > PAGE else None)


def sessions(request: Request, organisation: Organisation) -> Response:
    wanted = dict(request.query)
    for name, choices in CHOICES.items():
        if wanted.get(name, choices[0]) not in choices:
            raise refuse(400, f"{name} must be one of {', '.join(choices)}")
    found = _found(organisation, wanted, cursor(request))
    shown = list(islice((each for each in found if _in_time(each, wanted)), PAGE + 1))
    return _page(shown, shown[PAGE - 1].number if len(shown) > PAGE else None)


def _found(organisation: Organisation, wanted: Json, after: int) -> Iterable[Session]:
    """Those with the facts wanted; read from the newest changes if few of them can be meant."""
    if "updated_after" not in wanted:
        return organisation.listed(wanted, after)
    recent = organisation.changed_since(_seconds(wanted["updated_after"]))
    return (each for each in recent if each.number > after and _has(each, wanted))


def _has(session: Session, wanted: Json) -> bool:
    return all(wanted.get(name, fact) == fact for name, fact in facts(session)._asdict().items())


def _in_time(session: Session, wanted: Json) -> bool:
    return _within(session.created_at, "created", wanted) and _within(session.updated_at, "updated", wanted)


def _within(at: float, name: str, wanted: Json) -> bool:
    after, before = wanted.get(f"{name}_after"), wanted.get(f"{name}_before")
    return (after is None or at > _seconds(after)) and (before is None or at < _seconds(before))


def _seconds(iso: str) -> float:
    try:
        return datetime.fromisoformat(iso).timestamp()
    except (ValueError, OverflowError, OSError):
        raise refuse(400, f"{iso} is not an ISO 8601 time") from None


def _page(shown: Sequence[Viewable], following: int | None) -> Response:
    items = [item.view() for item in shown[:PAGE]]
    return json_response({"items": items, "next": None if following is None else str(following)})
