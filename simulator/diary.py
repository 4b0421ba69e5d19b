"""The file of `simulator serve --state`: what came in, a line of JSON each, from the last reset on.

The first line has the seed and the moment of the beginning; each other one is a step (`memory.py`). Lines
are written as they come and saved every second and at the end, so whoever ends the process by force loses a
second. A last line that is not whole is left out, and that is told. Bodies are latin-1, which keeps any byte.
"""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Step = dict[str, Any]
FORMAT = "simulator state 1"
SAVE_SECONDS = 1.0


class Foreign(Exception):
    """The file cannot be used; says why and what to do."""


class Diary:
    """One file, open for as long as the simulators run."""

    def __init__(self, path: Path, seed: int | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self.torn = False
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
        self._header = self._read_header(lines, seed)
        self._lines = self._whole(lines[1:])
        if self.torn:
            _rewrite(path, lines[:-1])
        self._file = path.open("a", encoding="utf-8")
        if not lines:
            self._file.write(json.dumps(self._header) + "\n")
            self._file.flush()
        self._dirty = False
        threading.Thread(target=self._save_on, name="diary", daemon=True).start()

    @property
    def seed(self) -> int:
        return int(self._header["seed"])

    @property
    def began(self) -> float:
        return float(self._header["began"])

    def steps(self) -> Iterator[Step]:
        """What was there when it was opened; once."""
        lines, self._lines = self._lines, []
        return map(json.loads, lines)

    def write(self, step: Step) -> None:
        """The next step; what still happens while the process ends is none."""
        line = json.dumps(step) + "\n"
        with self._lock:
            if not self._file.closed:
                self._file.write(line)
                self._dirty = True

    def restart(self, *steps: Step) -> None:
        """Everything was reset: only these are left of what was written."""
        with self._lock:
            self._file.truncate(0)
            self._file.writelines(json.dumps(each) + "\n" for each in (self._header, *steps))
            self._dirty = True

    def save(self) -> None:
        with self._lock:
            if self._dirty and not self._file.closed:
                self._file.flush()
            self._dirty = False

    def close(self) -> None:
        with self._lock:
            self._file.close()

    def _save_on(self) -> None:
        while not self._file.closed:
            time.sleep(SAVE_SECONDS)
            self.save()

    def _read_header(self, lines: list[str], seed: int | None) -> Step:
        if not lines:
            return {"format": FORMAT, "seed": seed or 0, "began": time.time()}
        header = _parsed(lines[0])
        if not isinstance(header, dict) or header.get("format") != FORMAT:
            raise Foreign(f"{self._path} is no state of these simulators. Name another file with --state.")
        if seed is not None and seed != header["seed"]:
            raise Foreign(
                f"{self._path} was made with --seed {header['seed']}, not {seed}. "
                "Leave --seed out, or name another file with --state."
            )
        return header

    def _whole(self, lines: list[str]) -> list[str]:
        self.torn = bool(lines) and _parsed(lines[-1]) is None
        return lines[:-1] if self.torn else lines


def _rewrite(path: Path, lines: list[str]) -> None:
    """All of it or nothing, whenever the process ends."""
    beside = path.with_name(path.name + ".new")
    beside.write_text("".join(lines), encoding="utf-8")
    beside.replace(path)


def _parsed(line: str) -> object:
    try:
        return json.loads(line)
    except ValueError:
        return None
