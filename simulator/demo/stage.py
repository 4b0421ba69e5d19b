"""What people do in the story and what can be seen of it, through `/_sim` alone.

Whoever looks for something waits until it is to be seen; what does not appear in time is `NotSeen`.
"""

import base64
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from simulator import accounts
from simulator.acceptance.files import FileSample, sample
from simulator.acceptance.sim import HttpSim
from simulator.demo.seen import Json

T = TypeVar("T")

MARIA, OMAR, ZOE = "+14155550101", "+12125550102", "+12025550103"
SUPPORT, SALES, TOLL_FREE = accounts.NUMBERS
STRANGER = "+13125550180"  # points at the bridge, which was not told that it is ours
NAMES = {
    MARIA: "Maria",
    OMAR: "Omar",
    ZOE: "Zoe",
    SUPPORT: "Support",
    SALES: "Sales",
    TOLL_FREE: "the toll-free number",
    STRANGER: "a number that is not ours",
}
PATIENCE = 10.0  # seconds for something to appear


class NotSeen(Exception):
    """Something that was expected did not appear in time."""


class Stage:
    """People act, and say aloud what they do."""

    def __init__(self, base: str, say: Callable[[str], None]) -> None:
        self.sim = HttpSim(base)
        self.say = say
        self.picture = sample("picture")

    # --- customers ---

    def texts(self, phone: str, number: str, text: str) -> None:
        """A customer texts one of our numbers."""
        self.sim.call("POST", f"/phones/{phone}/texts", {"to": number, "text": text})
        self.say(f"{NAMES[phone]} → {NAMES[number]}: {text}")

    def texts_picture(self, phone: str, number: str, text: str) -> None:
        """A customer texts a picture."""
        content = {"to": number, "text": text, "media": [_wire(self.picture)]}
        self.sim.call("POST", f"/phones/{phone}/texts", content)
        self.say(f"{NAMES[phone]} → {NAMES[number]}: {text} [picture]")

    def receives(self, phone: str, count: int = 1) -> Sequence[Json]:
        """So many messages on the phone, waited for."""

        def find() -> list[Json] | None:
            found = self.received(phone)
            return found if len(found) >= count else None

        found = self.until(find, f"message {count} on {NAMES[phone]}'s phone")
        self.say(f"{NAMES[phone]}'s phone ← {found[-1]['text']}")
        return found

    def received(self, phone: str) -> list[Json]:
        """What came to the phone."""
        return [each for each in self.screen(phone) if each["direction"] == "received"]

    def bubbles(self, phone: str, text: str) -> list[Json]:
        """What came to the phone with these words."""
        return [each for each in self.received(phone) if each["text"] == text]

    def screen(self, phone: str) -> list[Json]:
        """Everything on the phone."""
        messages: list[Json] = self.sim.call("GET", f"/phones/{phone}/messages")["messages"]
        return messages

    # --- agents ---

    def live_chat(self, phone: str) -> Json:
        """The chat with this customer, once agents are in control and the customer is matched."""

        def find() -> Json | None:
            of = (chat for chat in self.chats() if (chat["user"] or {}).get("phone") == phone)
            return next((chat for chat in of if chat["ticket"] and chat["user"]["zendesk_id"]), None)

        chat = self.until(find, f"a live chat with {NAMES[phone]}")
        self.say(f"a live chat with {NAMES[phone]} appears: ticket {chat['ticket']['id']}")
        return chat

    def chats(self) -> list[Json]:
        """All live chats."""
        chats: list[Json] = self.sim.call("GET", "/conversations")["conversations"]
        return chats

    def lines(self, chat: str) -> list[Json]:
        """Everything that stands in a chat."""
        messages: list[Json] = self.sim.call("GET", f"/conversations/{chat}")["messages"]
        return messages

    def writes(self, chat: str, text: str) -> None:
        """The agent replies."""
        self.sim.call("POST", f"/conversations/{chat}/replies", {"agent": "Ada", "text": text})
        self.say(f"Ada → {shortened(text)}")

    def sends_picture(self, chat: str) -> None:
        """The agent replies with a picture."""
        content = {"agent": "Ada", "file": _wire(self.picture)}
        self.sim.call("POST", f"/conversations/{chat}/replies", content)
        self.say("Ada → [picture]")

    def on_file(self, name: str, **facts: str) -> Json:
        """Somebody is known to Zendesk already."""
        self.say(f"on file in Zendesk: {name}, {', '.join(facts.values())}")
        return self.sim.call("POST", "/support/users", {"name": name, **facts})

    # --- the world ---

    def number(self, number: str, **facts: object) -> None:
        """Change what a number of ours is."""
        self.sim.call("PUT", f"/numbers/{number}", facts)

    def ai_sessions(self) -> list[Json]:
        """Sessions with the AI."""
        sessions: list[Json] = self.sim.call("GET", "/assistant/sessions")["sessions"]
        return sessions

    def ledger(self) -> list[Json]:
        """Everything that happened."""
        entries: list[Json] = self.sim.call("GET", "/ledger")["entries"]
        return entries

    def posts_to(self, system: str) -> list[Json]:
        """Calls to a provider that made something."""
        calls = (entry for entry in self.ledger() if entry["kind"] == "request" and entry["method"] == "POST")
        return [call for call in calls if call["system"] == system]

    def until(self, find: Callable[[], T | None], what: str) -> T:
        """What `find` finds, looking again whenever there is news."""
        deadline, last = time.monotonic() + PATIENCE, 0
        while (found := find()) is None:
            if time.monotonic() > deadline:
                raise NotSeen(f"{what} was waited for in vain")
            last = self.sim.call("GET", "/ledger", after=last, wait=0.2)["next"]
        return found


def shortened(text: str) -> str:
    """The beginning of a long text."""
    return text if len(text) <= 60 else text[:59] + "…"


def _wire(file: FileSample) -> Json:
    encoded = base64.b64encode(file.content).decode()
    return {"name": file.name, "content_type": file.content_type, "base64": encoded}
