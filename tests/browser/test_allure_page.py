"""Allure's page, made and opened from disk: it asks nobody for anything."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from simulator.acceptance.reporting.allure_page import TRACKER, NoPage, build, installed, missing
from simulator.acceptance.reporting.allure_results import CATEGORIES, describe

KINDS = {name: str(kind["name"]) for name, kind in zip(("bad", "other", "torn"), CATEGORIES, strict=True)}


@pytest.fixture
def allure() -> Path:
    """Allure's command, installed once below .venv; in CI it must be."""
    try:
        assert not missing(), f"not here: {missing()}"
        return installed()
    except (AssertionError, NoPage) as trouble:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"Allure cannot be had: {trouble}")


def result(name: str, status: str, message: str = "") -> dict[str, Any]:
    """What a run leaves of a scenario."""
    return {
        "uuid": name,
        "name": name,
        "fullName": name,
        "status": status,
        "statusDetails": {"message": message},
        "labels": [{"name": "feature", "value": "A reply is one message"}],
        "start": 1000,
        "stop": 2000,
    }


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """One scenario that passed, and one of each kind of failure."""
    folder = tmp_path / "allure"
    folder.mkdir()
    for each in (
        result("good", "passed"),
        result("bad", "failed", "failed: AssertionError: no text\nat all"),
        result("other", "failed", "differs: AssertionError: two texts"),
        result("torn", "broken", "failed: KeyError: 'x'"),
    ):
        (folder / f"{each['uuid']}-result.json").write_text(json.dumps(each))
    describe(folder, "A bridge")
    return folder


@pytest.mark.timeout(300)
def test_the_page_asks_nobody(browser: Browser, allure: Path, results: Path) -> None:
    """It shows the feature and the kind of each failure, and nothing but the file is read."""
    made = results.parent / "allure.html"
    build(allure, results, made)
    assert TRACKER not in made.read_text()
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(made.as_uri())
    page.get_by_text("A reply is one message").first.wait_for()
    for name, kind in KINDS.items():
        page.get_by_text(name, exact=True).first.click()
        page.get_by_text(kind).first.wait_for()
        page.go_back()
    assert asked
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    page.close()
