"""Builds the running bridge. The only module that knows everybody, the clock and randomness."""

import random
import secrets
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import requests
import structlog
from flask import Flask
from sqlalchemy import Engine

from bridge import intake, silence, sweep
from bridge.admin import Admin
from bridge.clock import RehearsalClock
from bridge.core.model import Rules
from bridge.core.ports import Finding
from bridge.journal import Decider, Journal
from bridge.journal.engine import DirectWriter, GroupWriter, Writer, connect
from bridge.journal.migrate import upgrade
from bridge.journal.pace import Pace
from bridge.journal.replicas import Alone, Peer
from bridge.media import MediaStore
from bridge.numbers import Numbers
from bridge.ops import Metrics
from bridge.perform import Performer
from bridge.providers import REPORT_ONLY, Lines, findings, given_ones, lines, providers, signatures
from bridge.proxies import Front, networks
from bridge.retention import Retention
from bridge.sending import Policy, World
from bridge.settings import Settings
from bridge.web import Door, Reads, State, create_app
from bridge.worker import Worker

Clock = Callable[[], float]
log = structlog.get_logger("bridge")
ASKERS = 4  # sources asked at once what came before
SWEEP_LOOKS = 1.0  # seconds between looks whether a sweep, or a removal, is due


@dataclass(frozen=True, slots=True)
class Sources:
    """Where time, ids, chance and connections come from; a test gives its own."""

    clock: Clock = time.time
    ids: Callable[[], str] = lambda: uuid.uuid4().hex
    jitter: Callable[[], float] = random.random
    tokens: Callable[[], str] = lambda: secrets.token_urlsafe(24)
    engine: Callable[[str], Engine] = connect


class Bridge:
    """Everything, connected. Without threads, `run_until_idle` does the work."""

    def __init__(self, settings: Settings, sources: Sources, through: Lines, *, threads: bool) -> None:
        self.metrics = Metrics()
        self.settings = settings
        self._clock = sources.clock
        self._rehearsal = _rehearsal(settings, through.http, self._jumped)
        if self._rehearsal:
            self._clock = self._rehearsal
        self._checked = providers(settings, through)
        carrier, desk, assistant = self._checked
        numbers = Numbers(carrier, self._clock, settings.send_rate)
        decider = _decider(settings, sources, self.metrics)
        self.journal = _journal(settings, sources.engine, decider, Pace(numbers.rate), threads=threads)
        self.store = MediaStore(
            Path(settings.media_folder), settings.public_url, clock=self._clock, token=sources.tokens
        )
        world = World(carrier, desk, assistant, numbers, self.store)
        policy = Policy(settings.org_id, settings.compliance, settings.uncertain)
        self.worker = Worker(
            self.journal,
            Performer(self.journal, world, policy, self._clock),
            clock=self._clock,
            jitter=sources.jitter,
            threads=settings.threads if threads else 0,
        )
        home = f"{settings.public_url}/"
        asked = sweep.Sources(
            carrier,
            desk,
            connected=lambda number: carrier.inbound_url(number).startswith(home),
            missed=lambda sender, count: self.metrics.missed.labels(sender).inc(count),
        )
        self._askers = ThreadPoolExecutor(ASKERS, "asker") if threads else None
        self._sweep = sweep.Sweep(
            self.journal,
            asked,
            clock=self._clock,
            every=settings.sweep_seconds,
            each=self._askers.map if self._askers else map,
        )
        self._sweep.begin(settings.numbers)
        self._look = threading.Event()  # set when the clock has jumped, so that what is due is not waited for
        self._retention = Retention(self.journal.operations, self._clock, settings.retention_days)
        self._stopping = threading.Event()
        self.ready = False
        self.app = self._web()

    def start(self) -> None:
        """Take over what was left, and work."""
        if self.settings.signatures != "enforce":
            log.warning("signatures.not_enforced", advice=REPORT_ONLY.cause)
        self.journal.started = self._clock()
        self.journal.join()
        if self.settings.role != "web":
            self._work()
        self.ready = True

    def _work(self) -> None:
        self.worker.start()
        self.journal.holding.set()  # an earlier process may have left something held
        self.journal.round_due = lambda: self.journal.leads and self._sweep.is_due()
        for work in (self._rounds, self._catch_up_on):
            threading.Thread(target=work, name="sweep", daemon=True).start()

    def run_until_idle(self) -> None:
        """Ask, decide and perform on the caller's thread until nothing is new and nothing is due."""
        self._sweep.catch_up()
        self.worker.run_until_idle()
        if self._sweep.is_due():
            self._sweep.run_if_due(self.settings.numbers)
            self.worker.run_until_idle()  # what was held may have been let go, even where nothing was found
        self._retention.run_if_due()

    def check(self) -> tuple[Finding, ...]:
        """Examine the set-up, live (OCX-TRB)."""
        return (signatures(self.settings), *findings(self._checked), *self.silences())

    def silences(self) -> tuple[Finding, ...]:
        """Webhooks that have gone quiet, with cause and fix (bug 30)."""
        return tuple(map(silence.finding, self.journal.silences()))

    def close(self) -> None:
        """Finish what is being done, but not for ever; then let go."""
        self.ready = False
        self._stopping.set()
        self._look.set()
        self.journal.holding.set()
        self.worker.stop(self.settings.stop_seconds)
        if self._askers:
            self._askers.shutdown(wait=False, cancel_futures=True)
        if self._rehearsal:
            self._rehearsal.close()
        self.journal.close()

    def _rounds(self) -> None:
        while not self._stopping.is_set():
            self._look.wait(SWEEP_LOOKS)
            self._look.clear()
            if self.journal.leads and not self._stopping.is_set():
                self._unbroken(lambda: self._sweep.run_if_due(self.settings.numbers))
                self._unbroken(self._retention.run_if_due)

    def _catch_up_on(self) -> None:
        while not self._stopping.is_set():
            self.journal.holding.clear()
            self._unbroken(self._sweep.catch_up)
            self.journal.holding.wait(SWEEP_LOOKS)

    def _unbroken(self, work: Callable[[], object]) -> None:
        """One round; whatever breaks it, there is a next one."""
        try:
            work()
        except Exception as error:  # noqa: BLE001 - a thread that ends here would be missed by nobody (P6)
            log.error("sweep.broke", error=type(error).__name__)

    def _jumped(self) -> None:
        with suppress(AttributeError):  # the clock starts before the journal
            self.journal.woken.set()
            self._look.set()

    def _web(self) -> Flask:
        front = Front(self.settings.public_url, networks(self.settings.trusted_proxies))
        door = Door(self.journal, self.metrics, self._clock, front)
        admin = Admin(
            self.journal,
            self.store,
            self._clock,
            sweep=lambda: self._sweep.run(self.settings.numbers),
            enforced=self.settings.signatures == "enforce",
        )
        state = State(self.journal, self.metrics, lambda: self.ready, admin)
        tokens = given_ones(self.settings.admin_token, self.settings.admin_token_old)
        return create_app(_doors(self.settings), door, self.store, state, tokens)


def build(
    settings: Settings,
    *,
    sources: Sources | None = None,
    session: requests.Session | None = None,
    threads: bool = False,
) -> Bridge:
    """A bridge for these settings; raises `NewerSchema` or SQLAlchemy's errors if the journal is unusable.

    A given `session` is used for every outgoing call, files included.
    """
    return Bridge(settings, sources or Sources(), lines(settings, session), threads=threads)


def _rehearsal(
    settings: Settings, http: requests.Session, jumped: Callable[[], None]
) -> RehearsalClock | None:
    return RehearsalClock(settings.clock_url, http, jumped) if settings.clock_url else None


def _decider(settings: Settings, sources: Sources, metrics: Metrics) -> Decider:
    per_number = settings.opt_out_scope == "number"
    rules = Rules(frozenset(settings.numbers), settings.autopilot, settings.idle_seconds, per_number)
    return Decider(rules, sources.ids, metrics.event)


def _journal(
    settings: Settings, connected: Callable[[str], Engine], decider: Decider, pace: Pace, *, threads: bool
) -> Journal:
    engine = connected(settings.database_url)
    upgrade(engine)
    group = threads and engine.dialect.name == "sqlite"
    writer: Writer = GroupWriter(engine) if group else DirectWriter(engine)
    replica = Alone() if engine.dialect.name == "sqlite" else Peer(engine, may_lead=settings.role != "web")
    return Journal(engine, writer, decider, pace=pace, replica=replica)


def _doors(settings: Settings) -> dict[str, tuple[Reads, bool]]:
    """Each webhook path with its reader, and whether its answer must be XML; a mere worker has none."""
    if settings.role == "worker":
        return {}
    numbers = frozenset(settings.numbers)
    twilio = intake.TwilioIntake(
        given_ones(settings.twilio_auth_token, settings.twilio_auth_token_old),
        numbers,
        enforce=settings.signatures == "enforce",
    )
    sunshine = intake.SunshineIntake(
        given_ones(settings.sunshine_webhook_secret, settings.sunshine_webhook_secret_old)
    )
    opencx = intake.OpenCXIntake(
        given_ones(settings.opencx_webhook_secret, settings.opencx_webhook_secret_old)
    )
    return {
        "/webhooks/twilio/sms": (twilio.text, True),
        "/webhooks/twilio/status": (twilio.status, True),
        "/webhooks/sunshine": (sunshine.events, False),
        "/webhooks/opencx": (opencx.events, False),
    }


def secrets_of(settings: Settings) -> frozenset[str]:
    """Values that must never be logged."""
    names = ("token", "secret", "api_key")
    values = settings.model_dump().items()
    return frozenset(str(value) for name, value in values if value and any(part in name for part in names))
