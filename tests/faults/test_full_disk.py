"""FT-R1, FT-R3: a disk that fills up under the journal, and a backlog that costs nothing to look past."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from bridge.core.model import Charge, Rules, SendText, Session
from bridge.journal import Decider, Journal, codec, outbox
from bridge.journal.engine import DirectWriter, connect
from bridge.journal.migrate import upgrade
from bridge.journal.schema import effects, lanes
from bridge.journal.sessions import save
from tests.faults import full_disk
from tests.world import SUPPORT

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("where", ["log", "checkpoint"])
def test_what_was_acknowledged_on_a_full_disk_is_there(tmp_path: Path, where: str) -> None:
    """Nothing else is; what follows is refused, and taken as soon as there is room, without a restart."""
    command = [sys.executable, "-m", "tests.faults.full_disk", str(tmp_path), where]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert 0 < told["acknowledged"] < full_disk.ENOUGH
    assert (told["again"], told["after"]) == (False, True)
    if where == "checkpoint":
        assert told["log"] > full_disk.PAGE * full_disk.CHECKPOINT, "the log never was to be copied"
    with closing(sqlite3.connect(tmp_path / "bridge.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        keys = {key for (key,) in database.execute("SELECT key FROM events")}
    assert keys == {f"twilio:{number}" for number in range(told["acknowledged"] + full_disk.AT_ONCE)}


def steps_to_the_first_claim(folder: Path, backlog: int) -> int:
    """How much SQLite works, in hundreds of its instructions, at a start with so many replies left behind."""
    engine, steps = connect(f"sqlite:///{folder}/{backlog}.db"), [0]
    upgrade(engine)
    with engine.begin() as tx:
        for number in range(backlog):
            save(tx, Session(f"s{number}", f"+1{number}", SUPPORT, 0, 0, Charge.HUMAN), 1e9)
        tx.execute(effects.insert(), [_effect(number) for number in range(backlog)])
        rows = [outbox.lane_row(f"phone:{number}", number + 1, 0.0, "SendText") for number in range(backlog)]
        tx.execute(lanes.insert(), rows)

    def count(*_: object) -> int:
        steps[0] += 1
        return 0

    engine.dispose()
    event.listen(engine, "connect", lambda line, _: line.set_progress_handler(count, 100))
    decider = Decider(Rules(frozenset({SUPPORT})), lambda: "s", lambda *_: None)
    journal = Journal(engine, DirectWriter(engine), decider)
    journal.recover(1.0)
    claims: list[Any] = journal.step(1.0, 1)[1]
    journal.close()
    assert len(claims) == 1
    return steps[0]


def _effect(number: int) -> dict[str, object]:
    body = codec.encode(SendText(f"s{number}", 0, 0, "left behind"))
    about = {"lane": f"phone:{number}", "session": f"s{number}", "kind": "SendText", "body": body}
    return {**about, "id": number + 1, "state": "waiting", "due_at": 0.0, "created_at": 0.0}


def test_a_backlog_is_not_read_at_a_start(tmp_path: Path) -> None:
    """A hundred times as much left behind is no more work before the first send (FT-R3)."""
    few, many = (steps_to_the_first_claim(tmp_path, backlog) for backlog in (20, 2000))
    assert many < 2 * few + 10
