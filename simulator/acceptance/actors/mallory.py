"""Mallory: knows the bridge's doors and none of its secrets, and can listen to the line."""

import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from simulator import accounts
from simulator.acceptance.actors.customer import Customer
from simulator.acceptance.cast import NUMBERS
from simulator.acceptance.sim import Json

if TYPE_CHECKING:
    from simulator.acceptance.world import World

FORM = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": "Zm9yZ2Vk"}
JSON = {"Content-Type": "application/json"}


class Mallory:
    """Forges and repeats what carrier, desk and AI send to the bridge."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._answers: list[int | None] = []

    def forges_text(self, customer: Customer, text: str) -> None:
        form = {
            "MessageSid": "SM" + "f" * 32,
            "AccountSid": accounts.TWILIO_ACCOUNT_SID,
            "From": customer.phone,
            "To": NUMBERS["Support"],
            "Body": text,
            "NumMedia": "0",
        }
        self._knocks(self._door("twilio"), FORM, urlencode(form).encode())

    def forges_reply(self, customer: Customer, text: str) -> None:
        message = {
            "id": "f" * 24,
            "received": "2026-11-20T09:00:00.000Z",
            "author": {"type": "business", "displayName": "Ada"},
            "content": {"type": "text", "text": text},
            "source": {"type": "zd:agentWorkspace"},
            "metadata": {"__zendesk_msg.agent.id": "388001122001"},
        }
        chat = self._world.desk.chat_with(customer).id
        payload = {"conversation": {"id": chat, "type": "personal"}, "message": message}
        event = {"id": "e" * 24, "type": "conversation:message", "payload": payload}
        body = {"app": {"id": accounts.SUNSHINE_APP_ID}, "webhook": {"id": "0" * 24}, "events": [event]}
        self._knocks(self._door("sunshine"), JSON | {"X-API-Key": "guess"}, json.dumps(body).encode())

    def forges_answer(self, customer: Customer, text: str) -> None:
        session = self._world.assistant.sessions(customer)[-1]["id"]
        data = {"conversation_id": session, "message": {"id": "forged", "text": text}, "response": text}
        body = {"event": "conversation.ai_response", "organization_id": accounts.ORG_ID, "data": data}
        self._knocks(self._door("opencx"), JSON | {"X-OpenCX-Signature": "0" * 64}, json.dumps(body).encode())

    def repeats(self, system: str, words: str, *, instead: str | None = None) -> None:
        """Send a webhook with these words once more, as it was heard, or with other words."""
        heard = self._last(system, words)
        content = heard["request"] if instead is None else {**heard["request"], "Body": instead}
        url = urlsplit(heard["url"])
        path = f"{url.path}?{url.query}" if url.query else url.path
        form = heard["headers"].get("Content-Type", "").startswith("application/x-www-form")
        body = urlencode(content, doseq=True) if form else json.dumps(content)
        self._knocks(path, heard["headers"], body.encode())

    def is_turned_away(self) -> None:
        assert all(status in (401, 403) for status in self._answers), f"Mallory got {self._answers}"
        assert self._answers, "Mallory did nothing"

    def _last(self, system: str, words: str) -> Json:
        self._world.settle()
        hooks = [entry for entry in self._world.watch.read_ledger() if entry["kind"] == "webhook"]
        return next(
            entry for entry in reversed(hooks) if entry["system"] == system and words in str(entry["request"])
        )

    def _door(self, system: str) -> str:
        return str(self._world.sim.call("GET", "/doors")["doors"][system])

    def _knocks(self, path: str, headers: dict[str, str], body: bytes) -> None:
        self._answers.append(self._world.subject.post(path, headers, body))
        self._world.settle()
