"""Customers and agents who write, and what they wrote.

Every text and every reply says who wrote it and the how manieth it is, so that a judge needs no other memory.
"""

import random
import time
from dataclasses import dataclass
from typing import Any

from simulator.acceptance.sim import HttpSim
from tests.faults.kill.plan import Plan
from tests.faults.kill.processes import until

NUMBER = "+14155550150"
HELLO = "Hello"


@dataclass(frozen=True, slots=True)
class Customer:
    """One phone with one live chat."""

    place: int
    conversation: str = ""

    @property
    def phone(self) -> str:
        return f"+1415555{2000 + self.place}"

    def text(self, number: int) -> str:
        """The words of a text."""
        return f"text {number:03} of customer {self.place:02}"

    def reply(self, number: int) -> str:
        """The words of an agent's reply to this customer."""
        return f"reply {number:03} to customer {self.place:02}"


def arrive(sim: HttpSim, plan: Plan, bridge_url: str) -> list[Customer]:
    """Everybody texts once and is with an agent: the storm begins after that."""
    sim.call("PUT", f"/numbers/{NUMBER}", {"sms_url": f"{bridge_url}/webhooks/twilio/sms#rc=5&rp=all"})
    people = [Customer(place) for place in range(plan.customers)]
    for each in people:
        sim.call("POST", f"/phones/{each.phone}/texts", {"to": NUMBER, "text": HELLO})
    until(lambda: len(_with_agents(sim)) == len(people), "not everybody is with an agent")
    chats = _with_agents(sim)
    return [Customer(each.place, chats[each.phone]["id"]) for each in people]


def _with_agents(sim: HttpSim) -> dict[str, dict[str, Any]]:
    """Live chats by phone."""
    chats = sim.call("GET", "/conversations")["conversations"]
    return {each["user"]["phone"]: each for each in chats if each["control"] == "zd-agentWorkspace"}


def write(sim: HttpSim, plan: Plan, people: list[Customer]) -> None:
    """All texts and replies, mixed by the seed, each person's own in order, at the plan's pace."""
    chance = random.Random(f"people {plan.seed}")
    start = time.monotonic()
    for count, (customer, kind, number) in enumerate(_acts(chance, plan, people)):
        time.sleep(max(0.0, start + count / plan.pace - time.monotonic()))
        if kind == "text":
            words = {"to": NUMBER, "text": customer.text(number)}
            sim.call("POST", f"/phones/{customer.phone}/texts", words)
        else:
            said = {"text": customer.reply(number), "agent": "Ada"}
            sim.call("POST", f"/conversations/{customer.conversation}/replies", said)


def _acts(chance: random.Random, plan: Plan, people: list[Customer]) -> list[tuple[Customer, str, int]]:
    kinds = ["text"] * plan.texts + ["reply"] * plan.replies
    turns = [(each, kind) for each in people for kind in kinds]
    chance.shuffle(turns)
    counts: dict[tuple[Customer, str], int] = {}
    acts = []
    for turn in turns:
        counts[turn] = counts.get(turn, 0) + 1
        acts.append((*turn, counts[turn]))
    return acts
