"""The phrases of the features, written down.

Renew with `python -m simulator.acceptance.vocabulary > features/VOCABULARY.md`.
"""

import importlib
import sys
from pathlib import Path

from pytest_bdd.steps import StepFunctionContext, step_function_context_registry

from simulator.acceptance import steps
from simulator.acceptance.catalogue import Catalogue, Step

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


def as_markdown(catalogue: Catalogue) -> str:
    """The page."""
    lines = [step for scenario in catalogue.scenarios for step in scenario.written_out()]
    return OPENING + "".join(_chapter(name, lines) for name in steps.MODULES)


def _chapter(name: str, lines: list[Step]) -> str:
    module = importlib.import_module(f"simulator.acceptance.steps.{name}")
    found = step_function_context_registry.values()
    mine = [context for context in found if context.step_func.__module__ == module.__name__]
    rows = sorted({_row(context, lines) for context in mine})
    title = (module.__doc__ or "").strip().rstrip(".")
    return f"\n## {title}\n\n| | phrase | for example |\n|---|---|---|\n" + "".join(rows)


def _row(context: StepFunctionContext, lines: list[Step]) -> str:
    mine = (line.text for line in lines if line.kind == context.type)
    example = next((text for text in mine if context.parser.is_matching(text)), "")
    kind = str(context.type).capitalize()
    return f"| {kind} | {_cell(context.parser.name)} | {_cell(example)} |\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(as_markdown(Catalogue.read(Path("features"))))
