"""A new manifest with every key explained, and the tables of the page about manifests."""

import json
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from simulator.acceptance.abilities import ABILITIES, Ability
from simulator.acceptance.manifest import KEYS, KINDS, OURS, PLACES, Key, Wrong

OPENING = """# How to judge this bridge: simulator verify --bridge {name}
# Lines that begin with "#" and a key show its default, or an example. What is not declared is not asked.
"""
SECTIONS = {
    "bridge": "Give exactly one of command, url and subject.",
    "doors": "Where the bridge takes webhooks in.",
    "check": "Only with abilities.check.",
    "admin": "Only with abilities.status or abilities.records, or to say when it is at rest.",
    "abilities": "What it can do beyond the wire contract.",
}
SHOWN = {"bridge.name", "bridge.command"}
ENVIRONMENT = """
# Variables it is given, under its own names. In braces, here and in commands:
{places}# and whatever `simulator env` prints, such as {{BRIDGE_TWILIO_ACCOUNT_SID}}.
[environment]
"""


def write_new(path: Path) -> str:
    """Write a manifest to be filled in; never over another. What to tell the user."""
    if path.exists():
        raise Wrong(f"{path}: is there already. Name another file with --init.")
    path.write_text(new(path.name))
    return f"{path} is written. Fill it in, then: simulator verify --bridge {path}"


def new(name: str) -> str:
    """The text of a manifest to be filled in; it is a valid one as it stands."""
    parts = [OPENING.format(name=name)]
    for section, keys in groupby(KEYS, lambda key: key.section):
        if section == "doors":
            parts.append(_environment())
        parts.append(f"\n# {SECTIONS[section]}\n[{section}]\n" + "".join(_line(key) for key in keys))
    return "".join(parts)


def _environment() -> str:
    places = "".join(f"#   {{{name}}}: {meaning}\n" for name, meaning in PLACES.items())
    lines = "".join(f'# MY_{name.removeprefix("BRIDGE_")} = "{{{name}}}"\n' for name in OURS)
    return ENVIRONMENT.format(places=places) + lines


def _line(key: Key) -> str:
    value = key.example if key.example.startswith("[") else json.dumps(key.example or _shown(key))
    return f"# {key.meaning}\n{'' if key.whole in SHOWN else '# '}{key.name} = {value}\n"


def _shown(key: Key) -> object:
    default = key.default
    return int(default) if isinstance(default, float) and default.is_integer() else default


# --- tables of the page ---


def abilities_table() -> str:
    """Every ability: how it is declared, what it means."""
    rows = [(f"`{each.name} = {_declared(each)}`", each.meaning) for each in ABILITIES]
    return _table(("ability", "means"), rows)


def _declared(ability: Ability) -> str:
    return "true" if isinstance(ability.default, bool) else "10800"


def keys_table() -> str:
    """Every key outside the abilities."""
    rows = [
        (f"`{key.whole}`", KINDS[key.kind], f"`{json.dumps(_shown(key))}`", key.meaning)
        for key in KEYS
        if key.section != "abilities"
    ]
    return _table(("key", "is", "default", "for"), rows)


def places_table() -> str:
    """What may stand in braces."""
    rows = [(f"`{{{name}}}`", meaning) for name, meaning in PLACES.items()]
    ours = ", ".join(f"`{{{name}}}`" for name in OURS)
    return _table(("in braces", "stands for"), [*rows, (ours, "the setting of that name in `simulator env`")])


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)
