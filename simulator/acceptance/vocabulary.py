"""The phrases of the features, written down: a page, or `pytest --steps`.

Renew with `python -m simulator.acceptance.vocabulary > features/VOCABULARY.md`.
"""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

from pytest_bdd.steps import StepFunctionContext

from simulator.acceptance import steps
from simulator.acceptance.catalogue import Catalogue, Step
from simulator.acceptance.phrases import definitions

OPENING = """# Vocabulary

The features use these phrases and no others. This page is generated from the step definitions in
`simulator/acceptance/steps`; a test fails when it is out of date, and when a phrase is unused, undefined
or can be read in two ways.

People: Maria, Omar and Zoe (who lives abroad) text; Ada and Ben are agents; Mallory attacks; the operator
runs the bridge. Our numbers: Support (the usual one), Sales, a toll-free one, and Warehouse, of which the
bridge knows nothing. Unless told otherwise the AI answers “Noted.” and hands over whoever asks for a human,
saying “A person will be with you.” *has just* means that nothing has followed from it yet.

Whatever appears on a phone or on the desk after the *When* must be accounted for by a *Then*; that is what
*nothing else is sent to anyone* checks. A planted fault that was never met fails the scenario as well.
"""


Row = tuple[str, str, str]  # kind, phrase, example


def chapters(catalogue: Catalogue) -> Iterator[tuple[str, list[Row]]]:
    """Title and phrases of each module of steps."""
    lines = [step for scenario in catalogue.scenarios for step in scenario.written_out()]
    for name in steps.MODULES:
        module = importlib.import_module(f"{steps.__name__}.{name}")
        mine = [each for each in definitions() if each.step_func.__module__ == module.__name__]
        yield (module.__doc__ or "").strip().rstrip("."), sorted({_row(each, lines) for each in mine})


def as_markdown(catalogue: Catalogue) -> str:
    """The page."""
    return OPENING + "".join(_chapter(title, rows) for title, rows in chapters(catalogue))


def as_text(catalogue: Catalogue) -> str:
    """The same for a terminal: each phrase with an example under it."""
    return "\n".join(f"{title}\n\n{_listed(rows)}" for title, rows in chapters(catalogue))


def _listed(rows: list[Row]) -> str:
    return "".join(f"  {kind:5} {phrase}\n          {example}\n" for kind, phrase, example in rows)


def _chapter(title: str, rows: list[Row]) -> str:
    table = "".join(f"| {' | '.join(map(_cell, row))} |\n" for row in rows)
    return f"\n## {title}\n\n| | phrase | for example |\n|---|---|---|\n{table}"


def _row(context: StepFunctionContext, lines: list[Step]) -> Row:
    mine = (line.text for line in lines if line.kind == context.type)
    example = next((text for text in mine if context.parser.is_matching(text)), "")
    return str(context.type).capitalize(), context.parser.name, example


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(as_markdown(Catalogue.read(Path("features"))))
