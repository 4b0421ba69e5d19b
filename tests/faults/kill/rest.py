"""After the storm: time is hurried on until every retry, lease and sweep has had its turn."""

import time
from typing import Any

import requests

from simulator.acceptance.sim import HttpSim
from simulator.accounts import ADMIN_TOKEN
from tests.faults.kill.processes import Bridge

STEP = 60.0
WHOLE = 1800.0  # simulated seconds: every webhook has been told or given up (SUN-WHK-06), every doubt is over
LONGEST = 7200.0
SETTLED = 20.0  # real seconds in which one step must have come to rest


def heal(sim: HttpSim, bridges: list[Bridge]) -> dict[str, float]:
    """Wait until nothing moves any more; the journal's counts at the end."""
    for each in bridges:
        each.wait()
    passed = 0.0
    while True:
        counts = _settle(sim, bridges[0])
        waits = counts["effects_waiting"] + counts["events_new"]
        if passed >= LONGEST or (passed >= WHOLE and not waits):
            return counts
        sim.call("POST", "/clock", {"advance": STEP})
        passed += STEP


def _settle(sim: HttpSim, bridge: Bridge) -> dict[str, Any]:
    """Until two looks in a row see nothing due there and nothing to do here."""
    until, last = time.monotonic() + SETTLED, -1
    while True:
        status, idle = _status(bridge), sim.call("GET", "/idle")
        near = abs(status["now"] - idle["now"]) < 1.0
        quiet = idle["idle"] and near and not status["busy"] and idle["last"] == last
        if quiet or time.monotonic() > until:
            return status
        last = idle["last"]
        time.sleep(0.05)


def _status(bridge: Bridge) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
    told: dict[str, Any] = requests.get(f"{bridge.url}/admin/status", headers=headers, timeout=10).json()
    return told
