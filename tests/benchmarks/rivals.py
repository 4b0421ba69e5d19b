"""Others' stand-ins doing the same work, where node and npm are present. Nothing of theirs is kept."""

from pathlib import Path

from tests.benchmarks.rival import Rival


def others(_: Path) -> list[Rival]:
    return []
