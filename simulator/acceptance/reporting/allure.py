"""Shows scenarios in Allure as people wrote them: feature, title, level, every step with its traffic.

allure-pytest alone knows only a function; allure-pytest-bdd clashes with it. So pytest-bdd's hooks are
translated (toolchain section 3). Without `--alluredir` nobody listens and nothing happens.
"""

import csv
import io
from collections.abc import Iterable
from typing import Any

import allure
import pytest
from allure_commons import utils
from allure_commons._core import plugin_manager
from allure_commons.model2 import Parameter
from allure_commons.types import AttachmentType

from simulator.acceptance.reporting.evidence import SLICES, as_text

DYNAMIC: Any = allure.dynamic  # untyped
UTILS: Any = utils  # untyped
SEVERITY = {"must": "critical", "should": "normal", "choice": "minor"}


class AllureSteps:
    """A plugin that translates pytest-bdd's hooks into Allure's."""

    def __init__(self, config: pytest.Config) -> None:
        if config.pluginmanager.has_plugin("allure_pytest_bdd"):
            raise pytest.UsageError("Uninstall allure-pytest-bdd: it clashes with allure-pytest.")
        self._open: str | None = None

    def pytest_bdd_before_scenario(self, request: pytest.FixtureRequest, feature: Any, scenario: Any) -> None:
        if not _listening(request):
            return
        tags = scenario.tags | feature.tags
        DYNAMIC.title(scenario.name)
        DYNAMIC.feature(feature.name)
        if scenario.rule is not None:
            DYNAMIC.story(scenario.rule.name)
        DYNAMIC.description(feature.description)
        for level in SEVERITY.keys() & tags:
            DYNAMIC.severity(SEVERITY[level])
        _show_columns(request)

    def pytest_bdd_before_step(self, request: pytest.FixtureRequest, step: Any) -> None:
        if _listening(request):
            self._begin(step)
            if step.docstring is not None:
                allure.attach(step.docstring, "text", AttachmentType.TEXT)
            if step.datatable is not None:
                allure.attach(as_csv(step.datatable.raw()), "table", AttachmentType.CSV)

    def pytest_bdd_after_step(self, request: pytest.FixtureRequest) -> None:
        self._end(request)

    def pytest_bdd_step_error(self, request: pytest.FixtureRequest, exception: Exception) -> None:
        self._end(request, exception)

    def pytest_bdd_step_func_lookup_error(
        self, step: Any, request: pytest.FixtureRequest, exception: Exception
    ) -> None:
        if _listening(request):
            self._begin(step)
            self._end(request, exception)

    def pytest_bdd_after_scenario(self, request: pytest.FixtureRequest) -> None:
        self._end(request)

    def _begin(self, step: Any) -> None:
        self._open = str(UTILS.uuid4())
        plugin_manager.hook.start_step(uuid=self._open, title=f"{step.keyword} {step.name}", params={})

    def _end(self, request: pytest.FixtureRequest, exception: Exception | None = None) -> None:
        if self._open is None:
            return
        slices = request.node.stash.get(SLICES, [])
        if slices and slices[-1][1]:
            allure.attach(as_text(slices[-1][1]), "traffic", AttachmentType.JSON)
        plugin_manager.hook.stop_step(
            uuid=self._open,
            exc_type=type(exception) if exception else None,
            exc_val=exception,
            exc_tb=exception.__traceback__ if exception else None,
        )
        self._open = None


def as_csv(rows: Iterable[Iterable[str]]) -> str:
    """A table whose cells may hold commas."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    return written.getvalue()


def _listening(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.pluginmanager.has_plugin("allure_listener"))


def _show_columns(request: pytest.FixtureRequest) -> None:
    """One parameter a column of the examples, instead of one opaque dictionary."""
    callspec = getattr(request.node, "callspec", None)
    if callspec is None:
        return
    listener: Any = request.config.pluginmanager.get_plugin("allure_listener")
    parameters = listener.allure_logger.get_test(None).parameters
    parameters[:] = [held for held in parameters if held.name != "_pytest_bdd_example"]
    for name, value in callspec.params["_pytest_bdd_example"].items():
        parameters.append(Parameter(name=name, value=value))
