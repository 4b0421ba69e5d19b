"""FT-Z: seeded runs of the whole bridge, and every run that once failed."""

from pathlib import Path

import pytest

from tests.simulation.cases import CORPUS, read
from tests.simulation.invariants import ALWAYS
from tests.simulation.plans import Step, plan, step_from_json
from tests.simulation.rest import AT_REST
from tests.simulation.run import Outcome, command, play
from tests.simulation.shrink import shrunk

SEEDS, STEPS, CHUNK = 200, 200, 5  # `make soak` plays more


@pytest.mark.timeout(600)
@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
def test_seeds(first: int) -> None:
    """Whatever chance brings, the invariants hold; the command shown repeats and shrinks a failure."""
    found = {seed: play(plan(seed, STEPS)).problems for seed in range(first, first + CHUNK)}
    wrong = [
        f"{problems[0]}; repeat with: {command(seed, STEPS)}" for seed, problems in found.items() if problems
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("case", sorted(CORPUS.glob("*.json")), ids=lambda path: path.stem)
def test_kept_cases(case: Path) -> None:
    """What once failed holds for ever."""
    assert play(read(case)).problems == ()


def test_every_invariant_is_asked() -> None:
    """Z1 to Z12, as `invariants` lists them."""
    asked = {name for names, _ in (*ALWAYS, *AT_REST) for name in names.split()}
    assert {f"Z{number}" for number in range(1, 13)} <= asked


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
