"""FT-Z: seeded runs of the whole bridge, and every run that once failed."""

from pathlib import Path

import pytest

from tests.simulation.cases import CORPUS, read
from tests.simulation.plans import Step, plan, step_from_json
from tests.simulation.run import Outcome, play
from tests.simulation.shrink import shrunk

SEEDS, STEPS, CHUNK = 40, 200, 5


@pytest.mark.timeout(600)
@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
def test_seeds(first: int) -> None:
    """Whatever chance brings, the invariants hold; the command shown repeats and shrinks a failure."""
    found = {seed: play(plan(seed, STEPS)).problems for seed in range(first, first + CHUNK)}
    wrong = {seed: problems for seed, problems in found.items() if problems}
    assert not wrong, [f"python -m tests.simulation --seed {seed} --steps {STEPS}" for seed in wrong]


@pytest.mark.parametrize("case", sorted(CORPUS.glob("*.json")), ids=lambda path: path.stem)
def test_kept_cases(case: Path) -> None:
    """What once failed holds for ever."""
    assert play(read(case)).problems == ()


def test_a_seed_is_one_run() -> None:
    """The same seed gives the same list, and the list survives being written down."""
    steps = plan(3, 50)
    assert steps == plan(3, 50)
    assert [step_from_json(step.as_json()) for step in steps] == steps


def test_a_failing_run_is_shrunk() -> None:
    """Whatever does not matter is left out."""
    steps = plan(3, 64)
    guilty = {10, 40}

    def fails(tried: list[Step]) -> Outcome:
        wrong = all(any(step is steps[place] for step in tried) for place in guilty)
        return Outcome(("Z1: lost",) if wrong else (), len(tried))

    assert len(shrunk(steps, fails(steps), fails)) == len(guilty)
