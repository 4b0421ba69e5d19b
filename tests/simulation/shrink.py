"""Making a failing run small: halve it, drop spans, drop single steps, as long as the same thing is wrong."""

from collections.abc import Callable

from tests.simulation.plans import Step
from tests.simulation.run import Outcome

Play = Callable[[list[Step]], Outcome]


def shrunk(steps: list[Step], found: Outcome, play: Play, most: int = 400) -> list[Step]:
    """A shorter run that breaks one of the same invariants, after at most so many trials."""
    steps = steps[: found.steps]
    trials = 0
    span = max(len(steps) // 2, 1)
    while span:
        at = len(steps)
        while at > 0 and trials < most:
            rest = steps[: max(at - span, 0)] + steps[at:]
            trials += 1
            if rest != steps and play(rest).kinds & found.kinds:
                steps = rest
            at -= span
        span //= 2
    return _calmed(steps, found, play)


def _calmed(steps: list[Step], found: Outcome, play: Play) -> list[Step]:
    """The same run with everything due run at once after each step, where that makes no difference."""
    for place, step in enumerate(steps):
        calm = [*steps[:place], Step(step.action), *steps[place + 1 :]]
        if step.run != "all" and play(calm).kinds & found.kinds:
            steps = calm
    return steps
