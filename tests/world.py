"""A whole world on one thread: the simulators, the bridge and a frozen clock.

`settle` lets everything run that is due now. Tests act through the control surface and read what the outside
world could observe; `kill` and `revive` take the bridge away and bring it back on the same database.
"""

import itertools
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from bridge import wiring
from bridge.settings import Settings
from features.in_process import unsynced
from simulator import accounts
from simulator.acceptance.transport import application_transport, session_for
from simulator.build import build
from simulator.clock import Clock
from simulator.endings import Ending
from simulator.environment import environment
from simulator.hooks import Hook, HookAnswer
from simulator.web import Request, Response
from tests import migrated

MARIA = "+14155550101"
OMAR = "+12125550102"
SUPPORT = accounts.SUPPORT_NUMBER
SALES = accounts.SALES_NUMBER
BRIDGE_URL = "http://127.0.0.1:8080"
Json = dict[str, Any]


class Crash(BaseException):
    """Raised at a failpoint: nothing in the bridge may catch it."""


class World:
    """Everybody."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.clock = Clock()
        self.folder = folder
        self._bridge: wiring.Bridge | None = None
        self._to_bridge = application_transport(self._app)
        self.network = build(self.clock, self._deliver, bridge_url=BRIDGE_URL)
        self._settings = _settings(folder, settings)
        self._ids = itertools.count(1)
        self.revive()

    @property
    def bridge(self) -> wiring.Bridge:
        """The living bridge."""
        assert self._bridge is not None, "the bridge is dead"
        return self._bridge

    def revive(self) -> None:
        """Start a bridge on what the last one left on disk."""
        sources = replace(
            wiring.Sources(),
            clock=self.clock.now,
            ids=lambda: f"session-{next(self._ids)}",
            jitter=lambda: 0.5,
            tokens=lambda: f"token-{next(self._ids):020}",
            engine=unsynced,
        )
        session = session_for(self._call)
        self._bridge = wiring.build(self._settings, sources=sources, session=session)
        self._bridge.journal.recover(self.clock.now())

    def _call(self, request: Request) -> Ending:
        """What the bridge asks of the outside world."""
        return self.network.handle(request)

    def kill(self) -> None:
        """Take the bridge away without a word, as SIGKILL would: nothing is finished, nothing is told."""
        if self._bridge is not None:
            self._bridge.journal.close()
        self._bridge = None

    def settle(self, seconds: float = 0.0) -> None:
        """Move time, then run whatever is due until nobody has anything to do."""
        end = self.clock.now() + seconds
        self._run_due()
        while self.clock.now() < end:
            self.clock.advance(self._step(end))
            self._run_due()

    def _step(self, end: float) -> float:
        """Seconds until the bridge has something to do, or the simulators might."""
        now, due = self.clock.now(), self.bridge.journal.next_due()
        if due is None:
            return end - now
        return min(end, due if due > now else now + 1.0) - now

    def _run_due(self) -> None:
        busy = True
        while busy:
            busy = self.clock.run_due()
            before = len(self.network.ledger.after())
            crashed = self._work()
            busy = busy or crashed or len(self.network.ledger.after()) > before

    def _work(self) -> bool:
        """Let the bridge work; tell whether it died."""
        try:
            self.bridge.run_until_idle()
        except Crash:
            self.kill()
            self.revive()
            return True
        return False

    def _deliver(self, hook: Hook) -> HookAnswer:
        """The bridge dies in the middle of a request: the sender sees no connection any more."""
        try:
            return self._to_bridge(hook)
        except Crash:
            self.kill()
            self.revive()
            return HookAnswer(None, connected=False)

    def _app(self) -> Callable[..., Any] | None:
        return self._bridge.app if self._bridge else None

    # --- people act ---

    def control(self, method: str, path: str, content: object = None) -> Any:
        """One call of the control surface."""
        body = b"" if content is None else json.dumps(content).encode()
        answer = self.network.handle(Request(method, f"/_sim{path}", body=body))
        assert isinstance(answer, Response), answer
        assert answer.status < 300, answer.body
        return json.loads(answer.body or b"null")

    def text(self, words: str, *, phone: str = MARIA, number: str = SUPPORT, **more: object) -> None:
        """A customer texts us; the webhook waits for `settle`."""
        self.control("POST", f"/phones/{phone}/texts", {"to": number, "text": words, **more})

    def reply(self, words: str, conversation: str | None = None, **more: object) -> None:
        """The agent answers in the newest live chat, or in the one named."""
        chat = conversation or self.chats()[-1]["id"]
        self.control("POST", f"/conversations/{chat}/replies", {"text": words, "agent": "Ada", **more})

    def fault(self, system: str, operation: str, fault: str, count: int = 1) -> None:
        """Plant one."""
        planted = {"system": system, "operation": operation, "fault": fault, "count": count}
        self.control("POST", "/faults", planted)

    # --- what the world saw ---

    def shown(self, phone: str = MARIA) -> list[str]:
        """What the phone received, in order, carrier's own answers left out."""
        screen: list[Json] = self.control("GET", f"/phones/{phone}/messages")["messages"]
        return [each["text"] for each in screen if each["direction"] == "received" and not each["automatic"]]

    def chats(self) -> list[Json]:
        """Every live chat."""
        chats: list[Json] = self.control("GET", "/conversations")["conversations"]
        return chats

    def chat(self) -> Json:
        """The only live chat."""
        chats = self.chats()
        assert len(chats) == 1, f"{len(chats)} live chats"
        whole: Json = self.control("GET", f"/conversations/{chats[0]['id']}")
        return whole

    def lines(self, chat: Json | None = None) -> list[str]:
        """What stands in the live chat for customer and agent, silent lines left out."""
        return [line["text"] for line in (chat or self.chat())["messages"] if not line["silent"]]

    def close(self) -> None:
        """The end."""
        if self._bridge is not None:
            self._bridge.close()
        self._bridge = None


def _settings(folder: Path, changed: Json) -> Settings:
    given = {
        name.removeprefix("BRIDGE_").lower(): value for name, value in environment(bridge=BRIDGE_URL).items()
    }
    places = {
        "clock_url": "",
        "database_url": "" if "database_url" in changed else migrated.lay(folder / "bridge.db"),
        "media_folder": str(folder / "media"),
    }
    return Settings(**{**given, **places, **changed})
