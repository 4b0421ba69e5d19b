"""What customers' phones show: every bubble, joined and per part (CAR-347)."""

from typing import Any

from simulator.twilio.segments import split
from simulator.twilio.state import Message, Shown, State
from simulator.twilio.views import media_path


class Handsets:
    """The phones. Call under the network's lock."""

    def __init__(self, state: State) -> None:
        self._state = state

    def receives(self, message: Message) -> None:
        """A message from us appears."""
        held = self._state.media_of(message.sid)
        files = [(media.source, media.content_type, len(media.data)) for media in held]
        self._show(message.phone, self._bubble(message, "received", _files(files)))

    def types(self, message: Message) -> None:
        """Its owner sends a message to us."""
        base = self._state.network.base + "/twilio"
        held = self._state.media_of(message.sid)
        files = [(base + media_path(media), media.content_type, len(media.data)) for media in held]
        self._show(message.phone, self._bubble(message, "sent", _files(files)))

    def is_told(self, phone: str, number: str, text: str) -> None:
        """The carrier answers by itself."""
        at, sid = self._state.network.now(), self._state.network.ids.sid("SM")
        self._show(phone, Shown("received", number, text, split(text), [], sid, at, automatic=True))

    def screen(self, phone: str) -> list[dict[str, Any]]:
        """Everything on one phone, oldest first."""
        return [_view(phone, shown) for shown in self._state.screens.get(phone, [])]

    def _bubble(self, message: Message, direction: str, media: list[dict[str, Any]]) -> Shown:
        at = self._state.network.now()
        parts = list(message.parts)
        return Shown(direction, message.number, message.body, parts, media, message.sid, at, message=message)

    def _show(self, phone: str, shown: Shown) -> None:
        self._state.screens.setdefault(phone, []).append(shown)
        self._state.network.write("sms", "phone", **_facts(phone, shown))


def _files(files: list[tuple[str, str, int]]) -> list[dict[str, Any]]:
    return [{"url": url, "content_type": kind, "size": size} for url, kind, size in files]


def _facts(phone: str, shown: Shown) -> dict[str, Any]:
    """What stays as it is."""
    return {
        "direction": shown.direction,
        "phone": phone,
        "number": shown.number,
        "text": shown.text,
        "parts": shown.parts,
        "media": shown.media,
        "sid": shown.sid,
        "automatic": shown.automatic,
    }


def _view(phone: str, shown: Shown) -> dict[str, Any]:
    message = shown.message
    return {
        **_facts(phone, shown),
        "status": message.status if message else "delivered",
        "error_code": message.error_code if message else None,
        "at": shown.at,
    }
