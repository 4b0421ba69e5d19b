"""What an outsider saw, taken from ledger and providers as the run goes on.

Times are places in the ledger. `offered` is the first place at which the bridge may have learnt of a thing,
`taken` the place of its acknowledgement: what was said before another and taken before the other was offered
must stay before it. Nothing else may be concluded about order.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from simulator.opencx.state import Event
from simulator.sunshine.state import Message as Line
from simulator.twilio.state import Message

TOKEN = re.compile(r"\b[AGNQ]\d+(?:\.\d+)?\b")
NEVER = 2**60
Json = dict[str, Any]
Pair = tuple[str, str]  # a customer's phone, a number of ours


def tokens_of(line: Line | Event) -> tuple[str, ...]:
    """The words by which one text is told from all others."""
    words = line.text if isinstance(line, Event) else str(line.content.get("text", ""))
    return _found(words)


@lru_cache(4096)
def _found(words: str) -> tuple[str, ...]:
    return tuple(TOKEN.findall(words))


@dataclass(slots=True)
class Told:
    """One thing somebody said to the bridge's side: a text, a reply, an answer."""

    words: str
    said: int  # the how manieth thing that anybody said
    pair: Pair = ("", "")
    chat: str = ""
    word: str = ""  # stop, start, help: for the carrier and for us
    offered: int = NEVER
    taken: int = NEVER

    @property
    def tokens(self) -> tuple[str, ...]:
        return _found(self.words)

    def before(self, other: "Told") -> bool:
        """Whether the bridge knew it before it could know the other."""
        return self.taken < other.offered

    def must_precede(self, other: "Told") -> bool:
        """Said before and known before. What was said first and heard last may take either place."""
        return self.said < other.said and self.before(other)


@dataclass(slots=True)
class Sent:
    """One message the carrier took from the bridge."""

    message: Message
    call: int  # the bridge's call that made it

    @property
    def tokens(self) -> tuple[str, ...]:
        return _found(self.message.body)

    @property
    def pair(self) -> Pair:
        return self.message.phone, self.message.number


@dataclass(slots=True)
class Silence:
    """A customer said STOP, and from which call on nothing may leave."""

    text: Told
    since: int = NEVER


@dataclass(slots=True)
class Seen:
    """All of it."""

    texts: dict[str, Told] = field(default_factory=dict)  # by the carrier's id
    replies: dict[str, Told] = field(default_factory=dict)  # by the desk's message id
    files: Counter[str] = field(default_factory=Counter)  # agents' files by chat
    sent: list[Sent] = field(default_factory=list)
    answers: dict[str, int] = field(default_factory=dict)  # AI's message id: when the bridge may know it
    chats: dict[str, int] = field(default_factory=dict)  # AI's session: when its live chat was made
    pairs: dict[str, Pair] = field(default_factory=dict)  # chat: whose it is
    deleted: set[str] = field(default_factory=set)
    read_before: set[str] = field(default_factory=set)  # what stood in chats deleted after their end
    silences: dict[str, Silence] = field(default_factory=dict)
    starts: dict[str, int] = field(default_factory=dict)  # phone: where START was last offered
    refused: set[str] = field(default_factory=set)  # phones the carrier refused as blocked
    count: int = 0
    _read: int = 0
    _messages: int = 0
    _listed: set[str] = field(default_factory=set)
    _new_taken: list[Told] = field(default_factory=list)

    def next_token(self, kind: str) -> str:
        """A word that nobody has said before."""
        return f"{kind}{self.next_place()}"

    def next_place(self) -> int:
        """One more thing is said."""
        self.count += 1
        return self.count

    # --- the carrier's messages ---

    def attribute(self, messages: dict[str, Message], call: int) -> None:
        """Whatever is new at the carrier was made by this call."""
        if len(messages) == self._messages:
            return
        news = list(messages.values())[self._messages :]
        self._messages = len(messages)
        self.sent += [Sent(each, call) for each in news if each.direction == "outbound-api"]

    # --- the ledger ---

    def read(self, entries: Iterable[Json]) -> None:
        """Take in what is new in the ledger."""
        for entry in entries:
            self._read = entry["n"]
            if entry["kind"] == "webhook":
                self._webhook(entry)
            elif entry["kind"] == "request":
                self._request(entry)

    @property
    def place(self) -> int:
        """Up to where the ledger is read."""
        return self._read

    def _webhook(self, entry: Json) -> None:
        told = self._told_by(entry)
        if told is None:
            return
        self._offer(told, entry["n"])
        if entry["status"] is not None and 200 <= entry["status"] < 300 and told.taken == NEVER:
            told.taken = entry["n"]
            self._new_taken.append(told)

    def _told_by(self, entry: Json) -> Told | None:
        body = entry["request"]
        if entry["system"] == "twilio" and entry["operation"] == "inbound":
            return self.texts.get(body["MessageSid"])
        if entry["operation"] == "conversation:message":
            return self.replies.get(body["events"][0]["payload"]["message"]["id"])
        if entry["operation"] == "conversation.ai_response":
            self.answers.setdefault(body["data"]["message"]["id"], entry["n"])
        return None

    def _offer(self, told: Told, place: int) -> None:
        told.offered = min(told.offered, place)
        if told.word == "start" and told.taken == NEVER:  # what was refused may be taken in another time
            self.starts[told.pair[0]] = place
            self.silences.pop(told.pair[0], None)

    def _request(self, entry: Json) -> None:
        reader = _READERS.get(entry["operation"])
        if reader is not None:
            reader(self, entry)

    def _listed_texts(self, entry: Json) -> None:
        for message in _of(entry["response"], "messages"):
            sid = message.get("sid", "")
            if sid in self.texts and sid not in self._listed:
                self._listed.add(sid)
                self._offer(self.texts[sid], entry["n"])

    def _listed_replies(self, entry: Json) -> None:
        for message in _of(entry["response"], "messages"):
            if (told := self.replies.get(message.get("id", ""))) is not None:
                self._offer(told, entry["n"])

    def _refused_text(self, entry: Json) -> None:
        if isinstance(entry["response"], dict) and entry["response"].get("code") == 21610:
            self.refused.add(entry["request"]["To"])

    def _made_chat(self, entry: Json) -> None:
        session = (entry["request"] or {}).get("metadata", {}).get("opencx_session_id", "")
        self.chats.setdefault(session, entry["n"])

    def _answered(self, entry: Json) -> None:
        response = entry["response"]
        if isinstance(response, dict):
            inner = response.get("data") if isinstance(response.get("data"), dict) else response
            self.answers.setdefault(((inner or {}).get("autopilotResponse") or {}).get("id", ""), entry["n"])

    def _listed_history(self, entry: Json) -> None:
        for item in _of(entry["response"], "items"):
            self.answers.setdefault(item.get("id", ""), entry["n"])

    # --- silence after STOP ---

    def decided(self, calls: int) -> None:
        """The bridge has committed its decisions on everything it took so far."""
        for told in self._new_taken:
            if told.word == "stop" and self.starts.get(told.pair[0], 0) < told.taken:
                self.silences[told.pair[0]] = Silence(told, calls)
        self._new_taken.clear()

    def may_be_silent(self, phone: str, told: Told) -> bool:
        """Whether this phone had opted out when `told` was said, or had for all the bridge knew of it."""
        return phone in self.refused or any(not told.must_precede(stop) for stop in self._stops(phone, told))

    def may_fall_silent(self, phone: str, told: Told) -> bool:
        """The same, or later, before `told` has left."""
        return phone in self.refused or bool(self._stops(phone, told))

    def _stops(self, phone: str, told: Told) -> list[Told]:
        """Every STOP that was not taken back before `told`."""
        words = [each for each in self.texts.values() if each.pair[0] == phone and each.word]
        stops = [each for each in words if each.word == "stop" and each.offered < NEVER]
        return [stop for stop in stops if not self._undone(stop, words, told)]

    def _undone(self, stop: Told, words: list[Told], told: Told) -> bool:
        return any(each.word == "start" and stop.before(each) and each.before(told) for each in words)


def _of(response: object, name: str) -> list[Json]:
    return list(response.get(name) or ()) if isinstance(response, dict) else []


_READERS = {
    "ListMessage": Seen._listed_texts,
    "ListMessages": Seen._listed_replies,
    "CreateMessage": Seen._refused_text,
    "CreateConversation": Seen._made_chat,
    "sendMessage": Seen._answered,
    "listChatHistory": Seen._listed_history,
}
