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
        print(f"FAILED; logs, ledger and database are in {folder}")
        return 1
    shutil.rmtree(folder, ignore_errors=True)
    return 0


def lines(result: Result) -> list[str]:
    """The counts, for people."""
    storm, healing = result.seconds
    seen, why = result.seen, [str(each) for each in result.letters if each.why]
    return [
        f"texts    {_counts(seen.texts, 'at the desk once')}",
        f"replies  {_counts(seen.replies, 'on the phone once')}, in doubt {seen.replies.in_doubt}",
        f"answers  {_counts(seen.answers, 'on the phone once')}, in doubt {seen.answers.in_doubt}",
        f"         {_counts(seen.transcript, 'at the desk once')}",
        f"chats    {_counts(seen.chats, 'opened once')}",
        f"letters  with reason {len(why)}, without {result.unreasoned}",
        *(f"         {count} x {reason}" for reason, count in Counter(why).most_common(10)),
        f"journal  unfinished {result.unfinished}",
        f"storm    kills {result.kills}, restarts {result.kills}, died by itself {result.ended_alone}, "
        f"faults planted {result.planted}, replies left for after it {result.late}",
        f"seconds  storm {storm:.0f}, healing {healing:.0f}",
    ]


def _counts(verdict: Verdict, once: str) -> str:
    return (
        f"sent {verdict.sent}, {once} {verdict.once}, lost {verdict.lost}, doubled {verdict.doubled}, "
        f"out of order {verdict.out_of_order}, untold {verdict.untold}"
    )


if __name__ == "__main__":
    sys.exit(main())
