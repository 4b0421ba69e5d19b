"""What was observed while the story was played: answers of control surface, ledger and providers.

A field stays empty if the story did not get so far, and no proof holds on nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
Line = tuple[str, str]  # user or business, and the words


@dataclass(slots=True)
class Reply:
    """An agent's reply and what became of it."""

    asked: str = ""  # the number the customer had texted
    act: Json = field(default_factory=dict)  # the agent writes
    sms: list[Json] = field(default_factory=list)  # bubbles on the phone
    record: Json = field(default_factory=dict)  # the carrier's message
    lines: list[Json] = field(default_factory=list)  # what stands in the chat

    @property
    def seconds(self) -> float:
        """From the agent's keystroke to the handset."""
        return float(self.sms[0]["at"] - self.act["at"])


@dataclass(slots=True)
class Seen:
    """Everything the proofs look at."""

    # the set-up
    number: Json = field(default_factory=dict)
    app: Json = field(default_factory=dict)
    findings: dict[str, Json] = field(default_factory=dict)
    bridge: str = ""
    # numbers that are not connected
    texted_in_vain: list[str] = field(default_factory=list)
    traces: list[str] = field(default_factory=list)
    welcome: Json = field(default_factory=dict)
    # the handoff
    phone: str = ""
    thread: list[Line] = field(default_factory=list)
    chat: Json = field(default_factory=dict)
    session: Json = field(default_factory=dict)
    history: list[Json] = field(default_factory=list)
    sunshine_calls: list[str] = field(default_factory=list)
    # replies
    short: Reply = field(default_factory=Reply)
    long: Reply = field(default_factory=Reply)
    # pictures
    picture: int = 0  # bytes
    picture_in: Json = field(default_factory=dict)
    picture_out: Json = field(default_factory=dict)
    picture_link: Json = field(default_factory=dict)
    linked: int = 0  # bytes behind the link
    # people
    on_file: Json = field(default_factory=dict)  # the Support user with Maria's phone
    namesake: Json = field(default_factory=dict)  # the Support user with the address she gave elsewhere
    by_email: Json = field(default_factory=dict)  # the Support user with Omar's address
    email_chat: Json = field(default_factory=dict)
    # the registration
    held: list[Json] = field(default_factory=list)  # bubbles while the number was unregistered
    held_calls: int = 0  # sends offered to the carrier meanwhile
    told: Json = field(default_factory=dict)
    released: Reply = field(default_factory=Reply)


def on_phone(messages: Iterable[Json]) -> list[Line]:
    """A handset's screen as a thread."""
    who = {"sent": "user", "received": "business"}
    return [(who[each["direction"]], each["text"]) for each in messages if not each["automatic"]]


def on_desk(chat: Json) -> list[Line]:
    """The transcript that came with the ticket, without what only agents see."""
    shown = set((chat.get("ticket") or {}).get("transcript", ()))
    return [
        (each["author"], each["text"])
        for each in chat.get("messages", ())
        if each["id"] in shown and not each["silent"] and not each["activity"]
    ]


def in_history(history: list[Json]) -> list[Line]:
    """What customer and AI said, as the AI's side keeps it."""
    events = (item["event"] for item in history)
    return [
        ("user" if event["sender"]["type"] == "contact" else "business", event["content"]["text"])
        for event in events
        if event["type"] == "message"
    ]
