"""Reports tell the truth and nothing personal."""

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest

from simulator import accounts
from simulator.acceptance.catalogue import Catalogue, Requirement, Scenario
from simulator.acceptance.grading import of_requirement
from simulator.acceptance.reporting import badge, verdicts
from simulator.acceptance.reporting.redaction import redacted

MUST = Requirement("X-01", "Something <b>holds</b>.", "must", "")
CHOICE = Requirement("X-02", "Something of ours holds.", "choice", "")
UNTESTED = Requirement("X-03", "Something else holds.", "must", "not tested: nobody can see it")


def scenario(name: str, *tags: str) -> Scenario:
    return Scenario("1_x/x.feature", "X", name, frozenset(tags), ())


ONE = scenario("[1] one", "must", "X-01")
TWO = scenario("[2] two", "must", "X-01", "X-02")
CATALOGUE = Catalogue({row.id: row for row in (MUST, CHOICE, UNTESTED)}, (ONE, TWO))
BEGAN = "2026-11-25T12:00:00+00:00"
SCENARIOS = {"ONE": ONE, "TWO": TWO}
SMS = {
    "n": 3,
    "kind": "sms",
    "system": "phone",
    "direction": "sent",
    "text": "‹5 characters›",
    "phone": "…01",
}
CALL = {
    "n": 4,
    "kind": "request",
    "system": "sunshine",
    "operation": "PostMessage",
    "status": None,
    "ended": "hang",
    "fault": "accept then hang",
}
EXCHANGE = {
    "kind": "then",
    "expected": "Then Ada sees <it>",
    "seen": "nothing",
    "steps": [
        {"step": "When Maria texts", "traffic": [SMS, CALL]},
        {"step": "Then Ada sees <it>", "traffic": []},
    ],
}


def said(**found: str) -> dict[str, Any]:
    """Verdicts by scenario; what failed has an exchange."""
    return {
        SCENARIOS[name].key: verdicts.record(verdict, exchange=EXCHANGE if verdict == "failed" else None)
        for name, verdict in found.items()
    }


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
    verdicts.write(tmp_path, CATALOGUE, "in-process", said(ONE="met", TWO="met"), BEGAN)
    verdicts.write(tmp_path, CATALOGUE, "http", said(ONE="failed", TWO="met"), BEGAN)
    table = (tmp_path / "requirements.md").read_text()
    assert "| id | behaviour | level | in-process | http | scenarios |" in table
    assert "| must | met | failed |" in table


def test_a_run_of_a_part_renews_only_that_part(tmp_path: Path) -> None:
    """Results of scenarios that did not run stay; those of scenarios that are gone go."""
    verdicts.write(
        tmp_path, CATALOGUE, "http", said(ONE="failed", TWO="met") | {"gone": verdicts.record("met")}, BEGAN
    )
    verdicts.write(tmp_path, CATALOGUE, "http", said(ONE="met"), BEGAN)
    assert (tmp_path / "results-http.json").read_text().count('"met"') == 2
    assert "failed" not in (tmp_path / "requirements.md").read_text()


def test_pages_escape_and_ask_nobody(tmp_path: Path) -> None:
    """Behaviours are text, and no page needs anything but itself and its siblings."""
    verdicts.write(tmp_path, CATALOGUE, "http", said(ONE="failed"), BEGAN)
    pages = {path.name: path.read_text() for path in tmp_path.iterdir() if path.suffix in (".html", ".svg")}
    assert sorted(pages) == ["badge.svg", "failures.html", "living.html", "matrix.html"]
    assert "Something &lt;b&gt;holds" in pages["matrix.html"]
    assert "nobody can see it" in pages["matrix.html"]
    wanting = r"""(?:src|href|url\()\s*=?\s*["']?(?!data:|#|matrix|living|failures)\w"""
    assert {name: re.findall(wanting, content) for name, content in pages.items()} == {
        key: [] for key in pages
    }


def test_a_failure_is_drawn_with_its_fault(tmp_path: Path) -> None:
    """Who told whom, which step failed, and where the fault was planted."""
    verdicts.write(tmp_path, CATALOGUE, "http", said(ONE="failed", TWO="met"), BEGAN)
    page = (tmp_path / "failures.html").read_text()
    (drawing,) = re.findall(r"<svg class=.diagram.*?</svg>", page)
    assert all(f">{name}</text>" in drawing for name in ("Phone", "Carrier", "Bridge", "AI", "Zendesk"))
    assert "PostMessage → hang ⚡ accept then hang" in drawing
    assert re.search(r"class='band failed'[^>]*>Then Ada sees &lt;it&gt;<", drawing)
    assert "✗ nothing" in drawing


def test_history_names_what_changed(tmp_path: Path) -> None:
    """The second run says which requirement has another verdict now."""
    verdicts.write(tmp_path, CATALOGUE, "http", said(ONE="met", TWO="met"), BEGAN)
    verdicts.write(tmp_path, CATALOGUE, "http", said(ONE="failed"), BEGAN)
    runs = json.loads((tmp_path / "history.json").read_text())["runs"]
    assert [run["changed"] for run in runs] == [[], [{"id": "X-01", "before": "met", "now": "failed"}]]


def test_junit_counts_failures_and_what_did_not_run(tmp_path: Path) -> None:
    """A CI server shows the same."""
    verdicts.write(tmp_path, CATALOGUE, "http", said(ONE="failed"), BEGAN)
    (suite,) = Xml.fromstring((tmp_path / "junit-http.xml").read_text())
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("2", "1", "1")


@pytest.mark.parametrize(
    ("found", "words", "colour"),
    [
        (["met", "met", "not tested"], "2 of 2 met", badge.GREEN),
        (["met", "failed"], "1 of 2 met", badge.RED),
        (["met", "not run"], "1 of 2 met", badge.AMBER),
        ([], "0 of 0 met", badge.AMBER),
    ],
)
def test_badge(found: list[str], words: str, colour: str) -> None:
    """Green only if all that can be judged is met."""
    drawing = badge.drawn(found)
    assert words in drawing
    assert colour in drawing


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
