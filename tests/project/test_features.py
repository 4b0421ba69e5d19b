"""The features keep their own rules (style-models 2.10, reliability FT-M4…M6)."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from simulator.acceptance.catalogue import LEVELS, Catalogue, Scenario
from simulator.acceptance.phrases import Phrases
from simulator.acceptance.vocabulary import as_markdown

ROOT = Path(__file__).parents[2]
CATALOGUE = Catalogue.read(ROOT / "features")
CLOSING = "nothing else is sent to anyone"
MOST_STEPS = 7
NOT_IN_FEATURES = {
    "an address": r"https?://|/webhooks|/_sim",
    "JSON": r'[{\[]"|":',
    "a status code": r"(?<!\d)(?:200|201|4\d\d|5\d\d)(?!\d| letters| letter)",
    "an id": r"\b(?:SM|MM|AC)[0-9a-f]{6,}|\b[0-9a-f]{24}\b|_id\b",
}
ALL = pytest.mark.parametrize("scenario", CATALOGUE.scenarios, ids=lambda scenario: scenario.key)


@ALL
def test_name_is_a_number_and_a_sentence(scenario: Scenario) -> None:
    """A scenario is named [n] and a sentence."""
    assert re.match(r"\[\d+\] .{8,}", scenario.name)


def test_names_are_unique_and_numbered_in_order() -> None:
    """Equal names silently replace each other, so there are none, and numbers run from one."""
    for path in {scenario.path for scenario in CATALOGUE.scenarios}:
        numbers = [int(each.name[1:].split("]")[0]) for each in CATALOGUE.scenarios if each.path == path]
        assert numbers == list(range(1, len(numbers) + 1)), path


@ALL
def test_shape(scenario: Scenario) -> None:
    """At most seven steps, one When, and the last step closes the world."""
    assert len(scenario.steps) <= MOST_STEPS
    assert [step.keyword for step in scenario.steps].count("When") == 1
    assert scenario.steps[-1].text == CLOSING
    assert scenario.steps[-1].kind == "then"


@ALL
def test_tags(scenario: Scenario) -> None:
    """A scenario has one level and at least one id, all of them in the register."""
    assert len(scenario.tags & set(LEVELS)) == 1
    assert scenario.ids
    assert scenario.ids <= CATALOGUE.requirements.keys()


def test_must_is_what_the_documents_say() -> None:
    """A scenario is @must only if it judges at least one documented row."""
    musts = [scenario for scenario in CATALOGUE.scenarios if scenario.level == "must"]
    levels = {each.key: {CATALOGUE.requirements[row].level for row in each.ids} for each in musts}
    assert [key for key, found in levels.items() if "must" not in found] == []


@ALL
def test_plain_words(scenario: Scenario) -> None:
    """No addresses, JSON, status codes or ids stand in a feature."""
    text = "\n".join((scenario.name, *(step.text for step in scenario.steps)))
    found = {what: match[0] for what, odd in NOT_IN_FEATURES.items() if (match := re.search(odd, text))}
    assert not found


def test_every_requirement_is_judged_or_says_why_not() -> None:
    """A row has scenarios or a reason, never both and never neither."""
    judged = CATALOGUE.by_id
    odd = [row.id for row in CATALOGUE.requirements.values() if bool(row.reason) == (row.id in judged)]
    assert not odd


def test_every_statement_of_the_seed_page_has_a_scenario() -> None:
    """SEED-01 to SEED-21 are all judged, whatever else is not."""
    assert [each for n in range(1, 22) if not CATALOGUE.by_id.get(each := f"SEED-{n:02d}")] == []


def test_register_has_every_documented_id() -> None:
    """No id is missing from the middle of a family, and none stands there twice."""
    text = (ROOT / "features" / "REQUIREMENTS.md").read_text()
    ids = re.findall(r"^\| ((?:SEED|OCX-\w+|OPEN)-\d+) ", text, re.MULTILINE)
    families = Counter(each.rpartition("-")[0] for each in ids)
    assert len(ids) == len(set(ids))
    assert families == {
        "SEED": 21,
        "OPEN": 50,
        "OCX-NUM": 10,
        "OCX-SMS": 29,
        "OCX-CMP": 8,
        "OCX-LIF": 16,
        "OCX-AP": 11,
        "OCX-HO": 17,
        "OCX-SUN": 23,
        "OCX-ZD": 24,
        "OCX-USR": 8,
        "OCX-TRB": 19,
    }


def test_nothing_is_undefined_ambiguous_unused_or_twice() -> None:
    """What `pytest --bdd-check` looks for."""
    assert Phrases(CATALOGUE).problems() == []


def test_vocabulary_lists_every_phrase() -> None:
    """VOCABULARY.md is exactly the list of phrases, each with an example from a feature."""

    assert (ROOT / "features" / "VOCABULARY.md").read_text() == as_markdown(CATALOGUE)


def test_steps_are_short() -> None:
    """A step is one to four statements and calls an actor; longer ones belong to actors."""
    for path in (ROOT / "simulator" / "acceptance" / "steps").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name == "_":
                count = sum(isinstance(each, ast.stmt) for each in ast.walk(node)) - 1
                assert count <= 5, f"{path.name}:{node.lineno} has {count} statements"


def test_collected_items_are_all_scenarios(request: pytest.FixtureRequest) -> None:
    """What pytest collects is what the Gherkin parser counts (FT-M4)."""
    session = request.session
    for path in sorted({scenario.path for scenario in CATALOGUE.scenarios}):
        file = ROOT / "features" / path
        (module,) = session.ihook.pytest_collect_file(file_path=file, parent=session)
        collected = len(list(session.genitems(module)))
        assert collected == sum(each.runs for each in CATALOGUE.scenarios if each.path == path), path
