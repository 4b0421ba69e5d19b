"""The carrier: numbers, registrations, and what becomes of messages."""

from typing import TYPE_CHECKING

from simulator.acceptance.actors.customer import Customer
from simulator.acceptance.cast import NUMBERS

if TYPE_CHECKING:
    from simulator.acceptance.world import World

NOTICED = 61.0  # seconds after which a bridge must have noticed what changed at the carrier
ELSEWHERE = "http://127.0.0.1:9/another-environment"


class Carrier:
    """Sets the state of our numbers and the fate of messages."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._connected: dict[str, str] = {}

    def sets(self, number: str, **facts: object) -> None:
        """Change what the carrier holds about a number."""
        self._world.sim.call("PUT", f"/numbers/{NUMBERS[number]}", facts)
        if self._world.subject.lives_on and self._world.subject.follows:
            self._world.advance(NOTICED)

    def disconnects(self, number: str, url: str = "") -> None:
        """Point the number nowhere, or elsewhere."""
        self._connected[number] = self._held(number)
        self.sets(number, sms_url=url)

    def reconnects(self, number: str) -> None:
        self.sets(number, sms_url=self._connected[number])

    def adds(self, number: str) -> None:
        """A number nobody told the bridge about, pointed at it all the same."""
        self.sets(number, kind="local", registration="registered", sms_url=self._held("Support"))

    def removes(self, number: str) -> None:
        self._world.sim.call("DELETE", f"/numbers/{NUMBERS[number]}")

    def registers(self, number: str, state: str = "registered") -> None:
        self.sets(number, registration=state)

    def plans(self, customer: Customer | None = None, **fate: object) -> None:
        """Decide the fate of the next message, or of the next to this customer."""
        whom = {"to": customer.phone} if customer else {}
        self._world.sim.call("POST", "/twilio/outcomes", {**whom, **fate})

    def is_offered_nothing(self) -> None:
        """No message was handed to the carrier since the When, not even one it would have refused."""
        self._world.settle()
        offered = [entry for entry in self._world.watch.since() if entry.get("operation") == "CreateMessage"]
        assert not offered, f"the carrier was offered {len(offered)} messages"

    def _held(self, number: str) -> str:
        numbers = self._world.sim.call("GET", "/numbers")["numbers"]
        return str(next(held["sms_url"] for held in numbers if NUMBERS[number] in held.values()))
