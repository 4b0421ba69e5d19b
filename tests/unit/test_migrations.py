"""A database of an earlier version is brought up to date with what it holds."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text

from bridge.core.model import Charge, Session
from bridge.journal import codec, sessions
from bridge.journal.engine import connect
from bridge.journal.migrate import upgrade
from bridge.journal.schema import consents, lanes
from tests.migrated import at
from tests.world import MARIA, OMAR, SUPPORT

KINDS = ("SendText", "AskAssistant", "PostTurn", "CloseAssistant", "OpenConversation", "FetchAnswer")


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database."""
    url = f"sqlite:///{tmp_path}/bridge.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    made = connect(url)
    yield made
    made.dispose()


def test_waiting_lanes_learn_whom_they_wait_for(engine: Engine) -> None:
    """What waits goes on with its share of the performers (0002)."""
    at(engine, "0001")
    with engine.begin() as tx:
        for number, kind in enumerate(KINDS, 1):
            tx.execute(
                text(
                    "INSERT INTO effects (id, lane, session, kind, body, state, due_at, created_at) "
                    "VALUES (:id, :lane, 's', :kind, '{}', 'waiting', 0, 0)"
                ),
                {"id": number, "lane": f"lane-{number}", "kind": kind},
            )
            tx.execute(
                text("INSERT INTO lanes (name, head, due_at, owner) VALUES (:name, :head, 0, 0)"),
                {"name": f"lane-{number}", "head": number},
            )
    upgrade(engine)
    with engine.connect() as tx:
        found = [row.system for row in tx.execute(select(lanes).order_by(lanes.c.head))]
    assert found == ["carrier", "assistant", "desk", "assistant", "desk", "assistant"]


def test_an_opt_out_goes_on_counting_for_all_numbers(engine: Engine) -> None:
    """Whatever the scope is from now on: it was said to the whole business (0003)."""
    at(engine, "0002")
    with engine.begin() as tx:
        for phone, allowed in ((MARIA, False), (OMAR, True)):
            tx.execute(
                text("INSERT INTO consents (phone, allowed, at, word) VALUES (:phone, :allowed, 1.0, 'w')"),
                {"phone": phone, "allowed": allowed},
            )
    upgrade(engine)
    with engine.connect() as tx:
        assert [sessions.allowed(tx, phone, SUPPORT) for phone in (MARIA, OMAR)] == [False, True]
        assert len(tx.execute(select(consents)).all()) == 2


def test_chats_that_were_left_before_are_known(engine: Engine) -> None:
    """A reply in a chat that was full before the upgrade finds its session (0004)."""
    at(engine, "0003")
    known = Session("s", MARIA, SUPPORT, 0.0, 0.0, Charge.HUMAN, conversation="next", full=("left",))
    row = {
        "id": "s", "phone": MARIA, "number": SUPPORT, "charge": "human", "user": "", "conversation": "next",
        "assistant_session": "", "last_at": 0.0, "body": codec.encode(known),
    }  # fmt: skip
    columns = ", ".join(f'"{name}"' for name in row)
    with engine.begin() as tx:
        values = ", ".join(f":{name}" for name in row)
        tx.execute(text(f"INSERT INTO sessions ({columns}) VALUES ({values})"), row)
    upgrade(engine)
    with engine.begin() as tx:
        assert sessions.heard_in(tx, "left") == (known, True)
