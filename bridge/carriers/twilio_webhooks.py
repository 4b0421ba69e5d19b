"""What Twilio's webhooks say, as events. Pure: a verified form in, an event out.

Facts:
  * Unknown values come as blanks, not as absent names (CAR-86); unknown names may come any time (CAR-90).
  * `SmsSid` and `SmsStatus` repeat `MessageSid` and `MessageStatus` (CAR-85, CAR-130).
  * Media are numbered from 0, in order; a picture without words has an empty body (CAR-87, CAR-88).
  * `OptOutType` is there only with Advanced Opt-Out (CAR-89).
  * A long text may come as base64 (`encoded_texts`).
  * Addresses stay as they came: letters and short codes are possible senders (CAR-94).
"""

from collections.abc import Mapping

from bridge.carriers.encoded_texts import readable
from bridge.core.model import Media, ReceiptArrived, TextReceived

Form = Mapping[str, str]
MOST_MEDIA = 50  # ten today; only a bound
MOST_DIGITS = 10  # of a count; Python itself reads no number of thousands


class Malformed(ValueError):
    """The form is authentic and yet lacks what an event needs."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def text_received(form: Form, at: float) -> TextReceived:
    """A customer's text or picture."""
    return TextReceived(
        at=at,
        phone=_needed(form, "From"),
        number=_needed(form, "To"),
        text=readable(form.get("Body", "")),
        source_id=_needed(form, "MessageSid", "SmsMessageSid", "SmsSid"),
        media=_media(form),
        segments=max(1, _count(form, "NumSegments")),
        opt_out_type=form.get("OptOutType", "").upper(),
    )


def receipt(form: Form, attempt: str, at: float) -> ReceiptArrived:
    """What became of a message we sent; `attempt` is from the address Twilio called."""
    return ReceiptArrived(
        at=at,
        source_id=_needed(form, "MessageSid", "SmsSid"),
        attempt=attempt,
        status=_needed(form, "MessageStatus", "SmsStatus").lower(),
        error_code=form.get("ErrorCode", ""),
    )


def _media(form: Form) -> tuple[Media, ...]:
    places = range(min(_count(form, "NumMedia"), MOST_MEDIA))
    found = ((form.get(f"MediaUrl{n}", ""), form.get(f"MediaContentType{n}", "")) for n in places)
    return tuple(Media(url, content_type) for url, content_type in found if url)


def _needed(form: Form, *names: str) -> str:
    for name in names:
        if value := form.get(name, "").strip():
            return value
    raise Malformed(f"{names[0]} is missing")


def _count(form: Form, name: str) -> int:
    value = form.get(name, "").strip()
    if value and not (value.isascii() and value.isdigit() and len(value) < MOST_DIGITS):
        raise Malformed(f"{name} is not a number")
    return int(value or 0)
