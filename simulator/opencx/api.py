"""The OpenCX REST API as one of the network's systems.

Facts:
  * Creating a session answers 201 with the id alone (OCX-API-07); the channel defaults to `api` (OCX-API-08).
  * A contact's token is for the widget; its phone has the country code (OCX-API-25).
"""

from simulator.network import Network
from simulator.opencx import listing
from simulator.opencx.acts import Acts
from simulator.opencx.assistant import Assistant
from simulator.opencx.bodies import body_of, fill, message_of, part, plain
from simulator.opencx.gate import admit, count, error, refuse
from simulator.opencx.hooks import EVENTS
from simulator.opencx.operations import OPERATIONS
from simulator.opencx.organisation import Organisation
from simulator.opencx.state import CHANNELS, STATUSES, Contact, Session
from simulator.web import Handler, Request, Response, Router, json_response

OWN_WORDS = {
    400: "Bad request",
    401: "Invalid API key",
    403: "This API key has no access to this resource",
    404: "Not found",
    429: "Rate limit exceeded",
    500: "Internal server error",
}
CONTACTS, SESSIONS = "contacts", "chat-sessions"


class OpenCX:
    """One OpenCX organisation."""

    name = "opencx"
    prefix = "/opencx"
    webhooks = EVENTS
    operations = OPERATIONS

    def __init__(self, network: Network) -> None:
        self.network = network
        self.organisation = Organisation()
        self.assistant = Assistant(network, self.organisation)
        self.router = self._routes()
        self.acts = Acts(network, self.organisation, self.assistant).router

    def reset(self) -> None:
        self.network.leftovers.take(*self.organisation.forget())
        self.assistant.forget()

    def release(self) -> int:
        """Let go of held webhooks."""
        return self.network.departures.release("opencx")

    def not_found(self, request: Request) -> Response:
        return error(404, f"Cannot {request.method} {request.path}")

    def refusal(self, operation: str, status: int) -> bytes:  # noqa: ARG002 - the protocol
        """The one shape of errors, when a fault plants a status; a gateway's are no JSON."""
        return error(status, OWN_WORDS[status]).body if status in OWN_WORDS else b""

    def _routes(self) -> Router:
        table: tuple[tuple[str, str, str, str, Handler], ...] = (
            ("POST", "/contacts", "saveContact", CONTACTS, self._save_contact),
            ("GET", "/contacts", "listContacts", CONTACTS, self._list_contacts),
            ("PATCH", "/contacts/<id>", "updateContact", CONTACTS, self._update_contact),
            ("DELETE", "/contacts/<id>", "deleteContact", CONTACTS, self._delete_contact),
            ("POST", "/widget/authenticate-user", "authenticateContact", CONTACTS, self._authenticate),
            ("POST", "/chat/sessions", "createChatSession", SESSIONS, self._create_session),
            ("GET", "/chat/sessions", "listChatSessions", SESSIONS, self._list_sessions),
            ("GET", "/chat/sessions/<id>", "getChatSession", SESSIONS, self._get_session),
            ("PATCH", "/chat/sessions/<id>", "updateChatSession", SESSIONS, self._update_session),
            ("POST", "/chat/sessions/<id>/send", "sendMessage", SESSIONS, self._send),
            ("GET", "/chat/sessions/<id>/history", "listChatHistory", SESSIONS, self._history),
        )
        router = Router()
        for method, path, operation, resource, handler in table:
            router.add(method, path, operation, self._guarded(resource, handler))
        return router

    def _guarded(self, resource: str, handler: Handler) -> Handler:
        def serve(request: Request) -> Response:
            key = admit(request, resource, self.organisation)
            count(key, self.organisation, self.network.now(), self.assistant.script.rate_limit)
            return handler(request)

        return serve

    # --- contacts ---

    def _save_contact(self, request: Request) -> Response:
        return json_response(self._new_contact(request).view(), 201)

    def _new_contact(self, request: Request) -> Contact:
        contact = Contact(self.network.ids.uuid())
        fill(contact, body_of(request))
        return self.organisation.add_contact(contact)

    def _list_contacts(self, request: Request) -> Response:
        return listing.contacts(request, self.organisation.contact_list)

    def _update_contact(self, request: Request) -> Response:
        contact = self._contact(request.params["id"])
        fill(contact, body_of(request))
        return json_response(contact.view())

    def _delete_contact(self, request: Request) -> Response:
        self.organisation.remove_contact(self._contact(request.params["id"]))
        return Response(200)

    def _authenticate(self, request: Request) -> Response:
        body = body_of(request)
        phone = part(body, "phone", str) or part(body, "phone_number", str) or "+"
        if not phone.startswith("+"):
            raise refuse(400, "phone must include the country code")
        contact = self._new_contact(request)
        answer = {"token": self.network.ids.token(), "contact": {"id": contact.id}}
        return json_response(answer, 201)

    def _contact(self, id: object) -> Contact:  # noqa: A002 - the provider's word
        found = self.organisation.contacts.get(str(id))
        if found is None:
            raise refuse(404, "Contact not found")
        return found

    # --- sessions ---

    def _create_session(self, request: Request) -> Response:
        body, now = body_of(request), self.network.now()
        channel = part(body, "channel", dict, {}).get("type", "api")
        if channel not in CHANNELS:
            raise refuse(400, f"channel.type must be one of {', '.join(CHANNELS)}")
        session = Session(self.network.ids.uuid(), len(self.organisation.sessions) + 1, channel, now, now)
        session.contact = self._contact(body["contact_id"]) if body.get("contact_id") else None
        session.verified = part(body, "verified", bool, usual=False)
        session.custom_data = dict(plain(body.get("custom_data")))
        session.assist_mode = self.assistant.script.assist
        self.organisation.file(session)
        return json_response({"id": session.id}, 201)

    def _list_sessions(self, request: Request) -> Response:
        return listing.sessions(request, self.organisation)

    def _get_session(self, request: Request) -> Response:
        return json_response(self._session(request).view())

    def _update_session(self, request: Request) -> Response:
        session, body = self._session(request), body_of(request)
        status = body.get("status", session.status)
        if status not in STATUSES:
            raise refuse(400, f"status must be one of {', '.join(STATUSES)}")
        part(body, "reflect_status_change_for_integration", bool)
        part(body, "session_closed_payload", dict)
        summarise = part(body, "generate_summary_and_sentiment_on_resolve", bool, usual=False)
        session.custom_data |= plain(body.get("custom_data"))
        if status != session.status:
            self.assistant.set_status(session, status, summarise=summarise)
        return json_response(session.view())

    def _send(self, request: Request) -> Response:
        if self.assistant.failing():
            return error(500, OWN_WORDS[500])
        session, body = self._session(request), body_of(request)
        message = message_of(body)
        session.custom_data |= plain(body.get("custom_data"))
        if session.contact and part(body, "contact", dict):
            fill(session.contact, body["contact"])
        said = self.assistant.take(session, message)
        return json_response(self.assistant.answer(session, said), 201)

    def _history(self, request: Request) -> Response:
        return listing.history(request, self._session(request).events)

    def _session(self, request: Request) -> Session:
        session = self.organisation.sessions.get(request.params["id"])
        if session is None:
            raise refuse(404, "Chat session not found")
        return session
