"""The simulators' part of `make bench`: ours beside a yardstick, side by side in one run.

start        from the start of the process to its first answer; memory is what is resident then
create, get  messages created and fetched a second on 1, 16 and 64 connections, and how long one takes; the
             share is that of the yardstick, a bare Flask route under gunicorn gthread, at the same job; cpu
             is the processor time of a call with all that follows from it, webhooks and receipts

The messages go to fifty phones in turn: what happens to one phone happens in order, one after the other.
Ours checks credentials and parameters, keeps the message, tells its fate by signed webhooks to a receiver
that answers, and writes all of it into the ledger; the others have their answers made beforehand: the
yardstick, and Prism, Mockoon and mountebank, which are installed for the occasion where node is present.
"""

import base64
import itertools
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from simulator import accounts
from tests.benchmarks import growth
from tests.benchmarks.peers import peers
from tests.benchmarks.processes import free_port
from tests.benchmarks.rival import Rival, request
from tests.benchmarks.volley import Make, volley

CONNECTIONS = (1, 16, 64)
SECONDS = float(os.environ.get("BENCH_SECONDS", "3"))
PATIENCE = 30.0
GUNICORN = (
    *("-m", "gunicorn", "-k", "gthread", "-w", "1", "--threads", "16", "--keep-alive", "75"),
    "--log-level",
)


# --- who takes part ---

PHONES = [b"B141555501%02d" % number for number in range(50)]
FORM = "application/x-www-form-urlencoded"
BARE = (
    request("POST", "/messages", "To=%2B14155550101&Body=hello", Content_Type=FORM),
    request("GET", "/messages/SM1"),
)


def yardstick() -> Rival:
    port = free_port()
    command = [
        sys.executable,
        *GUNICORN,
        "error",
        "-b",
        f"127.0.0.1:{port}",
        "tests.benchmarks.flask_route:app",
    ]
    return Rival("bare Flask, gunicorn gthread", command, port, *BARE)


def flask_under_ours() -> Rival:
    port = free_port()
    command = [sys.executable, "-m", "tests.benchmarks.flask_route", str(port)]
    return Rival("the same Flask, our server", command, port, *BARE)


def ours(receiver: int, *, webhooks: bool = True) -> Rival:
    """CreateMessage and FetchMessage of the simulated Twilio."""
    port = free_port()
    credentials = f"{accounts.TWILIO_ACCOUNT_SID}:{accounts.TWILIO_AUTH_TOKEN}".encode()
    known = f"Basic {base64.b64encode(credentials).decode()}"
    form = {"To": "+14155550101", "From": accounts.SUPPORT_NUMBER, "Body": "hello"}
    if webhooks:
        form["StatusCallback"] = f"http://127.0.0.1:{receiver}/status"
    path = f"/twilio/2010-04-01/Accounts/{accounts.TWILIO_ACCOUNT_SID}/Messages"
    command = [
        sys.executable,
        "-m",
        "simulator",
        "serve",
        "--port",
        str(port),
        "--bridge",
        f"http://127.0.0.1:{receiver}",
    ]
    create = request("POST", f"{path}.json", urlencode(form), Content_Type=FORM, Authorization=known)
    name = "our simulator, webhooks out" if webhooks else "our simulator, no callback"
    get = request("GET", f"{path}/SID.json", Authorization=known)
    return Rival(name, command, port, create, get, "/_sim/idle")


# --- measuring ---


@contextmanager
def running(rival: Rival) -> Iterator[int]:
    """Start it, and take the time and the memory."""
    start = time.perf_counter()
    process = subprocess.Popen(
        rival.command, cwd=rival.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(rival)
        rival.seconds = time.perf_counter() - start
        rival.resident = resident(process.pid)
        yield process.pid
    finally:
        process.terminate()
        process.wait(PATIENCE)


def wait_for(rival: Rival) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            line = HTTPConnection("127.0.0.1", rival.port, timeout=5)
            line.request("GET", rival.ready)
            line.getresponse().read()
        except OSError:
            time.sleep(0.005)
        else:
            return
    raise SystemExit(f"{rival.name} does not answer")


def resident(pid: int) -> float:
    """Megabytes, of the process and those it started."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6 + sum(resident(int(child)) for child in children)


def spent(pid: int) -> float:
    """Seconds of processor time, of the process and those it started."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    own = (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(spent(int(child)) for child in children)


def one_message(rival: Rival) -> bytes:
    """The request for a message that was just created."""
    with socket.create_connection(("127.0.0.1", rival.port), 5) as line:
        line.sendall(rival.create)
        found = re.search(rb'"sid": ?"(\w+)"', line.recv(65_536))
    return rival.get.replace(b"SID", found[1]) if found else rival.get


def measure(rival: Rival) -> None:
    phones = itertools.cycle(PHONES)
    with running(rival) as pid:
        for lines in CONNECTIONS:
            fire(rival, pid, ("create", lines), lambda: rival.create.replace(PHONES[1], next(phones)))
            wanted = one_message(rival)
            fire(rival, pid, ("get", lines), lambda: wanted)  # noqa: B023


def fire(rival: Rival, pid: int, job: tuple[str, int], make: Make) -> None:
    """One volley, and what it costs until nothing is left to do."""
    status = rival.created if job[0] == "create" else 200
    before = spent(pid)
    result = volley(rival.port, make, lines=job[1], seconds=SECONDS, status=status)
    settle(rival)
    rival.results[job], rival.costs[job] = result, (spent(pid) - before) / result.calls * 1e6


def measured(others: list[Rival]) -> list[Rival]:
    """Those that stood the load; a line about each that did not."""
    stood = []
    for rival in others:
        try:
            measure(rival)
        except (OSError, SystemExit) as failure:
            print(f"{rival.name:30} left out: {failure}")
        else:
            stood.append(rival)
    return stood


def settle(rival: Rival) -> None:
    """Let what follows from the messages happen first, as the next figure is about something else."""
    if rival.ready != "/_sim/idle":
        return
    end = time.monotonic() + 4 * PATIENCE
    while time.monotonic() < end:
        line = HTTPConnection("127.0.0.1", rival.port, timeout=30)
        line.request("GET", rival.ready)
        if b'"idle":true' in line.getresponse().read():
            return
        time.sleep(0.05)


def report(rivals: list[Rival]) -> None:
    first = rivals[0]
    for rival in rivals:
        print(f"{rival.name:30} first answer {rival.seconds:5.2f} s, resident {rival.resident:4.0f} MB")
    for job in ("create", "get"):
        for lines in CONNECTIONS:
            print(f"{job}, {lines} connections            rate     p50     p99    share   cpu")
            for rival in rivals:
                if result := rival.results.get((job, lines)):
                    share = result.rate / first.results[job, lines].rate
                    print(f"  {rival.name:30} {result} {share:7.2f} {rival.costs[job, lines]:5.0f} µs")


def main() -> None:
    """Measure everybody, and what the world costs as it grows, and print."""
    with ExitStack() as stack:
        receiver = Rival("receiver", [], free_port(), b"", b"")
        receiver.command = [sys.executable, "-m", "tests.benchmarks.receiver", str(receiver.port)]
        stack.enter_context(running(receiver))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        rivals = [yardstick(), flask_under_ours(), ours(receiver.port), ours(receiver.port, webhooks=False)]
        for rival in rivals:
            measure(rival)
        report(rivals + measured(peers(folder, *BARE)))
    growth.main()


if __name__ == "__main__":
    main()
