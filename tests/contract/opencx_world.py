"""A simulated OpenCX organisation with one customer, and a receiver that keeps every webhook.

Whatever it answers or tells is held against the models.
"""

import json
from typing import Any

from simulator import accounts
from simulator.build import build
from simulator.clock import Clock
from simulator.headers import Headers
from simulator.hooks import Hook, HookAnswer
from simulator.web import Request, Response
from tests.contract.models import opencx as models

Json = dict[str, Any]
MARIA = "+14155550101"
UNKNOWN = "00000000-0000-4000-a000-000000000000"
WANTS_HUMAN = "I want a human"


class Answer:
    """Status and content of one answer."""

    def __init__(self, response: Response) -> None:
        self.status = response.status
        self.headers = response.headers
        self.json: Any = json.loads(response.body) if response.body else None


class World:
    """The network with one customer, and a receiver that keeps every webhook."""

    def __init__(self) -> None:
        self.hooks: list[Hook] = []
        self.network = build(Clock(), self._receive)

    def _receive(self, hook: Hook) -> HookAnswer:
        models.check_webhook(hook.body)
        self.hooks.append(hook)
        return HookAnswer(200)

    def call(
        self, method: str, path: str, body: object = None, *, key: str = accounts.OPENCX_API_KEY
    ) -> Answer:
        headers = Headers([("Authorization", f"Bearer {key}")] if key else [])
        path, _, query = path.partition("?")
        content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        response = self.network.handle(Request(method, path, query, headers, content))
        assert isinstance(response, Response)
        answer = Answer(response)
        if path.startswith("/opencx"):
            self._check(answer)
        return answer

    def _check(self, answer: Answer) -> None:
        """Every answer of OpenCX is one that is documented."""
        [served] = self.network.ledger.after(self.network.ledger.last - 1)
        models.ANSWERS.check(served["operation"], answer.status, answer.json)

    def api(self, method: str, path: str, body: object = None) -> Answer:
        return self.call(method, f"/opencx{path}", body)

    def script(self, **script: object) -> None:
        assert self.call("PUT", "/_sim/assistant/script", script).status == 200

    def session(self) -> str:
        contact = self.api("POST", "/contacts", {"phone": MARIA, "name": "Maria"}).json["id"]
        body = {"contact_id": contact, "channel": {"type": "sms"}}
        return str(self.api("POST", "/chat/sessions", body).json["id"])

    def say(self, session: str, text: str, **more: object) -> Answer:
        body = {"sender": "contact", "message": {"type": "text", "text": text}, **more}
        return self.api("POST", f"/chat/sessions/{session}/send", body)

    def told(self, *events: str) -> list[Json]:
        """The webhooks of these events that have arrived, after everything due has run."""
        self.network.clock.run_due()
        envelopes = [json.loads(hook.body) for hook in self.hooks]
        return [envelope for envelope in envelopes if envelope["event"] in events]

    def history(self, session: str) -> list[tuple[str, str, str]]:
        items = self.api("GET", f"/chat/sessions/{session}/history").json["items"]
        events = [item["event"] for item in items]
        return [(event["type"], event["sender"]["type"], event["content"]["text"]) for event in events]
