"""A customer with a phone."""

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.acceptance.cast import NUMBERS, Person
from simulator.acceptance.files import FileSample, sample
from simulator.acceptance.observations import Item, plain
from simulator.acceptance.sim import Json

if TYPE_CHECKING:
    from simulator.acceptance.world import World


@dataclass(frozen=True, slots=True)
class Said:
    """One line of a phone's thread with one of our numbers."""

    by: str  # user or business, as the desk calls them
    text: str


class Customer:
    """Texts our numbers and reads what comes back."""

    def __init__(self, world: "World", person: Person) -> None:
        self._world = world
        self.name = person.name
        self.phone = person.phone
        self.email = person.email
        self.number = "Support"  # the number texted last
        self.last_text = ""

    def texts(self, text: str, number: str = "Support", *, files: tuple[FileSample, ...] = ()) -> None:
        """Type a text, let it arrive and let everything happen that follows from it."""
        self.types(text, number, files=files)
        self._world.settle()

    def types(self, text: str, number: str = "Support", *, files: tuple[FileSample, ...] = ()) -> None:
        """Type a text and let it arrive, no more."""
        self.number, self.last_text = number, text
        media = [_wire(file) for file in files]
        content = {"to": NUMBERS[number], "text": text, "media": media}
        self._world.sim.call("POST", f"/phones/{self.phone}/texts", content)
        self._world.subject.deliver()

    def sends(self, kind: str, count: int = 1, text: str = "") -> None:
        """Text pictures, videos or the like."""
        self.texts(text, self.number, files=tuple(sample(kind, n) for n in range(count)))

    def thread(self, number: str | None = None) -> list[Said]:
        """The phone's screen for one number, without the carrier's own messages and without pictures."""
        ours = NUMBERS[number or self.number]
        shown: list[Json] = self._world.sim.call("GET", f"/phones/{self.phone}/messages")["messages"]
        return [
            Said("user" if message["direction"] == "sent" else "business", plain(message["text"]))
            for message in shown
            if message["number"] == ours and message["text"] and not message.get("automatic")
        ]

    def receives(self, text: str, number: str | None = None) -> Item:
        """Account for one message with these words from that number (by default the one texted last)."""
        ours = NUMBERS[number or self.number]
        return self._world.claim_one(
            lambda item: self._got(item) and item.text == plain(text) and item.facts["number"] == ours,
            f"{self.name} did not receive {text!r} from the {number or self.number} number",
        )

    def receives_in_order(self, texts: list[str]) -> None:
        """Account for these messages, which must have come in this order."""
        found = self._world.claim_all(self._got, len(texts), f"{self.name} did not receive {texts}")
        assert [item.text for item in found] == [plain(text) for text in texts], f"received {found}"

    def receives_file(self, number: str) -> Item:
        """Account for one message with one file, which can be opened."""
        ours = NUMBERS[number]
        found = self._world.claim_one(
            lambda item: self._got(item) and bool(item.media) and item.facts["number"] == ours,
            f"{self.name} received no picture from the {number} number",
        )
        assert len(found.media) == 1, f"{self.name} received {len(found.media)} files for one"
        assert all(file["size"] for file in found.media), f"the file cannot be opened: {found.media}"
        return found

    def receives_matching(self, words: tuple[str, ...], failure: str) -> Item:
        """Account for one message that holds all these words."""
        return self._world.claim_one(
            lambda item: self._got(item) and all(word in item.text for word in words),
            f"{self.name} did not receive {failure}",
        )

    def receives_all_of(self, text: str) -> list[Item]:
        """Account for several messages that make up the text, in order."""

        def find() -> list[Item] | None:
            found = self._world.watch.find(self._got)
            whole = "".join("".join(item.text.split()) for item in found)
            return found if whole == "".join(text.split()) else None

        found = self._world.expect(find, f"{self.name} did not receive the whole of a long message")
        self._world.watch.claim(found)
        return found

    def receives_at_most(self, count: int) -> None:
        """Account for what came, which must not be more than so many messages."""
        self._world.settle()
        found = self._world.watch.find(self._got)
        assert len(found) <= count, f"{self.name} received {found}"
        self._world.watch.claim(found)

    def hears_from_carrier(self) -> None:
        """Account for one message the carrier sent on its own."""
        self._world.claim_one(
            lambda item: (
                item.kind == "sms" and item.where == self.phone and bool(item.facts.get("automatic"))
            ),
            f"the carrier told {self.name} nothing",
        )

    def _got(self, item: Item) -> bool:
        return item.kind == "sms" and item.where == self.phone and not item.facts.get("automatic")


def _wire(file: FileSample) -> Json:
    encoded = base64.b64encode(file.content).decode()
    return {"content_type": file.content_type, "name": file.name, "base64": encoded}
