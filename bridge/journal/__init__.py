"""The durable heart: events in, decisions committed, effects out.

`Journal` is all the rest of the bridge sees of the database. Every method is one transaction; when it
returns, what it did is on disk. `woken` is set whenever there may be something new to do.
"""

import math
import threading
from collections.abc import Callable, Mapping

from sqlalchemy import Connection, Engine, func, select

from bridge import failpoints
from bridge.core.errors import BridgeError
from bridge.core.model import Event
from bridge.core.shares import Room
from bridge.journal import (
    inbox,
    letters,
    locks,
    outbox,
    poison,
    release,
    sessions,
    silence,
    sql,
    waiting,
)
from bridge.journal.cases import Decider
from bridge.journal.claims import Claim
from bridge.journal.deciding import Deciding
from bridge.journal.engine import DirectWriter, Writer
from bridge.journal.operations import Operations
from bridge.journal.pace import Pace
from bridge.journal.reading import Reading
from bridge.journal.replicas import Alone, Replica
from bridge.journal.schema import events

__all__ = ["Claim", "Decider", "Journal"]

SOON = 0.01  # seconds
CORRECTION = 1.0  # seconds by which a clock may be put back without anybody minding
NEWEST = select(func.max(events.c.at))
ANY_NEW = select(events.c.seq).where(events.c.state == "new").limit(1)


class Journal(Reading):
    """Events, sessions and effects behind one writer."""

    def __init__(
        self,
        engine: Engine,
        writer: Writer,
        decider: Decider,
        pace: Pace | None = None,
        replica: Replica | None = None,
    ) -> None:
        super().__init__(DirectWriter(engine, readonly=True))
        self._engine = engine
        self._replica = replica or Alone()
        self._write = writer
        self._decider = decider
        self._decide = Deciding(writer, decider)
        self._pace = pace or Pace()
        self._latest = 0.0
        self._asked: set[str] = set()  # sources of which nothing older is unknown since this start
        self.started = float("inf")  # what another replica asked after this time counts as asked by us
        self._suspects = poison.Suspects(decider.counted)
        self.round_due: Callable[[], bool] = lambda: False  # whether carrier and desk are about to be asked
        self._news = False  # something was recorded here since the last look
        self.at_work = False  # somebody in this process decides and performs
        self._again: float | None = None  # when to look once more at what another replica may have overlooked
        self.woken = threading.Event()
        self.holding = threading.Event()  # set whenever something may be held
        self.operations = Operations(engine, self._read, writer, decider, self._wake)

    # --- events in ---

    def record(self, told: list[tuple[str, Event]], sender: str = "") -> int:
        """Store events, each once per key; return how many were new. Durable when it returns (P1).

        `sender`: whose authentic webhook told them; whoever is heard is not silent.
        """
        if not told:
            return self._heard(sender)

        def work(tx: Connection) -> int:
            if sender:
                silence.heard(tx, sender)
            return sum(self._recorded(tx, key, event) for key, event in told)

        new = self._write(work)
        self._wake()
        if any(waiting.source_of(event) not in self._asked for _, event in told):
            self.holding.set()
        return new

    def _heard(self, sender: str) -> int:
        """A webhook with nothing for us in it."""
        if sender and self._read(lambda tx: silence.is_silent(tx, sender)):
            self._write(lambda tx: silence.heard(tx, sender))
        return 0

    def _recorded(self, tx: Connection, key: str, event: Event) -> bool:
        source = waiting.source_of(event)
        if source not in self._asked and waiting.asked_since(tx, source, self.started):
            self._asked.add(source)
        if inbox.record(tx, key, event, self._asked):
            return True
        inbox.compare(tx, self._decider, key, event)
        return False

    def held(self) -> list[str]:
        """Sources that must be asked before what they told is decided."""
        return self._read(waiting.sources)

    def asked_about(self, source: str) -> tuple[float, float] | None:
        """(first, until): what was before is nobody's, and up to when nothing is unknown."""
        return self._read(lambda tx: waiting.asked_about(tx, source))

    def begin(self, source: str, at: float) -> None:
        """From this moment on the source is ours to hear; nothing before it is asked for."""
        self._write(lambda tx: waiting.begin(tx, source, at))

    def catch_up(self, source: str, told: list[tuple[str, Event]], until: float | None) -> int:
        """A source was asked: take in what it told, in its order; return how much of it was news.

        `until`: up to when nothing is unknown now; None if it could not be asked.
        """

        def work(tx: Connection) -> int:
            locks.hold(tx, source)
            if until is not None:
                waiting.note_asked(tx, source, until)
            self._asked.add(source)
            return inbox.record_in_order(tx, source, told, self._decider.rules.scope)

        found = self._write(work)
        self._wake()
        return found

    def found(self, sender: str, count: int, at: float) -> bool:
        """So many events were found that no webhook of this sender's told; whether the silence is new."""
        return self._write(lambda tx: silence.found(tx, sender, count, at))

    def silences(self) -> tuple[silence.Silence, ...]:
        """Who tells nothing any more although there was something to tell."""
        return self._read(silence.every)

    # --- decide and claim ---

    def step(self, now: float, free: int, busy: Mapping[str, int] | None = None) -> tuple[bool, list[Claim]]:
        """Decide what waits, then claim up to `free` due effects; tell whether more waits.

        `busy`: how many effects of each system are under way, if they are performed side by side.
        """
        went_back, self._latest = now < self._latest - CORRECTION, now
        news, self._news = self._news, False
        most = self._suspects.most(self._write)

        def work(tx: Connection, decider: Decider) -> tuple[int, bool, list[Claim], bool]:
            if went_back:
                release.all_due(tx, now)
            decided, room = self._decided(tx, decider, now, most), Room(free, busy)
            claims, put_off = outbox.claim(tx, now, room, self._pace, self._replica.owner)
            return decided, put_off, claims, room.full

        decided, put_off, claims, full = self._decide(work)
        if full and (news or decided):  # another replica may have room; on its notice we announce nothing
            self._replica.announce()
        failpoints.hit("committed")
        return decided > 0 or put_off, claims

    def _decided(self, tx: Connection, decider: Decider, now: float, most: int) -> int:
        """How many were decided; none while another replica decides, who may not have seen the newest."""
        ours = locks.deciding(tx)
        self._again = None if ours or not sql.first(tx, ANY_NEW) else now + SOON
        decided = inbox.decide_new(tx, decider, most) if ours else 0
        if ours and not decided:  # what was heard in time counts, however late it is decided
            inbox.time_out(tx, decider, now)
        return decided

    def next_due(self, after: float = -math.inf) -> float | None:
        """When something falls due without anybody telling us."""
        times = self._read(lambda tx: (outbox.next_due(tx, after), sessions.next_idle(tx)))
        return min((at for at in (*times, self._again) if at is not None), default=None)

    # --- outcomes ---

    def settle(
        self, claim: Claim, outcome: Event | None, then: Callable[[], Room] | None = None, now: float = 0.0
    ) -> list[Claim]:
        """The effect is done; its outcome is decided in the same transaction.

        If there is room `then`, what is due next is claimed in it, too, unless something is to be decided
        first (P5): one commit a message less.
        """

        def work(tx: Connection, decider: Decider) -> tuple[list[Claim], bool]:
            held = outbox.finish(tx, claim, "done")
            moved = held and inbox.conclude(tx, decider, claim.outcome, outcome)
            if then is None or sql.first(tx, ANY_NEW):
                return [], True
            claims = outbox.claim(tx, now, then(), self._pace, self._replica.owner)[0]
            return claims, moved or outbox.waits(tx, claim.lane)

        claims, more = self._decide(work)
        if more or not claims:  # else whatever is left finds as little room as before
            self._wake()
        return claims

    def give_up(self, claim: Claim, outcome: Event | None, error: BridgeError, now: float) -> None:
        """The effect will not be done and is a letter from now on."""

        def work(tx: Connection, decider: Decider) -> None:
            if outbox.finish(tx, claim, "parked", error.reason):
                letters.note(tx, claim, error, now)
                inbox.conclude(tx, decider, claim.outcome, outcome)

        self._decide(work)
        self._wake()

    def postpone(
        self, claim: Claim, due_at: float, error: str, *, doubts: int = 0, tell: Event | None = None
    ) -> None:
        """The effect stays first in its lane until `due_at`; `tell` is decided now."""

        def work(tx: Connection, decider: Decider) -> None:
            if outbox.postpone(tx, claim, due_at, error, doubts=doubts) and tell is not None:
                outbox.forget_try(tx, claim)
                inbox.conclude(tx, decider, claim.told(tell), tell)

        self._decide(work)
        self._wake()

    def join(self) -> None:
        """Be known as alive to the other replicas, and hear what they record."""
        self._replica.start(self.woken, self.holding)

    def recover(self, now: float) -> None:
        """Take over what replicas that are gone left half done."""

        def work(tx: Connection) -> None:
            if self._replica.alone:
                release.everything(tx, now)
            if (tx.execute(NEWEST).scalar() or 0.0) > now + CORRECTION:
                release.all_due(tx, now)
            self._suspects.look(tx)

        self._write(work)
        self.take_over(now)

    def take_over(self, now: float) -> None:
        """What a replica that died had claimed is due now; what a hung one has, when its lease ends."""
        if self._replica.alone:
            return
        if self._write(lambda tx: release.of_the_dead(tx, now, self._replica.is_dead)):
            self._news = True
            self.woken.set()

    def holds(self, claim: Claim, now: float) -> bool:
        """Whether nobody else may have taken the effect over by now; asks no database."""
        return claim.owner == self._replica.owner and now < claim.until

    @property
    def leads(self) -> bool:
        """Whether this is the replica that sees to what one must do for all."""
        return self._replica.leads

    def _wake(self) -> None:
        """Whoever works here looks first, and announces what there is no room for; else the others do it."""
        self._news = True
        self.woken.set()
        if not self.at_work:
            self._replica.announce()

    def stand_down(self) -> None:
        """Nobody works here any more: whatever is left is for the others."""
        self.at_work = False
        self._replica.announce()

    def busy(self, now: float) -> bool:
        """Whether anything is to be decided, or to be performed now."""

        def waits(tx: Connection) -> bool:
            return bool(sql.first(tx, ANY_NEW) or waiting.sources(tx) or outbox.is_busy(tx, now))

        return self.round_due() or self._read(waits)

    def close(self) -> None:
        """Finish writing and let the database go."""
        self._replica.close()
        self._write.close()
        self._read.close()
        self._engine.dispose()
