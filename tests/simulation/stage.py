"""The world of the simulation: a `World` whose bridge may die anywhere and whose calls may be interrupted.

Theory of operation. There is one thread, yet much may happen at once: while the bridge waits for an answer
(`Meanwhile`), time passes, webhooks come in and are decided, other lanes are worked on. A crash at a
failpoint takes the whole bridge away, also from under a call that was waiting.
"""

import sqlite3
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bridge import failpoints
from bridge.core.model import Charge
from simulator.endings import Ending
from simulator.hooks import Hook, HookAnswer
from simulator.opencx.api import OpenCX
from simulator.sunshine import Sunshine
from simulator.sunshine.state import Conversation
from simulator.twilio import Twilio
from simulator.web import Request
from tests.simulation.seen import Seen
from tests.world import Crash, World

RESTLESS = 400  # rounds at one moment after which a world is called restless
# Each sweep asks a dozen questions: one an hour is enough. Nobody asks the bridge for anything.
SETTINGS = {"sweep_seconds": 3600.0, "admin_token": ""}
LOCKED = "/oauth/tokens"  # asked for under a lock: other threads would wait there, and ours is the only one
ROUNDS = 12  # at most so many stops on the way of one wait


class Restless(AssertionError):
    """The world never comes to rest."""


@dataclass(slots=True)
class Interruption:
    """What happens while the bridge waits for the answer to a call some calls ahead."""

    calls: int
    seconds: float
    applied: bool  # the provider has acted already when it happens
    work: bool  # the bridge's other performers work on, too


@dataclass(slots=True)
class Death:
    """At which pass of which failpoint the bridge dies."""

    point: str
    passes: int


class Stage(World):
    """Everybody, and what they have seen."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.seen = Seen()
        self.interruptions: list[Interruption] = []
        self.deaths: list[Death] = []
        self.lives = 0
        self._idle = (0, 0.0)  # in which life and when the bridge had nothing more to do
        self.calls = self.decisions = 0
        self.file = folder / "bridge.db"
        super().__init__(folder, **SETTINGS, **settings)
        self._beside = sqlite3.connect(self.file)
        for name in failpoints.NAMES:
            failpoints.arm(name, partial(self._pass, name))

    @property
    def twilio(self) -> Twilio:
        return next(each for each in self.network.systems if isinstance(each, Twilio))

    @property
    def sunshine(self) -> Sunshine:
        return next(each for each in self.network.systems if isinstance(each, Sunshine))

    @property
    def opencx(self) -> OpenCX:
        return next(each for each in self.network.systems if isinstance(each, OpenCX))

    def live_chats(self) -> list[Conversation]:
        """Conversations in which an agent can act, oldest first."""
        world = self.sunshine.world
        return [
            each for each in world.conversations.values() if each.active == world.agents.id and each.ticket
        ]

    def users_unheard_of(self) -> set[str]:
        """Messaging users with a chat unknown to the bridge: the answer that told of it is lost."""
        known = {chat for (chat,) in self.rows("select conversation from sessions")}
        chats = self.sunshine.world.conversations.values()
        return {each.user for chat in chats if chat.id not in known for each in chat.participants}

    def is_over(self, chat: str) -> bool:
        """Whether the bridge knows that agents have done with it."""
        found = self.rows(f"select charge from sessions where conversation = '{chat}'")
        return bool(found) and all(charge == Charge.NOBODY.value for (charge,) in found)

    def look(self) -> None:
        """Take in what the ledger has that we have not seen."""
        self.seen.read(self.network.ledger.after(self.seen.place))

    # --- the bridge lives and dies ---

    def revive(self) -> None:
        self.lives += 1
        super().revive()

    def restart(self, seconds: float = 0.0) -> None:
        """Nobody is there for a while."""
        self.kill()
        self.clock.advance(seconds)
        self.revive()

    def _pass(self, name: str, _what: str) -> None:
        if name == "committed":
            self.decisions += 1
            self.look()
            self.seen.decided(self.calls)
        for death in self.deaths:
            if death.point == name:
                death.passes -= 1
        if any(death.passes <= 0 for death in self.deaths):
            self.deaths = [death for death in self.deaths if death.passes > 0]
            raise Crash(name)

    def _work(self) -> bool:
        life, now = self.lives, self.clock.now()
        if self._idle == (life, now) and not self.bridge.journal.woken.is_set():
            return False  # nothing was recorded and no time has passed since the bridge had nothing to do
        try:
            self.bridge.run_until_idle()
        except Crash:
            self._die(life)
            return True
        self.bridge.journal.woken.clear()
        self._idle = (life, now)
        return False

    def _deliver(self, hook: Hook) -> HookAnswer:
        life = self.lives
        try:
            return self._to_bridge(hook)
        except Crash:
            self._die(life)
            return HookAnswer(None, connected=False)

    def _die(self, life: int) -> None:
        """Unless a death inside has already taken this bridge away."""
        if life == self.lives:
            self.kill()
            self.revive()

    # --- calls of the bridge ---

    def _call(self, request: Request) -> Ending:
        life, self.calls = self.lives, self.calls + 1
        number = self.calls
        waited_for = request.path.endswith(LOCKED)
        now = [] if waited_for else [each for each in self.interruptions if self._falls_on_this_call(each)]
        self._meanwhile([each for each in now if not each.applied], life)
        ending = self.network.handle(request)
        self.seen.attribute(self.twilio.state.messages, number)
        self._meanwhile([each for each in now if each.applied], life)
        return ending

    def _falls_on_this_call(self, interruption: Interruption) -> bool:
        interruption.calls -= 1
        if interruption.calls > 0:
            return False
        self.interruptions.remove(interruption)
        return True

    def _meanwhile(self, interruptions: list[Interruption], life: int) -> None:
        for each in interruptions:
            self.clock.advance(each.seconds)
            if each.work and life == self.lives:
                self._work()
            elif life == self.lives:
                self._decide()
        if life != self.lives:
            raise Crash("the bridge died while it waited for an answer")

    def _decide(self) -> None:
        life = self.lives
        try:
            self.bridge.journal.step(self.clock.now(), 0)
        except Crash:
            self._die(life)

    # --- time ---

    def run(self, how: str) -> None:
        """Let things happen that are due now: nothing, webhooks only, decisions too, or everything."""
        if how == "all":
            self._run_due()
        elif how != "nothing":
            self.clock.run_due()
            if how == "decisions":
                self._decide()

    def wait(self, seconds: float) -> None:
        """Let time pass, stopping where something falls due."""
        end, least = self.clock.now() + seconds, max(seconds / ROUNDS, 0.001)
        self._run_due()
        while self.clock.now() < end:
            due = [at for at in (self.bridge.journal.next_due(), self.clock.next_due()) if at is not None]
            until = min(end, max(self.clock.now() + least, min(due, default=end)))
            self.clock.advance(until - self.clock.now())
            self._run_due()

    def _run_due(self) -> None:
        for _ in range(RESTLESS):
            self.clock.run_due()
            if not self._work() and self.clock.idle():
                return
        raise Restless(f"after {RESTLESS} rounds at one moment there is still something to do")

    # --- the journal, read beside the bridge ---

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What stands in the database."""
        return self._beside.execute(query).fetchall()

    def close(self) -> None:
        failpoints.disarm()
        self._beside.close()
        super().close()
