"""The step definitions of the suite and what is wrong with how the features use them.

pytest-bdd says nothing of a line that two definitions match, of a definition that no line uses, or of two
scenarios of one name, of which it drops the first (toolchain section 2).
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module

from pytest_bdd.steps import StepFunctionContext, step_function_context_registry

from simulator.acceptance import steps
from simulator.acceptance.catalogue import Catalogue, Scenario, Step


def definitions() -> list[StepFunctionContext]:
    """Every step definition of the suite, once each."""
    modules = {import_module(f"{steps.__name__}.{name}").__name__ for name in steps.MODULES}
    found = step_function_context_registry.values()
    return [context for context in found if context.step_func.__module__ in modules]


@dataclass(frozen=True)
class Phrases:
    """The lines of the features beside the definitions they could mean."""

    catalogue: Catalogue

    @cached_property
    def definitions(self) -> list[StepFunctionContext]:
        return definitions()

    def meanings(self, step: Step) -> list[StepFunctionContext]:
        """The definitions that a line could mean."""
        of_its_kind = [context for context in self.definitions if context.type == step.kind]
        return [context for context in of_its_kind if context.parser.is_matching(step.text)]

    def problems(self) -> list[str]:
        """One sentence for each thing that is wrong."""
        lines = [(each, step) for each in self.catalogue.scenarios for step in each.written_out()]
        found = {step: self.meanings(step) for _, step in lines}
        used = {id(context) for contexts in found.values() for context in contexts}
        return list(
            dict.fromkeys(
                [
                    *(wrong for each, step in lines for wrong in _unclear(each, step, found[step])),
                    *(_unused(each) for each in self.definitions if id(each) not in used),
                    *_twins(self.catalogue),
                ]
            )
        )


def _unclear(scenario: Scenario, step: Step, found: list[StepFunctionContext]) -> Iterator[str]:
    where = f"features/{scenario.path}, {scenario.name}: {step.keyword} {step.text}"
    if not found:
        yield f"undefined: {where}; take a phrase of features/VOCABULARY.md"
    if len(found) > 1:
        yield f"ambiguous: {where}; it could mean {' or '.join(each.parser.name for each in found)}"


def _unused(context: StepFunctionContext) -> str:
    module = context.step_func.__module__.rpartition(".")[2]
    return f"unused: {context.type} {context.parser.name}; delete it from steps/{module}.py"


def _twins(catalogue: Catalogue) -> Iterator[str]:
    for key, count in Counter(each.key for each in catalogue.scenarios).items():
        if count > 1:
            yield f"twins: features/{key}; {count} scenarios have this name and only the last would run"
