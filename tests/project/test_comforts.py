"""What QA asks of pytest: by line, with steps, the vocabulary, the check."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from simulator.acceptance.catalogue import Catalogue, Scenario, Step, at_line
from simulator.acceptance.phrases import Phrases
from tests.project.pytest_run import run

ROOT = Path(__file__).parents[2]
FEATURE = "features/6_compliance_and_consent/opting_out.feature"
CATALOGUE = Catalogue.read(ROOT / "features")


def test_a_scenario_is_run_by_its_line_and_shows_its_steps() -> None:
    """`-v` prints each step under the scenario, whichever of its lines was named, on several cores, too."""
    alone = next(each for each in CATALOGUE.scenarios if FEATURE.endswith(each.path) and not each.examples)
    lines = (ROOT / FEATURE).read_text().splitlines()
    line = next(n for n, words in enumerate(lines, 1) if alone.name in words)
    ran = run(f"{FEATURE}:{line + 1}", "-v", "-n", "1")
    assert ran.status == 0
    assert "1 passed" in ran.said
    assert all(f"✓ {step.keyword} {step.text}" in ran.said for step in alone.steps)


def test_one_example_is_run_by_its_line() -> None:
    """A row of the examples is one test."""
    outline = next(each for each in CATALOGUE.scenarios if FEATURE.endswith(each.path) and each.examples)
    cell = next(iter(outline.examples[-1].values()))
    text = (ROOT / FEATURE).read_text().splitlines()
    rows = [n for n, line in enumerate(text, 1) if line.strip().startswith(f"| {cell} ")]
    assert at_line(ROOT / FEATURE, rows[-1]) == (outline.name, outline.examples[-1])


def test_a_line_before_any_scenario_is_an_error() -> None:
    """It says which line of which file."""
    with pytest.raises(LookupError, match=r"opting_out\.feature: no scenario stands at line 1"):
        at_line(ROOT / FEATURE, 1)


def test_steps_prints_the_vocabulary() -> None:
    """Every phrase with an example; nothing is run."""
    ran = run("--steps")
    assert ran.status == 0
    assert '{customer:Name} texts "{text:Words}"\n          Maria texts' in ran.said


def test_check_of_the_project() -> None:
    """Nothing is wrong, and the command says so."""
    ran = run("--bdd-check")
    assert (ran.status, "no name stands twice" in ran.said) == (0, True)


def undefined(scenario: Scenario) -> tuple[Scenario, ...]:
    return (replace(scenario, steps=(*scenario.steps, Step("when", "When", "pigs fly"))),)


def twins(scenario: Scenario) -> tuple[Scenario, ...]:
    return scenario, scenario


@pytest.mark.parametrize(("spoil", "said"), [(undefined, "undefined: "), (twins, "twins: ")])
def test_check_names_what_is_wrong(spoil: Callable[[Scenario], tuple[Scenario, ...]], said: str) -> None:
    """A line nobody defined, and two scenarios of one name."""
    spoilt = tuple(new for each in CATALOGUE.scenarios[:1] for new in spoil(each))
    problems = Phrases(replace(CATALOGUE, scenarios=(*spoilt, *CATALOGUE.scenarios[1:]))).problems()
    assert [each for each in problems if each.startswith(said)] == problems != []


def test_check_names_unused_and_ambiguous_phrases(monkeypatch: pytest.MonkeyPatch) -> None:
    """A definition nobody uses, and a line that two definitions match."""
    phrases = Phrases(replace(CATALOGUE, scenarios=CATALOGUE.scenarios[:1]))
    assert any(each.startswith("unused: ") for each in phrases.problems())
    twice = [each for each in phrases.definitions for _ in range(2)]
    monkeypatch.setitem(phrases.__dict__, "definitions", twice)
    assert any(each.startswith("ambiguous: ") for each in phrases.problems())
