"""What our bridge logs is watched while the features run.

A bridge that is not ours has promised nothing of the kind.
"""

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from features.logs import LogWatch, Memory, of_file
from simulator.acceptance.bridges import is_ours
from simulator.acceptance.process import Process
from simulator.acceptance.world import Stage, World


@pytest.fixture(scope="session")
def log(stage: Stage) -> Memory | Path:
    """Where the bridge's log goes: to a file over HTTP, else to memory."""
    return stage.subject.log if isinstance(stage.subject, Process) else Memory()


@pytest.fixture(scope="session")
def log_watch(log: Memory | Path) -> Iterator[LogWatch]:
    """Knows all that was ever private in this run; looks once more at the very end."""
    watch = LogWatch(log.read if isinstance(log, Memory) else of_file(log))
    yield watch
    assert watch.leaks([]) == [], "the bridge's log shows what is private"
    assert watch.lines > 0, "nothing was logged: is this the log?"


@pytest.fixture(autouse=True)
def _nothing_private_is_logged(request: pytest.FixtureRequest, stage: Stage, world: World) -> Iterator[None]:
    """After each scenario: no word, whole number or secret of it stands in the log (FT-X5)."""
    if not is_ours(stage.manifest):
        yield
        return
    log, log_watch = request.getfixturevalue("log"), request.getfixturevalue("log_watch")
    with log.writing() if isinstance(log, Memory) else nullcontext():
        yield
    assert log_watch.leaks(world.watch.read_ledger()) == [], "the bridge's log shows what is private"
