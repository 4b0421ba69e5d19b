"""The Support API as one system of the network: routes, who may call and how often, what people do there."""

import json
from collections.abc import Callable
from functools import partial

from simulator.network import Network
from simulator.support import (
    auth,
    errors,
    identities,
    limits,
    merging,
    search,
    tags,
    tickets,
    trail,
    users,
    views,
)
from simulator.support.acts import Acts
from simulator.support.call import Call, Route
from simulator.support.operations import OPERATIONS
from simulator.support.state import Store
from simulator.web import Handler, Refusal, Request, Response, Router, json_response

ROUTES = (
    *search.ROUTES,
    *users.ROUTES,
    *identities.ROUTES,
    *merging.ROUTES,
    *tickets.ROUTES,
    *tags.ROUTES,
    *trail.ROUTES,
)


class SuffixRouter(Router):
    """Routes that take an optional `.json`."""

    def match(self, method: str, path: str) -> tuple[str, Handler, dict[str, str]] | None:
        return super().match(method, path.removesuffix(".json"))


class Support:
    """{subdomain}.zendesk.com below /api/v2 and /oauth."""

    name = "support"
    prefix = "/zendesk"
    operations = OPERATIONS
    webhooks = ()

    def __init__(self, network: Network) -> None:
        self.store = Store(network)
        self.router = SuffixRouter()
        self.router.add("POST", "/oauth/tokens", "CreateToken", self._anyone(auth.create_token))
        self.router.add("GET", "/api/v2/users/me", "ShowCurrentUser", self._anyone(current_user))
        for route in ROUTES:
            self.router.add(
                route.method, f"/api/v2{route.path}", route.operation, partial(self._serve, route)
            )
        self.acts = Acts(self.store).router

    def reset(self) -> None:
        self.store.network.leftovers.take(*self.store.held())
        self.store.reset()

    def not_found(self, request: Request) -> Response:  # noqa: ARG002 - the protocol
        return errors.endpoint_unknown()

    def refusal(self, operation: str, status: int) -> bytes:
        """What the API says of itself when a fault plants the status."""
        words = errors.planted(operation, status)
        return json.dumps(words).encode() if words else b""

    def _anyone(self, handler: Callable[[Call], Response]) -> Handler:
        return lambda request: handler(Call(self.store, request))

    def _serve(self, route: Route, request: Request) -> Response:
        call = Call(self.store, request)
        if not auth.caller_known(call, route.resource):
            raise errors.not_authenticated()
        left = limits.account(self.store)
        try:
            answer = route.handler(call)
        except Refusal as refusal:
            answer = refusal.response
        return limits.tell_account(answer, left)


def current_user(call: Call) -> Response:
    """GET /users/me: nobody in particular if no token was given (SUN-SUP-05)."""
    if not auth.caller_known(call, "users"):
        return json_response({"user": views.NOBODY})
    return json_response({"user": views.user(call.store.admin)})
