"""Support's part of the control surface: what people do in the Support interface.

What they do is an act of "agent" in the ledger. A refusal has the API's own words.
"""

from simulator.support import merging, users, views
from simulator.support.state import Store, SupportUser
from simulator.web import Json, Refusal, Request, Response, Router, json_response


class Acts:
    """`/support/…` under /_sim."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.router = Router()
        for method, path, did, handler in (
            ("POST", "/support/users", "add a support user", self._add_user),
            ("GET", "/support/users", "list support users", self._see_users),
            ("PUT", "/support/users/<user>", "change a support user", self._change_user),
            ("DELETE", "/support/users/<user>", "delete a support user", self._delete_user),
            ("POST", "/support/users/<user>/merge", "merge support users", self._merge),
            ("GET", "/support/tickets", "list support tickets", self._see_tickets),
            ("POST", "/support/ticket-fields", "add a ticket field", self._add_field),
        ):
            self.router.add(method, path, did, handler)

    def _add_user(self, request: Request) -> Response:
        user = users.created(self._store, request.json)
        return self._done("added a user", user, 201)

    def _change_user(self, request: Request) -> Response:
        user = self._user(request.params["user"])
        users.changed(self._store, user, request.json)
        return self._done("changed a user", user)

    def _delete_user(self, request: Request) -> Response:
        user = self._user(request.params["user"])
        user.active = False
        self._store.touch_user(user)
        return self._done("deleted a user", user)

    def _merge(self, request: Request) -> Response:
        loser, winner = self._user(request.params["user"]), self._user(request.json["into"])
        merging.merged(self._store, loser, winner)
        return self._done("merged users", winner)

    def _user(self, number: object) -> SupportUser:
        found = self._store.user(number)
        if found is None:
            raise Refusal(json_response({"error": "there is no such user"}, 404))
        return found

    def _done(self, did: str, user: SupportUser, status: int = 200) -> Response:
        self._store.network.write("act", "agent", who="Ada", did=did, user=user.id)
        return json_response(_with_identities(user), status)

    def _see_users(self, request: Request) -> Response:  # noqa: ARG002 - a handler
        return json_response({"users": [_with_identities(user) for user in self._store.users.values()]})

    def _see_tickets(self, request: Request) -> Response:  # noqa: ARG002 - a handler
        shown = [views.ticket(each) for each in self._store.ticket_list]
        return json_response({"tickets": shown})

    def _add_field(self, request: Request) -> Response:
        made = self._store.add_ticket_field(str(request.json["type"]), str(request.json["title"]))
        return json_response(views.ticket_field(made), 201)


def _with_identities(user: SupportUser) -> Json:
    return {**views.user(user), "identities": [views.identity(user, each) for each in user.identities]}
