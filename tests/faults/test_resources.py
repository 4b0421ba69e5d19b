"""FT-R1, R2, R4, R6: disk full, database held, descriptors or connections used up, a stop in the middle."""

import os
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.pool import QueuePool

from bridge.core.model import Charge, Event, Rules, SendText, Session
from bridge.journal import Claim, Decider, Journal, outbox, sessions
from bridge.journal.engine import GroupWriter, connect
from bridge.journal.migrate import upgrade
from bridge.journal.schema import effects, lanes
from bridge.worker import Worker
from simulator.environment import environment
from tests.benchmarks.processes import free_port
from tests.world import SUPPORT, World

LONG = ("Where is my order? " * 80).strip()
TRIES_AGAIN = "http://127.0.0.1:8080/webhooks/twilio/sms#rc=5&rp=all"
ON_TABLES = (sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE, sqlite3.SQLITE_READ)
Break = Callable[[World], Any]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """The carrier tries again when it is told to."""
    made = World(tmp_path, sweep_seconds=0)
    with closing(made):
        made.control("PUT", f"/numbers/{SUPPORT}", {"sms_url": TRIES_AGAIN})
        yield made


def engine(world: World) -> Engine:
    return world.bridge.journal._engine


@contextmanager
def failing(world: World, moment: str) -> Iterator[None]:
    """Every transaction fails at this moment."""

    def fail(*_: object) -> None:
        raise OperationalError("INSERT", {}, sqlite3.OperationalError("database or disk is full"))

    event.listen(engine(world), moment, fail)
    yield
    event.remove(engine(world), moment, fail)


@contextmanager
def refusing(world: World) -> Iterator[None]:
    """Every statement that reads or writes a table fails, whichever way it is run; BEGIN does not."""

    def refuse(action: int, *_: object) -> int:
        return sqlite3.SQLITE_DENY if action in ON_TABLES else sqlite3.SQLITE_OK

    with _on_new_connections(world, lambda line, _: line.set_authorizer(refuse)):
        yield


@contextmanager
def full(world: World) -> Iterator[None]:
    """SQLite itself says that there is no page left."""

    def limit(connection: Any, _record: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")

    with _on_new_connections(world, limit):
        yield


@contextmanager
def held(world: World) -> Iterator[None]:
    """Another program has a transaction open for longer than we wait."""
    other = sqlite3.connect(engine(world).url.database or "", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with _on_new_connections(world, lambda line, _: line.execute("PRAGMA busy_timeout=20")):
        yield
    other.close()


@contextmanager
def _on_new_connections(world: World, act: Callable[[Any, object], object]) -> Iterator[None]:
    event.listen(engine(world), "connect", act)
    engine(world).dispose()
    yield
    event.remove(engine(world), "connect", act)
    engine(world).dispose()


@contextmanager
def no_descriptor(world: World) -> Iterator[None]:
    """The process may open no further file (FT-R4)."""
    engine(world).dispose()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@contextmanager
def no_connection(world: World) -> Iterator[None]:
    """Every connection to the database is in somebody's hands (FT-R4)."""
    engine(world).dispose()
    pool = engine(world).pool
    assert isinstance(pool, QueuePool)
    patience, pool._timeout = pool._timeout, 0.01
    taken = []
    with suppress(NoneFree):
        while True:
            taken.append(pool.connect())
    yield
    for each in taken:
        each.close()
    pool._timeout = patience


TROUBLES: dict[str, Callable[[World], Any]] = {
    "at the beginning": lambda world: failing(world, "begin"),
    "at a statement": refusing,
    "at the commit": lambda world: failing(world, "commit"),
    "no page left": full,
    "held by another": held,
    "no descriptor left": no_descriptor,
    "no connection left": no_connection,
}


def answers(world: World) -> list[int]:
    """What the bridge answered the carrier's webhooks."""
    told = [each for each in world.network.ledger.after() if each["kind"] == "webhook"]
    return [each["status"] for each in told if each["status"] is not None]


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=list(TROUBLES))
def test_nothing_is_lost_once_it_is_mended(world: World, trouble: Break) -> None:
    """The webhook is answered 503 and told again; then the story goes on, once."""
    with trouble(world):
        for number in range(3):
            world.text(f"{number} {LONG}")
        world.clock.run_due()
        assert 503 in answers(world)
    world.settle(120.0)
    world.text("A human please")
    world.settle(10.0)
    texts = [line for line in world.lines() if LONG in line]
    assert sorted(texts) == [f"{number} {LONG}" for number in range(3)]
    assert world.bridge.journal.counts()["events_parked"] == 0


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=list(TROUBLES))
def test_a_reply_whose_sending_cannot_be_recorded_is_sent_once(world: World, trouble: Break) -> None:
    """It left, and nobody could write it down: it is looked for before anything is repeated (P3)."""
    world.text("A human please")
    world.settle(5.0)
    world.reply(LONG)
    world.clock.run_due()
    claim = next_claim(world)
    with trouble(world), suppress(SQLAlchemyError):
        world.bridge.worker._perform(claim, [])
    world.settle(outbox.LEASE_SECONDS + 240.0)
    assert world.shown().count(LONG) == 1


def next_claim(world: World) -> Claim:
    """What is due next, claimed and not performed."""
    world.bridge._sweep.catch_up()
    more, claims = True, list[Claim]()
    while more and not claims:
        more, claims = world.bridge.journal.step(world.clock.now(), 5)
    (claim,) = claims
    return claim


# --- threads of our own ---

SESSION = Session("m", "+14155550101", SUPPORT, 0.0, 0.0, Charge.HUMAN, turns=1)


class Slow:
    """Performs when it is let."""

    def __init__(self) -> None:
        self.begun, self.may_end = threading.Event(), threading.Event()
        self.done: list[int] = []

    def perform(self, claim: Claim) -> Event | None:
        """Wait to be let."""
        self.begun.set()
        self.may_end.wait(30)
        self.done.append(claim.id)
        return None

    def give_up(self, _claim: Claim, _error: object) -> Event | None:
        """Never."""
        return None


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[tuple[Journal, Worker, Slow]]:
    """A worker with two threads and three lanes of work."""
    made = connect(f"sqlite:///{tmp_path}/bridge.db")
    upgrade(made)
    decider = Decider(Rules(frozenset()), lambda: "new", lambda _kind, _why: None)
    journal, performer = Journal(made, GroupWriter(made), decider), Slow()
    with made.begin() as tx:
        for name in ("m", "n", "o"):
            session = replace(SESSION, id=name, phone=f"+1415555010{ord(name) % 10}")
            sessions.save(tx, session, 1e9)
            outbox.stage(tx, SendText(name, 0, 0, "Hi"), session, 0.0)
    worker = Worker(journal, performer, clock=lambda: 1.0, jitter=lambda: 0.5, threads=2)
    yield journal, worker, performer
    performer.may_end.set()
    journal.close()


def states(journal: Journal) -> list[tuple[str, int]]:
    """State and doubts of each effect."""
    with journal._engine.connect() as tx:
        return [(row.state, row.doubts) for row in tx.execute(select(effects).order_by(effects.c.id))]


def test_what_is_being_performed_at_the_stop_is_finished(slow: tuple[Journal, Worker, Slow]) -> None:
    """And nothing new is begun (FT-R6)."""
    journal, worker, performer = slow
    worker.start()
    assert performer.begun.wait(10)
    threading.Timer(0.1, performer.may_end.set).start()
    worker.stop(10.0)
    assert sorted(state for state, _ in states(journal)) == ["done", "done", "waiting"]


def test_a_call_that_hangs_is_let_go_of(slow: tuple[Journal, Worker, Slow]) -> None:
    """After the bound it waits for the next bridge, in doubt; its late end is not recorded."""
    journal, worker, performer = slow
    worker.start()
    assert performer.begun.wait(10)
    worker.stop(0.1)
    assert sorted(states(journal)) == [("waiting", 0), ("waiting", 1), ("waiting", 1)]
    with journal._engine.connect() as tx:
        assert set(tx.execute(select(lanes.c.owner)).scalars()) == {outbox.NOBODY}
    performer.may_end.set()
    with worker._changed:
        assert worker._changed.wait_for(lambda: not worker._doing, 10)
    assert sorted(states(journal)) == [("waiting", 0), ("waiting", 1), ("waiting", 1)]


def test_the_dispatcher_outlives_a_database_that_fails(slow: tuple[Journal, Worker, Slow]) -> None:
    """It looks again, and once the database can be used the work is done (FT-R2)."""
    journal, worker, performer = slow
    performer.may_end.set()
    failed = threading.Event()

    def fail(*_: object) -> None:
        failed.set()
        raise OperationalError("BEGIN", {}, sqlite3.OperationalError("database is locked"))

    journal.recover(0.0)
    event.listen(journal._engine, "begin", fail)
    worker._dispatcher = threading.Thread(target=worker._dispatch, daemon=True)
    worker._dispatcher.start()
    assert failed.wait(10)
    event.remove(journal._engine, "begin", fail)
    threading.Thread(target=worker._perform_on, daemon=True).start()
    journal.woken.set()
    with worker._changed:
        assert worker._changed.wait_for(lambda: len(performer.done) == 3, 10)
    worker.stop(10.0)
    assert [state for state, _ in states(journal)] == ["done"] * 3


# --- a real process ---


def test_sigterm_ends_a_process_whose_call_hangs(tmp_path: Path) -> None:
    """Exit code 0 within the bound; the reply is in doubt and nobody's, and the file can be opened again."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        values = settings(tmp_path, f"http://127.0.0.1:{silent.getsockname()[1]}")
        staged(values["BRIDGE_DATABASE_URL"])
        command = [sys.executable, "-m", "bridge", "serve"]
        process = subprocess.Popen(command, env=os.environ | values, stderr=subprocess.PIPE, text=True)
        silent.settimeout(60)
        peer, _ = silent.accept()
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
        peer.close()
    assert process.returncode == 0, said
    assert time.monotonic() - begun < 8.0
    assert "effect.let_go" in said
    engine = connect(values["BRIDGE_DATABASE_URL"])
    with engine.connect() as tx:
        (row,) = tx.execute(select(effects.c.state, effects.c.doubts)).all()
        assert tuple(row) == ("waiting", 1)
    engine.dispose()


def settings(folder: Path, carrier: str) -> dict[str, str]:
    places = {
        "BRIDGE_DATABASE_URL": f"sqlite:///{folder}/bridge.db",
        "BRIDGE_MEDIA_FOLDER": f"{folder}/media",
        "BRIDGE_BIND": f"127.0.0.1:{free_port()}",
        "BRIDGE_CLOCK_URL": "",
        "BRIDGE_SWEEP_SECONDS": "0",
        "BRIDGE_TWILIO_API_URL": carrier,
        "BRIDGE_TIMEOUT": "60",
        "BRIDGE_STOP_SECONDS": "1",
    }
    return environment() | places


def staged(url: str) -> None:
    """A reply that waits to be sent."""
    engine = connect(url)
    upgrade(engine)
    with engine.begin() as tx:
        sessions.save(tx, SESSION, 1e9)
        outbox.stage(tx, SendText("m", 0, 0, "Hi"), SESSION, 0.0)
    engine.dispose()
