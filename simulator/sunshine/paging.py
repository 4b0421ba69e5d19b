"""Cursor paging by record id (SUN-CNV-09…11). Records stand in the order of their ids."""

from bisect import bisect_left
from collections.abc import Sequence
from operator import attrgetter
from typing import Protocol, TypeVar
from urllib.parse import urlencode

from simulator.sunshine import errors
from simulator.sunshine.call import Call
from simulator.web import Json


class Record(Protocol):
    """Something with an id."""

    id: str


Found = TypeVar("Found", bound=Record)


def forwards(call: Call, records: Sequence[Found]) -> tuple[list[Found], Json]:
    """One page, oldest first, and its `meta` and `links`."""
    start, end = _window(call, records)
    size, back = _size(call), "before" in call.deep("page")
    if back:
        start = max(start, end - size)
    return _cut(call, records, (start, min(end, start + size)), back=back)


def backwards(call: Call, records: Sequence[Found], size: int = 100) -> tuple[list[Found], Json]:
    """The newest page first, its size fixed, oldest to newest inside (SUN-CNV-11)."""
    start, end = _window(call, records)
    back = "after" not in call.deep("page")
    if not back:
        end = min(end, start + size)
    return _cut(call, records, (max(start, end - size), end), back=back)


def _window(call: Call, records: Sequence[Found]) -> tuple[int, int]:
    page = call.deep("page")
    if "after" in page and "before" in page:
        raise errors.Refused(errors.PAGE)
    start = _cursor(records, page["after"]) + 1 if "after" in page else 0
    end = _cursor(records, page["before"]) if "before" in page else len(records)
    return start, end


def _cursor(records: Sequence[Found], cursor: str) -> int:
    found = place(records, cursor) if len(cursor) == 24 else None
    if found is None:
        raise errors.Refused(errors.PAGE)
    return found


def place(records: Sequence[Found], wanted: str) -> int | None:
    """Where the record stands; looked for one by one only if ids were made to be out of order (F-40)."""
    guess = bisect_left(records, wanted, key=attrgetter("id"))
    if guess < len(records) and records[guess].id == wanted:
        return guess
    return next((number for number, record in enumerate(records) if record.id == wanted), None)


def _size(call: Call) -> int:
    given = call.deep("page").get("size", "25")
    if not (given.isascii() and given.isdecimal() and len(given) < 4 and 1 <= int(given) <= 100):
        raise errors.Refused(errors.PAGE)
    return int(given)


def _cut(
    call: Call, records: Sequence[Found], window: tuple[int, int], *, back: bool
) -> tuple[list[Found], Json]:
    page = list(records[slice(*window)])
    earlier, later = window[0] > 0, window[1] < len(records)
    after = {"afterCursor": page[-1].id} if page and later else {}
    before = {"beforeCursor": page[0].id} if page and earlier else {}
    links = {"next": _link(call, "after", page[-1].id)} if after else {}
    links |= {"prev": _link(call, "before", page[0].id)} if before else {}
    return page, {"meta": {"hasMore": earlier if back else later, **after, **before}, "links": links}


def _link(call: Call, direction: str, cursor: str) -> str:
    kept = [(k, v) for k, v in call.request.query if k not in ("page[after]", "page[before]")]
    query = urlencode([*kept, (f"page[{direction}]", cursor)], safe="[]")
    return f"{call.request.base}{call.request.path}?{query}"
