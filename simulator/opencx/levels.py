"""How ready the AI is to hand off, by preset or trigger by trigger.

Facts:
  * Level 0 never hands off and declines a request for a person (OCX-HO-02).
  * Level 1, the default, hands off at any frustration, lack of progress or request (OCX-HO-03).
  * Level 2 wants an explicit request and asks for the basics first (OCX-HO-04).
  * Level 3 wants the whole problem and several attempts first (OCX-HO-05).
  * Presets and single triggers exclude each other (OCX-HO-06).
  * Words and numbers are ours: what counts as frustration, and that three same texts are no progress.
"""

from collections.abc import Sequence

REQUEST, FRUSTRATION, NO_PROGRESS = TRIGGERS = ("request", "frustration", "no_progress")
LEVELS = (0, 1, 2, 3)
PRESETS = ((), TRIGGERS, (REQUEST,), (REQUEST,))
ASKS_BASICS, WANTS_ATTEMPTS = 2, 3
ATTEMPTS = 3
ANGRY = ("ridiculous", "useless", "frustrating", "unacceptable", "terrible service")
DECLINES = "I cannot connect you with a person, but I can help you here."
BASICS = "Before I connect you: what is your name, and what is it about?"
TRIES_FIRST = "I would like to try first. Please describe the whole problem."


def frustrated(text: str) -> bool:
    return any(word in text.casefold() for word in ANGRY)


def stuck(texts: Sequence[str]) -> bool:
    """The customer says the same for the third time."""
    return len(texts) >= ATTEMPTS and len({text.casefold() for text in texts[-ATTEMPTS:]}) == 1
