"""The simulators' part of `make bench`: ours beside a yardstick, side by side in one run.

start        from the start of the process to its first answer; memory is what is resident then
create, get  messages created and fetched a second on 1, 16 and 64 connections, and how long one takes, in
             the middle one of three rounds; the share is that of the yardstick, a bare Flask route under
             gunicorn gthread, in the same round; cpu is the processor time of a call with all that follows
             from it, webhooks and receipts; behind is how long after the last call that had happened

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
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from simulator import accounts
from tests.benchmarks import growth
from tests.benchmarks.peers import peers
from tests.benchmarks.processes import free_port
from tests.benchmarks.rival import Job, Rival, request
from tests.benchmarks.volley import volley

CONNECTIONS = (1, 16, 64)
SECONDS = float(os.environ.get("BENCH_SECONDS", "1.5"))
ROUNDS = 3
MESSAGES = 1000
HEADINGS = "     rate     p50     p99      share                 cpu   behind"
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
def running(rival: Rival) -> Iterator[None]:
    """Start it, and take the time and the memory."""
    start = time.perf_counter()
    process = subprocess.Popen(
        rival.command, cwd=rival.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(rival)
        rival.seconds = time.perf_counter() - start
        rival.pid, rival.resident = process.pid, resident(process.pid)
        yield
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


def messages(rival: Rival) -> list[bytes]:
    """Requests for messages that were just created; more than anybody remembers the paths of."""
    if b"SID" not in rival.get:
        return [rival.get]
    with socket.create_connection(("127.0.0.1", rival.port), 5) as line:
        return [_asking_for_new(rival, line, PHONES[n % len(PHONES)]) for n in range(MESSAGES)]


def _asking_for_new(rival: Rival, line: socket.socket, phone: bytes) -> bytes:
    line.sendall(rival.create.replace(PHONES[1], phone))
    found = re.search(rb'"sid": ?"(\w+)"', line.recv(65_536))
    if found is None:
        raise SystemExit("it names no message")
    return rival.get.replace(b"SID", found[1])


def measured(rivals: list[Rival]) -> list[Rival]:
    """Those that stood the load; a line about each that did not.

    They take turns, as a machine's speed changes within seconds: each round has a volley of everybody.
    """
    left, jobs = rivals, [(job, lines) for lines in CONNECTIONS for job in ("create", "get")]
    for _ in range(ROUNDS):
        for job in jobs:
            left = [rival for rival in left if stood(rival, partial(fire, rival, job))]
    return left


def stood(rival: Rival, load: Callable[[], object]) -> bool:
    """Whether it did; a line about it if not."""
    try:
        load()
    except (OSError, SystemExit) as failure:
        print(f"{rival.name:30} left out: {failure}")
        return False
    return True


def fire(rival: Rival, job: Job) -> None:
    """One volley, and what it costs until nothing is left to do."""
    creates = job[0] == "create"
    said = [rival.create.replace(PHONES[1], phone) for phone in PHONES] if creates else messages(rival)
    make, status = partial(next, itertools.cycle(said)), rival.created if creates else 200
    settle(rival)
    before = spent(rival.pid)
    result = volley(rival.port, make, lines=job[1], seconds=SECONDS, status=status)
    last = time.perf_counter()
    settle(rival)
    rival.behind[job].append(time.perf_counter() - last)
    rival.results[job].append(result)
    rival.costs[job].append((spent(rival.pid) - before) / result.calls * 1e6)


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
    raise SystemExit("it is still busy")


def report(rivals: list[Rival]) -> None:
    """The middle round of each, and of the shares with the least and the most."""
    first = rivals[0]
    for rival in rivals:
        print(f"{rival.name:30} first answer {rival.seconds:5.2f} s, resident {rival.resident:4.0f} MB")
    for job in first.results:
        print(f"{f'{job[0]}, {job[1]} connections':30} {HEADINGS}")
        for rival in rivals:
            print(f"  {rival.name:30} {_line(rival, first, job)}")


def _line(rival: Rival, first: Rival, job: Job) -> str:
    mine, its = rival.results[job], first.results[job]
    shares = sorted(each.rate / other.rate for each, other in zip(mine, its, strict=True))
    middle = sorted(mine, key=lambda each: each.rate)[ROUNDS // 2]
    cost, behind = median(rival.costs[job]), median(rival.behind[job])
    return (
        f"{middle} {median(shares):7.2f} ({shares[0]:.2f} to {shares[-1]:.2f}) {cost:5.0f} µs {behind:6.2f} s"
    )


def main() -> None:
    """Measure everybody, and what the world costs as it grows, and print."""
    with ExitStack() as stack:
        receiver = Rival("receiver", [], free_port(), b"", b"")
        receiver.command = [sys.executable, "-m", "tests.benchmarks.receiver", str(receiver.port)]
        stack.enter_context(running(receiver))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        rivals = [yardstick(), flask_under_ours(), ours(receiver.port), ours(receiver.port, webhooks=False)]
        rivals += peers(folder, *BARE)
        started = [each for each in rivals if stood(each, partial(stack.enter_context, running(each)))]
        left = measured(started)
        if rivals[0] not in left:
            raise SystemExit("The yardstick did not stand the load: there is nothing to compare with.")
        report(left)
    growth.main()


if __name__ == "__main__":
    main()
