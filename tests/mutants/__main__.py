"""Bridges that are wrong on purpose: the suite must fail each of them.

    python -m tests.mutants              every wrong bridge, two at a time
    python -m tests.mutants --in-order   the same by all scenarios in order: which is the first to fail it
    python -m tests.mutants STOP gate    those whose name contains a word

There are two kinds. A *change* is a copy of the project with one line changed. A *bend* leaves the bridge as
it is and bends the line to it (simulator/bends), so that any bridge can be made wrong so. The features judge
it in process, or the tests it names, and stop at the first that fails. A wrong bridge that survives is a hole
in the suite: the command then exits with 1. A whole run writes reports/mutants.md and CAUGHT.md beside this.
"""

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from simulator.bends.table import EVERY, Bend
from tests.mutants.judging import ROOT, Wrong, itself, judge
from tests.mutants.page import KEPT, Row, as_markdown, read
from tests.mutants.table import MUTANTS

IN_ORDER = "--in-order"


def main(words: list[str]) -> int:
    """Judge the wrong bridges named, print a table, count the survivors."""
    if failing := itself():
        print(f"the bridge itself is failed by {failing}: mend that first")
        return 2
    names = [word for word in words if word != IN_ORDER]
    chosen = [each for each in (*MUTANTS, *EVERY) if not names or any(name in each.name for name in names)]
    found = list(judged(chosen, {} if IN_ORDER in words else _known()))
    if not names:
        _write(as_markdown(found))
    return 0 if all(row.caught_by for row in found) else 1


def judged(chosen: Sequence[Wrong], known: dict[tuple[str, str], str]) -> Iterator[Row]:
    """Each with what caught it, told as it is found."""
    with ThreadPoolExecutor(2) as pool:
        rows = pool.map(lambda wrong: _row(wrong, known), chosen)
        for row in rows:
            print(f"{row.kind:6}  {row.name:44}  {row.told}", flush=True)
            yield row


def _row(wrong: Wrong, known: dict[tuple[str, str], str]) -> Row:
    kind = kind_of(wrong)
    return Row(kind, wrong.name, judge(wrong, known.get((kind, wrong.name), "")))


def kind_of(wrong: Wrong) -> str:
    """A change of our code, or a bend of the line."""
    return "bend" if isinstance(wrong, Bend) else "change"


def _known() -> dict[tuple[str, str], str]:
    return {(row.kind, row.name): row.caught_by for row in read(KEPT.read_text())} if KEPT.exists() else {}


def _write(page: str) -> None:
    (ROOT / "reports" / "mutants.md").write_text(page)
    KEPT.write_text(page)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
