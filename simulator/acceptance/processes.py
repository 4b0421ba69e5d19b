"""Processes on free ports: start, wait, end. Nothing here knows what they are."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import requests

from simulator.acceptance.subject import Settings

START = 30.0  # seconds a process of ours may take to answer


class DidNotStart(Exception):
    """A process ended or never answered; the message shows the end of what it wrote."""


def spawn(command: list[str], folder: Path, values: Settings, log: Path) -> subprocess.Popen[bytes]:
    """Start a process in a group of its own; what it writes goes to the log."""
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - what the manifest says
            command,
            env=inherited() | values,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def inherited() -> Settings:
    """Our environment without anybody's bridge settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith("BRIDGE_")}


def wait_until_up(process: subprocess.Popen[bytes], url: str, seconds: float, log: Path) -> None:
    """Until it answers there; raises `DidNotStart`."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        if answers(url):
            return
        time.sleep(0.05)
    ended = f"it ended with {process.poll()}" if process.poll() is not None else f"{seconds:g} s passed"
    raise DidNotStart(f"{url} never answered 2xx: {ended}. It wrote: {last_words(log) or 'nothing'}")


def answers(url: str) -> bool:
    with contextlib.suppress(requests.RequestException):
        return requests.get(url, timeout=2).ok
    return False


def last_words(log: Path, most: int = 400) -> str:
    """The end of a log."""
    return log.read_text(errors="replace").strip()[-most:] if log.exists() else ""


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
