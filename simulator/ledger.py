"""The append-only record of everything observable: calls, webhooks, what people did and saw.

An entry is a plain dictionary with `n` (from 1), `at` (Unix seconds), `kind`, `system` and facts:

  request   a call to a provider's API: operation, method, path, request, status, response, fault,
            note ("not simulated", "unknown path", or null)
  webhook   a delivery attempt: operation, url, headers, request, attempt, status (null: no answer), response
  fault     a planted fault was met: id, operation, fault, match, left (so many more calls)
  act       what a person or the control surface did: who, did, …
  sms       a handset shows a message: direction, from, to, text, parts, media, sid
"""

import threading
from typing import Any

from simulator.leftovers import Leftovers
from simulator.readable import Unread

Entry = dict[str, Any]


class Ledger:
    """Entries in order; readers may wait for the next one."""

    def __init__(self, leftovers: Leftovers) -> None:
        self.leftovers = leftovers
        self._entries: list[Entry] = []
        self._looked = 0  # so many have been looked at, and their bodies read
        self._lock = threading.Lock()
        self._news = threading.Condition(self._lock)
        self._waiting = 0  # so many wait for news

    def write(self, kind: str, system: str, at: float, **facts: object) -> Entry:
        """Append one entry and wake whoever waits."""
        entry: Entry = {"n": 0, "at": at, "kind": kind, "system": system, **facts}
        with self._lock:
            self._entries.append(entry)
            entry["n"] = len(self._entries)
            if self._waiting:
                self._news.notify_all()
        return entry

    def after(self, n: int = 0) -> list[Entry]:
        """Every entry numbered above `n`."""
        with self._lock:
            return self._from(n)

    def _from(self, n: int) -> list[Entry]:
        for entry in self._entries[max(n, self._looked) :]:
            for name, value in entry.items():
                if isinstance(value, Unread):
                    entry[name] = value.read()
        if n <= self._looked:
            self._looked = len(self._entries)
        return self._entries[n:]

    @property
    def last(self) -> int:
        """The newest entry's number; 0 if there is none."""
        with self._lock:
            return len(self._entries)

    def wait(self, n: int, seconds: float) -> list[Entry]:
        """Entries above `n`, waiting at most `seconds` for the first of them, or for a reset."""
        with self._lock:
            self._waiting += 1
            try:
                self._news.wait_for(lambda: len(self._entries) != n, seconds)
            finally:
                self._waiting -= 1
            return self._from(n)

    def clear(self) -> None:
        with self._lock:
            self.leftovers.take(self._entries)
            self._entries = []
            self._looked = 0
            self._news.notify_all()
