"""Kept runs: files of `corpus`, one step a line."""

import json
from pathlib import Path

from tests.simulation.plans import Step, step_from_json

CORPUS = Path(__file__).parent / "corpus"


def written(steps: list[Step]) -> str:
    """A run as JSON, one step a line."""
    lines = ",\n".join(f"  {json.dumps(step.as_json(), ensure_ascii=False)}" for step in steps)
    return f"[\n{lines}\n]\n"


def read(path: Path) -> list[Step]:
    """The run again."""
    return [step_from_json(step) for step in json.loads(path.read_text())]
