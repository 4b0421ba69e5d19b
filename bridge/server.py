"""Serving in production: gunicorn with threads, one process, the worker beside it.

The journal of a SQLite bridge belongs to one process: a lock file beside it says so, and a second
`bridge serve` on the same file is refused instead of sending everything twice.
"""

import fcntl
import logging
import os
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from gunicorn.app.base import BaseApplication

from bridge import wiring
from bridge.journal import trouble
from bridge.ops import log_to_stderr
from bridge.settings import Settings, sqlite_file

GRACE = 10  # seconds beyond BRIDGE_STOP_SECONDS after which a stopping process is killed
THREADS = 32


class CannotServe(Exception):
    """One sentence: what is in the way."""


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._bridge: wiring.Bridge | None = None
        super().__init__()

    def load_config(self) -> None:
        """Fixed, but for the address: one process owns the worker and the journal."""
        chosen: dict[str, Any] = {
            "bind": self._settings.bind,
            "workers": 1,
            "threads": THREADS,
            "worker_class": "gthread",
            "graceful_timeout": int(self._settings.stop_seconds) + GRACE,
            "keepalive": 75,
            "forwarded_allow_ips": "",  # proxies are believed by bridge.proxies only, and only if listed
            "worker_exit": self._stop,
            "accesslog": None,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        for name, value in chosen.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        """Called in the worker process."""
        log_to_stderr(wiring.secrets_of(self._settings))
        _through_the_redactor("gunicorn.error")
        self._bridge = wiring.build(self._settings, threads=True)
        self._bridge.start()
        return self._bridge.app

    def _stop(self, _server: object, _worker: object) -> None:
        """What still hangs after this was let go of: it must not keep the process."""
        if self._bridge:
            self._bridge.close()
            os._exit(0)


def serve(settings: Settings, prepare: Callable[[], object]) -> None:
    """Run until SIGTERM; `prepare` the database first. Raises `CannotServe` with the reason."""
    lock = _only_one(settings.database_url)
    try:
        prepare()
        _must_hold_files(settings.media_folder)
        _must_be_free(settings.bind)
        _Server(settings).run()
    finally:
        if lock:
            lock.close()


def _through_the_redactor(name: str) -> None:
    """Let a logger with a handler of its own speak through the root's."""
    logger = logging.getLogger(name)
    logger.handlers.clear()
    logger.propagate = True


def _must_hold_files(folder: str) -> None:
    """Better known now than when an agent sends the first picture."""
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"?")
    except OSError as problem:
        fix = "Make it writable for the bridge's user, with room for files, or name another folder."
        raise CannotServe(f"BRIDGE_MEDIA_FOLDER: no file can be kept there: {problem}. {fix}") from None


def _must_be_free(bind: str) -> None:
    host, _, port = bind.rpartition(":")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except (OSError, OverflowError, ValueError) as problem:
            raise CannotServe(f"BRIDGE_BIND: cannot listen on {bind}: {problem}.") from None


def _only_one(database_url: str) -> IO[str] | None:
    file = sqlite_file(database_url)
    if file is None:
        return None
    try:
        lock = Path(f"{file.resolve()}.lock").open("w", encoding="utf-8")  # noqa: SIM115 - held while we run
    except OSError as problem:
        raise CannotServe(trouble.said(problem)) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise CannotServe(
            f"BRIDGE_DATABASE_URL: another bridge is running on {file}. Stop it first, or use PostgreSQL."
        ) from None
    return lock
