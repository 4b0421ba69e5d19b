"""The simulators behind a port: one process, a loop of our own (`loop.py`), real time.

Measured (`make bench`) beside one other server, gunicorn's threads, with the same Flask routes. It can hang
and cut lines, which no WSGI server lets a handler do. `--state` is in `memory.py`.
"""

import gc
import signal
import socket
import sys
from functools import partial
from pathlib import Path
from typing import NamedTuple

from simulator.build import build
from simulator.diary import Diary, Foreign
from simulator.driven_clock import DrivenClock
from simulator.loop import Loop
from simulator.memory import Memory
from simulator.network import Network
from simulator.restoring import Restoring, Stuck
from simulator.transport import deliver

__all__ = ["Address", "Busy", "Foreign", "Served", "Stuck", "listen", "serve"]

ENDS = (signal.SIGTERM, signal.SIGINT)
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


class Served(NamedTuple):
    """What to serve: the bridge's address and doors, the seed (None: any), the file of the state."""

    bridge: str
    doors: dict[str, str]
    seed: int | None = None
    state: Path | None = None


def serve(address: Address, what: Served) -> None:
    """Serve until told to stop; raises `Busy` if the port is taken, `Foreign` if the state is another's."""
    listener = listen(address)
    here = Address(address.host, listener.getsockname()[1])
    if what.state is None:
        clock = DrivenClock()
        network = build(clock, deliver, what.seed or 0, str(here), what.bridge)
        _arrange(network, what)
        _serve(Loop(listener, network.handle, clock), network, here)
        return
    diary = Diary(what.state, what.seed)
    memory = Memory(diary, deliver)
    network = build(memory.clock, memory.transport, diary.seed, str(here), what.bridge)
    _arrange(network, what)
    _restore(diary, memory, network)
    _serve(Loop(listener, partial(memory.handle, network)), network, here)
    diary.close()


def _arrange(network: Network, what: Served) -> None:
    network.bridge_doors |= what.doors
    network.reset()


def _restore(diary: Diary, memory: Memory, network: Network) -> None:
    """Bring the state back, and tell what could not be."""
    restoring = Restoring(diary, memory, network)
    restoring.run()
    if restoring.calls or diary.torn:
        sys.stdout.write(f"State restored from {restoring.calls} calls.\n")
    if diary.torn:
        sys.stdout.write("The last line of the state was not whole: what it told is lost.\n")
    if restoring.differences:
        sys.stdout.write(
            f"{restoring.differences} steps came out otherwise than they did then: "
            "some ids or states may differ. POST /_sim/reset begins anew.\n"
        )


def _serve(loop: Loop, network: Network, here: Address) -> None:
    network.closing = lambda: loop.stopping
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)  # for all threads: it waits for us, whenever it comes
    gc.freeze()  # what stands now stays: the collector need not look at it again
    gc.set_threshold(20_000, 1_000_000)  # what calls leave behind is kept, and has no cycles: look at it once
    loop.start()
    sys.stdout.write(f"Simulators and console: {here}\n")
    sys.stdout.flush()
    signal.sigwait(ENDS)
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
