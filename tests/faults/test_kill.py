"""FT-C1, FT-C2 with real processes: SIGKILL at every failpoint of every path, restart, nothing shows.

The simulators run here and the bridge in a process of its own, on one SQLite file that outlives it. Each case
is another customer, so that what earlier victims left lies there too.
"""

import hashlib
import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from werkzeug.serving import make_server

from bridge import failpoints
from simulator.build import build
from simulator.clock import RunningClock
from simulator.environment import environment
from simulator.network import Network
from simulator.transport import deliver
from simulator.wsgi import application
from tests.benchmarks.processes import free_port
from tests.faults import child

PATIENCE = 20.0
LONG = 0.4  # seconds after which what is waited for is due later: then time is made to pass
SUPPORT = "+14155550150"
ANSWER = "Thanks for your message. How else can I help?"
CONNECTING = "I'll connect you with a person now."
IN_HANDOFF = ("OpenConversation", "PostTurn", "TellAgent", "PassControl")
AFTER_A_TEXT = {"received": "sms", "verified": "sms", "journaled": "sms", "answered": "sms"}
OUTSIDE = ("performing", "performed", "recorded")

CASES = [
    *(("text", point, AFTER_A_TEXT.get(point, "")) for point in failpoints.NAMES),
    *(("reply", point, "") for point in failpoints.NAMES),
    *(("handoff", point, effect) for point in OUTSIDE for effect in IN_HANDOFF),
]


class Victim:
    """The bridge process and the world it lives in."""

    def __init__(self, folder: Path) -> None:
        self.port, sim_port = free_port(), free_port()
        base, bridge = f"http://127.0.0.1:{sim_port}", f"http://127.0.0.1:{self.port}"
        self.network: Network = build(RunningClock(), deliver, base=base, bridge_url=bridge)
        self._server = make_server("127.0.0.1", sim_port, application(self.network.handle), threaded=True)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        self._sim = f"{base}/_sim"
        self._http = requests.Session()
        self._http.trust_env = False
        self._settings = _settings(base, bridge, folder)
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.faults.child"])
        url = f"{bridge}/webhooks/twilio/sms#rc=5&rp=all"
        self.control("PUT", f"/numbers/{SUPPORT}", {"sms_url": url})
        self.start()

    def start(self) -> None:
        """A fresh process on the old file."""
        self._process = self._context.Process(target=child.run, args=(self._settings, self.port), daemon=True)
        self._process.start()
        wait_for(self._alive, "the bridge did not start")

    def _alive(self) -> bool:
        try:
            return self._http.get(f"http://127.0.0.1:{self.port}/healthz", timeout=2).ok
        except requests.RequestException:
            return False

    def arm(self, point: str, at: str) -> None:
        """Let the process die at this point, be it while it answers: `died` tells."""
        arming = f"http://127.0.0.1:{self.port}/_arm"
        with suppress(requests.RequestException):
            self._http.get(arming, params={"point": point, "at": at}, timeout=5)

    def died(self) -> bool:
        """Whether it is gone; waits for it."""
        self._process.join(PATIENCE)
        return self._process.exitcode == -9

    def stop(self) -> None:
        """The end of everything."""
        self._process.kill()
        self._process.join(PATIENCE)
        self._server.shutdown()
        self._server.server_close()
        self._http.close()

    def control(self, method: str, path: str, content: object = None) -> Any:
        """One call of the control surface."""
        answer = self._http.request(method, self._sim + path, json=content, timeout=10)
        answer.raise_for_status()
        return answer.json()

    def shown(self, phone: str) -> list[str]:
        """What the phone received."""
        screen = self.control("GET", f"/phones/{phone}/messages")["messages"]
        return [each["text"] for each in screen if each["direction"] == "received"]

    def pass_time(self, seconds: float = 1.0) -> None:
        """Move the clock of the simulators, which the bridge follows."""
        self.control("POST", "/clock", {"advance": seconds})

    def chat(self, phone: str) -> dict[str, Any]:
        """The only live chat of this phone, with its lines; empty if there is none."""
        chats = self.control("GET", "/conversations")["conversations"]
        mine = [each["id"] for each in chats if each["user"]["phone"] == phone]
        assert len(mine) <= 1, f"{len(mine)} live chats"
        whole: dict[str, Any] = self.control("GET", f"/conversations/{mine[0]}") if mine else {}
        return whole

    def lines(self, phone: str) -> list[str]:
        """What stands in the live chat, silent lines left out."""
        chat = self.chat(phone)
        return [line["text"] for line in chat.get("messages", ()) if not line["silent"]]


@dataclass(frozen=True, slots=True)
class Customer:
    """One phone and its story so far."""

    victim: Victim
    phone: str

    def texts(self, words: str) -> None:
        """Text us; the same words again are the carrier's second try to tell of the same text."""
        told = hashlib.md5(f"{self.phone} {words}".encode()).hexdigest()
        text = {"to": SUPPORT, "text": words, "source_id": f"SM{told}"}
        self.victim.control("POST", f"/phones/{self.phone}/texts", text)

    def sees(self, *texts: str) -> None:
        """Wait until the phone shows exactly these."""
        self._until(
            lambda: self.victim.shown(self.phone) == list(texts), lambda: self.victim.shown(self.phone)
        )

    def has_on_the_desk(self, *lines: str) -> None:
        """Wait until the live chat holds exactly these lines and the agents have it."""

        def there() -> bool:
            chat = self.victim.chat(self.phone)
            return self.victim.lines(self.phone) == list(lines) and chat["control"] == "zd-agentWorkspace"

        self._until(there, lambda: self.victim.lines(self.phone))

    def _until(self, there: Callable[[], bool], failure: object) -> None:
        wait_for(there, failure, meanwhile=self.victim.pass_time)

    def is_answered(self, words: str) -> None:
        """The agent replies in this customer's chat."""
        chat = self.victim.chat(self.phone)
        self.victim.control("POST", f"/conversations/{chat['id']}/replies", {"text": words, "agent": "Ada"})


def wait_for(
    there: Callable[[], bool], failure: object, meanwhile: Callable[[], object] = lambda: None
) -> None:
    """Poll until it is so; fail with what was seen instead."""
    start = time.monotonic()
    while not there():
        waited = time.monotonic() - start
        if waited > PATIENCE:
            pytest.fail(str(failure() if callable(failure) else failure))
        if waited > LONG:
            meanwhile()
        time.sleep(0.03)


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victim]:
    victim = Victim(tmp_path_factory.mktemp("kill"))
    yield victim
    victim.stop()


@pytest.mark.parametrize(("path", "point", "at"), CASES, ids=[f"{a}-{b}-{c or 'any'}" for a, b, c in CASES])
def test_a_kill_shows_nowhere(victim: Victim, path: str, point: str, at: str) -> None:
    """Killed at this point of this path and started again, the bridge loses, doubles and reorders nothing."""
    number = CASES.index((path, point, at))
    maria = Customer(victim, f"+1415555{1000 + number}")
    acts = {"handoff": "A human please", "text": "Are you there?", "reply": "Yes, I am Ada"}

    def act(stage: str, do: Callable[[str], None]) -> None:
        if stage == path:
            victim.arm(point, at)
        do(acts[stage])
        if stage == path:
            assert victim.died(), "the point was never passed"
            victim.start()
            if stage != "reply":
                do(acts[stage])  # the carrier tells again what was not acknowledged, and what was
            victim.pass_time(60)

    maria.texts("Hello")
    maria.sees(ANSWER)
    act("handoff", maria.texts)
    transcript = ["Hello", ANSWER, "A human please", CONNECTING]
    maria.has_on_the_desk(*transcript)
    act("text", maria.texts)
    maria.has_on_the_desk(*transcript, "Are you there?")
    act("reply", maria.is_answered)
    maria.sees(ANSWER, CONNECTING, "Yes, I am Ada")
    maria.has_on_the_desk(*transcript, "Are you there?", "Yes, I am Ada")
    assert {"opencx_channel_sms", "opencx_handedoff"} <= set(victim.chat(maria.phone)["tags"])


def _settings(base: str, bridge: str, folder: Path) -> dict[str, Any]:
    given = environment(base, bridge)
    places = {"database_url": f"sqlite:///{folder}/bridge.db", "media_folder": str(folder / "media")}
    return {name.removeprefix("BRIDGE_").lower(): value for name, value in given.items()} | places
