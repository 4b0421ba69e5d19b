"""Everything a run leaves in its folder, for people and machines.

  requirements.md · requirements.json · matrix.html    requirement × mode × verdict
  living.html      the sentences of the seed page and every scenario, with verdicts
  failures.html    for each failure a diagram of what went over the wire
  history.json     what changed from run to run
  badge.svg · junit-<mode>.xml

`runs` is mode → scenario → {verdict, reason, exchange}; only failures have an exchange.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simulator.acceptance.catalogue import Catalogue
from simulator.acceptance.grading import DIFFERS, FAILED
from simulator.acceptance.reporting import badge, failures, history, junit, living, matrix

Record = dict[str, Any]
Runs = Mapping[str, Mapping[str, Record]]


def leave(folder: Path, catalogue: Catalogue, runs: Runs, *, mode: str, began: str) -> None:
    """Write all of it; `mode` is the one that has just run."""
    folder.mkdir(parents=True, exist_ok=True)
    verdicts = {each: {key: found["verdict"] for key, found in run.items()} for each, run in runs.items()}
    failed = {each: _failed(run) for each, run in runs.items()}
    rows = matrix.rows(catalogue, verdicts)
    of_mode = {row.requirement.id: row.verdicts[mode] for row in rows}
    past = history.added(folder / "history.json", mode, began, of_mode)
    musts = [row.verdicts[mode] for row in rows if row.requirement.level == "must"]
    modes = list(runs)
    for name, content in {
        "requirements.md": matrix.as_markdown(rows, modes),
        "requirements.json": json.dumps(matrix.as_json(rows), indent=1, ensure_ascii=False) + "\n",
        "matrix.html": matrix.as_page(rows, modes, history.as_html(past)),
        "living.html": living.as_page(catalogue, verdicts),
        "failures.html": failures.as_page(catalogue, failed),
        "badge.svg": badge.drawn(musts),
        f"junit-{mode}.xml": junit.as_xml(catalogue, mode, verdicts[mode], failed[mode]),
    }.items():
        (folder / name).write_text(content)


def _failed(run: Mapping[str, Record]) -> dict[str, Record]:
    return {key: found for key, found in run.items() if found["verdict"] in (FAILED, DIFFERS)}
