"""`simulator serve` as a process: it says where it is, answers, streams, and stops when told."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
import requests


@pytest.fixture
def process() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running `python -m simulator serve` and its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "simulator",
        "serve",
        "--port",
        str(port),
        "--bridge",
        "http://127.0.0.1:9",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as started:
        yield started, f"http://127.0.0.1:{port}"
        started.kill()


def test_serve(process: tuple[subprocess.Popen[str], str]) -> None:
    """One line with the address; calls, webhooks and streams work; SIGTERM ends even an open stream."""
    started, base = process
    assert started.stdout is not None
    assert started.stdout.readline() == f"Simulators and console: {base}\n"
    sent = {"to": "+14155550150", "text": "hi"}
    assert requests.post(f"{base}/_sim/phones/+14155550101/texts", json=sent, timeout=10).status_code == 201
    with requests.get(f"{base}/events", stream=True, timeout=10) as stream:
        seen = ""
        for line in stream.iter_lines(decode_unicode=True):
            seen += line
            if "http://127.0.0.1:9/webhooks/twilio/sms" in line:
                break
        assert '"kind": "sms"' in seen
        started.send_signal(signal.SIGTERM)
        assert started.wait(10) == 0
    assert started.stdout.read() == ""


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT], ids=lambda how: how.name)
def test_it_ends_when_told_at_once(process: tuple[subprocess.Popen[str], str], how: signal.Signals) -> None:
    """The line is hardly there: nothing that comes meanwhile is lost."""
    started, base = process
    assert started.stdout is not None
    assert base in started.stdout.readline()
    started.send_signal(how)
    assert started.wait(10) == 0
