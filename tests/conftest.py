"""What every test may use."""

import os
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from bridge.journal.engine import connect
from bridge.journal.migrate import upgrade
from bridge.journal.schema import metadata
from tests import postgres as postgresql


@pytest.fixture(scope="session")
def postgres() -> Iterator[postgresql.Server]:
    """A real server, one a worker; in CI there must be one."""
    try:
        postgresql.binaries()
    except postgresql.NoServer as missing:
        if os.environ.get("CI"):
            pytest.fail(str(missing))
        pytest.skip(str(missing))
    with postgresql.server() as running:
        yield running


@pytest.fixture(scope="session")
def migrated_postgres(postgres: postgresql.Server) -> str:
    """A database with the journal's tables, for tests that leave no more than rows behind."""
    url = postgres.fresh()
    engine = connect(url)
    upgrade(engine)
    engine.dispose()
    return url


@pytest.fixture
def cleared_postgres(migrated_postgres: str) -> str:
    """The same, without rows."""
    engine = connect(migrated_postgres)
    with engine.begin() as tx:
        tx.execute(text(f"TRUNCATE {', '.join(metadata.tables)} RESTART IDENTITY"))
    engine.dispose()
    return migrated_postgres


@pytest.fixture
def postgres_url(postgres: postgresql.Server) -> str:
    """A database of the test's own."""
    return postgres.fresh()
