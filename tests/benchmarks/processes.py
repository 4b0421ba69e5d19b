"""The two servers under measurement, as processes on free loopback ports."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from bridge.core.model import Charge, Session
from bridge.journal.engine import connect
from bridge.journal.migrate import upgrade
from bridge.journal.sessions import save
from tests.benchmarks.sink import NUMBER, Sink

SECRET = "bench-secret"
TOKEN = "bench-token"
SESSIONS = 50
PATIENCE = 15.0


def free_port() -> int:
    """A loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def bridge(folder: Path, sink: Sink, database: str) -> Iterator[int]:
    """Our bridge, or one more replica of it; yields its port."""
    port = free_port()
    values = environment(folder, port, sink, database)
    with _running([sys.executable, "-m", "bridge", "serve"], values, port):
        yield port


def environment(folder: Path, port: int, sink: Sink, database: str) -> dict[str, str]:
    """The bridge's settings: everything outside is the sink."""
    return {
        "BRIDGE_DATABASE_URL": database,
        "BRIDGE_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "BRIDGE_BIND": f"127.0.0.1:{port}",
        "BRIDGE_NUMBERS": NUMBER,
        "BRIDGE_SEND_RATE": "0",  # the bridge is measured, not what the number may
        "BRIDGE_MEDIA_FOLDER": str(folder / "media"),
        "BRIDGE_TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "BRIDGE_TWILIO_AUTH_TOKEN": TOKEN,
        "BRIDGE_TWILIO_API_URL": sink.url,
        "BRIDGE_ZENDESK_SUBDOMAIN": "bench",
        "BRIDGE_ZENDESK_URL": sink.url,
        "BRIDGE_SUNSHINE_APP_ID": "0" * 24,
        "BRIDGE_SUNSHINE_KEY_ID": "app_bench",
        "BRIDGE_SUNSHINE_SECRET": "bench",
        "BRIDGE_SUNSHINE_WEBHOOK_SECRET": SECRET,
    }


@contextmanager
def bare(folder: Path, sink: Sink) -> Iterator[int]:
    """The yardstick under the same server; yields its port."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "gunicorn", "-k", "gthread", "-w", "1", "--threads", "32"),
        *(
            "--log-level",
            "warning",
            "--keep-alive",
            "75",
            "-b",
            f"127.0.0.1:{port}",
            "tests.benchmarks.bare:app",
        ),
    ]
    environment = {"BARE_DATABASE": f"{folder}/bare.db", "BARE_CARRIER": f"{sink.url}/send"}
    with _running(command, environment, port):
        yield port


def conversation(number: int) -> str:
    """The id of the n-th live chat."""
    return f"{number:024x}"


def under_way(database: str, chats: int = SESSIONS) -> str:
    """Make the schema and leave so many live chats in it; the database."""
    engine = connect(database)
    upgrade(engine)
    with engine.begin() as connection:
        for n in range(chats):
            chat, phone = conversation(n), f"+1212555{1000 + n}"
            save(connection, Session(f"s{n}", phone, NUMBER, 0, 0, Charge.HUMAN, conversation=chat), 1e9)
    engine.dispose()
    return database


@contextmanager
def _running(command: list[str], environment: dict[str, str], port: int) -> Iterator[None]:
    process = subprocess.Popen(command, env={**os.environ, **environment}, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _wait_for(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            line = HTTPConnection("127.0.0.1", port, timeout=1)
            line.request("GET", "/healthz")
            if line.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(f"nothing answers on port {port}")
