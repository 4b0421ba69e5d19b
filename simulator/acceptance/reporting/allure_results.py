"""What Allure's results say beyond the steps: our verdict, the bridge, kinds of failure; and nothing private.

Everything passes here on its way to the disk: phones and secrets are taken out of what a failure says, and
our verdict is put before it. Kinds of failure are told by that word: Allure 2 can look at nothing else.
"""

import importlib.metadata
import json
import platform
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from allure_commons import hookimpl
from allure_commons._core import plugin_manager
from allure_commons.model2 import Label

from simulator.acceptance.catalogue import LEVELS
from simulator.acceptance.grading import DIFFERS, FAILED, graded
from simulator.acceptance.reporting.evidence import BROKEN
from simulator.acceptance.reporting.redaction import masked

ALLURE: Any = hookimpl  # untyped
CATEGORIES = [
    {
        "name": name,
        "messageRegex": f"^{verdict}: [\\s\\S]*",
        "matchedStatuses": [status],
    }
    for name, verdict, status in (
        ("Documented behaviour failed", FAILED, "failed"),
        ("Our choice differs", DIFFERS, "failed"),
        ("Harness broke, or the bridge did not start", FAILED, "broken"),
    )
]
NAMED = ("sunbridge", "pytest", "pytest-bdd", "allure-pytest")


class AllureResults:
    """A plugin of pytest and of Allure; there is one only if results are wanted."""

    def __init__(self, folder: Path, bridge: str) -> None:
        self._folder = folder
        self._bridge = bridge
        self._verdict = ""

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        if not hasattr(session.config, "workerinput"):
            describe(self._folder, self._bridge)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Innermost, so that Allure finds what was printed and logged already masked."""
        report = yield
        report.sections = [(name, masked(text)) for name, text in report.sections]
        if report.when == "call" or report.outcome != "passed":
            step = item.stash.get(BROKEN, None)
            self._verdict = graded(_level(item), report.outcome, step.type if step else "")
        return report

    @ALLURE(tryfirst=True)  # type: ignore[untyped-decorator]
    def report_result(self, result: Any) -> None:
        _redact(result)
        result.labels.append(Label("verdict", self._verdict))
        if result.statusDetails and self._verdict in {FAILED, DIFFERS}:
            result.statusDetails.message = f"{self._verdict}: {result.statusDetails.message}"

    @ALLURE(tryfirst=True)  # type: ignore[untyped-decorator]
    def report_container(self, container: Any) -> None:
        for fixture in (*container.befores, *container.afters):
            _redact(fixture)


def register(config: pytest.Config, bridge: str) -> None:
    """Take part in the run if it was given `--alluredir`."""
    folder = config.getoption("allure_report_dir", None)
    if folder:
        plugin = AllureResults(Path(str(folder)), bridge)
        config.pluginmanager.register(plugin, "sunbridge-allure-results")
        plugin_manager.register(plugin)
        config.add_cleanup(lambda: plugin_manager.unregister(plugin))


def describe(folder: Path, bridge: str) -> None:
    """What stands on the page beside the results."""
    facts = {"Bridge": bridge, "Python": platform.python_version()}
    facts |= {name: importlib.metadata.version(name) for name in NAMED}
    lines = "".join(f"{name} = {value}\n" for name, value in facts.items())
    (folder / "environment.properties").write_text(lines)
    (folder / "categories.json").write_text(json.dumps(CATEGORIES, indent=1) + "\n")


def _level(item: pytest.Item) -> str:
    return next((mark.name for mark in item.iter_markers() if mark.name in LEVELS), "")


def _redact(part: Any) -> None:
    """A result, step or fixture, and every step below it."""
    for told in _details(part):
        told.message = told.message and masked(told.message)
        told.trace = told.trace and masked(told.trace)


def _details(part: Any) -> Iterator[Any]:
    if part.statusDetails:
        yield part.statusDetails
    for step in part.steps:
        yield from _details(step)
