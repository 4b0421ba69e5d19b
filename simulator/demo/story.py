"""The documented test handoff and what stands around it on the page, scene by scene.

Everybody acts as people would; nobody tells the bridge anything. A scene writes down what is to be seen.

Cast: Maria texts the Support number, which is registered and takes pictures. Omar texts the toll-free
number, which is not connected at first and takes no pictures. Zoe texts Sales, which is not registered yet.
"""

from collections.abc import Callable
from dataclasses import dataclass

import requests

from simulator.demo.processes import Machinery
from simulator.demo.providers import Providers
from simulator.demo.seen import Json, Reply, Seen, on_phone
from simulator.demo.stage import (
    MARIA,
    NAMES,
    OMAR,
    SALES,
    STRANGER,
    SUPPORT,
    TOLL_FREE,
    ZOE,
    Stage,
    shortened,
)

A_MINUTE = 61.0  # after which the bridge asks the carrier about a held reply again
SHORT = "Hi Maria, this is Ada. It left Oakland this morning."
LONG = (
    "Here is what I found: the parcel was handed to the courier on Friday, waited in Oakland over the "
    "weekend because the depot was closed, and left this morning at seven. The courier expects to ring your "
    "bell between two and four this afternoon. If nobody is at home it goes to the shop at the corner, where "
    "it is kept for ten days. Bring an ID and this text. Tell me if another day suits you better and I will "
    "have it moved."
)


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
        self._stage = Stage(machinery.base, say)
        self._ask = Providers(self._stage.sim, machinery.environment)
        self.seen = Seen(bridge=machinery.bridge, phone=MARIA)

    def close(self) -> None:
        """Let go of the simulators, which wait for open lines before they end."""
        self._stage.sim.close()

    def set_up(self) -> None:
        """Is everything connected? Two of the numbers are not ready."""
        self._stage.number(SALES, registration="unregistered")
        self._stage.number(TOLL_FREE, sms_url="", mms=False)
        self.seen.number, self.seen.app = self._ask.number(SUPPORT), self._ask.app()
        self.seen.findings = {found["step"]: found for found in self._machinery.check()}
        for found in self.seen.findings.values():
            self._stage.say(f"bridge check  {found['step']}: {found['cause'] or found['detail']}")

    def not_connected(self) -> None:
        """Texts to a number that points nowhere, and to one that is not ours."""
        hook = f"{self.seen.bridge}/webhooks/twilio/sms"
        self._stage.number(STRANGER, sms_url=hook)
        for number in (TOLL_FREE, STRANGER):
            self._stage.texts(OMAR, number, "Hello, anyone there?")
            self.seen.texted_in_vain.append(number)
        self._stage.number(TOLL_FREE, sms_url=hook)
        self._stage.say(f"{NAMES[TOLL_FREE]} is connected to the bridge")
        self._stage.texts(OMAR, TOLL_FREE, "And now?")
        self.seen.welcome = self._stage.receives(OMAR)[0]
        self.seen.traces = self._beyond_one_answer(OMAR)

    def _beyond_one_answer(self, phone: str) -> list[str]:
        """What there is besides one answer out of one AI session."""
        answers = [f"“{each['text']}”" for each in self._stage.received(phone)]
        sessions = [f"AI session {each['id']}" for each in self._stage.ai_sessions()]
        return [*answers[1:], *sessions[1:], *(f"chat {each['id']}" for each in self._stage.chats())]

    def handoff(self) -> None:
        """Maria talks with the AI, then asks for a human."""
        self.seen.on_file = self._stage.on_file("Maria Lopez", phone=MARIA)
        self.seen.namesake = self._stage.on_file("M. Lopez (web form)", email="maria@example.com")
        self._stage.texts(MARIA, SUPPORT, "Hi, where is my order?")
        self._stage.receives(MARIA)
        self._shares(MARIA, "maria@example.com")
        self._stage.texts(MARIA, SUPPORT, "Can I speak to a human, please?")
        self._stage.receives(MARIA, 2)
        self.seen.chat = self._stage.live_chat(MARIA)
        self._look_behind_the_chat()

    def _shares(self, phone: str, email: str) -> None:
        """The AI learns an address that the customer gave on another channel."""
        contacts = (session["contact"] for session in self._stage.ai_sessions())
        contact = next(each for each in contacts if each["phone_number"] == phone)
        self._ask.learn_email(contact["id"], email)
        self._stage.say(f"{NAMES[phone]} has given {email} in a web chat")

    def _look_behind_the_chat(self) -> None:
        self.seen.thread = on_phone(self._stage.screen(MARIA))
        self.seen.sunshine_calls = [call["operation"] for call in self._stage.posts_to("sunshine")]
        key = self.seen.chat["metadata"]["opencx_session_id"]
        self.seen.session, self.seen.history = self._ask.session(key), self._ask.history(key)

    def reply(self) -> None:
        """The agent answers from the Agent Workspace."""
        self._stage.writes(self.seen.chat["id"], SHORT)
        self.seen.short = self._arrival(MARIA, SUPPORT, self.seen.chat["id"], SHORT)

    def long_reply(self) -> None:
        """The agent writes more than a segment holds."""
        self._stage.writes(self.seen.chat["id"], LONG)
        self.seen.long = self._arrival(MARIA, SUPPORT, self.seen.chat["id"], LONG)

    def _arrival(self, phone: str, number: str, chat: str, text: str) -> Reply:
        """A reply on the phone, and everything that became of it."""
        what = f"“{shortened(text)}” on {NAMES[phone]}'s phone"
        bubble = self._stage.until(lambda: self._delivered(phone, text), what)
        self._stage.say(f"{NAMES[phone]}'s phone ← {shortened(bubble['text'])}")
        acts = (entry for entry in self._stage.ledger() if entry["kind"] == "act")
        return Reply(
            asked=number,
            act=next(act for act in acts if act.get("text") == text),
            sms=self._stage.bubbles(phone, text),
            record=self._ask.message(bubble["sid"]),
            lines=[line for line in self._stage.lines(chat) if line["text"] == text],
        )

    def _delivered(self, phone: str, text: str) -> Json | None:
        bubbles = self._stage.bubbles(phone, text)
        return next((each for each in bubbles if each["status"] == "delivered"), None)

    def pictures(self) -> None:
        """Maria and Ada send each other a picture."""
        chat, self.seen.picture = self.seen.chat["id"], len(self._stage.picture.content)
        self._stage.texts_picture(MARIA, SUPPORT, "This is the box")
        self.seen.picture_in = self._stage.until(
            lambda: self._picture_in(chat), "Maria's picture on the desk"
        )
        self._stage.sends_picture(chat)
        self.seen.picture_out = self._stage.until(self._picture_out, "Ada's picture on Maria's phone")
        self._stage.say("Maria's phone ← [picture]")

    def _picture_in(self, chat: str) -> Json | None:
        lines = self._stage.lines(chat)
        return next((each for each in lines if each["author"] == "user" and each["media"]), None)

    def _picture_out(self) -> Json | None:
        return next((each for each in self._stage.received(MARIA) if each["media"]), None)

    def someone_else(self) -> None:
        """Omar is known by his address only, and his number takes no pictures."""
        self.seen.by_email = self._stage.on_file("Omar Haddad", email="omar@example.com")
        self._shares(OMAR, "omar@example.com")
        self._stage.texts(OMAR, TOLL_FREE, "A person, please")
        self.seen.email_chat = self._stage.live_chat(OMAR)
        self._stage.sends_picture(self.seen.email_chat["id"])
        self.seen.picture_link = self._stage.until(self._link, "a link on Omar's phone")
        link = self.seen.picture_link["text"].split()[-1]
        self._stage.say(f"Omar's phone ← {link}")
        self.seen.linked = len(requests.get(link, timeout=5).content)

    def _link(self) -> Json | None:
        return next((each for each in self._stage.received(OMAR) if "://" in each["text"]), None)

    def registration(self) -> None:
        """A reply from an unregistered number waits, and leaves once the number is registered."""
        self._stage.sim.call("PUT", "/assistant/script", {"topics": ["refund"]})
        self._stage.texts(ZOE, SALES, "I want a refund")
        chat, text = self._stage.live_chat(ZOE)["id"], "Of course. I have started it."
        self._stage.writes(chat, text)
        self.seen.told = self._stage.until(lambda: self._told(chat), "a line that tells Ada why it waits")
        self._stage.say(f"only Ada sees: {self.seen.told['text']}")
        self.seen.held, self.seen.held_calls = self._stage.received(ZOE), self._offers_from(SALES)
        self._stage.number(SALES, registration="registered")
        self._stage.sim.call("POST", "/clock", {"advance": A_MINUTE})
        self._stage.say("Sales is registered; a minute passes")
        self.seen.released = self._arrival(ZOE, SALES, chat, text)

    def _told(self, chat: str) -> Json | None:
        lines = self._stage.lines(chat)
        return next((each for each in lines if each["silent"] and "Not sent yet" in each["text"]), None)

    def _offers_from(self, number: str) -> int:
        """How often a text from this number was offered to the carrier."""
        return sum((call["request"] or {}).get("From") == number for call in self._stage.posts_to("twilio"))


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
