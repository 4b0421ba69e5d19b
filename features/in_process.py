"""Our bridge in the judge's own process: one thread, a frozen clock, a fresh journal a scenario.

This is the only place that may know both bridge and simulators.
"""

import itertools
import shutil
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from werkzeug.test import Client

from bridge import settings as bridge_settings
from bridge import wiring
from bridge.core import ports
from bridge.journal.engine import connect
from simulator.acceptance.records import Records
from simulator.acceptance.sim import LocalSim
from simulator.acceptance.subject import Finding, Patience, Settings, noticed
from simulator.acceptance.transport import application_transport, session_for
from simulator.accounts import ADMIN_TOKEN
from simulator.build import build
from simulator.clock import Clock
from simulator.environment import BASE, BRIDGE, environment
from simulator.hooks import Hook

AUTHORISED = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
RESTLESS = 500  # rounds after which a bridge that never comes to rest is stopped


class InProcess:
    """The bridge in this process."""

    url = BRIDGE
    lives_on = False
    follows = True

    def __init__(self, folder: Path) -> None:
        self.patience = Patience(0.0)
        self._folder = folder
        self._files = itertools.count()
        self._bridge: wiring.Bridge | None = None
        self._settings: bridge_settings.Settings | None = None
        transport = application_transport(lambda: self._bridge.app if self._bridge else None)
        self.network = build(Clock(), transport)
        self.sim = LocalSim(self.network.handle)
        self._session = session_for(self.network.handle)
        self.records: Records | None = Records(self._asked)
        self._template = folder / "template.db"
        self._build(self._configured({}, self._template)).close()

    def start(self, settings: Settings | None = None) -> None:
        self.close()
        database = self._folder / f"{next(self._files)}.db"
        shutil.copy(self._template, database)
        self._settings = self._configured(settings or {}, database)
        self._bridge = self._build(self._settings)

    def deliver(self) -> None:
        self.network.clock.run_due()

    def settle(self) -> None:
        assert self._bridge is not None, "the bridge has not been started"
        for _ in range(RESTLESS):
            self.network.clock.run_due()
            self._bridge.run_until_idle()
            if self.network.clock.idle():
                return
        raise AssertionError("the bridge never comes to rest")

    def trouble(self) -> str:
        return ""

    def die(self) -> None:
        assert self._settings is not None, "the bridge has not been started"
        self.close()
        self._bridge = self._build(self._settings)

    def check(self, settings: Settings) -> list[Finding]:
        database = self._folder / f"{next(self._files)}.db"
        shutil.copy(self._template, database)
        try:
            examined = self._build(self._configured(settings, database))
        except bridge_settings.Wrong as wrong:
            return [Finding("settings", cause=str(wrong), fix=str(wrong))]
        try:
            return [_finding(found) for found in examined.check()]
        finally:
            examined.close()

    def status(self) -> list[Finding]:
        assert self._bridge is not None, "the bridge has not been started"
        return noticed(self._asked("GET", "/status", {}))

    def _asked(self, method: str, path: str, given: dict[str, str]) -> Any:
        assert self._bridge is not None, "the bridge has not been started"
        answer = Client(self._bridge.app).open(
            f"/admin{path}", method=method, query_string=given, headers=AUTHORISED
        )
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_json()

    def post(self, path: str, headers: dict[str, str], body: bytes) -> int | None:
        return self.network.transport(Hook("mallory", "forged", self.url + path, headers, body)).status

    def close(self) -> None:
        if self._bridge is not None:
            self._bridge.close()
            self._bridge = None

    def _build(self, settings: bridge_settings.Settings) -> wiring.Bridge:
        sources = wiring.Sources(
            clock=self.network.clock.now,
            ids=lambda: f"{next(self._files):032x}",
            jitter=lambda: 0.5,
            tokens=lambda: f"{next(self._files):032x}",
            engine=unsynced,
        )
        return wiring.build(settings, sources=sources, session=self._session, threads=False)

    def _configured(self, changes: Settings, database: Path) -> bridge_settings.Settings:
        values = environment(BASE, self.url) | changes
        values |= {"BRIDGE_DATABASE_URL": f"sqlite:///{database}", "BRIDGE_CLOCK_URL": ""}
        values |= {"BRIDGE_MEDIA_FOLDER": str(self._folder / "media")}
        lowered = {name.removeprefix("BRIDGE_").lower(): value for name, value in values.items()}
        return bridge_settings.load(**lowered)


def unsynced(url: str) -> Engine:
    """Connections that wait for no disk: a bridge that dies here dies within a process that lives on."""
    engine = connect(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda held, _: held.execute("PRAGMA synchronous=OFF"))
    return engine


def _finding(found: ports.Finding) -> Finding:
    problem = found.problem
    return Finding(found.step, found.detail, problem.cause if problem else "", problem.fix if problem else "")
