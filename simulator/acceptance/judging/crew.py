"""Workers that judge, each a pytest process with simulators and a bridge of its own.

Rules:
  * A worker tells in a file what it does; we read along. One that is silent about a scenario for too long is
    ended together with everything it started, the scenario has failed, and another worker takes the rest.
  * One that ends by itself in the middle is treated alike. One that ends before its first scenario is not
    replaced.
  * When the time is up, or somebody stops us, what is left is not tested.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulator.acceptance.judging.results import Outcome
from simulator.acceptance.manifest import Manifest
from simulator.acceptance.place import FEATURES
from simulator.acceptance.processes import end, last_words

LOOKS = 0.1  # seconds between two looks at what the workers tell
ROOT = Path(__file__).parents[3]  # where `simulator` can be imported from


@dataclass(frozen=True, slots=True)
class Terms:
    """How the judging goes."""

    folder: Path  # for files of the workers
    seed: int = 0
    bend: str = ""  # of the line between bridge and simulators
    within: float = 900.0  # seconds for everything
    each: float = 120.0  # seconds for one scenario, besides starts of the bridge


@dataclass
class Hand:
    """One worker."""

    keys: list[str]
    repetition: int
    events: Path
    log: Path
    process: subprocess.Popen[bytes]
    pids: list[int] = field(default_factory=list)
    current: dict[str, Any] | None = None
    since: float = field(default_factory=time.monotonic)
    judged: set[str] = field(default_factory=set)
    place: int = 0

    def news(self) -> Iterator[dict[str, Any]]:
        """What it has told since the last look; a line that is not whole yet comes next time."""
        if not self.events.exists():
            return
        with self.events.open("rb") as told:
            told.seek(self.place)
            whole, _, _ = told.read().rpartition(b"\n")
        self.place += len(whole) + 1 if whole else 0
        yield from (json.loads(line) for line in whole.splitlines())

    @property
    def left(self) -> list[str]:
        """What it has not begun."""
        begun = self.judged | ({self.current["scenario"]} if self.current else set())
        return [key for key in self.keys if key not in begun]

    @property
    def unfinished(self) -> list[str]:
        """The same with what it is at."""
        return [*([self.current["scenario"]] if self.current else []), *self.left]

    def kill(self) -> None:
        """End it and all it has started."""
        for pid in (self.process.pid, *self.pids):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
        end(self.process, signal.SIGKILL)


class Crew:
    """All workers of one run; `tell` hears each outcome as it is known."""

    def __init__(self, manifest: Manifest, terms: Terms, tell: Callable[[Outcome], None]) -> None:
        self._manifest = manifest
        self.command = pytest_command
        self._terms = terms
        self._tell = tell
        self._hands: list[Hand] = []
        self._count = 0
        starts = 2 * float(manifest.get("bridge", "start_seconds"))
        self._longest = terms.each + starts
        self._until = time.monotonic() + terms.within
        self.stopped = ""  # why nothing more is begun

    def judge(self, shares: list[list[str]], repetition: int) -> None:
        """Have all shares judged once."""
        if self.stopped:
            self._give_up([key for share in shares for key in share], repetition)
            return
        try:
            self._hands = [self._hire(share, repetition) for share in shares]
            while self._hands:
                for hand in list(self._hands):
                    self._follow(hand)
                time.sleep(LOOKS)
        finally:
            for hand in self._hands:
                hand.kill()

    def _follow(self, hand: Hand) -> None:
        """Read what it tells; see to it if it has ended, hangs, or time is up."""
        over = hand.process.poll() is not None
        for event in hand.news():
            self._heard(hand, event)
        now = time.monotonic()
        if now > self._until:
            self.stopped = self.stopped or f"time was up after {self._terms.within:g} seconds"
        if over:
            self._dismiss(hand, f"the judge's own process ended: {last_words(hand.log)}")
        elif self.stopped:
            self._dismiss(hand, "")
        elif now - hand.since > self._longest:
            self._dismiss(hand, f"it took longer than {self._longest:g} seconds")

    def _heard(self, hand: Hand, event: dict[str, Any]) -> None:
        match event.pop("event"):
            case "started":
                hand.pids.append(event["pid"])
            case "begins":
                hand.current, hand.since = event, time.monotonic()
            case "ends":
                hand.current, hand.since = None, time.monotonic()
                hand.judged.add(event["scenario"])
                self._tell(Outcome(repetition=hand.repetition, **event))

    def _dismiss(self, hand: Hand, why: str) -> None:
        """Take it off the list; what it had begun has failed, somebody else takes the rest."""
        hand.kill()
        self._hands.remove(hand)
        if self.stopped:
            self._give_up(hand.unfinished, hand.repetition)
            return
        if hand.current:
            self._tell(Outcome(outcome="failed", reason=why, repetition=hand.repetition, **hand.current))
        if hand.left and (hand.judged or hand.current):
            self._hands.append(self._hire(hand.left, hand.repetition))
        else:
            self._give_up(hand.left, hand.repetition, why)

    def _give_up(self, keys: list[str], repetition: int, why: str = "") -> None:
        for key in keys:
            self._tell(Outcome(key, "untested", repetition=repetition, reason=why or self.stopped))

    # --- starting one ---

    def _hire(self, keys: list[str], repetition: int) -> Hand:
        self._count += 1
        folder = self._terms.folder / f"worker-{self._count}"
        folder.mkdir(parents=True)
        events, log = folder / "events.jsonl", folder / "pytest.log"
        seed = self._terms.seed * 1000 + self._count
        job = {"scenarios": keys, "events": str(events), "seed": seed, "bend": self._terms.bend}
        (folder / "job.json").write_text(json.dumps(job))
        (folder / "pytest.ini").write_text("[pytest]\n")
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - our own command
                self.command(self._manifest, folder),
                cwd=folder,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        return Hand(keys, repetition, events, log, process)


def pytest_command(manifest: Manifest, folder: Path) -> list[str]:
    """What a worker runs; its job lies in the folder."""
    plugins = ("pytest_bdd.plugin", "simulator.acceptance.plugin", "no:cacheprovider")
    return [
        *(sys.executable, "-m", "pytest", "-q", "--tb=no", "--no-header", "--noconftest"),
        *("-c", str(folder / "pytest.ini"), "--rootdir", str(FEATURES)),
        *("--basetemp", str(folder / "files")),
        *(word for plugin in plugins for word in ("-p", plugin)),
        *("--bridge", str(manifest.path.resolve()), "--bridge-job", str(folder / "job.json")),
        str(FEATURES),
    ]


def _environment() -> dict[str, str]:
    """No plugin but ours, and `simulator` from where we are."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    path = os.pathsep.join(filter(None, (str(ROOT), inherited.get("PYTHONPATH"))))
    return inherited | {"PYTHONPATH": path, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""}
