"""`make bench`: our figures beside a yardstick, measured in the same run on the same machine.

reply path   agent's webhook in → carrier's create call out, at 20 messages a second; the floor does the same
             with a bare Flask route, one synced insert and one call
journal      the journal alone: replies acknowledged and done per second, on SQLite and PostgreSQL; beside one
             synced insert a message, and a job queue (procrastinate) on the same PostgreSQL
start        from the start of the process to the first send, with 100,000 replies left behind, beside 100
intake       customers' texts acknowledged per second on 16 connections, beside a bare Flask route that does
             one synced insert; ours also decides, asks the AI and sends the answers meanwhile
"""

import json
import logging
import tempfile
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode

from bridge.carriers.twilio_signature import sign
from bridge.ops import log_to_stderr
from tests import postgres
from tests.benchmarks import journal, processes
from tests.benchmarks.load import Call, flat_out, steadily
from tests.benchmarks.queue import job_queue
from tests.benchmarks.sink import NUMBER, Sink
from tests.benchmarks.start import first_send

RATE = 20.0
MESSAGES = 300
SECONDS = 6.0
LINES = 16
BACKLOG = 100_000


def main() -> None:
    """Measure and print."""
    log_to_stderr(frozenset(), logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        sink = Sink()
        journals(Path(folder))
        start_up(sink, Path(folder))
        with processes.bridge(Path(folder), sink) as ours, processes.bare(Path(folder), sink) as bare:
            reply_path(sink, ours, bare)
            intake(ours, bare)


def journals(folder: Path) -> None:
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


def reply_path(sink: Sink, ours: int, bare: int) -> None:
    """Print p50 and p99 in milliseconds and how many times the floor they are."""
    steadily(ours, [_reply(n, f"warm {n}") for n in range(20)], RATE)
    floor = _latencies(sink, bare, [Call("/reply", f"floor {n}".encode(), {}) for n in range(MESSAGES)])
    measured = _latencies(sink, ours, [_reply(n, f"ours {n}") for n in range(MESSAGES)])
    print(f"reply path at {RATE:g} msg/s, {MESSAGES} replies     p50 ms   p99 ms")
    print(f"  floor: two loopback calls, one commit  {_row(floor)}")
    print(f"  bridge                                 {_row(measured)}")
    print(f"  times the floor                        {_ratios(measured, floor)}")


def intake(ours: int, bare: int) -> None:
    """Print acknowledged texts per second and the share of the yardstick."""
    yardstick, refused = flat_out(
        bare, lambda place, n: Call("/insert", f"{place} {n}".encode(), {}), lines=LINES, seconds=SECONDS
    )
    measured, wrong = flat_out(ours, lambda place, n: _text(ours, place, n), lines=LINES, seconds=SECONDS)
    print(f"texts acknowledged per second on {LINES} connections")
    print(f"  bare Flask route, one synced insert    {yardstick:8.0f}   ({refused} refused)")
    print(f"  bridge, deciding and sending meanwhile {measured:8.0f}   ({wrong} refused)")
    print(f"  share of the yardstick                 {measured / yardstick:8.2f}")


def _latencies(sink: Sink, port: int, calls: list[Call]) -> list[float]:
    sent = steadily(port, calls, RATE)
    texts = [_words(call) for call in calls]
    missing = [text for text in texts if not _arrived(sink, text)]
    if missing:
        raise SystemExit(f"{len(missing)} replies never reached the carrier, such as {missing[0]!r}")
    return [(sink.arrivals[text] - at) * 1000 for text, at in zip(texts, sent, strict=True)]


def _arrived(sink: Sink, text: str) -> bool:
    return sink.wait_for(text, 10.0)


def _words(call: Call) -> str:
    if call.path == "/reply":
        return call.body.decode()
    text: str = json.loads(call.body)["events"][0]["payload"]["message"]["content"]["text"]
    return text


def _reply(n: int, text: str) -> Call:
    """An agent's reply as Zendesk tells of it (SUN-AGT-01)."""
    message = {
        "id": f"m-{text}",
        "author": {"type": "business", "displayName": "Ada", "subtypes": ["agent"]},
        "content": {"type": "text", "text": text},
        "source": {"type": "zd:agentWorkspace"},
    }
    chat = {"id": processes.conversation(n % processes.SESSIONS), "type": "personal"}
    event = {
        "id": f"e-{text}",
        "type": "conversation:message",
        "payload": {"conversation": chat, "message": message},
    }
    body = json.dumps({"app": {"id": "0" * 24}, "events": [event]}).encode()
    return Call(
        "/webhooks/sunshine", body, {"X-API-Key": processes.SECRET, "Content-Type": "application/json"}
    )


def _text(port: int, place: int, n: int) -> Call:
    """A customer's text as Twilio tells of it, signed."""
    form = [
        ("MessageSid", f"SM{place:08x}{n:024x}"),
        ("From", f"+1646555{1000 + place * 50 + n % 50}"),
        ("To", NUMBER),
        ("Body", f"hello {n}"),
        ("NumMedia", "0"),
        ("FromCity", ""),
    ]
    path = "/webhooks/twilio/sms"
    signature = sign(f"http://127.0.0.1:{port}{path}", form, processes.TOKEN)
    headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
    return Call(path, urlencode(form).encode(), headers)


def _row(latencies: list[float]) -> str:
    return f"{_p(latencies, 50):8.1f} {_p(latencies, 99):8.1f}"


def _ratios(ours: list[float], floor: list[float]) -> str:
    return f"{_p(ours, 50) / _p(floor, 50):8.1f} {_p(ours, 99) / _p(floor, 99):8.1f}"


def _p(latencies: list[float], percent: int) -> float:
    return quantiles(latencies, n=100, method="inclusive")[percent - 1]


if __name__ == "__main__":
    main()
