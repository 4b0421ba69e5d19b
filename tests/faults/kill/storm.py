"""What goes wrong while people write: the bridge dies, carrier and desk misbehave, and time flies.

Not planted, because no bridge can mend it: webhooks told in another order than things happened. Those not
told at all are planted: what they would have said comes with a sweep, late, and is judged without its order.
"""

import random
import threading
from collections.abc import Callable

from simulator.acceptance.sim import HttpSim
from tests.faults.kill.plan import Plan
from tests.faults.kill.processes import Bridge

CHANGES = ("hang", "accept then hang", "accept then reset", "status 500", "status 503", "status 429 after 1")
READS = ("status 500", "status 429 after 1", "refuse", "slow 0.5", "accept then reset")
FAULTS = (
    *(("twilio", "CreateMessage", fault) for fault in (*CHANGES, "refuse", "slow 0.5", "garble")),
    *(("sunshine", "PostMessage", fault) for fault in (*CHANGES, "refuse", "slow 0.5", "garble")),
    *(("twilio", "ListMessage", fault) for fault in READS),
    *(("sunshine", "ListMessages", fault) for fault in READS),
    ("twilio", "inbound", "drop webhooks"),
    ("twilio", "status", "drop webhooks"),
    ("sunshine", "conversation:message", "drop webhooks"),
    ("twilio", "inbound", "duplicate 2"),
    ("twilio", "status", "duplicate 2"),
    ("twilio", "status", "early callback"),
    ("sunshine", "conversation:message", "duplicate 2"),
)
PLANT_EVERY = 0.1  # seconds
AT_ONCE = 12  # planted and not yet used up
HURRY = 1.0  # seconds that pass beside each tenth of a second: retries fall due in the storm, not after it


class Storm:
    """Runs on threads until `stop`."""

    def __init__(self, plan: Plan, bridges: list[Bridge], sims: Callable[[], HttpSim]) -> None:
        self._plan = plan
        self._bridges = bridges
        self._sims = sims
        self._over = threading.Event()
        self._threads = [threading.Thread(target=each) for each in (self._kill_on, self._plant_on)]
        self.kills = 0
        self.planted = 0
        self.ended_alone = 0

    def start(self) -> None:
        """From now on nothing is certain."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Faults off; what was killed has been started again."""
        self._over.set()
        for thread in self._threads:
            thread.join()
        self._sims().call("DELETE", "/faults")

    def _kill_on(self) -> None:
        chance = random.Random(f"kills {self._plan.seed}")
        while not self._over.wait(chance.uniform(*self._plan.kill_every)):
            victim = chance.choice(self._bridges)
            self.ended_alone += not victim.alive
            victim.kill()
            victim.start()
            self.kills += 1

    def _plant_on(self) -> None:
        chance, sim = random.Random(f"faults {self._plan.seed}"), self._sims()
        while not self._over.wait(PLANT_EVERY):
            sim.call("POST", "/clock", {"advance": HURRY})
            if self._plan.faults:
                self._plant(chance, sim)

    def _plant(self, chance: random.Random, sim: HttpSim) -> None:
        if len(sim.call("GET", "/faults")["faults"]) >= AT_ONCE:
            sim.call("DELETE", "/faults")  # those for what nobody does make room for others
        system, operation, fault = chance.choice(FAULTS)
        sim.call("POST", "/faults", {"system": system, "operation": operation, "fault": fault})
        self.planted += 1
