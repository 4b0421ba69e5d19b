"""The OpenCX REST API as one of the network's systems.

Facts:
  * Lists are paged by `cursor`; `next` is null at the end (OCX-API-06).
  * Creating a session answers 201 with the id alone (OCX-API-07); the channel defaults to `api` (OCX-API-08).
  * Older copies wrap a contact in `contact` (OCX-API-24); both forms are read here.
  * `custom_data` holds plain values; nested objects are refused with 400, and new values merge (OCX-API-18).
"""

from simulator.network import Network
from simulator.opencx.acts import Acts
from simulator.opencx.assistant import Assistant
from simulator.opencx.bodies import body_of, fill, matches, message_of, page, plain
from simulator.opencx.gate import admit, error, refuse
from simulator.opencx.hooks import EVENTS
from simulator.opencx.operations import OPERATIONS
from simulator.opencx.state import CHANNELS, STATUSES, Contact, Organisation, Session
from simulator.web import Handler, Request, Response, Router, json_response


class OpenCX:
    """One OpenCX organisation."""

    name = "opencx"
    prefix = "/opencx"
    webhooks = EVENTS
    operations = OPERATIONS

    def __init__(self, network: Network) -> None:
        self.network = network
        self.organisation = Organisation()
        self.assistant = Assistant(network)
        self.router = self._routes()
        self.acts = Acts(network, self.organisation, self.assistant).router

    def reset(self) -> None:
        self.organisation.forget()
        self.assistant.forget()

    def release(self) -> int:
        """Let go of held webhooks."""
        return self.network.departures.release("opencx")

    def not_found(self, request: Request) -> Response:
        return error(404, f"Cannot {request.method} {request.path}")

    def _routes(self) -> Router:
        table: tuple[tuple[str, str, str, Handler], ...] = (
            ("POST", "/contacts", "saveContact", self._save_contact),
            ("GET", "/contacts", "listContacts", self._list_contacts),
            ("PATCH", "/contacts/<id>", "updateContact", self._update_contact),
            ("DELETE", "/contacts/<id>", "deleteContact", self._delete_contact),
            ("POST", "/chat/sessions", "createChatSession", self._create_session),
            ("GET", "/chat/sessions", "listChatSessions", self._list_sessions),
            ("GET", "/chat/sessions/<id>", "getChatSession", self._get_session),
            ("PATCH", "/chat/sessions/<id>", "updateChatSession", self._update_session),
            ("POST", "/chat/sessions/<id>/send", "sendMessage", self._send),
            ("GET", "/chat/sessions/<id>/history", "listChatHistory", self._history),
        )
        router = Router()
        for method, path, operation, handler in table:
            router.add(method, path, operation, self._guarded(handler))
        return router

    def _guarded(self, handler: Handler) -> Handler:
        def serve(request: Request) -> Response:
            admit(request, self.organisation, self.network.now(), self.assistant.script.rate_limit)
            return handler(request)

        return serve

    # --- contacts ---

    def _save_contact(self, request: Request) -> Response:
        contact = Contact(self.network.ids.uuid())
        fill(contact, body_of(request))
        self.organisation.contacts[contact.id] = contact
        return json_response(contact.view(), 201)

    def _list_contacts(self, request: Request) -> Response:
        return page(request, list(self.organisation.contacts.values()))

    def _update_contact(self, request: Request) -> Response:
        contact = self._contact(request.params["id"])
        fill(contact, body_of(request))
        return json_response(contact.view())

    def _delete_contact(self, request: Request) -> Response:
        del self.organisation.contacts[self._contact(request.params["id"]).id]
        return Response(200)

    def _contact(self, id: object) -> Contact:  # noqa: A002 - the provider's word
        if not isinstance(id, str) or id not in self.organisation.contacts:
            raise refuse(404, "Contact not found")
        return self.organisation.contacts[id]

    # --- sessions ---

    def _create_session(self, request: Request) -> Response:
        body, now = body_of(request), self.network.now()
        named = body.get("channel") or {}
        channel = named.get("type", "api") if isinstance(named, dict) else None
        if channel not in CHANNELS:
            raise refuse(400, f"channel.type must be one of {', '.join(CHANNELS)}")
        session = Session(self.network.ids.uuid(), len(self.organisation.sessions) + 1, channel, now, now)
        session.contact = self._contact(body["contact_id"]) if body.get("contact_id") else None
        session.verified = bool(body.get("verified"))
        session.custom_data = plain(body.get("custom_data"))
        self.organisation.sessions[session.id] = session
        return json_response({"id": session.id}, 201)

    def _list_sessions(self, request: Request) -> Response:
        wanted = dict(request.query)
        found = [session for session in self.organisation.sessions.values() if matches(session, wanted)]
        return page(request, found)

    def _get_session(self, request: Request) -> Response:
        return json_response(self._session(request).view())

    def _update_session(self, request: Request) -> Response:
        session, body = self._session(request), body_of(request)
        status = body.get("status", session.status)
        if status not in STATUSES:
            raise refuse(400, f"status must be one of {', '.join(STATUSES)}")
        session.custom_data |= plain(body.get("custom_data"))
        if status != session.status:
            summarise = bool(body.get("generate_summary_and_sentiment_on_resolve"))
            self.assistant.set_status(session, status, summarise=summarise)
        return json_response(session.view())

    def _send(self, request: Request) -> Response:
        if self.assistant.failing():
            return error(500, "Internal server error")
        session, body = self._session(request), body_of(request)
        message = message_of(body)
        session.custom_data |= plain(body.get("custom_data"))
        if session.contact and isinstance(body.get("contact"), dict):
            fill(session.contact, body["contact"])
        said = self.assistant.take(session, message)
        return json_response(self.assistant.answer(session, said), 201)

    def _history(self, request: Request) -> Response:
        return page(request, self._session(request).events)

    def _session(self, request: Request) -> Session:
        session = self.organisation.sessions.get(request.params["id"])
        if session is None:
            raise refuse(404, "Chat session not found")
        return session
