"""Everything held about one phone: shown, or erased, rows and files alike."""

from dataclasses import dataclass
from typing import Any

from bridge.core import addresses
from bridge.journal.operations import Operations
from bridge.media import MediaStore

ELSEWHERE = "Zendesk, the carrier and the AI keep copies of their own: erase them there."
KEPT = "The opt-out or opt-in is kept, so that a STOP goes on being honoured; --consent-too removes it."


@dataclass(frozen=True, slots=True)
class Erasure:
    """What went, and what is to be known about it."""

    gone: dict[str, int]
    notes: tuple[str, ...]


def export(operations: Operations, store: MediaStore, phone: str) -> dict[str, Any]:
    """All of it; raises `Unusable` for what is no phone number."""
    held = operations.export(addresses.normalise(phone))
    return held | {"files": store.names_of([session["id"] for session in held["sessions"]])}


def erase(operations: Operations, store: MediaStore, phone: str, *, consent_too: bool = False) -> Erasure:
    """Remove it; raises `Unusable` for what is no phone number. Rows first: nobody adds a file after that."""
    gone, sessions = operations.erase(addresses.normalise(phone), consent_too=consent_too)
    files = store.forget_of(sessions)
    notes = (ELSEWHERE,) if consent_too else (KEPT, ELSEWHERE)
    return Erasure(gone | {"files": files}, notes)
