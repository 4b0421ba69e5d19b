"""The living page: each sentence of the seed page with the scenarios that judge it, then every chapter.

Generated from the Gherkin and from what the last runs found; a product owner reads it, QA prints it.
"""

from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby

from simulator.acceptance.catalogue import Catalogue, Requirement, Scenario
from simulator.acceptance.grading import NOT_RUN, of_requirement
from simulator.acceptance.reporting.chrome import anchor, mark, page

Runs = dict[str, dict[str, str]]  # mode: scenario: verdict


def as_page(catalogue: Catalogue, runs: Runs) -> str:
    """The whole page."""
    seeds = [row for row in catalogue.requirements.values() if row.id.startswith("SEED-")]
    promises = "".join(_promise(row, catalogue.by_id.get(row.id, []), runs) for row in seeds)
    chapters = "".join(_chapter(name, list(mine), runs) for name, mine in _by_chapter(catalogue.scenarios))
    return page(
        "living.html",
        "What the bridge does",
        f"<h2>What the page promises</h2><ol class=promises>{promises}</ol>{chapters}",
    )


def _promise(row: Requirement, judges: list[Scenario], runs: Runs) -> str:
    links = "".join(f"<li>{_link(each)} {_marks(each, runs)}</li>" for each in judges)
    verdicts = " ".join(
        mark(of_requirement(row.level, [run.get(each.key) for each in judges]), label=mode)
        for mode, run in runs.items()
    )
    return (
        f'<li id="{row.id}"><p><code>{row.id}</code> {escape(row.behaviour)} {verdicts}</p>'
        f"<ul>{links}</ul></li>"
    )


def _link(scenario: Scenario) -> str:
    return f'<a href="#{anchor(scenario.key)}">{escape(scenario.feature)} {escape(scenario.name)}</a>'


def _by_chapter(scenarios: Iterable[Scenario]) -> Iterator[tuple[str, Iterator[Scenario]]]:
    return groupby(scenarios, lambda each: each.path.partition("/")[0])


def _chapter(name: str, scenarios: list[Scenario], runs: Runs) -> str:
    number, _, words = name.partition("_")
    features = "".join(_feature(list(mine), runs) for _, mine in groupby(scenarios, lambda each: each.path))
    return f"<h2>{number}. {words.replace('_', ' ').capitalize()}</h2>{features}"


def _feature(scenarios: list[Scenario], runs: Runs) -> str:
    first = scenarios[0]
    body = "".join(_scenario(each, runs) for each in scenarios)
    return f"<section><h3>{escape(first.feature)}</h3><p>{escape(first.about)}</p>{body}</section>"


def _scenario(scenario: Scenario, runs: Runs) -> str:
    steps = "".join(f"<li><b>{each.keyword}</b> {escape(each.text)}</li>" for each in scenario.steps)
    ids = " ".join(f"<code>{each}</code>" for each in sorted(scenario.ids))
    return (
        f'<article id="{anchor(scenario.key)}"><h4>{escape(scenario.name)}</h4>'
        f"<p class=facts>@{scenario.level} {ids} {_marks(scenario, runs)}</p>"
        f"<ul class=steps>{steps}</ul>{_examples(scenario)}</article>"
    )


def _marks(scenario: Scenario, runs: Runs) -> str:
    return " ".join(mark(run.get(scenario.key, NOT_RUN), label=mode) for mode, run in runs.items())


def _examples(scenario: Scenario) -> str:
    if not scenario.examples:
        return ""
    heads = "".join(f"<th scope=col>{escape(name)}</th>" for name in scenario.examples[0])
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in example.values())}</tr>"
        for example in scenario.examples
    )
    return f"<table class=examples><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
