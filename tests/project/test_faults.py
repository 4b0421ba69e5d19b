"""The table of faults (tests/FAULTS.md) is whole: every id has tests, and they exist."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
GROUPS = {"C": 7, "I": 9, "O": 10, "D": 8, "S": 4, "T": 5, "R": 6, "X": 6}
IDS = [f"FT-{group}{number}" for group, count in GROUPS.items() for number in range(1, count + 1)]
ROW = re.compile(r"^\| (FT-[A-Z]\d+) \| .+? \| (SQLite|PostgreSQL|both|–) \| (.+) \|$", re.MULTILINE)
ROWS = {row[1]: row for row in ROW.finditer((TESTS / "FAULTS.md").read_text())}
ON_BOTH = ("FT-C1", "FT-C2", "FT-C5", "FT-C7", "FT-I1", "FT-O5", "FT-O9")  # crashes and concurrency
POSTGRES = re.compile(r"postgres|either|lasting|ring|book|engine")


@cache
def functions(path: str) -> dict[str, str]:
    """The tests of a file, each as it is written, with what stands above it."""
    text = (TESTS / path).read_text()
    defined = [each for each in ast.parse(text).body if isinstance(each, ast.FunctionDef)]
    return {each.name: ast.get_source_segment(text, each) or "" for each in defined}


def shown_by(fault: str) -> list[tuple[str, str]]:
    """The tests of a row: file and function."""
    return re.findall(r"`([\w/.]+)::(test_\w+)`", ROWS[fault][3])


def test_every_fault_has_a_row() -> None:
    """In order, once each, and none that is not known."""
    assert list(ROWS) == IDS


@pytest.mark.parametrize("fault", IDS)
def test_its_tests_exist(fault: str) -> None:
    """A test that was renamed or deleted leaves the row wrong."""
    named = shown_by(fault)
    assert named
    assert [(path, name) for path, name in named if name not in functions(path)] == []


@pytest.mark.parametrize("fault", ON_BOTH)
def test_crashes_and_concurrency_run_on_postgresql(fault: str) -> None:
    """At least one test of the row takes a server, by itself or by its fixture."""
    assert ROWS[fault][2] in ("both", "PostgreSQL")
    assert any(POSTGRES.search(functions(path)[name].partition(":\n")[0]) for path, name in shown_by(fault))


def test_no_test_speaks_of_a_fault_that_is_none() -> None:
    """A mistyped id would be looked for in vain."""
    told = {
        found
        for path in TESTS.rglob("*.py")
        if path != Path(__file__)
        for found in re.findall(r"FT-[A-Y]\d+", path.read_text())
    }
    assert {each for each in told if not each.startswith("FT-M")} <= set(IDS)
