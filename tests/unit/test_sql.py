"""Statements that run on the drivers alone: what goes in comes back, on both engines."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, bindparam, select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from bridge.journal import locks, sql
from bridge.journal.engine import DirectWriter, connect
from bridge.journal.schema import attempts, consents, lanes
from bridge.journal.statements import insert_once, upsert
from tests import migrated

WORDS = {
    "marks": "100 % of 'it' \"costs\" $1 :name %(name)s ?",
    "other scripts": "Grüße 🙂 東京 \u200d",
    "lines": "one\ntwo\r\n\ttabs\\",
    "nothing": "",
}
OF_NAME = select(lanes).where(lanes.c.name == bindparam("named"))
CONSENTS = select(consents)
ALLOWED = select(consents.c.allowed).where(consents.c.phone == bindparam("of_phone"))


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database on either engine."""
    postgres = request.param == "postgresql"
    url = request.getfixturevalue("cleared_postgres") if postgres else migrated.lay(tmp_path / "bridge.db")
    made = connect(url)
    yield made
    made.dispose()


@pytest.fixture
def on_postgres(cleared_postgres: str) -> Iterator[Engine]:
    """An empty PostgreSQL database."""
    made = connect(cleared_postgres)
    yield made
    made.dispose()


def lane(name: str, due_at: float) -> dict[str, Any]:
    """A row with text, numbers of both kinds and a number larger than 32 bits."""
    return {"name": name, "head": 7, "due_at": due_at, "owner": 2**62, "system": "desk"}


@pytest.mark.parametrize("words", WORDS.values(), ids=list(WORDS))
def test_text_comes_back_as_it_was(engine: Engine, words: str) -> None:
    """No mark in it means anything."""
    with engine.begin() as tx:
        upsert(tx, lanes, lane(words, 1.5))
        assert sql.first(tx, OF_NAME, named=words)._asdict() == lane(words, 1.5)
        assert tx.execute(select(lanes.c.name)).scalar() == words


@pytest.mark.parametrize("due_at", [0, 1.5, 1795000000.123456, 2**40, -0.25])
def test_a_number_of_either_kind_fits_where_one_of_the_other_was(engine: Engine, due_at: float) -> None:
    """A statement prepared for whole numbers is not used for others."""
    with engine.begin() as tx:
        upsert(tx, lanes, lane("a", 1))
        upsert(tx, lanes, lane("a", due_at))
        assert sql.first(tx, OF_NAME, named="a").due_at == due_at


def test_truth_comes_back(engine: Engine) -> None:
    """And nothing stays nothing."""
    word = {"number": "", "at": 1.0, "word": "STOP"}
    with engine.begin() as tx:
        upsert(tx, consents, word | {"phone": "no", "allowed": False})
        upsert(tx, consents, word | {"phone": "yes", "allowed": True})
        found = [sql.value(tx, ALLOWED, of_phone=phone) for phone in ("no", "yes", "nobody")]
    assert found == [False, True, None]


def test_changed_rows_are_counted(engine: Engine) -> None:
    """Also those that an insert did not insert."""
    row = {"attempt": "1-1", "session": "s", "turn": 0, "part": 0, "at": 1.0}
    with engine.begin() as tx:
        assert insert_once(tx, attempts, row, "attempt")
        assert not insert_once(tx, attempts, row, "attempt")
        assert sql.change(tx, attempts.delete()) == 1
        assert sql.rows(tx, select(attempts)) == []


def test_an_error_is_sqlalchemys(engine: Engine) -> None:
    """So that whoever catches those catches it."""
    with pytest.raises(DBAPIError, match="nowhere"), engine.begin() as tx:
        sql.command(tx, "DELETE FROM nowhere")


def test_nul_is_refused_and_not_taken_for_the_end(on_postgres: Engine) -> None:
    """PostgreSQL has no place for it; half a text would be worse than none (bug 31)."""
    with pytest.raises(DBAPIError, match="0x00"), on_postgres.begin() as tx:
        upsert(tx, lanes, lane("a\0b", 1.0))


def test_a_rollback_forgets_no_prepared_statement(on_postgres: Engine) -> None:
    """Not even where the driver prepared some of its own."""
    writer = DirectWriter(on_postgres)

    def often(tx: Connection) -> None:
        for _ in range(10):
            tx.execute(select(lanes)).all()
            sql.rows(tx, CONSENTS)

    for work in (often, _failing, often):
        with suppress(DBAPIError):
            writer(work)
    assert writer(lambda tx: sql.rows(tx, CONSENTS)) == []
    writer.close()


def _failing(tx: Connection) -> None:
    tx.execute(text("SELECT nothing FROM nowhere"))


def test_what_somebody_else_dropped_is_prepared_again(on_postgres: Engine) -> None:
    """As a pooler between us and the server may; the transaction is done anew."""
    writer, tries = DirectWriter(on_postgres), list[int]()

    def work(tx: Connection) -> list[Any]:
        tries.append(1)
        if len(tries) == 2:
            sql.command(tx, "DEALLOCATE ALL")
        return sql.rows(tx, CONSENTS)

    assert [writer(work), writer(work), len(tries)] == [[], [], 3]
    writer.close()


# --- a server that went away ---


def cut_all(engine: Engine) -> None:
    """End every other connection of this database, as a server that restarts does."""
    with engine.connect() as tx:
        tx.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid != pg_backend_pid()"
            )
        )


@pytest.mark.parametrize("readonly", [False, True])
def test_a_connection_that_went_between_two_transactions_is_not_missed(
    on_postgres: Engine, cleared_postgres: str, *, readonly: bool
) -> None:
    """Whoever comes next is served on a new one; all the old ones are let go."""
    writer, other = DirectWriter(on_postgres, readonly=readonly), connect(cleared_postgres)
    writer(lambda tx: writer(lambda _: sql.rows(tx, select(lanes))))  # two are open now
    cut_all(other)
    assert writer(lambda tx: sql.value(tx, text_of_one())) == 1
    other.dispose()
    writer.close()


def text_of_one() -> Any:
    """The least there is to ask."""
    return select(bindparam("one", 1, literal_execute=True))


def test_a_connection_that_goes_within_a_transaction_takes_it_along(
    on_postgres: Engine, cleared_postgres: str
) -> None:
    """It is done again from its beginning: once in the end."""
    writer, other = DirectWriter(on_postgres), connect(cleared_postgres)
    tries: list[int] = []

    def work(tx: Connection) -> None:
        upsert(tx, lanes, lane(f"try {len(tries)}", 1.0))
        tries.append(1)
        if len(tries) == 1:
            cut_all(other)
        sql.rows(tx, select(lanes))

    writer(work)
    with other.connect() as tx:
        assert tx.execute(select(lanes.c.name)).scalars().all() == ["try 1"]
    other.dispose()
    writer.close()


def test_one_that_goes_while_it_commits_is_not_repeated(on_postgres: Engine, cleared_postgres: str) -> None:
    """Nobody knows whether it was done; the caller hears of it (P1)."""
    writer, other = DirectWriter(on_postgres), connect(cleared_postgres)
    tries: list[int] = []

    def work(tx: Connection) -> None:
        upsert(tx, lanes, lane("a", 1.0))
        tries.append(1)
        cut_all(other)

    with pytest.raises(OperationalError):
        writer(work)
    assert len(tries) == 1
    other.dispose()
    writer.close()


def _hold_in_vain(tx: Connection) -> None:
    assert locks.hold(tx, "b")
    sql.command(tx, "DELETE FROM nowhere")


def test_a_lock_is_asked_for_once(on_postgres: Engine) -> None:
    """It is ours until the transaction ends, or the savepoint before it is taken back."""
    with on_postgres.begin() as tx:
        assert locks.hold(tx, "a")
        assert not locks.hold(tx, "a")
        with pytest.raises(DBAPIError), sql.savepoint(tx):
            _hold_in_vain(tx)
        assert locks.hold(tx, "b")
    with on_postgres.begin() as tx:
        assert locks.hold(tx, "a")


def test_threads_that_compile_at_once_mix_nothing_up(on_postgres: Engine) -> None:
    """Each statement runs as itself on every connection, whoever compiled it when."""
    writer = DirectWriter(on_postgres)
    asked: list[Any] = [select(bindparam(f"n{number}", number, literal_execute=True)) for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        for _ in range(3):
            said = list(pool.map(lambda each: writer(lambda tx: sql.value(tx, each)), asked))
            assert said == list(range(40))
    writer.close()


def test_connections_may_be_closed_by_several_at_once(on_postgres: Engine) -> None:
    """As when a server restarts under all of them."""
    writer = DirectWriter(on_postgres)
    barrier = threading.Barrier(6)

    def used(_: int) -> None:
        with suppress(threading.BrokenBarrierError):
            writer(lambda _tx: barrier.wait(10))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(used, range(6)))
        list(pool.map(lambda _: writer.close(), range(6)))
    assert writer(lambda tx: sql.rows(tx, CONSENTS)) == []
    writer.close()
