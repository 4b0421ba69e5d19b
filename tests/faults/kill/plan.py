"""What is to be played, from the command line."""

import argparse
from dataclasses import dataclass

ENGINES = ("sqlite", "postgres")


@dataclass(frozen=True, slots=True)
class Plan:
    """How many people write how much, and how hard the storm is."""

    seed: int = 1
    engine: str = "sqlite"
    customers: int = 20  # with an agent from the beginning
    ai: int = 5  # customers more, whom the AI answers until they ask for a person
    texts: int = 50
    replies: int = 50
    replicas: int = 3
    kill_every: tuple[float, float] = (0.2, 1.5)  # seconds from one kill to the next
    faults: bool = True
    pace: float = 15.0  # acts of people per second
    patience: float = (
        45.0  # seconds in which there is nothing to write but replies to people with no agent yet
    )

    @property
    def everybody(self) -> int:
        """How many customers there are."""
        return self.customers + self.ai

    @property
    def processes(self) -> int:
        """SQLite belongs to one process."""
        return self.replicas if self.engine == "postgres" else 1


def from_words(words: list[str] | None = None) -> Plan:
    """A plan from command-line arguments."""
    usual = Plan()
    parser = argparse.ArgumentParser(prog="python -m tests.faults.kill", description="The kill test.")
    for name in ("seed", "customers", "ai", "texts", "replies", "replicas"):
        parser.add_argument(f"--{name}", type=int, default=getattr(usual, name))
    parser.add_argument("--engine", choices=ENGINES, default=usual.engine)
    parser.add_argument("--kill-every", type=_between, default=usual.kill_every, metavar="LEAST-MOST")
    parser.add_argument("--faults", action=argparse.BooleanOptionalAction, default=usual.faults)
    parser.add_argument("--pace", type=float, default=usual.pace, help="acts of people per second")
    return Plan(**vars(parser.parse_args(words)))


def _between(words: str) -> tuple[float, float]:
    least, _, most = words.partition("-")
    return float(least), float(most or least)
