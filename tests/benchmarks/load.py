"""Requests at a steady rate, or as fast as they are answered."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection


@dataclass(frozen=True, slots=True)
class Call:
    """One POST."""

    path: str
    body: bytes
    headers: dict[str, str]


def post(line: HTTPConnection, call: Call) -> int:
    """Send it and read the whole answer."""
    line.request("POST", call.path, call.body, call.headers)
    answer = line.getresponse()
    answer.read()
    return answer.status


def steadily(port: int, calls: list[Call], rate: float) -> list[float]:
    """Send one call every 1/rate seconds, each on its own thread; the moments they were sent."""
    idle = deque(HTTPConnection("127.0.0.1", port, timeout=30) for _ in range(20))
    sent, threads, start = [], [], time.perf_counter()
    for n, call in enumerate(calls):
        time.sleep(max(0.0, start + n / rate - time.perf_counter()))
        sent.append(time.perf_counter())
        threads.append(threading.Thread(target=_post_on_one_of, args=(idle, port, call)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    return sent


def _post_on_one_of(idle: deque[HTTPConnection], port: int, call: Call) -> None:
    """A call that is late keeps its connection to itself."""
    try:
        line = idle.popleft()
    except IndexError:
        line = HTTPConnection("127.0.0.1", port, timeout=30)
    post(line, call)
    idle.append(line)


def flat_out(port: int, call: Callable[[int, int], Call], *, lines: int, seconds: float) -> tuple[float, int]:
    """As many as possible on `lines` connections; answered with 200 per second, and how many were not."""
    counts, wrong = [0] * lines, [0] * lines
    end = time.perf_counter() + seconds

    def run(place: int) -> None:
        line = HTTPConnection("127.0.0.1", port, timeout=30)
        while time.perf_counter() < end:
            good = post(line, call(place, counts[place] + wrong[place])) == 200
            counts[place] += good
            wrong[place] += not good

    threads = [threading.Thread(target=run, args=(place,)) for place in range(lines)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds, sum(wrong)
