"""A session moves through its states by the table and in no other way."""

import pytest

from bridge.core import lifecycle, model
from bridge.core.model import Charge, Session

AI, HANDOFF, HUMAN, NOBODY = Charge.AI, Charge.HANDOFF, Charge.HUMAN, Charge.NOBODY

MOVES = {
    "a person is asked for": (AI, "HandedOff", HANDOFF),
    "nobody wrote": (AI, "IdleElapsed", NOBODY),
    "the assistant closed": (AI, "AssistantClosed", NOBODY),
    "a text to the AI": (AI, "TextReceived", AI),
    "an answer": (AI, "AssistantAnswered", AI),
    "no answer": (AI, "AssistantFailed", AI),
    "the chat exists": (HANDOFF, "ConversationOpened", HANDOFF),
    "a line stands": (HANDOFF, "TurnPosted", HANDOFF),
    "a text meanwhile": (HANDOFF, "TextReceived", HANDOFF),
    "the AI's last words": (HANDOFF, "AssistantAnswered", HANDOFF),
    "an agent is quick": (HANDOFF, "AgentReplied", HANDOFF),
    "control passed": (HANDOFF, "ControlPassed", HUMAN),
    "control refused at once": (HANDOFF, "ControlRefused", HANDOFF),
    "ended before anybody answered": (HANDOFF, "ConversationEnded", NOBODY),
    "deleted meanwhile": (HANDOFF, "ConversationRemoved", HANDOFF),
    "solved meanwhile": (HANDOFF, "TicketSolved", HANDOFF),
    "control refused late": (HUMAN, "ControlRefused", HANDOFF),
    "control passed twice": (HUMAN, "ControlPassed", HUMAN),
    "a text to people": (HUMAN, "TextReceived", HUMAN),
    "its line stands": (HUMAN, "TurnPosted", HUMAN),
    "a reply": (HUMAN, "AgentReplied", HUMAN),
    "solved is not ended": (HUMAN, "TicketSolved", HUMAN),
    "ended": (HUMAN, "ConversationEnded", NOBODY),
    "deleted": (HUMAN, "ConversationRemoved", HANDOFF),
    "found gone": (HUMAN, "ChatLost", HANDOFF),
    "found gone meanwhile": (HANDOFF, "ChatLost", HANDOFF),
    "a reply told after the end": (NOBODY, "AgentReplied", NOBODY),
}


@pytest.mark.parametrize(("charge", "event", "after"), MOVES.values(), ids=list(MOVES))
def test_moves(charge: Charge, event: str, after: Charge) -> None:
    """What may happen leads where the story says."""
    assert lifecycle.allowed(charge, event)
    assert lifecycle.TABLE[charge][event] is after


REFUSED = {
    "the AI is silent with people": (HUMAN, "AssistantAnswered"),
    "nobody hands off twice": (HANDOFF, "HandedOff"),
    "nobody hands off from people": (HUMAN, "HandedOff"),
    "a handoff does not idle": (HANDOFF, "IdleElapsed"),
    "people do not idle": (HUMAN, "IdleElapsed"),
    "the assistant cannot close a handoff": (HANDOFF, "AssistantClosed"),
    "the assistant cannot close what people have": (HUMAN, "AssistantClosed"),
    "no agent before a handoff": (AI, "AgentReplied"),
    "no control before a handoff": (AI, "ControlPassed"),
    "nothing to end before a handoff": (AI, "ConversationEnded"),
    "nothing to solve before a handoff": (AI, "TicketSolved"),
    "a text opens another session": (NOBODY, "TextReceived"),
    "no handoff after the end": (NOBODY, "HandedOff"),
    "no way back to people": (NOBODY, "ControlPassed"),
    "ended once": (NOBODY, "ConversationEnded"),
    "no live chat is opened again after the end": (NOBODY, "ChatLost"),
    "unheard of": (AI, "PigsFlew"),
}


@pytest.mark.parametrize(("charge", "event"), REFUSED.values(), ids=list(REFUSED))
def test_refused(charge: Charge, event: str) -> None:
    """What may not happen is in no row."""
    assert not lifecycle.allowed(charge, event)


@pytest.mark.parametrize("event", lifecycle.ALWAYS)
@pytest.mark.parametrize("charge", list(Charge))
def test_outcomes_come_when_they_come(charge: Charge, event: str) -> None:
    """Receipts and outcomes are taken in every state and change none."""
    assert lifecycle.allowed(charge, event)
    assert lifecycle.TABLE[charge][event] is charge


def test_always_is_these() -> None:
    """No event slips into every state unnoticed."""
    sends = {"ReceiptArrived", "SendAccepted", "SendFailed", "SendHeld"}
    assert set(lifecycle.ALWAYS) == sends | {"EffectParked", "LetterReplayed", "UserMerged"}


def test_nothing_comes_back_from_the_end() -> None:
    """Once nobody has a session, no event gives it to anybody."""
    assert set(lifecycle.TABLE[NOBODY].values()) == {NOBODY}


def test_the_table_speaks_of_known_events() -> None:
    """Each word is an event of the model or the table's own; only what concerns no session is left out."""
    words = {event for row in lifecycle.TABLE.values() for event in row}
    events = {kind.__name__ for kind in model.Event.__subclasses__()}
    assert words - {"HandedOff", "TicketSolved"} == events - {"Unreadable"}


IDLE = {
    "with the AI": (AI, 10_800.0, 12_800.0),
    "another setting": (AI, 60.0, 2_060.0),
    "handoff": (HANDOFF, 10_800.0, None),
    "people": (HUMAN, 10_800.0, None),
    "over": (NOBODY, 10_800.0, None),
}


@pytest.mark.parametrize(("charge", "seconds", "due"), IDLE.values(), ids=list(IDLE))
def test_idle_due(charge: Charge, seconds: float, due: float | None) -> None:
    """The idle clock runs from the last word, either way, and only with the AI (OPEN-01)."""
    session = Session("s1", "+14155550101", "+14155550150", opened_at=1_000.0, last_at=2_000.0, charge=charge)
    assert lifecycle.idle_due(session, seconds) == due
