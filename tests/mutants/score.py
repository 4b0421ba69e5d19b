"""What `make mutation` came to: how many of mutmut's small changes to bridge/core the unit tests notice.

    python -m tests.mutants.score      reads what mutmut left in mutants/, writes reports/mutation.md

mutmut changes one place of one function at a time: comparisons, arithmetic, and/or, not, True and False,
numbers, strings, arguments (None, or left out), assignments (None), conditional expressions. It does not
touch tables, patterns and the fields of dataclasses, which stand outside functions.

A survivor that no test can tell from the original is listed, with the reason, in survivors.toml. It still
counts as a survivor. The command ends with 1 if a module is below the floor, if a survivor is not explained,
or if an explanation fits no survivor any more.
"""

import json
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code

ROOT = Path(__file__).parents[2]
CORE = Path("bridge/core")
REASONS = Path(__file__).parent / "survivors.toml"
FLOOR = 90  # per cent
NOTICED = ("killed", "timeout")


@dataclass(frozen=True, slots=True)
class Change:
    """One place of one function, before and after."""

    function: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.function}: `{self.old}` → `{self.new}`"


@dataclass(frozen=True, slots=True)
class Module:
    """The verdict on each mutant of one module, by mutmut's name of it."""

    name: str
    verdicts: dict[str, str]

    @property
    def judged(self) -> int:
        """How many were tried, or could not be for want of a test."""
        return sum(verdict != "not checked" for verdict in self.verdicts.values())

    @property
    def killed(self) -> int:
        return sum(verdict in NOTICED for verdict in self.verdicts.values())

    @property
    def score(self) -> float:
        return 100 * self.killed / self.judged if self.judged else 0.0

    def survivors(self) -> Iterator[Change]:
        """What was tried and not noticed."""
        for mutant, verdict in self.verdicts.items():
            if verdict not in (*NOTICED, "not checked"):
                yield _change(mutant, CORE / f"{self.name}.py")


def modules(root: Path) -> list[Module]:
    """Every module that mutmut found something to change in."""
    found = []
    for path in sorted((root / "mutants" / CORE).glob("*.meta")):
        codes = json.loads(path.read_text())["exit_code_by_key"]
        verdicts = {mutant: status_by_exit_code[code] for mutant, code in codes.items()}
        found.append(Module(path.name.partition(".")[0], verdicts))
    return [each for each in found if each.judged]


def _change(mutant: str, path: Path) -> Change:
    lines = get_diff_for_mutant(mutant, path=path).splitlines()[2:]
    function = (
        mutant.removeprefix("bridge.core.").partition("__mutmut_")[0].replace(".x_", ".").replace("ǁ", ".")
    )
    return Change(function.replace(".x.", "."), _side(lines, "-"), _side(lines, "+"))


def _side(lines: list[str], sign: str) -> str:
    return " ".join(line[1:].strip() for line in lines if line.startswith(sign))


def explanations(text: str) -> dict[Change, str]:
    """Why a change cannot be noticed."""
    rows = tomllib.loads(text).get("survivor", [])
    return {Change(row["function"], row["old"], row["new"]): row["why"] for row in rows}


def as_markdown(judged: list[Module], why: dict[Change, str]) -> str:
    """A row for each module, then each survivor with its reason."""
    rows, told = [], []
    for module in judged:
        left = list(module.survivors())
        explained = sum(change in why for change in left)
        rows.append(
            f"| {module.name} | {module.judged} | {module.killed} | {explained} | {module.score:.1f} |"
        )
        told += [f"* {each}: {why.get(each, '**not explained**')}" for each in left]
    total, killed = sum(each.judged for each in judged), sum(each.killed for each in judged)
    rows.append(f"| **all** | {total} | {killed} | | {100 * killed / max(total, 1):.1f} |")
    head = "| module | changes | noticed | others, explained | score, % |\n|---|---|---|---|---|\n"
    return f"# Mutation score of bridge/core\n\n{head}" + "\n".join(
        [*rows, "", "## Survivors", "", *told, ""]
    )


def complaints(judged: list[Module], why: dict[Change, str]) -> list[str]:
    """What is to be mended."""
    left = [change for module in judged for change in module.survivors()]
    tried = {each.name for each in judged}
    low = [f"{each.name}: {each.score:.1f} % is below {FLOOR} %" for each in judged if each.score < FLOOR]
    bare = [f"{each}: not explained" for each in left if each not in why]
    stale = [
        f"{each}: explained, yet no survivor"
        for each in why
        if each not in left and each.function.partition(".")[0] in tried
    ]
    return low + bare + stale


def main() -> int:
    """Write the report and say what is to be mended."""
    judged, why = modules(ROOT), explanations(REASONS.read_text())
    report = ROOT / "reports" / "mutation.md"
    report.write_text(as_markdown(judged, why))
    print(report.read_text().partition("\n## ")[0])
    found = complaints(judged, why)
    print("\n".join(found) or f"All is well; {report.relative_to(ROOT)} has the survivors.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
