"""FT-C7 at the start on PostgreSQL: what cannot work does not start; one line says why and what to do."""

from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bridge.__main__ import app
from bridge.journal.engine import connect
from bridge.journal.migrate import upgrade
from bridge.journal.replicas import Peer
from bridge.journal.schema import REVISION
from simulator.environment import environment
from tests.benchmarks.processes import free_port
from tests.migrated import at
from tests.postgres import Server

SECRET = "s3cret-of-the-database"
MAKE = "CREATE TABLE lanes (name text)"
SPOILT: dict[str, tuple[str, str]] = {  # what was done to the database of a bridge, and what the line says
    "a newer schema": ("UPDATE alembic_version SET version_num = '9999'", "start the newer version"),
    "a table lost": ("DROP TABLE lanes", "its tables are not whole: lanes missing. Restore a back-up"),
    "no revision": ("DROP TABLE alembic_version", "but no revision. Restore a back-up"),
}
USERS: dict[str, tuple[str, str]] = {  # how a user is made, and what the line says
    "read-only": (
        "CREATE ROLE {0} LOGIN; ALTER ROLE {0} SET default_transaction_read_only = on",
        "it is read-only",
    ),
    "no rights": ("CREATE ROLE {0} LOGIN", "it is read-only"),
    "only reading": (
        "CREATE ROLE {0} LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {0}",
        "Give the bridge's user the right to write",
    ),
}


@pytest.fixture(scope="module")
def guarded(postgres: Server) -> Server:
    """The server asks the user `guarded` for a password; all others are trusted."""
    rules = postgres.folder / "data" / "pg_hba.conf"
    rules.write_text(f"host all guarded 127.0.0.1/32 scram-sha-256\n{rules.read_text()}")
    postgres.sql(f"CREATE ROLE guarded LOGIN PASSWORD '{SECRET}'")
    postgres.sql("SELECT pg_reload_conf()")
    return postgres


@pytest.fixture
def database(postgres: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """The name of a bridge's database; the environment is that of a bridge."""
    for variable, value in (environment() | {"BRIDGE_MEDIA_FOLDER": str(tmp_path / "media")}).items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setenv("BRIDGE_CLOCK_URL", "")
    url = postgres.fresh()
    engine = connect(url)
    upgrade(engine)
    engine.dispose()
    return url.rpartition("/")[2]


def refused(monkeypatch: pytest.MonkeyPatch, url: str, command: str = "migrate") -> str:
    """What it says in its one line; never a password."""
    monkeypatch.setenv("BRIDGE_DATABASE_URL", url)
    result = CliRunner().invoke(app, command.split())
    assert result.exit_code == 2, result.output
    (line,) = result.stderr.splitlines()
    assert line.startswith("BRIDGE_DATABASE_URL: the database cannot be used: ")
    assert SECRET not in line
    return line


def as_user(server: Server, user: str, database: str) -> str:
    return f"postgresql://{user}@127.0.0.1:{server.port}/{database}"


@pytest.mark.parametrize("row", SPOILT.values(), ids=list(SPOILT))
@pytest.mark.parametrize("command", ["migrate", "serve", "letters list"])
def test_a_spoilt_database_is_refused(
    postgres: Server, database: str, monkeypatch: pytest.MonkeyPatch, row: tuple[str, str], command: str
) -> None:
    """At the start, not at the first text; every command says the same."""
    done, said = row
    postgres.sql(done, database)
    assert said in refused(monkeypatch, postgres.url(database), command)


def test_a_half_made_database_is_refused(
    postgres: Server, monkeypatch: pytest.MonkeyPatch, database: str
) -> None:
    """Some of our tables, and no revision: somebody's copy broke off."""
    name = postgres.fresh().rpartition("/")[2]
    postgres.sql(MAKE, name)
    assert name != database
    assert "its tables are not whole" in refused(monkeypatch, postgres.url(name))


@pytest.mark.parametrize(("made", "said"), USERS.values(), ids=list(USERS))
def test_a_user_who_may_not_write_is_refused(
    postgres: Server, database: str, monkeypatch: pytest.MonkeyPatch, made: str, said: str
) -> None:
    """Before the first text is acknowledged."""
    user = f"user_of_{database}"
    postgres.sql(made.format(user), database)
    assert said in refused(monkeypatch, as_user(postgres, user, database))


@pytest.mark.parametrize("user", ["guarded", "guarded:wrong"], ids=["no password", "wrong password"])
def test_a_wrong_password_is_named(
    guarded: Server, database: str, monkeypatch: pytest.MonkeyPatch, user: str
) -> None:
    """And not a word of the right one."""
    line = refused(monkeypatch, as_user(guarded, user, database))
    assert "the server refuses the user" in line
    assert "Mend user or password" in line


def test_a_user_who_is_none_is_named(
    postgres: Server, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not the tables that are missing."""
    assert "the server refuses the user" in refused(monkeypatch, as_user(postgres, "nobody_here", database))


def test_a_database_that_is_none_is_named(
    postgres: Server, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is it here."""
    line = refused(monkeypatch, postgres.url(f"not_{database}"))
    assert "there is no such database" in line
    assert "createdb" in line


@pytest.mark.usefixtures("database")
def test_a_server_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped, or another address."""
    line = refused(monkeypatch, f"postgresql://guarded:{SECRET}@127.0.0.1:{free_port()}/bridge")
    assert "the server does not answer" in line


@pytest.mark.usefixtures("database")
def test_a_database_is_not_changed_under_running_replicas(
    postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one of the former version is at work; once it has stopped nothing is in the way."""
    url = postgres.fresh()
    engine = connect(url)
    at(engine, "0003")
    with closing(Peer(engine)) as former:
        former.start()
        line = refused(monkeypatch, url)
    assert "replicas of an earlier version run on it (1 at revision 0003)" in line
    assert "Stop them all, then start this version." in line
    assert upgrade(engine) == REVISION
    engine.dispose()


def test_replicas_of_this_version_are_no_hindrance(postgres: Server, database: str) -> None:
    """There is nothing to change."""
    engine = connect(postgres.url(database))
    with closing(Peer(engine)) as other:
        other.start()
        assert upgrade(engine) == REVISION
    engine.dispose()
