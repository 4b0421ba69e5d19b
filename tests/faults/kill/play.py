"""The whole test: build a world, let the storm rage while people write, heal, judge."""

import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from simulator.acceptance.processes import free_port
from tests import postgres
from tests.faults.kill.door import door
from tests.faults.kill.judge import Verdicts, judge
from tests.faults.kill.letters import Letter, letters
from tests.faults.kill.people import Pens, acts_of, arrive
from tests.faults.kill.plan import Plan
from tests.faults.kill.processes import Bridge, Simulators, settings
from tests.faults.kill.rest import heal
from tests.faults.kill.storm import Storm


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it."""

    seen: Verdicts
    letters: list[Letter]
    unfinished: int
    kills: int
    ended_alone: int
    planted: int
    late: int  # replies written after the storm, to people who were with no agent in it
    seconds: tuple[float, float]  # the storm, and the healing

    @property
    def wrong(self) -> int:
        """Zero, or the test has failed."""
        return self.seen.wrong + self.unreasoned + self.unfinished + self.ended_alone

    @property
    def unreasoned(self) -> int:
        """Letters that do not say why."""
        return sum(not each.why for each in self.letters)


@contextmanager
def world(plan: Plan, folder: Path) -> Iterator[tuple[Simulators, list[Bridge], str]]:
    """Simulators and bridges, running, on an empty database."""
    with ExitStack() as after:
        database = f"sqlite:///{folder}/bridge.db"
        if plan.engine == "postgres":
            database = after.enter_context(postgres.server()).fresh()
        sims = Simulators(folder)
        urls = [f"http://127.0.0.1:{free_port()}" for _ in range(plan.processes)]
        public = after.enter_context(door(urls)) if len(urls) > 1 else urls[0]
        given = settings(sims, public, database, folder)
        bridges = [Bridge(f"bridge-{n}", url, given, folder) for n, url in enumerate(urls)]
        sims.start(public, plan.seed)
        after.callback(sims.stop)
        for each in bridges:
            each.start()
            after.callback(each.kill)
            each.wait()
        yield sims, bridges, database


def play(plan: Plan, folder: Path) -> Result:
    """Play one plan in a folder that keeps the logs."""
    with world(plan, folder) as (sims, bridges, database):
        sim = sims.sim()
        people = arrive(sim, plan, bridges[0].settings["BRIDGE_PUBLIC_URL"])
        storm, pens, acts = Storm(plan, bridges, sims.sim), Pens(sim, plan), acts_of(plan, people)
        begun = time.monotonic()
        storm.start()
        try:
            pens.write(acts)
        finally:
            storm.stop()
        over, late = time.monotonic(), len(acts)
        counts = heal(sim, bridges)
        if acts:
            pens.write(acts)
            counts = heal(sim, bridges)
        given_up = letters(database)
        entries = sim.call("GET", "/ledger")["entries"]
        (folder / "ledger.json").write_text(json.dumps(entries, indent=1))
        return Result(
            judge(sim, plan, people, given_up, entries),
            given_up,
            int(counts["effects_waiting"] + counts["events_new"]),
            storm.kills,
            storm.ended_alone,
            storm.planted,
            late,
            (over - begun, time.monotonic() - over),
        )


def in_a_folder(plan: Plan) -> tuple[Result, str]:
    """Play; where the logs are, which are kept if something was wrong."""
    folder = Path(tempfile.mkdtemp(prefix="sunbridge-kill-"))
    return play(plan, folder), str(folder)
