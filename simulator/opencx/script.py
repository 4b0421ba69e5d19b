"""What the simulated AI says: a script set by `PUT /_sim/assistant/script`.

Rules:
  * A topic found in the customer's text hands off at once and without an answer (OCX-AP-04); the topic
    is kept for the agent (OCX-AP-05). A topic counts as found when its words stand in the text.
  * Else the first rule whose phrase stands in the text speaks; else `otherwise` does.
  * `{text}` in what it says stands for the customer's text, so that each answer can be told from the others.
  * `mode` is a generation of the send call: `inline` answers in the response (OCX-API-17), `webhook`
    later by webhook (OCX-API-16), `silent` never.
"""

from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from simulator.opencx.state import Handoff

FORBIDDEN = "ai_is_forbidden_from_handling_this_topic"
MODES = ("inline", "webhook", "silent")
ENVELOPES = ("plain", "data")


@dataclass(frozen=True, slots=True)
class Rule:
    """Any of these phrases in the text: say this, and perhaps hand off."""

    contains: tuple[str, ...]
    say: str = ""
    handoff: Handoff | None = None


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

    def turn(self, texts: list[str]) -> Turn:
        """The AI's move on the newest of the customer's texts."""
        text = texts[-1].casefold()
        for topic in self.topics:
            if topic.casefold() in text:
                summary = f"The customer asked about a topic the AI may not answer: {topic}."
                return Turn(handoff=Handoff(FORBIDDEN, summary, topic=topic))
        for rule in self.rules:
            if any(phrase.casefold() in text for phrase in rule.contains):
                return Turn(_said(rule.say, texts), _summarised(rule.handoff, texts))
        return Turn(_said(self.otherwise, texts))

    def view(self) -> dict[str, Any]:
        return asdict(self)


def _said(words: str, texts: list[str]) -> str:
    return words.replace("{text}", texts[-1])


def _summarised(handoff: Handoff | None, texts: list[str]) -> Handoff | None:
    if handoff is None or handoff.summary:
        return handoff
    return replace(handoff, summary=f"The customer asked for a person. First text: “{texts[0]}”")


def script_from(content: object) -> Script:
    """A script from JSON; what is absent takes its default. Raises ValueError, saying what is wrong."""
    given = _known(content, Script)
    if "rules" in given:
        given["rules"] = tuple(_rule(rule) for rule in given["rules"])
    given["topics"] = tuple(given.get("topics", ()))
    script = Script(**given)
    if script.mode not in MODES or script.envelope not in ENVELOPES:
        raise ValueError(f"mode is one of {', '.join(MODES)}; envelope one of {', '.join(ENVELOPES)}")
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
