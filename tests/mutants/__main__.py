"""Bridges that are wrong on purpose: the suite must fail each of them.

    python -m tests.mutants            every mutant, two at a time; writes reports/mutants.md
    python -m tests.mutants STOP gate  those whose name contains a word

There are two kinds. A *change* is a copy of the project with one line changed. A *bend* leaves the bridge as
it is and bends the line to it (simulator/bends), so that any bridge can be made wrong so. The features judge
it in process, or the tests it names, and stop at the first that fails. A mutant that survives is a hole in
the suite: the command then exits with 1.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from simulator.acceptance.catalogue import Catalogue, Scenario
from simulator.acceptance.plugin import python_name
from simulator.bends.table import EVERY, Bend
from tests.mutants.table import MUTANTS, Mutant

ROOT = Path(__file__).parents[2]
COPIED = ("bridge", "simulator", "features", "tests", "conftest.py", "pyproject.toml", "README.md")
PATIENCE = 900
SURVIVED = "SURVIVED"
CATALOGUE = Catalogue.read(ROOT / "features")


@dataclass(frozen=True, slots=True)
class Judged:
    """A mutant and the first test that failed it; empty if none did."""

    mutant: Mutant | Bend
    caught_by: str

    @property
    def kind(self) -> str:
        return "bend" if isinstance(self.mutant, Bend) else "change"

    @property
    def scenario(self) -> Scenario | None:
        """The scenario behind the test, if it is one."""
        path, _, function = self.caught_by.partition("::")
        mine = (each for each in CATALOGUE.scenarios if path == f"features/{each.path}")
        return next((each for each in mine if python_name(each.name) == function.partition("[")[0]), None)

    @property
    def told(self) -> str:
        """Where it was caught, in words."""
        found = self.scenario
        return f"{found.feature} {found.name}" if found else self.caught_by or SURVIVED


def main(words: list[str]) -> int:
    """Judge the mutants named, print a table, count the survivors."""
    if failing := judge(None):
        print(f"the bridge itself is failed by {failing}: mend that first")
        return 2
    chosen = [each for each in (*MUTANTS, *EVERY) if not words or any(word in each.name for word in words)]
    found = list(judged(chosen))
    if not words:
        (ROOT / "reports" / "mutants.md").write_text(as_markdown(found))
    return 1 if any(not each.caught_by for each in found) else 0


def judged(mutants: list[Mutant | Bend]) -> Iterator[Judged]:
    """Each with what caught it, told as it is found."""
    with ThreadPoolExecutor(2) as pool:
        for mutant, caught_by in zip(mutants, pool.map(judge, mutants), strict=True):
            found = Judged(mutant, caught_by)
            print(f"{found.kind:6}  {mutant.name:44}  {found.told}", flush=True)
            yield found


def as_markdown(found: Iterable[Judged]) -> str:
    """The table of all."""
    rows = [
        f"| {each.mutant.name} | {each.kind} | {each.told} | {_ids(each.scenario)} |"
        for each in sorted(found, key=lambda each: (each.kind, each.mutant.name))
    ]
    caught = sum(SURVIVED not in row for row in rows)
    head = "| wrong bridge | how it is made | failed first by | requirements |\n|---|---|---|---|\n"
    return (
        f"# Wrong bridges\n\n{caught} of {len(rows)} are failed by the suite.\n\n{head}"
        + "\n".join(rows)
        + "\n"
    )


def _ids(scenario: Scenario | None) -> str:
    return " ".join(sorted(scenario.ids)) if scenario else ""


def judge(mutant: Mutant | Bend | None) -> str:
    """The first scenario that fails this mutant, or the bridge as it is; empty if none does."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name in COPIED:
            source = ROOT / name
            copy = shutil.copytree if source.is_dir() else shutil.copy
            copy(source, place / name)
        if isinstance(mutant, Mutant):
            mutant.apply(place)
        run = _run(place, _judges(mutant))
    failed = re.search(r"^(?:FAILED|ERROR) (\S+::\S+|\S+)", run.stdout, re.MULTILINE)
    if failed is None and run.returncode not in (0, 1):
        name = mutant.name if mutant else "the bridge itself"
        raise SystemExit(f"{name}: the suite did not run\n{run.stdout[-2000:]}{run.stderr[-2000:]}")
    return failed[1] if failed else ""


def _judges(mutant: Mutant | Bend | None) -> list[str]:
    if isinstance(mutant, Bend):
        return ["features", "--bend", mutant.name]
    return list(mutant.judges) if mutant else ["features"]


def _run(place: Path, judges: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", *judges, "-x", "-q", "-p", "no:randomly", "--tb=no"],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(place)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
