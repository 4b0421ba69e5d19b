"""Where messages stand, so that looking never costs more for what is not looked for.

A message stands on four shelves: all, those to its recipient, those from its sender, those of the pair; on
each in the order of creation and, once sent, of sending. A list is read from the newest backwards and only
as far as the page goes, so a page costs the same whatever the total (CAR-28)."""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field

from simulator.leftovers import Container
from simulator.twilio.records import Message

Key = tuple[str, str]
Place = tuple[float, ...]
Order = Callable[[Message], Place]


def by_making(message: Message) -> Place:
    return (message.order,)


def by_sending(message: Message) -> Place:
    return (message.sent or 0.0, message.order)


@dataclass(slots=True)
class Shelf:
    """Messages in both orders, oldest first."""

    made: list[Message] = field(default_factory=list)
    sent: list[Message] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is asked for; `since` and `before` bound the moment of sending."""

    to: str = ""
    sender: str = ""
    since: float | None = None
    before: float | None = None

    @property
    def dated(self) -> bool:
        return self.since is not None or self.before is not None


class Messages(dict[str, Message]):
    """Every message by its SID, and on its shelves."""

    def __init__(self) -> None:
        super().__init__()
        self._shelves: dict[Key, Shelf] = {}
        self._of_pairs: dict[Key, tuple[Shelf, ...]] = {}
        self._last = 0

    def held(self) -> tuple[Container, ...]:
        """All its containers, to be freed when the messages are given up."""
        return self._shelves, self._of_pairs, self

    def add(self, message: Message) -> None:
        self._last += 1
        message.order = self._last
        self[message.sid] = message
        self.place(message)

    def place(self, message: Message) -> None:
        """Put it where its addresses say; again when a sender was found."""
        wanted = by_making(message)
        for shelf in self._around(message):
            _insert(shelf.made, message, wanted, by_making)
        if message.sent is not None:
            self.was_sent(message)

    def was_sent(self, message: Message) -> None:
        """Put it where the moment of sending says."""
        wanted = by_sending(message)
        for shelf in self._around(message):
            _insert(shelf.sent, message, wanted, by_sending)

    def take_away(self, message: Message) -> None:
        del self[message.sid]
        for shelf in self._around(message):
            _drop(shelf.made, message, by_making)
            if message.sent is not None:
                _drop(shelf.sent, message, by_sending)

    def matching(self, wanted: Wanted) -> "Matches":
        """What fits, ready to be read a page at a time."""
        shelf = self._shelves.get((wanted.to, wanted.sender), Shelf())
        if not wanted.dated:
            return Matches(shelf.made, 0, len(shelf.made), sent=False)
        low = 0 if wanted.since is None else _before(shelf.sent, wanted.since)
        high = len(shelf.sent)
        if wanted.before is not None:
            high = _before(shelf.sent, wanted.before)
        return Matches(shelf.sent, low, high, sent=True)

    def _around(self, message: Message) -> tuple[Shelf, ...]:
        pair = to, sender = message.to, message.sender
        found = self._of_pairs.get(pair)
        if found is None:
            keys = {("", ""), (to, ""), ("", sender), pair}
            found = tuple(self._shelves.setdefault(key, Shelf()) for key in keys)
            self._of_pairs[pair] = found
        return found


@dataclass(frozen=True, slots=True)
class Matches:
    """A stretch of a shelf, read newest first."""

    shelf: list[Message]
    low: int
    high: int
    sent: bool

    def __len__(self) -> int:
        return max(self.high - self.low, 0)

    def at(self, place: int) -> Message:
        """The message at a place, 0 being the newest."""
        return self.shelf[self.high - 1 - place]

    def after(self, message: Message) -> int:
        """The place behind this message, whether or not it is still there."""
        if self.sent and message.sent is None:
            return 0
        key = by_sending if self.sent else by_making
        return self.high - bisect_left(self.shelf, key(message), self.low, max(self.low, self.high), key=key)


def _before(shelf: list[Message], moment: float) -> int:
    """How many were sent before it."""
    start: tuple[float, ...] = (moment,)
    return bisect_left(shelf, start, key=by_sending)


def _insert(shelf: list[Message], message: Message, wanted: Place, key: Order) -> None:
    if not shelf or key(shelf[-1]) < wanted:  # the newest, as nearly always
        shelf.append(message)
        return
    place = bisect_left(shelf, wanted, key=key)
    if shelf[place] is not message:
        shelf.insert(place, message)


def _drop(shelf: list[Message], message: Message, key: Order) -> None:
    place = bisect_left(shelf, key(message), key=key)
    if place < len(shelf) and shelf[place] is message:
        del shelf[place]
