"""What a caller wants sent, and the checks it must pass before a message exists.

The checks are two tables, in the order the carrier makes them: those that look at the draft `ALONE`, and
those that look at what is true `HERE`. Each returns a refusal or None (CAR-38 … CAR-58).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit

from simulator.twilio import errors
from simulator.twilio.forms import Form
from simulator.twilio.phones import (
    NORTH_AMERICA,
    address,
    channel,
    fixed_line,
    never_mobile,
    phone_number,
    region,
)
from simulator.twilio.state import State
from simulator.web import Refusal

LONGEST = 1600
LONGEST_WAIT = 36_000  # CAR-08
MOST_MEDIA = 10
SHORT_CODE = re.compile(r"\d{5,6}")
ALPHANUMERIC = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")  # CAR-176
HOST = re.compile(r"[A-Za-z0-9.-]+|[0-9a-fA-F:]+")
SERVICE = re.compile(r"MG[0-9a-f]{32}")
TRIED = (*NORTH_AMERICA, "GB")  # where landlines are tried, and fail late (CAR-64)
ENUMERATIONS = {  # CAR-06
    "ContentRetention": ("retain", "discard"),
    "AddressRetention": ("retain", "obfuscate"),
    "ScheduleType": ("fixed",),
    "RiskCheck": ("enable", "disable"),
    "TrafficType": ("free",),
}


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
    content: str = ""
    variables: str = ""
    smart: bool | None = None  # None: as the service says
    as_mms: bool = False
    discard: bool = False

    @classmethod
    def of(cls, form: list[tuple[str, str]]) -> "Draft":
        """From the parameters of the create call (CAR-05); those it has no use for are ignored."""
        said = Form(form)
        for name, choices in ENUMERATIONS.items():
            if said.has(name):
                said.choice(name, choices)
        return cls(
            to=address(said.text("To")) or said.text("To"),
            sender=address(said.text("From")) or said.text("From"),
            service=said.text("MessagingServiceSid"),
            body=said.text("Body"),
            media_urls=[url for url in said.every("MediaUrl") if url],
            callback=said.text("StatusCallback"),
            validity=float(said.whole("ValidityPeriod", 1, LONGEST_WAIT, LONGEST_WAIT)),
            send_at=said.moment("SendAt") if said.text("ScheduleType") == "fixed" else None,
            content=said.text("ContentSid"),
            variables=said.text("ContentVariables"),
            smart=said.flag("SmartEncoded") if said.has("SmartEncoded") else None,
            as_mms=said.flag("SendAsMms"),
            discard=said.text("ContentRetention") == "discard",
        )

    @property
    def kind(self) -> str:
        """What a picture makes of a text."""
        return "MMS" if self.media_urls or self.as_mms else "SMS"


def check(draft: Draft, state: State) -> None:
    """Raise the first refusal that applies."""
    for alone in ALONE:
        if (refusal := alone(draft)) is not None:
            raise refusal
    for here in HERE:
        if (refusal := here(draft, state)) is not None:
            raise refusal


def _has_addresses(draft: Draft) -> Refusal | None:
    if not draft.to:
        return errors.refusal(21604)
    return None if draft.sender or draft.service else errors.refusal(21603)


def _has_content(draft: Draft) -> Refusal | None:
    if not draft.body and not draft.media_urls:
        return errors.refusal(21602)
    return errors.refusal(21617) if _units(draft.body) > LONGEST else None


def _units(text: str) -> int:
    """Its length in UTF-16 (CAR-391)."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _has_good_urls(draft: Draft) -> Refusal | None:
    if draft.callback and not is_url(draft.callback):
        return errors.refusal(21609, url=draft.callback)
    if len(draft.media_urls) > MOST_MEDIA:
        return errors.refusal(21623)
    bad = next((url for url in draft.media_urls if not is_url(url)), None)
    return None if bad is None else errors.refusal(21620, url=bad)


def _has_recipient(draft: Draft) -> Refusal | None:
    if not address(draft.to):
        return errors.refusal(21211, to=draft.to)
    if draft.to == draft.sender:
        return errors.refusal(21266, to=draft.to)
    if never_mobile(draft.to):
        return errors.refusal(21614, to=draft.to)
    refused = fixed_line(draft.to) and region(draft.to) not in TRIED
    return errors.refusal(21635, to=draft.to) if refused else None


def _has_sender(draft: Draft, state: State) -> Refusal | None:
    if not draft.sender:
        return None
    bare = channel(draft.sender)[1]
    if not (phone_number(bare) or SHORT_CODE.fullmatch(bare) or ALPHANUMERIC.fullmatch(bare)):
        return errors.refusal(21212, sender=draft.sender)
    owned = state.numbers.get(bare)
    return None if owned and owned.sms else errors.refusal(21606, sender=draft.sender)


def _has_service(draft: Draft, state: State) -> Refusal | None:
    if not draft.service:
        return None
    if not SERVICE.fullmatch(draft.service):
        return errors.refusal(21705, service=draft.service)
    service = state.services.get(draft.service)
    if service is None:
        return errors.refusal(21701, service=draft.service)
    members = state.members(draft.service)
    if not members and not service.alphas:
        return errors.refusal(21704)
    able = draft.sender or region(draft.to) not in NORTH_AMERICA or any(map(reaches_america, members))
    return None if able else errors.refusal(21703, to=draft.to)


def _has_account(draft: Draft, state: State) -> Refusal | None:
    switches = state.switches
    if draft.to in switches.unconfirmed:
        return errors.refusal(572005, to=draft.to)
    if switches.trial and draft.to not in switches.verified:
        return errors.refusal(21608, to=draft.to)
    closed = region(draft.to) in switches.closed_regions
    return errors.refusal(21408, to=draft.to) if closed else None


def _has_route(draft: Draft, state: State) -> Refusal | None:
    owned = state.numbers.get(draft.sender)
    to_america = region(draft.to) in NORTH_AMERICA
    stuck = owned is not None and to_america and not reaches_america(owned)
    if draft.media_urls and not channel(draft.to)[0]:
        stuck = stuck or not to_america or (owned is not None and not owned.mms)
    if not stuck:
        return None
    return errors.refusal(21612, to=draft.to, sender=draft.sender, kind=draft.kind)


def _has_consent(draft: Draft, state: State) -> Refusal | None:
    if draft.service and not draft.sender and state.switches.late_opt_out:
        return None
    return errors.refusal(21610) if state.blocked(draft.to, draft.sender or draft.service) else None


def _has_time(draft: Draft, state: State) -> Refusal | None:
    if draft.send_at is None:
        return None
    ahead = draft.send_at - state.network.now()
    good = draft.service and 15 * 60 <= ahead <= 35 * 86_400  # CAR-09
    return None if good else errors.refusal(20001, name="SendAt")


def reaches_america(owned: object) -> bool:
    """Whether such a sender may text North America (CAR-176, CAR-178)."""
    return getattr(owned, "kind", "") not in ("alphanumeric", "international")


@lru_cache(1024)
def is_url(text: str) -> bool:
    """An address that can be called: http, a host without underscores (CAR-10)."""
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
    _has_account,
    _has_time,
    _has_route,
    _has_consent,
)
