"""The kill test in short: the code of `python -m tests.faults.kill`, a few people, a handful of kills."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.kill.__main__ import lines
from tests.faults.kill.plan import Plan
from tests.faults.kill.play import play

SHORT = Plan(
    seed=7, customers=2, ai=2, texts=6, replies=6, replicas=2, kill_every=(0.8, 2.0), pace=6.0, patience=8.0
)


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> str:
    """SQLite with one process; PostgreSQL with two, if there is a server."""
    if request.param == "postgres":
        request.getfixturevalue("postgres")
    return str(request.param)


def test_kills_show_nowhere(tmp_path: Path, engine: str) -> None:
    """Nothing is lost, doubled or out of order, and every letter says why."""
    result = play(replace(SHORT, engine=engine), tmp_path)
    assert result.wrong == 0, "\n".join(lines(result))
    assert result.kills >= 3
    seen = result.seen
    assert seen.texts.once == seen.texts.sent == SHORT.everybody * SHORT.texts
    assert seen.replies.once + seen.replies.in_doubt >= seen.replies.sent == SHORT.everybody * SHORT.replies
    assert seen.answers.sent + len(result.letters) >= SHORT.ai
    assert seen.chats.once == SHORT.everybody
