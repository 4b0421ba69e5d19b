"""Commit the next event or perform the next due effect; nothing else happens anywhere.

A dispatcher decides what is new and claims what is due, in one transaction; a few threads perform. With no
threads, `run_until_idle` does the same on the caller's thread, for tests and for commands.

What a failed effect does next is a table of error classes (core.errors), never of systems:

  Temporary      again, later, with back-off; after too many tries: given up
  Uncertain      again, later, but the performer looks before it repeats (promises P2, P3)
  Misconfigured  waits for the operator, never given up
  Permanent      given up: a letter, and the agent is told
"""

import math
import threading
from collections import Counter
from collections.abc import Callable
from queue import SimpleQueue
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bridge import failpoints
from bridge.core import retry, shares
from bridge.core.errors import BridgeError, Misconfigured, Permanent, Temporary, Uncertain
from bridge.core.model import Event
from bridge.core.shares import Room
from bridge.journal import Claim, Journal

CRASHED = "it may or may not have been done: each of many tries broke or ended the whole bridge"
MISCONFIGURED_WAIT = 30.0
BEFORE_ALL = -math.inf
SAFETY_NET = 1.0  # seconds; commits wake the worker, this only catches what nobody announced
log = structlog.get_logger("worker")


class Held(Exception):
    """An effect that must wait although nothing failed; `tell` is decided once."""

    def __init__(self, until: float, reason: str, tell: Event) -> None:
        super().__init__(reason)
        self.until = until
        self.reason = reason
        self.tell = tell


class Lost(Exception):
    """The effect may be another replica's by now: nothing was done, nothing is recorded."""


class Performs(Protocol):
    """Whoever carries effects out."""

    def perform(self, claim: Claim) -> Event | None:
        """Do it and say what came of it; raises the errors of `core.errors`, `Held` or `Lost`."""

    def give_up(self, claim: Claim, error: BridgeError) -> Event | None:
        """What to tell the flow about an effect that will not be done."""


class Worker:
    """Turns events into decisions and effects into outcomes."""

    def __init__(
        self,
        journal: Journal,
        performer: Performs,
        *,
        clock: Callable[[], float],
        jitter: Callable[[], float],
        threads: int = 0,
    ) -> None:
        self._journal = journal
        self._performer = performer
        self._clock = clock
        self._jitter = jitter
        self._threads = threads
        self._work: SimpleQueue[Claim] = SimpleQueue()
        self._doing: dict[str, Claim] = {}  # by attempt
        self._changed = threading.Condition()
        self._dispatcher: threading.Thread | None = None
        self._stopping = False
        self._crowded = False
        self._looked = 0.0
        self._stepped = 0.0

    # --- on the caller's thread ---

    def run_until_idle(self) -> None:
        """Decide and perform until nothing is new and nothing is due."""
        while True:
            more, claims = self._journal.step(self._clock(), 20)
            for claim in claims:
                self._perform(claim, [])
            if not more and not claims:
                return

    # --- on threads of our own ---

    def start(self) -> None:
        """Take over what an earlier process left, then work until stopped."""
        self._journal.recover(self._clock())
        self._journal.at_work = True
        for _ in range(self._threads):  # daemons: a call that hangs must not keep the process alive
            threading.Thread(target=self._perform_on, name="performer", daemon=True).start()
        self._dispatcher = threading.Thread(target=self._dispatch, name="dispatcher", daemon=True)
        self._dispatcher.start()

    def stop(self, within: float | None = None) -> None:
        """Claim nothing more; finish what is being performed, or let go of it after a while (FT-R6)."""
        self._stopping = True
        self._journal.woken.set()
        if self._dispatcher:
            self._dispatcher.join(within)
            self._journal.stand_down()
        with self._changed:
            self._changed.wait_for(lambda: not self._doing, within)
            left = list(self._doing.values())
        for claim in left:
            self._let_go(claim)

    def _let_go(self, claim: Claim) -> None:
        """Nobody knows how it will end: whoever takes it over looks first; its own end is not recorded."""
        log.warning("effect.let_go", effect=type(claim.effect).__name__, session=claim.effect.session)
        try:
            self._journal.postpone(claim, self._clock(), "the bridge stopped", doubts=claim.doubts + 1)
        except SQLAlchemyError as error:
            log.error("journal.unavailable", error=type(error).__name__)

    def _dispatch(self) -> None:
        while not self._stopping:
            try:
                self._take_over()
                if not self._step():
                    self._wait()
            except Exception as error:  # noqa: BLE001 - without it nothing would be decided any more
                log.error("journal.unavailable", error=type(error).__name__)
                self._journal.woken.clear()
                self._journal.woken.wait(SAFETY_NET)

    def _step(self) -> bool:
        """Decide, claim, hand out; tell whether there was anything."""
        self._journal.woken.clear()
        busy = self._busy()
        self._stepped = self._clock()
        more, claims = self._journal.step(self._stepped, self._threads - busy.total(), busy)
        for claim in claims:
            self._hand_out(claim)
        self._crowded = bool(busy)
        return more or bool(claims)

    def _busy(self) -> Counter[str]:
        """How many effects of each system are under way."""
        with self._changed:
            return Counter(shares.system_of(type(claim.effect).__name__) for claim in self._doing.values())

    def _hand_out(self, claim: Claim) -> None:
        with self._changed:
            self._doing[claim.attempt] = claim
        self._work.put(claim)

    def _perform_on(self) -> None:
        claim: Claim | None = None
        while True:
            claim = self._perform_and_return(claim or self._work.get())

    def _perform_and_return(self, claim: Claim) -> Claim | None:
        """Tell what was claimed instead, if anything."""
        then: list[Claim] = []
        try:
            self._perform(claim, then)
        except Exception as error:  # noqa: BLE001 - the lease brings the effect back; the thread must live
            log.error(
                "effect.broke", effect=type(claim.effect).__name__, id=claim.id, error=type(error).__name__
            )
        finally:
            self._returned(claim, then)
        return then[0] if then else None

    def _returned(self, claim: Claim, then: list[Claim]) -> None:
        with self._changed:
            del self._doing[claim.attempt]
            self._doing |= {each.attempt: each for each in then}
            self._changed.notify_all()
        if not then:
            self._journal.woken.set()

    def _wait(self) -> None:
        """Until something falls due. What is due already finds no room until somebody is done."""
        due = self._journal.next_due(self._stepped if self._crowded else BEFORE_ALL)
        pause = SAFETY_NET if due is None else min(SAFETY_NET, max(0.0, due - self._clock()))
        self._journal.woken.wait(pause)

    def _take_over(self) -> None:
        """Once in a while, see whether another replica died."""
        now = self._clock()
        if abs(now - self._looked) >= SAFETY_NET:
            self._looked = now
            self._journal.take_over(now)

    # --- one effect ---

    def _perform(self, claim: Claim, then: list[Claim]) -> None:
        """Do it; what has come to no end again and again is given up (FT-C4). Add what was claimed next."""
        kind = type(claim.effect).__name__
        if claim.crashes >= retry.MOST_CRASHES:
            return self._failed(claim, Permanent(CRASHED, code="crashes"))
        failpoints.hit("performing", kind)
        try:
            outcome = self._performer.perform(claim)
        except Lost:
            log.warning("effect.lost", effect=kind, session=claim.effect.session, tries=claim.tries)
        except Held as wait:
            self._journal.postpone(claim, wait.until, wait.reason, doubts=claim.doubts, tell=wait.tell)
        except BridgeError as error:
            self._failed(claim, error)
        else:
            failpoints.hit("performed", kind)
            then += self._journal.settle(claim, outcome, self._room_after(claim), self._clock())
            failpoints.hit("recorded", kind)
            log.info("effect.done", effect=kind, session=claim.effect.session, tries=claim.tries)

    def _room_after(self, claim: Claim) -> Callable[[], Room] | None:
        """Room for one more of the same system, so that none gets more than its share by chance.

        None if whoever asks performs alone, or is about to stop.
        """
        if not self._threads or self._stopping:
            return None
        busy, system = self._busy(), shares.system_of(type(claim.effect).__name__)
        busy[system] -= 1
        return lambda: Room(self._threads - busy.total(), busy, one_of=system)

    def _failed(self, claim: Claim, error: BridgeError) -> None:
        kind = type(claim.effect).__name__
        log.warning(
            "effect.failed",
            effect=kind,
            session=claim.effect.session,
            tries=claim.tries,
            error=type(error).__name__,
            code=error.code,
        )
        due = self._again_at(claim, error)
        if due is None:
            self._journal.give_up(claim, self._performer.give_up(claim, error), error, self._clock())
            return
        doubts = claim.doubts + isinstance(error, Uncertain)
        self._journal.postpone(claim, due, error.reason, doubts=doubts)

    def _again_at(self, claim: Claim, error: BridgeError) -> float | None:
        """When to try again, or None to give up."""
        now = self._clock()
        if isinstance(error, Misconfigured):
            return now + MISCONFIGURED_WAIT
        if not isinstance(error, Temporary | Uncertain):
            return None
        if retry.exhausted(type(claim.effect).__name__, claim.tries_now):
            return None
        wait = error.retry_after if isinstance(error, Temporary) else 0.0
        within = error.within if isinstance(error, Uncertain) else math.inf
        return now + min(retry.delay(claim.tries_now, self._jitter(), wait), within)
