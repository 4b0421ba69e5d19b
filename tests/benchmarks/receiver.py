"""Takes webhooks in and answers 200, with as little work as can be."""

import signal
import socket
import sys
import threading

from simulator.loop import Loop
from simulator.web import Response

DONE = Response(200)


def main(port: int) -> None:
    """Serve until told to stop."""
    listener = socket.create_server(("127.0.0.1", port), backlog=512)
    loop, told = Loop(listener, lambda _: DONE), threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: told.set())
    loop.start()
    told.wait()
    loop.stop(1.0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
