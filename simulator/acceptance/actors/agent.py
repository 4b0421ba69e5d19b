"""A human agent in the Agent Workspace."""

import base64
import re
from typing import TYPE_CHECKING

from simulator.acceptance.actors.customer import Customer
from simulator.acceptance.actors.desk import Chat
from simulator.acceptance.files import FileSample
from simulator.acceptance.observations import Item, plain

if TYPE_CHECKING:
    from simulator.acceptance.world import World

TOPICS = {
    "the opt-out": r"opt(ed)?[ -]?out|\bSTOP\b|unsubscrib",
    "the registration": r"regist|verif|approv|10DLC",
    "the failed delivery": r"not (be )?(reach|deliver|sent)|undeliver|fail|landline",
    "the second attempt": r"again",
    "the doubt": r"may (not )?have|not known|unknown|uncertain|in doubt|cannot tell|not sure",
    "the many segments": r"segment",
    "the picture": r"picture|file|attachment|media",
    "the number": r"number",
}
"""How to recognise what a line for agents is about, whoever wrote it."""
KINDS = {"picture": "image/", "video": "video/", "spreadsheet": "application/"}


class Agent:
    """Reads and writes in live chats."""

    def __init__(self, world: "World", name: str) -> None:
        self._world = world
        self.name = name
        self.last_reply = ""

    # --- doing ---

    def takes(self, customer: Customer) -> Chat:
        """Become the one who deals with the customer's new chat."""
        return self._world.desk.meet(customer, self.name)

    def replies(self, text: str, customer: Customer | None = None) -> None:
        """Write to the customer, and let everything happen that follows."""
        self.writes(text, customer)
        self._world.settle()

    def writes(self, text: str, customer: Customer | None = None) -> None:
        """Write to the customer, no more."""
        self.last_reply = text
        self._act("replies", self.chat(customer), {"text": text})
        self._world.subject.deliver()

    def notes(self, text: str) -> None:
        self._act("replies", self.chat(), {"text": text, "note": True})
        self._world.settle()

    def sends(self, file: FileSample, *, private: bool = False) -> None:
        encoded = base64.b64encode(file.content).decode()
        wire = {"name": file.name, "content_type": file.content_type, "base64": encoded, "private": private}
        self._act("replies", self.chat(), {"file": wire})
        self._world.settle()

    def does(self, what: str, **content: object) -> None:
        """Solve, close, end, type: whatever the desk has a button for."""
        self._act(what, self.chat(), content)
        self._world.settle()

    def _act(self, what: str, chat: Chat, content: dict[str, object]) -> None:
        self._world.sim.call("POST", f"/conversations/{chat.id}/{what}", {"agent": self.name, **content})

    def chat(self, customer: Customer | None = None) -> Chat:
        """The chat with that customer, or the one this agent took last."""
        desk = self._world.desk
        if customer is not None and not any(chat.customer is customer for chat in desk.chats):
            return self.takes(customer)
        if customer is not None:
            return desk.chat_with(customer)
        return next(chat for chat in reversed(desk.chats) if chat.agent == self.name)

    # --- seeing ---

    def sees(self, text: str, customer: Customer) -> Item:
        """Account for one message of the customer with exactly these words."""
        return self._world.claim_one(
            lambda item: self._from(customer, item) and item.text == plain(text) and not item.media,
            f"{self.name} did not see {text!r} from {customer.name}",
        )

    def sees_with_gap(self, text: str, customer: Customer) -> Item:
        """Account for one message that begins with these words and says that a file is missing."""
        about = re.compile(TOPICS["the picture"], re.IGNORECASE)
        return self._world.claim_one(
            lambda item: (
                self._from(customer, item)
                and item.text.startswith(text)
                and bool(about.search(item.text.removeprefix(text)))
            ),
            f"{self.name} did not see {text!r} from {customer.name} with a word about the missing file",
        )

    def sees_in_order(self, texts: list[str], customer: Customer) -> None:
        found = self._world.claim_all(
            lambda item: self._from(customer, item), len(texts), f"{self.name} did not see {texts}"
        )
        assert [item.text for item in found] == [plain(text) for text in texts], f"{self.name} saw {found}"

    def may_see(self, text: str, customer: Customer) -> None:
        """Account for the message if it is there."""
        found = self._world.watch.find(lambda item: self._from(customer, item) and item.text == plain(text))
        self._world.watch.claim(found[:1])

    def sees_files(self, kind: str, count: int, customer: Customer) -> None:
        """Account for so many files of a kind, all of which can be opened."""
        found = self._world.claim_all(
            lambda item: self._from(customer, item) and bool(item.media),
            count,
            f"{self.name} did not see {count} of {kind} from {customer.name}",
        )
        files = [file for item in found for file in item.media]
        assert all(file["content_type"].startswith(KINDS[kind]) for file in files), f"no {kind}: {files}"
        assert all(file["readable"] and file["size"] for file in files), f"cannot be opened: {files}"

    def is_told(self, topic: str) -> Item:
        """Account for one line that only agents see, about this topic."""
        chats = {chat.id for chat in self._world.desk.chats if chat.agent == self.name}
        about = re.compile(TOPICS[topic], re.IGNORECASE)
        return self._world.claim_one(
            lambda item: item.told and item.where in chats and bool(about.search(item.text)),
            f"{self.name} was not told about {topic}",
        )

    def _from(self, customer: Customer, item: Item) -> bool:
        if item.kind != "line" or item.told or item.facts["author"] != "user":
            return False
        return any(chat.id == item.where and chat.customer is customer for chat in self._world.desk.chats)
