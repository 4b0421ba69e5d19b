"""What a run leaves behind: `verdicts.json` for machines, `failures.txt` for people, and the pages.

verdicts.json, format 1:
  format, bridge {name, way, manifest, abilities}, run {began, seconds, seed, parallel, repeat, succeeded},
  summary {scenarios, requirements}: how many of each verdict
  surprises: why the run did not succeed
  scenarios: scenario (path and name), feature, name, level, requirements, verdict, flaky, verdicts (one a
    repetition), reason, seconds, exchange (of the run that decided; null unless it failed)
  requirements: id, behaviour, level, verdict, scenarios, reason
An exchange is {kind, expected, seen, steps: [{step, traffic: [entries of the ledger]}]}, all redacted.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.acceptance.catalogue import Catalogue, Requirement
from simulator.acceptance.grading import NOT_RUN, NOT_TESTED, ORDER, of_requirement
from simulator.acceptance.judging.results import Result
from simulator.acceptance.manifest import Manifest
from simulator.acceptance.reporting.evidence import summed_up
from simulator.acceptance.reporting.folder import Record, leave

FORMAT = 1
UNCHOSEN = "its scenarios were not chosen or not all reached"


@dataclass(frozen=True)
class Run:
    """Everything about one run."""

    manifest: Manifest
    catalogue: Catalogue
    results: list[Result]
    surprises: list[str]
    facts: dict[str, Any]  # began, seconds, seed, parallel, repeat


def write(folder: Path, run: Run) -> None:
    """Write all files."""
    folder.mkdir(parents=True, exist_ok=True)
    content = as_json(run)
    (folder / "verdicts.json").write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    (folder / "failures.txt").write_text("\n".join(failures(run.results)) + "\n")
    found = {each.scenario.key: _record(each) for each in run.results}
    leave(folder, run.catalogue, {run.manifest.name: found}, mode=run.manifest.name, began=run.facts["began"])


def _record(result: Result) -> Record:
    exchange = result.decisive.exchange if result.decisive else None
    return {"verdict": result.verdict, "reason": result.reason, "exchange": exchange}


def as_json(run: Run) -> dict[str, Any]:
    scenarios = [_scenario(result) for result in run.results]
    requirements = [_requirement(row, run) for row in run.catalogue.requirements.values()]
    return {
        "format": FORMAT,
        "bridge": {
            "name": run.manifest.name,
            "way": run.manifest.way,
            "manifest": run.manifest.path.name,
            "abilities": run.manifest.abilities,
        },
        "run": {**run.facts, "succeeded": not run.surprises},
        "summary": {"scenarios": counted(scenarios), "requirements": counted(requirements)},
        "surprises": run.surprises,
        "scenarios": scenarios,
        "requirements": requirements,
    }


def counted(rows: list[dict[str, Any]]) -> dict[str, int]:
    """How many of each verdict, worst first."""
    counts = Counter(row["verdict"] for row in rows)
    return {verdict: counts[verdict] for verdict in ORDER if counts[verdict]}


def _scenario(result: Result) -> dict[str, Any]:
    held = result.scenario
    return {
        "scenario": held.key,
        "feature": held.feature,
        "name": held.name,
        "level": held.level,
        "requirements": sorted(held.ids),
        "verdict": result.verdict,
        "flaky": result.flaky,
        "verdicts": result.by_repetition,
        "reason": result.reason,
        "seconds": round(result.seconds, 3),
        "exchange": result.decisive.exchange if result.decisive else None,
    }


def _requirement(row: Requirement, run: Run) -> dict[str, Any]:
    judges = run.catalogue.by_id.get(row.id, [])
    found = {result.scenario.key: result.verdict for result in run.results}
    verdict = of_requirement(row.level, [found.get(scenario.key) for scenario in judges])
    return {
        "id": row.id,
        "behaviour": row.behaviour,
        "level": row.level,
        "verdict": NOT_TESTED if verdict == NOT_RUN else verdict,
        "scenarios": [scenario.key for scenario in judges],
        "reason": row.reason or (UNCHOSEN if verdict == NOT_RUN else ""),
    }


def failures(results: list[Result]) -> Iterator[str]:
    """Every scenario that is not as documented or not as we chose, with the exchange that decided it."""
    for result in results:
        if result.decisive and result.decisive.outcome == "failed":
            yield from failure(result)


def failure(result: Result) -> Iterator[str]:
    """One of them, line by line."""
    exchange = (result.decisive.exchange if result.decisive else None) or {}
    yield f"{result.verdict}: {result.scenario.key} (@{result.scenario.level})"
    if result.decisive and result.decisive.example:
        yield f"  with      {result.decisive.example}"
    if result.flaky:
        yield f"  flaky     {' · '.join(result.by_repetition)}"
    yield f"  expected  {exchange.get('expected', 'an end in time')}"
    yield f"  seen      {result.reason.strip()}"
    for step in exchange.get("steps", ()):
        yield f"    {step['step']}"
        yield from (f"  {summed_up(entry)}" for entry in step["traffic"])
    yield ""
