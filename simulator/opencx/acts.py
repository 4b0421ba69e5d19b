"""OpenCX's part of the control surface: what the AI says, what it holds, what people and desks do to it."""

from collections.abc import Callable

from simulator.network import Network
from simulator.opencx import assist, hooks
from simulator.opencx.assistant import Assistant
from simulator.opencx.organisation import Organisation
from simulator.opencx.script import script_from
from simulator.opencx.state import Json, Session
from simulator.web import Handler, Refusal, Request, Response, Router, json_response

CLOSERS = ("agent", "contact", "integration", "system")
REOPENERS = ("system", "ai", "agent", "integration")
ID_TYPES = ("conversation_id", "ticket_id", "case_id", "conversation_sid")
TOLD_BY_HAND = (
    "conversation.handoff_to_third_party_failed", "csat.requested", "csat.score_submitted",
    "workflow.run.succeeded", "workflow.run.failed",
)  # fmt: skip
FROM_DESK = "conversation.third_party_agent_response"
Act = Callable[[Session, Json], None]


class Acts:
    """`/assistant/…` under /_sim."""

    def __init__(self, network: Network, organisation: Organisation, assistant: Assistant) -> None:
        self._network = network
        self._organisation = organisation
        self._assistant = assistant
        self.router = Router()
        for method, path, operation, handler in (
            ("PUT", "/assistant/script", "set the script", self._set_script),
            ("GET", "/assistant/script", "show the script", self._show_script),
            ("PUT", "/assistant/keys/<key>", "make an API key", self._make_key),
            ("GET", "/assistant/sessions", "list assistant sessions", self._list),
        ):
            self.router.add(method, path, operation, handler)
        for path, did, act in (
            ("takeover", "took over", self._take_over),
            ("close", "closed the session", self._close),
            ("reopen", "reopened the session", self._reopen),
            ("desk", "handed over to a desk", self._link),
            ("comments", "commented in the desk", self._comment),
            ("webhooks", "sent a webhook", self._tell),
        ):
            self.router.add("POST", f"/assistant/sessions/<id>/{path}", did, self._doing(did, act))

    def _doing(self, did: str, act: Act) -> Handler:
        def handler(request: Request) -> Response:
            session = self._organisation.sessions.get(request.params["id"])
            if session is None:
                raise _refusal(404, "There is no such session.", "GET /_sim/assistant/sessions lists them.")
            given = request.json if request.body else {}
            act(session, given)
            self._network.write("act", "opencx", who="Inbox agent", did=did, session=session.id)
            return json_response(_view(session))

        return handler

    def _set_script(self, request: Request) -> Response:
        try:
            self._assistant.script = script_from(request.json)
        except (TypeError, ValueError) as wrong:
            raise _refusal(
                400, str(wrong), "Send a script like the one GET /_sim/assistant/script shows."
            ) from wrong
        return self._show_script(request)

    def _show_script(self, _: Request) -> Response:
        return json_response(self._assistant.script.view())

    def _make_key(self, request: Request) -> Response:
        """A key with scopes `resource:action` (OCX-API-02)."""
        key, scopes = request.params["key"], [str(each) for each in request.json["scopes"]]
        self._organisation.keys[key] = frozenset(scopes)
        return json_response({"key": key, "scopes": scopes})

    def _list(self, _: Request) -> Response:
        return json_response(
            {"sessions": [_view(session) for session in self._organisation.sessions.values()]}
        )

    # --- on one session ---

    def _take_over(self, session: Session, _: Json) -> None:
        self._assistant.take_over(session, "inbox", "Inbox agent")

    def _close(self, session: Session, given: Json) -> None:
        by, status = _one_of("by", given.get("by", "agent"), CLOSERS), given.get("status", "closed_resolved")
        _one_of("status", status, ("closed_resolved", "closed_unresolved"))
        self._assistant.set_status(session, status, by=by)

    def _reopen(self, session: Session, given: Json) -> None:
        by = _one_of("by", given.get("by", "agent"), REOPENERS)
        self._assistant.set_status(session, "open", by=by)

    def _link(self, session: Session, given: Json) -> None:
        """The desk has an item for this session (OCX-ZD-23)."""
        kind = _one_of("id_type", given.get("id_type", "conversation_id"), ID_TYPES)
        name, number = str(given.get("name", "zendesk_v2")), str(given["external_id"])
        session.ticketing_system = {"name": name, "external_id": number, "id_type": kind}
        self._assistant.note(session, "handoff_to_zendesk", context={"external_id": number})

    def _comment(self, session: Session, given: Json) -> None:
        """The customer's comment in the desk, as Assist hears of it; a repeated event makes no draft."""
        if not assist.heard_before(session, str(given["event"]), self._network.now()):
            assist.draft(self._assistant.script, session, str(given["event"]), str(given["text"]))

    def _tell(self, session: Session, given: Json) -> None:
        """A documented webhook that nothing here causes by itself."""
        event = _one_of("event", given.get("event"), (FROM_DESK, *TOLD_BY_HAND))
        now, more = self._network.now(), dict(given.get("data", {}))
        if event == FROM_DESK:
            data = hooks.from_desk(session, str(more.get("response", "")), now)
        else:
            data = hooks.other(session, now, more)
        self._assistant.hooks.emit(session, event, data)


def _one_of(name: str, given: object, choices: tuple[str, ...]) -> str:
    if given not in choices:
        raise _refusal(400, f"{name} cannot be {given!r}.", f"It is one of {', '.join(choices)}.")
    return str(given)


def _view(session: Session) -> Json:
    history = [event.view() for event in session.events]
    return {**session.view(), "history": history, "drafts": session.drafts, "skipped": session.skipped}


def _refusal(status: int, error: str, fix: str) -> Refusal:
    return Refusal(json_response({"error": error, "fix": fix}, status))
