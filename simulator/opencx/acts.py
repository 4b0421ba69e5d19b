"""OpenCX's part of the control surface: what the AI says, and what it holds."""

from simulator.network import Network
from simulator.opencx.assistant import Assistant
from simulator.opencx.script import script_from
from simulator.opencx.state import Json, Organisation, Session
from simulator.web import Refusal, Request, Response, Router, json_response


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
            ("GET", "/assistant/sessions", "list assistant sessions", self._list),
            ("POST", "/assistant/sessions/<id>/takeover", "take over from the assistant", self._take_over),
        ):
            self.router.add(method, path, operation, handler)

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

    def _list(self, _: Request) -> Response:
        return json_response(
            {"sessions": [_view(session) for session in self._organisation.sessions.values()]}
        )

    def _take_over(self, request: Request) -> Response:
        session = self._organisation.sessions.get(request.params["id"])
        if session is None:
            raise _refusal(404, "There is no such session.", "GET /_sim/assistant/sessions lists them.")
        self._assistant.take_over(session, "inbox", "Inbox agent")
        self._network.write("act", "opencx", who="Inbox agent", did="took over", session=session.id)
        return json_response(_view(session))


def _view(session: Session) -> Json:
    return {**session.view(), "history": [event.view() for event in session.events]}


def _refusal(status: int, error: str, fix: str) -> Refusal:
    return Refusal(json_response({"error": error, "fix": fix}, status))
