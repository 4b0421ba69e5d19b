"""Fixtures for tests of a bridge of your own, in any language. Nothing happens unless a test asks for one.

simulator_bridge_url   session; where your bridge takes webhooks in: override it in your conftest
simulator_server       session; `simulator serve` in a process of its own on a free port; its address
simulator              function; a `simulator.client.Client` of that server, reset before the test. A call to
                       an unknown path, or to what is documented but not simulated, fails the test at its end
"""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from simulator.client import Client

BRIDGE = "http://127.0.0.1:8080"
PATIENCE = 10.0


@pytest.fixture(scope="session")
def simulator_bridge_url() -> str:
    """Where webhooks go."""
    return BRIDGE


@pytest.fixture(scope="session")
def simulator_server(simulator_bridge_url: str) -> Iterator[str]:
    """The address of a simulator that lives as long as the session."""
    command = [sys.executable, "-m", "simulator", "serve", "--port", "0", "--bridge", simulator_bridge_url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - ours
        told = process.stdout.readline() if process.stdout else ""
        if not told:
            pytest.fail("the simulator did not start; `simulator serve --port 0` says why")
        yield told.rpartition(" ")[2].strip()
        process.terminate()
        process.wait(PATIENCE)


@pytest.fixture
def simulator(simulator_server: str) -> Iterator[Client]:
    """A world in which nothing has happened yet."""
    client = Client(simulator_server)
    client.reset()
    yield client
    if strange := client.unexpected():
        pytest.fail("calls that nobody simulates:\n  " + "\n  ".join(strange), pytrace=False)
