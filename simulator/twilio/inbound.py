"""A customer's text on its way to us.

Facts:
  * The carrier acts on opt-out words first: block, automatic answer, then the webhook (CAR-398).
  * Unknown geography is sent as empty strings, not left out (CAR-86).
  * The same parameters go to the fallback URL, with `ErrorCode` and `ErrorUrl` (CAR-120).
  * At most ten messages answer one text: 14109 (CAR-128).
  * A text to a number that is not ours, or cannot take it, reaches nobody.
"""

from dataclasses import dataclass, field, replace
from functools import partial
from urllib.parse import urljoin

from simulator.network import HookAnswer
from simulator.twilio.drafts import LONGEST, MOST_MEDIA, Draft
from simulator.twilio.errors import Refused
from simulator.twilio.handset import Handsets
from simulator.twilio.hooks import Delivery, Hooks
from simulator.twilio.life import Life
from simulator.twilio.optout import reaction
from simulator.twilio.registration import region
from simulator.twilio.segments import split
from simulator.twilio.signature import Params
from simulator.twilio.state import Media, Message, Number, State
from simulator.twilio.twiml import BadAnswer, Redirect, Reply, Unknown, read
from simulator.twilio.views import VERSION, media_path, segments

MOST_REPLIES = 10
MOST_REDIRECTS = 5


class Undeliverable(Exception):
    """The text reaches nobody; the message says why."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file the customer sends."""

    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Text:
    """What the customer sends. `source_id` fixes the message's SID; a known one is delivered again."""

    phone: str
    number: str
    text: str = ""
    media: list[Attachment] = field(default_factory=list)
    source_id: str = ""


@dataclass(frozen=True, slots=True)
class _Errand:
    """One document asked for on behalf of a text."""

    message: Message
    url: str
    params: Params
    method: str = "POST"
    fallback: tuple[str, str] | None = None  # URL and method
    redirects: int = 0


class Inbound:
    """The way in."""

    def __init__(self, state: State, hooks: Hooks, handsets: Handsets, life: Life) -> None:
        self._state = state
        self._network = state.network
        self._hooks = hooks
        self._handsets = handsets
        self._life = life

    def receive(self, text: Text) -> str:
        """Take a text; its SID. Under the network's lock."""
        number = self._reachable(text)
        message = self._state.messages.get(text.source_id)
        if message is None:
            message = self._stored(text)
            self._handsets.types(message)
            self._react(message, number)
        self._announce(message, number)
        return message.sid

    def _reachable(self, text: Text) -> Number:
        number = self._state.numbers.get(text.number)
        if number is None:
            raise Undeliverable(f"{text.number or 'nobody'} is not one of our numbers")
        if not number.sms or number.kind == "alphanumeric" or (text.media and not number.mms):
            raise Undeliverable(f"{text.number} cannot receive this")
        if not text.text and not text.media:
            raise Undeliverable("there is nothing in this text")
        if len(text.text) > LONGEST or len(text.media) > MOST_MEDIA:
            raise Undeliverable(f"a text has at most {LONGEST} characters and {MOST_MEDIA} files")
        return number

    def _stored(self, text: Text) -> Message:
        sid = text.source_id or self._network.ids.sid("MM" if text.media else "SM")
        message = Message(sid, "inbound", text.number, text.phone, text.text, self._network.now())
        message.parts = split(text.text)
        for file in text.media:
            media = self._state.attach(sid, file.content_type, file.data)
            message.media_urls.append(self._url(media))
        message.become("received", self._network.now())
        self._state.messages[sid] = message
        return message

    def _react(self, message: Message, number: Number) -> None:
        """The carrier's opt-out."""
        pair = (message.phone, number.scope)
        rule = reaction(message.body, number.kind, blocked=pair in self._state.blocks)
        if rule is None:
            return
        if rule.blocks:
            self._state.blocks.add(pair)
        elif rule.blocks is False:
            self._state.blocks.discard(pair)
        told = partial(self._tell, message, rule.answer)
        self._network.clock.later(0.0, told, lane=message.phone)

    def _tell(self, message: Message, answer: str) -> None:
        with self._network.lock:
            self._handsets.is_told(message.phone, message.number, answer)

    def _announce(self, message: Message, number: Number) -> None:
        if not number.sms_url:
            return
        fallback = (number.sms_fallback_url, number.sms_fallback_method) if number.sms_fallback_url else None
        params = self._params(message, number)
        self._ask(_Errand(message, number.sms_url, params, number.sms_method, fallback))

    def _ask(self, errand: _Errand) -> None:
        lane = errand.message.phone
        delivery = Delivery(
            operation="inbound",
            url=errand.url,
            params=errand.params,
            lane=lane,
            token=self._network.ids.uuid(),
            method=errand.method,
            answered=partial(self._answered, errand),
        )
        self._network.clock.later(0.0, partial(self._hooks.deliver, delivery), lane=lane)

    def _answered(self, errand: _Errand, answer: HookAnswer) -> None:
        try:
            wishes = read(answer)
        except BadAnswer as bad:
            self._fall_back(errand, bad.code)
            return
        with self._network.lock:
            replies = [wish for wish in wishes if isinstance(wish, Reply)]
            for wish in wishes:
                self._grant(errand, wish)
            for reply in replies[:MOST_REPLIES]:
                self._send(errand, reply)
            if len(replies) > MOST_REPLIES:
                self._warn(errand, 14109)

    def _grant(self, errand: _Errand, wish: Reply | Redirect | Unknown) -> None:
        if isinstance(wish, Unknown):
            self._warn(errand, 12200)
        elif isinstance(wish, Redirect) and errand.redirects < MOST_REDIRECTS:
            url = urljoin(errand.url, wish.url)
            self._ask(replace(errand, url=url, redirects=errand.redirects + 1))

    def _send(self, errand: _Errand, reply: Reply) -> None:
        message = errand.message
        draft = Draft(
            to=reply.to or message.phone,
            sender=reply.sender or message.number,
            body=reply.body,
            media_urls=reply.media_urls,
            callback=urljoin(errand.url, reply.callback) if reply.callback else "",
            direction="outbound-reply",
        )
        try:
            self._life.start(self._life.accept(draft))
        except Refused as refused:
            self._warn(errand, refused.code)

    def _fall_back(self, errand: _Errand, code: int) -> None:
        with self._network.lock:
            self._warn(errand, code)
            if errand.fallback is None:
                return
            url, method = errand.fallback
            told = [("ErrorCode", str(code)), ("ErrorUrl", errand.url)]
            params = [*errand.params, *told]
            self._ask(_Errand(errand.message, url, params, method))

    def _warn(self, errand: _Errand, code: int) -> None:
        """What the carrier's debugger would show."""
        facts = {"code": code, "sid": errand.message.sid, "url": errand.url}
        self._network.write("act", "twilio", who="twilio", did="warned", **facts)

    def _params(self, message: Message, number: Number) -> Params:
        """What the webhook says (CAR-84 … CAR-92)."""
        files = self._state.media_of(message.sid)
        named: Params = []
        for place, media in enumerate(files):
            named.append((f"MediaContentType{place}", media.content_type))
            named.append((f"MediaUrl{place}", self._url(media)))
        return [
            *_geography("To", message.number),
            *_geography("From", message.phone),
            *((name, message.sid) for name in ("SmsMessageSid", "SmsSid", "MessageSid")),
            *([("MessagingServiceSid", number.pool)] if number.pool else []),
            *named,
            ("NumMedia", str(len(files))),
            ("SmsStatus", "received"),
            ("Body", message.body),
            ("To", message.number),
            ("From", message.phone),
            ("NumSegments", segments(message)),
            ("AccountSid", self._state.account),
            ("ApiVersion", VERSION),
        ]

    def _url(self, media: Media) -> str:
        return f"{self._network.base}/twilio{media_path(media)}"


def _geography(side: str, number: str) -> Params:
    unknown = [(f"{side}{what}", "") for what in ("City", "State", "Zip")]
    return [*unknown, (f"{side}Country", region(number))]
