"""Verdicts: `met` · `our choice met` · `differs` · `failed` · `not applicable` · `not tested`.

Rules:
  * Where the documents are silent (@choice), a bridge that answers otherwise *differs*. It has answered only
    if the scenario came as far as a *Then*; one that breaks earlier has failed like any other.
  * A scenario with several examples has the worst verdict of them.
  * A requirement fails with any of its scenarios. A documented one is not unmet by a choice that differs.
"""

from collections.abc import Iterable

MET, CHOICE_MET, DIFFERS, FAILED = "met", "our choice met", "differs", "failed"
NOT_APPLICABLE, NOT_RUN, NOT_TESTED = "not applicable", "not run", "not tested"
ORDER = (FAILED, DIFFERS, MET, CHOICE_MET, NOT_APPLICABLE, NOT_RUN, NOT_TESTED)
GOOD = (MET, CHOICE_MET)
WORST_FIRST = (FAILED, DIFFERS, NOT_TESTED, MET, CHOICE_MET, NOT_APPLICABLE)


def graded(level: str, outcome: str, kind: str = "") -> str:
    """The verdict on a scenario of this level; `kind` is that of the step that failed."""
    if outcome == "skipped":
        return NOT_APPLICABLE
    if outcome == "passed":
        return CHOICE_MET if level == "choice" else MET
    return DIFFERS if level == "choice" and kind == "then" else FAILED


def worst(verdicts: Iterable[str]) -> str:
    """The worst of several, `not tested` if there are none."""
    return min(verdicts, key=WORST_FIRST.index, default=NOT_TESTED)


def of_requirement(level: str, verdicts: list[str | None]) -> str:
    """The verdict on a requirement, from those of its scenarios; None is one that did not run."""
    if level != "choice" and any(each != DIFFERS for each in verdicts):
        verdicts = [each for each in verdicts if each != DIFFERS]
    if not verdicts:
        return NOT_TESTED
    for bad in (FAILED, DIFFERS):
        if bad in verdicts:
            return bad
    if None in verdicts or NOT_TESTED in verdicts:
        return NOT_RUN
    if not any(each in GOOD for each in verdicts):
        return NOT_APPLICABLE
    return CHOICE_MET if level == "choice" else MET
