"""The page of failures: what was expected, what was seen, and a diagram of what went over the wire."""

from collections.abc import Mapping
from html import escape
from typing import Any

from simulator.acceptance.catalogue import Catalogue, Scenario
from simulator.acceptance.reporting.chrome import anchor, mark, page
from simulator.acceptance.reporting.diagram import drawn
from simulator.acceptance.reporting.evidence import as_text

Json = dict[str, Any]
NONE = "<p>Nothing failed, and nothing was answered otherwise than by our choice.</p>"


def as_page(catalogue: Catalogue, failed: Mapping[str, Mapping[str, Json]]) -> str:
    """`failed`: mode, scenario, {verdict, reason, exchange}."""
    parts = [
        _failure(catalogue.by_key[key], mode, found)
        for mode, run in failed.items()
        for key, found in run.items()
        if key in catalogue.by_key
    ]
    return page("failures.html", "Failures", "".join(parts) or NONE)


def _failure(scenario: Scenario, mode: str, found: Json) -> str:
    exchange = found["exchange"] or {"expected": "an end in time", "seen": found["reason"], "steps": []}
    ids = " ".join(f'<a href="matrix.html#{each}"><code>{each}</code></a>' for each in sorted(scenario.ids))
    return (
        f'<section class=failure id="{anchor(scenario.key)}-{escape(mode)}">'
        f"<h2>{escape(scenario.feature)} {escape(scenario.name)}</h2>"
        f"<p class=facts>{mark(found['verdict'], label=mode)} @{scenario.level} {ids} "
        f'<a href="living.html#{anchor(scenario.key)}">the scenario</a></p>'
        f"<dl><dt>Expected</dt><dd>{escape(exchange['expected'])}</dd>"
        f"<dt>Seen</dt><dd>{escape(exchange['seen'])}</dd></dl>"
        f"<div class=scroll>{drawn(exchange)}</div>{_traffic(exchange)}</section>"
    )


def _traffic(exchange: Json) -> str:
    entries = [entry for step in exchange["steps"] for entry in step["traffic"]]
    if not entries:
        return ""
    return (
        f"<details><summary>{len(entries)} entries</summary><pre>{escape(as_text(entries))}</pre></details>"
    )
