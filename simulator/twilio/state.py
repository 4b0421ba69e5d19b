"""What the carrier remembers: numbers, messages, media, blocks, planned outcomes and phones' screens."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from simulator import accounts
from simulator.network import Network
from simulator.twilio import registration

WAITING = ("accepted", "scheduled", "queued", "sending")
FAILED = ("undelivered", "failed")
OTHERS = ("sent", "delivered", "canceled", "receiving", "received", "read", "partially_delivered")
STATUSES = WAITING + FAILED + OTHERS  # CAR-23


@dataclass(slots=True)
class Number:
    """One of our senders."""

    number: str
    kind: str
    registration: str = "registered"
    sms: bool = True
    mms: bool = True
    sms_url: str = ""
    sms_method: str = "POST"
    sms_fallback_url: str = ""
    sms_fallback_method: str = "POST"
    friendly_name: str = ""
    since: float = 0.0

    @property
    def sid(self) -> str:
        return registration.derived_sid("SC" if self.kind == "short-code" else "PN", self.number)

    @property
    def pool(self) -> str:
        """The Messaging Service it sits in, or an empty string."""
        return registration.pool(self.kind, self.registration)

    @property
    def scope(self) -> str:
        """What a customer's STOP to this number covers (CAR-159)."""
        return self.pool or self.number


@dataclass(slots=True)
class Message:
    """A message resource; `number` is ours (empty until a service picked a sender), `phone` theirs."""

    sid: str
    direction: str
    number: str
    phone: str
    body: str
    created: float
    status: str = "queued"
    parts: list[str] = field(default_factory=list)
    media_urls: list[str] = field(default_factory=list)
    service: str = ""
    callback: str = ""
    until: float = math.inf  # what has not left by then fails
    updated: float = 0.0
    sent: float | None = None
    error_code: int | None = None
    price: str | None = None

    @property
    def inbound(self) -> bool:
        return self.direction == "inbound"

    def become(self, status: str, at: float, error_code: int | None = None) -> None:
        """Take the next status; the price and the moment of sending come with it (CAR-20)."""
        self.status, self.updated, self.error_code = status, at, error_code
        if status != "failed":
            self.sent = self.sent or at
            self.price = "-0.02000" if self.media_urls else f"-{0.0075 * len(self.parts):.5f}"


@dataclass(frozen=True, slots=True)
class Media:
    """One attachment as the carrier stores it."""

    sid: str
    parent: str
    content_type: str
    data: bytes
    at: float
    source: str = ""


@dataclass(slots=True)
class Outcome:
    """A planned fate: statuses after the first one, or a refusal; for `count` messages that match."""

    statuses: list[str] = field(default_factory=list)
    error_code: int | None = None
    refused: int | None = None
    to: str = ""
    number: str = ""
    delay: float = 0.0
    count: int = 1

    def concerns(self, phone: str, number: str) -> bool:
        return self.to in ("", phone) and self.number in ("", number)


@dataclass(frozen=True, slots=True)
class Shown:
    """One bubble on a phone's screen."""

    direction: str  # received or sent, as its owner sees it
    number: str
    text: str
    parts: list[str]
    media: list[dict[str, Any]]
    sid: str
    at: float
    automatic: bool = False
    message: Message | None = None


class State:
    """All of it, with the network it lives in."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.account = accounts.TWILIO_ACCOUNT_SID
        self.token = accounts.TWILIO_AUTH_TOKEN
        self.forget()

    def forget(self) -> None:
        """Back to the three sample numbers and nothing else."""
        self.numbers: dict[str, Number] = {}
        self.messages: dict[str, Message] = {}
        self.media: dict[str, Media] = {}
        self.blocks: set[tuple[str, str]] = set()
        self.outcomes: list[Outcome] = []
        self.screens: dict[str, list[Shown]] = {}
        for number in accounts.NUMBERS:
            self.add_number(number, registration.kind_of(number))

    def add_number(self, number: str, kind: str) -> Number:
        """Own `number`; its texts go to the bridge."""
        url = self.network.bridge_door("twilio")
        added = Number(number, kind, sms_url=url, friendly_name=number, since=self.network.now())
        self.numbers[number] = added
        return added

    def members(self, pool: str) -> list[Number]:
        """The numbers of a Messaging Service."""
        return [number for number in self.numbers.values() if pool and number.pool == pool]

    def pools(self) -> dict[str, str]:
        """Every Messaging Service with the registration its numbers share."""
        return {number.pool: number.registration for number in self.numbers.values() if number.pool}

    def blocked(self, phone: str, sender: str) -> bool:
        """Whether the customer told this number, or this whole service, to stop."""
        owned = self.numbers.get(sender)
        return (phone, owned.scope if owned else sender) in self.blocks

    def take_outcome(self, phone: str, number: str) -> Outcome | None:
        """Use up one planned outcome for a message between these two."""
        found = next((plan for plan in self.outcomes if plan.concerns(phone, number)), None)
        if found is not None:
            found.count -= 1
            self.outcomes = [plan for plan in self.outcomes if plan.count > 0]
        return found

    def attach(self, parent: str, content_type: str, data: bytes, source: str = "") -> Media:
        """Store one attachment of a message."""
        sid = self.network.ids.sid("ME")
        self.media[sid] = Media(sid, parent, content_type, data, self.network.now(), source)
        return self.media[sid]

    def media_of(self, parent: str) -> list[Media]:
        return [media for media in self.media.values() if media.parent == parent]

    def exchanged(self) -> Iterable[Message]:
        """Every message, newest first (CAR-28)."""
        return reversed(self.messages.values())
