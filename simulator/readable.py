"""Bodies as the ledger shows them."""

import json
from collections.abc import Mapping

from simulator.headers import Headers
from simulator.pairs import pairs_of


class Unread:
    """A body that nobody has looked at yet; most are never looked at, and parsing costs more than a call."""

    __slots__ = ("_body", "_kind")

    def __init__(self, body: bytes, content_type: str) -> None:
        self._body = body
        self._kind = content_type

    def read(self) -> object:
        return readable(self._body, self._kind)


def readable(body: bytes, content_type: str) -> object:
    """A body as the ledger shows it: JSON and forms parsed, text as text, the rest by its size."""
    if not body:
        return None
    kind = content_type.partition(";")[0].strip()
    try:
        text = body.decode()
        if kind == "application/json":
            return json.loads(text)
    except (ValueError, RecursionError):
        return f"<{len(body)} bytes>"
    if kind == "application/x-www-form-urlencoded":
        return grouped(pairs_of(text))
    return text if kind.startswith("text/") or kind.endswith("xml") else f"<{len(body)} bytes>"


def grouped(pairs: list[tuple[str, str]]) -> dict[str, str | list[str]]:
    """Form pairs as an object; a repeated name becomes a list."""
    out: dict[str, str | list[str]] = {}
    for name, value in pairs:
        held = out.get(name)
        out[name] = value if held is None else [*(held if isinstance(held, list) else [held]), value]
    return out


def unread(body: bytes, headers: Headers | Mapping[str, str]) -> Unread | None:
    """A body for the ledger, to be read when somebody looks."""
    return Unread(body, headers.get("Content-Type", "")) if body else None
