"""`simulator verify` judges bridges that are not ours, good and bad ones, and is never at a loss.

The whole judgement of the other bridge is `make judge`; here it is judged by the chapters that say most.
"""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from simulator.acceptance.catalogue import Catalogue
from simulator.acceptance.judging import expected
from simulator.acceptance.judging.command import Wanted, verify
from simulator.acceptance.judging.screen import Screen
from simulator.acceptance.manifest import read
from simulator.acceptance.place import FEATURES
from simulator.acceptance.process import Process
from simulator.acceptance.processes import DidNotStart
from simulator.commands import app

HERE = Path(__file__).parent
OTHER = HERE / "other_bridge"
BAD = """
[bridge]
name = "Bad bridge"
command = ["{{python}}", "{script}", "{{port}}", "{how}"]
ready = "/"
start_seconds = {start}
quiet_seconds = 0.1
patience_seconds = 0.5
"""
SAYING_MOST = [
    *("SEED-11", "SEED-14", "OCX-SUN-15"),
    *("the_same_number.feature [1]", "private.feature [3]", "delivery.feature [2]"),
]


def bad_bridge(folder: Path, how: str, *, start: float = 20) -> Path:
    """The manifest of a bridge that is no good in this way."""
    path = folder / "bad.toml"
    path.write_text(BAD.format(script=HERE / "bad_bridge.py", how=how, start=start))
    return path


def judged(bridge: Path | str, folder: Path, **wanted: Any) -> tuple[int, dict[str, Any], str]:
    """Status, verdicts.json and what the terminal showed."""
    shown = io.StringIO()
    report = folder / "report"
    status = verify(
        Wanted(str(bridge), report=report, **wanted),
        Screen(Console(file=shown, width=200, soft_wrap=True, highlight=False)),
    )
    return status, json.loads((report / "verdicts.json").read_text()), shown.getvalue()


def verdicts(told: dict[str, Any]) -> dict[str, str]:
    return {row["name"].split("]")[0].strip("["): row["verdict"] for row in told["scenarios"]}


def test_a_bridge_that_is_not_ours_is_judged_as_known(tmp_path: Path) -> None:
    """What it is expected to do, to differ in and to fail is what it does."""
    status, told, shown = judged(
        OTHER / "manifest.toml", tmp_path, only=SAYING_MOST, expect=OTHER / "expected.toml"
    )
    assert status == 0, shown
    assert told["summary"]["scenarios"]["met"] >= 6
    assert told["bridge"]["way"] == "http"


def test_it_reaches_every_must_that_it_can_be_asked() -> None:
    """The committed verdicts hold no documented behaviour but such as needs an ability it has not got."""
    catalogue = Catalogue.read(FEATURES)
    known = expected.read(OTHER / "expected.toml", catalogue)
    musts = {known[key] for key in known if catalogue.by_key[key].level == "must"}
    assert musts == {"not applicable"}


def test_it_shares_nothing_with_ours() -> None:
    """Another bridge that borrowed our code would share our mistakes."""
    text = (OTHER / "bridge.py").read_text()
    assert "import bridge" not in text
    assert "from bridge" not in text
    assert "simulator" not in text


def test_a_bridge_that_answers_500_gets_a_whole_report(tmp_path: Path) -> None:
    """Every failure with what was expected, what was seen and what went over the wire."""
    status, told, shown = judged(
        bad_bridge(tmp_path, "500"), tmp_path, only=["private.feature"], levels=["must"]
    )
    assert status == 1
    assert told["summary"]["scenarios"] == {"failed": 4}
    first = told["scenarios"][0]["exchange"]
    assert first["expected"] == "Given Maria is in a live chat with Ada"
    assert first["seen"].startswith("no new live chat with Maria appeared")
    wire = [entry for step in first["steps"] for entry in step["traffic"] if entry["kind"] == "webhook"]
    assert {entry["status"] for entry in wire} == {500}
    assert "…" in json.dumps(wire[0]["request"], ensure_ascii=False)
    assert "A human, please" not in json.dumps(wire)
    assert "inbound to the bridge → 500" in shown


@pytest.mark.parametrize(
    ("how", "start", "said"),
    [
        ("ends", 20, "it ended with 1. It wrote: no configuration, no bridge"),
        ("never", 0.5, "never answered 2xx: 0.5 s passed"),
    ],
)
def test_a_bridge_that_does_not_start_says_why(tmp_path: Path, how: str, start: float, said: str) -> None:
    """With its last words; and it is not tried for every scenario anew."""
    subject = Process(read(bad_bridge(tmp_path, how, start=start)), tmp_path)
    try:
        for _ in range(5):
            with pytest.raises(DidNotStart) as failure:
                subject.start()
            assert said in str(failure.value)
        assert len(list(tmp_path.glob("data-*"))) == 5
        assert (tmp_path / "bridge.log").read_text().count("no configuration") in (0, 2)
    finally:
        subject.close()


def test_a_bridge_that_dies_is_started_again(tmp_path: Path) -> None:
    """Each scenario it dies in has failed, with its last words; the next one finds it alive."""
    status, told, _ = judged(
        bad_bridge(tmp_path, "dies"),
        tmp_path,
        only=["the_number.feature [1]", "the_number.feature [2]", "the_number.feature [3]"],
    )
    assert status == 1
    assert verdicts(told) == {"1": "failed", "2": "met", "3": "failed"}
    assert "the bridge ended with 3; it wrote: " in told["scenarios"][0]["reason"]
    assert "I am undone" in told["scenarios"][0]["reason"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "no bridge is named"),
        (["--bridge", "nowhere.toml"], "nowhere.toml: cannot be read"),
        (["--bridge", "http", "--only", "no such thing"], "no scenario is chosen"),
        (["--bridge", "http", "--level", "perhaps"], "Say one of: must, should, choice"),
        (["--bridge", "http", "--expect", "nowhere.toml"], "nowhere.toml: cannot be read"),
    ],
)
def test_what_cannot_begin_says_why(arguments: list[str], said: str) -> None:
    """Status 2 and one sentence."""
    done = CliRunner().invoke(app, ["verify", *arguments])
    assert done.exit_code == 2
    assert said in done.output
