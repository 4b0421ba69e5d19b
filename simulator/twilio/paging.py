"""Lists in the two forms the carrier uses.

Facts:
  * 2010-04-01: `Page`, `PageSize`, `PageToken`; relative URIs; no stray keys (CAR-28, CAR-29, CAR-215).
    The token names the record the page begins after, so that news does not shift it.
  * v1: `meta` with absolute URLs and the key of the records (CAR-171).
  * A page size outside 1…1000 is 20007.

Only what a page shows is made ready to be seen.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from simulator.twilio import errors
from simulator.web import Request, Response, json_response

View = Callable[[Any], dict[str, Any]]
PAGING = ("Page", "PageSize", "PageToken")


@dataclass(frozen=True, slots=True)
class Book:
    """Records to leaf through: how many, which at a place, and the place behind the one with a SID."""

    count: int
    at: Callable[[int], Any]
    behind: Callable[[str], int | None]


def book(records: list[Any]) -> Book:
    """Of a short list."""

    def behind(sid: str) -> int | None:
        places = (place + 1 for place, record in enumerate(records) if record.sid == sid)
        return next(places, None)

    return Book(len(records), records.__getitem__, behind)


def listing(request: Request, key: str, records: Book, view: View) -> Response:
    """One page of `records` in the form of the 2010 API."""
    query = dict(request.query)
    size, number = _whole(query, "PageSize", 50, 1), _whole(query, "Page", 0, 0)
    start = _start(query.get("PageToken", ""), records, size, number)
    end = min(start + size, records.count)
    shown = [view(records.at(place)) for place in range(start, end)]
    back = number and shown and start
    return json_response(
        {
            key: shown,
            "page": number,
            "page_size": size,
            "start": number * size,
            "end": number * size + max(len(shown) - 1, 0),
            "uri": _uri(request, number, query.get("PageToken")),
            "first_page_uri": _uri(request, 0),
            "next_page_uri": _uri(request, number + 1, "PA" + shown[-1]["sid"])
            if end < records.count and shown
            else None,
            "previous_page_uri": _uri(request, number - 1, "PB" + shown[0]["sid"]) if back else None,
        }
    )


def _start(token: str, records: Book, size: int, number: int) -> int:
    behind = records.behind(token[2:]) if token else None
    if behind is None:
        return number * size
    return behind if token.startswith("PA") else max(behind - 1 - size, 0)


def _uri(request: Request, page: int, token: str | None = None) -> str:
    size = dict(request.query).get("PageSize", "50")
    kept = [(name, value) for name, value in request.query if name not in PAGING]
    turned = [("PageSize", size), ("Page", str(page)), *([("PageToken", token)] if token else [])]
    return f"{request.path}?{urlencode(kept + turned)}"


def meta_listing(request: Request, key: str, records: Collection[Any], view: View) -> Response:
    """One page of `records` in the form of the v1 APIs."""
    query = dict(request.query)
    size, number = _whole(query, "PageSize", 50, 1), _whole(query, "Page", 0, 0)
    more = (number + 1) * size < len(records)
    url = request.base.removesuffix("/")
    meta = {
        "key": key,
        "page": number,
        "page_size": size,
        "first_page_url": url + _uri(request, 0),
        "previous_page_url": url + _uri(request, number - 1) if number else None,
        "next_page_url": url + _uri(request, number + 1) if more else None,
        "url": url + _uri(request, number),
    }
    shown = [view(record) for record in islice(records, number * size, (number + 1) * size)]
    return json_response({"meta": meta, key: shown})


def _whole(query: dict[str, str], name: str, default: int, least: int) -> int:
    value = query.get(name, str(default))
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise errors.refusal(20007)
    if int(value) < least or (name == "PageSize" and int(value) > 1000):
        raise errors.refusal(20007)
    return int(value)
