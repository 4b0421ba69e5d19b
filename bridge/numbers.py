"""What the carrier says about our numbers, remembered for a minute.

A registered number is asked about again after a minute, a number that may not send after ten seconds. If the
carrier cannot be asked, what it said last still holds; with nothing to hold on to, sending waits.
"""

import threading
from collections.abc import Callable

from bridge.core import addresses, compliance, rates
from bridge.core.errors import BridgeError
from bridge.core.ports import Carrier, NumberState

GOOD_FOR = 60.0
BLOCKED_FOR = 10.0


class Numbers:
    """Class, abilities and registration of each number of ours."""

    def __init__(self, carrier: Carrier, clock: Callable[[], float], send_rate: float | None = None) -> None:
        """`send_rate` is the operator's word on every number's pace; None: its class decides."""
        self._carrier = carrier
        self._send_rate = send_rate
        self._clock = clock
        self._known: dict[str, tuple[float, NumberState]] = {}
        self._lock = threading.Lock()

    def state(self, number: str) -> NumberState:
        """Raises what the carrier raises if nothing is known at all."""
        now = self._clock()
        with self._lock:
            asked_at, known = self._known.get(number, (0.0, None))
        if known is not None and now - asked_at < _patience(known):
            return known
        try:
            known = self._carrier.number_state(number)
        except BridgeError:
            if known is None:
                raise
        with self._lock:
            self._known[number] = (now, known)
        return known

    def rate(self, number: str) -> float:
        """Segments a second this number may send; 0: any. Asks nobody."""
        if self._send_rate is not None:
            return self._send_rate
        with self._lock:
            _, known = self._known.get(number, (0.0, None))
        if known is None:
            return rates.at_most(addresses.sender_class(number))
        return rates.of_class(
            known.kind, registered=known.registration in compliance.REGISTERED, told=known.rate
        )

    def forget(self, number: str) -> None:
        """Something came back that contradicts what we hold: ask again."""
        with self._lock:
            self._known.pop(number, None)


def _patience(known: NumberState) -> float:
    gate = compliance.gate(known.kind, known.registration, "+12125550100")
    return GOOD_FOR if gate.open and known.owned else BLOCKED_FOR
