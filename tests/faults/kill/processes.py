"""The simulators and the bridge as processes; the bridge may be killed and is started again at once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import requests

from simulator.acceptance.processes import end, free_port, wait_for
from simulator.acceptance.sim import HttpSim
from simulator.environment import environment

TIMEOUT = "2"  # seconds the bridge waits for an answer: calls that hang are part of the storm
PATIENCE = 30.0


@dataclass
class Simulators:
    """The outside world behind a port. Each thread that acts takes a `sim` of its own."""

    folder: Path
    base: str = field(default_factory=lambda: f"http://127.0.0.1:{free_port()}")

    def start(self, bridge_url: str, seed: int) -> None:
        """Start, and wait until it answers."""
        port = self.base.rpartition(":")[2]
        command = ["simulator", "serve", "--port", port, "--bridge", bridge_url, "--seed", str(seed)]
        self._process = spawn(command, {}, self.folder / "simulator.log")
        wait_for(f"{self.base}/_sim/clock")

    def sim(self) -> HttpSim:
        """A way to the control surface."""
        return HttpSim(self.base)

    def stop(self) -> None:
        """End it."""
        end(self._process, signal.SIGKILL)


@dataclass
class Bridge:
    """One `bridge serve` process, or rather its group: gunicorn and its worker die together."""

    name: str
    url: str
    settings: dict[str, str]
    folder: Path
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """A fresh process; does not wait for it."""
        bind = {"BRIDGE_BIND": self.url.removeprefix("http://")}
        log = self.folder / f"{self.name}.log"
        self._process = spawn(["bridge", "serve"], self.settings | bind, log)

    def kill(self) -> None:
        """SIGKILL, to the whole group."""
        if self._process is not None:
            end(self._process, signal.SIGKILL)
            self._process = None

    @property
    def alive(self) -> bool:
        """Whether the process runs; it may also have ended by itself, which it never should."""
        return self._process is not None and self._process.poll() is None

    @property
    def ready(self) -> bool:
        """Whether it answers."""
        return _answers(f"{self.url}/readyz")

    def wait(self) -> None:
        """Until it is ready."""
        until(lambda: self.ready, f"{self.name} did not get ready; see {self.folder}")


def settings(sims: Simulators, public_url: str, database_url: str, folder: Path) -> dict[str, str]:
    """A bridge's environment; it sweeps as often as it can."""
    ours = {
        "BRIDGE_DATABASE_URL": database_url,
        "BRIDGE_MEDIA_FOLDER": str(folder / "media"),
        "BRIDGE_SWEEP_SECONDS": "30",
        "BRIDGE_TIMEOUT": TIMEOUT,
    }
    return environment(sims.base, public_url) | ours


def spawn(words: list[str], more: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    """A process in a group of its own, writing into a log."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("BRIDGE_")}
    inherited.pop("PYTHONDONTWRITEBYTECODE", None)  # each start would compile everything anew
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", *words],
            env=inherited | more,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def until(there: Callable[[], bool], failure: str, seconds: float = PATIENCE) -> None:
    """Poll until it is so; raise if it takes too long."""
    end_at = time.monotonic() + seconds
    while not there():
        if time.monotonic() > end_at:
            raise TimeoutError(failure)
        time.sleep(0.02)


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).ok
    except requests.RequestException:
        return False
