"""What the simulated AI says: a script set by `PUT /_sim/assistant/script`.

Rules:
  * A topic found in the customer's text hands off at once and without an answer (OCX-AP-04); the topic
    is kept for the agent (OCX-AP-05). A topic counts as found when its words stand in the text.
  * Else the first rule whose phrase stands in the text speaks; else `otherwise` does. Whether a handoff
    follows is up to `level` or `triggers`; a rule with a handoff stands for a request for a person.
  * `{text}` in what it says stands for the customer's text, so that each answer can be told from the others.
  * `mode` is a generation of the send call: `inline` answers in the response (OCX-API-17), `webhook`
    later by webhook (OCX-API-16), `silent` never.
  * `overlap` is what a text does to an answer in preparation: `each` text has its answer, in turn; `next`:
    one answer later covers all; `cancel`: the answer begins anew and covers all (OCX-SMS-17/18).
  * `data` is the form of a webhook's data: as documented, always an object, always an array (OCX-WH-04).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from simulator.opencx import levels
from simulator.opencx.state import CHANNELS, Handoff

FORBIDDEN = "ai_is_forbidden_from_handling_this_topic"
CHOICES: dict[str, tuple[object, ...]] = {
    "mode": ("inline", "webhook", "silent"),
    "envelope": ("plain", "data"),
    "overlap": ("each", "next", "cancel"),
    "data": ("documented", "object", "array"),
    "level": levels.LEVELS,
}
MEMBERS: dict[str, tuple[str, ...]] = {"triggers": levels.TRIGGERS, "autopilot_off": CHANNELS}
LISTS = ("topics", "no_assist_topics", "unhelpful", *MEMBERS)


@dataclass(frozen=True, slots=True)
class Rule:
    """Any of these phrases in the text: say this, and perhaps hand off."""

    contains: tuple[str, ...]
    say: str = ""
    handoff: Handoff | None = None

    def matches(self, text: str) -> bool:
        return any(phrase.casefold() in text.casefold() for phrase in self.contains)


@dataclass(frozen=True, slots=True)
class Turn:
    """The AI's move: words for the customer, a handoff, both or neither."""

    say: str = ""
    handoff: Handoff | None = None


DEFAULT_RULES = (
    Rule(
        ("human", "agent", "person", "representative"),
        "I'll connect you with a person now.",
        Handoff(),
    ),
)
UPSET = Turn(
    "I am sorry. I'll connect you with a person now.",
    Handoff(summary="The customer is upset.", sentiment="angry"),
)


@dataclass(frozen=True, slots=True)
class Script:
    """How the AI behaves until the next script or reset."""

    rules: tuple[Rule, ...] = DEFAULT_RULES
    otherwise: str = "Thanks for your message. How else can I help?"
    mode: str = "inline"
    envelope: str = "plain"
    delay: float = 0.0
    fails: int = 0  # so many sends answer 500
    topics: tuple[str, ...] = ()
    echo: bool = False  # inline answers come by webhook as well
    rate_limit: int = 100  # calls a minute (OCX-LIM-08)
    level: int = 1  # OCX-HO-03
    triggers: tuple[str, ...] | None = None  # instead of a level
    autopilot_off: tuple[str, ...] = ()  # channels (OCX-AP-01)
    assist: bool = False  # sessions made from now on only draft (OCX-AP-09)
    no_assist_topics: tuple[str, ...] = ()
    unhelpful: tuple[str, ...] = ()  # texts to which Assist finds no good answer (OCX-AP-10)
    overlap: str = "each"
    idle_seconds: float = 0.0  # a silent session is resolved then; documented: some three hours (OCX-LIF-05)
    data: str = "documented"

    def turn(self, texts: Sequence[str], newest: str = "") -> Turn:
        """The AI's move on the newest of the customer's texts, or on several at once."""
        text = newest or texts[-1]
        if topic := _among(self.topics, text):
            summary = f"The customer asked about a topic the AI may not answer: {topic}."
            return Turn(handoff=Handoff(FORBIDDEN, summary, topic=topic))
        if rule := self._asked(texts, text):
            return self._handed_off(rule, texts, text)
        rule = next((each for each in self.rules if each.matches(text)), None)
        if rule is None and self._upset(texts, text):
            return UPSET
        return Turn(_said(rule.say if rule else self.otherwise, text))

    def reply(self, text: str) -> str:
        """Words alone, as Assist drafts them: no topic, no handoff (OCX-AP-08)."""
        rule = next((each for each in self.rules if each.matches(text)), None)
        return _said(self.otherwise if rule is None or rule.handoff else rule.say, text)

    def _asked(self, texts: Sequence[str], text: str) -> Rule | None:
        """The rule by which the customer wants a person: now, or before they were asked for the basics."""
        first = next((each for each in self.rules if each.matches(text)), None)
        if first and first.handoff:
            return first
        if self._level == levels.ASKS_BASICS and len(texts) > 1:
            former = next((each for each in self.rules if each.matches(texts[-2])), None)
            return former if former and former.handoff else None
        return None

    def _handed_off(self, rule: Rule, texts: Sequence[str], text: str) -> Turn:
        if levels.REQUEST not in self.wanted_triggers:
            return Turn(levels.DECLINES)
        if self._level == levels.ASKS_BASICS and not any(rule.matches(each) for each in texts[-2:-1]):
            return Turn(levels.BASICS)
        if self._level == levels.WANTS_ATTEMPTS and len(texts) < levels.ATTEMPTS:
            return Turn(levels.TRIES_FIRST)
        return Turn(_said(rule.say, text), _summarised(rule.handoff, texts))

    def _upset(self, texts: Sequence[str], text: str) -> bool:
        wanted = self.wanted_triggers
        angry = levels.FRUSTRATION in wanted and levels.frustrated(text)
        return angry or (levels.NO_PROGRESS in wanted and levels.stuck(texts))

    @property
    def wanted_triggers(self) -> tuple[str, ...]:
        return levels.PRESETS[self.level] if self.triggers is None else self.triggers

    @property
    def _level(self) -> int | None:
        return self.level if self.triggers is None else None

    def view(self) -> dict[str, Any]:
        """As it can be sent again: with its level or its triggers."""
        unused = "triggers" if self.triggers is None else "level"
        return {name: value for name, value in asdict(self).items() if name != unused}


def _among(phrases: Sequence[str], text: str) -> str | None:
    return next((each for each in phrases if each.casefold() in text.casefold()), None)


def _said(words: str, text: str) -> str:
    return words.replace("{text}", text)


def _summarised(handoff: Handoff | None, texts: Sequence[str]) -> Handoff | None:
    if handoff is None or handoff.summary:
        return handoff
    return replace(handoff, summary=f"The customer asked for a person. First text: “{texts[0]}”")


def script_from(content: object) -> Script:
    """A script from JSON; what is absent takes its default. Raises ValueError, saying what is wrong."""
    given = _known(content, Script)
    if "level" in given and given.get("triggers") is not None:
        raise ValueError("level and triggers exclude each other")
    if "rules" in given:
        given["rules"] = tuple(_rule(rule) for rule in given["rules"])
    for name in LISTS:
        if given.get(name) is not None:
            given[name] = tuple(str(each) for each in given[name])
    return _checked(Script(**given))


def _checked(script: Script) -> Script:
    for name, choices in CHOICES.items():
        if getattr(script, name) not in choices:
            raise ValueError(f"{name} is one of {', '.join(map(str, choices))}")
    for name, choices in MEMBERS.items():
        if strange := set(getattr(script, name) or ()) - set(choices):
            raise ValueError(f"{name} are among {', '.join(choices)}, not {', '.join(sorted(strange))}")
    return script


def _rule(content: object) -> Rule:
    given = _known(content, Rule)
    phrases = given.get("contains", "")
    handoff = given.get("handoff")
    return Rule(
        contains=(phrases,) if isinstance(phrases, str) else tuple(phrases),
        say=given.get("say", ""),
        handoff=Handoff(**_known({} if handoff is True else handoff, Handoff))
        if handoff not in (None, False)
        else None,
    )


def _known(content: object, kind: type[Script | Rule | Handoff]) -> dict[str, Any]:
    """The object's members, all of them fields of `kind`."""
    names = [field.name for field in fields(kind)]
    if not isinstance(content, dict):
        raise ValueError(f"a {kind.__name__.lower()} is an object with any of {', '.join(names)}")
    if strange := sorted(set(content) - set(names)):
        raise ValueError(f"unknown {', '.join(strange)}; a {kind.__name__.lower()} has {', '.join(names)}")
    return dict(content)
