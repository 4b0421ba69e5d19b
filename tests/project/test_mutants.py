"""The wrong bridges stay wrong: each change still fits the code it changes."""

from pathlib import Path

import pytest

from tests.mutants.table import MUTANTS, Mutant

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.name for mutant in MUTANTS])
def test_a_mutant_still_fits(mutant: Mutant) -> None:
    """Its text stands exactly once in its file."""
    assert (ROOT / mutant.file).read_text().count(mutant.old) == 1
