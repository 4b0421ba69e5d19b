"""The pages of a run, opened from disk: nothing is asked of anybody, nothing is complained of, all fits."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from simulator.acceptance.reporting import verdicts
from simulator.acceptance.reporting.chrome import PAGES
from tests.project.test_reports import BEGAN, CATALOGUE, said

WIDE, NARROW = 1400, 400


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a run with a failure leaves."""
    made = tmp_path_factory.mktemp("reports")
    verdicts.write(made, CATALOGUE, "http", said(ONE="failed", TWO="met"), BEGAN)
    return made


@pytest.fixture
def page(browser: Browser) -> Page:
    return browser.new_page()


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_works_from_disk(page: Page, folder: Path, name: str, width: int) -> None:
    """No message on the console, no request but for the file, no scrolling sideways."""
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.set_viewport_size({"width": width, "height": 900})
    page.goto((folder / name).as_uri())
    assert complaints == []
    assert all(each.startswith(("file:", "data:")) for each in asked)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_the_diagram_of_a_failure_is_legible(page: Page, folder: Path) -> None:
    """Letters are not shrunk, and the arrow with the fault is in another colour."""
    page.set_viewport_size({"width": WIDE, "height": 900})
    page.goto((folder / "failures.html").as_uri())
    marked = page.locator("svg.diagram text.bad", has_text="accept then hang")
    plain = page.locator("svg.diagram text.label:not(.bad)").first
    colour = "element => getComputedStyle(element).fill"
    assert marked.evaluate(colour) != plain.evaluate(colour)
    assert marked.evaluate("element => element.getBoundingClientRect().height") >= 12
    page.close()
