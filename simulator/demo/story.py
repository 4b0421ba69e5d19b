"""The documented test handoff and what stands around it on the page, scene by scene.

Everybody acts through `/_sim`, as people would; nobody tells the bridge anything. A scene waits until what it
expects is to be seen, and writes down what is there.

Cast: Maria texts the Support number, which is registered and takes pictures. Omar texts the toll-free
number, which is not connected at first and takes no pictures. Zoe texts Sales, which is not registered yet.
"""

import base64
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import requests

from simulator import accounts
from simulator.acceptance.files import FileSample, sample
from simulator.acceptance.sim import HttpSim
from simulator.demo.processes import Machinery
from simulator.demo.providers import Providers
from simulator.demo.seen import Json, Reply, Seen, on_phone

T = TypeVar("T")

MARIA, OMAR, ZOE = "+14155550101", "+12125550102", "+12025550103"
SUPPORT, SALES, TOLL_FREE = accounts.NUMBERS
STRANGER = "+13125550180"  # points at the bridge, which was not told that it is ours
NAMES = {
    MARIA: "Maria", OMAR: "Omar", ZOE: "Zoe",
    SUPPORT: "Support", SALES: "Sales", TOLL_FREE: "the toll-free number", STRANGER: "a foreign number",
}  # fmt: skip
PATIENCE = 10.0  # seconds for something to appear
A_MINUTE = 61.0  # after which the bridge asks the carrier about a held reply again
SHORT = "Hi Maria, this is Ada. It left Oakland this morning."
LONG = (
    "Here is what I found: the parcel was handed to the courier on Friday, waited in Oakland over the "
    "weekend because the depot was closed, and left this morning at seven. The courier expects to ring your "
    "bell between two and four this afternoon. If nobody is at home it goes to the shop at the corner, where "
    "it is kept for ten days. Bring an ID and this text. Tell me if another day suits you better and I will "
    "have it moved."
)


class NotSeen(Exception):
    """Something that was expected did not appear in time."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A part of the story and the statements it proves."""

    title: str
    play: Callable[["Story"], None]
    proves: tuple[str, ...]


class Story:
    """Plays the scenes and writes down what is seen."""

    def __init__(self, machinery: Machinery, say: Callable[[str], None]) -> None:
        self._machinery = machinery
        self._sim = HttpSim(machinery.base)
        self._say = say
        self.ask = Providers(self._sim, machinery.environment)
        self.seen = Seen(bridge=machinery.bridge, phone=MARIA)
        self._picture = sample("picture")

    def close(self) -> None:
        """Let go of the simulators, which wait for open lines before they end."""
        self._sim.close()

    # --- 1 ---

    def set_up(self) -> None:
        """The four set-up steps begin: is everything connected?"""
        self._sim.call("PUT", f"/numbers/{SALES}", {"registration": "unregistered"})
        self._sim.call("PUT", f"/numbers/{TOLL_FREE}", {"sms_url": "", "mms": False})
        self.seen.number, self.seen.app = self.ask.number(SUPPORT), self.ask.app()
        self.seen.findings = {found["step"]: found for found in self._machinery.check()}
        for found in self.seen.findings.values():
            self._say(f"bridge check  {found['step']}: {found['cause'] or found['detail']}")

    # --- 2 ---

    def not_connected(self) -> None:
        """Texts to a number that points nowhere, and to one that is not ours."""
        self._sim.call("PUT", f"/numbers/{STRANGER}", {"sms_url": f"{self.seen.bridge}/webhooks/twilio/sms"})
        for number in (TOLL_FREE, STRANGER):
            self._texts(OMAR, number, "Hello, anyone there?")
            self.seen.texted_in_vain.append(number)
        self._sim.call("DELETE", f"/numbers/{STRANGER}")
        self._connect(TOLL_FREE)
        self._texts(OMAR, TOLL_FREE, "And now?")
        self.seen.welcome = self._receives(OMAR)[0]
        self.seen.traces = [*self._answers_to(OMAR)[1:], *self._sessions_beyond(1), *self._chats()]

    def _connect(self, number: str) -> None:
        self._sim.call("PUT", f"/numbers/{number}", {"sms_url": f"{self.seen.bridge}/webhooks/twilio/sms"})
        self._say(f"{number} is connected to the bridge")

    def _answers_to(self, phone: str) -> list[str]:
        return [f"“{each['text']}”" for each in self._received(phone)]

    def _sessions_beyond(self, count: int) -> list[str]:
        sessions = self._sim.call("GET", "/assistant/sessions")["sessions"]
        return [f"AI session {each['id']}" for each in sessions[count:]]

    def _chats(self) -> list[str]:
        return [f"chat {each['id']}" for each in self._sim.call("GET", "/conversations")["conversations"]]

    # --- 3 ---

    def handoff(self) -> None:
        """Maria talks with the AI, then asks for a human."""
        self.seen.on_file = self._on_file("Maria Lopez", phone=MARIA)
        self.seen.namesake = self._on_file("M. Lopez (web form)", email="maria@example.com")
        self._texts(MARIA, SUPPORT, "Hi, where is my order?")
        self._receives(MARIA)
        self._learn_email(MARIA, "maria@example.com")
        self._texts(MARIA, SUPPORT, "Can I speak to a human, please?")
        self._receives(MARIA, 2)
        self.seen.chat = self._live_chat(MARIA)
        self.seen.thread = on_phone(self._screen(MARIA))
        key = self.seen.chat["metadata"]["opencx_session_id"]
        self.seen.session, self.seen.history = self.ask.session(key), self.ask.history(key)
        self.seen.sunshine_calls = self._calls("sunshine", "POST")

    def _on_file(self, name: str, **facts: str) -> Json:
        self._say(f"on file in Zendesk: {name}, {', '.join(facts.values())}")
        return self._sim.call("POST", "/support/users", {"name": name, **facts})

    def _learn_email(self, phone: str, email: str) -> None:
        """The AI learns an address that the customer gave on another channel."""
        sessions = self._sim.call("GET", "/assistant/sessions")["sessions"]
        contact = next(each["contact"] for each in sessions if each["contact"]["phone_number"] == phone)
        self.ask.learn_email(contact["id"], email)
        self._say(f"{NAMES[phone]} has given {email} in a web chat")

    def _live_chat(self, phone: str) -> Json:
        """The chat with this customer, once agents are in control and the customer is matched."""

        def find() -> Json | None:
            chats = self._sim.call("GET", "/conversations")["conversations"]
            of = (chat for chat in chats if (chat["user"] or {}).get("phone") == phone)
            return next((chat for chat in of if chat["ticket"] and chat["user"]["zendesk_id"]), None)

        chat = self._until(find, f"a live chat with {NAMES[phone]}")
        self._say(f"a live chat with {NAMES[phone]} appears: ticket {chat['ticket']['id']}")
        return chat

    def _calls(self, system: str, method: str) -> list[str]:
        return [
            entry["operation"]
            for entry in self._ledger()
            if entry["kind"] == "request" and entry["system"] == system and entry["method"] == method
        ]

    # --- 4 ---

    def reply(self) -> None:
        """The agent answers from the Agent Workspace."""
        self.seen.short = self._replies(MARIA, SUPPORT, self.seen.chat["id"], SHORT)

    def long_reply(self) -> None:
        """The agent writes more than a segment holds."""
        self.seen.long = self._replies(MARIA, SUPPORT, self.seen.chat["id"], LONG)

    def _replies(self, phone: str, number: str, chat: str, text: str) -> Reply:
        """An agent's reply and everything that became of it."""
        self._writes(chat, text)
        return self._arrival(phone, number, chat, text)

    def _writes(self, chat: str, text: str) -> None:
        self._sim.call("POST", f"/conversations/{chat}/replies", {"agent": "Ada", "text": text})
        self._say(f"Ada → {_short(text)}")

    def _arrival(self, phone: str, number: str, chat: str, text: str) -> Reply:
        bubble = self._until(
            lambda: self._delivered(phone, text), f"“{_short(text)}” on {NAMES[phone]}'s phone"
        )
        self._say(f"{NAMES[phone]}'s phone ← {_short(bubble['text'])}")
        acts = [entry for entry in self._ledger() if entry["kind"] == "act" and entry.get("text") == text]
        lines = self._sim.call("GET", f"/conversations/{chat}")["messages"]
        return Reply(
            asked=number,
            act=acts[-1],
            sms=self._bubbles(phone, text),
            record=self.ask.message(bubble["sid"]),
            lines=[line for line in lines if line["text"] == text],
        )

    def _delivered(self, phone: str, text: str) -> Json | None:
        return next((each for each in self._bubbles(phone, text) if each["status"] == "delivered"), None)

    def _bubbles(self, phone: str, text: str) -> list[Json]:
        return [each for each in self._received(phone) if each["text"] == text]

    # --- 5 ---

    def pictures(self) -> None:
        """Maria and Ada send each other a picture."""
        chat, self.seen.picture = self.seen.chat["id"], len(self._picture.content)
        content = {"to": SUPPORT, "text": "This is the box", "media": [_wire(self._picture)]}
        self._sim.call("POST", f"/phones/{MARIA}/texts", content)
        self._say("Maria → Support: This is the box [picture]")
        self.seen.picture_in = self._until(lambda: self._picture_on_desk(chat), "Maria's picture on the desk")
        self._sends_picture(chat)
        self.seen.picture_out = self._until(lambda: self._with_file(MARIA), "Ada's picture on Maria's phone")
        self._say("Maria's phone ← [picture]")

    def _picture_on_desk(self, chat: str) -> Json | None:
        messages = self._sim.call("GET", f"/conversations/{chat}")["messages"]
        return next((each for each in messages if each["author"] == "user" and each["media"]), None)

    def _sends_picture(self, chat: str) -> None:
        content = {"agent": "Ada", "file": _wire(self._picture)}
        self._sim.call("POST", f"/conversations/{chat}/replies", content)
        self._say("Ada → [picture]")

    def _with_file(self, phone: str) -> Json | None:
        return next((each for each in self._received(phone) if each["media"]), None)

    # --- 6 ---

    def someone_else(self) -> None:
        """Omar is known by his address only, and his number takes no pictures."""
        self.seen.by_email = self._on_file("Omar Haddad", email="omar@example.com")
        self._learn_email(OMAR, "omar@example.com")
        self._texts(OMAR, TOLL_FREE, "A person, please")
        self.seen.email_chat = self._live_chat(OMAR)
        self._sends_picture(self.seen.email_chat["id"])
        self.seen.picture_link = self._until(lambda: self._with_link(OMAR), "a link on Omar's phone")
        link = self.seen.picture_link["text"].split()[-1]
        self._say(f"Omar's phone ← {link}")
        self.seen.linked = len(requests.get(link, timeout=5).content)

    def _with_link(self, phone: str) -> Json | None:
        return next((each for each in self._received(phone) if "://" in each["text"]), None)

    # --- 7 ---

    def registration(self) -> None:
        """A reply from an unregistered number waits, and leaves once the number is registered."""
        self._sim.call("PUT", "/assistant/script", {"topics": ["refund"]})
        self._texts(ZOE, SALES, "I want a refund")
        chat, text = self._live_chat(ZOE)["id"], "Of course. I have started it."
        self._writes(chat, text)
        self.seen.told = self._until(
            lambda: self._note_on_registration(chat), "a line that tells Ada why it waits"
        )
        self._say(f"only Ada sees: {self.seen.told['text']}")
        self.seen.held, self.seen.held_calls = self._received(ZOE), self._offers_from(SALES)
        self._sim.call("PUT", f"/numbers/{SALES}", {"registration": "registered"})
        self._sim.call("POST", "/clock", {"advance": A_MINUTE})
        self._say("Sales is registered; a minute passes")
        self.seen.released = self._arrival(ZOE, SALES, chat, text)

    def _note_on_registration(self, chat: str) -> Json | None:
        messages = self._sim.call("GET", f"/conversations/{chat}")["messages"]
        return next((each for each in messages if each["silent"] and "Not sent yet" in each["text"]), None)

    def _offers_from(self, number: str) -> int:
        """How often a text from this number was offered to the carrier."""
        calls = (
            entry for entry in self._ledger() if entry["kind"] == "request" and entry["method"] == "POST"
        )
        return sum(
            (entry["request"] or {}).get("From") == number for entry in calls if entry["system"] == "twilio"
        )

    # --- what every scene does ---

    def _texts(self, phone: str, number: str, text: str) -> None:
        self._sim.call("POST", f"/phones/{phone}/texts", {"to": number, "text": text})
        self._say(f"{NAMES[phone]} → {NAMES[number]}: {text}")

    def _receives(self, phone: str, count: int = 1) -> Sequence[Json]:
        """So many messages on the phone, waited for."""

        def find() -> list[Json] | None:
            found = self._received(phone)
            return found if len(found) >= count else None

        found = self._until(find, f"message {count} on {NAMES[phone]}'s phone")
        self._say(f"{NAMES[phone]}'s phone ← {found[-1]['text']}")
        return found

    def _received(self, phone: str) -> list[Json]:
        return [each for each in self._screen(phone) if each["direction"] == "received"]

    def _screen(self, phone: str) -> list[Json]:
        messages: list[Json] = self._sim.call("GET", f"/phones/{phone}/messages")["messages"]
        return messages

    def _ledger(self) -> list[Json]:
        entries: list[Json] = self._sim.call("GET", "/ledger")["entries"]
        return entries

    def _until(self, find: Callable[[], T | None], what: str) -> T:
        """What `find` finds, looking again whenever there is news."""
        deadline, last = time.monotonic() + PATIENCE, 0
        while (found := find()) is None:
            if time.monotonic() > deadline:
                raise NotSeen(f"{what} was waited for in vain")
            last = self._sim.call("GET", "/ledger", after=last, wait=0.2)["next"]
        return found


def _wire(file: FileSample) -> Json:
    encoded = base64.b64encode(file.content).decode()
    return {"name": file.name, "content_type": file.content_type, "base64": encoded}


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


SCENES = (
    Scene("Set-up: what `bridge check` finds", Story.set_up, ("SEED-04", "SEED-05")),
    Scene("A number that is not connected", Story.not_connected, ("SEED-03",)),
    Scene(
        "A text, an AI answer, a request for a human, a live chat",
        Story.handoff,
        ("SEED-06", "SEED-01", "SEED-08", "SEED-09", "SEED-10", "SEED-11"),
    ),
    Scene("The agent replies, the customer gets an SMS", Story.reply, ("SEED-07", "SEED-02", "SEED-12")),
    Scene("A long reply", Story.long_reply, ("SEED-15", "SEED-16")),
    Scene("A picture from the customer, and one back", Story.pictures, ("SEED-17",)),
    Scene("A customer known by e-mail, a number without MMS", Story.someone_else, ("SEED-14", "SEED-18")),
    Scene("A number that is not registered yet", Story.registration, ("SEED-13",)),
)
