"""Opt-out words.

Facts:
  * A word counts only if it is the whole text, ignoring case, outer space and punctuation (CAR-154,
    CAR-392). "stop it" and "please stop by" are answers.
  * The carrier acts on it before we hear of it; we record, we do not answer (CAR-155).
  * "OPT OUT" is no carrier keyword, yet the law counts it: we must catch it (CAR-164, CAR-318).
    ARRET is STOP in Canada (CAR-331).
  * YES is an opt-in word, but only for a customer who is opted out. Otherwise it is an answer to a
    question and must reach the agent (CAR-163), even if the carrier calls it START.
"""

import string

STOP_WORDS = frozenset(
    {"stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"}
    | {"opt out", "opt-out", "arret", "arrêt"}
)
START_WORDS = frozenset({"start", "unstop"})
HELP_WORDS = frozenset({"help", "info"})
YES = "yes"

_OUTER = string.punctuation + string.whitespace + "\u00a0\u200b\u2060\ufeff“”‘’«»‹›…–—¡¿。！？"
_WORDS = (
    dict.fromkeys(STOP_WORDS, "stop")
    | dict.fromkeys(START_WORDS, "start")
    | dict.fromkeys(HELP_WORDS, "help")
)
_CARRIER = {"STOP": "stop", "START": "start", "HELP": "help"}


def verdict(text: str, opt_out_type: str = "", opted_out: bool = False) -> str:  # noqa: FBT001, FBT002
    """One of stop, start, help, or nothing: an ordinary text. The carrier's own verdict comes first (CAR-89).

    >>> verdict(" Stop. "), verdict("stop it"), verdict("Yes"), verdict("Yes", opted_out=True)
    ('stop', '', '', 'start')
    """
    word = " ".join(text.casefold().strip(_OUTER).split())
    if word == YES:
        return "start" if opted_out else ""
    return _CARRIER.get(opt_out_type.strip().upper()) or _WORDS.get(word, "")
