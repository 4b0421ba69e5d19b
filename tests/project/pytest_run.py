"""Running pytest as somebody at a terminal does."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Ran:
    """How it ended and what it printed."""

    status: int
    said: str


def run(*arguments: str) -> Ran:
    """`pytest …` in the project's folder."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:randomly", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    return Ran(done.returncode, done.stdout + done.stderr)
