"""Bridge and simulators as real processes on free ports.

Nothing here knows the bridge's code: `python -m bridge serve` with the environment `simulator env` prints.
Time is the simulators'; the bridge follows it by BRIDGE_CLOCK_URL. The world is at rest when the simulators
have nothing due, the bridge's status page says that it has nothing to do at the same time of day, and nothing
new came into the ledger meanwhile.
"""

import contextlib
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import requests

from simulator.acceptance.records import AUTHORISED, Records
from simulator.acceptance.sim import HttpSim, Json
from simulator.acceptance.subject import Finding, Settings
from simulator.environment import environment

LOOKS = 0.02  # seconds between two looks whether all is at rest
TIMEOUT = "2"  # seconds the bridge waits for an answer: a hanging call is part of some scenarios
SAME_TIME = 0.5  # seconds the two clocks may differ
LONGEST = 15.0  # seconds to wait for rest
START = 30.0  # seconds a process may take to answer


class Processes:
    """The bridge behind a port."""

    mode = "http"
    abilities = frozenset({"check", "settings", "die", "status"})
    lives_on = True
    patience = 8.0

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._base = f"http://127.0.0.1:{free_port()}"
        self.url = f"http://127.0.0.1:{free_port()}"
        port = self._base.rpartition(":")[2]
        command = ["simulator", "serve", "--port", port, "--bridge", self.url]
        self._simulator = self._run(command, {}, "simulator.log")
        self.sim = HttpSim(self._base)
        wait_for(f"{self._base}/_sim/clock")
        self._status = requests.Session()
        self._status.trust_env = False
        self._status.headers.update(AUTHORISED)
        self.records: Records | None = Records(self._asked)
        self._bridge: subprocess.Popen[bytes] | None = None
        self._settings: Settings | None = None
        self._environment: Settings = {}

    @property
    def log(self) -> Path:
        """What the bridge's processes write."""
        return self._folder / "bridge.log"

    def start(self, settings: Settings | None = None) -> None:
        """Keep a running bridge whose settings are right; its old sessions have other phones."""
        if self._bridge is not None and self._settings == (settings or {}):
            return
        self._stop_bridge(signal.SIGTERM)
        self._settings = settings or {}
        self._environment = self._configured(self._settings, f"{next(self._numbers)}.db")
        self._serve()

    def deliver(self) -> None:
        """Webhooks leave by themselves."""

    def settle(self) -> None:
        until = time.monotonic() + LONGEST
        while time.monotonic() < until and not self._at_rest():
            time.sleep(LOOKS)

    def _at_rest(self) -> bool:
        """Nothing is due there and nothing to do here, and nothing happened between the two looks."""
        before = self.sim.call("GET", "/idle")
        if not before["idle"]:
            return False
        try:
            status = self._status.get(f"{self.url}/admin/status", timeout=5).json()
        except requests.RequestException:
            return False
        after = self.sim.call("GET", "/idle")
        quiet = after["idle"] and after["last"] == before["last"]
        return quiet and not status["busy"] and abs(status["now"] - after["now"]) < SAME_TIME

    def die(self) -> None:
        self._stop_bridge(signal.SIGKILL)
        self._serve()

    def check(self, settings: Settings) -> list[Finding]:
        command = [sys.executable, "-m", "bridge", "check", "--json"]
        values = os.environ | self._configured(settings, "check.db")
        done = subprocess.run(  # noqa: S603 - our own command
            command, env=values, cwd=self._folder, capture_output=True, text=True, timeout=60, check=False
        )
        if done.returncode not in (0, 1):
            return [Finding("settings", cause=done.stderr.strip(), fix=done.stderr.strip())]
        return [_finding(line) for line in done.stdout.splitlines() if line.startswith("{")]

    def status(self) -> list[Finding]:
        return noticed(self._status.get(f"{self.url}/admin/status", timeout=5).json())

    def _asked(self, method: str, path: str, given: dict[str, str]) -> Any:
        answer = self._status.request(method, self.url + path, params=given, timeout=20)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, headers: dict[str, str], body: bytes) -> int | None:
        return requests.post(self.url + path, data=body, headers=headers, timeout=20).status_code

    def close(self) -> None:
        self._stop_bridge(signal.SIGTERM)
        self.sim.close()
        self._status.close()
        end(self._simulator, signal.SIGTERM)

    def _serve(self) -> None:
        self._bridge = self._run(["bridge", "serve"], self._environment, self.log.name)
        wait_for(f"{self.url}/readyz")

    def _stop_bridge(self, how: signal.Signals) -> None:
        if self._bridge is not None:
            end(self._bridge, how)
            self._bridge = None

    def _configured(self, settings: Settings, database: str) -> Settings:
        values = environment(self._base, self.url) | settings
        ours = {"BRIDGE_MEDIA_FOLDER": str(self._folder / "media"), "BRIDGE_TIMEOUT": TIMEOUT}
        return values | ours | {"BRIDGE_DATABASE_URL": f"sqlite:///{self._folder / database}"}

    def _run(self, arguments: list[str], values: Settings, log: str) -> subprocess.Popen[bytes]:
        with (self._folder / log).open("ab") as output:
            return subprocess.Popen(  # noqa: S603 - our own command
                [sys.executable, "-m", *arguments],
                env=os.environ | values,
                cwd=self._folder,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )


def noticed(status: Json) -> list[Finding]:
    """What a status page names as wrong."""
    return [Finding(each["step"], cause=each["cause"], fix=each["fix"]) for each in status["silent"]]


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(url: str) -> None:
    """Until somebody answers there."""
    until = time.monotonic() + START
    while time.monotonic() < until:
        with contextlib.suppress(requests.ConnectionError):
            if requests.get(url, timeout=5).ok:
                return
        time.sleep(0.1)
    raise RuntimeError(f"nobody answers at {url}")


def end(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    """Stop a process and its workers, which have a group of their own."""
    with contextlib.suppress(ProcessLookupError):
        if how is signal.SIGKILL:
            os.killpg(process.pid, how)
        else:
            process.send_signal(how)
    try:
        process.wait(timeout=40)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)


def _finding(line: str) -> Finding:
    found = json.loads(line)
    return Finding(found["step"], found.get("detail", ""), found.get("cause", ""), found.get("fix", ""))
