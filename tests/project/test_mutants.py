"""The wrong bridges stay wrong: each change still fits the code it changes, each explained one, too."""

import tomllib
from pathlib import Path

import pytest

from tests.mutants.table import MUTANTS, Mutant

ROOT = Path(__file__).parents[2]
SURVIVORS = tomllib.loads((ROOT / "tests/mutants/survivors.toml").read_text())["survivor"]


@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.name for mutant in MUTANTS])
def test_a_mutant_still_fits(mutant: Mutant) -> None:
    """Its text stands exactly once in its file."""
    assert (ROOT / mutant.file).read_text().count(mutant.old) == 1


@pytest.mark.parametrize("row", SURVIVORS, ids=[row["new"] for row in SURVIVORS])
def test_a_survivor_still_fits(row: dict[str, str]) -> None:
    """Its function is there, with the line, and the change has a reason."""
    module, _, function = row["function"].partition(".")
    text = (ROOT / f"bridge/core/{module}.py").read_text()
    _, found, rest = text.partition(f"def {function}(")
    assert found
    assert " ".join(row["old"].split()) in " ".join(f"{found}{rest}".split())
    assert row["old"] != row["new"]
    assert row["why"]
