"""Collects what became of each scenario and, at the end, writes the matrix.

Verdicts of a mode are kept in `reports/results-<mode>.json`, so that a run in another mode adds a column, and
a run of a few scenarios renews only those.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_bdd.scenario import scenario_wrapper_template_registry

from simulator.acceptance.catalogue import Catalogue
from simulator.acceptance.grading import graded, worst
from simulator.acceptance.place import FEATURES
from simulator.acceptance.reporting.folder import Record, leave


class Verdicts:
    """A plugin of the controlling process."""

    def __init__(self, config: pytest.Config, catalogue: Catalogue) -> None:
        self._folder = config.rootpath / "reports"
        self._mode = Path(str(config.getoption("--bridge"))).stem
        self._catalogue = catalogue
        self._began = datetime.now(UTC).isoformat(timespec="seconds")
        self._results: dict[str, Record] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        key = dict(report.user_properties).get("scenario")
        scenario = self._catalogue.by_key.get(str(key))
        if scenario and (report.when == "call" or report.outcome != "passed"):
            exchange = getattr(report, "exchange", None)
            verdict = graded(scenario.level, report.outcome, (exchange or {}).get("kind", ""))
            former = self._results.get(scenario.key)
            if former is None or worst([verdict, former["verdict"]]) != former["verdict"]:
                self._results[scenario.key] = record(verdict, exchange=exchange)

    def pytest_sessionfinish(self) -> None:
        if self._results:
            write(self._folder, self._catalogue, self._mode, self._results, self._began)


def record(verdict: str, reason: str = "", exchange: Any = None) -> Record:
    """What is kept of a scenario."""
    return {"verdict": verdict, "reason": reason, "exchange": exchange}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tell each test which scenario it is, so that its report can say so from another process."""
    for item in items:
        if key := key_of(item):
            item.user_properties.append(("scenario", key))


def key_of(item: pytest.Item) -> str:
    """The key of the scenario that a test runs; empty if it is none."""
    function: Any = getattr(item, "function", None)
    template: Any = scenario_wrapper_template_registry.get(function)
    if template is None:
        return ""
    path = Path(template.feature.filename)
    return f"{path.relative_to(FEATURES).as_posix()} {template.name}" if path.is_relative_to(FEATURES) else ""


def example_of(item: pytest.Item) -> dict[str, str]:
    """The words of the example it runs; none if the scenario is no outline."""
    callspec: Any = getattr(item, "callspec", None)
    return dict(callspec.params.get("_pytest_bdd_example", {})) if callspec else {}


def write(folder: Path, catalogue: Catalogue, mode: str, results: dict[str, Record], began: str) -> None:
    """Add these results to what is known, and write the pages."""
    folder.mkdir(exist_ok=True)
    kept = folder / f"results-{mode}.json"
    merged = {key: found for key, found in sorted((_read(kept) | results).items()) if key in catalogue.by_key}
    kept.write_text(json.dumps(merged, indent=1, ensure_ascii=False) + "\n")
    files = sorted(folder.glob("results-*.json"), reverse=True)
    runs = {path.stem.removeprefix("results-"): _read(path) for path in files}
    leave(folder, catalogue, runs, mode=mode, began=began)


def _read(kept: Path) -> dict[str, Record]:
    """What an earlier run kept; an older form is forgotten."""
    found = json.loads(kept.read_text()) if kept.exists() else {}
    return {key: held for key, held in found.items() if isinstance(held, dict)}
