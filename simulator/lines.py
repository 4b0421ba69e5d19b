"""Lines: what callers are connected by, and the selector that tells which of them have something to say."""

import contextlib
import selectors
import socket
import struct
import time

from simulator.wire import Incoming

HANG_SECONDS = 75.0
RECEIVED = 65_536  # bytes at once; room for more is asked of the system each time, and doubles a call's cost
LINGER_NOT = struct.pack("ii", 1, 0)  # closing then says RST, not FIN


class Line:
    """One connection."""

    __slots__ = ("deadline", "incoming", "out", "socket")

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self.incoming = Incoming()
        self.out = b""  # what could not be sent yet
        self.deadline = 0.0  # of a line that hangs

    def close(self, *, abruptly: bool = False) -> None:
        with contextlib.suppress(OSError):
            if abruptly:
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
            self.socket.close()


class Lines:
    """Every line that is not on a thread of its own."""

    def __init__(self) -> None:
        self.selector = selectors.DefaultSelector()
        self._hanging: set[Line] = set()

    def welcome(self, listener: socket.socket) -> None:
        """Take a new caller in."""
        with contextlib.suppress(OSError):
            connection, _ = listener.accept()
            connection.setblocking(False)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.selector.register(connection, selectors.EVENT_READ, Line(connection))

    def listen(self, line: Line) -> bool:
        """Take what has arrived; tell whether there was anything to answer."""
        try:
            data = line.socket.recv(RECEIVED)
        except BlockingIOError:
            return False
        except OSError:
            data = b""
        if not data:
            self.drop(line)
        elif line not in self._hanging:
            line.incoming.buffer += data
            return True
        return False

    def send(self, line: Line, data: bytes) -> None:
        """Send what can be sent; the rest when the line is ready for it."""
        data = line.out + data
        try:
            sent = line.socket.send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            self.drop(line)
            return
        waited, line.out = bool(line.out), data[sent:]
        if line.out or waited:
            self._await_rest(line)

    def _await_rest(self, line: Line) -> None:
        with contextlib.suppress(ValueError, OSError, KeyError):
            if line.out:
                self.selector.modify(line.socket, selectors.EVENT_WRITE, line)
            elif line.incoming.keep:
                self.selector.modify(line.socket, selectors.EVENT_READ, line)
            else:
                self.drop(line)

    def forget(self, line: Line) -> None:
        with contextlib.suppress(ValueError, OSError, KeyError):
            self.selector.unregister(line.socket)

    def drop(self, line: Line, *, abruptly: bool = False) -> None:
        self._hanging.discard(line)
        self.forget(line)
        line.close(abruptly=abruptly)

    def close(self) -> None:
        """Close all that the selector listens at, whosever it is."""
        for key in list(self.selector.get_map().values()):
            if isinstance(key.fileobj, socket.socket):
                key.fileobj.close()
        self.selector.close()

    def cut_overdue(self) -> None:
        if self._hanging:
            now = time.monotonic()
            for line in [each for each in self._hanging if each.deadline < now]:
                self.drop(line, abruptly=True)

    def hang(self, line: Line) -> None:
        """Say nothing to it any more."""
        line.deadline = time.monotonic() + HANG_SECONDS
        self._hanging.add(line)

    def keep(self, line: Line) -> None:
        """Put it back among the others."""
        with contextlib.suppress(ValueError, OSError, KeyError):
            self.selector.register(line.socket, selectors.EVENT_READ, line)
