"""Tickets of the Support API: what the acceptance suite reads to learn what the agent has in front of them.

Facts:
  * `PUT …/tags` adds, `POST` replaces, `DELETE` removes; `tags` in a ticket update replaces all (SUN-SUP-21).
  * Zendesk lower-cases tags and never keeps a blank in one (SUN-TKT-09).
  * A closed ticket cannot be changed.
"""

from collections.abc import Iterable

from simulator.support import errors, views
from simulator.support.call import Call, Route
from simulator.support.search import page
from simulator.support.state import Store, Ticket
from simulator.web import Json, Response, json_response

STATUSES = ("new", "open", "pending", "hold", "solved", "closed")


def clean_tags(given: Iterable[object]) -> list[str]:
    """Lower case, no blanks, no repetition, in order of appearance."""
    return list(dict.fromkeys(tag for each in given for tag in str(each).lower().replace(",", " ").split()))


def show(call: Call) -> Response:
    return json_response({"ticket": views.ticket(call.ticket())})


def list_tickets(call: Call) -> Response:
    return page(call, "tickets", [views.ticket(ticket) for ticket in call.store.tickets.values()])


def requested(call: Call) -> Response:
    """GET /users/{id}/tickets/requested."""
    user = call.user()
    theirs = [t for t in call.store.tickets.values() if t.requester_id == user.id]
    return page(call, "tickets", [views.ticket(ticket) for ticket in theirs])


def update(call: Call) -> Response:
    """PUT /tickets/{id}."""
    ticket, wanted = call.ticket(), call.body("ticket")
    _must_be_open(ticket)
    if wanted.get("status", "open") not in STATUSES:
        raise errors.record_invalid("status", f"Status: {wanted['status']} is not valid")
    _apply(call.store, ticket, wanted)
    if "status" in wanted:
        call.store.set_status(ticket, wanted["status"])
    return show(call)


def _apply(store: Store, ticket: Ticket, wanted: Json) -> None:
    if "tags" in wanted:
        ticket.tags = clean_tags(wanted["tags"])
    ticket.tags = clean_tags([*ticket.tags, *wanted.get("additional_tags", [])])
    ticket.fields |= {str(each["id"]): each.get("value") for each in wanted.get("custom_fields", [])}
    ticket.subject = wanted.get("subject", ticket.subject)
    ticket.priority = wanted.get("priority", ticket.priority)
    ticket.system_fields |= {name: wanted[name] for name in views.SYSTEM_FIELDS if name in wanted}
    if "comment" in wanted:
        _add_comment(store, ticket, wanted["comment"])
    store.touch_ticket(ticket)


def _add_comment(store: Store, ticket: Ticket, wanted: Json) -> None:
    admin = next(user for user in store.living() if user.role == "admin")
    author = store.user(wanted.get("author_id")) or admin
    store.comment(ticket, author, str(wanted.get("body", "")), public=bool(wanted.get("public", True)))


def comments(call: Call) -> Response:
    return page(call, "comments", [views.comment(each) for each in call.ticket().comments])


def _must_be_open(ticket: Ticket) -> None:
    if ticket.status == "closed":
        raise errors.record_invalid("status", "Status: closed prevents ticket update")


# --- tags ---


def show_tags(call: Call) -> Response:
    return json_response({"tags": call.ticket().tags})


def add_tags(call: Call) -> Response:
    return _set_tags(call, [*call.ticket().tags, *_given(call)])


def replace_tags(call: Call) -> Response:
    return _set_tags(call, _given(call), status=201)


def remove_tags(call: Call) -> Response:
    removed = clean_tags(_given(call))
    return _set_tags(call, [tag for tag in call.ticket().tags if tag not in removed])


def _given(call: Call) -> list[object]:
    try:
        content = call.request.json
    except ValueError:
        content = None
    tags = content.get("tags") if isinstance(content, dict) else None
    if not isinstance(tags, list):
        raise errors.malformed("tags must be an array")
    return tags


def _set_tags(call: Call, tags: list[object] | list[str], status: int = 200) -> Response:
    ticket = call.ticket()
    _must_be_open(ticket)
    ticket.tags = clean_tags(tags)
    call.store.touch_ticket(ticket)
    return json_response({"tags": ticket.tags}, status)


_ONE = "/tickets/<ticket>"
ROUTES = (
    Route("GET", "/tickets", "ListTickets", "tickets", list_tickets),
    Route("GET", _ONE, "ShowTicket", "tickets", show),
    Route("PUT", _ONE, "UpdateTicket", "tickets", update),
    Route("GET", f"{_ONE}/comments", "ListComments", "tickets", comments),
    Route("GET", "/users/<user>/tickets/requested", "ListRequestedTickets", "tickets", requested),
    Route("GET", f"{_ONE}/tags", "ListTags", "tickets", show_tags),
    Route("PUT", f"{_ONE}/tags", "AddTags", "tickets", add_tags),
    Route("POST", f"{_ONE}/tags", "ReplaceTags", "tickets", replace_tags),
    Route("DELETE", f"{_ONE}/tags", "RemoveTags", "tickets", remove_tags),
)
