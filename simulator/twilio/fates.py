"""What becomes of a message that left: delivered, or failing for a reason (carrier.md section 3.2).

The reasons are a table, the first that applies counts. A failing message was sent before, and is then
`undelivered`; what never left the carrier is `failed` at once (CAR-27, CAR-394).
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from simulator.twilio.pace import Pace
from simulator.twilio.phones import fixed_line
from simulator.twilio.registration import gate
from simulator.twilio.state import FAILED, Message, Outcome, State

QUICK_REPLIES = 15  # CAR-82
QUICK = 30.0
LINES = {  # what can be the matter with a phone
    "off": 30003,
    "blocking": 30004,
    "unknown": 30005,
    "landline": 30006,
    "congested": 30017,
}
AT_ONCE = (14107, 21610, 30001, 30002, 30410, 30450)


@dataclass(slots=True)
class Fate:
    """The statuses to come, the code of a failing one, and the pause between two."""

    statuses: tuple[str, ...]
    error_code: int | None = None
    delay: float = 0.0

    @property
    def arrival(self) -> int:
        """The step at which the phone shows the message; -1 if it never does."""
        if "delivered" in self.statuses:
            return self.statuses.index("delivered")
        lost = any(status in FAILED for status in self.statuses)
        return self.statuses.index("sent") if "sent" in self.statuses and not lost else -1


class Fates:
    """Decides. Call under the network's lock, once a message."""

    def __init__(self, state: State, pace: Pace) -> None:
        self._state = state
        self._reasons: tuple[Callable[[Message], int | None], ...] = (
            self._loops,
            self._account,
            self._consent,
            self._registration,
            self._line,
            pace.capped,
        )

    def of(self, message: Message, plan: Outcome | None) -> Fate:
        """The planned fate, or the one that follows from what is true."""
        if plan is not None:
            return Fate(tuple(plan.statuses), plan.error_code, plan.delay)
        code = next(filter(None, (reason(message) for reason in self._reasons)), None)
        if code in AT_ONCE:
            return Fate(("failed",), code)
        queued = ("queued",) if message.service else ()
        return Fate((*queued, "sent", "undelivered" if code else "delivered"), code)

    def _loops(self, message: Message) -> int | None:
        """The sixteenth reply between two numbers within 30 s."""
        if message.direction != "outbound-reply":
            return None
        quick = self._state.replies.setdefault((message.number, message.phone), deque())
        quick.append(message.created)
        while message.created - quick[0] >= QUICK:
            quick.popleft()
        return 14107 if len(quick) > QUICK_REPLIES else None

    def _account(self, _: Message) -> int | None:
        switches = self._state.switches
        broke = switches.balance.startswith("-") or not switches.balance.strip("0.")
        return 30002 if switches.suspended or broke else None

    def _consent(self, message: Message) -> int | None:
        """Found only after a service had picked the sender (CAR-80)."""
        late = message.service and self._state.switches.late_opt_out
        return 21610 if late and self._state.blocked(message.phone, message.number) else None

    def _registration(self, message: Message) -> int | None:
        owned = self._state.numbers.get(message.number)
        if owned is None:
            return None if message.number else 30034
        return gate(owned.kind, self._state.registration(owned), message.phone)

    def _line(self, message: Message) -> int | None:
        line = self._state.lines.get(message.phone, "")
        if line == "no pictures":
            return 30011 if message.picture else None
        return LINES.get(line) or (30006 if fixed_line(message.phone) else None)
