"""Keeps, for every step, the wire traffic it caused, and shows it under a failed scenario."""

import json
from collections.abc import Generator
from typing import Any

import pytest

from simulator.acceptance.processes import DidNotStart
from simulator.acceptance.reporting.redaction import masked, redacted
from simulator.acceptance.sim import Json
from simulator.acceptance.world import World

MOST_SEEN = 2000  # characters
SHOWN = ("request", "webhook", "sms", "act")


class Evidence:
    """A plugin that writes down one slice of the ledger a step."""

    def pytest_bdd_before_scenario(self, request: pytest.FixtureRequest) -> None:
        request.node.stash[SLICES] = []
        request.node.stash[READ] = 0
        request.node.stash.setdefault(BROKEN, None)

    @pytest.hookimpl(tryfirst=True)
    def pytest_bdd_after_step(self, request: pytest.FixtureRequest, step: Any) -> None:
        self._keep(request, step)

    @pytest.hookimpl(tryfirst=True)
    def pytest_bdd_step_error(self, request: pytest.FixtureRequest, step: Any) -> None:
        request.node.stash[BROKEN] = step
        self._keep(request, step)

    def _keep(self, request: pytest.FixtureRequest, step: Any) -> None:
        world: World = request.getfixturevalue("world")
        ledger = world.watch.read_ledger()
        entries = [entry for entry in ledger[request.node.stash[READ] :] if entry["kind"] in SHOWN]
        request.node.stash[READ] = len(ledger)
        request.node.stash[SLICES].append((f"{step.keyword} {step.name}", entries))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if report.failed and call.excinfo:
            report.exchange = exchange(item, _said(call.excinfo))  # type: ignore[attr-defined]
        if report.when == "call" and report.failed and SLICES in item.stash:
            report.sections.append(("what went over the wire", told(item.stash[SLICES])))
        return report


def _said(failure: pytest.ExceptionInfo[BaseException]) -> str:
    """What a failure says; its kind as well if nobody had foreseen it."""
    foreseen = isinstance(failure.value, AssertionError | DidNotStart)
    return str(failure.value) if foreseen else failure.exconly()


SLICES = pytest.StashKey[list[tuple[str, list[Json]]]]()
READ = pytest.StashKey[int]()
BROKEN = pytest.StashKey[Any]()


def exchange(item: pytest.Item, said: str) -> Json:
    """What decided a failure: expected, seen, and the traffic of every step up to there, redacted."""
    step = item.stash.get(BROKEN, None)
    return {
        "kind": step.type if step else "",
        "expected": f"{step.keyword} {step.name}" if step else "a bridge with which the scenario can begin",
        "seen": masked(said)[:MOST_SEEN],
        "steps": [
            {"step": name, "traffic": [redacted(entry) for entry in entries]}
            for name, entries in item.stash.get(SLICES, [])
        ],
    }


def told(slices: list[tuple[str, list[Json]]]) -> str:
    """Every step with its traffic, one line an entry."""
    return "\n".join(line for step, entries in slices for line in (step, *map(one_line, entries)))


def one_line(entry: Json) -> str:
    """An entry in short, redacted."""
    return summed_up(redacted(entry))


def summed_up(facts: Json) -> str:
    """An entry in short that is redacted already."""
    match facts["kind"]:
        case "request":
            what = f"{facts['operation']} → {facts['status'] or facts['ended']}"
        case "webhook":
            what = f"{facts['operation']} to the bridge → {facts['status']}"
        case "sms":
            what = f"{facts['direction']} {facts['text']} on {facts['phone']}"
        case _:
            what = f"{facts.get('who')} {facts.get('did')}"
    fault = f" [{facts['fault']}]" if facts.get("fault") else ""
    return f"    {facts['n']:4} {facts['system']:9} {what}{fault}"


def as_text(entries: list[Json]) -> str:
    """Traffic in full, for an attachment."""
    return json.dumps([redacted(entry) for entry in entries], indent=1, ensure_ascii=False)
