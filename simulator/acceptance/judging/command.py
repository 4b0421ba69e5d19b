"""`simulator verify`, once its options are read."""

import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from simulator.acceptance.bridges import manifest_of
from simulator.acceptance.catalogue import LEVELS, Catalogue
from simulator.acceptance.judging import expected, plan, report
from simulator.acceptance.judging.crew import Crew, Terms
from simulator.acceptance.judging.results import Outcome, gathered
from simulator.acceptance.judging.screen import Screen
from simulator.acceptance.manifest import Manifest, Wrong
from simulator.acceptance.place import FEATURES
from simulator.bends.table import BENDS


@dataclass(frozen=True)
class Wanted:
    """What the command line asks for."""

    bridge: str
    only: list[str] = field(default_factory=list)
    levels: list[str] = field(default_factory=list)
    parallel: int = 1
    seed: int = 0
    bend: str = ""
    repeat: int = 1
    within: float = 900.0
    expect: Path | None = None
    write_expect: Path | None = None
    report: Path = Path("verify-report")


def verify(wanted: Wanted, screen: Screen | None = None) -> int:
    """Judge; 0 if all is as it should be, 1 if not. Raises `Wrong`."""
    screen = screen or Screen()
    catalogue = Catalogue.read(FEATURES)
    manifest = manifest_of(wanted.bridge)
    if wanted.bend and wanted.bend not in BENDS:
        raise Wrong(f"--bend {wanted.bend!r} is not known. Say one of: {', '.join(BENDS)}.")
    known = expected.read(wanted.expect, catalogue) if wanted.expect else None
    chosen = plan.chosen(catalogue, wanted.only, _levels(wanted.levels))
    if not chosen:
        raise Wrong("no scenario is chosen. Give --only a requirement's id, a chapter or words of a name.")
    _refuse_crowds(manifest, wanted)
    began = time.monotonic()
    facts = {"began": datetime.now(UTC).isoformat(timespec="seconds"), **_facts(wanted)}
    outcomes = _judged(manifest, plan.ordered(chosen, wanted.seed), wanted, screen)
    results = gathered(chosen, outcomes)
    facts["seconds"] = round(time.monotonic() - began, 1)
    run = report.Run(manifest, catalogue, results, expected.surprises(results, known), facts)
    report.write(wanted.report, run)
    if wanted.write_expect:
        wanted.write_expect.write_text(expected.as_text(results, manifest.name))
    screen.ends(run, str(wanted.report))
    return 1 if run.surprises else 0


def _facts(wanted: Wanted) -> dict[str, Any]:
    return {"seed": wanted.seed, "bend": wanted.bend, "parallel": wanted.parallel, "repeat": wanted.repeat}


def _levels(levels: list[str]) -> list[str]:
    for level in levels:
        if level not in LEVELS:
            raise Wrong(f"--level {level} is not known. Say one of: {', '.join(LEVELS)}.")
    return levels


def _refuse_crowds(manifest: Manifest, wanted: Wanted) -> None:
    if manifest.way == "running" and wanted.parallel > 1:
        raise Wrong(
            "--parallel needs bridge.command in the manifest: a bridge that runs already is one bridge."
        )


def _judged(manifest: Manifest, chosen: list[Any], wanted: Wanted, screen: Screen) -> list[Outcome]:
    """Every outcome, those that cannot be asked first."""
    asked, reasons = plan.parted(chosen, manifest.abilities)
    outcomes = [Outcome(key, "skipped", reason=reason) for key, reason in reasons.items()]
    screen.say(f"{manifest.name}: {len(asked)} scenarios to judge, {len(reasons)} not applicable")

    def tell(outcome: Outcome) -> None:
        outcomes.append(outcome)
        screen.heard(outcome)

    total = sum(scenario.runs for scenario in asked) * wanted.repeat
    with tempfile.TemporaryDirectory(prefix="sunbridge-verify-") as folder, screen.following(total):
        crew = Crew(manifest, Terms(Path(folder), wanted.seed, wanted.bend, wanted.within), tell)
        with _stoppable(crew):
            for repetition in range(1, wanted.repeat + 1):
                crew.judge(plan.shares(asked, wanted.parallel), repetition)
    return outcomes


@contextmanager
def _stoppable(crew: Crew) -> Iterator[None]:
    """Whoever stops us gets a report of what was judged by then."""

    def stop(*_: object) -> None:
        crew.stopped = "the run was stopped"

    former = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in former.items():
            signal.signal(each, handler)
