"""Transactions in which something is decided.

A decision that breaks must not stop the others (FT-C4). A savepoint for each sees to that, at a price that
every message pays. So a transaction is tried without; if a decision in it breaks, once more with them.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import Connection

from bridge.journal.cases import Decider
from bridge.journal.engine import Writer
from bridge.journal.inbox import Broke

T = TypeVar("T")


class Deciding:
    """Runs work that decides; what was decided is counted once, when it is durable."""

    def __init__(self, write: Writer, decider: Decider) -> None:
        self._write = write
        self._decider = decider

    def __call__(self, work: Callable[[Connection, Decider], T]) -> T:
        """Raises what the writer raises."""
        try:
            return self._decided(work, careful=False)
        except Broke:
            return self._decided(work, careful=True)

    def _decided(self, work: Callable[[Connection, Decider], T], *, careful: bool) -> T:
        counts: list[tuple[str, str]] = []
        decider = replace(self._decider, careful=careful, counted=lambda *count: counts.append(count))

        def afresh(tx: Connection) -> T:
            counts.clear()
            return work(tx, decider)

        result = self._write(afresh)
        for count in counts:
            self._decider.counted(*count)
        return result
