"""The simulators behind a port: gunicorn, one process, many threads (toolchain §8)."""

import socket
import sys
from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication

from simulator.build import build
from simulator.clock import RunningClock
from simulator.network import Network
from simulator.transport import deliver
from simulator.wsgi import application


class Busy(Exception):
    """Somebody else listens there."""


class Server(BaseApplication):  # type: ignore[misc]
    """Serves one network. It is built in the worker, because threads do not survive the fork."""

    def __init__(self, host: str, port: int, make: Callable[[], Network]) -> None:
        self._bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self._make = make
        self._network: Network | None = None
        super().__init__()

    def load_config(self) -> None:
        for name, value in {
            "bind": self._bind,
            "worker_class": "gthread",
            "workers": 1,
            "threads": 32,
            "timeout": 0,
            "graceful_timeout": 3,
            "loglevel": "warning",
            "control_socket_disable": True,
            "when_ready": self._announce,
            "post_worker_init": self._ready,
        }.items():
            self.cfg.set(name, value)

    def load(self) -> object:
        self._network = self._make()
        return application(self._network.handle)

    def _announce(self, _: object) -> None:
        sys.stdout.write(f"Simulators and console: http://{self._bind}\n")
        sys.stdout.flush()

    def _ready(self, worker: Any) -> None:
        """Let long answers end when the worker is told to stop."""
        if self._network is not None:
            self._network.closing = lambda: not worker.alive


def serve(host: str, port: int, *, bridge: str, doors: dict[str, str], seed: int) -> None:
    """Serve until told to stop; raises `Busy` if the port is taken."""
    base = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    require_free(host, port)

    def make() -> Network:
        network = build(RunningClock(), deliver, seed, base, bridge)
        network.bridge_doors |= doors
        network.reset()
        return network

    Server(host, port, make).run()


def require_free(host: str, port: int) -> None:
    """Raise `Busy` if the address is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Busy(f"{host}:{port} cannot be used: {error.strerror}") from error
