"""What Twilio holds that we may not have heard: texts and receipts whose webhook got lost.

By default only a failed connection is tried again, once; a text that met an error of ours is not told again,
nor is a receipt (CAR-117). Events here have the ids they would have had by webhook.
"""

from collections.abc import Iterator
from typing import Any

from bridge.carriers.encoded_texts import readable
from bridge.carriers.twilio_account import Account, seconds
from bridge.core.model import Event, Media, ReceiptArrived, TextReceived
from bridge.heard import Heard
from bridge.http import Client

_MOST_PAGES = 20


def listed(account: Account, api: Client, **query: str) -> Iterator[dict[str, Any]]:
    """Messages that fit, newest first; the next page's address is relative to the host (CAR-28, CAR-29)."""
    answer = api.get("/Messages.json", PageSize="100", **query)
    for _ in range(_MOST_PAGES):
        yield from answer.get("messages") or ()
        following = answer.get("next_page_uri")
        if not following:
            return
        answer = api.get(account.api_url.rstrip("/") + str(following))


def texts(account: Account, api: Client, number: str, *, since: float, at: float) -> Heard:
    """Texts to a number of ours, created at or after `since`, oldest first."""
    found: list[tuple[str, Event]] = []
    for record in listed(account, api, To=number):
        if seconds(record.get("date_created")) < since:
            break
        if record.get("direction") == "inbound" and record.get("sid"):
            found.append((str(record["sid"]), _text(account, api, record, at)))
    return Heard(found[::-1])


def receipt(api: Client, source_id: str, attempt: str, at: float) -> ReceiptArrived:
    """What became of one message: for those that never reported an end (CAR-26)."""
    record = api.get(f"/Messages/{source_id}.json")
    code = record.get("error_code")
    return ReceiptArrived(at, source_id, attempt, str(record.get("status") or ""), str(code or ""))


def _text(account: Account, api: Client, record: dict[str, Any], at: float) -> TextReceived:
    return TextReceived(
        at=at,
        phone=str(record.get("from") or ""),
        number=str(record.get("to") or ""),
        text=readable(str(record.get("body") or "")),
        source_id=str(record["sid"]),
        media=_media(account, api, record),
        segments=max(1, _count(record.get("num_segments"))),
    )


def _media(account: Account, api: Client, record: dict[str, Any]) -> tuple[Media, ...]:
    """The files of a message; their metadata is one more call (CAR-143)."""
    if not _count(record.get("num_media")):
        return ()
    home = f"/Messages/{record['sid']}/Media"
    listing = api.get(f"{home}.json").get("media_list") or ()
    return tuple(
        Media(f"{account.api}{home}/{each.get('sid')}", str(each.get("content_type") or ""))
        for each in listing
    )


def _count(value: Any) -> int:
    return int(value) if str(value).isdigit() else 0
