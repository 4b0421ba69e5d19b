"""What QA asks of pytest itself.

pytest features/x.feature:12    the scenario, or the one example, at that line
pytest features -v              its steps under each scenario, with a mark at the one that failed
pytest --steps                  the vocabulary, each phrase with an example
pytest --bdd-check              undefined, ambiguous and unused steps, twins; ends with 1 if there are any
"""

import re
import sys
from pathlib import Path
from typing import Any

import pytest

from simulator.acceptance.catalogue import Catalogue, at_line
from simulator.acceptance.phrases import Phrases
from simulator.acceptance.reporting.verdicts import example_of, key_of
from simulator.acceptance.vocabulary import as_text

ALL_WELL = "Every line means one thing, every phrase is used, no name stands twice."
AT_A_LINE = re.compile(r"^(?P<path>.+\.feature):(?P<line>\d+)$")
Example = dict[str, str]
STEPS = "steps"  # user property: [(line, whether it went well)]


def add_options(group: Any) -> None:
    """`--steps` and `--bdd-check`."""
    group.addoption("--steps", action="store_true", help="print the phrases of the features and stop")
    group.addoption(
        "--bdd-check", action="store_true", help="look for undefined, ambiguous, unused steps and twins"
    )


def answered(config: pytest.Config, features: Path) -> int | None:
    """What needs no run: the exit status; None if a run was asked for."""
    if config.getoption("--steps"):
        sys.stdout.write(as_text(Catalogue.read(features)))
        return 0
    if config.getoption("--bdd-check"):
        problems = Phrases(Catalogue.read(features)).problems()
        found = "\n".join(problems) or ALL_WELL
        sys.stdout.write(f"{found}\n")
        return 1 if problems else 0
    return None


class Comforts:
    """A plugin of every process."""

    def __init__(self, config: pytest.Config) -> None:
        given = [AT_A_LINE.match(argument) for argument in config.args]
        self._asked = [(str(Path(found["path"]).resolve()), int(found["line"])) for found in given if found]
        config.args = [_without_line(argument) for argument in config.args]

    # --- one scenario by its line ---

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Keep what stands at the lines that were asked for; other files are kept whole."""
        wanted = [(path, *_found(Path(path), line)) for path, line in self._asked]
        files = {path for path, _ in self._asked}
        kept = [item for item in items if str(item.path) not in files or _is_one_of(item, wanted)]
        if len(kept) < len(items):
            config.hook.pytest_deselected(items=[item for item in items if item not in kept])
            items[:] = kept

    # --- steps while they run ---

    def pytest_bdd_before_scenario(self, request: pytest.FixtureRequest) -> None:
        request.node.user_properties.append((STEPS, []))

    def pytest_bdd_after_step(self, request: pytest.FixtureRequest, step: Any) -> None:
        _noted(request.node).append((f"{step.keyword} {step.name}", True))

    def pytest_bdd_step_error(self, request: pytest.FixtureRequest, step: Any) -> None:
        _noted(request.node).append((f"{step.keyword} {step.name}", False))

    def pytest_bdd_step_func_lookup_error(self, request: pytest.FixtureRequest, step: Any) -> None:
        _noted(request.node).append((f"{step.keyword} {step.name}", False))


class StepPrinter:
    """A plugin of the controlling process of a verbose run."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """The steps under the scenario's own line."""
        terminal: Any = self._config.pluginmanager.get_plugin("terminalreporter")
        steps: Any = dict(report.user_properties).get(STEPS)
        if report.when != "call" or terminal is None or not steps:
            return
        terminal.ensure_newline()
        for line, well in steps:
            terminal.write_line(f"    {'✓' if well else '✗'} {line}", green=well, red=not well)


def _noted(item: Any) -> list[tuple[str, bool]]:
    found: list[tuple[str, bool]] = dict(item.user_properties)[STEPS]
    return found


def _without_line(argument: str) -> str:
    found = AT_A_LINE.match(argument)
    return found["path"] if found else argument


def _found(path: Path, line: int) -> tuple[str, Example | None]:
    try:
        return at_line(path, line)
    except LookupError as error:
        raise pytest.UsageError(str(error)) from None


def _is_one_of(item: pytest.Item, wanted: list[tuple[str, str, Example | None]]) -> bool:
    title = key_of(item).partition(".feature ")[2]
    return any(
        str(item.path) == path and title == name and example in (None, example_of(item))
        for path, name, example in wanted
    )
