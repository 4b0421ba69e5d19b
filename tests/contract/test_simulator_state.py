"""`simulator serve --state`: what there was is there again after a stop, and nobody is told it twice."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from simulator import accounts
from simulator.build import build
from simulator.diary import Diary, Foreign
from simulator.hooks import Hook, HookAnswer
from simulator.memory import Memory
from simulator.restoring import Restoring
from simulator.web import Response
from tests.simulated import MARIA, SUNSHINE, TWILIO, request

PATIENCE = 20
AGENTS = "zd-agentWorkspace"
Ask = Callable[..., Any]


def story(ask: Ask) -> str:
    """Texts both ways, a conversation that is handed to the agents, a ticket; its id."""
    ask("POST", f"/_sim/phones/{MARIA}/texts", {"to": accounts.SUPPORT_NUMBER, "text": "Hello"})
    user = ask("POST", f"{SUNSHINE}/users", {"externalId": "maria"})["user"]["id"]
    wanted = {"type": "personal", "participants": [{"userId": user}]}
    chat = str(ask("POST", f"{SUNSHINE}/conversations", wanted)["conversation"]["id"])
    said = {
        "author": {"type": "user", "userId": user},
        "content": {"type": "text", "text": "A person, please"},
    }
    ask("POST", f"{SUNSHINE}/conversations/{chat}/messages", said)
    ask("POST", f"{SUNSHINE}/conversations/{chat}/passControl", {"switchboardIntegration": AGENTS})
    settled(ask)  # control passes a moment later
    ask("POST", f"/_sim/conversations/{chat}/replies", {"text": "Here I am"})
    ask(
        "POST", f"{TWILIO}/Messages.json", {"To": MARIA, "From": accounts.SUPPORT_NUMBER, "Body": "Here I am"}
    )
    return chat


def shown(ask: Ask, chat: str) -> list[Any]:
    """What must come out the same."""
    paths = (
        f"{SUNSHINE}/conversations/{chat}",
        f"{SUNSHINE}/conversations/{chat}/messages",
        "/zendesk/api/v2/tickets",
        f"{TWILIO}/Messages.json",
        f"/_sim/phones/{MARIA}/messages",
    )
    return [ask("GET", path) for path in paths]


# --- as a process ---


class Bridge(BaseHTTPRequestHandler):
    """Answers every webhook and keeps its path."""

    heard: list[str]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def bridge() -> Iterator[tuple[str, list[str]]]:
    heard: list[str] = []
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Heard", (Bridge,), {"heard": heard})) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", heard
        server.shutdown()


def command(state: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "simulator", "serve", "--port", "0", "--state", str(state), *more]


@contextmanager
def serving(state: Path, bridge: str) -> Iterator[tuple[str, list[str]]]:
    """Where a simulator listens, and what it said before."""
    told = command(state, "--bridge", bridge)
    with subprocess.Popen(told, stdout=subprocess.PIPE, text=True) as process:
        said: list[str] = []
        while not said or "console" not in said[-1]:
            assert process.stdout is not None
            said.append(process.stdout.readline())
        try:
            yield said[-1].split()[-1], said[:-1]
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) == 0


def over_http(base: str) -> Ask:
    """Calls to a running simulator."""

    def ask(method: str, path: str, content: object = None) -> Any:
        made = request(method, path, content)
        headers = dict(made.headers.items())
        answer = requests.request(method, base + path, data=made.body, headers=headers, timeout=PATIENCE)
        assert answer.ok, answer.text
        return json.loads(answer.text.replace(base, ""))

    return ask


def settled(ask: Ask) -> int:
    """The last of the ledger, once nothing is due for a moment."""
    quiet = 0
    while quiet < 3:
        quiet = quiet + 1 if ask("GET", "/_sim/idle")["idle"] else 0
        threading.Event().wait(0.02)
    return int(ask("GET", "/_sim/idle")["last"])


def test_a_handoff_survives_a_stop(tmp_path: Path, bridge: tuple[str, list[str]]) -> None:
    """Text, hand off, stop, start: everything is there, webhooks are told once, and life goes on."""
    state, (url, heard) = tmp_path / "state.jsonl", bridge
    with serving(state, url) as (base, said):
        chat = story(over_http(base))
        before = shown(over_http(base), chat)
        last = settled(over_http(base))
    told = list(heard)
    assert told
    assert not said
    with serving(state, url) as (base, said):
        assert said[0].startswith("State restored from ")
        assert len(said) == 1
        assert settled(over_http(base)) == last
        assert shown(over_http(base), chat) == before
        assert heard == told
        over_http(base)(
            "POST", f"/_sim/phones/{MARIA}/texts", {"to": accounts.SUPPORT_NUMBER, "text": "more"}
        )
        settled(over_http(base))
        assert len(heard) == len(told) + 1
    refused = subprocess.run(command(state, "--seed", "7"), capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert "was made with --seed 0, not 7" in refused.stderr


# --- in this process ---


class Here:
    """The simulators with a state, in this process."""

    def __init__(self, state: Path, status: int | None = 200) -> None:
        self.hooks: list[Hook] = []
        self.diary = Diary(state, None)
        self._status = status
        memory = Memory(self.diary, self._receive)
        self.clock = memory.clock
        self.network = build(memory.clock, memory.transport, self.diary.seed)
        self.restored = Restoring(self.diary, memory, self.network)
        self.restored.run()
        self._memory = memory

    def _receive(self, hook: Hook) -> HookAnswer:
        self.hooks.append(hook)
        return HookAnswer(self._status)

    def ask(self, method: str, path: str, content: object = None) -> Any:
        answer = self._memory.handle(self.network, request(method, path, content))
        assert isinstance(answer, Response)
        assert answer.status < 300, answer.body
        return json.loads(answer.body)

    def stop(self) -> "Here":
        settled(self.ask)
        self.clock.stop()
        self.diary.close()
        return self


def advance(ask: Ask) -> None:
    ask("POST", "/_sim/clock", {"advance": 3600})


def begin_anew(ask: Ask) -> None:
    """With time taken back that was advanced."""
    advance(ask)
    ask("POST", "/_sim/reset", {"seed": 9})


def meet_a_fault(ask: Ask) -> None:
    ask("POST", "/_sim/faults", {"system": "twilio", "operation": "CreateMessage", "fault": "early callback"})


@pytest.mark.parametrize("status", [200, 500, None])
@pytest.mark.parametrize("before", [advance, begin_anew, meet_a_fault])
def test_everything_comes_out_the_same(
    before: Callable[[Ask], None], status: int | None, tmp_path: Path
) -> None:
    """Whatever the webhooks were answered with, and whatever was done to the world before."""
    first = Here(tmp_path / "state", status)
    before(first.ask)
    chat = story(first.ask)
    first.stop()
    again = Here(tmp_path / "state", status)
    assert again.restored.differences == 0
    assert shown(again.ask, chat) == shown(first.ask, chat)
    assert abs(again.network.now() - first.network.now()) < 1
    assert not again.hooks
    assert again.stop().network.ids.hex(32) == first.network.ids.hex(32)


def test_what_comes_out_otherwise_is_told(tmp_path: Path) -> None:
    """Such as after a change of the simulators, or of the file."""
    first = Here(tmp_path / "state")
    story(first.ask)
    first.stop()
    text = (tmp_path / "state").read_text()
    (tmp_path / "state").write_text(text.replace("A person, please", "A robot, please", 1))
    assert Here(tmp_path / "state").stop().restored.differences > 0


def test_a_torn_line_is_told_and_left_out(tmp_path: Path) -> None:
    first = Here(tmp_path / "state")
    advance(first.ask)
    first.stop()
    whole = (tmp_path / "state").read_text()
    (tmp_path / "state").write_text(whole + '{"call": "c2", "at"')
    again = Here(tmp_path / "state").stop()
    assert (again.diary.torn, again.restored.calls) == (True, 1)
    assert (tmp_path / "state").read_text() == whole


@pytest.mark.parametrize("text", ["hello\n", '{"format": "something else"}\n', "[]\n"])
def test_another_file_is_refused_and_left_alone(text: str, tmp_path: Path) -> None:
    (tmp_path / "state").write_text(text)
    with pytest.raises(Foreign, match="is no state of these simulators"):
        Diary(tmp_path / "state", None)
    assert (tmp_path / "state").read_text() == text
