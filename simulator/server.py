"""The simulators behind a port: one process, a loop of our own (`loop.py`), real time.

Measured (`make bench`): it costs a call less than the servers there are, and it can hang and cut lines.
"""

import gc
import signal
import socket
import sys
import threading
from typing import NamedTuple

from simulator.build import build
from simulator.clock import RunningClock
from simulator.loop import Loop
from simulator.transport import deliver

GRACE = 3.0
BACKLOG = 512


class Busy(Exception):
    """Somebody else listens there."""


class Address(NamedTuple):
    """Where to listen; port 0 is any that is free."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


def serve(address: Address, *, bridge: str, doors: dict[str, str], seed: int) -> None:
    """Serve until told to stop; raises `Busy` if the port is taken."""
    listener = listen(address)
    here = Address(address.host, listener.getsockname()[1])
    network = build(RunningClock(), deliver, seed, str(here), bridge)
    network.bridge_doors |= doors
    network.reset()
    loop = Loop(listener, network.handle)
    network.closing = lambda: loop.stopping
    _serve(loop, here)


def _serve(loop: Loop, here: Address) -> None:
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    gc.freeze()  # what stands now stays: the collector need not look at it again
    loop.start()
    sys.stdout.write(f"Simulators and console: {here}\n")
    sys.stdout.flush()
    told.wait()
    loop.stop(GRACE)


def listen(address: Address) -> socket.socket:
    """A listening socket; raises `Busy` if the address is taken."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    listener = socket.socket(family)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        where = f"{address.host}:{address.port}"
        raise Busy(f"{where} cannot be used: {error.strerror}") from error
    return listener
