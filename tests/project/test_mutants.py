"""The wrong bridges stay wrong: each change still fits the code it changes, each explained one, too.

What is known to fail each stands in tests/mutants/CAUGHT.md: all of them, by tests that are there.
"""

import ast
import tomllib
from pathlib import Path

import pytest

from simulator.bends.table import EVERY
from tests.mutants import judging
from tests.mutants.__main__ import kind_of
from tests.mutants.page import KEPT, Row, as_markdown, read
from tests.mutants.table import MUTANTS, Mutant

ROOT = Path(__file__).parents[2]
SURVIVORS = tomllib.loads((ROOT / "tests/mutants/survivors.toml").read_text())["survivor"]
ROWS = read(KEPT.read_text())
SCENARIO = "features/5_replying/private.feature::test_1_a_note_is_never_sent"


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


# --- the page of what failed them ---


def test_the_page_has_each_wrong_bridge_once() -> None:
    """No other, none twice, none that survived."""
    wrong = [(kind_of(each), each.name) for each in (*MUTANTS, *EVERY)]
    assert sorted((row.kind, row.name) for row in ROWS) == sorted(wrong)
    assert [row.name for row in ROWS if not row.caught_by] == []


def test_the_page_is_as_it_would_be_written() -> None:
    """Its words and requirements are those of the features as they are."""
    assert as_markdown(ROWS) == KEPT.read_text()


@pytest.mark.parametrize("row", [row for row in ROWS if not row.scenario], ids=lambda row: row.name)
def test_what_fails_them_is_there(row: Row) -> None:
    """What is no scenario is a test of that name."""
    path, _, function = row.caught_by.partition("::")
    functions = [
        each for each in ast.parse((ROOT / path).read_text()).body if isinstance(each, ast.FunctionDef)
    ]
    assert function in [each.name for each in functions]


def test_a_page_is_read_as_it_was_written() -> None:
    rows = [
        Row("bend", "one", SCENARIO),
        Row("change", "one", ""),
        Row("change", "two", "tests/unit/test_receipts.py::test_x"),
    ]
    assert read(as_markdown(reversed(rows))) == rows


@pytest.mark.parametrize(
    ("known", "fails_by", "asked"),
    [
        ("", ["b"], [judging.FEATURES]),
        ("a", ["a"], [["a"]]),
        ("a", ["b"], [["a"], judging.FEATURES]),
        ("a", [], [["a"], judging.FEATURES]),
    ],
)
def test_what_is_known_goes_first(
    monkeypatch: pytest.MonkeyPatch, known: str, fails_by: list[str], asked: list[list[str]]
) -> None:
    """The others judge only where it fails no longer."""
    heard: list[list[str]] = []

    def first_failure(_wrong: object, tests: list[str]) -> str:
        heard.append(tests)
        return next((each for each in fails_by if each in tests or len(tests) > 1), "")

    monkeypatch.setattr(judging, "_first_failure", first_failure)
    assert judging.judge(EVERY[0], known) == "".join(fails_by)
    assert heard == asked
