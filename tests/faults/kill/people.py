"""Customers and agents who write, and what they wrote.

Every text and every reply says who wrote it and the how manieth it is, and every answer of the AI which texts
it answers, so that a judge needs no other memory.

Some customers are with an agent before the storm begins. The AI answers the others, until one of their texts
asks for a person in the middle of it; from then on an agent replies to them as well.
"""

import itertools
import random
import time
from collections import Counter, deque
from dataclasses import dataclass, field

from simulator.acceptance.sim import HttpSim, Json
from tests.faults.kill.plan import Plan
from tests.faults.kill.processes import until

NUMBER = "+14155550150"
PLEASE = ", a human please"
HELLO = f"Hello{PLEASE}"
ANSWER = "Answer to "
AGENTS = "zd-agentWorkspace"
LOOK_AGAIN = 2.0  # seconds
MODES: tuple[Json, ...] = ({"mode": "inline", "echo": True}, {"mode": "webhook", "delay": 0.5})
Act = tuple["Customer", str]  # who is concerned, and whether it is a text or a reply


@dataclass(frozen=True, slots=True)
class Customer:
    """One phone, and which of its texts asks for a person; 0: the hello before the first."""

    place: int
    asks_at: int = 0

    @property
    def phone(self) -> str:
        return f"+1415555{2000 + self.place}"

    def text(self, number: int) -> str:
        """The words of a text."""
        please = PLEASE if number == self.asks_at else ""
        return f"text {number:03} of customer {self.place:02}{please}"

    def reply(self, number: int) -> str:
        """The words of an agent's reply to this customer."""
        return f"reply {number:03} to customer {self.place:02}"


def crowd(plan: Plan) -> list[Customer]:
    """Those who are with an agent, then those whom the AI answers for a third of their texts."""
    asks_at = plan.texts // 3 + 1
    return [Customer(place, 0 if place < plan.customers else asks_at) for place in range(plan.everybody)]


def script(plan: Plan) -> Json:
    """What the AI says: in the call and by webhook as well, or by webhook alone."""
    rule = {"contains": PLEASE, "say": f"{ANSWER}{{text}}", "handoff": True}
    return {"rules": [rule], "otherwise": f"{ANSWER}{{text}}", **MODES[plan.seed % len(MODES)]}


def arrive(sim: HttpSim, plan: Plan, bridge_url: str) -> list[Customer]:
    """Whoever is not for the AI texts once and is with an agent: the storm begins after that."""
    sim.call("PUT", f"/numbers/{NUMBER}", {"sms_url": f"{bridge_url}/webhooks/twilio/sms#rc=5&rp=all"})
    sim.call("PUT", "/assistant/script", script(plan))
    people = crowd(plan)
    early = {each.phone for each in people if not each.asks_at}
    for phone in sorted(early):
        sim.call("POST", f"/phones/{phone}/texts", {"to": NUMBER, "text": HELLO})
    until(lambda: chats(sim).keys() == early, "not everybody is with an agent")
    return people


def chats(sim: HttpSim) -> dict[str, str]:
    """The live chat that agents have with each phone."""
    found = sim.call("GET", "/conversations")["conversations"]
    return {each["user"]["phone"]: each["id"] for each in found if each["control"] == AGENTS}


def acts_of(plan: Plan, people: list[Customer]) -> deque[Act]:
    """All texts and replies, mixed by the seed."""
    kinds = ["text"] * plan.texts + ["reply"] * plan.replies
    acts = [(each, kind) for each in people for kind in kinds]
    random.Random(f"people {plan.seed}").shuffle(acts)
    return deque(acts)


@dataclass
class Pens:
    """Everybody's, and where they have got to."""

    sim: HttpSim
    plan: Plan
    _written: Counter[Act] = field(default_factory=Counter)
    _chats: dict[str, str] = field(default_factory=dict)
    _looked: float = 0.0

    def write(self, acts: deque[Act]) -> None:
        """Write, each person's own in order; replies to people who for a while are with no agent are left."""
        start = newest = time.monotonic()
        for turn in itertools.count():
            if not acts or time.monotonic() - newest > self.plan.patience:
                return
            time.sleep(max(0.0, start + turn / self.plan.pace - time.monotonic()))
            act = acts.popleft()
            if self._wrote(*act):
                newest = time.monotonic()
            else:
                acts.append(act)

    def _wrote(self, customer: Customer, kind: str) -> bool:
        """The next text, or the next reply if an agent has the chat."""
        number = self._written[customer, kind] + 1
        if kind == "text":
            words = {"to": NUMBER, "text": customer.text(number)}
            self.sim.call("POST", f"/phones/{customer.phone}/texts", words)
        elif chat := self._chat(customer):
            said = {"text": customer.reply(number), "agent": "Ada"}
            self.sim.call("POST", f"/conversations/{chat}/replies", said)
        else:
            return False
        self._written[customer, kind] = number
        return True

    def _chat(self, customer: Customer) -> str:
        """Where an agent replies to this customer; empty: nowhere yet."""
        if customer.phone not in self._chats and time.monotonic() - self._looked > LOOK_AGAIN:
            self._chats, self._looked = chats(self.sim), time.monotonic()
        return self._chats.get(customer.phone, "")
