"""A handoff is told twice, by webhook and in the answer to our question; whichever is first."""

from dataclasses import replace

import pytest

from bridge.core.flow import decide
from bridge.core.model import (
    AssistantAnswered,
    Case,
    Charge,
    Decision,
    Handoff,
    OpenConversation,
    PostTurn,
    Rules,
    SendText,
    Session,
)

RULES = Rules(frozenset({"+14155550150"}))
ASKED = Session("s", "+14155550101", "+14155550150", 0.0, 0.0, turns=1, asked=1, asking=True)
HANDOFF = Handoff("user_request", summary="Wants a person")
BY_WEBHOOK = AssistantAnswered(1.0, "s", handoff=HANDOFF)
INLINE = AssistantAnswered(
    1.0, "s", "A person will follow.", HANDOFF, email="maria@example.com", source_id="m1"
)


def _both(*events: AssistantAnswered) -> tuple[Session, list[Decision]]:
    session, decisions = ASKED, []
    for event in events:
        decisions.append(decide(event, Case(RULES, session)))
        session = decisions[-1].session or session
    return session, decisions


@pytest.mark.parametrize("events", [(INLINE, BY_WEBHOOK), (BY_WEBHOOK, INLINE)], ids=["answer", "webhook"])
def test_either_order(events: tuple[AssistantAnswered, ...]) -> None:
    """One chat, the last words once, and the address is known, whichever comes first."""
    session, decisions = _both(*events)
    effects = [effect for decision in decisions for effect in decision.effects]
    assert [type(effect) for effect in effects].count(OpenConversation) == 1
    assert [effect.text for effect in effects if isinstance(effect, SendText)] == [INLINE.text]
    assert session.charge is Charge.HANDOFF
    assert session.email == INLINE.email


def test_after_the_chat_is_open() -> None:
    """Last words that come after the chat was opened are posted there as well."""
    open_chat = replace(ASKED, charge=Charge.HANDOFF, asking=False, conversation="c")
    decision = decide(INLINE, Case(RULES, open_chat))
    assert PostTurn("s", 1) in decision.effects
    assert decision.session is not None
    assert decision.session.turns == 2


@pytest.mark.parametrize(
    ("event", "charge", "heard"),
    [
        (replace(INLINE, handoff=None), Charge.HANDOFF, False),
        (INLINE, Charge.HANDOFF, True),
        (INLINE, Charge.HUMAN, False),
    ],
    ids=["without a handoff", "heard already", "people are in charge"],
)
def test_dropped(event: AssistantAnswered, charge: Charge, *, heard: bool) -> None:
    """An answer that was in preparation, a repetition and anything after people took over are not sent."""
    session = replace(ASKED, charge=charge, asking=False, handoff=HANDOFF)
    assert decide(event, Case(RULES, session, heard=heard)).effects == ()


def test_heard_already_in_an_open_chat() -> None:
    """A repetition posts nothing, either."""
    open_chat = replace(ASKED, charge=Charge.HANDOFF, asking=False, handoff=HANDOFF, conversation="c")
    assert decide(INLINE, Case(RULES, open_chat, heard=True)).effects == ()
