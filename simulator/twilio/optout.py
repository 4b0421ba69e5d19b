"""The carrier's own opt-out: words, answers, and who is blocked.

Facts:
  * A word counts only if it is the whole text; outer blanks and case are ignored (CAR-154, CAR-392).
  * A match writes the block, answers the customer and still calls the webhook (CAR-155).
  * Opt-in words act only for a customer who is blocked: anybody else's "Yes" is an answer (CAR-163).
  * On toll-free numbers the network does it: only STOP blocks, only START and UNSTOP lift (CAR-157).
  * Advanced Opt-Out: a service has its own words, answers and languages (CAR-161).
  * Short codes have no default words (CAR-158); alphanumeric senders receive nothing (CAR-176).
"""

from dataclasses import dataclass, replace

from simulator.twilio.resources import Keywords

STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START = frozenset({"START", "YES", "UNSTOP"})
HELP = frozenset({"HELP", "INFO"})

STOPPED = (
    "You have successfully been unsubscribed. You will not receive any more messages from this number. "
    "Reply START to resubscribe."
)
STARTED = (
    "You have successfully been re-subscribed to messages from this number. Reply HELP for help. "
    "Reply STOP to unsubscribe. Msg&Data Rates May Apply."
)
HELPED = "Reply STOP to unsubscribe. Msg&Data Rates May Apply."
NETWORK_STOPPED = (
    'NETWORK MSG: You replied with the word "stop" which blocks all texts sent from this number. '
    'Text back "unstop" to receive messages again.'
)
NETWORK_STARTED = (
    'NETWORK MSG: You have replied "unstop" and will begin receiving messages again from this number.'
)


MARKS = ".,!?;:\"'()… "


@dataclass(frozen=True, slots=True)
class Match:
    """What a word does: `blocks` True or False, None if it changes nothing; and the automatic answer."""

    kind: str  # STOP, START or HELP
    blocks: bool | None
    answer: str


@dataclass(frozen=True, slots=True)
class Rule:
    """Words that do the same."""

    words: frozenset[str]
    match: Match


DEFAULT = (
    Rule(STOP, Match("STOP", True, STOPPED)),
    Rule(START, Match("START", False, STARTED)),
    Rule(HELP, Match("HELP", None, HELPED)),
)
NETWORK = (
    Rule(frozenset({"STOP"}), Match("STOP", True, NETWORK_STOPPED)),
    Rule(frozenset({"START", "UNSTOP"}), Match("START", False, NETWORK_STARTED)),
    Rule(HELP, Match("HELP", None, HELPED)),
)
RULES = {"local": DEFAULT, "international": DEFAULT, "toll-free": NETWORK}


def matched(text: str, kind: str, own: Keywords | None = None, *, loosely: bool = False) -> Match | None:
    """What `text` sent to a number of this kind does; a service's own words beat the default."""
    word = text.strip().strip(MARKS if loosely else "").upper()
    rules = _own(own) if own and kind != "toll-free" else RULES.get(kind, ())
    match = next((rule.match for rule in rules if word in rule.words), None)
    if match is None or own is None or kind == "toll-free":
        return match
    answers = own.languages.get(word, {})
    return replace(match, answer=answers.get(match.kind, match.answer))


def _own(own: Keywords) -> list[Rule]:
    """Own words and answers; STOP, START and HELP cannot be taken away (CAR-161)."""
    rules = []
    for rule in DEFAULT:
        kind = rule.match.kind
        words = frozenset({kind, *own.words[kind]}) if kind in own.words else rule.words
        rules.append(Rule(words, replace(rule.match, answer=own.answers.get(kind, rule.match.answer))))
    return rules
