"""What became of each scenario, over all of its examples and all repetitions."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from simulator.acceptance.catalogue import Scenario
from simulator.acceptance.grading import GOOD, NOT_TESTED, graded, worst

FLAKY = "flaky"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run of one example of a scenario."""

    scenario: str
    outcome: str  # passed, failed, skipped or untested
    example: dict[str, str] = field(default_factory=dict)
    repetition: int = 1
    reason: str = ""
    kind: str = ""  # of the step that failed
    seconds: float = 0.0
    exchange: dict[str, Any] | None = None


@dataclass(frozen=True)
class Result:
    """A scenario with all its outcomes."""

    scenario: Scenario
    outcomes: tuple[Outcome, ...]

    @cached_property
    def by_repetition(self) -> list[str]:
        """The verdict of each repetition."""
        found: dict[int, list[str]] = defaultdict(list)
        for each in self.outcomes:
            found[each.repetition].append(self._verdict(each))
        return [worst(found[number]) for number in sorted(found)]

    def _verdict(self, each: Outcome) -> str:
        if each.outcome == "untested":
            return NOT_TESTED
        return graded(self.scenario.level, each.outcome, each.kind)

    @cached_property
    def verdict(self) -> str:
        return worst(self.by_repetition)

    @property
    def flaky(self) -> bool:
        """Whether repetitions disagree: a finding of its own. One that was not reached says nothing."""
        return len(set(self.by_repetition) - {NOT_TESTED}) > 1

    @property
    def good(self) -> bool:
        return self.verdict in GOOD and not self.flaky

    @cached_property
    def decisive(self) -> Outcome | None:
        """The outcome that gave the verdict."""
        return next((each for each in self.outcomes if self._verdict(each) == self.verdict), None)

    @property
    def reason(self) -> str:
        return self.decisive.reason if self.decisive else ""

    @property
    def seconds(self) -> float:
        return sum(each.seconds for each in self.outcomes)


def gathered(scenarios: Iterable[Scenario], outcomes: Iterable[Outcome]) -> list[Result]:
    """A result for each scenario, in their order."""
    found: dict[str, list[Outcome]] = defaultdict(list)
    for each in outcomes:
        found[each.scenario].append(each)
    return [Result(scenario, tuple(found[scenario.key])) for scenario in scenarios]
