"""The bridge under judgement, as little of it as a judge may know.

Two of them: `Process` (a bridge behind a port) and any class that a manifest names as its `subject`.
"""

from dataclasses import dataclass
from typing import Protocol

from simulator.acceptance.records import Records
from simulator.acceptance.sim import Json, Sim

Settings = dict[str, str]
SHORT = 1.0  # seconds
IN_VAIN = 3  # times in a row


class NotApplicable(Exception):
    """The subject lacks the ability a scenario needs."""


class Patience:
    """How long to wait for what should happen; who keeps us waiting in vain is waited for less."""

    def __init__(self, seconds: float) -> None:
        self.full = seconds
        self._in_vain = 0

    @property
    def seconds(self) -> float:
        return self.full if self._in_vain < IN_VAIN else min(self.full, SHORT)

    def rewarded(self) -> None:
        self._in_vain = 0

    def disappointed(self) -> None:
        self._in_vain += 1


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


def noticed(status: Json) -> list[Finding]:
    """What a status page names as wrong."""
    return [Finding(each["step"], cause=each["cause"], fix=each["fix"]) for each in status["silent"]]


class Subject(Protocol):
    """One bridge in one mode, with the simulators it talks to."""

    url: str
    lives_on: bool  # whether it is the same bridge from scenario to scenario
    follows: bool  # whether its time is the simulators'
    records: Records | None  # what its operator can do about data; None if nothing
    patience: Patience  # none where waiting cannot help

    @property
    def sim(self) -> Sim:
        """The control surface of its simulators."""

    def start(self, settings: Settings | None = None) -> None:
        """Be ready for a scenario, with these settings changed."""

    def deliver(self) -> None:
        """Let what people did just now arrive, and no more."""

    def settle(self) -> None:
        """Let everything run that is due now."""

    def trouble(self) -> str:
        """Why nothing more can be expected of it; empty while it lives."""

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
