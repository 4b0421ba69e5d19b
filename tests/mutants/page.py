"""The page of wrong bridges: written by a run, kept in the tree, read by the next one as what is known."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from simulator.acceptance.catalogue import Scenario
from simulator.acceptance.plugin import python_name
from tests.mutants.judging import CATALOGUE

KEPT = Path(__file__).parent / "CAUGHT.md"
SURVIVED = "SURVIVED"
HEAD = """# Wrong bridges

{caught} of {all} are failed by the suite. A *change* is a line of ours replaced (`tests/mutants/table.py`), a
*bend* makes any bridge wrong on its line to the simulators (`simulator/bends/table.py`). Made by
`python -m tests.mutants`.

"Failed first by" is the first scenario to fail it in the order of the chapters; `--in-order` finds it.
Without that word a wrong bridge is judged by the scenario that stands here, and by all in order only if that
one no longer fails. So each row was true in the last run, and the first in the last run in order. What an
outsider sees only under bad luck is judged by tests; they stand here by their path.

| wrong bridge | how it is made | failed first by | requirements |
|---|---|---|---|
"""
_ROW = re.compile(
    r"^\| (?P<name>.+?) \| (?P<kind>change|bend) \| (?P<told>.+?) \| (?P<ids>.*?) ?\|$", re.MULTILINE
)


@dataclass(frozen=True, slots=True, order=True)
class Row:
    """A wrong bridge and the first test that failed it; empty if none did."""

    kind: str
    name: str
    caught_by: str

    @property
    def scenario(self) -> Scenario | None:
        """The scenario behind the test, if it is one."""
        return next((each for each in CATALOGUE.scenarios if _test_of(each) == self.caught_by), None)

    @property
    def told(self) -> str:
        """Where it was caught, in words."""
        found = self.scenario
        return _title(found) if found else self.caught_by or SURVIVED

    def __str__(self) -> str:
        ids = " ".join(sorted(self.scenario.ids)) if self.scenario else ""
        return f"| {self.name} | {self.kind} | {self.told} | {ids} |"


def as_markdown(rows: Iterable[Row]) -> str:
    """The page."""
    held = sorted(rows)
    head = HEAD.format(caught=sum(bool(row.caught_by) for row in held), all=len(held))
    return head + "".join(f"{row}\n" for row in held)


def read(text: str) -> list[Row]:
    """The rows of a page; a scenario that is gone reads as none."""
    tests = {_title(each): _test_of(each) for each in CATALOGUE.scenarios}
    return [
        Row(found["kind"], found["name"], tests.get(told := found["told"], told if "::" in told else ""))
        for found in _ROW.finditer(text)
    ]


def _title(scenario: Scenario) -> str:
    return f"{scenario.feature} {scenario.name}"


def _test_of(scenario: Scenario) -> str:
    return f"features/{scenario.path}::{python_name(scenario.name)}"
