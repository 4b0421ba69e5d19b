"""Which scenarios are judged, in which order."""

import random
from collections.abc import Iterable

from simulator.acceptance.abilities import Declared, lacking
from simulator.acceptance.catalogue import Catalogue, Scenario


def chosen(catalogue: Catalogue, only: Iterable[str], levels: Iterable[str]) -> list[Scenario]:
    """Scenarios of these levels that one of the words names; without words, all."""
    words, wanted = [word.lower() for word in only], set(levels)
    return [
        scenario
        for scenario in catalogue.scenarios
        if (not wanted or scenario.level in wanted)
        and (not words or any(_names(word, scenario) for word in words))
    ]


def _names(word: str, scenario: Scenario) -> bool:
    """A requirement's id is taken whole; else it is a part of path, feature or name."""
    if word.removeprefix("@") in {each.lower() for each in scenario.ids}:
        return True
    return word in scenario.key.lower() or word in scenario.feature.lower()


def ordered(scenarios: list[Scenario], seed: int) -> list[Scenario]:
    """In the order of the story; with a seed, in an order that it decides."""
    if not seed:
        return scenarios
    return random.Random(seed).sample(scenarios, len(scenarios))  # noqa: S311 - an order, no secret


def parted(scenarios: list[Scenario], abilities: Declared) -> tuple[list[Scenario], dict[str, str]]:
    """Those that can be asked, and why the others cannot."""
    reasons = {scenario.key: lacking(scenario, abilities) for scenario in scenarios}
    asked = [scenario for scenario in scenarios if not reasons[scenario.key]]
    return asked, {key: reason for key, reason in reasons.items() if reason}


def shares(scenarios: list[Scenario], hands: int) -> list[list[str]]:
    """One share for each of so many workers, neighbours apart: what takes long stands together."""
    keys = [scenario.key for scenario in scenarios]
    return [share for share in (keys[n::hands] for n in range(hands)) if share]
