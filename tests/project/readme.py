"""The tables of our pages that are made from code. `make readme` renews them; a test compares."""

import re
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal, Union

from bridge.desks.sunshine_check import TRIGGERS
from bridge.ops import Metrics
from bridge.settings import PREFIX, Settings
from simulator.acceptance import template
from simulator.control import Control
from simulator.network import Network
from tests.project import coverage_page

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
JUDGING = ROOT / "features" / "JUDGING.md"
Row = tuple[str, ...]


def settings_table() -> str:
    """Every setting: variable, default, meaning."""
    rows = [
        (f"`{PREFIX}{name.upper()}`", _default(field), f"{field.description}{_choices(field.annotation)}")
        for name, field in Settings.model_fields.items()
    ]
    return _table(("variable", "default", "meaning"), rows)


def _default(field: Any) -> str:
    if field.is_required():
        return "**required**"
    return f"`{field.default}`" if field.default not in ("", None, ()) else "–"


def _choices(annotation: Any) -> str:
    """The allowed words of a setting that takes one of a few."""
    if typing.get_origin(annotation) in (Union, types.UnionType):
        return "".join(_choices(each) for each in typing.get_args(annotation))
    if typing.get_origin(annotation) is not Literal or len(typing.get_args(annotation)) < 2:
        return ""
    return f" `{'` or `'.join(typing.get_args(annotation))}`."


def metrics_table() -> str:
    """Every metric: name, kind, meaning."""
    page = Metrics().page({}, 0.0).decode()
    helps = dict(re.findall(r"^# HELP (\w+) (.*)$", page, re.MULTILINE))
    kinds = dict(re.findall(r"^# TYPE (\w+) (\w+)$", page, re.MULTILINE))
    return _table(
        ("metric", "kind", "meaning"), [(f"`{name}`", kinds[name], words) for name, words in helps.items()]
    )


def triggers_list() -> str:
    """The events the Sunshine webhook must send."""
    return ", ".join(f"`{each}`" for each in TRIGGERS)


def control_paths(network: Network) -> set[str]:
    """Every call of the control surface, as `METHOD /_sim/path/{parameter}`."""
    calls = Control(network).calls
    return {f"{method} /_sim{re.sub(r'<(?:[^:>]+:)?([^>]+)>', '{}', path)}" for method, path, _ in calls}


def _table(head: Row, rows: Sequence[Row]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in lines)


Sections = Mapping[str, Callable[[], str]]
SECTIONS: Sections = {"settings": settings_table, "metrics": metrics_table, "triggers": triggers_list}
OF_JUDGING: Sections = {
    "abilities": template.abilities_table,
    "keys": template.keys_table,
    "places": template.places_table,
}
PAGES = {README: SECTIONS, JUDGING: OF_JUDGING}


def renewed(text: str, sections: Sections = SECTIONS) -> str:
    """The text with every generated section as it should be; raises ValueError if one has no place."""
    for name, make in sections.items():
        place = re.compile(rf"( *)<!-- {name}: generated -->\n.*?<!-- {name}: end -->", re.DOTALL)
        if len(place.findall(text)) != 1:
            raise ValueError(f"the page has no place, or several, for the {name}")
        text = place.sub(partial(_section, name, make()), text)
    return text


def _section(name: str, content: str, place: re.Match[str]) -> str:
    indent = place[1]
    lines = (f"<!-- {name}: generated -->", *content.splitlines(), f"<!-- {name}: end -->")
    return "\n".join(indent + line for line in lines)


if __name__ == "__main__":
    for page, sections in PAGES.items():
        page.write_text(renewed(page.read_text(), sections))
    coverage_page.PAGE.write_text(coverage_page.page())
