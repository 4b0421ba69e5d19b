"""Allure's results show scenarios as people wrote them and nothing private; its page tracks nobody."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from simulator.acceptance.reporting import allure_page
from simulator.acceptance.reporting.allure import as_csv
from simulator.acceptance.reporting.allure_page import NoPage, without_tracking
from simulator.acceptance.reporting.allure_results import CATEGORIES
from tests.project.pytest_run import ROOT, run

FEATURES = ("features/5_replying/one_message.feature", "features/3_handing_off/what_the_agent_sees.feature")
MUST, CHOICE = "[1] A reply just over one segment", "[4] Emoji make shorter segments"
OUTLINE = "[3] A customer found angry is tagged so"
BEND = "texts are cut at 40 letters"
WHOLE_PHONE = re.compile(r"(?:\+|%2B)\d{10,}")
LOADER = '<script async src="https://www.googletagmanager.com/gtag/js?id=G-X"></script>'
QUEUE = '<script>\n  window.dataLayer = window.dataLayer || [];\n  gtag("config", "G-X");\n</script>'


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a run on a bent line leaves; its verdicts go elsewhere than to reports/."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    folder = elsewhere / "allure"
    chosen = [where(FEATURES[0], MUST), where(FEATURES[0], CHOICE), where(FEATURES[1], "| angry   |")]
    aside = ("-c", "pyproject.toml", "--rootdir", str(elsewhere))
    ran = run(*aside, *chosen, "--bend", BEND, "--alluredir", str(folder))
    assert "2 failed, 1 passed" in ran.said, ran.said
    return folder


def where(feature: str, words: str) -> str:
    """The line with these words, as pytest takes it."""
    lines = (ROOT / feature).read_text().splitlines()
    return f"{feature}:{next(n for n, line in enumerate(lines, start=1) if words in line)}"


@pytest.fixture(scope="module")
def told(results: Path) -> dict[str, dict[str, Any]]:
    """Each result by its title."""
    found = [json.loads(path.read_text()) for path in results.glob("*-result.json")]
    return {each["name"]: each for each in found}


def labels(result: dict[str, Any], name: str) -> set[str]:
    return {each["value"] for each in result["labels"] if each["name"] == name}


@pytest.mark.parametrize(
    ("title", "severity", "verdict", "ids"),
    [
        (MUST, "critical", "failed", {"SEED-15", "OCX-SMS-20", "OCX-ZD-15"}),
        (CHOICE, "minor", "differs", {"OPEN-35", "SEED-16"}),
        (OUTLINE, "critical", "met", {"OCX-ZD-03", "OCX-HO-10"}),
    ],
)
def test_a_result_says_what_it_is_about(
    told: dict[str, dict[str, Any]], title: str, severity: str, verdict: str, ids: set[str]
) -> None:
    """Title, level, our verdict, requirements as tags."""
    result = told[title]
    assert result["status"] == ("passed" if verdict == "met" else "failed")
    assert labels(result, "severity") == {severity}
    assert labels(result, "verdict") == {verdict}
    assert ids <= labels(result, "tag")


def test_steps_carry_their_traffic(told: dict[str, dict[str, Any]], results: Path) -> None:
    """Each step as it was written, what it caused, and which of them failed."""
    steps = told[MUST]["steps"]
    assert [each["name"].split()[0] for each in steps] == ["Given", "When", "Then"]
    assert [each["status"] for each in steps] == ["passed", "passed", "failed"]
    (attached,) = steps[1]["attachments"]
    traffic = json.loads((results / attached["source"]).read_text())
    (sent,) = [each for each in traffic if each.get("operation") == "CreateMessage"]
    assert "characters›" in json.dumps(sent, ensure_ascii=False)


def test_columns_of_examples_are_parameters(told: dict[str, dict[str, Any]]) -> None:
    """One a column, with the plain word."""
    assert told[OUTLINE]["parameters"] == [{"name": "mood", "value": "angry"}]


def test_no_file_holds_a_whole_phone(results: Path) -> None:
    """Neither traffic, nor logs, nor what a failure says: that names a phone, by its last digits."""
    files = list(results.iterdir())
    assert [path.name for path in files if WHOLE_PHONE.search(path.read_text())] == []
    assert any("in …" in path.read_text() for path in files if path.name.endswith("-result.json"))


def test_each_failure_is_of_one_kind(told: dict[str, dict[str, Any]], results: Path) -> None:
    """By the word before what it says; the kinds and the bridge stand beside the results."""
    held = json.loads((results / "categories.json").read_text())
    kinds = {
        title: [each["name"] for each in held if re.match(each["messageRegex"], result_message(told[title]))]
        for title in (MUST, CHOICE)
    }
    assert kinds[CHOICE] == ["Our choice differs"]
    assert kinds[MUST][0] == "Documented behaviour failed"
    assert held == CATEGORIES
    assert "Bridge = Sunbridge, in process\n" in (results / "environment.properties").read_text()


def result_message(result: dict[str, Any]) -> str:
    return str(result["statusDetails"]["message"])


@pytest.mark.parametrize(
    ("page", "left"),
    [
        (f"<head>{LOADER}\n  {QUEUE}</head>", "<head></head>"),
        (f"{LOADER}{QUEUE}<script>ours()</script>", "<script>ours()</script>"),
        ("<script>ours()</script>", "<script>ours()</script>"),
    ],
)
def test_tracking_is_taken_out(page: str, left: str) -> None:
    """And nothing else."""
    assert without_tracking(page) == left


@pytest.mark.parametrize("page", [LOADER, LOADER.replace("async ", "defer ") + QUEUE])
def test_tracking_of_an_unknown_shape_makes_no_page(page: str) -> None:
    """Better none than one that tracks."""
    with pytest.raises(NoPage, match="in a way that is new"):
        without_tracking(page)


def test_without_node_one_line_says_what_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is no failure: our own pages do without."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert allure_page.main([str(tmp_path)]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("no node and no npm here")
    assert all(str(tmp_path / name) in line for name in ("matrix.html", "living.html", "failures.html"))


def test_a_table_may_hold_commas() -> None:
    """A cell stays a cell."""
    assert as_csv([["text", "to"], ["Hi, Maria", "Sales"]]) == 'text,to\n"Hi, Maria",Sales\n'
