"""The Support merge: the user in the path is swallowed by the user in the body, for good (SUN-IDN-12).

Facts:
  * Only end users merge; an agent on either side is 403, a user who is gone 404 (SUN-IDN-13, F-36).
  * The messaging users of both stay as they were until SyncUser is called (Q-25).
  * Ours: the winner keeps its own name and external id and takes over identities, tickets, and the phone
    if it has none.
"""

from simulator.support import errors, views
from simulator.support.call import Call, Route
from simulator.support.state import Store, SupportUser
from simulator.web import Response, json_response


def merge(call: Call) -> Response:
    """PUT /users/{loser}/merge."""
    loser = call.user()
    winner = call.store.user(call.body("user").get("id"))
    if winner is None:
        raise errors.not_found()
    if {loser.role, winner.role} != {"end-user"}:
        raise errors.forbidden()
    if call.store.switches.merge_refused or winner is loser:
        raise errors.record_invalid("base", "Users cannot be merged")
    _swallow(call.store, loser, winner)
    return json_response({"user": views.user(winner)})


def _swallow(store: Store, loser: SupportUser, winner: SupportUser) -> None:
    loser.active = False
    store.touch_user(loser)
    held = {identity.type for identity in winner.identities}
    for identity in loser.identities:
        identity.primary = identity.primary and identity.type not in held
    winner.identities += loser.identities
    winner.email = winner.email or loser.email
    if winner.phone is None:
        winner.phone, winner.shared_phone_number = loser.phone, loser.shared_phone_number
    loser.identities = []
    for ticket in store.tickets.values():
        if ticket.requester_id == loser.id:
            ticket.requester_id = winner.id
            store.touch_ticket(ticket)
    store.touch_user(winner)


ROUTES = (Route("PUT", "/users/<user>/merge", "MergeUsers", "users", merge),)
