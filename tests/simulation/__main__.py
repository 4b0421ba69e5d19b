"""Seeded simulation of the whole bridge.

    python -m tests.simulation --seed 7 --steps 200      one run; shrunk and shown if it fails
    python -m tests.simulation --seeds 5000              so many runs, on all cores, from --seed on
    python -m tests.simulation --case FILE               a kept case
    python -m tests.simulation --seed 7 --keep NAME      keep the shrunk case in tests/simulation/corpus

Ends with 1 if anything failed.
"""

import argparse
import gc
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.simulation.cases import CORPUS, read, written
from tests.simulation.plans import Step, plan
from tests.simulation.run import Outcome, command, play
from tests.simulation.shrink import shrunk


def main(given: list[str]) -> int:
    """Run what was asked for."""
    asked = _options().parse_args(given)
    if asked.case:
        return _show(read(asked.case), asked)
    if asked.seeds == 1:
        return _show(plan(asked.seed, asked.steps), asked)
    return _soak(range(asked.seed, asked.seed + asked.seeds), asked)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="the first or only seed")
    parser.add_argument("--steps", type=int, default=200, help="steps a run")
    parser.add_argument("--seeds", type=int, default=1, help="how many runs")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--case", type=Path, help="a file of tests/simulation/corpus")
    parser.add_argument("--keep", default="", help="name under which a shrunk case is kept")
    parser.add_argument("--whole", action="store_true", help="do not shrink")
    return parser


def _show(steps: list[Step], asked: argparse.Namespace) -> int:
    outcome = play(steps)
    if not outcome.problems:
        print(f"nothing wrong in {outcome.steps} steps")
        return 0
    print("\n".join(outcome.problems), flush=True)
    if not asked.whole:
        _shrink(steps, outcome, asked)
    print(f"repeat with: {command(asked.seed, asked.steps)}")
    return 1


def _shrink(steps: list[Step], outcome: Outcome, asked: argparse.Namespace) -> None:
    small = shrunk(steps, outcome, play)
    problems = play(small).problems
    print(f"\nshrunk from {outcome.steps} steps to {len(small)}:", *problems, written(small), sep="\n")
    if asked.keep:
        (CORPUS / f"{asked.keep}.json").write_text(written(small))


def _soak(seeds: range, asked: argparse.Namespace) -> int:
    started, failed = time.monotonic(), 0
    for done, (seed, outcome) in enumerate(_outcomes(seeds, asked), 1):
        if outcome.problems:
            failed += 1
            print(f"seed {seed} after {outcome.steps} steps: {outcome.problems[0]}")
            print(f"  repeat with: {command(seed, asked.steps)}", flush=True)
        if done % 50 == 0 or done == len(seeds):
            print(
                f"{done} of {len(seeds)} runs, {failed} failed, {time.monotonic() - started:.0f} s",
                flush=True,
            )
    return 1 if failed else 0


def _outcomes(seeds: range, asked: argparse.Namespace) -> Iterator[tuple[int, Outcome]]:
    with ProcessPoolExecutor(asked.jobs, initializer=_settled) as pool:
        yield from zip(seeds, pool.map(_of_seed, seeds, [asked.steps] * len(seeds)), strict=True)


def _settled() -> None:
    """As the tests' own conftest does: what is loaded is not looked at by the collector any more."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _of_seed(seed: int, steps: int) -> Outcome:
    return play(plan(seed, steps))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
