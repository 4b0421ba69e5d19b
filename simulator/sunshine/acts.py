"""Zendesk's part of the control surface: agents at work, and the switches.

What an agent does is an act of "agent" in the ledger.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from simulator.sunshine import customers
from simulator.sunshine.people import Agent, impossible
from simulator.sunshine.state import Conversation
from simulator.sunshine.switches import names, set_switches
from simulator.sunshine.workspace import Workspace
from simulator.sunshine.workspace_view import conversation_view
from simulator.web import Handler, Json, Request, Response, Router, json_response

Act = Callable[[Agent, Json], Json | None]
ACTS: dict[str, tuple[str, Act]] = {
    "replies": ("replied", lambda agent, wanted: agent.replies(wanted)),
    "solve": ("solved the ticket", lambda agent, _: agent.solves()),
    "close": ("closed the ticket", lambda agent, _: agent.closes()),
    "reopen": ("reopened the ticket", lambda agent, _: agent.reopens()),
    "end": ("ended the conversation", lambda agent, wanted: agent.ends(by_user=wanted.get("by") == "user")),
    "delete": ("deleted the conversation", lambda agent, _: agent.deletes()),
    "typing": ("typed", lambda agent, _: agent.types()),
    "read": ("read the conversation", lambda agent, _: agent.reads()),
    "status": ("set the ticket's status", lambda agent, wanted: agent.sets_status(str(wanted.get("status")))),
    "tags": ("changed the ticket's tags", lambda agent, wanted: agent.tags(wanted)),
    "ticket": ("edited the ticket", lambda agent, wanted: agent.edits(wanted)),
    "transfer-to-email": ("moved the case to e-mail", lambda agent, _: agent.transfers_to_email()),
    "trigger-line": ("fired a trigger", lambda agent, wanted: agent.sets_off(str(wanted.get("text", "")))),
}


class Acts:
    """Routes below /_sim."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._world = workspace.world
        self.router = Router()
        self.router.add("GET", "/conversations", "list conversations", self._see_all)
        self.router.add("GET", "/conversations/<conversation>", "show a conversation", self._see)
        for path, (did, act) in ACTS.items():
            pattern = f"/conversations/<conversation>/{path}"
            self.router.add("POST", pattern, did, self._doing(did, act))
        for method, path, operation, handler in customers.routes(workspace):
            self.router.add(method, path, operation, handler)
        self.router.add("GET", "/zendesk", "show the switches of Zendesk", self._see_switches)
        self.router.add("PUT", "/zendesk", "set switches of Zendesk", self._set_switches)

    def _doing(self, did: str, act: Act) -> Handler:
        def handler(request: Request) -> Response:
            wanted = _object(request)
            with self._world.network.lock:
                conversation = self._conversation(request)
                agent = Agent(self._workspace, str(wanted.get("agent") or "Ada"), conversation)
                outcome = act(agent, wanted) or {}
                self._write(agent, "wrote a note" if wanted.get("note") else did, wanted, outcome)
                gone = conversation.id not in self._world.conversations
                shown = {} if gone else {"conversation": self._view(conversation)}
                return json_response({**outcome, **shown})

        return handler

    def _write(self, agent: Agent, did: str, wanted: Json, outcome: Json) -> None:
        about = {"conversation": agent.conversation.id, "text": wanted.get("text"), **outcome}
        file = {"file": wanted["file"].get("name")} if wanted.get("file") else {}
        self._world.network.write("act", "agent", who=agent.name, did=did, **about, **file)

    def _conversation(self, request: Request) -> Conversation:
        found = self._world.conversations.get(request.params["conversation"])
        if found is None:
            raise impossible("no such conversation", 404)
        return found

    def _view(self, conversation: Conversation) -> Json:
        return conversation_view(self._world, conversation)

    def _see(self, request: Request) -> Response:
        with self._world.network.lock:
            return json_response(self._view(self._conversation(request)))

    def _see_all(self, request: Request) -> Response:  # noqa: ARG002 - a handler
        with self._world.network.lock:
            shown = [self._view(each) for each in self._world.conversations.values()]
        return json_response({"conversations": shown})

    # --- switches ---

    def _see_switches(self, request: Request) -> Response:  # noqa: ARG002 - a handler
        return json_response(asdict(self._world.switches) | asdict(self._world.support.switches))

    def _set_switches(self, request: Request) -> Response:
        wanted = _object(request)
        mine = names(type(self._world.switches))
        with self._world.network.lock:
            try:
                set_switches(self._world.support.switches, {k: v for k, v in wanted.items() if k not in mine})
                set_switches(self._world.switches, {k: v for k, v in wanted.items() if k in mine})
            except ValueError as error:
                raise impossible(str(error), 400) from None
            self._world.arrange(set(wanted))
        return self._see_switches(request)


def _object(request: Request) -> Json:
    try:
        content: Any = request.json if request.body else {}
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise impossible("the body must be a JSON object", 400)
    return content
