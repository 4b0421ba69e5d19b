"""Letters, erasure and retention on PostgreSQL: the same SQL, the same story."""

from contextlib import closing
from pathlib import Path

from sqlalchemy import func, select

from bridge import records
from bridge.journal.schema import effects, events, sessions
from tests.world import MARIA, OMAR, World

DAY = 86_400.0


def test_operations_on_postgresql(tmp_path: Path, cleared_postgres: str) -> None:
    """A reply is given up and replayed, the phone erased; another conversation is retired when it is old."""
    world = World(tmp_path, database_url=cleared_postgres, sweep_seconds=0, retention_days=0)
    with closing(world):
        held = world.bridge.journal.operations
        world.text("Hello", phone=OMAR)
        world.text("A human please")
        world.settle(5.0)
        world.fault("twilio", "CreateMessage", "status 400")
        world.reply("Here you are")
        world.settle(5.0)
        (letter,) = held.letters()
        held.replay(letter.name, world.clock.now())
        world.settle(5.0)
        assert world.shown().count("Here you are") == 1
        assert held.letter_counts() == ({}, 0.0)
        assert {each.session.phone for each in held.sessions()} == {MARIA, OMAR}
        assert held.export(MARIA)["turns"]
        gone = records.erase(held, world.bridge.store, MARIA).gone
        assert gone["sessions"] == 1
        assert held.export(MARIA)["events"] == []
        world.clock.advance(4 * 3600.0)
        world.settle(0.0)
        world.clock.advance(91 * DAY)
        held.retire(world.clock.now(), 90.0)
        with world.bridge.journal._engine.connect() as tx:
            for table in (sessions, effects, events):
                assert tx.execute(select(func.count()).select_from(table)).scalar_one() == 0, table.name
