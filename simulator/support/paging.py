"""Lists of the Support API, in the two ways it pages.

Facts:
  * Numbered: `page`, `per_page` (100 at most), answered with `count`, `next_page`, `previous_page`.
  * By cursor, where `page[size]` (100 at most), `page[after]` or `page[before]` is given: answered with
    `meta` and `links`. A cursor is opaque; ours is an id, so what comes or goes meanwhile shifts nothing.
"""

import base64
import binascii
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar
from urllib.parse import urlencode

from simulator.support import errors
from simulator.support.call import Call
from simulator.web import Json, Response, json_response

MOST = 100


class Numbered(Protocol):
    """What can be listed: anything with an id, in order of ids."""

    @property
    def id(self) -> int: ...


Item = TypeVar("Item")
Listed = TypeVar("Listed", bound=Numbered)


def listed(call: Call, name: str, found: Sequence[Listed], view: Callable[[Listed], Json]) -> Response:
    """A page in the way the caller asks for."""
    if any(key.startswith("page[") for key in call.query):
        return _by_cursor(call, name, found, view)
    return page(call, name, found, view)


def page(call: Call, name: str, found: Sequence[Item], view: Callable[[Item], Json]) -> Response:
    """One numbered page of what was found."""
    size, number = page_size(call), _whole(call, "page", 1)
    start = (number - 1) * size
    content = {
        name: [view(each) for each in found[start : start + size]],
        "count": len(found),
        "next_page": _link(call, page=number + 1) if len(found) > start + size else None,
        "previous_page": _link(call, page=number - 1) if number > 1 else None,
    }
    return json_response(content)


def page_size(call: Call) -> int:
    return min(_whole(call, "per_page", MOST), MOST)


def last_shown(call: Call) -> int:
    """The place of the last one on the page asked for."""
    return page_size(call) * _whole(call, "page", 1)


def _by_cursor(call: Call, name: str, found: Sequence[Listed], view: Callable[[Listed], Json]) -> Response:
    size = min(_whole(call, "page[size]", MOST), MOST)
    start = _start(call, found, size)
    shown = found[start : start + size]
    more = start + size < len(found)
    first, last = (_cursor(shown[place].id) if shown else None for place in (0, -1))
    links = {
        "next": _link(call, **{"page[after]": last}) if more else None,
        "prev": _link(call, **{"page[before]": first}) if start else None,
    }
    meta = {"has_more": more, "after_cursor": last, "before_cursor": first}
    return json_response({name: [view(each) for each in shown], "meta": meta, "links": links})


def _start(call: Call, found: Sequence[Listed], size: int) -> int:
    query = call.query
    if "page[before]" in query:
        return max(0, bisect_left(found, _id(query["page[before]"]), key=lambda each: each.id) - size)
    if "page[after]" in query:
        return bisect_right(found, _id(query["page[after]"]), key=lambda each: each.id)
    return 0


def _cursor(number: int) -> str:
    return base64.urlsafe_b64encode(b"i:%d" % number).decode()


def _id(cursor: str) -> int:
    try:
        kind, _, number = base64.urlsafe_b64decode(cursor).decode().partition(":")
        return int(number) if kind == "i" else _no_cursor()
    except (ValueError, binascii.Error):
        return _no_cursor()


def _no_cursor() -> int:
    raise errors.bad_query("InvalidPaginationParameter", "page[after] or page[before] is no valid cursor")


def _whole(call: Call, name: str, usual: int) -> int:
    given = call.query.get(name, str(usual))
    if not given.isdecimal() or int(given) < 1:
        raise errors.bad_query("InvalidPaginationParameter", f"{name} must be a positive number")
    return int(given)


def _link(call: Call, **other: object) -> str:
    kept = {k: v for k, v in call.query.items() if k not in ("page[after]", "page[before]")}
    return f"{call.request.base}{call.request.path}?{urlencode({**kept, **other})}"
