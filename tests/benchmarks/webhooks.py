"""What the bridge is told while it is measured: customers' texts and agents' replies, as calls."""

import json
from urllib.parse import urlencode

from bridge.carriers.twilio_signature import sign
from tests.benchmarks import processes
from tests.benchmarks.load import Call
from tests.benchmarks.sink import NUMBER


def reply(chat_number: int, text: str) -> Call:
    """An agent's reply as Zendesk tells of it (SUN-AGT-01)."""
    message = {
        "id": f"m-{text}",
        "author": {"type": "business", "displayName": "Ada", "subtypes": ["agent"]},
        "content": {"type": "text", "text": text},
        "source": {"type": "zd:agentWorkspace"},
    }
    chat = {"id": processes.conversation(chat_number), "type": "personal"}
    event = {
        "id": f"e-{text}",
        "type": "conversation:message",
        "payload": {"conversation": chat, "message": message},
    }
    body = json.dumps({"app": {"id": "0" * 24}, "events": [event]}).encode()
    return Call(
        "/webhooks/sunshine", body, {"X-API-Key": processes.SECRET, "Content-Type": "application/json"}
    )


def customer_text(port: int, place: int, n: int) -> Call:
    """A customer's text as Twilio tells of it, signed."""
    form = [
        ("MessageSid", f"SM{place:08x}{n:024x}"),
        ("From", f"+1646555{1000 + place * 50 + n % 50}"),
        ("To", NUMBER),
        ("Body", f"hello {n}"),
        ("NumMedia", "0"),
        ("FromCity", ""),
    ]
    path = "/webhooks/twilio/sms"
    signature = sign(f"http://127.0.0.1:{port}{path}", form, processes.TOKEN)
    headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
    return Call(path, urlencode(form).encode(), headers)


def words(call: Call) -> str:
    """What is to arrive at the carrier."""
    if call.path == "/reply":
        return call.body.decode()
    text: str = json.loads(call.body)["events"][0]["payload"]["message"]["content"]["text"]
    return text
