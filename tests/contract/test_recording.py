"""A ledger is kept in a file and played again."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from simulator import accounts
from simulator.build import build
from simulator.client import Client
from simulator.clock import RunningClock
from simulator.commands import app
from simulator.hooks import HookAnswer
from simulator.loop import Loop
from simulator.recording import different
from simulator.server import Address, listen
from tests.simulated import MARIA, TWILIO, request


@pytest.fixture
def client() -> Iterator[Client]:
    listener = listen(Address("127.0.0.1", 0))
    base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    clock = RunningClock(threads=1)
    network = build(clock, lambda _: HookAnswer(200), base=base)
    loop = Loop(listener, network.handle)
    loop.start()
    made = Client(base)
    made.network = network  # type: ignore[attr-defined]
    yield made
    loop.stop(2.0)
    clock.stop()


def lived(client: Client) -> None:
    """A text comes in; one goes out, is looked at, and another is refused."""
    network = client.network  # type: ignore[attr-defined]
    client.text(MARIA, to=accounts.SUPPORT_NUMBER, text="Hello")
    form = {"To": MARIA, "From": accounts.SUPPORT_NUMBER, "Body": "hi"}
    made = network.handle(request("POST", f"{TWILIO}/Messages.json", form))
    sid = json.loads(made.body)["sid"]
    network.clock.settle()
    network.handle(request("GET", f"{TWILIO}/Messages/{sid}.json"))
    network.handle(request("POST", f"{TWILIO}/Messages.json", {"To": "nobody"}))
    session = network.handle(request("POST", "/opencx/chat/sessions", {"channel": {"type": "sms"}}))
    network.handle(request("GET", f"/opencx/chat/sessions/{json.loads(session.body)['id']}"))


def run(*arguments: str) -> tuple[int, str]:
    told = CliRunner().invoke(app, arguments)
    return told.exit_code, told.output


def test_what_was_recorded_is_played_again(client: Client, tmp_path: Path) -> None:
    """New ids stand for old ones; nothing is answered otherwise, until the recording says something else."""
    lived(client)
    file = tmp_path / "ledger.jsonl"
    assert run("record", str(file), "--base", client.base)[0] == 0
    client.call("POST", "/reset", {"seed": 7})
    code, told = run("replay", str(file), "--base", client.base)
    assert (code, told) == (0, "6 calls made again, 0 differences, 0 skipped for want of their bodies\n")
    text = file.read_text()
    file.write_text(text.replace('"body": "hi"', '"body": "ho"').replace('"status": 400', '"status": 201'))
    code, told = run("replay", str(file), "--base", client.base)
    assert code == 1
    assert "body was 'ho' and is 'hi'" in told
    assert "201 is now 400" in told


def test_ids_and_dates_are_not_compared() -> None:
    """Everything else is, what is missing as well."""
    then = {"sid": "SM" + "0" * 32, "at": "2026-11-25T00:00:00Z", "to": "a", "list": [1], "gone": 1}
    now = {"sid": "SM" + "1" * 32, "at": "2026-11-26T00:00:00Z", "to": "b", "list": [1, 2]}
    assert different(then, now) == [
        "gone was 1 and is None",
        "list was [1] and is [1, 2]",
        "to was 'a' and is 'b'",
    ]


def test_nobody_there(tmp_path: Path) -> None:
    """One sentence."""
    code, told = run("record", str(tmp_path / "x"), "--base", "http://127.0.0.1:9")
    assert (code, told.count("\n")) == (2, 1)
