"""The shape of a JSON answer, and where two shapes differ.

A shape is path → kinds. Items of a list share one path. A string that is plainly a date, an id or a phone is
of a kind of its own, for that is where services and stand-ins tend to part. Null fits everything; of an
error answer the code counts, too, for programs decide by it.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

Shape = dict[str, set[str]]
FORMATS = {
    "date (ISO 8601)": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*",
    "date (RFC 2822)": r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000",
    "id (two letters, 32 digits)": r"[A-Z]{2}[0-9a-f]{32}",
    "id (24 digits)": r"[0-9a-f]{24}",
    "phone": r"\+\d{8,15}",
}
KINDS: dict[type, str] = {bool: "boolean", int: "number", float: "number", dict: "object", list: "list"}
CODES = ("code", "errors[].code", "error", "status")


def shape_of(answer: Any) -> Shape:
    """Every path of an answer with the kinds that stand there."""
    found: Shape = defaultdict(set)
    for path, value in _walk("", answer):
        if value is not None:
            found[path].add(_kind(value))
    return dict(found)


def drift(live: Any, simulated: Any) -> Iterator[str]:
    """Where the simulated answer is not of the live one's shape, a sentence each."""
    real, ours = shape_of(live), shape_of(simulated)
    empty = _empty(live) | _empty(simulated)
    for path in sorted(real.keys() | ours.keys()):
        if any(path.startswith(each) and path != each for each in empty):
            continue  # an empty list or a null tells nothing of what it may hold
        yield from _differs(path or "the answer", real.get(path), ours.get(path), path in empty)


def wrong_codes(live: Any, simulated: Any) -> Iterator[str]:
    """Where an error is another."""
    real, ours = dict(_values(live)), dict(_values(simulated))
    for path in CODES:
        if real.get(path) != ours.get(path):
            yield f"{path}: live {real.get(path)!r}, simulator {ours.get(path)!r}"


def _differs(path: str, real: set[str] | None, ours: set[str] | None, nothing: bool) -> Iterator[str]:  # noqa: FBT001
    if nothing or (real and ours and (real & ours)):
        return
    if not ours:
        yield f"{path}: live {_said(real)}, missing in the simulator"
    elif not real:
        yield f"{path}: simulator {_said(ours)}, missing live"
    else:
        yield f"{path}: live {_said(real)}, simulator {_said(ours)}"


def _said(kinds: set[str] | None) -> str:
    return " or ".join(sorted(kinds or ()))


def _kind(value: Any) -> str:
    if isinstance(value, str):
        return next((name for name, form in FORMATS.items() if re.fullmatch(form, value)), "string")
    return KINDS[type(value)]


def _walk(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    yield path, value
    if isinstance(value, dict):
        for name, held in value.items():
            yield from _walk(f"{path}.{name}" if path else name, held)
    elif isinstance(value, list):
        for held in value:
            yield from _walk(f"{path}[]", held)


def _empty(answer: Any) -> set[str]:
    """Paths at which there is nothing to compare."""
    return {path for path, value in _walk("", answer) if value is None or value in ([], {})}


def _values(answer: Any) -> Iterator[tuple[str, Any]]:
    return ((path, value) for path, value in _walk("", answer) if not isinstance(value, dict | list))
