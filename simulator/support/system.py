"""The Support API as one system of the network: routes, who may call, the control surface's part."""

from collections.abc import Callable
from functools import partial

from simulator import accounts
from simulator.network import Network
from simulator.support import auth, errors, merging, search, tickets, users, views
from simulator.support.call import Call, Route
from simulator.support.operations import OPERATIONS
from simulator.support.state import Store
from simulator.web import Handler, Json, Request, Response, Router, json_response

ROUTES = (*search.ROUTES, *users.ROUTES, *merging.ROUTES, *tickets.ROUTES)


class SuffixRouter(Router):
    """Routes that take an optional `.json`."""

    def match(self, method: str, path: str) -> tuple[str, Handler, dict[str, str]] | None:
        return super().match(method, path.removesuffix(".json"))


class Support:
    """{subdomain}.zendesk.com below /api/v2 and /oauth."""

    name = "support"
    prefix = "/zendesk"
    operations = OPERATIONS

    def __init__(self, network: Network) -> None:
        self.store = Store(network)
        self.router = SuffixRouter()
        self.router.add("POST", "/oauth/tokens", "CreateToken", self._anyone(auth.create_token))
        self.router.add("GET", "/api/v2/users/me", "ShowCurrentUser", self._anyone(current_user))
        for route in ROUTES:
            self.router.add(
                route.method, f"/api/v2{route.path}", route.operation, partial(self._serve, route)
            )
        self.acts = Router()
        self.acts.add("POST", "/support/users", "add a support user", self._add_user)
        self.acts.add("GET", "/support/users", "list support users", self._see_users)

    def reset(self) -> None:
        self.store.reset()

    def not_found(self, request: Request) -> Response:  # noqa: ARG002 - the protocol
        return errors.endpoint_unknown()

    def _anyone(self, handler: Callable[[Call], Response]) -> Handler:
        return lambda request: handler(Call(self.store, request))

    def _serve(self, route: Route, request: Request) -> Response:
        call = Call(self.store, request)
        if not auth.caller_known(call, route.resource):
            raise errors.not_authenticated()
        return route.handler(call)

    def _add_user(self, request: Request) -> Response:
        with self.store.network.lock:
            user = users.created(self.store, request.json)
        return json_response(views.user(user), 201)

    def _see_users(self, request: Request) -> Response:  # noqa: ARG002 - a handler
        with self.store.network.lock:
            shown = [_with_identities(self.store, user_id) for user_id in self.store.users]
        return json_response({"users": shown})


def _with_identities(store: Store, user_id: int) -> Json:
    user = store.users[user_id]
    return {**views.user(user), "identities": [views.identity(user, each) for each in user.identities]}


def current_user(call: Call) -> Response:
    """GET /users/me: nobody in particular if no token was given (SUN-SUP-05)."""
    if not auth.caller_known(call, "users"):
        return json_response({"user": views.NOBODY})
    admin = call.store.by_email(accounts.ZENDESK_EMAIL)
    return json_response({"user": views.user(admin) if admin else views.NOBODY})
