"""One run: play the steps, look after each, heal everything, give it time, look again."""

import logging
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from tests.simulation import actions as do
from tests.simulation.actions import NUMBERS
from tests.simulation.invariants import Eyes, after_step
from tests.simulation.plans import Step
from tests.simulation.rest import at_rest
from tests.simulation.stage import Restless, Stage

MEMORY = Path("/dev/shm")
# Zendesk's last try, the sweep, the longest doubt and wait, what a second look by the sweep leads to
HEALED = (700.0, 1500.0, 4000.0, 4000.0, 1000.0)
WELL: dict[str, str | float | bool] = {
    "passing": "moves",
    "passing_delay": 0.0,
    "private_attachments": False,
    "default_responder": "bot",
    "ticket_closed": "release",
    "search_available": True,
    "index_lag": 0.0,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was wrong, and after how many steps; none and all of them if nothing was."""

    problems: tuple[str, ...]
    steps: int

    @property
    def kinds(self) -> frozenset[str]:
        """The invariants that were broken."""
        return frozenset(problem.partition(":")[0] for problem in self.problems)


def command(seed: int, steps: int) -> str:
    """What repeats and shrinks a run."""
    return f"python -m tests.simulation --seed {seed} --steps {steps}"


def play(steps: Sequence[Step]) -> Outcome:
    """Play in a world of its own."""
    with quiet(), tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        stage = Stage(Path(folder))
        try:
            return _play(stage, steps)
        except (Restless, AssertionError) as broken:
            return Outcome((f"broken: {type(broken).__name__} {broken}",), len(steps))
        finally:
            stage.close()


def _play(stage: Stage, steps: Sequence[Step]) -> Outcome:
    do.Script().do(stage)
    eyes = Eyes(stage)
    for count, step in enumerate(steps, 1):
        step.action.do(stage)
        stage.run(step.run)
        if problems := after_step(eyes):
            return Outcome(tuple(problems), count)
    heal(stage)
    return Outcome(tuple(after_step(eyes) + at_rest(eyes)), len(steps))


def heal(stage: Stage) -> None:
    """No more faults; what was taken away is given back; time enough for everything."""
    stage.deaths.clear()
    stage.interruptions.clear()
    do.Mend().do(stage)
    do.Script().do(stage)
    for name, value in WELL.items():
        do.Switch(name, value).do(stage)
    for number in range(len(NUMBERS)):
        do.Registration(number, "registered").do(stage)
    for seconds in HEALED:
        stage.wait(seconds)


@contextmanager
def quiet() -> Iterator[None]:
    """No log lines: writing them costs more than the run."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.configure(**before)
