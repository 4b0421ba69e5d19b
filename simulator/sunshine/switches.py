"""The open questions of Sunshine, each with the default we take, set by PUT /_sim/zendesk.

Sources: section (c) of the Sunshine digest; the names of its rows stand beside each switch.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

from simulator.web import Json

CHOICES: dict[str, Sequence[object]] = {
    "default_responder": ("bot", "agents", "none"),
    "key_scope": ("app", "integration"),
    "metadata_patch": ("merge", "replace"),
    "ticket_closed": ("release", "pass", "silent", "stays"),
    "passing": ("moves", "fails", "silent"),
    "passing_empty": ("waits", "fails"),
    "merge_wins": ("discarded", "surviving"),
    "merged_user": ("gone", "redirected"),
    "merge_answer": ("empty", "user"),
    "oversize": (413, 400),
    "unknown_keys": ("ignored", "refused"),
    "stranger_writes": ("bad_request", "user_not_found"),
    "text_units": ("utf16", "characters", "bytes"),
    "metadata_units": ("bytes", "characters"),
    "second_conversation": (400, 403, 409),
    "deleted_messages": ("gone", "placeholder"),
    "wildcard": ("refused", "all"),
    "batch": range(1, 51),
}


@dataclass(slots=True)
class Switches:
    """How this account and this platform behave today."""

    multi_conversations: bool = True  # SUN-CON-07
    default_responder: str = "bot"  # Q-09; none: the switchboard is disabled
    private_attachments: bool = False  # SUN-ATT-05
    attachment_linger: float = 900.0  # SUN-ATT-08
    key_scope: str = "app"  # SUN-AUT-05
    webhook_registered: bool = True
    web_widget: bool = False  # an SDK integration configured in Admin Center
    most_apps: int = 10  # the plan's limit, for 402
    metadata_patch: str = "merge"
    oversize: int = 413
    unknown_keys: str = "ignored"
    stranger_writes: str = "bad_request"
    text_units: str = "utf16"
    metadata_units: str = "bytes"
    second_conversation: int = 400
    event_subtypes: bool = True
    ticket_closed: str = "release"  # Q-16, SUN-TKT-17
    passing: str = "moves"  # F-18, F-19
    passing_delay: float = 0.0  # SUN-SWB-10
    passing_empty: str = "waits"
    retry_pace: float = 1.0  # times 30 s, 2 min, 5 min, 7½ min
    batch: int = 1  # events a delivery
    batch_seconds: float = 1.0  # how long a batch waits to be full
    merge_answer: str = "empty"
    merge_wins: str = "discarded"
    merged_user: str = "gone"
    disable_conversation_reopen: bool = False
    deleted_messages: str = "gone"  # SUN-MSG-19
    wildcard: str = "refused"
    mask_credit_cards: bool = True  # SUN-MSG-24


def set_switches(switches: object, wanted: Json) -> None:
    """Set the named switches; raises ValueError for one that does not exist or cannot hold the value."""
    unknown = [name for name in wanted if not hasattr(switches, name)]
    if unknown:
        raise ValueError(f"there is no switch {unknown[0]!r}")
    for name, value in wanted.items():
        _check(name, getattr(switches, name, None), value)
    for name, value in wanted.items():
        setattr(switches, name, value)


def _check(name: str, held: object, value: object) -> None:
    number = isinstance(held, float) and isinstance(value, int | float) and not isinstance(value, bool)
    if not number and type(held) is not type(value):
        raise ValueError(f"{name!r} cannot be {value!r}")
    choices = CHOICES.get(name)
    if choices is not None and value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(str, choices))}")


def names(switches: type) -> set[str]:
    return {each.name for each in fields(switches)}
