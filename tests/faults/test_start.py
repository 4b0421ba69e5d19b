"""FT-C7, FT-R1, FT-R2 at the start: what cannot work does not start; one line says why and what to do."""

import ctypes
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Any

import pytest
from alembic import op
from sqlalchemy import inspect
from typer.testing import CliRunner

from bridge.__main__ import app
from bridge.journal.engine import connect
from bridge.journal.migrate import upgrade
from bridge.journal.schema import metadata
from bridge.settings import PREFIX
from simulator.environment import environment

ROOT = Path(__file__).parents[2]
SECRET = "s3cret-of-the-database"


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a bridge's database; the environment names it."""
    with tempfile.TemporaryDirectory() as name:
        made = Path(name)
        for variable in [variable for variable in os.environ if variable.startswith(PREFIX)]:
            monkeypatch.delenv(variable)
        for variable, value in (environment() | places(made)).items():
            monkeypatch.setenv(variable, value)
        engine = connect(f"sqlite:///{made}/bridge.db")
        upgrade(engine)
        engine.dispose()
        yield made


def places(folder: Path) -> dict[str, str]:
    return {
        "BRIDGE_DATABASE_URL": f"sqlite:///{folder}/bridge.db",
        "BRIDGE_MEDIA_FOLDER": f"{folder}/media",
        "BRIDGE_BIND": "127.0.0.1:0",
        "BRIDGE_CLOCK_URL": "",
    }


def refused(command: str = "migrate") -> str:
    """What it says in its one line."""
    result = CliRunner().invoke(app, command.split())
    assert result.exit_code == 2, result.output
    (line,) = result.stderr.splitlines()
    return line


def changed(folder: Path, *statements: str) -> None:
    with sqlite3.connect(folder / "bridge.db") as tx:
        for statement in statements:
            tx.execute(statement)
    tx.close()


SPOILT = {
    "a newer schema": (("UPDATE alembic_version SET version_num = '9999'",), "start the newer version"),
    "a table lost": (("DROP TABLE lanes",), "its tables are not whole: lanes missing. Restore a back-up"),
    "no revision": (("DROP TABLE alembic_version",), "but no revision. Restore a back-up"),
    "an empty revision": (("DELETE FROM alembic_version",), "but no revision. Restore a back-up"),
}


@pytest.mark.parametrize(("statements", "said"), SPOILT.values(), ids=list(SPOILT))
@pytest.mark.parametrize("command", ["migrate", "serve", "letters list"])
def test_a_spoilt_database_is_refused(
    folder: Path, statements: tuple[str, ...], said: str, command: str
) -> None:
    """At the start, not at the first text; every command says the same."""
    changed(folder, *statements)
    line = refused(command)
    assert line.startswith("BRIDGE_DATABASE_URL: the database cannot be used: ")
    assert said in line


def test_a_migration_that_breaks_off_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it or none: the next start finds an empty database and makes it whole."""
    file = folder / "other.db"
    engine, made = connect(f"sqlite:///{file}"), list[str]()
    create = op.create_table

    def breaks(name: str, *rest: Any, **more: Any) -> Any:
        made.append(name)
        if len(made) == 3:
            raise KeyboardInterrupt
        return create(name, *rest, **more)

    monkeypatch.setattr(op, "create_table", breaks)
    with pytest.raises(KeyboardInterrupt):
        upgrade(engine)
    assert inspect(engine).get_table_names() == []
    monkeypatch.undo()
    upgrade(engine)
    assert set(inspect(engine).get_table_names()) == {*metadata.tables, "alembic_version"}
    engine.dispose()


def test_a_file_that_is_no_database_is_refused(folder: Path) -> None:
    """Somebody named another file."""
    (folder / "bridge.db").write_text("Dear diary, " * 100)
    assert "its file is damaged, or no database" in refused()


@pytest.mark.parametrize("command", ["letters list", "sessions", "export +14155550101", "retention"])
def test_commands_make_no_database(folder: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """A mistyped name makes no empty file that looks like a bridge without letters."""
    monkeypatch.setenv("BRIDGE_DATABASE_URL", f"sqlite:///{folder}/mistyped.db")
    assert "Make it: bridge migrate" in refused(command)
    assert not (folder / "mistyped.db").exists()


def test_a_database_that_is_held_is_refused(folder: Path) -> None:
    """A back-up or a shell has it for longer than we wait (FT-R2)."""
    held = sqlite3.connect(folder / "bridge.db", isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    line = refused()
    held.close()
    assert "another program holds it" in line
    assert "End that program" in line


def started(command: str, limit: str = "") -> str:
    """A process with no more rights than the owner's, even as root, and with this limit; its one line."""
    done = subprocess.run(
        ["sh", "-c", f"{limit} exec {sys.executable} -B -m bridge {command}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=_no_more_than_an_owner,
    )
    assert done.returncode == 2, done.stdout + done.stderr
    (line,) = done.stderr.splitlines()
    return line


def _no_more_than_an_owner() -> None:
    """Root without its capabilities: what the mode of a file forbids is forbidden."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None)
        for capability in range(64):
            libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP, at the next exec


RIGHTS = {
    "a read-only file": (0o755, 0o444, "migrate"),
    "a read-only folder": (0o555, 0o444, "migrate"),
    "a read-only folder, serving": (0o555, 0o644, "serve"),
}


@pytest.mark.parametrize(("mode", "files", "command"), RIGHTS.values(), ids=list(RIGHTS))
def test_what_may_not_be_written_is_refused(folder: Path, mode: int, files: int, command: str) -> None:
    """The variable and the right that is missing."""
    for path in folder.iterdir():
        path.chmod(files)
    folder.chmod(mode)
    line = started(command)
    folder.chmod(0o755)
    assert line.startswith("BRIDGE_DATABASE_URL: the database cannot be used: ")
    assert "the right to write" in line


def test_a_full_disk_is_refused(folder: Path) -> None:
    """No byte can be added to any file (FT-R1)."""
    line = started("migrate", "ulimit -f 0;")
    assert "the disk is full, or fails" in line
    assert "Free some space" in line


ADDRESSES = {  # what is given, and what the line says
    "another database": (f"mysql://bridge:{SECRET}@db/bridge", "mysql is not spoken here"),
    "another driver": (
        f"postgresql+psycopg2://bridge:{SECRET}@db/bridge",
        "postgresql+psycopg2 is not spoken",
    ),
    "in capitals": ("SQLITE:///bridge.db", "SQLITE is not spoken here"),
    "no scheme": (f"bridge:{SECRET}@db/bridge", "its address has no scheme"),
    "a password before the scheme": (f"bridge:{SECRET}://db/bridge", "its address has no scheme"),
    "a file's name alone": ("bridge.db", "its address has no scheme"),
    "no port": (f"postgresql://bridge@db:{SECRET}/bridge", "its address cannot be read"),
}


@pytest.mark.parametrize(("url", "said"), ADDRESSES.values(), ids=list(ADDRESSES))
@pytest.mark.parametrize("command", ["migrate", "serve", "sessions", "check"])
def test_an_address_that_leads_to_no_database_of_ours_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, url: str, said: str, command: str
) -> None:
    """With what is wrong and how it is written; never with the password."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr("bridge.providers.examine", lambda _settings: ())
    monkeypatch.setenv("BRIDGE_DATABASE_URL", url)
    line = refused(command)
    assert line.startswith(f"BRIDGE_DATABASE_URL: the database cannot be used: {said}")
    assert "Write sqlite:///FILE, or postgresql://" in line
    assert SECRET not in line


class WithoutPsycopg(MetaPathFinder):
    """As on a machine that has none."""

    def find_spec(self, name: str, _path: object, _target: object = None) -> None:
        """There is none."""
        if name == "psycopg":
            raise ModuleNotFoundError("No module named 'psycopg'")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("command", ["migrate", "serve", "sessions", "check"])
def test_a_driver_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """The wheel was installed without its extra."""
    monkeypatch.setattr("bridge.providers.examine", lambda _settings: ())
    monkeypatch.setattr(sys, "meta_path", [WithoutPsycopg(), *sys.meta_path])
    for name in [name for name in sys.modules if name.partition(".")[0] == "psycopg"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setenv("BRIDGE_DATABASE_URL", f"postgresql://bridge:{SECRET}@db/bridge")
    line = refused(command)
    assert "the driver is missing" in line
    assert "pip install 'sunbridge[postgres]'" in line
    assert SECRET not in line


def test_a_media_folder_that_cannot_be_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not at an agent's first picture."""
    monkeypatch.setenv("BRIDGE_MEDIA_FOLDER", f"{folder}/bridge.db")
    line = refused("serve")
    assert line.startswith("BRIDGE_MEDIA_FOLDER: no file can be kept there: ")
    assert "name another folder" in line
