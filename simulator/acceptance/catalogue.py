"""What the features and the register of requirements say, read without running anything."""

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from gherkin import Parser

LEVELS = ("must", "should", "choice")
UNTESTED = "not tested:"
_ROW = re.compile(
    r"^\| (?P<id>[A-Z]+(?:-[A-Z]+)?-?\d+) \| (?P<behaviour>.+?) \| (?P<level>\w+) \| (?P<note>.*?) ?\|$"
)


@dataclass(frozen=True, slots=True)
class Requirement:
    """One row of the register."""

    id: str
    behaviour: str
    level: str
    note: str

    @property
    def reason(self) -> str:
        """Why it has no scenario; empty if it must have one."""
        return self.note.removeprefix(UNTESTED).strip() if self.note.startswith(UNTESTED) else ""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a scenario; `kind` is given, when or then."""

    kind: str
    keyword: str
    text: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario or outline."""

    path: str  # below the features folder
    feature: str
    name: str
    tags: frozenset[str]
    steps: tuple[Step, ...]
    examples: tuple[dict[str, str], ...] = ()
    about: str = ""  # what the feature is for

    @property
    def key(self) -> str:
        return f"{self.path} {self.name}"

    @property
    def level(self) -> str:
        return next((level for level in LEVELS if level in self.tags), "")

    @property
    def ids(self) -> frozenset[str]:
        return self.tags - set(LEVELS)

    @property
    def runs(self) -> int:
        """How many tests it makes."""
        return len(self.examples) or 1

    def written_out(self) -> list[Step]:
        """Its steps with the words of every example filled in."""
        return [
            Step(step.kind, step.keyword, _filled(step.text, example))
            for example in self.examples or ({},)
            for step in self.steps
        ]


@dataclass(frozen=True)
class Catalogue:
    """Every requirement and every scenario."""

    requirements: dict[str, Requirement]
    scenarios: tuple[Scenario, ...]

    @classmethod
    def read(cls, folder: Path) -> "Catalogue":
        register = folder / "REQUIREMENTS.md"
        rows = parse_register(register.read_text() if register.exists() else "")
        paths = sorted(folder.rglob("*.feature"), key=lambda path: _order(path.relative_to(folder)))
        found = [scenario for path in paths for scenario in read_feature(path, folder)]
        return cls({row.id: row for row in rows}, tuple(found))

    @cached_property
    def tags(self) -> frozenset[str]:
        return frozenset().union(*(scenario.tags for scenario in self.scenarios))

    @cached_property
    def by_key(self) -> dict[str, Scenario]:
        return {scenario.key: scenario for scenario in self.scenarios}

    @cached_property
    def by_id(self) -> dict[str, list[Scenario]]:
        """The scenarios that judge a requirement."""
        found: dict[str, list[Scenario]] = defaultdict(list)
        for scenario in self.scenarios:
            for each in scenario.ids:
                found[each].append(scenario)
        return found


def parse_register(text: str) -> list[Requirement]:
    """The rows of all tables."""
    return [Requirement(**match.groupdict()) for line in text.splitlines() if (match := _ROW.match(line))]


def read_feature(path: Path, folder: Path) -> list[Scenario]:
    """The scenarios of one file."""
    parsed: Any = Parser().parse(path.read_text())
    feature = parsed["feature"]
    inherited = _tags(feature)
    where = path.relative_to(folder).as_posix()
    return [
        Scenario(
            where,
            feature["name"],
            child["scenario"]["name"],
            inherited | _tags(child["scenario"]),
            _steps(child["scenario"]["steps"]),
            _examples(child["scenario"]["examples"]),
            " ".join(feature["description"].split()),
        )
        for child in feature["children"]
        if "scenario" in child
    ]


def at_line(path: Path, line: int) -> tuple[str, dict[str, str] | None]:
    """The scenario that stands at a line, and its example if that line is one; raises LookupError."""
    parsed: Any = Parser().parse(path.read_text())
    nodes = [child["scenario"] for child in parsed["feature"]["children"] if "scenario" in child]
    before = [node for node in nodes if _first_line(node) <= line]
    if not before:
        raise LookupError(f"{path.name}: no scenario stands at line {line}")
    return before[-1]["name"], _example_at(before[-1]["examples"], line)


def _first_line(node: Any) -> int:
    return min(int(each["location"]["line"]) for each in (node, *node["tags"]))


def _example_at(tables: list[Any], line: int) -> dict[str, str] | None:
    lines = [row["location"]["line"] for table in tables for row in table["tableBody"]]
    return _examples(tables)[lines.index(line)] if line in lines else None


def _tags(node: dict[str, list[dict[str, str]]]) -> frozenset[str]:
    return frozenset(tag["name"].removeprefix("@") for tag in node["tags"])


def _steps(nodes: list[dict[str, str]]) -> tuple[Step, ...]:
    found: list[Step] = []
    for node in nodes:
        keyword = node["keyword"].strip()
        kind = keyword.lower() if keyword in ("Given", "When", "Then") else found[-1].kind
        found.append(Step(kind, keyword, node["text"]))
    return tuple(found)


def _examples(tables: list[Any]) -> tuple[dict[str, str], ...]:
    return tuple(
        dict(zip(_cells(table["tableHeader"]), _cells(row), strict=True))
        for table in tables
        for row in table["tableBody"]
    )


def _cells(row: Any) -> list[str]:
    return [cell["value"] for cell in row["cells"]]


def _filled(text: str, example: dict[str, str]) -> str:
    for name, value in example.items():
        text = text.replace(f"<{name}>", value)
    return text


def _order(path: Path) -> tuple[int, str]:
    """Chapters in the order of their numbers."""
    number = re.match(r"\d+", path.parts[0])
    return int(number[0]) if number else 0, path.as_posix()
