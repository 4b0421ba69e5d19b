"""The life of a message we send: accepted, handed over, delivered or not, and each change reported.

Theory of operation. `accept` dresses and checks a draft and makes the message. Then, on the clock, in the
lane of the phone: a sender is picked, it waits for its turn, media are fetched, the fate is decided
(`fates`), and its statuses follow one by one. A planned outcome beats what numbers and phones are like; a
file that cannot be fetched beats both.

Facts:
  * It starts `queued`, with a Messaging Service `accepted`, scheduled `scheduled` (CAR-24).
  * No callback tells the initial status; each later one is a request of its own (CAR-133).
  * An MMS has a SID beginning MM (CAR-19), and so has a text that is sent as one (CAR-149).
  * What has not left within its validity period fails with 30001 (CAR-08).
"""

from datetime import UTC, datetime
from functools import lru_cache, partial

from simulator.twilio import errors, quirks
from simulator.twilio.drafts import Draft, check
from simulator.twilio.dressing import dressed
from simulator.twilio.fates import Fate, Fates
from simulator.twilio.fetch import Unfit, fetch_all
from simulator.twilio.handset import Handsets
from simulator.twilio.hooks import Delivery, Hooks
from simulator.twilio.pace import OVERFLOW, Pace
from simulator.twilio.phones import channel
from simulator.twilio.segments import split
from simulator.twilio.senders import pick
from simulator.twilio.signature import Params
from simulator.twilio.state import FAILED, WAITING, Message, Outcome, State
from simulator.twilio.views import VERSION

TRIAL = "Sent from your Twilio trial account - "  # CAR-179


class Life:
    """Carries messages from the create call to the phone."""

    def __init__(self, state: State, hooks: Hooks, handsets: Handsets) -> None:
        self._state = state
        self._network = state.network
        self._hooks = hooks
        self._handsets = handsets
        self._pace = Pace(state)
        self._fates = Fates(state, self._pace)
        self._plans: dict[str, Outcome] = {}

    def forget(self) -> None:
        self._plans.clear()
        self._pace.forget()

    def accept(self, draft: Draft) -> Message:
        """The message such a draft becomes; raises Refused."""
        draft = dressed(draft, self._state)
        check(draft, self._state)
        plan = self._state.take_outcome(draft.to, draft.sender, draft.body)
        if plan is not None and plan.refused:
            raise errors.refusal(plan.refused, to=draft.to, sender=draft.sender, kind=draft.kind)
        if draft.sender and not draft.service and self._pace.full(draft.sender):
            raise errors.refusal(21611)
        message = self._made(draft)
        self._state.keep(message)
        if plan is not None:
            self._plans[message.sid] = plan
        return message

    def start(self, message: Message, at: float | None = None) -> None:
        """Let it live, from `at` on."""
        wait = max(0.0, at - self._network.now()) if at is not None else 0.0
        self._network.clock.later(wait, partial(self.run, message), lane=message.phone)

    def run(self, message: Message) -> None:
        """Pick a sender and wait for its turn. Never under the network's lock."""
        with self._network.lock:
            if message.status == "canceled":
                return
            fate = self._queue(message)
            wait = 0.0 if fate else self._pace.take_turn(message)
        if wait:
            self._network.clock.later(wait, partial(self._leave, message, fate), lane=message.phone)
        else:
            self._leave(message, fate)

    def _queue(self, message: Message) -> Fate | None:
        if not message.number:
            message.number = pick(self._state, message.service, message.phone, picture=message.picture)
            self._state.messages.place(message)
            self._state.spoke[(message.phone, message.number)] = message.order
        full = message.service and self._pace.full(message.number)
        return Fate(("failed",), OVERFLOW) if full else None

    def _leave(self, message: Message, fate: Fate | None) -> None:
        fate = fate or self._fetched(message)
        if fate is None:
            with self._network.lock:
                fate = self._fates.of(message, self._plans.pop(message.sid, None))
        self._step(message, fate, 0)

    def _made(self, draft: Draft) -> Message:
        status = "scheduled" if draft.send_at else "accepted" if draft.service else "queued"
        body = TRIAL + draft.body if self._state.switches.trial else draft.body
        picture = draft.media_urls or draft.as_mms
        return Message(
            sid=self._network.ids.sid("MM" if picture else "SM"),
            direction=draft.direction,
            number=draft.sender,
            phone=draft.to,
            body=body,
            created=self._network.now(),
            status=status,
            parts=split(body, graphemes=self._state.switches.graphemes),
            media_urls=draft.media_urls,
            service=draft.service,
            callback=draft.callback,
            until=max(self._network.now(), draft.send_at or 0.0) + draft.validity,
            as_mms=draft.as_mms,
            discard=draft.discard,
        )

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

    def _step(self, message: Message, fate: Fate, step: int) -> None:
        if step == len(fate.statuses):
            message.body = "" if message.discard else message.body
            return
        with self._network.lock:
            if message.status in WAITING and self._network.now() > message.until:
                fate = Fate((*fate.statuses[:step], "failed"), OVERFLOW)
            status = fate.statuses[step]
            code = fate.error_code if status in FAILED else None
            before = message.sent
            message.become(status, self._network.now(), code)
            if message.sent != before:
                self._state.messages.was_sent(message)
            if step == fate.arrival:
                self._handsets.receives(message)
            report = self._report(message)
        if report is not None:
            self._hooks.deliver(report)
        if step + 1 < len(fate.statuses) or message.discard:
            after = partial(self._step, message, fate, step + 1)
            self._network.clock.later(fate.delay, after, lane=message.phone)

    def _report(self, message: Message) -> Delivery | None:
        if not message.callback:
            return None
        params, token = callback_params(message, self._state.account), self._network.ids.uuid()
        quirk = quirks.take(self._network, "status")
        return Delivery("status", message.callback, params, message.phone, token, quirk=quirk)


def callback_params(message: Message, account: str) -> Params:
    """What a status callback says, in the order seen on the wire (CAR-130); channels add theirs (CAR-132)."""
    told: Params = []
    if message.status in ("delivered", "undelivered") and not message.picture:
        told.append(("RawDlrDoneDate", _minute(int(message.updated // 60))))
    if message.error_code:
        told.append(("ErrorCode", str(message.error_code)))
    if named := channel(message.phone)[0]:
        told += [("ChannelPrefix", named), ("EventType", message.status.upper())]
    told += [("SmsSid", message.sid), ("SmsStatus", message.status), ("MessageStatus", message.status)]
    told.append(("To", message.phone))
    if message.service:
        told.append(("MessagingServiceSid", message.service))
    told += [("MessageSid", message.sid), ("AccountSid", account)]
    return [*told, ("From", message.number), ("ApiVersion", VERSION)]


@lru_cache(64)
def _minute(since: int) -> str:
    """So many minutes after the epoch, as carriers write it."""
    return datetime.fromtimestamp(since * 60, UTC).strftime("%y%m%d%H%M")
