"""`make bench`: our figures beside a yardstick, measured in the same run on the same machine.

journal      the journal alone: replies acknowledged and done per second, on SQLite and PostgreSQL; beside one
             synced insert a message, and a job queue (procrastinate) on the same PostgreSQL
start        from the start of the process to the first send, with 100,000 replies left behind, beside 100
reply        agent's webhook in → carrier's create call out, at 20 messages a second and flat out, on SQLite
             and on PostgreSQL, there with 0, 1 and 3 other replicas busy; beside a bare Flask route that does
             one synced insert and one call
intake       customers' texts acknowledged per second on 16 connections, beside a bare Flask route that does
             one synced insert; ours also decides, asks the AI and sends the answers meanwhile
simulators   the stand-ins: start, memory, calls a second, and what a call costs as their world grows

    make bench ONLY="reply intake"      # or: python -m tests.benchmarks reply intake
"""

import argparse
import logging
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

from bridge.ops import log_to_stderr
from tests import postgres
from tests.benchmarks import journal, processes
from tests.benchmarks.load import Call, flat_out
from tests.benchmarks.queue import job_queue
from tests.benchmarks.replies import reply_path
from tests.benchmarks.sink import Sink
from tests.benchmarks.start import first_send
from tests.benchmarks.webhooks import customer_text

SECONDS = 6.0
LINES = 16
BACKLOG = 100_000


def main(parts: list[str]) -> None:
    """Measure and print."""
    log_to_stderr(frozenset(), logging.WARNING)
    sink = Sink()
    for part in parts:
        with tempfile.TemporaryDirectory() as folder:
            PARTS[part](sink, Path(folder))


def journals(_sink: Sink, folder: Path) -> None:
    """Print acknowledged and done per second, and the share of what one synced insert a message allows."""
    print(f"journal alone, {journal.MESSAGES} replies in {journal.CHATS} chats   acked/s  done/s   share")
    files = (f"sqlite:///{folder}/{name}.db" for name in ("least", "journal"))
    _compared("SQLite", journal.bare(next(files)), {"journal": journal.ours(next(files))})
    try:
        with postgres.server() as server:
            least = journal.bare(server.fresh())
            rivals = {"journal": journal.ours(server.fresh()), "procrastinate": job_queue(server.fresh())}
            _compared("PostgreSQL", least, rivals)
    except postgres.NoServer as missing:
        print(f"  {missing}")


def _compared(engine: str, least: journal.Rates, rivals: dict[str, journal.Rates]) -> None:
    for name, rates in ({"one synced insert": least} | rivals).items():
        label = f"{engine}: {name}"
        print(f"  {label:38} {rates.acknowledged:8.0f} {rates.done:8.0f} {rates.done / least.done:7.2f}")


def start_up(sink: Sink, folder: Path) -> None:
    """Print the median of seconds to the first send (aim: under 2 with the whole backlog)."""
    print("from exec to the first send, median of 3 starts    s")
    for backlog in (100, BACKLOG):
        seconds = median(first_send(folder, sink, backlog))
        print(f"  {backlog:7,} replies left behind               {seconds:8.2f}")


def intake(sink: Sink, folder: Path) -> None:
    """Print acknowledged texts per second and the share of the yardstick."""
    database = processes.under_way(f"sqlite:///{folder}/bridge.db")
    with processes.bridge(folder, sink, database) as ours, processes.bare(folder, sink) as bare:
        yardstick, refused = flat_out(
            bare, lambda place, n: Call("/insert", f"{place} {n}".encode(), {}), lines=LINES, seconds=SECONDS
        )
        measured, wrong = flat_out(
            ours, lambda place, n: customer_text(ours, place, n), lines=LINES, seconds=SECONDS
        )
    print(f"texts acknowledged per second on {LINES} connections")
    print(f"  bare Flask route, one synced insert    {yardstick:8.0f}   ({refused} refused)")
    print(f"  bridge, deciding and sending meanwhile {measured:8.0f}   ({wrong} refused)")
    print(f"  share of the yardstick                 {measured / yardstick:8.2f}")


def simulators(_sink: Sink, _folder: Path) -> None:
    """A process of its own: their memory and processor time are measured without what stands in ours."""
    sys.stdout.flush()
    subprocess.run([sys.executable, "-m", "tests.benchmarks.simulators"], check=True)


PARTS: dict[str, Callable[[Sink, Path], None]] = {
    "journal": journals,
    "start": start_up,
    "reply": reply_path,
    "intake": intake,
    "simulators": simulators,
}

if __name__ == "__main__":
    words = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Measure on this machine.")
    words.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    chosen = words.parse_args().parts
    if unknown := [part for part in chosen if part not in PARTS]:
        words.error(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    main(chosen or list(PARTS))
