"""Tags of a ticket.

Facts:
  * `PUT …/tags` adds, `POST` replaces, `DELETE` removes (SUN-SUP-21).
  * Zendesk lower-cases tags and never keeps a blank in one (SUN-TKT-09).
"""

from collections.abc import Iterable

from simulator.support import errors, limits
from simulator.support.call import Call, Route
from simulator.support.state import Ticket
from simulator.web import Response, json_response


def clean_tags(given: Iterable[object]) -> list[str]:
    """Lower case, no blanks, no repetition, in order of appearance."""
    return list(dict.fromkeys(tag for each in given for tag in str(each).lower().replace(",", " ").split()))


def must_be_open(ticket: Ticket) -> None:
    """A closed ticket cannot be changed."""
    if ticket.status == "closed":
        raise errors.record_invalid("status", "Status: closed prevents ticket update")


def _show(call: Call) -> Response:
    return json_response({"tags": call.ticket().tags})


def _add(call: Call) -> Response:
    return _set(call, [*call.ticket().tags, *_given(call)])


def _replace(call: Call) -> Response:
    return _set(call, _given(call), status=201)


def _remove(call: Call) -> Response:
    removed = clean_tags(_given(call))
    return _set(call, [tag for tag in call.ticket().tags if tag not in removed])


def _given(call: Call) -> list[object]:
    tags = call.content("tags")
    if not isinstance(tags, list):
        raise errors.malformed("tags must be an array")
    return tags


def _set(call: Call, tags: list[object] | list[str], status: int = 200) -> Response:
    ticket = call.ticket()
    must_be_open(ticket)
    left = limits.ticket_updated(call, ticket.id)
    ticket.tags = clean_tags(tags)
    call.store.touch_ticket(ticket, call.store.admin.id)
    return limits.tell(json_response({"tags": ticket.tags}, status), left)


_PATH = "/tickets/<ticket>/tags"
ROUTES = (
    Route("GET", _PATH, "ListTags", "tickets", _show),
    Route("PUT", _PATH, "AddTags", "tickets", _add),
    Route("POST", _PATH, "ReplaceTags", "tickets", _replace),
    Route("DELETE", _PATH, "RemoveTags", "tickets", _remove),
)
