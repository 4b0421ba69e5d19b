"""Inside a pytest process that works for `simulator verify`: runs its share and tells what happens.

One JSON object a line:
  started   a process this worker is responsible for: pid
  begins    a scenario: scenario, example
  ends      the same with outcome, reason, kind (of the failing step), seconds, exchange
"""

import json
from pathlib import Path
from typing import Any

import pytest

from simulator.acceptance.reporting.verdicts import example_of, key_of

WORST_FIRST = ("failed", "skipped", "passed")


class Worker:
    """A plugin; the job says which scenarios in which order, which seed, and where to tell."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._wanted: list[str] = job["scenarios"]
        self._events = Path(job["events"])
        self.seed: int = job["seed"]
        self.bend: str = job["bend"]
        self._scenarios: dict[str, dict[str, Any]] = {}
        self._reports: list[pytest.TestReport] = []

    def started(self, pid: int) -> None:
        """Remember a process of ours, so that somebody ends it if we cannot."""
        self._tell("started", pid=pid)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep what is wanted, in the order wanted."""
        place = {key: number for number, key in enumerate(self._wanted)}
        items[:] = sorted(
            (item for item in items if key_of(item) in place), key=lambda item: place[key_of(item)]
        )
        self._scenarios = {
            item.nodeid: {"scenario": key_of(item), "example": example_of(item)} for item in items
        }

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._reports.clear()
        self._tell("begins", **self._scenarios[nodeid])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._reports.append(report)
        if report.when == "teardown":
            self._tell("ends", **self._scenarios[report.nodeid], **_summed_up(self._reports))

    def _tell(self, event: str, **facts: Any) -> None:
        with self._events.open("a") as told:
            told.write(json.dumps({"event": event, **facts}, ensure_ascii=False) + "\n")


def _summed_up(reports: list[pytest.TestReport]) -> dict[str, Any]:
    """Set-up, call and teardown as one outcome."""
    decisive = min(reports, key=lambda report: WORST_FIRST.index(report.outcome))
    exchange = getattr(decisive, "exchange", None)
    return {
        "outcome": decisive.outcome,
        "reason": _reason(decisive, exchange),
        "kind": exchange["kind"] if exchange else "",
        "seconds": round(sum(report.duration for report in reports), 3),
        "exchange": exchange,
    }


def _reason(report: pytest.TestReport, exchange: dict[str, Any] | None) -> str:
    if exchange:
        return str(exchange["seen"])
    if report.skipped and isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ").removeprefix("not applicable: ")
    return ""
