"""The life of a message we send: accepted, handed over, delivered or not, and each change reported.

Theory of operation. `accept` checks a draft and makes the message. Then, on the clock, in the lane of the
phone: a sender is picked, media are fetched, the fate is decided, and its statuses follow one by one.
A planned outcome beats the registration gate; a file that cannot be fetched beats both.

Facts:
  * It starts `queued`, with a Messaging Service `accepted`, scheduled `scheduled` (CAR-24).
  * No callback tells the initial status; each later one is a request of its own (CAR-133).
  * An MMS has a SID beginning MM (CAR-19).
  * What has not left within its validity period fails with 30001 (CAR-08).
  * The sixteenth reply between two numbers within 30 s fails with 14107 (CAR-82).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from simulator.twilio import errors
from simulator.twilio.drafts import Draft, check
from simulator.twilio.fetch import Unfit, fetch_all
from simulator.twilio.handset import Handsets
from simulator.twilio.hooks import Delivery, Hooks
from simulator.twilio.registration import gate
from simulator.twilio.segments import split
from simulator.twilio.signature import Params
from simulator.twilio.state import FAILED, WAITING, Message, Outcome, State
from simulator.twilio.views import VERSION

STALE = 30001
QUICK_REPLIES = 15
QUICK = 30.0


@dataclass(frozen=True, slots=True)
class Fate:
    """The statuses to come, the code of a failing one, and the pause between two."""

    statuses: tuple[str, ...]
    error_code: int | None = None
    delay: float = 0.0

    @property
    def arrival(self) -> int:
        """The step at which the phone shows the message; -1 if it never does."""
        if "delivered" in self.statuses:
            return self.statuses.index("delivered")
        lost = any(status in FAILED for status in self.statuses)
        return self.statuses.index("sent") if "sent" in self.statuses and not lost else -1


class Life:
    """Carries messages from the create call to the phone."""

    def __init__(self, state: State, hooks: Hooks, handsets: Handsets) -> None:
        self._state = state
        self._network = state.network
        self._hooks = hooks
        self._handsets = handsets
        self._plans: dict[str, Outcome] = {}

    def accept(self, draft: Draft) -> Message:
        """Make a message of the draft, or raise the refusal. Under the network's lock."""
        check(draft, self._state)
        plan = self._state.take_outcome(draft.to, draft.sender)
        if plan is not None and plan.refused:
            raise errors.refusal(plan.refused, to=draft.to, sender=draft.sender, kind=draft.kind)
        message = self._made(draft)
        self._state.messages[message.sid] = message
        if plan is not None:
            self._plans[message.sid] = plan
        return message

    def forget(self) -> None:
        self._plans.clear()

    def start(self, message: Message, send_at: float | None = None) -> None:
        """Let its life begin, now or when it is scheduled."""
        wait = max((send_at or 0.0) - self._network.now(), 0.0)
        self._network.clock.later(wait, partial(self.run, message), lane=message.phone)

    def run(self, message: Message) -> None:
        """Live the message. Never under the network's lock."""
        with self._network.lock:
            if message.status == "canceled":
                return
            self._pick_sender(message)
        fate = self._fetched(message) or self._fate(message)
        self._step(message, fate, 0)

    def _made(self, draft: Draft) -> Message:
        status = "scheduled" if draft.send_at else "accepted" if draft.service else "queued"
        return Message(
            sid=self._network.ids.sid("MM" if draft.media_urls else "SM"),
            direction=draft.direction,
            number=draft.sender,
            phone=draft.to,
            body=draft.body,
            created=self._network.now(),
            status=status,
            parts=split(draft.body),
            media_urls=draft.media_urls,
            service=draft.service,
            callback=draft.callback,
            until=max(self._network.now(), draft.send_at or 0.0) + draft.validity,
        )

    def _pick_sender(self, message: Message) -> None:
        """The service's number that last spoke with the phone, else its first (CAR-174)."""
        if message.number:
            return
        pool = [number.number for number in self._state.members(message.service)]
        used = (m.number for m in self._state.exchanged() if m.phone == message.phone and m.number in pool)
        message.number = next(used, pool[0] if pool else "")

    def _fetched(self, message: Message) -> Fate | None:
        """Store its files; the fate of a message whose files cannot be had."""
        try:
            files = fetch_all(self._network, message.media_urls)
        except Unfit as unfit:
            return Fate(("failed",), unfit.code)
        with self._network.lock:
            for file in files:
                self._state.attach(message.sid, file.content_type, file.data, file.url)
        return None

    def _fate(self, message: Message) -> Fate:
        plan = self._plans.pop(message.sid, None)
        if plan is not None:
            return Fate(tuple(plan.statuses), plan.error_code, plan.delay)
        if self._loops(message):
            return Fate(("failed",), 14107)
        owned = self._state.numbers.get(message.number)
        code = gate(owned.kind, owned.registration, message.phone) if owned else 30034
        queued = ("queued",) if message.service else ()
        return Fate((*queued, "sent", "undelivered" if code else "delivered"), code)

    def _loops(self, message: Message) -> bool:
        if message.direction != "outbound-reply":
            return False
        pair = (message.number, message.phone)
        quick = [
            other
            for other in self._state.messages.values()
            if other.direction == "outbound-reply"
            and (other.number, other.phone) == pair
            and message.created - other.created < QUICK
        ]
        return len(quick) > QUICK_REPLIES

    def _step(self, message: Message, fate: Fate, step: int) -> None:
        if step >= len(fate.statuses):
            return
        with self._network.lock:
            if message.status in WAITING and self._network.now() > message.until:
                fate = Fate((*fate.statuses[:step], "failed"), STALE)
            status = fate.statuses[step]
            code = fate.error_code if status in FAILED else None
            message.become(status, self._network.now(), code)
            if step == fate.arrival:
                self._handsets.receives(message)
            report = self._report(message)
        if report is not None:
            self._hooks.deliver(report)
        after = partial(self._step, message, fate, step + 1)
        self._network.clock.later(fate.delay, after, lane=message.phone)

    def _report(self, message: Message) -> Delivery | None:
        if not message.callback:
            return None
        params, token = callback_params(message, self._state.account), self._network.ids.uuid()
        return Delivery("status", message.callback, params, message.phone, token)


def callback_params(message: Message, account: str) -> Params:
    """What a status callback says, in the order seen on the wire (CAR-130)."""
    told: Params = []
    if message.status in ("delivered", "undelivered") and not message.media_urls:
        done = datetime.fromtimestamp(message.updated, UTC).strftime("%y%m%d%H%M")
        told.append(("RawDlrDoneDate", done))
    if message.error_code:
        told.append(("ErrorCode", str(message.error_code)))
    told += [("SmsSid", message.sid), ("SmsStatus", message.status), ("MessageStatus", message.status)]
    told.append(("To", message.phone))
    if message.service:
        told.append(("MessagingServiceSid", message.service))
    told += [("MessageSid", message.sid), ("AccountSid", account)]
    return [*told, ("From", message.number), ("ApiVersion", VERSION)]
