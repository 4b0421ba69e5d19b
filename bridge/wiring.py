"""Builds the running bridge. The only module that knows everybody, the clock and randomness."""

import random
import secrets
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import requests
from flask import Flask

from bridge import intake, sweep
from bridge.assistants.opencx import OpenCX
from bridge.assistants.scripted import Scripted
from bridge.carriers.twilio import Twilio
from bridge.carriers.twilio_account import Account
from bridge.clock import RehearsalClock
from bridge.core.model import Rules
from bridge.core.ports import Assistant, Checkable, Finding
from bridge.desks.sunshine import Sunshine
from bridge.desks.sunshine_client import SunshineAccount
from bridge.desks.zendesk_users import SupportAccount, SupportUsers
from bridge.fetch import Fetcher
from bridge.journal import Decider, Journal
from bridge.journal.engine import DirectWriter, GroupWriter, Writer, connect
from bridge.journal.migrate import upgrade
from bridge.media import MediaStore
from bridge.numbers import Numbers
from bridge.ops import Metrics
from bridge.perform import Performer
from bridge.sending import Policy, World
from bridge.settings import Settings
from bridge.web import Door, Reads, State, create_app
from bridge.worker import Worker

Clock = Callable[[], float]
SWEEP_LOOKS = 1.0  # seconds between looks whether a sweep is due


@dataclass(frozen=True, slots=True)
class Sources:
    """Where time, ids and chance come from; a test gives its own."""

    clock: Clock = time.time
    ids: Callable[[], str] = lambda: uuid.uuid4().hex
    jitter: Callable[[], float] = random.random
    tokens: Callable[[], str] = lambda: secrets.token_urlsafe(24)


class Bridge:
    """Everything, connected. Without threads, `run_until_idle` does the work."""

    def __init__(self, settings: Settings, sources: Sources, lines: "Lines", *, threads: bool) -> None:
        self.metrics = Metrics()
        self.settings = settings
        self._clock = sources.clock
        self._rehearsal = _rehearsal(settings, lines.http, self._jumped)
        if self._rehearsal:
            self._clock = self._rehearsal
        self.journal = _journal(settings, sources, self.metrics, threads=threads)
        self._checked = _adapters(settings, lines)
        carrier, desk, assistant = self._checked
        self.store = MediaStore(
            Path(settings.media_folder), settings.public_url, clock=self._clock, token=sources.tokens
        )
        numbers = Numbers(carrier, self._clock)
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
            carrier, desk, lambda number: numbers.state(number).inbound_url.startswith(home)
        )
        self._sweep = sweep.Sweep(self.journal, asked, clock=self._clock, every=settings.sweep_seconds)
        self._stopping = threading.Event()
        self.ready = False
        self.app = self._web()

    def start(self) -> None:
        """Take over what was left, and work."""
        self.worker.start()
        threading.Thread(target=self._sweep_on, name="sweep", daemon=True).start()
        self.ready = True

    def run_until_idle(self) -> None:
        """Ask, decide and perform on the caller's thread until nothing is new and nothing is due."""
        self.worker.run_until_idle()
        if self._sweep.run_if_due(self.settings.numbers):
            self.worker.run_until_idle()

    def check(self) -> tuple[Finding, ...]:
        """Examine the set-up, live (OCX-TRB)."""
        return _findings(self._checked)

    def close(self) -> None:
        """Finish what is being done, then let go."""
        self.ready = False
        self._stopping.set()
        self.worker.stop()
        if self._rehearsal:
            self._rehearsal.close()
        self.journal.close()

    def _sweep_on(self) -> None:
        while not self._stopping.wait(SWEEP_LOOKS):
            self._sweep.run_if_due(self.settings.numbers)

    def _jumped(self) -> None:
        with suppress(AttributeError):  # the clock starts before the journal
            self.journal.woken.set()

    def _web(self) -> Flask:
        door = Door(self.journal, self.metrics, self._clock, self.settings.public_url)
        state = State(self.journal, self.metrics, self._clock, lambda: self.ready)
        return create_app(_doors(self.settings), door, self.store, state, self.settings.admin_token)


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
    return Bridge(settings, sources or Sources(), _lines(settings, session), threads=threads)


def examine(settings: Settings) -> tuple[Finding, ...]:
    """What `bridge check` shows; needs no journal."""
    return _findings(_adapters(settings, _lines(settings, None)))


def _findings(parts: tuple[object, ...]) -> tuple[Finding, ...]:
    return tuple(finding for part in parts if isinstance(part, Checkable) for finding in part.check())


def _session(settings: Settings) -> requests.Session:
    session = requests.Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, requests.adapters.HTTPAdapter(pool_maxsize=2 * settings.threads))
    return session


def _rehearsal(
    settings: Settings, http: requests.Session, jumped: Callable[[], None]
) -> RehearsalClock | None:
    return RehearsalClock(settings.clock_url, http, jumped) if settings.clock_url else None


def _journal(settings: Settings, sources: Sources, metrics: Metrics, *, threads: bool) -> Journal:
    engine = connect(settings.database_url)
    upgrade(engine)
    group = threads and engine.dialect.name == "sqlite"
    writer: Writer = GroupWriter(engine) if group else DirectWriter(engine)
    rules = Rules(frozenset(settings.numbers), settings.autopilot, settings.idle_seconds)
    return Journal(engine, writer, Decider(rules, sources.ids, metrics.event))


@dataclass(frozen=True, slots=True)
class Lines:
    """How calls leave: `files` is None where downloads need a guarded session of their own."""

    http: requests.Session
    timeout: tuple[float, float]
    files: requests.Session | None = None

    def fetcher(self, home: str, credentials: tuple[str, str]) -> Fetcher:
        """Downloads on behalf of one provider."""
        return Fetcher(home, credentials, session=self.files)


def _lines(settings: Settings, given: requests.Session | None) -> Lines:
    return Lines(given or _session(settings), (min(5.0, settings.timeout), settings.timeout), given)


def _adapters(settings: Settings, lines: Lines) -> tuple[Twilio, Sunshine, Assistant]:
    return _carrier(settings, lines), _desk(settings, lines), _assistant(settings, lines)


def _carrier(settings: Settings, lines: Lines) -> Twilio:
    tokens = _given(settings.twilio_auth_token, settings.twilio_auth_token_old)
    account = Account(settings.twilio_account_sid, tokens, settings.public_url, settings.twilio_api_url)
    fetcher = lines.fetcher(account.api, account.credentials)
    return Twilio(account, lines.http, numbers=settings.numbers, timeout=lines.timeout, fetcher=fetcher)


def _desk(settings: Settings, lines: Lines) -> Sunshine:
    account = SunshineAccount(
        settings.sunshine_app_id,
        settings.sunshine_key_id,
        settings.sunshine_secret,
        settings.zendesk_subdomain,
        settings.public_url,
        settings.zendesk,
        settings.sunshine_webhook_secret,
    )
    fetcher = lines.fetcher(account.home, (account.key_id, account.secret))
    people = _people(settings, lines)
    return Sunshine(account, people, lines.http, timeout=lines.timeout, fetcher=fetcher)


def _people(settings: Settings, lines: Lines) -> SupportUsers:
    account = SupportAccount(
        settings.zendesk,
        settings.zendesk_email,
        settings.zendesk_api_token,
        settings.zendesk_oauth_client_id,
        settings.zendesk_oauth_client_secret,
    )
    return SupportUsers(account, lines.http, timeout=lines.timeout)


def _assistant(settings: Settings, lines: Lines) -> Assistant:
    if settings.assistant == "opencx":
        return OpenCX(settings.opencx_url, settings.opencx_api_key, lines.http, timeout=lines.timeout)
    return Scripted()


def _doors(settings: Settings) -> dict[str, tuple[Reads, bool]]:
    """Each webhook path with its reader, and whether its answer must be XML."""
    numbers = frozenset(settings.numbers)
    twilio = intake.TwilioIntake(_given(settings.twilio_auth_token, settings.twilio_auth_token_old), numbers)
    sunshine = intake.SunshineIntake(
        _given(settings.sunshine_webhook_secret, settings.sunshine_webhook_secret_old)
    )
    opencx = intake.OpenCXIntake(settings.opencx_webhook_secret)
    return {
        "/webhooks/twilio/sms": (twilio.text, True),
        "/webhooks/twilio/status": (twilio.status, True),
        "/webhooks/sunshine": (sunshine.events, False),
        "/webhooks/opencx": (opencx.events, False),
    }


def _given(*values: str) -> tuple[str, ...]:
    return tuple(value for value in values if value)


def secrets_of(settings: Settings) -> frozenset[str]:
    """Values that must never be logged."""
    names = ("token", "secret", "api_key")
    values = settings.model_dump().items()
    return frozenset(str(value) for name, value in values if value and any(part in name for part in names))


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite database, None for any other."""
    parts = urlsplit(url)
    return Path(parts.path.removeprefix("/")) if parts.scheme.startswith("sqlite") and parts.path else None
