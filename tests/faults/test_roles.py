"""`bridge serve --role web` beside `--role worker`: two processes on one PostgreSQL, each doing its part."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from simulator import accounts
from simulator.acceptance.processes import free_port, wait_for
from simulator.environment import environment
from tests.faults.kill.processes import Bridge, Simulators

MARIA, SUPPORT = "+14155550101", accounts.SUPPORT_NUMBER
ANSWER = "Thanks for your message. How else can I help?"
PATIENCE = 20.0


@pytest.fixture
def parts(tmp_path: Path, postgres_url: str) -> Iterator[tuple[Simulators, Bridge, Bridge]]:
    """The simulators, a web process and a worker process."""
    web_url, worker_url = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
    simulators = Simulators(tmp_path)
    places = {"BRIDGE_DATABASE_URL": postgres_url, "BRIDGE_MEDIA_FOLDER": str(tmp_path / "media")}
    given = environment(simulators.base, web_url) | places
    web = Bridge("web", web_url, given | {"BRIDGE_ROLE": "web"}, tmp_path)
    worker = Bridge("worker", worker_url, given | {"BRIDGE_ROLE": "worker"}, tmp_path)
    with ExitStack() as running:
        simulators.start(web_url, 1)
        running.callback(simulators.stop)
        for each in (web, worker):
            each.start()
            running.callback(each.kill)
            wait_for(f"{each.url}/readyz")
        yield simulators, web, worker


def test_one_takes_in_and_the_other_does_it(parts: tuple[Simulators, Bridge, Bridge]) -> None:
    """The answer to a text that the web process took in leaves by the worker's hands."""
    simulators, web, worker = parts
    sim = simulators.sim()
    sim.call("PUT", f"/numbers/{SUPPORT}", {"sms_url": f"{web.url}/webhooks/twilio/sms#rc=3&rp=all"})
    for words in ("Hello", "Are you there?"):
        sim.call("POST", f"/phones/{MARIA}/texts", {"to": SUPPORT, "text": words})
    until(lambda: shown(simulators) == [ANSWER, ANSWER], lambda: shown(simulators))
    sim.close()
    assert requests.post(f"{worker.url}/webhooks/twilio/sms", timeout=5).status_code == 404
    assert requests.post(f"{web.url}/webhooks/twilio/sms", timeout=5).status_code == 403


def shown(simulators: Simulators) -> list[str]:
    """What the phone received."""
    sim = simulators.sim()
    screen = sim.call("GET", f"/phones/{MARIA}/messages")["messages"]
    sim.close()
    return [each["text"] for each in screen if each["direction"] == "received"]


def until(true: Callable[[], bool], seen: Callable[[], object]) -> None:
    """Poll until it is so; fail with what was seen instead."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, seen()
        time.sleep(0.05)
