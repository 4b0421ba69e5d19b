"""The states of a session, as a table.

Theory of operation. A session starts with the AI. Once a person is asked for it is in handoff: the
AI is silent and the live chat is being opened. When control has passed, people have it. It is over
when nobody has it, and nothing brings it back: the next text opens another session (OCX-LIF-08/12).

    AI ──HandedOff──► HANDOFF ──ControlPassed──► HUMAN ──ConversationEnded──► NOBODY
     └──IdleElapsed, AssistantClosed──────────────────────────────────────────►┘

Facts:
  * Solved is not ended: the AI stays silent until the conversation is truly over (OCX-LIF-11, OPEN-09).
  * Control may be refused after the call was answered with success (SUN-SWB-10): back to handoff.
  * A conversation that an admin deleted, or that is full, is followed by another (FT-D2, FT-D4).
  * A reply written before the end may be told after it and still goes out (F-24).
  * Only a session with the AI idles out; with people the clock is suspended (OPEN-01).
  * A reply written before the end may be heard of after it and still goes out.
  * Receipts and outcomes of sends come when they come, even after the end.

An event missing from a row is not allowed in that state. `HandedOff` and `TicketSolved` are words of
this table; all others are classes of `core.model`. `Unreadable` concerns no session and is absent.
"""

from bridge.core.model import Charge, Session

AI, HANDOFF, HUMAN, NOBODY = Charge.AI, Charge.HANDOFF, Charge.HUMAN, Charge.NOBODY

ALWAYS = (
    "ReceiptArrived",
    "SendAccepted",
    "SendFailed",
    "SendHeld",
    "EffectParked",
    "LetterReplayed",
    "UserMerged",
)

_STAYS = {
    AI: ("TextReceived", "AssistantAnswered", "AssistantFailed"),
    HANDOFF: (
        "TextReceived",
        "AssistantAnswered",
        "ConversationOpened",
        "TurnPosted",
        "AgentReplied",
        "ControlRefused",
        "ConversationRemoved",
        "ChatLost",
        "TicketSolved",
    ),
    HUMAN: ("TextReceived", "TurnPosted", "AgentReplied", "ControlPassed", "TicketSolved"),
    NOBODY: ("AgentReplied",),
}
_MOVES = {
    AI: {"HandedOff": HANDOFF, "AssistantClosed": NOBODY, "IdleElapsed": NOBODY},
    HANDOFF: {"ControlPassed": HUMAN, "ConversationEnded": NOBODY},
    HUMAN: {
        "ControlRefused": HANDOFF,
        "ConversationRemoved": HANDOFF,
        "ChatLost": HANDOFF,
        "ConversationEnded": NOBODY,
    },
    NOBODY: {},
}
TABLE: dict[Charge, dict[str, Charge]] = {
    charge: dict.fromkeys((*_STAYS[charge], *ALWAYS), charge) | _MOVES[charge] for charge in Charge
}


def allowed(charge: Charge, event_name: str) -> bool:
    """May this happen to a session in this state? What may not is ignored and counted."""
    return event_name in TABLE[charge]


def idle_due(session: Session, idle_seconds: float) -> float | None:
    """When this session idles out: so long after the last word either way; never while people have it."""
    return session.last_at + idle_seconds if session.charge is AI else None
