"""How this account and this carrier behave today, set by PUT /_sim/twilio.

Open questions have our default first (carrier.md section D); what costs time or refuses is off.
"""

from dataclasses import dataclass, field, fields

from simulator.web import Json

CHOICES: dict[str, tuple[object, ...]] = {
    "media_redirect": (307, 302),
    "geography": ("blank", "absent"),
    "opt_out_words": ("exact", "punctuated"),
    "signing_algorithm": ("HMAC_SHA256", "HMAC_SHA1"),
}


@dataclass(slots=True)
class Switches:
    """All of them."""

    rates: bool = False  # CAR-166: senders send at their pace and their queues fill
    queue_seconds: float = 36_000.0  # CAR-168
    concurrency: int = 0  # CAR-56: calls in flight; 0: no limit
    call_seconds: float = 0.1  # how long a call counts as in flight
    daily_cap: int = 0  # CAR-189: segments from local numbers a day, Pacific time; 0: no cap
    trial: bool = False  # CAR-179
    verified: list[str] = field(default_factory=list)  # whom a trial account may text
    unconfirmed: list[str] = field(default_factory=list)  # CAR-58
    suspended: bool = False  # CAR-60, CAR-389
    balance: str = "100.00"
    closed_regions: list[str] = field(default_factory=list)  # CAR-177
    review_seconds: float = 60.0  # from one state of a registration to the next
    attach_seconds: float = 300.0  # CAR-366: until the carriers know a number that joined a pool
    media_redirect: int = 307  # CAR-396
    media_seconds: float = 14_400.0
    geography: str = "blank"  # CAR-399
    graphemes: bool = False  # CAR-400
    opt_out_words: str = "exact"  # CAR-392
    late_opt_out: bool = False  # CAR-395: with a service, 21610 comes with the receipt
    signing_key: str = ""  # CAR-109: a shared key signs instead of the Auth Token
    signing_secret: str = ""
    signing_algorithm: str = "HMAC_SHA256"


def put(switches: Switches, wanted: Json) -> None:
    """Set the named ones, or none: raises ValueError for one that does not exist or cannot be so."""
    held = {each.name: getattr(switches, each.name) for each in fields(switches)}
    for name, value in wanted.items():
        if name not in held or not _fits(held[name], value) or value not in CHOICES.get(name, (value,)):
            raise ValueError(f"{name} cannot be {value!r}")
    for name, value in wanted.items():
        setattr(switches, name, value)


def _fits(held: object, value: object) -> bool:
    if isinstance(held, bool) or isinstance(value, bool):
        return isinstance(held, bool) and isinstance(value, bool)
    if isinstance(held, list):
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    if isinstance(held, int | float):
        wanted = (int, float) if isinstance(held, float) else int
        return isinstance(value, wanted) and 0 <= float(str(value)) < float("inf")
    return isinstance(value, str)
