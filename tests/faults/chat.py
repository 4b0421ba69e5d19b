"""A live chat to break things in, and what the outside world saw of it."""

from typing import Any
from urllib.parse import urlencode

from bridge.core import receipts
from simulator import accounts
from simulator.hooks import Hook
from simulator.twilio.signature import sign
from tests.world import BRIDGE_URL, MARIA, SUPPORT, World

Json = dict[str, Any]


def live_chat(world: World, phone: str = MARIA, number: str = SUPPORT) -> str:
    """The customer asks for a person; returns the chat's id."""
    known = {chat["id"] for chat in world.chats()}
    world.text("A human please", phone=phone, number=number)
    world.settle(10)
    (chat,) = [chat["id"] for chat in world.chats() if chat["id"] not in known]
    return str(chat)


def offers(world: World, phone: str = MARIA) -> list[Json]:
    """Every create call the carrier got for this phone, with its body and its ending."""
    calls = (entry for entry in world.network.ledger.after() if entry["kind"] == "request")
    return [
        entry
        for entry in calls
        if entry["operation"] == "CreateMessage" and (entry["request"] or {}).get("To") == phone
    ]


def arrivals(world: World, phone: str = MARIA) -> list[Json]:
    """Every message the phone showed, the carrier's own answers left out."""
    return [
        entry
        for entry in world.network.ledger.after()
        if entry["kind"] == "sms" and entry["phone"] == phone
        if entry["direction"] == "received" and not entry["automatic"]
    ]


def told(world: World, chat: str) -> list[str]:
    """The lines that only the agent sees, the handoff note left out."""
    whole = world.control("GET", f"/conversations/{chat}")
    return [line["text"] for line in whole["messages"] if line["silent"]][1:]


def call_back(
    world: World, attempt: str, sid: str, status: str = "", *, forged: bool = False, **more: str
) -> int | None:
    """The carrier, or somebody who says so, reports on a message; `more` is what else the form says."""
    url = f"{BRIDGE_URL}/webhooks/twilio/status?attempt={attempt}"
    said = {"MessageSid": sid, **({"MessageStatus": status} if status else {}), **more}
    token = "not the token" if forged else accounts.TWILIO_AUTH_TOKEN
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": sign(token, url, list(said.items())),
    }
    return world._deliver(Hook("twilio", "status", url, headers, urlencode(said).encode())).status


def known(world: World) -> list[tuple[str, str]]:
    """Status and code of every part of Maria's session."""
    session = world.bridge.journal.session("session-1")
    assert session
    parts = world.bridge.journal.receipts(session.id)
    return [(part.status, part.error_code) for part in parts.values()]


def overall(statuses: list[str]) -> str:
    """A reply is as good as its worst part: any failure; else the part that is least far on (FT-S2)."""
    failures = [status for status in ("failed", "undelivered", "canceled") if status in statuses]
    return failures[0] if failures else min(statuses, key=lambda status: receipts.RANKS.get(status, 0))
