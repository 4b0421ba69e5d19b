"""Who uses which operation of the simulators; `python -m tests.project.uses features tests/contract` counts.

What they call, and with which errors they are answered, is kept in `uses.json`, from which the coverage page
is made. Whatever runs in a process of its own, and what sends noise, is not counted.
"""

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from simulator.ledger import Entry, Ledger

ROOT = Path(__file__).parents[2]
KEPT = Path(__file__).with_name("uses.json")
LEFT_OUT = ("test_simulated_bytes.py", "test_control_surface_fuzz.py", "test_fault_words.py")
Use = dict[str, Any]


class Uses:
    """Writes down each call that the running test makes."""

    def __init__(self) -> None:
        self.running = ""
        self.tests: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.errors: dict[tuple[str, str], set[int]] = defaultdict(set)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        self.running = item.nodeid

    def note(self, system: str, facts: dict[str, Any]) -> None:
        if facts.get("fault") or any(name in self.running for name in LEFT_OUT):
            return
        place = (system, str(facts["operation"]))
        self.tests[place].add(self.running)
        if (facts.get("status") or 0) >= 400:
            self.errors[place].add(facts["status"])

    def view(self) -> dict[str, dict[str, Use]]:
        """By system and operation."""
        found: dict[str, dict[str, Use]] = defaultdict(dict)
        for (system, operation), tests in sorted(self.tests.items()):
            scenarios = sorted(each for each in tests if each.startswith("features/"))
            others = sorted(tests - set(scenarios))
            found[system][operation] = {
                "errors": sorted(self.errors[system, operation]),
                "scenarios": len(scenarios),
                "tests": len(others),
                "example": (others or scenarios)[0].partition("[")[0],
            }
        return found


def joined(one: dict[str, dict[str, Use]], other: dict[str, dict[str, Use]]) -> dict[str, dict[str, Use]]:
    """Counts of runs that have no test in common."""
    found = {system: dict(uses) for system, uses in one.items()}
    for system, uses in other.items():
        for operation, use in uses.items():
            held = found.setdefault(system, {}).setdefault(operation, use)
            if held is not use:
                errors = sorted({*held["errors"], *use["errors"]})
                counts = {name: held[name] + use[name] for name in ("scenarios", "tests")}
                found[system][operation] = {**held, **counts, "errors": errors}
    return found


def main() -> int:
    """Run and keep; with `--add` beside what was kept before."""
    uses, write = Uses(), Ledger.write

    def noting(ledger: Ledger, kind: str, system: str, at: float, **facts: object) -> Entry:
        if kind == "request":
            uses.note(system, facts)
        return write(ledger, kind, system, at, **facts)

    Ledger.write = noting  # type: ignore[method-assign, assignment]
    wanted = [each for each in sys.argv[1:] if each != "--add"]
    status = pytest.main(["-q", "-p", "no:randomly", "-p", "no:cacheprovider", *wanted], [uses])
    before = json.loads(KEPT.read_text()) if "--add" in sys.argv else {}
    KEPT.write_text(json.dumps(joined(before, uses.view()), indent=1, sort_keys=True) + "\n")
    return int(status)


if __name__ == "__main__":
    raise SystemExit(main())
