"""Tickets of the Support API: what the acceptance suite reads to learn what the agent has in front of them.

Facts:
  * `tags` in a ticket update replaces all (SUN-SUP-21). A closed ticket cannot be changed.
  * An update is answered with the audit it made.
  * A requester who is only named must have an e-mail to be found or made (OCX-TKT-05).
"""

from simulator.support import errors, limits, views
from simulator.support.call import Call, Route
from simulator.support.paging import listed
from simulator.support.state import Store, SupportUser, Ticket
from simulator.support.tags import clean_tags, must_be_open
from simulator.web import Json, Response, json_response

__all__ = ["ROUTES", "STATUSES", "clean_tags"]

STATUSES = ("new", "open", "pending", "hold", "solved", "closed")
PRIORITIES = ("low", "normal", "high", "urgent", None)


def show(call: Call) -> Response:
    return json_response({"ticket": views.ticket(call.ticket())})


def list_tickets(call: Call) -> Response:
    return listed(call, "tickets", call.store.ticket_list, views.ticket)


def requested(call: Call) -> Response:
    """GET /users/{id}/tickets/requested."""
    return listed(call, "tickets", call.store.requested_by(call.user()), views.ticket)


def create(call: Call) -> Response:
    """POST /tickets: by the integration, for a requester."""
    wanted = call.body("ticket")
    _check(wanted)
    comment = wanted.get("comment")
    body = str(comment.get("body") or "") if isinstance(comment, dict) else ""
    if not body:
        raise errors.record_invalid("base", "Description: cannot be blank")
    requester = _requester(call.store, wanted)
    subject = str(wanted.get("subject") or body[:80])
    ticket = call.store.add_ticket(Ticket(0, subject, requester.id), call.store.admin.id)
    return _written(call, ticket, wanted, status=201)


def _requester(store: Store, wanted: Json) -> SupportUser:
    named = wanted.get("requester")
    if not isinstance(named, dict):
        found = store.user(wanted["requester_id"]) if "requester_id" in wanted else store.admin
        return found or _invalid("requester", "Requester: is invalid")
    email, name = str(named.get("email") or ""), str(named.get("name") or "")
    if not email:
        return _invalid("requester", "Requester Email: cannot be blank")
    if known := store.by_email(email):
        return known
    made = store.add_user(SupportUser(0, name or email))
    store.add_email(made, email)
    return made


def _invalid(field: str, why: str) -> SupportUser:
    raise errors.record_invalid(field, why)


def update(call: Call) -> Response:
    """PUT /tickets/{id}."""
    ticket, wanted = call.ticket(), call.body("ticket")
    must_be_open(ticket)
    _check(wanted)
    left = limits.ticket_updated(call, ticket.id)
    return limits.tell(_written(call, ticket, wanted), left)


def _written(call: Call, ticket: Ticket, wanted: Json, status: int = 200) -> Response:
    by = call.store.admin.id
    _apply(call.store, ticket, wanted)
    if "status" in wanted:
        call.store.set_status(ticket, wanted["status"], by)
    content = {"ticket": views.ticket(ticket), "audit": views.audit(ticket, ticket.audits[-1])}
    return json_response(content, status)


def _check(wanted: Json) -> None:
    """Refuse what no ticket can hold."""
    if wanted.get("status", "open") not in STATUSES:
        raise errors.record_invalid("status", f"Status: {wanted['status']} is not valid")
    if wanted.get("priority") not in PRIORITIES:
        raise errors.record_invalid("priority", f"Priority: {wanted['priority']} is not valid")
    for name, kind in (("tags", list), ("additional_tags", list), ("custom_fields", list), ("comment", dict)):
        errors.must_be(wanted.get(name, kind()), kind, name)
    for each in wanted.get("custom_fields", []):
        if not isinstance(each, dict) or "id" not in each:
            raise errors.record_invalid("custom_fields", "Custom fields: is invalid")


def _apply(store: Store, ticket: Ticket, wanted: Json) -> None:
    if "tags" in wanted:
        ticket.tags = clean_tags(wanted["tags"])
    ticket.tags = clean_tags([*ticket.tags, *wanted.get("additional_tags", [])])
    ticket.fields |= {str(each["id"]): each.get("value") for each in wanted.get("custom_fields", [])}
    ticket.subject = str(wanted.get("subject", ticket.subject))
    ticket.priority = wanted.get("priority", ticket.priority)
    ticket.external_id = str(wanted["external_id"]) if wanted.get("external_id") else ticket.external_id
    ticket.system_fields |= {name: wanted[name] for name in views.SYSTEM_FIELDS if name in wanted}
    if "comment" in wanted:
        _add_comment(store, ticket, wanted["comment"])
    store.touch_ticket(ticket, store.admin.id)


def _add_comment(store: Store, ticket: Ticket, wanted: Json) -> None:
    author = store.user(wanted.get("author_id")) or store.admin
    store.comment(ticket, author, str(wanted.get("body", "")), public=bool(wanted.get("public", True)))


_ONE = "/tickets/<ticket>"
ROUTES = (
    Route("GET", "/tickets", "ListTickets", "tickets", list_tickets),
    Route("POST", "/tickets", "CreateTicket", "tickets", create),
    Route("GET", _ONE, "ShowTicket", "tickets", show),
    Route("PUT", _ONE, "UpdateTicket", "tickets", update),
    Route("GET", "/users/<user>/tickets/requested", "ListRequestedTickets", "tickets", requested),
)
