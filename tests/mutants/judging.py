"""One wrong bridge before the suite: a copy of the project with the change, pytest, its first failure."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from simulator.acceptance.catalogue import Catalogue
from simulator.bends.table import Bend
from tests.mutants.table import MUTANTS, Mutant

ROOT = Path(__file__).parents[2]
CATALOGUE = Catalogue.read(ROOT / "features")
COPIED = ("bridge", "simulator", "features", "tests", "conftest.py", "pyproject.toml", "README.md")
FEATURES = list(
    dict.fromkeys(f"features/{each.path}" for each in CATALOGUE.scenarios)
)  # in the story's order
PATIENCE = 900
_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)

Wrong = Mutant | Bend


class DidNotRun(Exception):
    """The suite came to no verdict: it could not be loaded, say."""


def itself() -> str:
    """The first test that fails the bridge as it is; empty if none does."""
    used = dict.fromkeys(test for mutant in MUTANTS for test in mutant.judges if test != "features")
    return _first_failure(None, [*FEATURES, *used], "-n", "2")


def judge(wrong: Wrong, known: str) -> str:
    """The first test that fails it; what is known to do so goes first, the others only if it does not."""
    return (known and _first_failure(wrong, [known])) or _first_failure(wrong, _judges(wrong))


def _judges(wrong: Wrong) -> list[str]:
    named = wrong.judges if isinstance(wrong, Mutant) else ("features",)
    return FEATURES if named == ("features",) else list(named)


def _first_failure(wrong: Wrong | None, tests: Sequence[str], *options: str) -> str:
    bent = ("--bend", wrong.name) if isinstance(wrong, Bend) else ()
    with _copied(wrong) as place:
        run = _pytest(place, [*tests, *bent, *options])
    failed = _FAILED.search(run.stdout)
    if run.returncode not in (0, 1) or (failed and "::" not in failed[1]):
        name = wrong.name if wrong else "the bridge itself"
        raise DidNotRun(f"{name}: the suite did not run\n{run.stdout[-2000:]}{run.stderr[-2000:]}")
    return failed[1].partition("[")[0] if failed else ""


@contextmanager
def _copied(wrong: Wrong | None) -> Iterator[Path]:
    """The project with the change, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name in COPIED:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, place / name)
            else:
                shutil.copy(ROOT / name, place / name)
        if isinstance(wrong, Mutant):
            wrong.apply(place)
        yield place


def _pytest(place: Path, given: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", *given, "-x", "-q", "-p", "no:randomly", "--tb=no"],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(place)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
