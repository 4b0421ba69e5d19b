"""Sunshine Conversations as one system of the network: routes, who may call, errors of v2 and of v1.1."""

from collections.abc import Callable
from functools import partial

from simulator.network import Network
from simulator.sunshine import (
    apps,
    attachments,
    auth,
    clients,
    control,
    conversations,
    conversions,
    errors,
    integrations,
    merging,
    messages,
    oauth,
    participants,
    quirks,
    switchboard,
    users,
    webhooks,
)
from simulator.sunshine.account import Account
from simulator.sunshine.acts import Acts
from simulator.sunshine.auth import Caller
from simulator.sunshine.call import Call, Route
from simulator.sunshine.hooks import TRIGGERS
from simulator.sunshine.operations import OPERATIONS
from simulator.support import Support
from simulator.web import Request, Response, Router

ROUTES = (
    *apps.ROUTES,
    *users.ROUTES,
    *clients.ROUTES,
    *conversations.ROUTES,
    *participants.ROUTES,
    *messages.ROUTES,
    *conversions.ROUTES,
    *attachments.ROUTES,
    *control.ROUTES,
    *switchboard.ROUTES,
    *integrations.ROUTES,
    *webhooks.ROUTES,
)
MERGE = Route("POST", "/v1.1/apps/<app>/appusers/merge", "MergeAppUsers", merging.merge_users)


class Sunshine:
    """{subdomain}.zendesk.com/sc, next to the Support half of the same account."""

    name = "sunshine"
    prefix = "/zendesk/sc"
    operations = OPERATIONS
    webhooks = tuple(sorted(TRIGGERS))
    own_quirks = quirks.NAMES

    def __init__(self, network: Network, support: Support) -> None:
        self.account = Account(network, support.store)
        self.workspace = self.account.stock
        self.world = self.workspace.world
        self.hooks = self.workspace.hooks
        self.router = self._routes()
        self.acts = Acts(self.workspace).router
        support.store.on_closed.append(self.account.ticket_closed)

    def _routes(self) -> Router:
        router = Router()
        for route in ROUTES:
            path = f"/v2/apps/<app>{route.path}"
            router.add(route.method, path, route.operation, partial(self._serve, route, self._in_app))
        for route in apps.ABOVE:
            router.add(route.method, route.path, route.operation, partial(self._serve, route, self._above))
        token = Route("GET", "/v2/tokenInfo", "GetTokenInfo", apps.token_info)
        router.add("GET", token.path, token.operation, partial(self._serve, token, self._above))
        router.add("POST", MERGE.path, MERGE.operation, partial(self._serve_legacy, MERGE))
        for method, path, operation, handler in oauth.ROUTES:
            router.add(method, path, operation, partial(handler, self.account))
        router.add("GET", "/attachments/v2/<attachment>/<name>", "DownloadAttachment", self._download)
        return router

    def reset(self) -> None:
        left = [each for space in self.account.spaces.values() for each in space.world.held()]
        self.world.network.leftovers.take(*left)
        self.account.reset()

    def release(self) -> int:
        """Let go of held webhooks; tell how many there were."""
        return self.world.network.departures.release(self.name)

    def refusal(self, operation: str, status: int) -> bytes:
        return errors.planted(operation, status)

    def not_found(self, request: Request) -> Response:  # noqa: ARG002 - the protocol
        return errors.answer(errors.RESOURCE)

    # --- calls ---

    def _caller(self, request: Request, operation: str) -> Caller:
        caller = self.account.ring.caller(request, self.world.now())
        return auth.narrowed(caller, operation, self.world.switches)

    def _in_app(self, request: Request, operation: str) -> Call:
        """A call about the app in its path."""
        caller, named = self._caller(request, operation), request.params["app"]
        if named not in self.account.spaces:
            raise errors.Refused(errors.APP)
        if caller.key.app not in (None, named):
            raise errors.Refused(errors.FORBIDDEN)
        return Call(self.account, self.account.spaces[named], request, caller)

    def _above(self, request: Request, operation: str) -> Call:
        """A call about the account, or about the app the key belongs to."""
        caller = self._caller(request, operation)
        mine = self.account.spaces.get(caller.key.app or "", self.workspace)
        return Call(self.account, mine, request, caller)

    def _serve(self, route: Route, about: Callable[[Request, str], Call], request: Request) -> Response:
        call = about(request, route.operation)
        quirk = self.world.network.faults.quirk(self.name, route.operation, quirks.CALLS)
        early = quirks.refused(call.world, quirk)
        if early is not None:
            return early
        return quirks.spoiled(route.handler(call), quirk)

    def _serve_legacy(self, route: Route, request: Request) -> Response:
        try:
            return self._serve(route, self._in_app, request)
        except errors.Refused as refused:
            return errors.legacy(refused.fault)

    def _download(self, request: Request) -> Response:
        known = self.account.ring.caller(request, self.world.now()) is not None
        holder = next(
            (
                space.world
                for space in self.account.spaces.values()
                if request.params["attachment"] in space.world.attachments
            ),
            self.world,
        )
        return attachments.download(holder, request, authorised=known)
