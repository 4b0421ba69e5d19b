"""What a manifest says about a bridge: how to start it, where it listens, what it is able to do.

One table of keys: it checks a file, writes a commented new one and makes the documentation's tables. Every
problem of a file is told at once, each with its key and how to mend it.
"""

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulator.acceptance.abilities import ABILITIES, Value
from simulator.environment import environment

CARRIERS = ("twilio",)
PLACES = {
    "python": "the Python that judges",
    "host": "the address to listen on, always 127.0.0.1",
    "port": "the free port to listen on",
    "url": "the same two as an address: http://127.0.0.1:PORT",
    "simulators": "the address of the simulators",
    "data": "a folder for what it keeps: new for each fresh start, the same after it was killed",
    "manifest": "the folder of the manifest",
}
OURS = ("BRIDGE_AUTOPILOT", *environment())  # and each of these, as `simulator env` prints it
KINDS: dict[type, str] = {
    str: "a text in quotation marks",
    bool: "true or false",
    float: "a number",
    list: "a list of texts",
}


class Wrong(Exception):
    """A manifest that cannot be used; one line a problem."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a section."""

    section: str
    name: str
    default: Any
    meaning: str
    example: str = ""

    @property
    def kind(self) -> type:
        return type(self.default)

    @property
    def whole(self) -> str:
        return f"{self.section}.{self.name}"


KEYS = (
    Key("bridge", "name", "", "What reports call it.", "My bridge"),
    Key(
        "bridge", "command", [], "How to start it, as a list of words.", '["./my-bridge", "--port", "{port}"]'
    ),
    Key("bridge", "url", "", "Where it listens, if it runs already.", "http://127.0.0.1:8080"),
    Key("bridge", "subject", "", "A Python class that is the bridge: FILE.py:Name.", "subject.py:Mine"),
    Key("bridge", "folder", "", "Working folder of the command; by default that of the manifest.", "{data}"),
    Key("bridge", "ready", "/healthz", "A path that answers 2xx once it can work.", "/healthz"),
    Key("bridge", "start_seconds", 30.0, "How long it may take to be ready."),
    Key("bridge", "carrier", "twilio", "Which carrier it texts by."),
    Key("bridge", "quiet_seconds", 0.5, "Nothing on the wire for so long means that it has come to rest."),
    Key("bridge", "patience_seconds", 8.0, "How long to wait for something that should appear."),
    Key(
        "bridge", "simulators_port", 0.0, "A port for the simulators; 0: any, or 4010 for a bridge that runs."
    ),
    Key("bridge", "our_names", False, "Give it every variable of `simulator env` under our name as well."),
    Key("doors", "twilio", "/webhooks/twilio/sms", "Path for the carrier's texts."),
    Key("doors", "sunshine", "/webhooks/sunshine", "Path for Zendesk's webhooks."),
    Key("doors", "opencx", "/webhooks/opencx", "Path for the AI's webhooks."),
    Key("check", "command", [], "Examines the set-up; one JSON object a line: step, detail, cause, fix."),
    Key("admin", "path", "", "Where it offers the calls that our /admin/openapi.json describes.", "/admin"),
    Key("admin", "token", "", "The bearer token for them.", "{BRIDGE_ADMIN_TOKEN}"),
    *(Key("abilities", each.name, each.default, each.meaning) for each in ABILITIES),
)
FREE = ("environment",)  # the one section whose keys are the bridge's own
BY_SECTION: dict[str, dict[str, Key]] = {}
for _key in KEYS:
    BY_SECTION.setdefault(_key.section, {})[_key.name] = _key


@dataclass(frozen=True)
class Manifest:
    """A checked manifest; `values` holds every key by section and name."""

    path: Path
    values: Mapping[str, Mapping[str, Any]]
    environment: dict[str, str] = field(default_factory=dict)

    def get(self, section: str, name: str) -> Any:
        return self.values[section][name]

    @property
    def name(self) -> str:
        return str(self.get("bridge", "name"))

    @property
    def abilities(self) -> dict[str, Value]:
        return dict(self.values["abilities"])

    @property
    def way(self) -> str:
        """How it is judged: in-process, http (a process of ours) or running."""
        given = self.values["bridge"]
        return "in-process" if given["subject"] else "http" if given["command"] else "running"

    @property
    def doors(self) -> dict[str, str]:
        return dict(self.values["doors"])


def read(path: Path) -> Manifest:
    """Read a manifest; raises `Wrong`."""
    try:
        content = tomllib.loads(path.read_text())
    except (OSError, UnicodeDecodeError) as failure:
        raise Wrong(f"{path}: cannot be read: {failure}. Write one with: simulator verify --init") from None
    except tomllib.TOMLDecodeError as failure:
        raise Wrong(f"{path}: is no TOML: {failure}. Mend that line.") from None
    return checked(path, content)


def checked(path: Path, content: Mapping[str, Any]) -> Manifest:
    """The manifest, or `Wrong` with everything that is wrong about it."""
    problems = [f"{path}: {problem}" for problem in _problems(content)]
    if problems:
        raise Wrong("\n".join(problems))
    values = {
        section: {name: _valued(key, content.get(section, {}).get(name)) for name, key in keys.items()}
        for section, keys in BY_SECTION.items()
    }
    return Manifest(path, values, dict(content.get("environment", {})))


def _valued(key: Key, given: Any) -> Any:
    if given is None:
        return key.default
    return float(given) if key.kind is float else given


def _problems(content: Mapping[str, Any]) -> Iterator[str]:
    for section, given in content.items():
        if section in FREE:
            yield from _of_environment(given)
        elif section not in BY_SECTION:
            yield f"the section [{section}] is not known. {_meant(section, [*BY_SECTION, *FREE])}"
        elif not isinstance(given, dict):
            yield f"{section} is a section: write [{section}] on a line of its own."
        else:
            yield from _of_section(section, given)
    if all(isinstance(content.get(section, {}), dict) for section in BY_SECTION):
        yield from _together(content)


def _of_environment(given: Any) -> Iterator[str]:
    pairs = given.items() if isinstance(given, dict) else [("environment", None)]
    for name, value in pairs:
        if not isinstance(value, str):
            yield f'environment.{name} is not a text. Write {name} = "…"; "{{BRIDGE_…}}" stands for ours.'


def _of_section(section: str, given: Mapping[str, Any]) -> Iterator[str]:
    for name, value in given.items():
        key = BY_SECTION[section].get(name)
        if key is None:
            yield f"{section}.{name} is not known. {_meant(name, list(BY_SECTION[section]))}"
        elif not _is(value, key.kind):
            yield f"{key.whole} is {value!r}. It must be {KINDS[key.kind]}: {key.meaning}"
        elif key.kind is float and value < 0:
            yield f"{key.whole} is {value}. It must not be negative: {key.meaning}"


def _is(value: Any, kind: type) -> bool:
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind is list:
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    return isinstance(value, kind)


def _together(content: Mapping[str, Any]) -> Iterator[str]:
    """What holds of several keys at once."""
    bridge = content.get("bridge", {})
    if not bridge.get("name"):
        yield 'bridge.name is missing. Write name = "…" under [bridge]: reports call it so.'
    ways = [name for name in ("command", "url", "subject") if bridge.get(name)]
    if len(ways) != 1:
        said = " and ".join(ways) or "none of them"
        yield f"bridge.command, bridge.url or bridge.subject: give exactly one, not {said}."
    if bridge.get("carrier", "twilio") not in CARRIERS:
        yield f"bridge.carrier: {bridge['carrier']!r} cannot be simulated. Say one of: {', '.join(CARRIERS)}."
    if not bridge.get("subject"):
        yield from _of_abilities(bridge, content.get("abilities", {}), content)
    yield from _of_doors(content.get("doors", {}))
    yield from _of_places(content)


def _of_abilities(
    bridge: Mapping[str, Any], able: Mapping[str, Any], content: Mapping[str, Any]
) -> Iterator[str]:
    """What an ability needs besides being declared."""
    if able.get("check") and not content.get("check", {}).get("command"):
        yield "check.command is missing though abilities.check is true. Give the command, or say false."
    for name in ("status", "records"):
        if able.get(name) and not content.get("admin", {}).get("path"):
            yield f"admin.path is missing though abilities.{name} is true. Give the path, or say false."
    for name in ("durable", "idle_setting", "autopilot"):
        if able.get(name) and bridge.get("url"):
            yield f"abilities.{name} needs bridge.command: what runs already cannot be started anew."


def _of_doors(doors: Mapping[str, Any]) -> Iterator[str]:
    for name, path in doors.items():
        if isinstance(path, str) and not path.startswith("/"):
            yield f'doors.{name} is {path!r}. It is a path: begin it with "/".'


def _of_places(content: Mapping[str, Any]) -> Iterator[str]:
    """Nothing in braces is left that stands for nothing."""
    known = [*PLACES, *OURS]
    for section, given in content.items():
        for name, value in given.items() if isinstance(given, dict) else ():
            for place in re.findall(r"\{(\w+)\}", str(value)):
                if place not in known:
                    yield f"{section}.{name}: {{{place}}} stands for nothing. {_meant(place, known)}"


def _meant(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, 1)
    return f"Did you mean {close[0]}?" if close else f"Known are: {', '.join(known)}."
