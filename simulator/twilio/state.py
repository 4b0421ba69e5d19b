"""What the carrier remembers, and what follows from it: who is registered, who is blocked, plans."""

from collections import deque
from collections.abc import Iterable

from simulator import accounts
from simulator.leftovers import Container
from simulator.network import Network
from simulator.twilio.phones import channel
from simulator.twilio.records import FAILED, STATUSES, WAITING, Media, Message, Number, Outcome, Shown
from simulator.twilio.registration import CAMPAIGN_STATES, VERIFICATION_STATES, derived_sid
from simulator.twilio.resources import CAMPAIGN, Brand, Campaign, Filed, Review, Service, Verification
from simulator.twilio.shelves import Messages
from simulator.twilio.switches import Switches

__all__ = ["FAILED", "STATUSES", "WAITING", "Media", "Message", "Number", "Outcome", "Shown", "State"]

LONG_AGO = float("-inf")
CAMPAIGNS = {
    "registered": "VERIFIED",
    "pending": "IN_PROGRESS",
    "rejected": "FAILED",
    "suspended": "SUSPENDED",
}
VERIFICATIONS = {"registered": "TWILIO_APPROVED", "pending": "PENDING_REVIEW", "rejected": "TWILIO_REJECTED"}
NO_CAMPAIGN = {"error_code": 30908, "description": "The campaign description does not match the samples."}
NO_OPT_IN = {"code": 30513, "reason": "Opt-in not documented"}


class State:
    """All of it, with the network it lives in."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.account = accounts.TWILIO_ACCOUNT_SID
        self.forget()

    def held(self) -> tuple[Container, ...]:
        """Whatever grows, to be freed after a reset."""
        indexes = (self.spoke, self.replies, self.screens, self.attached, self.calls)
        return *indexes, *self.messages.held(), self.media

    def forget(self) -> None:
        """Back to the three sample numbers and nothing else."""
        self.token, self.secondary, self.former = accounts.TWILIO_AUTH_TOKEN, "", ""
        self.switches = Switches()
        self.numbers: dict[str, Number] = {}
        self.sids: dict[str, str] = {}  # a number's SID → the number
        self.messages = Messages()
        self.media: dict[str, Media] = {}
        self.attached: dict[str, list[str]] = {}  # message → its media
        self.blocks: set[tuple[str, str]] = set()
        self.outcomes: list[Outcome] = []
        self.reviews: list[Review] = []
        self.screens: dict[str, list[Shown]] = {}
        self.spoke: dict[tuple[str, str], int] = {}  # phone, number → when they last did
        self.replies: dict[tuple[str, str], deque[float]] = {}
        self.lines: dict[str, str] = {}  # phone → what is the matter with it
        self.deactivated: dict[str, list[str]] = {}  # day → phones (CAR-180)
        self.services: dict[str, Service] = {}
        self.brands: dict[str, Brand] = {}
        self.verifications: dict[str, Verification] = {}
        self.contents: dict[str, Filed] = {}
        self.sinks: dict[str, Filed] = {}
        self.subscriptions: dict[str, Filed] = {}
        self.calls: deque[float] = deque()
        for number, kind in accounts.NUMBER_KINDS.items():
            self.add_number(number, kind)

    # --- numbers and their registration ---

    def add_number(self, number: str, kind: str, registration: str = "registered") -> Number:
        """Own `number`; its texts go to the bridge."""
        url, now = self.network.bridge_door("twilio"), self.network.now()
        added = Number(number, kind, sms_url=url, friendly_name=number, since=now, changed=now)
        self.numbers[number] = added
        self.sids[added.sid] = number
        self.register(added, registration)
        return added

    def class_number(self, number: Number, kind: str) -> None:
        """Make it another kind of number; its SID follows."""
        self._unregister(number)
        number.kind = kind
        self.sids[number.sid] = number.number

    def remove_number(self, number: Number) -> None:
        self.register(number, "unregistered")
        del self.numbers[number.number]

    def number_by_sid(self, sid: str) -> Number | None:
        return self.numbers.get(self.sids.get(sid, ""))

    def register(self, number: Number, registration: str) -> None:
        """Let the number be registered so, without anybody's asking."""
        self._unregister(number)
        number.programme = registration
        if number.kind == "toll-free" and registration in VERIFICATIONS:
            self._verify(number, registration)
        if number.kind == "local" and registration in CAMPAIGNS:
            number.service, number.joined = self._standing(registration).sid, LONG_AGO

    def registration(self, number: Number) -> str:
        """What the carriers think of it now."""
        if number.kind == "local":
            return self._attached(number)
        if number.kind != "toll-free":
            return number.programme
        filed = self.verification_of(number.number)
        return VERIFICATION_STATES[filed.status] if filed else "unregistered"

    def verification_of(self, number: str) -> Verification | None:
        return next((filed for filed in self.verifications.values() if filed.number == number), None)

    def members(self, service: str) -> list[Number]:
        """The numbers of a Messaging Service."""
        return [number for number in self.numbers.values() if service and number.service == service]

    def _attached(self, number: Number) -> str:
        service = self.services.get(number.service)
        if service is None or service.campaign is None:
            return "unregistered"
        found = CAMPAIGN_STATES[service.campaign.status]
        known = self.network.now() >= number.joined
        return found if known or found != "registered" else "pending"

    def _unregister(self, number: Number) -> None:
        filed, left = self.verification_of(number.number), self.services.get(number.service)
        number.service = ""
        if filed is not None:
            del self.verifications[filed.sid]
        if left is not None and left.standing and not self.members(left.sid):
            del self.services[left.sid]

    def _verify(self, number: Number, registration: str) -> None:
        sid, now = derived_sid("HH", number.number), self.network.now()
        reasons = [dict(NO_OPT_IN)] if registration == "rejected" else []
        facts = {"business_name": "Sunbridge demo"}
        filed = Verification(sid, VERIFICATIONS[registration], now, now, facts, reasons, number.number)
        self.verifications[sid] = filed

    def _standing(self, registration: str) -> Service:
        sid, now = derived_sid("MG", registration), self.network.now()
        if sid not in self.services:
            brand = self._standing_brand()
            reasons = [dict(NO_CAMPAIGN)] if registration == "rejected" else []
            campaign = Campaign(
                derived_sid("QE", sid),
                CAMPAIGNS[registration],
                now,
                now,
                dict(CAMPAIGN),
                reasons,
                sid,
                brand.sid,
            )
            made = Service(sid, f"Sunbridge, {registration}", now, now, standing=registration)
            made.campaigns[campaign.sid] = campaign
            self.services[sid] = made
        return self.services[sid]

    def _standing_brand(self) -> Brand:
        sid, now = derived_sid("BN", "brand"), self.network.now()
        return self.brands.setdefault(sid, Brand(sid, "APPROVED", now, now, identity="VERIFIED"))

    # --- messages ---

    def blocked(self, phone: str, sender: str) -> bool:
        """Whether the customer told this number, or this whole service, to stop."""
        owned = self.numbers.get(channel(sender)[1])
        return self.consent(phone, owned.scope if owned else sender) in self.blocks

    def consent(self, phone: str, scope: str) -> tuple[str, str]:
        """Under what a block is kept: RCS and texts share one (CAR-160)."""
        return (phone.removeprefix("rcs:"), scope)

    def take_outcome(self, phone: str, number: str, text: str) -> Outcome | None:
        """Use up one planned outcome for a message between these two."""
        found = next((plan for plan in self.outcomes if plan.concerns(phone, number, text)), None)
        if found is not None:
            found.count -= 1
            self.outcomes = [plan for plan in self.outcomes if plan.count > 0]
        return found

    def keep(self, message: Message) -> None:
        """Put a message on file."""
        self.messages.add(message)
        self.spoke[(message.phone, message.number)] = message.order

    def attach(self, parent: str, content_type: str, data: bytes, source: str = "") -> Media:
        """Store one attachment of a message."""
        sid = self.network.ids.sid("ME")
        self.media[sid] = Media(sid, parent, content_type, data, self.network.now(), source)
        self.attached.setdefault(parent, []).append(sid)
        return self.media[sid]

    def detach(self, media: Media) -> None:
        del self.media[media.sid]
        self.attached[media.parent].remove(media.sid)

    def media_of(self, parent: str) -> list[Media]:
        return [self.media[sid] for sid in self.attached.get(parent, ())]

    def exchanged(self) -> Iterable[Message]:
        """Every message, newest first (CAR-28)."""
        return reversed(self.messages.values())
