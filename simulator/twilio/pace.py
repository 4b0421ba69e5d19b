"""How fast senders may send, and what happens to what exceeds it. Off unless the switches say otherwise.

Facts:
  * Segments a second: local 1 without a campaign, else its class; toll-free 3 (MMS 1), short code 100
    (MMS 40), alphanumeric 10 (CAR-150, CAR-167, CAR-188).
  * A sender's queue holds ten hours of segments; beyond it a plain send is 21611, and what a service was
    to send fails with 30001 (CAR-48, CAR-59, CAR-168).
  * T-Mobile's cap counts a brand's segments a day and begins anew at midnight Pacific: 30023 (CAR-71,
    CAR-189).
"""

from datetime import UTC, datetime

from simulator.twilio.phones import UNITED_STATES, region
from simulator.twilio.records import Message, Number
from simulator.twilio.state import State

RATES = {"toll-free": 3.0, "short-code": 100.0, "alphanumeric": 10.0}
PICTURES = {"toll-free": 1.0, "short-code": 40.0}
CLASSES = {"A": 75.0, "B": 75.0, "C": 40.0, "D": 40.0, "E": 4.0, "F": 4.0}
ALONE = 1.0
OVERFLOW, CAPPED = 30001, 30023
PACIFIC = "America/Los_Angeles"


class Pace:
    """When each sender is free again, and what was sent today."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.forget()

    def forget(self) -> None:
        self._free: dict[str, float] = {}
        self._today: tuple[str, int] = ("", 0)

    def full(self, sender: str) -> bool:
        """Whether this sender's queue takes no more."""
        return self._state.switches.rates and self._behind(sender) >= self._state.switches.queue_seconds

    def take_turn(self, message: Message) -> float:
        """Queue a message whose sender is known; the seconds until it may leave."""
        owned = self._state.numbers.get(message.number)
        if not self._state.switches.rates or owned is None:
            return 0.0
        wait, now = self._behind(message.number), self._state.network.now()
        weight = 1 if message.picture else len(message.parts)
        self._free[message.number] = now + wait + weight / self._rate(owned, picture=message.picture)
        return wait

    def capped(self, message: Message) -> int | None:
        """The code of a message beyond today's cap; those within are counted."""
        owned, most = self._state.numbers.get(message.number), self._state.switches.daily_cap
        if not most or owned is None or owned.kind != "local" or region(message.phone) not in UNITED_STATES:
            return None
        day = _day(self._state.network.now())
        sent = self._today[1] if self._today[0] == day else 0
        self._today = (day, sent + len(message.parts))
        return CAPPED if self._today[1] > most else None

    def _behind(self, sender: str) -> float:
        return max(0.0, self._free.get(sender, 0.0) - self._state.network.now())

    def _rate(self, owned: Number, *, picture: bool) -> float:
        if picture:
            return PICTURES.get(owned.kind, ALONE)
        service = self._state.services.get(owned.service)
        if owned.kind != "local" or service is None or service.campaign is None:
            return RATES.get(owned.kind, ALONE)
        return CLASSES[service.campaign.facts.get("class", "A")]


def _day(moment: float) -> str:
    """The day it is in the Pacific time zone."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - it takes long to load, and a cap is rare

    return datetime.fromtimestamp(moment, UTC).astimezone(ZoneInfo(PACIFIC)).date().isoformat()
