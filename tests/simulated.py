"""Calls to the simulated providers in this process, by somebody who may make them."""

import base64
import json
from typing import Any
from urllib.parse import urlencode

from simulator import accounts
from simulator.build import build
from simulator.clock import Clock
from simulator.endings import Ending, Slow
from simulator.headers import Headers
from simulator.hooks import Hook, HookAnswer
from simulator.network import Network
from simulator.web import Request, Response

MARIA = "+14155550101"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
SYSTEMS = ("twilio", "support", "sunshine", "opencx")
TWILIO = f"/twilio/2010-04-01/Accounts/{accounts.TWILIO_ACCOUNT_SID}"
SUNSHINE = f"/zendesk/sc/v2/apps/{accounts.SUNSHINE_APP_ID}"


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


AUTHORISED = {  # the longest prefix first
    "/zendesk/sc": _basic(accounts.SUNSHINE_KEY_ID, accounts.SUNSHINE_SECRET),
    "/zendesk": _basic(f"{accounts.ZENDESK_EMAIL}/token", accounts.ZENDESK_API_TOKEN),
    "/twilio": _basic(accounts.TWILIO_ACCOUNT_SID, accounts.TWILIO_AUTH_TOKEN),
    "/opencx": f"Bearer {accounts.OPENCX_API_KEY}",
}


def request(method: str, path: str, content: object = None) -> Request:
    """An authorised call; Twilio is sent forms, the others JSON."""
    path, _, query = path.partition("?")
    prefix = next((each for each in AUTHORISED if path.startswith(each)), "")
    headers = Headers([("Authorization", AUTHORISED[prefix])] if prefix else [])
    if content is None:
        return Request(method, path, query, headers)
    headers["Content-Type"] = FORM if prefix == "/twilio" else JSON
    body = urlencode(content) if isinstance(content, dict) and prefix == "/twilio" else json.dumps(content)
    return Request(method, path, query, headers, body.encode())


class Simulated:
    """The whole world in this process, and a receiver that keeps every webhook."""

    def __init__(self) -> None:
        self.hooks: list[Hook] = []
        self.network: Network = build(Clock(), self._receive)

    def _receive(self, hook: Hook) -> HookAnswer:
        self.hooks.append(hook)
        return HookAnswer(200)

    def end(self, method: str, path: str, content: object = None) -> Ending:
        """How a call ends."""
        return self.network.handle(request(method, path, content))

    def ask(self, method: str, path: str, content: object = None) -> tuple[int, Any]:
        """Status and content of the answer."""
        ending = self.end(method, path, content)
        answer = ending.response if isinstance(ending, Slow) else ending
        assert isinstance(answer, Response), ending
        is_json = "json" in answer.headers.get("Content-Type", "")
        return answer.status, json.loads(answer.body) if is_json and answer.body else answer.body

    def plant(self, system: str, operation: str, fault: str, **more: object) -> tuple[int, Any]:
        wanted = {"system": system, "operation": operation, "fault": fault, **more}
        return self.ask("POST", "/_sim/faults", wanted)

    def heard(self, *operations: str) -> list[str]:
        """What the receiver heard, once everything due has run."""
        self.network.clock.run_due()
        return [hook.operation for hook in self.hooks if hook.operation in operations]

    def used(self) -> list[tuple[str, str]]:
        """Operation and words of each fault that the ledger says was met."""
        met = [entry for entry in self.network.ledger.after() if entry["kind"] == "fault"]
        return [(entry["operation"], entry["fault"]) for entry in met]

    # --- one call of each system that sends webhooks ---

    def text(self, **changed: str) -> int:
        """Twilio: send a text whose fate is told."""
        form = {"To": MARIA, "From": accounts.SUPPORT_NUMBER, "Body": "hello"}
        form |= {"StatusCallback": "http://bridge.test/status", **changed}
        return self.ask("POST", f"{TWILIO}/Messages.json", form)[0]

    def conversation(self) -> str:
        """Sunshine: a user with a conversation."""
        user = {"externalId": f"u{self.network.ledger.last}", "profile": {"givenName": "Maria"}}
        made = self.ask("POST", f"{SUNSHINE}/users", user)[1]["user"]
        wanted = {"type": "personal", "participants": [{"userId": made["id"]}]}
        return str(self.ask("POST", f"{SUNSHINE}/conversations", wanted)[1]["conversation"]["id"])

    def post(self, conversation: str, text: str = "hello") -> int:
        """Sunshine: a business message."""
        message = {"author": {"type": "business"}, "content": {"type": "text", "text": text}}
        return self.ask("POST", f"{SUNSHINE}/conversations/{conversation}/messages", message)[0]

    def session(self) -> str:
        """OpenCX: a session."""
        return str(self.ask("POST", "/opencx/chat/sessions", {"channel": {"type": "sms"}})[1]["id"])

    def say(self, session: str, text: str = "hello") -> int:
        """OpenCX: a customer's words."""
        said = {"sender": "contact", "message": {"type": "text", "text": text}}
        return self.ask("POST", f"/opencx/chat/sessions/{session}/send", said)[0]
