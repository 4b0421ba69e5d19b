"""What is shown: a bar on a terminal, else a line a scenario; at the end, failures and verdicts."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from simulator.acceptance.grading import DIFFERS, FAILED, MET, ORDER
from simulator.acceptance.judging.report import Run, failure
from simulator.acceptance.judging.results import Outcome, Result

SHOWN_WHOLE = 5  # failures; the rest is in failures.txt
MARKS = {"passed": "✓", "failed": "✗", "skipped": "–", "untested": "?"}


class Screen:
    """Tells what happens while it happens."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=True)
        self._progress: Progress | None = None
        self._done = self._failed = self._total = 0

    def say(self, text: str) -> None:
        self._console.print(text, markup=False)

    @contextmanager
    def following(self, total: int) -> Iterator[None]:
        """While scenarios are judged."""
        self._total = total
        if not self._console.is_terminal:
            yield
            return
        words = TextColumn("{task.description}")
        columns = (words, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self._console) as self._progress:
            self._progress.add_task("judging", total=total)
            yield
        self._progress = None

    def heard(self, outcome: Outcome) -> None:
        """One more example of a scenario is judged."""
        self._done += 1
        self._failed += outcome.outcome == "failed"
        if self._progress is None:
            mark, place = MARKS[outcome.outcome], f"[{self._done}/{self._total}]"
            self.say(f"{place} {mark} {outcome.scenario} ({outcome.seconds:.1f} s)")
            return
        words = f"judging, {self._failed} failed" if self._failed else "judging"
        for task in self._progress.task_ids:
            self._progress.update(task, completed=self._done, description=words)

    def ends(self, run: Run, folder: str) -> None:
        """Failures, then how many of each verdict, then why it did or did not succeed."""
        bad = [result for result in run.results if result.verdict in (FAILED, DIFFERS)]
        self._failures(sorted(bad, key=_gravity))
        counts = Counter(result.verdict for result in run.results)
        summary = " · ".join(f"{counts[each]} {each}" for each in ORDER if counts[each])
        musts = [result for result in run.results if result.scenario.level == "must"]
        met = sum(result.verdict == MET for result in musts)
        self.say(
            f"{run.manifest.name}: {len(run.results)} scenarios in {run.facts['seconds']:.0f} s: {summary}"
        )
        self.say(f"@must: {met} of {len(musts)} met")
        for flaky in (result for result in run.results if result.flaky):
            self.say(f"flaky: {flaky.scenario.key}: {' · '.join(flaky.by_repetition)}")
        for line in run.surprises:
            self.say(f"  {line}")
        self.say(f"Not as it should be: {len(run.surprises)}" if run.surprises else "All as it should be.")
        self.say(f"The whole of it: {folder}/verdicts.json, failures.txt, matrix.html")

    def _failures(self, bad: list[Result]) -> None:
        self.say("")
        for result in bad[:SHOWN_WHOLE]:
            for line in failure(result):
                self.say(line)
        for result in bad[SHOWN_WHOLE:]:
            self.say(f"{result.verdict}: {result.scenario.key} (@{result.scenario.level})")
        self.say("")


def _gravity(result: Result) -> tuple[int, int]:
    """Documented ones first."""
    return ("must", "should", "choice").index(result.scenario.level), (FAILED, DIFFERS).index(result.verdict)
