"""Start-up: from the start of the process to the first text offered to the carrier, with work left behind.

The journal holds replies that were decided and not yet sent; nobody tells the bridge anything.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import Connection

from bridge.core.model import Charge, SendText, Session
from bridge.journal import codec, outbox
from bridge.journal.engine import connect
from bridge.journal.migrate import upgrade
from bridge.journal.schema import effects, lanes
from bridge.journal.sessions import save
from tests.benchmarks import processes
from tests.benchmarks.sink import NUMBER, Sink

LANES = 10_000
PATIENCE = 60.0
TIMES = 3


def first_send(folder: Path, sink: Sink, backlog: int) -> list[float]:
    """Seconds from exec to the first send, of several starts; each is killed right after."""
    database = f"sqlite:///{folder}/backlog-{backlog}.db"
    _leave_behind(database, backlog)
    return sorted(_once(folder, sink, database) for _ in range(TIMES))


def _once(folder: Path, sink: Sink, database: str) -> float:
    port = processes.free_port()
    values = {**os.environ, **processes.environment(folder, port, sink, database)}
    values.pop("PYTHONDONTWRITEBYTECODE", None)
    known = len(sink.arrivals)
    begun = time.perf_counter()
    command = [sys.executable, "-m", "bridge", "serve"]
    process = subprocess.Popen(command, env=values, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        if not sink.wait_for_more_than(known, PATIENCE):
            raise SystemExit(f"nothing was sent within {PATIENCE:g} s")
        return list(sink.arrivals.values())[known] - begun
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        time.sleep(0.5)  # its worker lets go of the lock file


def _leave_behind(database: str, backlog: int) -> None:
    engine = connect(database)
    upgrade(engine)
    with engine.begin() as tx:
        for place in range(min(LANES, backlog)):
            _save(tx, place)
        tx.execute(effects.insert(), [_effect(number) for number in range(backlog)])
        tx.execute(lanes.insert(), [_lane(place) for place in range(min(LANES, backlog))])
    engine.dispose()


def _save(tx: Connection, place: int) -> None:
    chat = processes.conversation(place)
    save(tx, Session(_id(place), _phone(place), NUMBER, 0, 0, Charge.HUMAN, conversation=chat), 1e9)


def _effect(number: int) -> dict[str, object]:
    place = number % LANES
    body = codec.encode(SendText(_id(place), number // LANES, 0, f"left {number} {time.monotonic_ns()}"))
    about = {"lane": _name(place), "session": _id(place), "kind": "SendText", "body": body}
    return {**about, "id": number + 1, "state": "waiting", "due_at": 0.0, "created_at": time.time()}


def _lane(place: int) -> dict[str, object]:
    return outbox.lane_row(_name(place), place + 1, 0.0, "SendText")


def _id(place: int) -> str:
    return f"s{place}"


def _phone(place: int) -> str:
    return f"+1212555{place:04}"


def _name(place: int) -> str:
    return f"phone:{NUMBER}:{_phone(place)}"
