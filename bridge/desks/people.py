"""What a desk wants to know about the people in the help-desk's own user list.

A messaging user and a Support user are two records (SUN-IDN-01). These are the words in which the one side
asks the other, so that neither needs to know how the other speaks to Zendesk.
"""

from dataclasses import dataclass, field
from typing import Protocol

from bridge.core.errors import BridgeError
from bridge.core.ports import Finding


@dataclass(frozen=True, slots=True)
class Person:
    """A Support user."""

    id: str
    name: str = ""
    external_id: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """The one Support user who is this customer, or why there is none."""

    person: Person | None = None
    reason: str = ""
    error: BridgeError | None = field(default=None, compare=False)  # it could not be asked; who can wait may


class People(Protocol):
    """The Support user list."""

    def match(self, phone: str, email: str = "", *, besides: str = "") -> Match:
        """Phone first, e-mail second and only if known (OCX-USR-02/03). Never raises."""

    def name_outside(self, person: Person, external_id: str) -> str:
        """Give a person an external id; returns the one that now holds, empty if refused. Never raises."""

    def merge(self, loser: str, winner: str) -> None:
        """Make two users one; a loser who is gone already is no error."""

    def check(self) -> tuple[Finding, ...]:
        """Examine the credentials."""
