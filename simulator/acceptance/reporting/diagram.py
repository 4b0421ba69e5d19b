"""A sequence diagram of what went over the wire in a scenario: phone, carrier, bridge, AI, Zendesk.

An SVG that asks nobody for anything. Each step of the scenario is a band with the arrows it caused under it,
in the order of the ledger; an arrow on which a fault was planted is marked with its name, and the step that
failed with what was seen instead. What is drawn is redacted already (`reporting.redaction`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap
from typing import Any

Json = dict[str, Any]
LINES = ("Phone", "Carrier", "Bridge", "AI", "Zendesk")
PHONE, CARRIER, BRIDGE, AI, ZENDESK = range(len(LINES))
OF_SYSTEM = {"twilio": CARRIER, "opencx": AI, "sunshine": ZENDESK, "support": ZENDESK, "agent": ZENDESK}
LEFT, GAP, TOP = 70, 190, 52  # px: first life line, between two, under the heads
ROW, LETTERS, WIDE = 26, 100, LEFT * 2 + GAP * 4  # px a row, letters a line of a band, px in all


@dataclass(frozen=True, slots=True)
class Arrow:
    """From one life line to another, or a remark at one (`start == end`)."""

    start: int
    end: int
    label: str
    fault: str = ""
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """A step of the scenario."""

    text: str
    failed: bool = False


Row = Arrow | Band


def drawn(exchange: Json) -> str:
    """The diagram of an exchange: `expected`, `seen` and `steps` with their `traffic`."""
    rows = list(_rows(exchange))
    height = TOP + ROW * (len(rows) + 1)
    body = "".join(_row(row, TOP + ROW * (n + 1)) for n, row in enumerate(rows))
    return (
        f'<svg class="diagram" role="img" viewBox="0 0 {WIDE} {height}" width="{WIDE}" height="{height}"'
        ' xmlns="http://www.w3.org/2000/svg"><title>What went over the wire</title>'
        f"{DEFINITIONS}{_life_lines(height)}{body}</svg>"
    )


def _rows(exchange: Json) -> Iterator[Row]:
    steps: Sequence[Json] = exchange["steps"]
    for step in steps:
        failed = step is steps[-1] and step["step"] == exchange["expected"]
        yield from _bands(step["step"], failed=failed)
        yield from (arrow for entry in step["traffic"] if (arrow := arrow_of(entry)) is not None)
    if not steps or steps[-1]["step"] != exchange["expected"]:
        yield from _bands(exchange["expected"], failed=True)
    yield from _bands(f"✗ {exchange['seen']}", failed=True)


def _bands(text: str, *, failed: bool) -> Iterator[Band]:
    return (Band(line, failed) for line in wrap(text, LETTERS) or [""])


def arrow_of(entry: Json) -> Arrow | None:
    """What an entry of the ledger looks like; None for what no one outside sees."""
    there = OF_SYSTEM.get(entry["system"])
    fault = entry.get("fault") or ""
    match entry["kind"]:
        case "request" if there is not None:
            return Arrow(BRIDGE, there, *_call(entry, entry["ended"]), fault=fault, refused=_bad(entry))
        case "webhook" if there is not None:
            return Arrow(there, BRIDGE, *_call(entry, "no answer"), fault=fault, refused=_bad(entry))
        case "sms":
            ends = (PHONE, CARRIER) if entry["direction"] == "sent" else (CARRIER, PHONE)
            return Arrow(*ends, f"{entry['text']}", fault=fault)
        case "act" if there is not None:
            return Arrow(there, there, f"{entry['who']}: {entry['did']}", fault=fault)
    return None


def _call(entry: Json, otherwise: str) -> tuple[str]:
    return (f"{entry['operation']} → {entry['status'] or otherwise}",)


def _bad(entry: Json) -> bool:
    return not entry["status"] or entry["status"] >= 400


# --- drawing ---

DEFINITIONS = "".join(
    f"<marker id='head{kind}' viewBox='0 0 8 8' refX='8' refY='4' markerWidth='8' markerHeight='8'"
    " orient='auto'>"
    f"<path d='M0 0 8 4 0 8z' class='head {kind}'/></marker>"
    for kind in ("", "bad")
).join(("<defs>", "</defs>"))


def _life_lines(height: int) -> str:
    return "".join(
        f"<line class='life' x1='{_x(n)}' x2='{_x(n)}' y1='{TOP - 12}' y2='{height}'/>"
        f"<rect class='who' x='{_x(n) - 45}' y='8' width='90' height='30' rx='6'/>"
        f"<text class='who' x='{_x(n)}' y='28'>{name}</text>"
        for n, name in enumerate(LINES)
    )


def _row(row: Row, y: int) -> str:
    if isinstance(row, Band):
        kind = "band failed" if row.failed else "band"
        return (
            f"<rect class='{kind}' x='0' y='{y - 18}' width='{WIDE}' height='{ROW}'/>"
            f"<text class='{kind}' x='8' y='{y}'>{escape(row.text)}</text>"
        )
    return _arrow(row, y)


def _arrow(arrow: Arrow, y: int) -> str:
    kind = "bad" if arrow.refused or arrow.fault else ""
    mark = f" ⚡ {arrow.fault}" if arrow.fault else ""
    label = escape(arrow.label + mark)
    if arrow.start == arrow.end:
        return f"<text class='label note {kind}' x='{_x(arrow.start)}' y='{y}'>{label}</text>"
    start, end = _x(arrow.start), _x(arrow.end)
    return (
        f"<text class='label {kind}' x='{(start + end) / 2:g}' y='{y - 3}'>{label}</text>"
        f"<line class='arrow {kind}' x1='{start}' x2='{end}' y1='{y + 2}' y2='{y + 2}'"
        f" marker-end='url(#head{kind})'/>"
    )


def _x(line: int) -> int:
    return LEFT + GAP * line
