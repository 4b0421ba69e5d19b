"""The pytest plugin: collects feature files, runs their scenarios against one bridge, keeps the verdicts.

* A `.feature` file is a module of its own; no other module may call `scenarios()` on it.
* Tags become markers, declared here by reading the features, so that a mistyped one stops the run.
* The first *When* draws the line between background and what must be accounted for.
* A scenario that needs what the bridge's manifest does not declare is skipped as not applicable.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pytest_bdd import scenario
from pytest_bdd.feature import get_feature

from simulator.acceptance import steps
from simulator.acceptance.abilities import lacking
from simulator.acceptance.bridges import OURS, manifest_of, stage_for
from simulator.acceptance.catalogue import Catalogue
from simulator.acceptance.comforts import Comforts, StepPrinter, add_options, answered
from simulator.acceptance.judging.worker import Worker
from simulator.acceptance.manifest import Manifest, Wrong
from simulator.acceptance.place import FEATURES
from simulator.acceptance.reporting import allure_results, verdicts
from simulator.acceptance.reporting.allure import AllureSteps
from simulator.acceptance.reporting.evidence import Evidence
from simulator.acceptance.subject import NotApplicable
from simulator.acceptance.world import Stage, World

MANIFEST = pytest.StashKey[Manifest]()
CATALOGUE = pytest.StashKey[Catalogue]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("sunbridge", "acceptance of SMS bridges")
    group.addoption(
        "--bridge",
        default="in-process",
        help=f"which bridge is judged: {', '.join(OURS)}, or a manifest (default: %(default)s)",
    )
    group.addoption("--bend", default="", help="bend the line to the bridge: see simulator/bends/table.py")
    group.addoption("--bridge-job", help="what `simulator verify` wants of this process")
    add_options(group)


def pytest_cmdline_main(config: pytest.Config) -> int | None:
    return answered(config, FEATURES)


def pytest_configure(config: pytest.Config) -> None:
    catalogue = config.stash[CATALOGUE] = Catalogue.read(FEATURES)
    try:
        config.stash[MANIFEST] = manifest_of(str(config.getoption("--bridge")))
    except Wrong as wrong:
        raise pytest.UsageError(str(wrong)) from None
    for tag in sorted(catalogue.tags):
        config.addinivalue_line("markers", f"{tag}: see features/REQUIREMENTS.md")
    for name in steps.MODULES:
        config.pluginmanager.import_plugin(f"simulator.acceptance.steps.{name}")
    config.pluginmanager.register(verdicts, "sunbridge-marks")
    config.pluginmanager.register(Comforts(config), "sunbridge-comforts")
    config.pluginmanager.register(Evidence(), "sunbridge-evidence")
    config.pluginmanager.register(AllureSteps(config), "sunbridge-allure")
    allure_results.register(config, config.stash[MANIFEST].name)
    if job := config.getoption("--bridge-job"):
        config.pluginmanager.register(Worker(json.loads(Path(job).read_text())), "sunbridge-worker")
    elif not hasattr(config, "workerinput"):
        config.pluginmanager.register(verdicts.Verdicts(config, catalogue), "sunbridge-verdicts")
        if config.get_verbosity() > 0:
            config.pluginmanager.register(StepPrinter(config), "sunbridge-steps")


def pytest_report_header(config: pytest.Config) -> str:
    return f"bridge under judgement: {config.stash[MANIFEST].name}"


# --- collecting ---


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "FeatureFile | None":
    if file_path.suffix != ".feature":
        return None
    return FeatureFile.from_parent(parent, path=file_path)


class FeatureFile(pytest.Module):
    """One feature file as a module with a test function for each scenario."""

    def _getobj(self) -> ModuleType:
        module = ModuleType(self.path.stem)
        module.__file__ = str(self.path)
        folder, name = str(self.path.parent), self.path.name
        for title in get_feature(folder, name).scenarios:
            setattr(module, python_name(title), scenario(name, title, features_base_dir=folder)(_nothing))
        return module


def _nothing() -> None:
    """The steps do everything."""


def python_name(title: str) -> str:
    """`[3] Two words` as `test_3_two_words`."""
    return "test_" + re.sub(r"\W+", "_", title).strip("_").lower()


# --- running ---


@pytest.fixture(scope="session")
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The bridge, the simulators and the phones of a whole run."""
    worker: Worker | None = request.config.pluginmanager.get_plugin("sunbridge-worker")
    seed, started = (worker.seed, worker.started) if worker else (0, lambda _: None)
    set_up = stage_for(request.config.stash[MANIFEST], tmp_path_factory.mktemp("bridge"), started, seed=seed)
    set_up.sim.call("PUT", "/line", {"bend": worker.bend if worker else request.config.getoption("--bend")})
    yield set_up
    set_up.subject.close()


@pytest.fixture
def world(stage: Stage) -> World:
    """A world in which nothing has happened yet."""
    fresh = World(stage)
    fresh.open()
    return fresh


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """What the bridge cannot do is not asked."""
    judged = item.config.stash[CATALOGUE].by_key.get(verdicts.key_of(item))
    if judged and (reason := lacking(judged, item.config.stash[MANIFEST].abilities)):
        pytest.skip(f"not applicable: {reason}")


@pytest.hookimpl(tryfirst=True)
def pytest_bdd_before_step(request: pytest.FixtureRequest, step: Any) -> None:
    scene: World = request.getfixturevalue("world")
    if step.type == "when":
        scene.begin()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    try:
        yield
    except NotApplicable as missing:
        pytest.skip(f"not applicable: {missing}")
