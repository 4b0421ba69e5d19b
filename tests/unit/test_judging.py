"""How verdicts come about: abilities, plan, grading, repetition, expectations, report, failing workers."""

import json
import sys
from pathlib import Path
from typing import Any, cast

import pytest

from simulator.acceptance.abilities import ABILITIES, lacking, needed_by
from simulator.acceptance.cast import Casting
from simulator.acceptance.catalogue import Catalogue, Scenario
from simulator.acceptance.grading import graded, worst
from simulator.acceptance.judging import expected, plan, report
from simulator.acceptance.judging.crew import Crew, Terms
from simulator.acceptance.judging.results import Outcome, Result, gathered
from simulator.acceptance.manifest import Manifest, Wrong, checked
from simulator.acceptance.place import FEATURES
from simulator.acceptance.sim import LocalSim
from simulator.acceptance.subject import Patience, Subject
from simulator.acceptance.world import Stage, World
from simulator.build import build
from simulator.clock import Clock
from simulator.hooks import HookAnswer

CATALOGUE = Catalogue.read(FEATURES)
BY_KEY = CATALOGUE.by_key
BRIDGE = checked(Path("my.toml"), {"bridge": {"name": "Mine", "command": ["./mine"], "start_seconds": 0}})
MUST, SHOULD, CHOICE = (
    next(scenario for scenario in CATALOGUE.scenarios if scenario.level == level)
    for level in ("must", "should", "choice")
)


def result(scenario: Scenario, *outcomes: str, kind: str = "then") -> Result:
    """A scenario that ended so in each repetition."""
    runs = [
        Outcome(scenario.key, each, repetition=n, kind=kind, reason=f"{each} {n}")
        for n, each in enumerate(outcomes, 1)
    ]
    return Result(scenario, tuple(runs))


# --- abilities ---


@pytest.mark.parametrize("ability", ABILITIES, ids=lambda ability: ability.name)
def test_every_ability_is_needed_by_a_scenario(ability: Any) -> None:
    """One that nobody asks for would be a false promise."""
    assert any(ability in needed_by(scenario) for scenario in CATALOGUE.scenarios)


@pytest.mark.parametrize(
    ("key", "needed"),
    [
        ("5_replying/private.feature [1] A note is never sent", set()),
        ("7_media/from_the_agent.feature [1] A number with MMS sends the picture", {"mms"}),
        ("7_media/from_the_agent.feature [2] A number without MMS sends a link", {"file_links"}),
        ("8_ending/inactivity.feature [1] After three hours a text opens a new session", {"clock", "idle"}),
        ("8_ending/inactivity.feature [8] The three hours can be set otherwise", {"clock", "idle_setting"}),
        (
            "6_compliance_and_consent/registration.feature "
            "[1] A reply from an unregistered local number is held",
            {"clock", "compliance"},
        ),
        ("6_compliance_and_consent/registration.feature [7] Texts still get in without registration", set()),
        ("6_compliance_and_consent/opting_out.feature [1] <word> opts out", {"opt_out"}),
        ('6_compliance_and_consent/opting_out.feature [2] "<text>" is no opt-out', set()),
    ],
)
def test_what_a_scenario_needs(key: str, needed: set[str]) -> None:
    """As its words say."""
    assert {ability.name for ability in needed_by(BY_KEY[key])} == needed


@pytest.mark.parametrize(("idle", "fits"), [(10_800, True), (10_200, False), (10_801, False), (0, False)])
def test_the_length_of_the_idle_time_counts(idle: float, *, fits: bool) -> None:
    """Scenarios about three hours say nothing about a bridge that waits for two."""
    shortly_before = BY_KEY[
        "8_ending/inactivity.feature [2] Shortly before that it is still the same session"
    ]
    assert (lacking(shortly_before, {"clock": True, "idle": idle}) == "") == fits


def test_the_core_profile_holds_most_of_what_the_documents_say() -> None:
    """A bridge that declares nothing is still asked a lot."""
    core = [scenario for scenario in CATALOGUE.scenarios if not needed_by(scenario)]
    assert len(core) > 100
    assert {"must", "should", "choice"} == {scenario.level for scenario in core}


# --- plan ---


@pytest.mark.parametrize(
    ("only", "levels", "found"),
    [
        (["SEED-02"], [], lambda each: "SEED-02" in each.ids),
        (["@seed-02"], ["must"], lambda each: "SEED-02" in each.ids and each.level == "must"),
        (["5_replying/private"], [], lambda each: each.path == "5_replying/private.feature"),
        (["a NOTE is never"], [], lambda each: each.name == "[1] A note is never sent"),
        ([], ["choice"], lambda each: each.level == "choice"),
        (["SEED-0"], [], lambda _: False),
    ],
)
def test_chosen(only: list[str], levels: list[str], found: Any) -> None:
    """By id, by chapter, by words, by level."""
    assert plan.chosen(CATALOGUE, only, levels) == [each for each in CATALOGUE.scenarios if found(each)]


def test_a_seed_decides_the_order() -> None:
    """The same seed, the same order; none, that of the story."""
    whole = list(CATALOGUE.scenarios)
    assert plan.ordered(whole, 0) == whole
    assert plan.ordered(whole, 7) == plan.ordered(whole, 7) != whole
    assert sorted(each.key for each in plan.ordered(whole, 7)) == sorted(BY_KEY)


def test_shares_lose_nothing() -> None:
    """Every scenario is in one share; no worker is hired for nothing."""
    shares = plan.shares(list(CATALOGUE.scenarios), 3)
    assert sorted(key for share in shares for key in share) == sorted(BY_KEY)
    assert plan.shares([MUST], 3) == [[MUST.key]]


# --- verdicts ---


@pytest.mark.parametrize(
    ("level", "outcome", "kind", "verdict"),
    [
        ("must", "passed", "", "met"),
        ("choice", "passed", "", "our choice met"),
        ("must", "failed", "then", "failed"),
        ("choice", "failed", "then", "differs"),
        ("choice", "failed", "given", "failed"),
        ("choice", "failed", "", "failed"),
        ("should", "skipped", "", "not applicable"),
    ],
)
def test_graded(level: str, outcome: str, kind: str, verdict: str) -> None:
    """A choice differs only where an answer was to be seen."""
    assert graded(level, outcome, kind) == verdict


def test_the_worst_example_counts() -> None:
    """And nothing at all is not tested."""
    assert worst(["met", "failed", "met"]) == "failed"
    assert worst([]) == "not tested"
    examples = (Outcome(MUST.key, "passed"), Outcome(MUST.key, "failed", {"word": "STOP"}))
    (found,) = gathered([MUST], examples)
    assert (found.verdict, found.flaky, found.by_repetition) == ("failed", False, ["failed"])


def test_repetitions_that_disagree_are_a_finding() -> None:
    """Flaky, with the worst verdict and the reason of that one."""
    found = result(SHOULD, "passed", "failed", "passed")
    assert (found.flaky, found.good, found.verdict, found.reason) == (True, False, "failed", "failed 2")
    assert expected.surprises([found], None) == [f"flaky: {SHOULD.key}"]
    assert not expected.surprises([found], {SHOULD.key: "flaky"})


def test_a_repetition_that_was_not_reached_is_no_disagreement() -> None:
    """The time was up; that makes the scenario not tested, not flaky."""
    found = result(MUST, "passed", "untested")
    assert (found.flaky, found.good, found.verdict) == (False, False, "not tested")


# --- expectations ---


@pytest.mark.parametrize(
    ("scenario", "outcome", "known", "said"),
    [
        (MUST, "passed", None, ""),
        (MUST, "failed", None, "failed: "),
        (MUST, "skipped", None, "not applicable: "),
        (MUST, "untested", None, "not tested: "),
        (SHOULD, "failed", None, ""),
        (CHOICE, "failed", None, ""),
        (MUST, "passed", {}, ""),
        (SHOULD, "failed", {}, "failed, though expected to be met: "),
        (CHOICE, "failed", {}, "differs, though expected to be met: "),
        (MUST, "failed", {MUST.key: "failed"}, ""),
        (MUST, "skipped", {MUST.key: "not applicable"}, ""),
        (MUST, "passed", {MUST.key: "failed"}, "met, though expected to be failed: "),
        (MUST, "failed", {MUST.key: "not applicable"}, "failed, though expected to be not applicable: "),
    ],
)
def test_surprises(scenario: Scenario, outcome: str, known: dict[str, str] | None, said: str) -> None:
    """Without a file every must is met; with one everything is as it says."""
    found = expected.surprises([result(scenario, outcome)], known)
    assert found == ([f"{said}{scenario.key}"] if said else [])


def test_a_written_file_is_what_was_seen(tmp_path: Path) -> None:
    """What one run writes another can expect."""
    results = [result(MUST, "skipped"), result(SHOULD, "passed"), result(CHOICE, "failed")]
    (tmp_path / "known.toml").write_text(expected.as_text(results, "Mine"))
    known = expected.read(tmp_path / "known.toml", CATALOGUE)
    assert known == {MUST.key: "not applicable", CHOICE.key: "differs"}
    assert expected.surprises(results, known) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('"no such scenario" = "failed"', "there is no scenario"),
        (f'"{MUST.key}" = "broken"', "Say one of: failed, differs"),
        ("= 3", "cannot be read"),
    ],
)
def test_a_wrong_file_is_refused(text: str, said: str, tmp_path: Path) -> None:
    """A scenario that was renamed is not silently expected for ever."""
    (tmp_path / "known.toml").write_text(text)
    with pytest.raises(Wrong, match=said):
        expected.read(tmp_path / "known.toml", CATALOGUE)


# --- report ---


def test_the_report_has_every_scenario_and_requirement(tmp_path: Path) -> None:
    """verdicts.json is what other tools build on."""
    exchange = {"kind": "then", "expected": "Then all is well", "seen": "it is not", "steps": []}
    bad = Outcome(MUST.key, "failed", kind="then", reason="it is not", seconds=1.5, exchange=exchange)
    results = gathered([MUST, SHOULD], [bad, Outcome(SHOULD.key, "passed")])
    facts = {"began": "2026-11-20T09:00:00+00:00", "seconds": 2.0, "seed": 0, "parallel": 1, "repeat": 1}
    report.write(tmp_path, report.Run(BRIDGE, CATALOGUE, results, ["failed: …"], facts))
    told = json.loads((tmp_path / "verdicts.json").read_text())
    assert told["format"] == 1
    assert told["run"] == {**facts, "succeeded": False}
    assert told["summary"]["scenarios"] == {"failed": 1, "met": 1}
    assert told["scenarios"][0]["exchange"] == exchange
    assert told["scenarios"][0]["requirements"] == sorted(MUST.ids)
    assert [row["id"] for row in told["requirements"]] == list(CATALOGUE.requirements)
    verdicts = {row["id"]: row["verdict"] for row in told["requirements"]}
    assert {verdicts[each] for each in MUST.ids} == {"failed"}
    assert "expected  Then all is well" in (tmp_path / "failures.txt").read_text()


# --- patience ---


def test_who_keeps_us_waiting_in_vain_is_waited_for_less() -> None:
    """Until it does something again."""
    patience = Patience(8.0)
    for _ in range(3):
        assert patience.seconds == 8.0
        patience.disappointed()
    assert patience.seconds == 1.0
    patience.rewarded()
    assert patience.seconds == 8.0


class Busy:
    """A bridge that has done nothing when the time is up, and something once it has come to rest."""

    def __init__(self, trouble: str = "") -> None:
        self.patience = Patience(0.001)
        self.done: list[str] = []
        self._trouble = trouble

    def deliver(self) -> None:
        """Nothing comes of it at once."""

    def settle(self) -> None:
        self.done.append("it")

    def trouble(self) -> str:
        return self._trouble

    def world(self) -> World:
        """A scenario with it."""
        sim, subject = LocalSim(build(Clock(), lambda _: HookAnswer(200)).handle), cast("Subject", self)
        return World(Stage(sim, subject, Casting(), BRIDGE))


def test_a_slow_machine_is_no_fault_of_the_bridges() -> None:
    """When the time is up it is let come to rest, and looked at once more."""
    bridge = Busy()
    assert bridge.world().expect(lambda: next(iter(bridge.done), None), "nothing was done") == "it"


@pytest.mark.parametrize(("trouble", "said"), [("", "that was not done"), ("it ended", "it ended; that was")])
def test_what_never_comes_is_told(trouble: str, said: str) -> None:
    """Neither at rest nor after its end."""
    with pytest.raises(AssertionError, match=said):
        Busy(trouble).world().expect(lambda: None, "that was not done")


# --- workers ---

STARTS = (
    "import json,sys,time,os\nplan=json.load(open(sys.argv[1]))\nout=open(plan['events'],'a',buffering=1)\n"
)
TELLS = """
def tell(event, key, **facts):
    out.write(json.dumps({'event': event, 'scenario': key, 'example': {}, **facts}) + chr(10))
def judge(key):
    tell('begins', key)
    tell('ends', key, outcome='passed', reason='', kind='', seconds=0.1, exchange=None)
"""
WORKS = "for key in plan['scenarios']: judge(key)\n"
DIES = """
judge(plan['scenarios'][0])
if len(plan['scenarios']) > 1:
    tell('begins', plan['scenarios'][1])
    sys.exit('oh dear')
"""
HANGS = "tell('begins', plan['scenarios'][0]); time.sleep(60)\n"
NEVER = "sys.exit('no such option')\n"


def judged(
    tmp_path: Path, script: str, shares: list[list[str]], **terms: float
) -> list[tuple[str, str, str]]:
    """What a crew of such workers tells."""
    told: list[Outcome] = []
    crew = Crew(BRIDGE, Terms(tmp_path, **terms), told.append)  # type: ignore[arg-type]
    (tmp_path / "worker.py").write_text(STARTS + TELLS + script)

    def command(manifest: Manifest, folder: Path) -> list[str]:
        return [sys.executable, "-S", "-E", str(tmp_path / "worker.py"), str(folder / "job.json")]

    crew.command = command
    crew.judge(shares, 1)
    return [(each.scenario, each.outcome, each.reason) for each in told]


def test_workers_tell_everything(tmp_path: Path) -> None:
    """Each share is judged by somebody."""
    found = judged(tmp_path, WORKS, [["a", "b"], ["c"]])
    assert sorted(found) == [("a", "passed", ""), ("b", "passed", ""), ("c", "passed", "")]


def test_a_worker_that_dies_is_replaced(tmp_path: Path) -> None:
    """What it was at has failed, the rest is judged."""
    found = judged(tmp_path, DIES, [["a", "b", "c"]])
    assert found == [
        ("a", "passed", ""),
        ("b", "failed", "the judge's own process ended: oh dear"),
        ("c", "passed", ""),
    ]


def test_a_worker_that_hangs_is_ended(tmp_path: Path) -> None:
    """Nobody waits for it for ever."""
    found = judged(tmp_path, HANGS, [["a"]], each=0.3)
    assert found == [("a", "failed", "it took longer than 0.3 seconds")]


def test_a_worker_that_cannot_begin_is_not_replaced(tmp_path: Path) -> None:
    """It would fail again."""
    reason = "the judge's own process ended: no such option"
    assert judged(tmp_path, NEVER, [["a", "b"]]) == [("a", "untested", reason), ("b", "untested", reason)]


def test_when_time_is_up_the_rest_is_not_tested(tmp_path: Path) -> None:
    """The bound of the whole run holds."""
    reason = "time was up after 0.3 seconds"
    assert judged(tmp_path, HANGS, [["a", "b"]], within=0.3) == [
        ("a", "untested", reason),
        ("b", "untested", reason),
    ]
