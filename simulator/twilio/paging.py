"""Lists in the two forms the carrier uses.

Facts:
  * 2010-04-01: `Page`, `PageSize`, `PageToken`; relative URIs; no stray keys (CAR-28, CAR-29, CAR-215).
    The token names the record the page begins after, so that news does not shift it.
  * v1: `meta` with absolute URLs and the key of the records (CAR-171).
  * A page size outside 1…1000 is 20007.
"""

from typing import Any
from urllib.parse import urlencode

from simulator.twilio import errors
from simulator.web import Request, Response, json_response

Records = list[dict[str, Any]]
PAGING = ("Page", "PageSize", "PageToken")


def listing(request: Request, key: str, records: Records) -> Response:
    """One page of `records` in the form of the 2010 API."""
    query = dict(request.query)
    size, number = _whole(query, "PageSize", 50, 1), _whole(query, "Page", 0, 0)
    start = _start(query.get("PageToken", ""), records, size, number)
    shown = records[start : start + size]
    more = start + size < len(records)
    return json_response(
        {
            key: shown,
            "page": number,
            "page_size": size,
            "start": number * size,
            "end": number * size + max(len(shown) - 1, 0),
            "uri": _uri(request, number, query.get("PageToken")),
            "first_page_uri": _uri(request, 0),
            "next_page_uri": _uri(request, number + 1, "PA" + shown[-1]["sid"]) if more else None,
            "previous_page_uri": _uri(request, number - 1, "PB" + records[start]["sid"])
            if number and shown and start
            else None,
        }
    )


def _start(token: str, records: Records, size: int, number: int) -> int:
    sids = [record["sid"] for record in records]
    if token[2:] not in sids:
        return number * size
    place = sids.index(token[2:])
    return place + 1 if token.startswith("PA") else max(place - size, 0)


def _uri(request: Request, page: int, token: str | None = None) -> str:
    size = dict(request.query).get("PageSize", "50")
    kept = [(name, value) for name, value in request.query if name not in PAGING]
    turned = [("PageSize", size), ("Page", str(page)), *([("PageToken", token)] if token else [])]
    return f"{request.path}?{urlencode(kept + turned)}"


def meta_listing(request: Request, key: str, records: Records) -> Response:
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
    return json_response({"meta": meta, key: records[number * size : (number + 1) * size]})


def _whole(query: dict[str, str], name: str, default: int, least: int) -> int:
    value = query.get(name, str(default))
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise errors.refusal(20007)
    if int(value) < least or (name == "PageSize" and int(value) > 1000):
        raise errors.refusal(20007)
    return int(value)
