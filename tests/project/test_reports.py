"""Reports tell the truth and nothing personal."""

import re
from pathlib import Path

import pytest

from simulator import accounts
from simulator.acceptance.catalogue import Catalogue, Requirement, Scenario
from simulator.acceptance.grading import of_requirement
from simulator.acceptance.reporting import matrix, verdicts
from simulator.acceptance.reporting.redaction import redacted

MUST = Requirement("X-01", "Something <b>holds</b>.", "must", "")
CHOICE = Requirement("X-02", "Something of ours holds.", "choice", "")
UNTESTED = Requirement("X-03", "Something else holds.", "must", "not tested: nobody can see it")


def scenario(name: str, *tags: str) -> Scenario:
    return Scenario("1_x/x.feature", "X", name, frozenset(tags), ())


ONE = scenario("[1] one", "must", "X-01")
TWO = scenario("[2] two", "must", "X-01", "X-02")
CATALOGUE = Catalogue({row.id: row for row in (MUST, CHOICE, UNTESTED)}, (ONE, TWO))


@pytest.mark.parametrize(
    ("requirement", "outcomes", "expected"),
    [
        (MUST, ["met", "met"], "met"),
        (MUST, ["met", "failed"], "failed"),
        (MUST, ["failed", None], "failed"),
        (MUST, ["met", None], "not run"),
        (MUST, ["not applicable", "not applicable"], "not applicable"),
        (MUST, ["met", "not applicable"], "met"),
        (CHOICE, ["our choice met"], "our choice met"),
        (CHOICE, ["failed"], "failed"),
        (CHOICE, ["our choice met", "differs"], "differs"),
        (MUST, ["met", "differs"], "met"),
        (MUST, ["differs"], "differs"),
        (UNTESTED, [], "not tested"),
    ],
)
def test_verdict(requirement: Requirement, outcomes: list[str | None], expected: str) -> None:
    """One failure fails a requirement; only what ran can meet it."""
    assert of_requirement(requirement.level, outcomes) == expected


def test_a_second_mode_adds_a_column(tmp_path: Path) -> None:
    """A run in another mode keeps what the first one found."""
    verdicts.write(tmp_path, CATALOGUE, "in-process", {ONE.key: "met", TWO.key: "met"})
    verdicts.write(tmp_path, CATALOGUE, "http", {ONE.key: "failed", TWO.key: "met"})
    table = (tmp_path / "requirements.md").read_text()
    assert "| id | behaviour | level | in-process | http | scenarios |" in table
    assert "| must | met | failed |" in table


def test_a_run_of_a_part_renews_only_that_part(tmp_path: Path) -> None:
    """Results of scenarios that did not run stay; those of scenarios that are gone go."""
    verdicts.write(tmp_path, CATALOGUE, "http", {ONE.key: "failed", TWO.key: "met", "gone": "met"})
    verdicts.write(tmp_path, CATALOGUE, "http", {ONE.key: "met"})
    assert (tmp_path / "results-http.json").read_text().count('"met"') == 2
    assert "failed" not in (tmp_path / "requirements.md").read_text()


def test_the_page_escapes_and_asks_nobody() -> None:
    """Behaviours are text, and the page needs nothing but itself."""
    page = matrix.as_page(matrix.rows(CATALOGUE, {"http": {ONE.key: "failed"}}), ["http"])
    assert "Something &lt;b&gt;holds" in page
    assert "nobody can see it" in page
    assert not re.findall(r"""(?:src|href|url\()\s*=?\s*["']?(?!data:|#)\w+:""", page)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"From": "+14155550101"}, {"From": "…01"}),
        ({"query": "PhoneNumber=%2B14155550101&x=1"}, {"query": "PhoneNumber=…01&x=1"}),
        ({"path": "/users/+14155550101/x"}, {"path": "/users/…01/x"}),
        ({"Body": "My card is 1234"}, {"Body": "‹15 characters›"}),
        ({"events": [{"text": "Hello"}]}, {"events": [{"text": "‹5 characters›"}]}),
        ({"headers": {"X-API-Key": "abc"}}, {"headers": {"X-API-Key": "…"}}),
        ({"headers": {"X-Twilio-Signature": "abc"}}, {"headers": {"X-Twilio-Signature": "…"}}),
        ({"note": f"key {accounts.SUNSHINE_SECRET}!"}, {"note": "key …!"}),
        ({"sid": "SM5a17b21d6e0000000000000000000001"}, {"sid": "SM5a17b21d6e0000000000000000000001"}),
        ({"status": 200, "none": None}, {"status": 200, "none": None}),
    ],
)  # fmt: skip
def test_redaction(value: object, expected: object) -> None:
    """Phones keep two digits, texts their length, secrets nothing; ids stay."""
    assert redacted(value) == expected
