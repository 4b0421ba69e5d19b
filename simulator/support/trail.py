"""What happened on a ticket: comments, audits, the log of its conversation; and the fields it can have.

Facts:
  * The log has the messages of the conversation and the comments in one list, by time, in pages with a
    cursor; comments hold a transcript only after the session (SUN-SUP-23).
  * Shape of a log entry: id, type (`Messaging::ConversationMessage` or `Comment`), reference, created_at,
    author, content, attachments, metadata; an author is user, agent or bot, with ids under names that begin
    with `zen:` (the provider's reference of conversation log events).
"""

from dataclasses import dataclass

from simulator.support import errors, views
from simulator.support.call import Call, Route
from simulator.support.paging import listed
from simulator.support.records import Comment
from simulator.support.state import Store
from simulator.web import Json, Response, json_response


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log, by its place."""

    id: int
    shown: Json


def _comments(call: Call) -> Response:
    return listed(call, "comments", call.ticket().comments, views.comment)


def _audits(call: Call) -> Response:
    ticket = call.ticket()
    return listed(call, "audits", ticket.audits, lambda each: views.audit(ticket, each))


def _audit(call: Call) -> Response:
    ticket, number = call.ticket(), call.number("audit")
    found = next((each for each in ticket.audits if each.id == number), None)
    if found is None:
        raise errors.not_found()
    return json_response({"audit": views.audit(ticket, found)})


def _log(call: Call) -> Response:
    ticket = call.ticket()
    lines = [(at, message) for at, message in call.store.messages_of(ticket)]
    lines += [(each.created_at, _comment(call.store, each)) for each in ticket.comments]
    in_order = sorted(lines, key=lambda line: line[0])
    entries = [Entry(place, shown) for place, (_, shown) in enumerate(in_order, 1)]
    call.request.query_string = call.request.query_string or "page[size]=100"
    return listed(call, "events", entries, lambda each: each.shown)


def _comment(store: Store, shown: Comment) -> Json:
    author = store.users[shown.author_id]
    kind = "user" if author.role == "end-user" else "agent"
    return {
        "id": str(shown.id),
        "type": "Comment",
        "reference": f"zen:ticket_event:{shown.id}",
        "created_at": views.iso(shown.created_at),
        "author": {"type": kind, "zen:support:user_id": author.id, "display_name": author.name},
        "content": {"type": "html", "body": views.comment(shown)["html_body"]},
        "attachments": [],
        "metadata": {"public": shown.public},
    }


# --- fields ---


def _fields(call: Call) -> Response:
    return listed(call, "ticket_fields", list(call.store.ticket_fields.values()), views.ticket_field)


def _field(call: Call) -> Response:
    found = call.store.ticket_fields.get(call.number("field"))
    if found is None:
        raise errors.not_found()
    return json_response({"ticket_field": views.ticket_field(found)})


def _add_field(call: Call) -> Response:
    wanted = call.body("ticket_field")
    if not wanted.get("title") or not wanted.get("type"):
        raise errors.record_invalid("title", "Title: cannot be blank")
    made = call.store.add_ticket_field(str(wanted["type"]), str(wanted["title"]))
    return json_response({"ticket_field": views.ticket_field(made)}, 201)


_ONE = "/tickets/<ticket>"
ROUTES = (
    Route("GET", f"{_ONE}/comments", "ListComments", "tickets", _comments),
    Route("GET", f"{_ONE}/audits", "ListAudits", "tickets", _audits),
    Route("GET", f"{_ONE}/audits/<audit>", "ShowAudit", "tickets", _audit),
    Route("GET", f"{_ONE}/conversation_log", "ShowConversationLog", "tickets", _log),
    Route("GET", "/ticket_fields", "ListTicketFields", "tickets", _fields),
    Route("POST", "/ticket_fields", "CreateTicketField", "tickets", _add_field),
    Route("GET", "/ticket_fields/<field>", "ShowTicketField", "tickets", _field),
)
