"""The Support merge: the user in the path is swallowed by the user in the body, for good (SUN-IDN-12).

Facts:
  * Only end users merge; an agent on either side is 403, a user who is gone 404 (SUN-IDN-13, F-36).
  * Nor does a user from a sharing agreement, nor one who requested more than 10,000 tickets: 422.
  * With single sign-on, if the account enforces what the help page says: neither may have an external id,
    and an unverified one must have an e-mail or X identity: 422 (SUN-IDN-14, Q-30).
  * The messaging users of both stay as they were until SyncUser is called (Q-25).
  * Ours: the winner keeps its own name and external id and takes over identities, tickets, and the phone
    if it has none.
"""

from simulator.support import errors, views
from simulator.support.call import Call, Route
from simulator.support.state import Store, SupportUser
from simulator.web import Response, json_response

MOST_TICKETS = 10_000
REACHABLE = ("email", "twitter")


def merge(call: Call) -> Response:
    """PUT /users/{loser}/merge."""
    loser = call.user()
    winner = call.store.user(call.body("user").get("id"))
    if winner is None:
        raise errors.not_found()
    merged(call.store, loser, winner)
    return json_response({"user": views.user(winner)})


def merged(store: Store, loser: SupportUser, winner: SupportUser) -> None:
    """Let the winner swallow the loser, or refuse."""
    if {loser.role, winner.role} != {"end-user"}:
        raise errors.forbidden()
    if store.switches.merge_refused or winner is loser or loser.shared or winner.shared:
        raise errors.record_invalid("base", "Users cannot be merged")
    if len(store.requested_by(loser)) > MOST_TICKETS:
        raise errors.record_invalid("base", f"User is requester on more than {MOST_TICKETS} tickets")
    if store.switches.single_sign_on:
        _check_single_sign_on(loser, winner)
    _swallow(store, loser, winner)


def _check_single_sign_on(*users: SupportUser) -> None:
    if any(user.external_id for user in users):
        raise errors.record_invalid("external_id", "Users with an external id cannot be merged")
    for user in users:
        if not user.verified and not any(each.type in REACHABLE for each in user.identities):
            raise errors.record_invalid("base", "Unverified users need an e-mail to be merged")


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
    for ticket in store.requested_by(loser):
        ticket.requester_id = winner.id
        store.touch_ticket(ticket)
    store.touch_user(winner)


ROUTES = (Route("PUT", "/users/<user>/merge", "MergeUsers", "users", merge),)
