"""The open questions of Sunshine, each with the default we take, set by PUT /_sim/zendesk.

Sources: section (c) of the Sunshine digest; the names of its rows stand beside each switch.
"""

from dataclasses import dataclass, fields

from simulator.web import Json

CHOICES = {
    "default_responder": ("bot", "agents", "none"),
    "key_scope": ("app", "integration"),
    "metadata_patch": ("merge", "replace"),
    "ticket_closed": ("release", "pass", "silent"),
    "passing": ("moves", "fails", "silent"),
    "passing_empty": ("waits", "fails"),
    "merge_wins": ("discarded", "surviving"),
}


@dataclass(slots=True)
class Switches:
    """How this account and this platform behave today."""

    multi_conversations: bool = True  # SUN-CON-07
    default_responder: str = "bot"  # Q-09; none: the switchboard is disabled
    private_attachments: bool = False  # SUN-ATT-05
    key_scope: str = "app"  # SUN-AUT-05
    webhook_registered: bool = True
    metadata_patch: str = "merge"
    event_subtypes: bool = True
    ticket_closed: str = "release"
    passing: str = "moves"  # F-18, F-19
    passing_delay: float = 0.0  # SUN-SWB-10
    passing_empty: str = "waits"
    merge_wins: str = "discarded"
    disable_conversation_reopen: bool = False
    mask_credit_cards: bool = True  # SUN-MSG-24


def set_switches(switches: object, wanted: Json) -> None:
    """Set the named switches; raises ValueError for one that does not exist or cannot hold the value."""
    for name, value in wanted.items():
        _check(name, getattr(switches, name, None), value)
    for name, value in wanted.items():
        setattr(switches, name, value)


def _check(name: str, held: object, value: object) -> None:
    number = isinstance(held, float) and isinstance(value, int | float) and not isinstance(value, bool)
    if not number and type(held) is not type(value):
        raise ValueError(f"{name!r} cannot be {value!r}")
    if value not in CHOICES.get(name, (value,)):
        raise ValueError(f"{name} must be one of {', '.join(CHOICES[name])}")


def names(switches: type) -> set[str]:
    return {each.name for each in fields(switches)}
