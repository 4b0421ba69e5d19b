"""A process with a journal and a limit on how large a file may grow, as on a disk that fills up (FT-R1).

    python -m tests.faults.full_disk FOLDER log          the write-ahead log finds no room
    python -m tests.faults.full_disk FOLDER checkpoint   the log has room, the database behind it has not

It records texts until one is not acknowledged, gets some room again, records one more, and says what became
of each as JSON.
"""

import json
import resource
import signal
import sys
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bridge.core.model import Event, Rules, TextReceived
from bridge.journal import Decider, Journal
from bridge.journal.engine import GroupWriter, connect
from bridge.journal.migrate import upgrade
from tests.world import MARIA, SUPPORT

PAGE, CHECKPOINT = 4096, 1000  # bytes; pages of the log after which SQLite copies them
WORDS = "Where is my order? " * 800
AT_ONCE, ENOUGH = 10, 2000


class Book:
    """A journal that says which texts it acknowledged."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "bridge.db"
        engine = connect(f"sqlite:///{self.file}")
        upgrade(engine)
        decider = Decider(Rules(frozenset({SUPPORT})), lambda: "s", lambda *_: None)
        self.journal = Journal(engine, GroupWriter(engine), decider)
        self.count = 0

    def record(self) -> bool:
        """A few texts at once; whether they were acknowledged."""
        told = [_text(self.count + number) for number in range(AT_ONCE)]
        try:
            self.journal.record(told)
        except SQLAlchemyError:
            return False
        self.count += AT_ONCE
        return True

    def fill(self) -> int:
        """More in the database than a log may hold; return its size."""
        while self.count * len(WORDS) < 2 * PAGE * CHECKPOINT:
            self.record()
        self.journal.operations._empty_the_log()
        return self.file.stat().st_size


def _text(number: int) -> tuple[str, Event]:
    return f"twilio:{number}", TextReceived(1.0, MARIA, SUPPORT, WORDS, f"SM{number}")


def main(folder: str, where: str) -> None:
    """Fill up, fail, go on."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    book = Book(Path(folder))
    size = book.fill() if where == "checkpoint" else PAGE * CHECKPOINT // 2
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    while book.count < ENOUGH and book.record():
        pass
    before = book.count
    log = Path(f"{book.file}-wal").stat().st_size
    again = book.record()
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    after = book.record()
    book.journal.close()
    sys.stdout.write(json.dumps({"acknowledged": before, "log": log, "again": again, "after": after}))


if __name__ == "__main__":
    main(*sys.argv[1:])
