"""The reply path: agent's webhook in → carrier's create call out, on both engines beside the same floor.

The floor does the same with a bare Flask route, one synced insert (SQLite) and one call. Flat out, replies
are told on several connections at once; the clock stops when the last was offered to the carrier. Floor and
bridge take turns at that, and the median of each counts.

On PostgreSQL the path is measured again while other replicas work on the same database: each is told replies
in chats of its own at a steady rate, so that all of them decide and claim lanes; whoever is first does it.
They are started only then, so that the first row is that of one replica.

A chat's first reply waits until the chat was asked what came before, once a replica; so each is told one
reply in each of its chats before anything is measured.
"""

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from tests import postgres
from tests.benchmarks import processes
from tests.benchmarks.load import Call, flat_out, steadily
from tests.benchmarks.sink import Sink
from tests.benchmarks.webhooks import reply, words

RATE, BUSY = 20.0, 10.0  # replies a second: told to the replica that is measured, and to each other one
SECONDS = 15.0
LINES, FLAT_OUT, ROUNDS = 16, 3.0, 5  # connections, seconds, volleys
OTHERS = (1, 3)
PATIENCE = 60.0
_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class Figures:
    """Milliseconds at the steady rate; replies a second flat out, if that was measured."""

    p50: float
    p99: float
    rate: float | None = None


def reply_path(sink: Sink, folder: Path) -> None:
    """Print what the floor, the bridge on SQLite and the bridge on PostgreSQL take."""
    print(
        f"reply path, {RATE:g} msg/s                     p50 ms   p99 ms  times the floor  flat out/s   share"
    )
    database = processes.under_way(f"sqlite:///{folder}/bridge.db")
    with processes.bare(folder, sink) as bare, processes.bridge(folder, sink, database) as ours:
        steady = (
            _latencies(sink, bare, [_bare() for _ in range(round(RATE * SECONDS))], RATE),
            _steady(sink, [ours]),
        )
        rates = _in_turn(sink, (bare, _bare), (ours, _reply))
    floor, sqlite = map(_figures, steady, rates)
    _row("floor: two calls, one commit", floor, floor)
    _row("SQLite", sqlite, floor)
    try:
        with postgres.server() as server:
            _replicas(sink, folder, server.fresh(), floor)
    except postgres.NoServer as missing:
        print(f"  {missing}")


def _replicas(sink: Sink, folder: Path, database: str, floor: Figures) -> None:
    """One replica, then the same one beside others."""
    processes.under_way(database, processes.SESSIONS * (1 + max(OTHERS)))
    with ExitStack() as running:
        ports = [running.enter_context(processes.bridge(folder, sink, database))]
        _row("PostgreSQL", _alone(sink, ports[0]), floor)
        for others in OTHERS:
            while len(ports) <= others:
                ports.append(running.enter_context(processes.bridge(folder, sink, database)))
            _row(f"  beside {others} busy at {BUSY:g} msg/s", _figures(_steady(sink, ports)), floor)


def _alone(sink: Sink, port: int) -> Figures:
    steady = _steady(sink, [port])
    return _figures(steady, _end_to_end(sink, port, _reply))


def _steady(sink: Sink, ports: list[int]) -> list[float]:
    """Milliseconds of each reply told to the first replica while the others are told theirs."""
    others = len(ports) - 1
    _together(sink, ports, [RATE] * len(ports), processes.SESSIONS / RATE)
    return _together(sink, ports, [RATE] + [BUSY] * others, SECONDS)


def _together(sink: Sink, ports: list[int], rates: list[float], seconds: float) -> list[float]:
    def tell(place: int) -> list[float]:
        calls = [_reply(place) for _ in range(round(rates[place] * seconds))]
        return _latencies(sink, ports[place], calls, rates[place])

    with ThreadPoolExecutor(len(ports)) as pool:
        first, *_others = pool.map(tell, range(len(ports)))
    return first


def _latencies(sink: Sink, port: int, calls: list[Call], rate: float) -> list[float]:
    sent = steadily(port, calls, rate)
    texts = [words(call) for call in calls]
    missing = [text for text in texts if not sink.wait_for(text, PATIENCE)]
    if missing:
        raise SystemExit(f"{len(missing)} replies never reached the carrier, such as {missing[0]!r}")
    return [(sink.arrivals[text] - at) * 1000 for text, at in zip(texts, sent, strict=True)]


def _in_turn(sink: Sink, *them: tuple[int, Callable[[], Call]]) -> list[float]:
    """Each one's median of several volleys, one after the other: a machine's speed changes within seconds."""
    rounds = [[_end_to_end(sink, *each) for each in them] for _ in range(ROUNDS)]
    return [median(rates) for rates in zip(*rounds, strict=True)]


def _end_to_end(sink: Sink, port: int, make: Callable[[], Call]) -> float:
    """Replies a second, from the first that was told to the last that was offered to the carrier."""
    known, start = len(sink.arrivals), perf_counter()
    rate, refused = flat_out(port, lambda _place, _n: make(), lines=LINES, seconds=FLAT_OUT)
    told = round(rate * FLAT_OUT)
    if refused or not sink.wait_for_more_than(known + told - 1, PATIENCE):
        arrived = len(sink.arrivals) - known
        raise SystemExit(f"flat out {refused} replies were refused, {arrived} of {told} reached the carrier")
    return told / (max(sink.arrivals.values()) - start)


def _reply(place: int = 0) -> Call:
    """One more reply, in the next of the chats that this replica is told about."""
    number = next(_numbers)
    return reply(place * processes.SESSIONS + number % processes.SESSIONS, f"reply {number}")


def _bare() -> Call:
    return Call("/reply", f"floor {next(_numbers)}".encode(), {})


def _figures(latencies: list[float], rate: float | None = None) -> Figures:
    cuts = quantiles(latencies, n=100, method="inclusive")
    return Figures(cuts[49], cuts[98], rate)


def _row(name: str, ours: Figures, floor: Figures) -> None:
    steady = f"{ours.p50:8.1f} {ours.p99:8.1f} {ours.p50 / floor.p50:8.1f} {ours.p99 / floor.p99:7.1f}"
    share = f"{ours.rate:13.0f} {ours.rate / floor.rate:7.2f}" if ours.rate and floor.rate else ""
    print(f"  {name:33} {steady}{share}")
