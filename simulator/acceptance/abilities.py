"""What a bridge may be able to do beyond the wire contract, and which scenarios ask for it.

Rules:
  * What a manifest does not declare is not asked: the scenario is not applicable, and the report says why.
  * The core profile is what remains for a bridge that declares nothing.
  * A scenario needs an ability if one of its steps has the ability's words.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from simulator.acceptance.catalogue import Scenario

Value = bool | float
Declared = Mapping[str, Value]
_OPT_OUT = r'"(?:stop|stopall|unsubscribe|cancel|end|quit|revoke|optout|opt out|stop\.|start)"'


def _declared(value: Value) -> bool:
    return bool(value)


def _three_hours(value: Value) -> bool:
    """The scenarios look ten minutes before three hours and at three hours."""
    return 10_200 < value <= 10_800


@dataclass(frozen=True)
class Ability:
    """One ability; `default` also says whether it is a switch or a number."""

    name: str
    meaning: str
    words: tuple[str, ...]
    default: Value = False
    enough: Callable[[Value], bool] = _declared

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(self.words), re.IGNORECASE)

    def is_needed_by(self, scenario: Scenario) -> bool:
        return any(self._pattern.search(step.text) for step in scenario.written_out())


ABILITIES = (
    Ability(
        "clock",
        "Follows the simulators' clock at BRIDGE_CLOCK_URL, so that hours can pass in a moment.",
        (r"(?:has|have) passed$", r" pass(?:es)?$", r" later, ", r"held for want of registration"),
    ),
    Ability(
        "idle",
        "Seconds of silence after which it ends the AI's session, 0 for never; three hours are documented.",
        (r"^3 hours have passed", r"^4 hours pass", r"170 minutes"),
        default=0.0,
        enough=_three_hours,
    ),
    Ability(
        "idle_setting",
        "Takes that time from BRIDGE_IDLE_SECONDS.",
        (r"is set to end sessions after",),
    ),
    Ability(
        "autopilot",
        "The AI can be switched off for texts by BRIDGE_AUTOPILOT=false.",
        (r"AI is switched off for texts",),
    ),
    Ability(
        "ai_webhook",
        "Takes the AI's answers and handoffs by webhook, too, not only in the answer to its own call.",
        (r"the AI sends its answers later", r"the AI takes \d+ seconds", r"operator of the AI hands"),
    ),
    Ability(
        "mms",
        "Sends an agent's file as MMS where the number can.",
        (r"receives a picture from", r"sends a spreadsheet", r"sends a picture of"),
    ),
    Ability(
        "file_links",
        "Sends a link to an agent's file where the number cannot carry pictures.",
        (r"receives a link to",),
    ),
    Ability(
        "email",
        "Knows the e-mail address a customer gave the AI on another channel, and looks for it on the desk.",
        (r"on another channel",),
    ),
    Ability(
        "compliance",
        "Asks the carrier for the registration of its numbers and holds what may not leave.",
        (r"offered nothing", r"held for want of registration"),
    ),
    Ability(
        "opt_out",
        "Keeps opt-out and opt-in words itself and tells the agent.",
        (_OPT_OUT, r"about the opt-out"),
    ),
    Ability(
        "durable",
        "Can be killed and comes back with what it knew.",
        (r"bridge dies and comes back",),
    ),
    Ability(
        "check",
        "Has a command that examines the set-up; see the section check.",
        (r"operator checks the set-up",),
    ),
    Ability(
        "status",
        "Says what it has noticed at /admin/status; see the section admin.",
        (r"looks at the status",),
    ),
    Ability(
        "records",
        "Repeats what was given up, shows and erases what it holds, under /admin; see the section admin.",
        (r"^the operator (?:has what was|has erased|erases)", r"the bridge holds nothing about"),
    ),
)
BY_NAME = {ability.name: ability for ability in ABILITIES}


def needed_by(scenario: Scenario) -> list[Ability]:
    """The abilities a scenario asks for."""
    return [ability for ability in ABILITIES if ability.is_needed_by(scenario)]


def lacking(scenario: Scenario, declared: Declared) -> str:
    """Why a bridge with these abilities cannot be asked; empty if it can."""
    missing = [each for each in needed_by(scenario) if not each.enough(declared.get(each.name, each.default))]
    return "; ".join(_reason(each, declared) for each in missing)


def _reason(ability: Ability, declared: Declared) -> str:
    value = declared.get(ability.name, ability.default)
    said = "is not declared" if not value else f"is {value:g}, which does not fit"
    return f"the ability {ability.name} {said}"
