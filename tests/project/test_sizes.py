"""Small and plain is measured: functions, modules, parameters (style-models 2.3)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOST_LINES_OF_A_FUNCTION = 50
MOST_LINES_OF_A_MODULE = 300
MOST_PARAMETERS = 5
WIRES = {  # who may be given more, by keyword only, and why
    "bridge/wiring.py": "connects everybody",
    "bridge/__main__.py": "one parameter an option",
    "simulator/commands.py": "one parameter an option",
}
LONG_MODULES = {
    "bridge/core/flow.py": "the whole story stands in one file (design section 2)",
    "bridge/core/model.py": "the vocabulary of the story stands in one file",
}
LISTS = {
    "bridge/journal/migrations/versions/r0001_first.py": "one statement a table, in the order of creation"
}

Function = ast.FunctionDef | ast.AsyncFunctionDef
PATHS = sorted(
    path.relative_to(ROOT).as_posix()
    for package in ("bridge", "simulator", "features")
    for path in (ROOT / package).rglob("*.py")
)
EVERY = pytest.mark.parametrize("path", PATHS)


def functions(path: str) -> Iterator[Function]:
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, Function):
            yield node


def parameters(function: Function, *, keywords: bool) -> int:
    """How many a caller gives; steps are called by name by pytest-bdd."""
    held = function.args
    names = [each.arg for each in (*held.posonlyargs, *held.args, *(held.kwonlyargs if keywords else ()))]
    return len([name for name in names if name not in ("self", "cls")])


@EVERY
def test_modules_are_short(path: str) -> None:
    """A module fits on a few screens."""
    if path not in LONG_MODULES:
        assert len((ROOT / path).read_text().splitlines()) <= MOST_LINES_OF_A_MODULE


@EVERY
def test_functions_are_short(path: str) -> None:
    """A function fits on one screen."""
    if path in LISTS:
        return
    lengths = {each.name: (each.end_lineno or 0) - each.lineno + 1 for each in functions(path)}
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES_OF_A_FUNCTION} == {}


@EVERY
def test_functions_take_few_parameters(path: str) -> None:
    """Five parameters are enough; constructors and wiring may take more by keyword."""
    counts = {
        each.name: parameters(each, keywords=path not in WIRES and each.name != "__init__")
        for each in functions(path)
        if not (within_steps(path) and each.name == "_")
    }
    assert {name: count for name, count in counts.items() if count > MOST_PARAMETERS} == {}


def within_steps(path: str) -> bool:
    return path.startswith("simulator/acceptance/steps/")
