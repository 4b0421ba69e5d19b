"""The carrier's own opt-out: words, answers, and who is blocked.

Facts:
  * A word counts only if it is the whole text; outer blanks and case are ignored (CAR-154, CAR-392).
  * A match writes the block, answers the customer and still calls the webhook (CAR-155).
  * Opt-in words act only for a customer who is blocked: anybody else's "Yes" is an answer (CAR-163).
  * On toll-free numbers the network does it: only STOP blocks, only START and UNSTOP lift (CAR-157).
  * Short codes have no default words (CAR-158); alphanumeric senders receive nothing (CAR-176).
"""

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Rule:
    """What a word does: `blocks` True or False, None if it changes nothing; and the automatic answer."""

    words: frozenset[str]
    blocks: bool | None
    answer: str


DEFAULT = (Rule(STOP, True, STOPPED), Rule(START, False, STARTED), Rule(HELP, None, HELPED))
NETWORK = (
    Rule(frozenset({"STOP"}), True, NETWORK_STOPPED),
    Rule(frozenset({"START", "UNSTOP"}), False, NETWORK_STARTED),
    Rule(HELP, None, HELPED),
)
RULES = {"local": DEFAULT, "international": DEFAULT, "toll-free": NETWORK}


def reaction(text: str, kind: str, *, blocked: bool) -> Rule | None:
    """The rule that acts on `text` sent to a number of this kind, if one does."""
    word = text.strip().upper()
    for rule in RULES.get(kind, ()):
        if word in rule.words and rule.blocks is not blocked:
            return rule
    return None
