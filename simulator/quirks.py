"""Oddities any HTTP API may have and a client should stand: `quirk X` for every operation of every system.

A system may have quirks of its own besides; it names them in `own_quirks` and takes them with `Faults.quirk`.
"""

import json
from collections.abc import Callable
from typing import Any

from simulator.web import Response

SURPRISE = {"x_surprise": {"added": ["by", "the", "provider"]}}


def extra_fields(response: Response) -> None:
    """Each object of the answer has a field nobody documented."""
    _rewrite(response, _with_surprise)


def no_body(response: Response) -> None:
    """The status is right and nothing follows."""
    response.body = b""


def text_type(response: Response) -> None:
    """The content is right and its type is text."""
    response.headers["Content-Type"] = "text/plain"


def byte_order_mark(response: Response) -> None:
    """Three bytes that no JSON parser wants stand before the content."""
    response.body = b"\xef\xbb\xbf" + response.body


def escaped(response: Response) -> None:
    """Every letter outside ASCII is escaped, and white space stands between things."""
    _rewrite(response, lambda content: content, indent=2)


QUIRKS: dict[str, Callable[[Response], None]] = {
    "extra fields": extra_fields,
    "no body": no_body,
    "text type": text_type,
    "byte order mark": byte_order_mark,
    "escaped": escaped,
}


def _rewrite(response: Response, change: Callable[[Any], Any], indent: int | None = None) -> None:
    if "json" in response.headers.get("Content-Type", ""):
        response.body = json.dumps(change(json.loads(response.body)), indent=indent).encode()


def _with_surprise(content: Any) -> Any:
    if isinstance(content, dict):
        return {name: _with_surprise(value) for name, value in content.items()} | SURPRISE
    return [_with_surprise(each) for each in content] if isinstance(content, list) else content
