"""The parameters of a call, read and checked: what is wrong with one is 20001 and names it."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from simulator.twilio import errors


class Form:
    """Names and values, repeated names kept."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = pairs
        self._last = dict(pairs)

    def has(self, name: str) -> bool:
        return name in self._last

    def require(self, *names: str) -> None:
        """Raise for the first that is missing or empty."""
        for name in names:
            if not self._last.get(name):
                raise errors.missing(name)

    def text(self, name: str, default: str = "") -> str:
        return self._last.get(name, default)

    def every(self, name: str) -> list[str]:
        return [value for held, value in self._pairs if held == name]

    def choice(self, name: str, choices: Iterable[str], default: str = "") -> str:
        """One of these, the default or nothing at all."""
        value = self.text(name) or default
        if value and value not in choices:
            raise errors.refusal(20001, name=name)
        return value

    def flag(self, name: str, default: bool = False) -> bool:  # noqa: FBT001, FBT002 - a value among values
        value = self.text(name).lower()
        if value not in ("", "true", "false"):
            raise errors.refusal(20001, name=name)
        return value == "true" if value else default

    def whole(self, name: str, least: int, most: int, default: int) -> int:
        """A whole number within bounds."""
        value = self.text(name)
        if not value:
            return default
        if value.isascii() and value.isdigit() and len(value) < 10 and least <= int(value) <= most:
            return int(value)
        raise errors.refusal(20001, name=name)

    def moment(self, name: str) -> float:
        """An ISO 8601 moment as Unix seconds."""
        try:
            return datetime.fromisoformat(self.text(name)).timestamp()
        except (ValueError, OverflowError):
            raise errors.refusal(20001, name=name) from None

    def objects(self, name: str) -> list[dict[str, Any]]:
        """JSON objects, one a repetition of the name or all in one list."""
        found: list[Any] = []
        for value in self.every(name):
            try:
                said = json.loads(value)
            except ValueError:
                raise errors.refusal(20001, name=name) from None
            found += said if isinstance(said, list) else [said]
        if not all(isinstance(each, dict) for each in found):
            raise errors.refusal(20001, name=name)
        return found
