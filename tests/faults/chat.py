"""A live chat to break things in, and what the outside world saw of it."""

from typing import Any

from tests.world import MARIA, SUPPORT, World

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
