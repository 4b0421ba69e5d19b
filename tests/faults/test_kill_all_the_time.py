"""The kill test in short: the code of `python -m tests.faults.kill`, a few people, a handful of kills."""

from pathlib import Path

from tests.faults.kill.__main__ import lines
from tests.faults.kill.plan import Plan
from tests.faults.kill.play import play

SHORT = Plan(seed=7, customers=4, texts=6, replies=6, kill_every=(0.8, 2.0), pace=5.0)


def test_sqlite(tmp_path: Path) -> None:
    """Nothing is lost, doubled or out of order, and every letter says why."""
    result = play(SHORT, tmp_path)
    assert result.wrong == 0, "\n".join(lines(result))
    assert result.kills >= 3
    assert result.texts.once == result.texts.sent == SHORT.customers * SHORT.texts
    assert result.replies.once + result.replies.in_doubt >= result.replies.sent
