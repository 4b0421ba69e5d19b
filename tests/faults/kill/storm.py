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
    *(("sunshine", "CreateConversation", fault) for fault in ("accept then hang", "accept then reset")),
    *(
        ("sunshine", "PassControl", fault)
        for fault in ("accept then hang", "accept then reset", "status 503")
    ),
    *(("opencx", "sendMessage", fault) for fault in ("accept then hang", "accept then reset", "slow 0.5")),
    ("opencx", "createChatSession", "accept then reset"),
    ("opencx", "listChatHistory", "slow 0.5"),
    ("opencx", "conversation.ai_response", "drop webhooks"),
    ("opencx", "conversation.ai_response", "duplicate 2"),
    ("opencx", "conversation.handoff_to_human", "drop webhooks"),
    ("opencx", "conversation.handoff_to_human", "duplicate 2"),
    ("twilio", "inbound", "drop webhooks"),
    ("twilio", "status", "drop webhooks"),
    ("sunshine", "conversation:message", "drop webhooks"),
    ("twilio", "inbound", "duplicate 2"),
    ("twilio", "status", "duplicate 2"),
    ("twilio", "status", "early callback"),
    ("sunshine", "conversation:message", "duplicate 2"),
)
AT_WORK = 0.5  # of the bridges are killed once they are ready, the others wherever they have got to
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
            if chance.random() < AT_WORK:
                self._let_start(victim)

    def _let_start(self, bridge: Bridge) -> None:
        """However slow the machine is: who is always killed while it starts shows nothing."""
        while not (bridge.ready or self._over.wait(0.05)):
            pass

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
