"""Starts and ends the simulators and the bridge, each a process of its own.

Rules:
  * Usual ports if they are free, else any free ones. Whoever has the simulators' usual port may have the
    bridge's, so that of two demos that start at once neither plays on the other's.
  * The bridge's database and files are in a temporary folder, so that every demo begins afresh.
  * Only what was started here is ended here. Ctrl-C in a terminal reaches us alone; we end them in order.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from simulator.acceptance.processes import end

SIMULATOR_PORT = 4010
BRIDGE_PORT = 8080
TAKEN = 1  # how `simulator serve` ends if somebody else listens there
START = 30.0  # seconds a process may take to answer


class DidNotStart(Exception):
    """A process ended or did not answer; the message shows the end of what it wrote."""


@dataclass
class Machinery:
    """The running simulators and bridge."""

    folder: Path
    base: str = ""
    bridge: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> None:
        """Start the simulators, ask them for the bridge's environment, start the bridge."""
        self.base = self._simulators(SIMULATOR_PORT, BRIDGE_PORT) or self._simulators(0, 0)
        self.environment = self._environment()
        process, log = self._run("bridge", ["serve"], self.environment)
        _wait(lambda: _answers(f"{self.bridge}/readyz"), process, "bridge", log)

    def check(self) -> list[dict[str, Any]]:
        """What `bridge check --json` finds."""
        command = [sys.executable, "-m", "bridge", "check", "--json"]
        done = subprocess.run(  # noqa: S603 - our own program
            command,
            check=False,
            env=_inherited() | self.environment,
            cwd=self.folder,
            capture_output=True,
            timeout=START,
        )
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith(b"{")]

    def stop(self) -> None:
        """End the bridge, then the simulators."""
        while self.processes:
            end(self.processes.pop(), signal.SIGTERM)

    def _environment(self) -> dict[str, str]:
        told = requests.get(f"{self.base}/_sim/env", params={"bridge": self.bridge}, timeout=5).json()
        ours = {
            "BRIDGE_DATABASE_URL": f"sqlite:///{self.folder / 'bridge.db'}",
            "BRIDGE_MEDIA_FOLDER": str(self.folder / "media"),
        }
        return {**told, **ours}

    def _simulators(self, port: int, bridge_port: int) -> str:
        """Their address, as they say it themselves; empty if somebody else has that port."""
        self.bridge = f"http://127.0.0.1:{free_port(bridge_port)}"
        words = ["serve", "--port", str(port), "--bridge", self.bridge]
        process, log = self._run("simulator", words, {})
        _wait(lambda: _said(log) != "" or (port != 0 and process.poll() == TAKEN), process, "simulator", log)
        if not _said(log):
            self.processes.remove(process)
        return _said(log)

    def _run(
        self, name: str, words: list[str], environment: dict[str, str]
    ) -> tuple[subprocess.Popen[bytes], Path]:
        log = self.folder / f"{name}.log"
        with log.open("wb") as file:
            process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", name, *words],
                env=_inherited() | environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.processes.append(process)
        return process, log


def free_port(wanted: int) -> int:
    """The wanted port of the loopback address, or any other if it is taken."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise DidNotStart("no port of 127.0.0.1 is free")


def _inherited() -> dict[str, str]:
    """Our environment without anybody's bridge settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith("BRIDGE_")}


def _wait(done: Callable[[], bool], process: subprocess.Popen[bytes], name: str, log: Path) -> None:
    deadline = time.monotonic() + START
    while time.monotonic() < deadline:
        if done():
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    end = log.read_text(errors="replace").strip()[-1500:]
    raise DidNotStart(f"The {name} did not start. It wrote:\n{end or '(nothing)'}")


def _said(log: Path) -> str:
    """The address at which simulators say they are."""
    found = re.search(
        r"^Simulators and console: (http://\S+)$", log.read_text(errors="replace"), re.MULTILINE
    )
    return found[1] if found else ""


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=1).ok
    except requests.RequestException:
        return False
