"""The world of one scenario: the people in it, what is due, what was seen.

Actors act through `/_sim` and look at what an outsider can see. Nobody here knows the bridge.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from simulator.acceptance.actors.agent import Agent
from simulator.acceptance.actors.assistant import Assistant
from simulator.acceptance.actors.carrier import Carrier
from simulator.acceptance.actors.customer import Customer
from simulator.acceptance.actors.desk import Desk
from simulator.acceptance.actors.mallory import Mallory
from simulator.acceptance.actors.operator import Operator
from simulator.acceptance.cast import Casting
from simulator.acceptance.manifest import Manifest
from simulator.acceptance.observations import Item, Watch
from simulator.acceptance.sim import Sim
from simulator.acceptance.subject import NotApplicable, Settings, Subject

T = TypeVar("T")
MANY = 100  # calls; a fault planted for more of them is there to stay
DAY = 86_400.0
INSTANT = 2.0  # seconds between scenarios for a bridge that cannot follow
PIECES = 12  # a span is passed in so many pieces, so that what falls due on the way happens on the way


@dataclass
class Stage:
    """What outlives a scenario: the control surface, the bridge and its manifest, the phones not yet used."""

    sim: Sim
    subject: Subject
    casting: Casting
    manifest: Manifest


class World:
    """One scenario."""

    def __init__(self, stage: Stage) -> None:
        self.sim = stage.sim
        self.subject = stage.subject
        self.casting = stage.casting
        self.watch = Watch(stage.sim)
        self.assistant = Assistant(self)
        self.carrier = Carrier(self)
        self.desk = Desk(self)
        self.operator = Operator(self)
        self.mallory = Mallory(self)
        self.begun = False
        self.last_message: Item | None = None
        self.long_text = ""  # too long to be written out in a scenario
        self._customers: dict[str, Customer] = {}
        self._agents: dict[str, Agent] = {}

    def open(self) -> None:
        """Everything as new; for a bridge that lives on, later than all it has seen."""
        before = self._now()
        self.sim.call("POST", "/reset", {"seed": next(self.casting.seeds)})
        self.subject.start()
        if self.subject.lives_on:
            later = DAY if self.subject.follows else INSTANT
            self.sim.call("POST", "/clock", {"advance": max(0.0, before - self._now()) + later})
            self.settle()
        self.assistant.rehearse()

    def restart(self, settings: Settings) -> None:
        """The same world with the bridge set otherwise."""
        self.subject.start(settings)

    def customer(self, name: str, *, abroad: bool = False) -> Customer:
        if name not in self._customers:
            self._customers[name] = Customer(self, self.casting.person(name, abroad=abroad))
        return self._customers[name]

    def only_customer(self) -> Customer:
        """The one customer of a scenario that has no other."""
        (customer,) = self._customers.values()
        return customer

    def agent(self, name: str) -> Agent:
        return self._agents.setdefault(name, Agent(self, name))

    # --- time ---

    def _now(self) -> float:
        return float(self.sim.call("GET", "/clock")["now"])

    def settle(self) -> None:
        """Let everything run that is due."""
        self.subject.settle()

    def advance(self, seconds: float) -> None:
        """Time passes, and what falls due happens."""
        if not self.subject.follows:
            raise NotApplicable("the time of this bridge is its own")
        self.settle()
        for _ in range(PIECES):
            self.sim.call("POST", "/clock", {"advance": seconds / PIECES})
            self.settle()

    def begin(self) -> None:
        """The When comes now, or something of which the consequences are still to come."""
        if self.begun:
            return
        self.begun = True
        self.watch.begin()
        self.desk.remember_users()

    # --- looking ---

    def expect(self, find: Callable[[], T | None], failure: str) -> T:
        """What `find` finds, waiting where waiting can help; fails with what was seen instead."""
        self.subject.deliver()
        self.settle_if_frozen()
        found = self._awaited(find)
        if found is None and not self.subject.trouble():
            self.settle()  # a slow machine is no fault of the bridge's: what is under way is waited for
            found = find()
        if found is None:
            self.subject.patience.disappointed()
            trouble, left = (
                self.subject.trouble(),
                f"{failure}; not accounted for: {self._left() or 'nothing'}",
            )
            raise AssertionError(f"{trouble}; {left}" if trouble else left)
        self.subject.patience.rewarded()
        return found

    def _awaited(self, find: Callable[[], T | None]) -> T | None:
        """The same within our patience, while the bridge lives."""
        deadline = time.monotonic() + self.subject.patience.seconds
        while (found := find()) is None:
            if self.subject.trouble() or time.monotonic() >= deadline:
                return None
            self.sim.call("GET", "/ledger", after=len(self.watch.ledger), wait=0.5)
        return found

    def settle_if_frozen(self) -> None:
        """In process nothing happens by itself."""
        if not self.subject.patience.full:
            self.settle()

    def claim_one(self, wanted: Callable[[Item], bool], failure: str) -> Item:
        """Account for one item that is wanted."""
        found = self.expect(lambda: next(iter(self.watch.find(wanted)), None), failure)
        self.watch.claim([found])
        return found

    def claim_all(self, wanted: Callable[[Item], bool], count: int, failure: str) -> list[Item]:
        """Account for so many items that are wanted, in the order in which they appeared."""

        def find() -> list[Item] | None:
            found = self.watch.find(wanted)
            return found[:count] if len(found) >= count else None

        found = self.expect(find, failure)
        self.watch.claim(found)
        return found

    def close(self) -> None:
        """Nothing else was sent to anyone."""
        self.settle()
        left = self._left()
        assert not left, f"this was sent as well: {left}"
        unmet = [fault for fault in self.sim.call("GET", "/faults")["faults"] if fault["count"] < MANY]
        assert not unmet, f"planted and never met: {unmet}"

    def _left(self) -> str:
        return "; ".join(str(item) for item in self.watch.unclaimed() if not self.of_the_past(item.phone))

    def of_the_past(self, phone: str) -> bool:
        """Whether it is a phone of an earlier scenario, whose session may still be winding up."""
        mine = {customer.phone for customer in self._customers.values()}
        return phone in self.casting.used - mine
