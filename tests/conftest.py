"""What every test may use."""

import os
from collections.abc import Iterator

import pytest

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


@pytest.fixture
def postgres_url(postgres: postgresql.Server) -> str:
    """A database of the test's own."""
    return postgres.fresh()
