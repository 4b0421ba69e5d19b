"""Collects what became of each scenario and, at the end, writes the matrix.

Results of a mode are kept in `reports/results-<mode>.json`, so that a run in another mode adds a column, and
a run of a few scenarios renews only those.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from pytest_bdd.scenario import scenario_wrapper_template_registry

from simulator.acceptance.catalogue import Catalogue
from simulator.acceptance.reporting import matrix

FAILED, PASSED, SKIPPED = "failed", "passed", "skipped"
WORST_FIRST = (FAILED, PASSED, SKIPPED)


class Verdicts:
    """A plugin of the controlling process."""

    def __init__(self, config: pytest.Config, catalogue: Catalogue) -> None:
        self._folder = config.rootpath / "reports"
        self._features = config.rootpath / "features"
        self._mode = str(config.getoption("--bridge"))
        self._catalogue = catalogue
        self._results: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        key = dict(report.user_properties).get("scenario")
        if isinstance(key, str) and (report.when == "call" or report.outcome != PASSED):
            former = self._results.get(key, SKIPPED)
            self._results[key] = min(former, report.outcome, key=WORST_FIRST.index)

    def pytest_sessionfinish(self) -> None:
        if self._results:
            write(self._folder, self._catalogue, self._mode, self._results)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tell each test which scenario it is, so that its report can say so from another process."""
    for item in items:
        function: Any = getattr(item, "function", None)
        template: Any = scenario_wrapper_template_registry.get(function)
        if template is not None:
            path = Path(template.feature.filename).relative_to(config.rootpath / "features")
            item.user_properties.append(("scenario", f"{path.as_posix()} {template.name}"))


def write(folder: Path, catalogue: Catalogue, mode: str, results: dict[str, str]) -> None:
    """Add these results to what is known, and write the pages."""
    folder.mkdir(exist_ok=True)
    known = {scenario.key for scenario in catalogue.scenarios}
    kept = folder / f"results-{mode}.json"
    former: dict[str, str] = json.loads(kept.read_text()) if kept.exists() else {}
    merged = {key: verdict for key, verdict in sorted((former | results).items()) if key in known}
    kept.write_text(json.dumps(merged, indent=1, ensure_ascii=False) + "\n")
    runs = {
        path.stem.removeprefix("results-"): json.loads(path.read_text())
        for path in sorted(folder.glob("results-*.json"), reverse=True)
    }
    rows = matrix.rows(catalogue, runs)
    (folder / "requirements.md").write_text(matrix.as_markdown(rows, list(runs)))
    (folder / "matrix.html").write_text(matrix.as_page(rows, list(runs)))
