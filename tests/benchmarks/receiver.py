"""Takes webhooks in and answers 200, with as little work as can be: it shares the cores with the measured."""

import selectors
import signal
import socket
import sys

from tests.benchmarks.volley import whole

DONE = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def main(port: int) -> None:
    """Serve until told to stop."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    selector = selectors.DefaultSelector()
    listener = socket.create_server(("127.0.0.1", port), backlog=512)
    selector.register(listener, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            if key.data is None:
                line, _ = listener.accept()
                selector.register(line, selectors.EVENT_READ, (line, bytearray()))
            elif not served(*key.data):
                selector.unregister(key.fileobj)


def served(line: socket.socket, held: bytearray) -> bool:
    """Answer what is whole; False: the caller went, and the line is closed."""
    try:
        data = line.recv(65_536)
    except OSError:
        data = b""
    if not data:
        line.close()
        return False
    held += data
    if whole(bytes(held)):
        held.clear()
        line.sendall(DONE)
    return True


if __name__ == "__main__":
    main(int(sys.argv[1]))
