"""What time it is. In production, the machine's clock; in a rehearsal, a simulator's.

A rehearsal follows the simulated clock of another process (`BRIDGE_CLOCK_URL`), so that "three hours later"
takes no three hours. It asks many times a second and wakes the worker when time has jumped.
"""

import threading
import time
from collections.abc import Callable

import requests

ASK_EVERY = 0.05  # seconds
JUMP = 0.5  # a difference beyond this is a jump


def now() -> float:
    """The machine's time, for commands that an operator gives by hand."""
    return time.time()


class RehearsalClock:
    """The simulator's time: ours plus what it has been moved by."""

    def __init__(self, url: str, session: requests.Session, jumped: Callable[[], None]) -> None:
        self._url = url
        self._session = session
        self._jumped = jumped
        self._offset = 0.0
        self._stop = threading.Event()
        self._ask()
        threading.Thread(target=self._follow, name="rehearsal-clock", daemon=True).start()

    def __call__(self) -> float:
        return time.time() + self._offset

    def close(self) -> None:
        """Follow no longer."""
        self._stop.set()

    def _follow(self) -> None:
        while not self._stop.wait(ASK_EVERY):
            try:
                self._ask()
            except requests.RequestException:
                continue  # the simulator is restarting; our own time goes on

    def _ask(self) -> None:
        told = float(self._session.get(self._url, timeout=2, allow_redirects=False).json()["now"])
        offset = told - time.time()
        if abs(offset - self._offset) > JUMP:
            self._offset = offset
            self._jumped()
