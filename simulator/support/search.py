"""users/search and search: who and what is found, and how much of it is shown.

Facts:
  * `external_id=` is an exact look-up: no query syntax, no index lag (SUN-SUP-08, Q-29 with its switch).
  * users/search shows 10,000 results, search 1,000; whoever asks beyond is answered 422 (SUN-SUP-08/09).
  * Pages are numbered and hold 100 at most; `page[size]` is an error on the general search (SUN-SUP-09).
"""

from collections.abc import Sequence

from simulator.support import errors, limits, views, words
from simulator.support.call import Call, Route
from simulator.support.index import Index, Record, Wanted
from simulator.support.paging import last_shown, page
from simulator.support.state import Store, SupportUser, Ticket
from simulator.web import Json, Response, json_response

MOST_USERS, MOST_RESULTS = 10_000, 1_000
ORDERS = ("created_at", "updated_at")
Found = SupportUser | Ticket


def search_users(call: Call) -> Response:
    """GET /users/search."""
    if "external_id" in call.query:
        return page(call, "users", _exactly(call.store, call.query["external_id"]), views.user)
    if "query" not in call.query:
        raise errors.bad_query("MissingParameter", "Missing parameter: query or external_id")
    _must_be_possible(call, MOST_USERS)
    query = words.terms(call.query["query"])
    return page(call, "users", _users(call.store, query), views.user)


def _exactly(store: Store, external_id: str) -> list[SupportUser]:
    if store.switches.exact_lags:
        return _users(store, [("external_id", external_id)])
    found = store.by_external_id(external_id)
    return [found] if found else []


def search_all(call: Call) -> Response:
    """GET /search: users and tickets, each with its `result_type`."""
    left = limits.searched(call)
    found = _results(call)
    return limits.tell(page(call, "results", found, _result), left)


def search_count(call: Call) -> Response:
    left = limits.searched(call)
    return limits.tell(json_response({"count": len(_results(call))}), left)


def _results(call: Call) -> Sequence[Found]:
    if any(name.startswith("page[") for name in call.query):
        raise errors.bad_query("InvalidPaginationParameter", "page[size] is not supported by this endpoint")
    if "query" not in call.query:
        raise errors.bad_query("MissingParameter", "Missing parameter: query")
    _must_be_possible(call, MOST_RESULTS)
    query = words.terms(call.query["query"])
    found: list[Found] = [*_users(call.store, query), *_tickets(call.store, query)]
    return _ordered(call, found)


def _ordered(call: Call, found: list[Found]) -> list[Found]:
    by, descending = call.query.get("sort_by"), call.query.get("sort_order") != "asc"
    if by not in ORDERS:
        return found
    return sorted(found, key=lambda each: float(getattr(each, by)), reverse=descending)


def _result(found: Found) -> Json:
    if isinstance(found, Ticket):
        return {**views.ticket(found), "result_type": "ticket"}
    return {**views.user(found), "result_type": "user"}


def _users(store: Store, query: words.Terms) -> list[SupportUser]:
    return _find(store, store.users_seen, words.wanted_of_user(query))


def _tickets(store: Store, query: words.Terms) -> list[Ticket]:
    return _find(store, store.tickets_seen, words.wanted_of_ticket(query))


def _find(store: Store, index: Index[Record], wanted: list[Wanted] | None) -> list[Record]:
    return [] if wanted is None else index.find(wanted, store.indexed_until())


def _must_be_possible(call: Call, most: int) -> None:
    """The service is there, and the page asked for is one it shows."""
    if not call.store.switches.search_available:
        raise errors.unavailable()
    if last_shown(call) > most:
        raise errors.beyond_the_last_result()


ROUTES = (
    Route("GET", "/users/search", "SearchUsers", "users", search_users),
    Route("GET", "/search", "Search", "search", search_all),
    Route("GET", "/search/count", "CountSearch", "search", search_count),
)
