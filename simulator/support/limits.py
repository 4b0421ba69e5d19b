"""How often the Support API may be called, and what it says beyond.

Facts:
  * The account has so many calls a minute by plan, told in four headers of every answer (SUN-SUP-18).
  * Beyond any limit: 429 with Retry-After in seconds (SUN-SUP-19).
  * One user is updated 5 times a minute, `create_or_update` counting as well, and that call about once a
    second for the whole account: ours is 60 a minute (SUN-SUP-17).
  * General search has 2,500 a minute of its own (SUN-SUP-09); a ticket 30 updates in 10 minutes by one user,
    the account 100 a minute, or 300 with the largest plan (SUN-SUP-20).
  * The endpoints' own headers are documented by form (SUN-SUP-09) and partly by name; names that are not,
    are ours. A window begins with its first call.
"""

import math
from collections.abc import Hashable
from typing import NamedTuple

from simulator.support import errors
from simulator.support.call import Call
from simulator.support.state import Store
from simulator.web import Response

HIGH_VOLUME = 2500.0
ACCOUNT = "account"


class Limit(NamedTuple):
    """So many calls in so many seconds, told under a header's name."""

    name: str
    calls: int
    seconds: float = 60.0


class Left(NamedTuple):
    """What remains of a window."""

    limit: Limit
    calls: int
    resets: int

    @property
    def header(self) -> str:
        return f"total={self.limit.calls}; remaining={self.calls}; resets={self.resets}"


UPDATE_USER = Limit("Zendesk-RateLimit-create-update-user", 5)
UPSERT = Limit("Zendesk-RateLimit-create-update-user-account", 60)
SEARCH = Limit("Zendesk-RateLimit-search-index", 2500)
ONE_TICKET = Limit("Zendesk-RateLimit-ticket-update", 30, 600)


def account(store: Store) -> Left:
    """Count a call of the account."""
    return _count(store, Limit(ACCOUNT, int(store.switches.requests_per_minute)), "")


def user_updated(call: Call, user: Hashable) -> list[Left]:
    return [_count(call.store, UPDATE_USER, user)]


def upserted(call: Call, user: Hashable) -> list[Left]:
    return [_count(call.store, UPSERT, ""), *user_updated(call, user)]


def searched(call: Call) -> list[Left]:
    return [_count(call.store, SEARCH, "")]


def ticket_updated(call: Call, ticket: int) -> list[Left]:
    large = call.store.switches.requests_per_minute >= HIGH_VOLUME
    everybody = Limit("Zendesk-RateLimit-tickets-update", 300 if large else 100)
    return [_count(call.store, ONE_TICKET, ticket), _count(call.store, everybody, "")]


def _count(store: Store, limit: Limit, about: Hashable) -> Left:
    """One more call; refused if there were too many in this window."""
    now = store.network.now()
    start, calls = store.windows.get((limit.name, about), (now, 0))
    if now >= start + limit.seconds:
        start, calls = now, 0
    resets = math.ceil(start + limit.seconds - now)
    if calls >= limit.calls:
        none_left = {} if limit.name == ACCOUNT else {limit.name: Left(limit, 0, resets).header}
        raise errors.too_many(resets, none_left)
    store.windows[limit.name, about] = start, calls + 1
    return Left(limit, limit.calls - calls - 1, resets)


def tell(response: Response, left: list[Left]) -> Response:
    """Say in headers what is left."""
    for each in left:
        response.headers[each.limit.name] = each.header
    return response


def tell_account(response: Response, left: Left) -> Response:
    """The four headers of every answer."""
    total, remaining = str(left.limit.calls), str(left.calls)
    response.headers["X-Rate-Limit"] = response.headers["ratelimit-limit"] = total
    response.headers["X-Rate-Limit-Remaining"] = response.headers["ratelimit-remaining"] = remaining
    response.headers["ratelimit-reset"] = str(left.resets)
    return response
