"""Who may know whom (design section 3)."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ADAPTERS = ("bridge.carriers", "bridge.desks", "bridge.assistants")
CALLERS = (
    *ADAPTERS,
    "bridge.http",
    "bridge.fetch",
    "bridge.guard",
    "bridge.media",
    "bridge.outgoing",
    "bridge.providers",
    "bridge.wiring",
)
OWN_PROCESS = ("bridge.clock", "bridge.__main__")  # they ask a simulator's clock, and the running bridge
FLASK = ("bridge.web", "bridge.wiring")  # wiring names the type of what it was given


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path) -> set[str]:
    """Everything a module imports, as full names."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def within(name: str, *places: str) -> bool:
    return any(name == place or name.startswith(place + ".") for place in places)


MODULES = {
    module_name(path): imports(path)
    for package in ("bridge", "simulator")
    for path in sorted((ROOT / package).rglob("*.py"))
}
EVERY = pytest.mark.parametrize("module", MODULES)


@EVERY
def test_bridge_and_simulator_never_meet(module: str) -> None:
    """A simulator that shares the bridge's code agrees with its mistakes."""
    other = "simulator" if within(module, "bridge") else "bridge"
    assert not [name for name in MODULES[module] if within(name, other)]


@pytest.mark.parametrize("module", [name for name in MODULES if within(name, "bridge.core")])
def test_core_is_pure(module: str) -> None:
    """The core knows the standard library, phonenumbers and itself."""
    foreign = [name for name in MODULES[module] if name.partition(".")[0] not in sys.stdlib_module_names]
    assert not [name for name in foreign if not within(name, "bridge.core", "phonenumbers")]


@pytest.mark.parametrize("module", [name for name in MODULES if within(name, *ADAPTERS)])
def test_adapters_do_not_know_each_other(module: str) -> None:
    """Carriers, desks and assistants know the core and how to call out, never each other."""
    home = next(place for place in ADAPTERS if within(module, place))
    allowed = (home, "bridge.core", "bridge.http", "bridge.fetch", "bridge.guard", "bridge.heard")
    ours = [name for name in MODULES[module] if within(name, "bridge")]
    assert not [name for name in ours if not within(name, *allowed)]


@pytest.mark.parametrize("module", [name for name in MODULES if within(name, "bridge")])
def test_only_the_web_knows_flask(module: str) -> None:
    """Flask is a detail of one module."""
    if not within(module, *FLASK):
        assert not [name for name in MODULES[module] if within(name, "flask", "werkzeug")]


@pytest.mark.parametrize("module", [name for name in MODULES if within(name, "bridge")])
def test_only_callers_know_requests(module: str) -> None:
    """Calls leave through adapters, media and what they share."""
    if not within(module, *CALLERS, *OWN_PROCESS):
        assert not [name for name in MODULES[module] if within(name, "requests", "urllib3")]
