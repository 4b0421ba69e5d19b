"""Bridges that are wrong on purpose: the suite must fail each of them.

    python -m tests.mutants            every mutant, two at a time
    python -m tests.mutants STOP gate  those whose name contains a word

Each mutant is a copy of the project with one line changed; the features judge it in process, or the tests
it names, and stop at the first that fails. A mutant that survives is a hole in the suite: the command then
exits with 1.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.mutants.table import MUTANTS, Mutant

ROOT = Path(__file__).parents[2]
COPIED = ("bridge", "simulator", "features", "tests", "conftest.py", "pyproject.toml", "README.md")
PATIENCE = 600


def main(words: list[str]) -> int:
    """Judge the mutants named, print a table, count the survivors."""
    if failing := judge(None):
        print(f"the bridge itself is failed by {failing}: mend that first")
        return 2
    chosen = [mutant for mutant in MUTANTS if not words or any(word in mutant.name for word in words)]
    with ThreadPoolExecutor(2) as pool:
        survived = 0
        for mutant, caught_by in zip(chosen, pool.map(judge, chosen), strict=True):
            print(f"{mutant.name:40} {caught_by or 'SURVIVED'}", flush=True)
            survived += not caught_by
    return 1 if survived else 0


def judge(mutant: Mutant | None) -> str:
    """The first scenario that fails this mutant, or the bridge as it is; empty if none does."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name in COPIED:
            source = ROOT / name
            copy = shutil.copytree if source.is_dir() else shutil.copy
            copy(source, place / name)
        if mutant:
            mutant.apply(place)
        judges = mutant.judges if mutant else ("features",)
        command = [sys.executable, "-m", "pytest", *judges, "-x", "-q", "-p", "no:randomly", "--tb=no"]
        run = subprocess.run(
            command,
            cwd=place,
            env={**os.environ, "PYTHONPATH": str(place)},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    failed = re.search(r"^(?:FAILED|ERROR) (\S+)", run.stdout, re.MULTILINE)
    if failed is None and run.returncode not in (0, 1):
        raise SystemExit(
            f"{mutant and mutant.name}: the suite did not run\n{run.stdout[-2000:]}{run.stderr[-2000:]}"
        )
    return failed[1] if failed else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
