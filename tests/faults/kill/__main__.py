"""Play the kill test and print what came of it; status 1 if anything is lost, doubled or out of order."""

import shutil
import sys
from collections import Counter

from tests.faults.kill.judge import Verdict
from tests.faults.kill.plan import from_words
from tests.faults.kill.play import Result, in_a_folder


def main() -> int:
    """Run it."""
    plan = from_words()
    print(f"seed {plan.seed}, {plan.engine}, {plan.processes} bridge(s), kills every {plan.kill_every} s")
    result, folder = in_a_folder(plan)
    print("\n".join(lines(result)))
    if result.wrong:
        print(f"FAILED; logs and database are in {folder}")
        return 1
    shutil.rmtree(folder, ignore_errors=True)
    return 0


def lines(result: Result) -> list[str]:
    """The counts, for people."""
    storm, healing = result.seconds
    return [
        f"texts    {_counts(result.texts, 'at the desk once')}",
        f"replies  {_counts(result.replies, 'on the phone once')}, in doubt {result.replies.in_doubt}",
        f"letters  with reason {len(result.letters)}, without {result.unreasoned}",
        *(f"         {count} x {why}" for why, count in Counter(result.letters).most_common(10)),
        f"journal  unfinished {result.unfinished}",
        f"storm    kills {result.kills}, restarts {result.kills}, died by itself {result.ended_alone}, "
        f"faults planted {result.planted}",
        f"seconds  storm {storm:.0f}, healing {healing:.0f}",
    ]


def _counts(verdict: Verdict, once: str) -> str:
    return (
        f"sent {verdict.sent}, {once} {verdict.once}, lost {verdict.lost}, doubled {verdict.doubled}, "
        f"out of order {verdict.out_of_order}, untold {verdict.untold}"
    )


if __name__ == "__main__":
    sys.exit(main())
