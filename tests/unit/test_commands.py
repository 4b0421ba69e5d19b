"""The operator's commands work on the database itself, with the bridge stopped or running."""

import json
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bridge.__main__ import _standing, app
from bridge.settings import PREFIX
from simulator.environment import environment
from tests.world import MARIA, World


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment names a database."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    places = {
        "BRIDGE_DATABASE_URL": f"sqlite:///{tmp_path}/bridge.db",
        "BRIDGE_MEDIA_FOLDER": str(tmp_path / "media"),
        "BRIDGE_CLOCK_URL": "",
    }
    for name, value in (environment() | places).items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def world(tmp_path: Path, told: None) -> Iterator[World]:
    """Maria is in a live chat; a reply to her became a letter."""
    made = World(tmp_path, sweep_seconds=0)
    with closing(made):
        made.text("A human please")
        made.settle(5.0)
        made.fault("twilio", "CreateMessage", "status 400")
        made.reply("Cucumber")
        made.settle(5.0)
        yield made


def run(command: str) -> tuple[int, str]:
    """Its exit code and all it says."""
    result = CliRunner().invoke(app, command.split(), terminal_width=200)
    return result.exit_code, result.output


def the_letter() -> str:
    (letter,) = json.loads(run("letters list --json")[1])
    return str(letter["name"])


def test_letters_are_listed(world: World) -> None:
    """A row each, what to do, and nobody's words or whole number; also for programs."""
    code, said = run("letters list")
    assert code == 0
    head, row, fix = said.splitlines()
    assert head.split() == ["name", "kind", "session", "age", "tries", "code", "reason"]
    assert row.startswith("effect-")
    assert "SendText" in row
    assert fix.startswith("SendText: ")
    for words in (said, run("letters list --json")[1]):
        assert "Cucumber" not in words
        assert MARIA not in words


def test_one_letter_is_shown(world: World) -> None:
    """Its words only when asked for."""
    name = the_letter()
    assert "Cucumber" not in run(f"letters show {name}")[1]
    assert "Cucumber" in run(f"letters show {name} --bodies")[1]
    assert json.loads(run(f"letters show {name} --json")[1])["name"] == name
    assert run("letters show effect-999")[0] == 1


@pytest.mark.parametrize("stopped", [True, False], ids=["stopped", "running"])
def test_a_letter_is_replayed_by_command(world: World, *, stopped: bool) -> None:
    """The running bridge finds it; a stopped one when it comes back."""
    name = the_letter()
    if stopped:
        world.kill()
    code, said = run(f"letters replay {name}")
    assert (code, said) == (0, f"{name} will be done again.\n")
    assert run(f"letters replay {name}")[0] == 1
    if stopped:
        world.revive()
    world.clock.advance(86_400.0 * 365)  # the command's clock is the machine's
    world.settle(5.0)
    assert world.shown().count("Cucumber") == 1
    assert "There are no letters" in run("letters list")[1]


def test_some_letters_are_dropped(world: World) -> None:
    """Each that is one; the exit code tells of those that were not."""
    name = the_letter()
    code, said = run(f"letters drop event-999 {name}")
    assert code == 1
    assert f"{name} is dropped." in said
    assert "There is no letter event-999." in said
    assert json.loads(run("letters list --json")[1]) == []


def test_sessions_are_listed(world: World) -> None:
    """Who is in charge and what waits, numbers redacted."""
    code, said = run("sessions")
    assert code == 0
    assert "session-1" in said
    assert "human" in said
    assert MARIA not in said
    (session,) = json.loads(run(f"sessions {MARIA} --json")[1])
    assert (session["charge"], session["letters"]) == ("human", 1)
    assert json.loads(run("sessions 2125550199 --json")[1]) == []


def test_export_and_erase(world: World) -> None:
    """Everything, then nothing; the report says what went and what did not."""
    whole = json.loads(run("export (415)5550101")[1])
    assert [turn["body"]["text"] for turn in whole["turns"]][-1] == "Cucumber"
    code, said = run(f"erase {MARIA}")
    assert code == 0
    rows = dict(line.split(maxsplit=1) for line in said.splitlines()[:9])
    assert rows["sessions"] == "1"
    assert "a STOP goes on being honoured" in said
    assert "Zendesk, the carrier and the AI keep copies" in said
    assert json.loads(run(f"erase {MARIA} --json")[1])["gone"]["sessions"] == 0


@pytest.mark.parametrize("command", ["erase", "export", "sessions"])
@pytest.mark.parametrize("phone", ["Maria", "24733", "12"])
def test_what_is_no_phone_is_said_so(told: None, command: str, phone: str) -> None:
    """In one line, with an example."""
    code, said = run(f"{command} {phone}")
    assert code == 2
    (line,) = said.splitlines()
    assert line.startswith("This is no phone number: ")
    assert line.endswith("Give it as +14155550101.")


def test_retention_by_command(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What went, or that everything is kept."""
    assert run("retention")[0] == 0
    assert "effects" in json.loads(run("retention --json")[1])
    monkeypatch.setenv("BRIDGE_RETENTION_DAYS", "0")
    assert run("retention") == (2, "BRIDGE_RETENTION_DAYS is 0: everything is kept.\n")


def test_status_says_what_to_do_about_letters() -> None:
    """By kind, and where to look; nothing of the sort where there are none."""
    told = {"lanes": 2, "busy": False, "now": 5.0, "letters": {"SendText": 2}, "oldest_letter_age": 7200.0}
    lines = _standing(dict(told))
    assert lines[-2].split() == ["letters", "2", "SendText"]
    assert lines[-1] == "2 given up, the oldest 2 h ago. See why, and what to do: bridge letters list"
    assert not [line for line in _standing(told | {"letters": {}}) if "letters" in line]
