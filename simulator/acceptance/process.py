"""A bridge behind a port, started as its manifest says or running already, and simulators of its own.

How it is known to be at rest: the simulators have nothing due, and
  * if it offers /admin: its status says that it has nothing to do at the same time of day, and nothing new
    came into the ledger meanwhile;
  * else: nothing came into the ledger for a while.
A bridge that does not start, or has ended, is started again for the next scenario, but not for ever.
"""

import itertools
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

from simulator.acceptance.manifest import Manifest
from simulator.acceptance.processes import (
    START,
    DidNotStart,
    answers,
    end,
    free_port,
    inherited,
    last_words,
    spawn,
    wait_until_up,
)
from simulator.acceptance.records import Records
from simulator.acceptance.sim import HttpSim
from simulator.acceptance.subject import Finding, NotApplicable, Patience, Settings, noticed
from simulator.environment import environment

LOOKS = 0.02  # seconds between two looks whether all is at rest
SAME_TIME = 0.5  # seconds the two clocks may differ
LONGEST = 15.0  # seconds to wait for rest
MOST_FAILED_STARTS = 2  # one after another; then no more are tried
Started = Callable[[int], None]


def _nobody(_: int) -> None:
    """Nobody wants to know."""


class Process:
    """The bridge behind a port."""

    lives_on = True

    def __init__(
        self, manifest: Manifest, folder: Path, *, seed: int = 0, started: Started = _nobody
    ) -> None:
        self._manifest = manifest
        self._folder = folder
        self._told = started
        self._numbers = itertools.count(1)
        self._data = folder
        self._bridge: subprocess.Popen[bytes] | None = None
        self._settings: Settings | None = None
        self._failed: list[str] = []  # starts, one after another
        self.follows = bool(manifest.abilities["clock"])
        self.patience = Patience(manifest.get("bridge", "patience_seconds"))
        self._rest = Patience(LONGEST)
        self.url = manifest.get("bridge", "url").rstrip("/") or f"http://127.0.0.1:{free_port()}"
        self.log = folder / "bridge.log"
        self._base = f"http://127.0.0.1:{self._simulators_port()}"
        self._simulator = self._simulate(seed)
        self.sim = HttpSim(self._base)
        self._asking = requests.Session()
        self._asking.trust_env = False
        self._admin = manifest.get("admin", "path")
        if token := manifest.get("admin", "token"):
            self._asking.headers["Authorization"] = f"Bearer {self._filled(token, self._known({}))}"
        self.records = Records(self._asked) if manifest.abilities["records"] else None

    def _simulators_port(self) -> int:
        fixed = int(self._manifest.get("bridge", "simulators_port"))
        return fixed or (4010 if self._manifest.way == "running" else free_port())

    def _simulate(self, seed: int) -> subprocess.Popen[bytes]:
        port = self._base.rpartition(":")[2]
        command = [sys.executable, "-m", "simulator", "serve", "--port", port, "--bridge", self.url]
        for system, path in self._manifest.doors.items():
            command += ["--door", f"{system}={path}"]
        log = self._folder / "simulator.log"
        process = spawn([*command, "--seed", str(seed)], self._folder, {}, log)
        self._told(process.pid)
        wait_until_up(process, f"{self._base}/_sim/clock", START, log)
        return process

    # --- life ---

    def start(self, settings: Settings | None = None) -> None:
        """Keep a running bridge whose settings are right; its old sessions have other phones."""
        wanted = settings or {}
        self._must_take(wanted)
        if self._manifest.way == "running":
            self._must_answer()
        elif self._bridge is None or self._bridge.poll() is not None or self._settings != wanted:
            self._stop(signal.SIGTERM)
            self._settings = wanted
            self._data = self._folder / f"data-{next(self._numbers)}"
            self._data.mkdir()
            self._serve()

    def _must_take(self, settings: Settings) -> None:
        """A setting counts only if the manifest hands it on."""
        handed_on = " ".join(self._manifest.environment.values())
        for name in settings:
            if not self._manifest.get("bridge", "our_names") and f"{{{name}}}" not in handed_on:
                raise NotApplicable(f"the manifest does not hand {name} on")

    def die(self) -> None:
        self._stop(signal.SIGKILL)
        self._serve()

    def close(self) -> None:
        self._stop(signal.SIGTERM)
        self.sim.close()
        self._asking.close()
        end(self._simulator, signal.SIGTERM)

    def trouble(self) -> str:
        if self._bridge is None or self._bridge.poll() is None:
            return ""
        return f"the bridge ended with {self._bridge.poll()}; it wrote: {last_words(self.log) or 'nothing'}"

    def _must_answer(self) -> None:
        ready = self.url + self._manifest.get("bridge", "ready")
        if not answers(ready):
            raise DidNotStart(f"{ready} does not answer 2xx; start the bridge first, or give bridge.command")

    def _serve(self) -> None:
        """Start it and wait until it is ready; one that never was is not waited for a third time."""
        if len(self._failed) >= MOST_FAILED_STARTS:
            raise DidNotStart(self._failed[-1])
        known = self._known(self._settings or {})
        command = [self._filled(word, known) for word in self._manifest.get("bridge", "command")]
        try:
            self._bridge = spawn(command, self._work_folder(known), self._variables(known), self.log)
            self._told(self._bridge.pid)
            ready = self.url + self._manifest.get("bridge", "ready")
            wait_until_up(self._bridge, ready, self._manifest.get("bridge", "start_seconds"), self.log)
            self._failed.clear()
        except (OSError, DidNotStart) as failure:
            self._failed.append(f"the bridge did not start: {failure}")
            self._stop(signal.SIGKILL)
            raise DidNotStart(self._failed[-1]) from failure

    def _stop(self, how: signal.Signals) -> None:
        if self._bridge is not None:
            end(self._bridge, how)
            self._bridge = None

    # --- what the manifest's words stand for ---

    def _known(self, settings: Settings) -> Settings:
        host, _, port = self.url.partition("://")[2].partition(":")
        places = {"python": sys.executable, "host": host, "port": port, "url": self.url}
        places |= {"simulators": self._base, "data": str(self._data)}
        places["manifest"] = str(self._manifest.path.resolve().parent)
        return places | {"BRIDGE_AUTOPILOT": "true"} | environment(self._base, self.url) | settings

    def _filled(self, text: str, known: Settings) -> str:
        for name, value in known.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    def _variables(self, known: Settings) -> Settings:
        ours = {name: value for name, value in known.items() if name.startswith("BRIDGE_")}
        theirs = {name: self._filled(text, known) for name, text in self._manifest.environment.items()}
        return (ours if self._manifest.get("bridge", "our_names") else {}) | theirs

    def _work_folder(self, known: Settings) -> Path:
        given = self._filled(self._manifest.get("bridge", "folder"), known)
        return self._manifest.path.resolve().parent / given

    # --- rest ---

    def deliver(self) -> None:
        """Webhooks leave by themselves."""

    def settle(self) -> None:
        """Wait for rest; a bridge that never rests, or has ended, is not waited for to the end."""
        began = time.monotonic()
        until = began + self._rest.seconds
        at_rest = self._says_so if self._admin else self._is_quiet
        while time.monotonic() < until:
            if at_rest() or self.trouble():
                break
            time.sleep(LOOKS)
        if time.monotonic() - began < LONGEST / 2:
            self._rest.rewarded()
        else:
            self._rest.disappointed()

    def _is_quiet(self) -> bool:
        """Nothing was due and nothing came over the wire for a while."""
        before = self.sim.call("GET", "/idle")
        if not before["idle"]:
            return False
        seconds = self._manifest.get("bridge", "quiet_seconds")
        return not self.sim.call("GET", "/ledger", after=before["last"], wait=seconds)["entries"]

    def _says_so(self) -> bool:
        """Nothing is due there and nothing to do here, and nothing happened between the two looks."""
        before = self.sim.call("GET", "/idle")
        if not before["idle"]:
            return False
        try:
            status = self._asked("GET", "/status", {})
        except (requests.RequestException, ValueError):
            return False
        after = self.sim.call("GET", "/idle")
        quiet = after["idle"] and after["last"] == before["last"]
        same = not self.follows or abs(status["now"] - after["now"]) < SAME_TIME
        return bool(quiet and not status["busy"] and same)

    # --- what an operator does ---

    def check(self, settings: Settings) -> list[Finding]:
        known = self._known(settings)
        command = [self._filled(word, known) for word in self._manifest.get("check", "command")]
        done = subprocess.run(  # noqa: S603 - what the manifest says
            command,
            env=inherited() | self._variables(known),
            cwd=self._work_folder(known),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if done.returncode not in (0, 1):
            return [Finding("settings", cause=done.stderr.strip(), fix=done.stderr.strip())]
        return [_finding(line) for line in done.stdout.splitlines() if line.startswith("{")]

    def status(self) -> list[Finding]:
        return noticed(self._asked("GET", "/status", {}))

    def _asked(self, method: str, path: str, given: dict[str, str]) -> Any:
        answer = self._asking.request(method, self.url + self._admin + path, params=given, timeout=20)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, headers: dict[str, str], body: bytes) -> int | None:
        return requests.post(self.url + path, data=body, headers=headers, timeout=20).status_code


def _finding(line: str) -> Finding:
    found = json.loads(line)
    return Finding(found["step"], found.get("detail", ""), found.get("cause", ""), found.get("fix", ""))
