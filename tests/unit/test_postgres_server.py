"""The throw-away server of the tests: fresh databases, and what was committed outlives a crash."""

from pathlib import Path

import pytest

from tests import postgres as postgresql
from tests.postgres import NoServer, Server


def test_each_database_is_empty_and_of_its_own(postgres: Server) -> None:
    """What one test leaves, another does not find."""
    first, second = (postgres.fresh().rpartition("/")[2] for _ in range(2))
    postgres.sql("CREATE TABLE kept (n int)", first)
    there = "SELECT count(*) FROM pg_tables WHERE tablename = 'kept'"
    assert (postgres.sql(there, first), postgres.sql(there, second)) == ("1", "0")


def test_what_was_committed_outlives_a_crash(postgres: Server) -> None:
    """It is as durable as a server in production: nothing is switched off to be quick."""
    name = postgres.fresh().rpartition("/")[2]
    postgres.sql("CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)", name)
    postgres.crash()
    postgres.start()
    assert postgres.sql("SELECT n FROM kept", name) == "7"
    assert postgres.sql("SHOW fsync") == "on"


def test_a_machine_without_a_server_is_told_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One sentence, and what to install."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(postgresql, "PLACES", str(tmp_path))
    with pytest.raises(NoServer, match="apt install postgresql"):
        postgresql.binaries()
