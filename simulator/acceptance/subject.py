"""The bridge under judgement, as little of it as a judge may know.

More that a subject may be able to do: `check` (examine the set-up), `settings` (start with a setting
changed), `die` (be killed and come back) and `status` (say what it has noticed); a scenario that needs one
which is missing is not applicable.
"""

from dataclasses import dataclass
from typing import Protocol

from simulator.acceptance.records import Records

Settings = dict[str, str]


class NotApplicable(Exception):
    """The subject lacks the ability a scenario needs."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a set-up check; `cause` and `fix` are empty when all is well."""

    step: str
    detail: str = ""
    cause: str = ""
    fix: str = ""

    @property
    def good(self) -> bool:
        return not self.cause

    @property
    def words(self) -> str:
        """Everything it says, for looking for a topic in."""
        return f"{self.step} {self.detail} {self.cause} {self.fix}"


class Subject(Protocol):
    """One bridge in one mode."""

    mode: str
    url: str
    abilities: frozenset[str]
    lives_on: bool  # whether it is the same bridge from scenario to scenario
    records: Records | None  # what its operator can do about data; None if nothing
    patience: float  # seconds a judge waits for something to appear; 0 where waiting cannot help

    def start(self, settings: Settings | None = None) -> None:
        """Be ready for a scenario, with these settings changed."""

    def deliver(self) -> None:
        """Let what people did just now arrive, and no more."""

    def settle(self) -> None:
        """Let everything run that is due now."""

    def die(self) -> None:
        """Die without warning and come back."""

    def check(self, settings: Settings) -> list[Finding]:
        """Examine the set-up as it would be with these settings changed."""

    def status(self) -> list[Finding]:
        """What the running bridge has noticed to be wrong."""

    def post(self, path: str, headers: dict[str, str], body: bytes) -> int | None:
        """Knock at one of its doors, as a stranger would; the status of the answer."""

    def close(self) -> None:
        """Stop for good."""
