"""The query language of users/search and search, as far as a bridge needs it.

Facts:
  * A phone is given in digits, without plus or punctuation; `*` before it finds every stored form that ends
    in those digits, however it is written (SUN-SUP-10).
  * `external_id=` is an exact look-up: no query syntax, no index lag (SUN-SUP-08, Q-29).
  * Pages are numbered and hold 100 at most; `page[size]` is an error on the general search (SUN-SUP-09).
"""

import re
from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from simulator.support import errors, views
from simulator.support.call import Call, Route
from simulator.support.state import SupportUser, Ticket, digits
from simulator.web import Json, Response, json_response

_TERM = re.compile(r'(?:(?P<key>[\w.]+):)?(?:"(?P<quoted>[^"]*)"|(?P<plain>\S+))')
Terms = list[tuple[str, str]]


def terms(query: str) -> Terms:
    """Key and value of each term; the key of a bare word is empty."""
    return [
        (m["key"] or "", m["quoted"] if m["quoted"] is not None else m["plain"])
        for m in _TERM.finditer(query)
    ]


def _phone_matches(user: SupportUser, wanted: str) -> bool:
    stored = [user.phone or "", *(i.value for i in user.identities if i.type == "phone_number")]
    if wanted.startswith("*"):
        tail = wanted[1:]
        return tail.isdecimal() and any(digits(phone).endswith(tail) for phone in stored)
    return wanted.isdecimal() and any(phone.removeprefix("+") == wanted for phone in stored)


def _email_matches(user: SupportUser, wanted: str) -> bool:
    return any(i.type == "email" and i.value.casefold() == wanted.casefold() for i in user.identities)


USER_TERMS: dict[str, Callable[[SupportUser, str], bool]] = {
    "type": lambda _, wanted: wanted == "user",
    "phone": _phone_matches,
    "email": _email_matches,
    "role": lambda user, wanted: user.role == wanted,
    "name": lambda user, wanted: wanted.casefold() in user.name.casefold(),
    "external_id": lambda user, wanted: (user.external_id or "").casefold() == wanted.casefold(),
    "tags": lambda user, wanted: wanted in user.tags,
    "": lambda user, wanted: wanted.casefold() in f"{user.name} {user.email}".casefold(),
}
TICKET_TERMS: dict[str, Callable[[Ticket, str], bool]] = {
    "type": lambda _, wanted: wanted == "ticket",
    "status": lambda ticket, wanted: ticket.status == wanted,
    "tags": lambda ticket, wanted: wanted in ticket.tags,
    "requester": lambda ticket, wanted: str(ticket.requester_id) == wanted,
    "requester_id": lambda ticket, wanted: str(ticket.requester_id) == wanted,
    "": lambda ticket, wanted: wanted.casefold() in ticket.subject.casefold(),
}


def user_matches(user: SupportUser, query: Terms) -> bool:
    return all(key in USER_TERMS and USER_TERMS[key](user, wanted) for key, wanted in query)


def ticket_matches(ticket: Ticket, query: Terms) -> bool:
    return all(_ticket_term(ticket, key, wanted) for key, wanted in query)


def _ticket_term(ticket: Ticket, key: str, wanted: str) -> bool:
    if key.startswith("custom_field_"):
        return str(ticket.fields.get(key.removeprefix("custom_field_"))) == wanted
    return key in TICKET_TERMS and TICKET_TERMS[key](ticket, wanted)


def search_users(call: Call) -> Response:
    """GET /users/search."""
    if "external_id" in call.query:
        exact = call.store.by_external_id(call.query["external_id"])
        return page(call, "users", [views.user(exact)] if exact else [])
    _must_be_available(call)
    if "query" not in call.query:
        raise errors.bad_query("MissingParameter", "Missing parameter: query or external_id")
    query = terms(call.query["query"])
    found = [user for user in call.store.indexed_users() if user_matches(user, query)]
    return page(call, "users", [views.user(user) for user in found])


def search_all(call: Call) -> Response:
    """GET /search: users and tickets, each with its `result_type`."""
    return page(call, "results", _results(call))


def search_count(call: Call) -> Response:
    return json_response({"count": len(_results(call))})


def _results(call: Call) -> list[Json]:
    _must_be_available(call)
    if "page[size]" in call.query:
        raise errors.bad_query("InvalidPaginationParameter", "page[size] is not supported by this endpoint")
    query = terms(call.query.get("query", ""))
    users = [u for u in call.store.indexed_users() if user_matches(u, query)]
    tickets = [t for t in call.store.indexed_tickets() if ticket_matches(t, query)]
    return [{**views.user(user), "result_type": "user"} for user in users] + [
        {**views.ticket(ticket), "result_type": "ticket"} for ticket in tickets
    ]


def _must_be_available(call: Call) -> None:
    if not call.store.switches.search_available:
        raise errors.unavailable()


def page(call: Call, name: str, found: Sequence[Json]) -> Response:
    """One numbered page of what was found."""
    size = min(_whole(call, "per_page", 100), 100)
    number = _whole(call, "page", 1)
    rest = found[(number - 1) * size :]
    after = _link(call, number + 1) if len(rest) > size else None
    before = _link(call, number - 1) if number > 1 else None
    content = {name: rest[:size], "count": len(found), "next_page": after, "previous_page": before}
    return json_response(content)


def _whole(call: Call, name: str, default: int) -> int:
    given = call.query.get(name, str(default))
    if not given.isdecimal() or int(given) == 0:
        raise errors.bad_query("InvalidPaginationParameter", f"{name} must be a positive number")
    return int(given)


def _link(call: Call, number: int) -> str:
    return f"{call.request.base}{call.request.path}?{urlencode({**call.query, 'page': number})}"


ROUTES = (
    Route("GET", "/users/search", "SearchUsers", "users", search_users),
    Route("GET", "/search", "Search", "search", search_all),
    Route("GET", "/search/count", "CountSearch", "search", search_count),
)
