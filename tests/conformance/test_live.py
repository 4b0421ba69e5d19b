"""`simulator verify --live`, pointed at a second simulator: without drift, and with planted drift."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from typer.testing import CliRunner
from werkzeug.serving import make_server

from simulator import accounts
from simulator.acceptance.live.accounts import simulated
from simulator.acceptance.live.probes import OF
from simulator.acceptance.live.shape import drift
from simulator.build import build
from simulator.clock import Clock
from simulator.commands import app
from simulator.endings import Ending
from simulator.hooks import HookAnswer
from simulator.web import Request, Response
from simulator.wsgi import application

Drift = Callable[[Any], Any]


@contextmanager
def served(change: Drift, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A second simulator on a port, whose JSON answers are changed; the environment names it."""
    network = build(Clock(), lambda _: HookAnswer(200))
    text = json.dumps({"to": accounts.SUPPORT_NUMBER, "text": "Hello"}).encode()
    network.handle(Request("POST", "/_sim/phones/+14155550101/texts", body=text))
    network.clock.run_due()

    def handle(request: Request) -> Ending:
        answer = network.handle(request)
        if isinstance(answer, Response) and answer.body[:1] == b"{":
            answer.body = json.dumps(change(json.loads(answer.body))).encode()
        return answer

    server = make_server("127.0.0.1", 0, application(handle), threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    for name, value in simulated(f"http://127.0.0.1:{server.port}").items():
        monkeypatch.setenv(name, value)
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def compare(system: str, *more: str) -> tuple[int, str]:
    """Exit status and what was said."""
    ran = CliRunner().invoke(app, ["verify", "--live", system, *more])
    return ran.exit_code, ran.output


@pytest.mark.parametrize("system", OF)
def test_two_simulators_do_not_differ(system: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every question is answered alike, and the status says so."""
    with served(lambda answer: answer, monkeypatch):
        status, said = compare(system, "--allow-writes")
    assert (status, f"0 of {len(OF[system])} answers have drifted" in said) == (0, True)
    assert "not asked" not in said


def renamed(answer: Any) -> Any:
    return {("date_made" if name == "date_created" else name): value for name, value in answer.items()}


def recoded(answer: Any) -> Any:
    return answer | {"code": 99999} if "code" in answer else answer


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (renamed, "date_created: simulator date (RFC 2822), missing live"),
        (renamed, "date_made: live date (RFC 2822), missing in the simulator"),
        (recoded, "code: live 99999, simulator 20404"),
    ],
)
def test_planted_drift_is_listed(change: Drift, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A field with another name, an error with another code: named with both sides, and the status is 1."""
    with served(change, monkeypatch):
        status, told = compare("twilio")
    assert status == 1
    assert said in told


def test_nothing_is_written_unless_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --allow-writes no question changes anything."""
    with served(lambda answer: answer, monkeypatch):
        _, said = compare("twilio")
    assert said.count("it writes") == len([probe for probe in OF["twilio"] if probe.writes])


def test_a_missing_key_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says which variables are wanted."""
    monkeypatch.delenv("LIVE_TWILIO_AUTH_TOKEN", raising=False)
    status, said = compare("twilio")
    assert (status, "LIVE_TWILIO_AUTH_TOKEN" in said) == (2, True)


@pytest.mark.parametrize(
    ("live", "ours", "said"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": None}, {"a": "x"}, []),
        ({"a": []}, {"a": [{"b": 1}]}, []),
        ({"a": 1}, {"a": "1"}, ["a: live number, simulator string"]),
        ({"a": [{"b": 1}, {"c": True}]}, {"a": [{"b": 2, "c": False}]}, []),
        ({"at": "2026-11-25T12:00:00Z"}, {"at": "today"}, ["at: live date (ISO 8601), simulator string"]),
        ({"a": 1, "b": 2}, {"a": 1}, ["b: live number, missing in the simulator"]),
    ],
)
def test_shapes(live: Any, ours: Any, said: list[str]) -> None:
    """What counts as drift, and what says nothing."""
    assert list(drift(live, ours)) == said
