"""A bridge in a process of its own that can be told to die: the victim of `test_kill.py`.

Beside the bridge's own paths it answers `/_arm?point=…&at=…`: from then on the process kills itself, with
SIGKILL, at the first pass of that failpoint by something of that name.
"""

import logging
import os
import signal
import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

from werkzeug.serving import make_server

from bridge import failpoints, wiring
from bridge.ops import log_to_stderr
from bridge.settings import Settings

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def run(settings: dict[str, Any], port: int) -> None:
    """Serve until killed."""
    log_to_stderr(frozenset(), logging.CRITICAL)
    bridge = wiring.build(Settings(**settings), threads=True)
    bridge.start()
    server = make_server("127.0.0.1", port, _armable(bridge.app), threaded=True)
    server.daemon_threads = True  # type: ignore[attr-defined]
    server.serve_forever()


def _armable(app: Application) -> Application:
    def serve(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/_arm":
            return app(environ, start)
        asked = parse_qs(environ["QUERY_STRING"], keep_blank_values=True)
        arm(asked["point"][0], asked["at"][0])
        start("200 OK", [])
        return []

    return serve


def arm(point: str, at: str) -> None:
    """Die at the first pass of the point by anything whose name contains `at`."""

    def die(what: str) -> None:
        if at in what:
            os.kill(os.getpid(), signal.SIGKILL)
            threading.Event().wait()  # nothing more happens on this thread

    failpoints.arm(point, die)
