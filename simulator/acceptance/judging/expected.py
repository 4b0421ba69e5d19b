"""Known verdicts: a file with one line for each scenario that is not simply met.

    "5_replying/delivery.feature [9] A reply whose webhook got lost is found by asking" = "failed"

Rules:
  * With such a file a run succeeds only if everything is as it says, of whatever level: what is not listed
    is met.
  * One that is listed and met fails the run as well: take its line out.
  * Without a file a run succeeds only if every @must is met and nothing is flaky.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from simulator.acceptance.catalogue import Catalogue
from simulator.acceptance.grading import DIFFERS, FAILED, MET, NOT_APPLICABLE, NOT_TESTED
from simulator.acceptance.judging.results import FLAKY, Result
from simulator.acceptance.manifest import Wrong

KNOWN = (FAILED, DIFFERS, NOT_APPLICABLE, NOT_TESTED, FLAKY)
Expected = Mapping[str, str]


def read(path: Path, catalogue: Catalogue) -> Expected:
    """Read a file of known verdicts; raises `Wrong`."""
    try:
        found = tomllib.loads(path.read_text())
    except (OSError, ValueError) as failure:
        raise Wrong(f"{path}: cannot be read: {failure}. Write one with --write-expect.") from None
    problems = [f"{path}: {problem}" for problem in _problems(found, catalogue)]
    if problems:
        raise Wrong("\n".join(problems))
    return found


def _problems(found: Mapping[str, object], catalogue: Catalogue) -> Iterator[str]:
    for key, verdict in found.items():
        if key not in catalogue.by_key:
            yield f"there is no scenario {key!r}. Take the line out, or write its path and name as they are."
        if verdict not in KNOWN:
            yield f"{key!r} is {verdict!r}. Say one of: {', '.join(KNOWN)}."


def as_text(results: list[Result], name: str) -> str:
    """A file that says what these results are."""
    odd = [result for result in results if not result.good]
    lines = [f"# What is known of {name}: every scenario that is not met, and how. All others are met."]
    last = ""
    for result in odd:
        if result.scenario.path != last:
            lines.append("")
        last = result.scenario.path
        said = json.dumps(result.scenario.key, ensure_ascii=False)
        lines.append(f'{said} = "{_said(result)}"  # {result.scenario.level}')
    return "\n".join(lines) + "\n"


def surprises(results: list[Result], expected: Expected | None) -> list[str]:
    """Why the run does not succeed; nothing if it does."""
    if expected is None:
        return [
            f"{_said(result)}: {result.scenario.key}"
            for result in results
            if result.flaky or (result.scenario.level == "must" and result.verdict != MET)
        ]
    return [said for result in results if (said := _surprise(result, expected.get(result.scenario.key)))]


def _surprise(result: Result, known: str | None) -> str:
    said = _said(result)
    if result.good:
        return f"{said}, though expected to be {known}: {result.scenario.key}" if known else ""
    if known is None:
        return f"{said}, though expected to be met: {result.scenario.key}"
    return "" if said == known else f"{said}, though expected to be {known}: {result.scenario.key}"


def _said(result: Result) -> str:
    return FLAKY if result.flaky else result.verdict
