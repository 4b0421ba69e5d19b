"""What changed since the last run: `history.json`, the newest run last.

A run is {began, mode, counts: {verdict: how many requirements}, changed: [{id, before, now}]}.
"""

import json
from collections import Counter
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from simulator.acceptance.reporting.chrome import mark

Run = dict[str, Any]
MOST = 200  # runs kept
SHOWN = 10


def added(file: Path, mode: str, began: str, verdicts: Mapping[str, str]) -> list[Run]:
    """Write down this run's verdicts on requirements beside the former ones; return all runs."""
    kept = json.loads(file.read_text()) if file.exists() else {"runs": [], "last": {}}
    before: dict[str, str] = kept["last"].get(mode, {})
    changed = [
        {"id": key, "before": before[key], "now": verdict}
        for key, verdict in verdicts.items()
        if before.get(key, verdict) != verdict
    ]
    run = {"began": began, "mode": mode, "counts": dict(Counter(verdicts.values())), "changed": changed}
    runs: list[Run] = [*kept["runs"], run][-MOST:]
    last = kept["last"] | {mode: dict(verdicts)}
    file.write_text(json.dumps({"runs": runs, "last": last}, indent=1, ensure_ascii=False) + "\n")
    return runs


def as_html(runs: list[Run]) -> str:
    """The newest runs first, each with what changed in it."""
    rows = "".join(_row(run) for run in reversed(runs[-SHOWN:]))
    return f"<details><summary>What changed, run by run</summary><ol class=history>{rows}</ol></details>"


def _row(run: Run) -> str:
    changes = "".join(
        f'<li><a href="#{each["id"]}">{each["id"]}</a>: {mark(each["before"])} → {mark(each["now"])}</li>'
        for each in run["changed"]
    )
    counts = " · ".join(f"{count} {verdict}" for verdict, count in run["counts"].items())
    return (
        f"<li>{run['began']} {escape(run['mode'])}: {counts}<ul>{changes or '<li>no change</li>'}</ul></li>"
    )
