"""A manifest says what a bridge is, and what is wrong with it is said with key and cure."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from simulator.acceptance import manifest, template
from simulator.acceptance.manifest import KEYS, Manifest, Wrong, checked
from simulator.acceptance.place import BRIDGES

FILE = Path("my.toml")
LEAST = {"bridge": {"name": "Mine", "command": ["./mine"]}}


def with_(**sections: Any) -> dict[str, Any]:
    """The least manifest with more in its sections."""
    merged = {name: dict(content) for name, content in LEAST.items()}
    for name, content in sections.items():
        held = merged.get(name)
        merged[name] = (
            {**held, **content} if isinstance(held, dict) and isinstance(content, dict) else content
        )
    return merged


def test_the_least_manifest_declares_nothing() -> None:
    """Name and command are enough; what is not said has its default."""
    found = checked(FILE, LEAST)
    assert (found.name, found.way) == ("Mine", "http")
    assert not any(found.abilities.values())
    assert found.doors["sunshine"] == "/webhooks/sunshine"


@pytest.mark.parametrize(
    ("changes", "key", "cure"),
    [
        ({"bridge": {"comand": ["x"]}}, "bridge.comand is not known", "Did you mean command?"),
        ({"brigde": {}}, "[brigde] is not known", "Did you mean bridge?"),
        ({"abilities": {"telepathy": True}}, "abilities.telepathy is not known", "Known are: clock, idle"),
        ({"abilities": {"clock": "yes"}}, "abilities.clock is 'yes'", "must be true or false"),
        ({"abilities": {"idle": True}}, "abilities.idle is True", "must be a number"),
        ({"abilities": {"idle": -1}}, "abilities.idle is -1", "must not be negative"),
        ({"bridge": {"command": "./mine"}}, "bridge.command is './mine'", "must be a list of texts"),
        ({"bridge": {"name": ""}}, "bridge.name is missing", 'Write name = "…" under [bridge]'),
        (
            {"bridge": {"command": []}},
            "bridge.command, bridge.url or bridge.subject",
            "exactly one, not none",
        ),
        ({"bridge": {"url": "http://x"}}, "bridge.command, bridge.url", "exactly one, not command and url"),
        ({"bridge": {"carrier": "pigeon"}}, "bridge.carrier: 'pigeon'", "Say one of: twilio"),
        ({"abilities": {"check": True}}, "check.command is missing", "Give the command, or say false"),
        ({"abilities": {"records": True}}, "admin.path is missing", "Give the path, or say false"),
        ({"doors": {"twilio": "sms"}}, "doors.twilio is 'sms'", 'begin it with "/"'),
        ({"environment": {"PORT": 8080}}, "environment.PORT is not a text", 'Write PORT = "…"'),
        ({"environment": {"P": "{prot}"}}, "environment.P: {prot} stands for nothing", "Did you mean port?"),
        ({"environment": {"S": "{BRIDGE_SECRET_X}"}}, "{BRIDGE_SECRET_X} stands for nothing", "BRIDGE_S"),
        ({"doors": 3}, "doors is a section", "write [doors] on a line"),
    ],
)
def test_what_is_wrong_is_named_with_its_cure(changes: dict[str, Any], key: str, cure: str) -> None:
    """Every message begins with the file, names the key and says what to do."""
    with pytest.raises(Wrong) as wrong:
        checked(FILE, with_(**changes))
    assert str(wrong.value).startswith("my.toml: ")
    assert key in str(wrong.value)
    assert cure in str(wrong.value)


def test_every_problem_is_told_at_once() -> None:
    """Nobody mends a file line by line."""
    with pytest.raises(Wrong) as wrong:
        checked(FILE, {"bridge": {"nmae": "x"}, "doors": {"twilio": "sms"}})
    assert len(str(wrong.value).splitlines()) == 4


def test_a_bridge_that_runs_cannot_be_restarted() -> None:
    """Abilities that need a fresh start need a command."""
    running = {"bridge": {"name": "Mine", "url": "http://127.0.0.1:1"}, "abilities": {"durable": True}}
    with pytest.raises(Wrong, match=r"abilities.durable needs bridge.command"):
        checked(FILE, running)


@pytest.mark.parametrize("text", ["[bridge\n", "\x00"])
def test_what_is_no_toml_is_said(text: str, tmp_path: Path) -> None:
    """The parser's line and column come with it."""
    (tmp_path / "m.toml").write_text(text)
    with pytest.raises(Wrong, match="is no TOML"):
        manifest.read(tmp_path / "m.toml")


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    """With the way to a new one."""
    with pytest.raises(Wrong, match="simulator verify --init"):
        manifest.read(tmp_path / "none.toml")


def test_a_new_manifest_is_valid_and_names_every_key(tmp_path: Path) -> None:
    """What `--init` writes can be read as it is."""
    template.write_new(tmp_path / "new.toml")
    text = (tmp_path / "new.toml").read_text()
    assert manifest.read(tmp_path / "new.toml").name == "My bridge"
    assert all(f"{key.name} = " in text for key in KEYS)
    with pytest.raises(Wrong, match="is there already"):
        template.write_new(tmp_path / "new.toml")


def test_a_new_manifest_with_every_line_in_force_has_only_known_keys() -> None:
    """The examples in its comments are no inventions."""
    lines = [
        line.removeprefix("# ") for line in template.new("x").splitlines() if " = " in line or line[:1] == "["
    ]
    content = tomllib.loads("\n".join(lines))
    with pytest.raises(Wrong) as wrong:
        checked(FILE, content)
    assert [line for line in str(wrong.value).splitlines() if "not known" in line or "must be" in line] == []


@pytest.mark.parametrize("path", sorted(BRIDGES.glob("*.toml")), ids=lambda path: path.stem)
def test_ours_declare_everything(path: Path) -> None:
    """Our bridge is asked every scenario there is."""
    ours: Manifest = manifest.read(path)
    assert all(ours.abilities.values())
