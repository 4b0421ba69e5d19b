"""The coverage page says what is true."""

import json
from collections import defaultdict

import pytest

from simulator.network import System
from tests.project.coverage_page import PAGE, page, systems
from tests.project.uses import KEPT


def test_the_page_is_as_the_code_is() -> None:
    """Else: make readme."""
    assert PAGE.read_text() == page()


@pytest.mark.parametrize("system", systems(), ids=lambda system: system.name)
def test_a_listed_name_is_served_where_it_is_documented(system: System) -> None:
    """By the method the provider documents."""
    listed: dict[str, set[str]] = defaultdict(set)
    for each in system.operations:
        listed[each.name].add(each.method)
    odd = [call for call in system.router.calls if call[2] in listed and call[0] not in listed[call[2]]]
    assert odd == []


def test_what_was_counted_is_known() -> None:
    """A name in the counts that nobody serves or lists any more: count anew."""
    kept = json.loads(KEPT.read_text())
    for system in systems():
        known = {*system.router.operations, *(each.name for each in system.operations), "unknown"}
        assert set(kept.get(system.name, {})) <= known | {"DryRun"}
