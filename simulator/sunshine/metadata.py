"""Metadata: flat, 4096 bytes (SUN-CNV-14), and what Agent Workspace reads out of it.

Facts:
  * Values are strings, numbers or booleans; the measure is UTF-8 bytes of compact JSON (Q-07).
  * A PATCH merges at top level and null deletes a key (Q-01, switchable).
  * `dataCapture.systemField.<name>` and `dataCapture.ticketField.<id>` are taken into the ticket from the
    conversation and from passControl: tags are united, otherwise passControl wins (SUN-TKT-08/11, Q-13).
  * Tags are separated by commas or blanks, lower-cased, without repetition (SUN-TKT-09, Q-14).
"""

import json
import math
from dataclasses import dataclass

from simulator.sunshine import errors
from simulator.sunshine.switches import Switches
from simulator.support.tickets import clean_tags
from simulator.web import Json

LIMIT = 4096
SYSTEM = "dataCapture.systemField."
FIELD = "dataCapture.ticketField."
FIRST_MESSAGE = "first_message_id"


def flat(wanted: object, *, nulls: bool = False) -> Json:
    """Metadata as given, refused if it is not flat."""
    if not isinstance(wanted, dict):
        raise errors.bad("metadata should be object")
    for name, value in wanted.items():
        number = isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value))
        if not number and not (nulls and value is None):
            raise errors.bad(f"metadata.{name} should be string, number or boolean")
    return wanted


def checked(wanted: object, units: str = "bytes") -> Json:
    """Metadata as given, refused if it is not flat or too large."""
    return within_limit(flat(wanted), units)


def within_limit(metadata: Json, units: str = "bytes") -> Json:
    if size(metadata, units) > LIMIT:
        raise errors.bad(f"Metadata is limited to {LIMIT} bytes in size.")
    return metadata


def size(metadata: Json, units: str = "bytes") -> int:
    """Of compact JSON (Q-07)."""
    text = json.dumps(metadata, ensure_ascii=False, separators=(",", ":"))
    return len(text.encode()) if units == "bytes" else len(text)


def patched(held: Json, wanted: object, switches: Switches) -> Json:
    """The metadata after a PATCH (Q-01)."""
    changes = {} if wanted is None else flat(wanted, nulls=True)
    united = changes if switches.metadata_patch == "replace" else {**held, **changes}
    kept = {name: value for name, value in united.items() if value is not None}
    return within_limit(kept, switches.metadata_units)


@dataclass(frozen=True, slots=True)
class TicketData:
    """What a ticket is born with."""

    tags: list[str]
    fields: Json
    system: Json


def ticket_data(conversation: Json, passed: Json) -> TicketData:
    """Conversation metadata and passControl metadata, united."""
    both = {**conversation, **passed}
    tags = clean_tags(source.get(f"{SYSTEM}tags", "") for source in (conversation, passed))
    return TicketData(tags, _below(both, FIELD), _below(both, SYSTEM, leave_out="tags"))


def _below(metadata: Json, prefix: str, *, leave_out: str = "") -> Json:
    found = {k.removeprefix(prefix): v for k, v in metadata.items() if k.startswith(prefix)}
    found.pop(leave_out, None)
    return found
