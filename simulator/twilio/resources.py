"""What is registered with the carrier: Messaging Services, brands, campaigns, toll-free verifications."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

SETTINGS: Json = {  # CAR-172
    "inbound_request_url": None,
    "inbound_method": "POST",
    "fallback_url": None,
    "fallback_method": "POST",
    "status_callback": None,
    "sticky_sender": True,
    "mms_converter": False,
    "smart_encoding": False,
    "scan_message_content": "inherit",
    "fallback_to_long_code": False,
    "area_code_geomatch": False,
    "validity_period": 36_000,
    "synchronous_validation": False,
    "usecase": "undeclared",
    "use_inbound_webhook_on_number": True,
}
CAMPAIGN: Json = {  # CAR-183
    "description": "Answers to customers who text our support and sales numbers first.",
    "message_flow": "The customer texts a number printed on our web site and we answer.",
    "message_samples": ["Hello Maria, your parcel left today.", "Ada here, I am looking into it."],
    "us_app_to_person_usecase": "CUSTOMER_CARE",
    "has_embedded_links": True,
    "has_embedded_phone": False,
}


@dataclass(slots=True)
class Sender:
    """An alphanumeric or channel sender in a pool; the country only for one destination."""

    sid: str
    name: str
    at: float
    country: str = ""
    service: str = ""


@dataclass(slots=True)
class Filed:
    """What every filed resource has: it moves through states, and says why it failed."""

    sid: str
    status: str
    created: float
    updated: float
    facts: Json = field(default_factory=dict)
    errors: list[Json] = field(default_factory=list)


@dataclass(slots=True)
class Campaign(Filed):
    """An A2P campaign of one service."""

    service: str = ""
    brand: str = ""


@dataclass(slots=True)
class Brand(Filed):
    """A brand with its vettings."""

    identity: str = "UNVERIFIED"
    vettings: dict[str, Json] = field(default_factory=dict)


@dataclass(slots=True)
class Verification(Filed):
    """A toll-free number's verification."""

    number: str = ""


@dataclass(slots=True)
class Keywords:
    """Advanced Opt-Out of a service: own words and answers, per language (CAR-161)."""

    words: dict[str, list[str]] = field(default_factory=dict)  # STOP, START, HELP → words
    answers: dict[str, str] = field(default_factory=dict)  # STOP, START, HELP → answer
    languages: dict[str, dict[str, str]] = field(default_factory=dict)  # word → answers of its language


@dataclass(slots=True)
class Service:
    """A Messaging Service; `standing` is the registration it stands for if nobody created it."""

    sid: str
    friendly_name: str
    created: float
    updated: float
    settings: Json = field(default_factory=lambda: dict(SETTINGS))
    alphas: dict[str, Sender] = field(default_factory=dict)
    channels: dict[str, Sender] = field(default_factory=dict)
    destinations: dict[str, Sender] = field(default_factory=dict)
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    opt_out: Keywords | None = None
    standing: str = ""

    @property
    def campaign(self) -> Campaign | None:
        return next(iter(self.campaigns.values()), None)


@dataclass(slots=True)
class Review:
    """A script for the next filing of one kind."""

    resource: str
    statuses: list[str] = field(default_factory=list)
    errors: list[Json] = field(default_factory=list)
    delay: float | None = None
