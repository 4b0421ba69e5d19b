"""How messages and media look on the wire.

Facts: numbers are strings except `error_code` (CAR-15); dates are RFC 2822 in GMT (CAR-16); `from` is null
and `num_segments` "0" until a service has picked a sender (CAR-18); an MMS has one segment (CAR-19).
"""

from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import Any

from simulator import accounts
from simulator.twilio.errors import FAILURES
from simulator.twilio.state import Media, Message

VERSION = "2010-04-01"
ACCOUNT_PATH = f"/{VERSION}/Accounts/{accounts.TWILIO_ACCOUNT_SID}"


def rfc2822(at: float | None) -> str | None:
    return None if at is None else _second(int(at))


@lru_cache(1024)
def _second(at: int) -> str:
    """Messages are made and change many a second, and each is shown with three moments."""
    return format_datetime(datetime.fromtimestamp(at, UTC))


def iso(at: float) -> str:
    return datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def segments(message: Message) -> str:
    """`num_segments`: none before a sender is picked, one for an MMS."""
    if not message.number:
        return "0"
    return "1" if message.picture else str(len(message.parts))


def message_view(message: Message) -> dict[str, Any]:
    """The message resource (CAR-15)."""
    path = f"/{VERSION}/Accounts/{message.account}/Messages/{message.sid}"
    sender, to = (
        (message.phone, message.number) if message.inbound else (message.number or None, message.phone)
    )
    return {
        "account_sid": message.account,
        "api_version": VERSION,
        "body": message.body,
        "date_created": rfc2822(message.created),
        "date_sent": rfc2822(message.sent),
        "date_updated": rfc2822(message.updated or message.created),
        "direction": message.direction,
        "error_code": message.error_code,
        "error_message": FAILURES.get(message.error_code or 0),
        "from": sender,
        "messaging_service_sid": message.service or None,
        "num_media": str(len(message.media_urls)),
        "num_segments": segments(message),
        "price": message.price,
        "price_unit": "USD",
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": {"media": f"{path}/Media.json", "feedback": f"{path}/Feedback.json"},
        "to": to,
        "uri": f"{path}.json",
    }


def media_path(media: Media) -> str:
    """Where the bytes are asked for (CAR-139)."""
    return f"{ACCOUNT_PATH}/Messages/{media.parent}/Media/{media.sid}"


def media_view(media: Media) -> dict[str, Any]:
    """The media resource (CAR-143)."""
    return {
        "sid": media.sid,
        "account_sid": accounts.TWILIO_ACCOUNT_SID,
        "parent_sid": media.parent,
        "content_type": media.content_type,
        "date_created": rfc2822(media.at),
        "date_updated": rfc2822(media.at),
        "uri": f"{media_path(media)}.json",
    }
