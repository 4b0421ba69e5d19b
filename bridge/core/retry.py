"""When to try again, and when to give up.

Rules:
  * The waits grow from a second to a quarter of an hour and stay there.
  * Jitter moves a wait by up to a fifth either way, never beyond the longest; it is drawn by the caller (P7).
  * `Retry-After` is obeyed, up to an hour: a longer one is more likely a mistake (OPEN-48).
  * The assistant is asked twice, then a person takes over (OPEN-32). A handoff is worth a night of
    trying (OPEN-13); a reply is not, because by then the customer has moved on.
"""

WAITS = (1.0, 2.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0)
LONGEST = WAITS[-1]
LONGEST_OBEYED = 3600.0
FIRST_LOOK = 3.0  # seconds until an awaited answer is looked for in the history
SPREAD = 0.2

_MOST_ATTEMPTS = {
    "AskAssistant": 2,
    "FetchAnswer": 10,
    "SendText": 20,
    "OpenConversation": 50,
    "PostTurn": 50,
    "PassControl": 50,
    "TellAgent": 50,
    "ReconcileUser": 20,
    "CloseAssistant": 10,
}
_OTHERWISE = 20
MOST_CRASHES = 10  # tries in a row at which the process ended, or that broke; a chance kill is not that often
MOST_MOVES = 5  # live chats of one session that may be lost and followed by another; then people must look


def delay(attempt: int, jitter: float, retry_after: float = 0) -> float:
    """Seconds to wait after the given attempt, the first being 1. `jitter` is between 0 and 1."""
    wait = WAITS[min(max(attempt, 1), len(WAITS)) - 1]
    spread = 1 - SPREAD + 2 * SPREAD * min(max(jitter, 0.0), 1.0)
    return max(min(wait * spread, LONGEST), min(retry_after, LONGEST_OBEYED))


def first_pause(kind: str, refusals: int) -> float:
    """Seconds until an effect is first tried: answers take time, and so does a desk that refused control."""
    if kind == "FetchAnswer":
        return FIRST_LOOK
    return delay(refusals, jitter=0.5) if kind == "PassControl" and refusals else 0.0


def exhausted(kind: str, attempts: int) -> bool:
    """Has this kind of effect, named as its class is, been tried often enough?"""
    return attempts >= _MOST_ATTEMPTS.get(kind, _OTHERWISE)
