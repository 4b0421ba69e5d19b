"""What a caller wants sent, and the checks it must pass before a message exists.

The checks are two tables, in the order the carrier makes them: those that look at the draft `ALONE`, and
those that look at what is true `HERE`. Each returns a refusal or None (CAR-38 … CAR-55).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from urllib.parse import urlsplit

from simulator.twilio import errors
from simulator.twilio.registration import NORTH_AMERICA, fixed_line, phone_number, region
from simulator.twilio.state import State
from simulator.web import Refusal

LONGEST = 1600
LONGEST_WAIT = 36_000  # CAR-08
MOST_MEDIA = 10
SHORT_CODE = re.compile(r"\d{5,6}")
ALPHANUMERIC = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")  # CAR-176
HOST = re.compile(r"[A-Za-z0-9.-]+|[0-9a-fA-F:]+")


@dataclass(slots=True)
class Draft:
    """A message to be."""

    to: str
    sender: str = ""
    service: str = ""
    body: str = ""
    media_urls: list[str] = field(default_factory=list)
    callback: str = ""
    direction: str = "outbound-api"
    send_at: float | None = None
    validity: float = LONGEST_WAIT  # seconds it may wait in the carrier's queue

    @classmethod
    def of(cls, form: list[tuple[str, str]]) -> "Draft":
        """From the parameters of the create call (CAR-05); those it has no use for are ignored."""
        said = dict(form)
        return cls(
            to=phone_number(said.get("To", "")) or said.get("To", ""),
            sender=phone_number(said.get("From", "")) or said.get("From", ""),
            service=said.get("MessagingServiceSid", ""),
            body=said.get("Body", ""),
            media_urls=[value for name, value in form if name == "MediaUrl" and value],
            callback=said.get("StatusCallback", ""),
            validity=_validity(said.get("ValidityPeriod", "")),
            send_at=_moment(said.get("SendAt", "")) if said.get("ScheduleType") == "fixed" else None,
        )

    @property
    def kind(self) -> str:
        """What a picture makes of a text."""
        return "MMS" if self.media_urls else "SMS"


def _validity(text: str) -> float:
    """A whole number of seconds within the bounds (CAR-08)."""
    if not text:
        return LONGEST_WAIT
    if text.isascii() and text.isdigit() and 1 <= int(text) <= LONGEST_WAIT:
        return float(text)
    raise errors.refusal(20001, name="ValidityPeriod")


def _moment(text: str) -> float | None:
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        raise errors.refusal(20001, name="SendAt") from None


def check(draft: Draft, state: State) -> None:
    """Raise the first refusal that applies."""
    found = (rule(draft) for rule in ALONE)
    found_here = (rule(draft, state) for rule in HERE)
    for refusal in chain(found, found_here):
        if refusal is not None:
            raise refusal


def _has_addresses(draft: Draft) -> Refusal | None:
    if not draft.to:
        return errors.refusal(21604)
    return None if draft.sender or draft.service else errors.refusal(21603)


def _has_content(draft: Draft) -> Refusal | None:
    if not draft.body and not draft.media_urls:
        return errors.refusal(21602)
    length = max(len(draft.body), len(draft.body.encode("utf-16-le")) // 2)  # CAR-391
    return errors.refusal(21617) if length > LONGEST else None


def _has_good_urls(draft: Draft) -> Refusal | None:
    if draft.callback and not _is_url(draft.callback):
        return errors.refusal(21609, url=draft.callback)
    if len(draft.media_urls) > MOST_MEDIA:
        return errors.refusal(21623)
    bad = next((url for url in draft.media_urls if not _is_url(url)), None)
    return None if bad is None else errors.refusal(21620, url=bad)


def _has_recipient(draft: Draft) -> Refusal | None:
    if not phone_number(draft.to):
        return errors.refusal(21211, to=draft.to)
    if draft.to == draft.sender:
        return errors.refusal(21266, to=draft.to)
    return errors.refusal(21614, to=draft.to) if fixed_line(draft.to) else None


def _has_sender(draft: Draft, state: State) -> Refusal | None:
    if not draft.sender:
        return None
    shapes = (SHORT_CODE.fullmatch(draft.sender), ALPHANUMERIC.fullmatch(draft.sender))
    if not phone_number(draft.sender) and not any(shapes):
        return errors.refusal(21212, sender=draft.sender)
    owned = state.numbers.get(draft.sender)
    return None if owned and owned.sms else errors.refusal(21606, sender=draft.sender)


def _has_service(draft: Draft, state: State) -> Refusal | None:
    if not draft.service or state.members(draft.service):
        return None
    return errors.refusal(21705, service=draft.service)


def _has_route(draft: Draft, state: State) -> Refusal | None:
    owned = state.numbers.get(draft.sender)
    to_america = region(draft.to) in NORTH_AMERICA
    stuck = owned is not None and to_america and owned.kind in ("alphanumeric", "international")
    if draft.media_urls:
        stuck = stuck or not to_america or (owned is not None and not owned.mms)
    if not stuck:
        return None
    return errors.refusal(21612, to=draft.to, sender=draft.sender, kind=draft.kind)


def _has_consent(draft: Draft, state: State) -> Refusal | None:
    blocked = state.blocked(draft.to, draft.sender or draft.service)
    return errors.refusal(21610) if blocked else None


def _has_time(draft: Draft, state: State) -> Refusal | None:
    if draft.send_at is None:
        return None
    ahead = draft.send_at - state.network.now()
    good = draft.service and 15 * 60 <= ahead <= 35 * 86_400  # CAR-09
    return None if good else errors.refusal(20001, name="SendAt")


def _is_url(text: str) -> bool:
    try:
        split = urlsplit(text)
        host, _ = split.hostname or "", split.port
    except ValueError:
        return False
    return split.scheme in ("http", "https") and HOST.fullmatch(host) is not None


ALONE: tuple[Callable[[Draft], Refusal | None], ...] = (
    _has_addresses,
    _has_content,
    _has_good_urls,
    _has_recipient,
)
HERE: tuple[Callable[[Draft, State], Refusal | None], ...] = (
    _has_sender,
    _has_service,
    _has_time,
    _has_route,
    _has_consent,
)
