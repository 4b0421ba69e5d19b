"""What the carrier keeps: numbers, messages, media, planned outcomes, bubbles on phones."""

import math
from dataclasses import dataclass, field
from typing import Any

from simulator import accounts
from simulator.twilio import registration

WAITING = ("accepted", "scheduled", "queued", "sending")
FAILED = ("undelivered", "failed")
OTHERS = ("sent", "delivered", "canceled", "receiving", "received", "read", "partially_delivered")
STATUSES = WAITING + FAILED + OTHERS  # CAR-23


@dataclass(slots=True)
class Number:
    """One of our senders; `service` is the Messaging Service whose pool it is in, if any."""

    number: str
    kind: str
    service: str = ""
    joined: float = 0.0  # when the carriers know that it joined the pool
    programme: str = "registered"  # of short codes and names, which are not gated here
    sms: bool = True
    mms: bool = True
    sms_url: str = ""
    sms_method: str = "POST"
    sms_fallback_url: str = ""
    sms_fallback_method: str = "POST"
    sms_application_sid: str = ""
    friendly_name: str = ""
    since: float = 0.0
    changed: float = 0.0

    @property
    def sid(self) -> str:
        return registration.derived_sid("SC" if self.kind == "short-code" else "PN", self.number)

    @property
    def scope(self) -> str:
        """What a customer's STOP to this number covers (CAR-159)."""
        return self.service or self.number


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
    as_mms: bool = False  # a text that travels as an MMS (CAR-149)
    discard: bool = False  # its words are not kept once it has lived (ContentRetention)
    order: int = 0
    account: str = accounts.TWILIO_ACCOUNT_SID

    @property
    def inbound(self) -> bool:
        return self.direction == "inbound"

    @property
    def to(self) -> str:
        return self.number if self.inbound else self.phone

    @property
    def sender(self) -> str:
        return self.phone if self.inbound else self.number

    @property
    def picture(self) -> bool:
        return bool(self.media_urls) or self.as_mms

    def become(self, status: str, at: float, error_code: int | None = None) -> None:
        """Take the next status; the price and the moment of sending come with it (CAR-20)."""
        self.status, self.updated, self.error_code = status, at, error_code
        if status not in ("failed", "queued", "sending"):
            self.sent = self.sent or at
            self.price = "-0.02000" if self.picture else f"-{0.0075 * len(self.parts):.5f}"


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
    containing: str = ""  # words the text must hold
    delay: float = 0.0
    count: int = 1

    def concerns(self, phone: str, number: str, text: str) -> bool:
        addressed = self.to in ("", phone) and self.number in ("", number)
        return addressed and self.containing in text


@dataclass(slots=True)
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
