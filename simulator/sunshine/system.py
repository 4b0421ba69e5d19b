"""Sunshine Conversations as one system of the network: routes, who may call, errors of v2 and of v1.1."""

from functools import partial

from simulator.network import Network
from simulator.sunshine import (
    attachments,
    auth,
    conversations,
    errors,
    integrations,
    merging,
    messages,
    switchboard,
    users,
    views,
)
from simulator.sunshine.acts import Acts
from simulator.sunshine.call import Call, Route
from simulator.sunshine.hooks import Hooks
from simulator.sunshine.operations import OPERATIONS
from simulator.sunshine.state import World
from simulator.sunshine.workspace import Workspace
from simulator.support import Support
from simulator.web import Request, Response, Router, json_response


def get_app(call: Call) -> Response:
    return json_response({"app": views.app(call.world)})


ROUTES = (
    Route("GET", "", "GetApp", get_app),
    *users.ROUTES,
    *conversations.ROUTES,
    *messages.ROUTES,
    *attachments.ROUTES,
    *switchboard.ROUTES,
    *integrations.ROUTES,
)


class Sunshine:
    """{subdomain}.zendesk.com/sc, next to the Support half of the same account."""

    name = "sunshine"
    prefix = "/zendesk/sc"
    operations = OPERATIONS

    def __init__(self, network: Network, support: Support) -> None:
        self.world = World(network, support.store)
        self.hooks = Hooks(self.world)
        self.workspace = Workspace(self.world, self.hooks)
        self.router = self._routes()
        self.acts = Acts(self.workspace).router
        support.store.on_closed.append(self.workspace.ticket_closed)

    def _routes(self) -> Router:
        router = Router()
        for route in ROUTES:
            path = f"/v2/apps/<app>{route.path}"
            router.add(route.method, path, route.operation, partial(self._serve, route))
        merge = Route("POST", "/v1.1/apps/<app>/appusers/merge", "MergeAppUsers", merging.merge_users)
        router.add(merge.method, merge.path, merge.operation, partial(self._serve_legacy, merge))
        router.add("GET", "/attachments/v2/<attachment>/<name>", "DownloadAttachment", self._download)
        return router

    def reset(self) -> None:
        self.hooks.forget()
        self.world.reset()

    def release(self) -> int:
        """Let go of held webhooks; tell how many there were."""
        with self.world.network.lock:
            return self.hooks.release()

    def refusal(self, operation: str, status: int) -> bytes:
        return errors.planted(operation, status)

    def not_found(self, request: Request) -> Response:  # noqa: ARG002 - the protocol
        return errors.answer(errors.RESOURCE)

    def _serve(self, route: Route, request: Request) -> Response:
        narrow = auth.integration_scope(request, route.operation, self.world.switches)
        return route.handler(Call(self.workspace, request, narrow))

    def _serve_legacy(self, route: Route, request: Request) -> Response:
        try:
            return self._serve(route, request)
        except errors.Refused as refused:
            return errors.legacy(refused.fault)

    def _download(self, request: Request) -> Response:
        return attachments.download(self.world, request, authorised=auth.key_of(request) is not None)
