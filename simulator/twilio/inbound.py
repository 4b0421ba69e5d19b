"""A customer's text on its way to us.

Facts:
  * The carrier acts on opt-out words first: block, automatic answer, then the webhook (CAR-398).
  * Unknown geography is sent as empty strings, not left out (CAR-86, CAR-399).
  * `OptOutType` comes along only with Advanced Opt-Out (CAR-89).
  * A service may take its numbers' texts to a webhook of its own; if it has none, nothing is logged or
    delivered (CAR-95).
  * A text to a number that is not ours, or cannot take it, reaches nobody.
"""

from base64 import b64encode
from dataclasses import dataclass, field
from functools import partial

from simulator.twilio import quirks
from simulator.twilio.drafts import LONGEST, MOST_MEDIA
from simulator.twilio.errands import Errand, Errands
from simulator.twilio.handset import Handsets
from simulator.twilio.hooks import Hooks
from simulator.twilio.life import Life
from simulator.twilio.optout import Match, matched
from simulator.twilio.phones import channel, region
from simulator.twilio.resources import Service
from simulator.twilio.segments import split
from simulator.twilio.signature import Params
from simulator.twilio.state import Media, Message, Number, State
from simulator.twilio.views import VERSION, media_path, segments

MISSING_PART = 30009  # CAR-67
INBOUND = ("inbound_request_url", "inbound_method", "fallback_url", "fallback_method")


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


class Inbound:
    """The way in."""

    def __init__(self, state: State, hooks: Hooks, handsets: Handsets, life: Life) -> None:
        self._state = state
        self._network = state.network
        self._handsets = handsets
        self._errands = Errands(state, hooks, life)

    def receive(self, text: Text) -> str:
        """Take a text; its SID. Under the network's lock."""
        number = self._reachable(text)
        quirk = quirks.take(self._network, "inbound")
        message = self._state.messages.get(text.source_id)
        if message is None:
            message = self._received(text, number, quirk)
        self._announce(message, number, quirk)
        return message.sid

    def _reachable(self, text: Text) -> Number:
        number = self._state.numbers.get(channel(text.number)[1])
        if number is None:
            raise Undeliverable(f"{text.number or 'nobody'} is not one of our numbers")
        if not number.sms or number.kind == "alphanumeric" or (text.media and not number.mms):
            raise Undeliverable(f"{text.number} cannot receive this")
        if not text.text and not text.media:
            raise Undeliverable("there is nothing in this text")
        if len(text.text) > LONGEST or len(text.media) > MOST_MEDIA:
            raise Undeliverable(f"a text has at most {LONGEST} characters and {MOST_MEDIA} files")
        return number

    def _received(self, text: Text, number: Number, quirk: str) -> Message:
        message = self._made(text)
        self._handsets.types(message)
        if quirk == "missing part":
            message.parts = message.parts[1:] or [""]
            message.body, message.error_code = "".join(message.parts), MISSING_PART
        if quirk == "base64 text" and len(message.parts) > 1:
            message.body = b64encode(message.body.encode()).decode()
        if self._silent(number):
            del self._state.attached[message.sid]
        else:
            self._state.keep(message)
        self._react(message, number)
        return message

    def _made(self, text: Text) -> Message:
        sid = text.source_id or self._network.ids.sid("MM" if text.media else "SM")
        message = Message(sid, "inbound", text.number, text.phone, text.text, self._network.now())
        message.parts = split(text.text, graphemes=self._state.switches.graphemes)
        self._state.attached.setdefault(sid, [])
        for file in text.media:
            media = self._state.attach(sid, file.content_type, file.data)
            message.media_urls.append(self._url(media))
        message.become("received", self._network.now())
        return message

    def _react(self, message: Message, number: Number) -> None:
        """The carrier's opt-out."""
        match = self._match(message, number)
        pair = self._state.consent(message.phone, number.scope)
        if match is None or match.blocks is (pair in self._state.blocks):
            return
        if match.blocks:
            self._state.blocks.add(pair)
        elif match.blocks is False:
            self._state.blocks.discard(pair)
        told = partial(self._tell, message, match.answer)
        self._network.clock.later(0.0, told, lane=message.phone)

    def _match(self, message: Message, number: Number) -> Match | None:
        service = self._state.services.get(number.service)
        own = service.opt_out if service else None
        loosely = self._state.switches.opt_out_words == "punctuated"
        return matched(message.body, number.kind, own, loosely=loosely)

    def _tell(self, message: Message, answer: str) -> None:
        with self._network.lock:
            self._handsets.is_told(message.phone, message.number, answer)

    def _announce(self, message: Message, number: Number, quirk: str) -> None:
        held = self._way(number)
        if held.url:
            fallback = (held.fallback, held.fallback_method) if held.fallback else None
            params = self._params(message, number)
            self._errands.ask(Errand(message, held.url, params, held.method, fallback, quirk=quirk))

    def _way(self, number: Number) -> "Way":
        service = self._service(number)
        if service is None:
            return Way(number.sms_url, number.sms_method, number.sms_fallback_url, number.sms_fallback_method)
        return Way(*(str(service.settings[name] or "") for name in INBOUND))

    def _service(self, number: Number) -> Service | None:
        """The service that takes the number's texts, if one does."""
        service = self._state.services.get(number.service)
        return service if service and not service.settings["use_inbound_webhook_on_number"] else None

    def _silent(self, number: Number) -> bool:
        service = self._service(number)
        return service is not None and not service.settings["inbound_request_url"]

    def _params(self, message: Message, number: Number) -> Params:
        """What the webhook says (CAR-84 … CAR-92)."""
        files = self._state.media_of(message.sid)
        named: Params = []
        for place, media in enumerate(files):
            named.append((f"MediaContentType{place}", media.content_type))
            named.append((f"MediaUrl{place}", self._url(media)))
        return [
            *self._geography("To", message.number),
            *self._geography("From", message.phone),
            *((name, message.sid) for name in ("SmsMessageSid", "SmsSid", "MessageSid")),
            *([("MessagingServiceSid", number.service)] if number.service else []),
            *named,
            *self._marks(message, number),
            ("NumMedia", str(len(files))),
            ("SmsStatus", "received"),
            ("Body", message.body),
            ("To", message.number),
            ("From", message.phone),
            ("NumSegments", segments(message)),
            ("AccountSid", self._state.account),
            ("ApiVersion", VERSION),
        ]

    def _marks(self, message: Message, number: Number) -> Params:
        """The opt-out marker and what channels add (CAR-89, CAR-90)."""
        match, service = self._match(message, number), self._state.services.get(number.service)
        told = [("OptOutType", match.kind)] if match and service and service.opt_out else []
        named, bare = channel(message.phone)
        if named == "whatsapp":
            told += [("WaId", bare.removeprefix("+")), ("ProfileName", bare)]
        return told + ([("ChannelPrefix", named)] if named else [])

    def _geography(self, side: str, number: str) -> Params:
        country = [(f"{side}Country", region(channel(number)[1]))]
        if self._state.switches.geography == "absent":
            return [(name, value) for name, value in country if value]
        return [*((f"{side}{what}", "") for what in ("City", "State", "Zip")), *country]

    def _url(self, media: Media) -> str:
        return f"{self._network.base}/twilio{media_path(media)}"


@dataclass(frozen=True, slots=True)
class Way:
    """Where a text is taken, and where if that fails."""

    url: str
    method: str
    fallback: str
    fallback_method: str
