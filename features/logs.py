"""What the bridge logs while the scenarios run: nobody's words, no whole number, no secret (FT-X5).

Everything private that went over the wire stands in the simulators' ledger; so it is known what to look for.
"""

import io
import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog

from bridge.ops import through_the_redactor
from simulator.environment import environment

SECRETS = frozenset(
    value for name, value in environment().items() if re.search("TOKEN|SECRET|API_KEY|PASSWORD", name)
)
SAID = ("text", "Body", "body", "summary")  # under these names people's words go over the wire
SHORTEST = 5  # characters: "Hi" stands in "This"
_PHONE = re.compile(r"\+\d{8,15}")
_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@example\.com")  # bounded: files go over the wire as well


class LogWatch:
    """Reads a log from where it last stopped, and looks for all that was ever private in this run."""

    def __init__(self, read: Callable[[], str]) -> None:
        self._read = read
        self._private = set(SECRETS)
        self.lines = 0

    def leaks(self, ledger: Iterable[dict[str, Any]]) -> list[str]:
        """What stands in the new part of the log and must not."""
        self._private |= set(private(ledger))
        new = self._read()
        self.lines += new.count("\n")
        return sorted(each for each in self._private if each in new)


def private(ledger: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Words, numbers and addresses in what went over the wire."""
    entries = list(ledger)
    whole = json.dumps(entries, ensure_ascii=False)
    for phone in set(_PHONE.findall(whole)):
        yield phone[1:]
    yield from set(_ADDRESS.findall(whole))
    for words in said(entries):
        yield from (line.strip() for line in words.splitlines() if len(line.strip()) >= SHORTEST)


def said(content: Any) -> Iterator[str]:
    """Every text in it, however deep."""
    if isinstance(content, list):
        for each in content:
            yield from said(each)
    if isinstance(content, dict):
        for name, value in content.items():
            if isinstance(value, str) and name in SAID:
                yield value
            yield from said(value)


def of_file(path: Path) -> Callable[[], str]:
    """What has come to a file since it was last read."""
    place = 0

    def read() -> str:
        nonlocal place
        if not path.exists():
            return ""
        with path.open("rb") as log:
            log.seek(place)
            new = log.read()
        place += len(new)
        return new.decode("utf-8", "replace")

    return read


class Memory:
    """The log of a bridge in this process, as it would be written in production."""

    def __init__(self) -> None:
        self._stream = io.StringIO()
        self._handler = logging.StreamHandler(self._stream)

    def read(self) -> str:
        """What has come since it was last read."""
        new = self._stream.getvalue()
        self._stream.seek(0)
        self._stream.truncate()
        return new

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Everything any logger says goes through the bridge's own redactor into this log."""
        before, root = structlog.get_config(), logging.getLogger()
        level = root.level
        through_the_redactor(self._handler, SECRETS)
        root.addHandler(self._handler)
        root.setLevel(logging.INFO)
        try:
            yield
        finally:
            root.setLevel(level)
            root.removeHandler(self._handler)
            structlog.configure(**before)
