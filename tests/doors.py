"""A bridge as its senders see it: its doors, what proves who one is, and what is kept."""

import hashlib
import hmac
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import select
from werkzeug.test import Client, TestResponse

from bridge.journal.engine import connect
from bridge.journal.schema import events
from simulator import accounts
from simulator.twilio.signature import sign
from tests.world import BRIDGE_URL, MARIA, SUPPORT, World

SMS, STATUS, SUNSHINE, OPENCX = (
    f"/webhooks/{name}" for name in ("twilio/sms", "twilio/status", "sunshine", "opencx")
)
DOORS = (SMS, STATUS, SUNSHINE, OPENCX)
TWILIO = (SMS, STATUS)
SECRETS = {
    SMS: accounts.TWILIO_AUTH_TOKEN,
    STATUS: accounts.TWILIO_AUTH_TOKEN,
    SUNSHINE: accounts.SUNSHINE_WEBHOOK_SECRET,
    OPENCX: accounts.OPENCX_WEBHOOK_SECRET,
}
FORM = "application/x-www-form-urlencoded"
TEXT = {"MessageSid": "SM1", "From": MARIA, "To": SUPPORT, "Body": "Hello", "NumMedia": "0"}
RECEIPT = {"MessageSid": "SM1", "MessageStatus": "sent"}
REPLY: dict[str, Any] = {
    "id": "m1",
    "author": {"type": "business", "displayName": "Ada"},
    "source": {"type": "zd:agentWorkspace"},
    "content": {"type": "text", "text": "Hi"},
}
DELIVERY = {
    "events": [
        {
            "id": "e1",
            "type": "conversation:message",
            "payload": {"conversation": {"id": "c"}, "message": REPLY},
        }
    ]
}
CLOSED = {"event": "conversation.closed", "data": {"conversation_id": "x"}}


@dataclass
class Doors:
    """A bridge as its senders see it, and what it keeps."""

    world: World
    folder: Path

    @property
    def client(self) -> Client:
        """Somebody with HTTP."""
        return Client(self.world.bridge.app)

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> TestResponse:
        """Deliver."""
        kind = FORM if path in TWILIO else "application/json"
        return self.client.post(path, base_url=BRIDGE_URL, data=body, headers=headers, content_type=kind)

    def told(self, path: str, body: bytes) -> TestResponse:
        """Deliver as the true sender would."""
        return self.post(path, body, signed(path, body))

    def kept(self) -> list[tuple[str, str]]:
        """Kind and key of every event on disk."""
        engine = connect(self.world._settings.database_url)
        with engine.connect() as tx:
            rows = [(row.kind, row.key) for row in tx.execute(select(events))]
        engine.dispose()
        return rows

    def count(self, name: str) -> dict[tuple[str, ...], float]:
        """A counter of /metrics, by its labels."""
        page = self.client.get("/metrics").get_data(as_text=True)
        lines = (line.rpartition(" ") for line in page.splitlines() if line.startswith(name + "{"))
        return {tuple(labels.split('"')[1::2]): float(value) for labels, _, value in lines}


def form(fields: dict[str, str]) -> bytes:
    """As Twilio posts it."""
    return urlencode(fields).encode()


def signed(path: str, body: bytes, secret: str = "") -> dict[str, str]:
    """What proves who sent this, with the secret of now or another."""
    secret = secret or SECRETS[path]
    if path in TWILIO:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
        return {"X-Twilio-Signature": sign(secret, BRIDGE_URL + path, pairs)}
    if path == SUNSHINE:
        return {"X-API-Key": secret}
    return {"X-OpenCX-Signature": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}
