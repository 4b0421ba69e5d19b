"""What an operator does with the journal. Each method is one transaction, safe beside a running bridge."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine

from bridge.journal import erasure, letters, retention, sessions, standing
from bridge.journal.cases import Decider
from bridge.journal.engine import Writer
from bridge.journal.letters import Letter
from bridge.journal.standing import Standing


class Operations:
    """Letters, and data held about people."""

    def __init__(
        self, engine: Engine, reader: Writer, writer: Writer, decider: Decider, wake: Callable[[], None]
    ) -> None:
        self._engine = engine
        self._read = reader
        self._write = writer
        self._decider = decider
        self._wake = wake

    # --- letters ---

    def letters(self) -> list[Letter]:
        """What was given up, oldest first."""
        return self._read(letters.waiting)

    def letter(self, name: str) -> Letter:
        """One of them; raises `NoLetter`."""
        return self._read(lambda tx: letters.one(tx, name))

    def letter_counts(self) -> tuple[dict[str, int], float]:
        """How many of each kind, and since when the oldest waits (0: there is none)."""
        return self._read(letters.summary)

    def replay(self, name: str, now: float) -> None:
        """Have it done again, the way of the first delivery; raises `NoLetter`."""
        self._write(lambda tx: letters.replay(tx, self._decider, name, now))
        self._wake()

    def drop(self, name: str) -> None:
        """It will not be done; raises `NoLetter`."""
        self._write(lambda tx: letters.drop(tx, name))

    # --- data about people ---

    def sessions(self, phone: str = "") -> list[Standing]:
        """Sessions that are not over; with a phone, all of that phone."""
        return self._read(lambda tx: standing.of(tx, phone))

    def export(self, phone: str) -> dict[str, Any]:
        """Everything held about a phone."""
        return self._read(lambda tx: erasure.export(tx, phone))

    def erase(self, phone: str, *, consent_too: bool = False) -> tuple[dict[str, int], list[str]]:
        """Remove it; return how many rows of each kind went, and the ids of the phone's sessions."""
        seen = self._read(lambda tx: erasure.look(tx, phone))
        gone = self._write(lambda tx: erasure.erase(tx, phone, seen, consent_too=consent_too))
        sessions.forget()
        self._empty_the_log()
        return gone

    def retire(self, now: float, days: float) -> dict[str, int]:
        """Remove what was finished so many days ago, a few rows a transaction; return how many went."""
        gone: dict[str, int] = {}
        for batch in retention.batches(now, days):
            while batch.more:
                for name, count in self._write(batch).items():
                    gone[name] = gone.get(name, 0) + count
                batch.go_on()
        return gone

    def _empty_the_log(self) -> None:
        """Old pages in SQLite's write-ahead log still hold the words; readers may delay this."""
        if self._engine.dialect.name != "sqlite":
            return
        line = self._engine.raw_connection()
        try:
            line.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            line.close()
