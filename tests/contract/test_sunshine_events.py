"""What Sunshine's webhooks say: what is relayed to a phone, and what never is."""

from typing import Any

import pytest

from bridge.core.model import AgentReplied, ControlRefused, ConversationEnded, ConversationRemoved, UserMerged
from bridge.desks.sunshine_events import events, standing

CONVERSATION = {"id": "k1", "metadata": {"opencx_session_id": "s1"}}
MESSAGE: dict[str, Any] = {
    "id": "m1",
    "author": {"type": "business", "displayName": "Ada", "subtypes": ["agent"]},
    "content": {"type": "text", "text": "On it"},
    "source": {"type": "zd:agentWorkspace"},
    "metadata": {"__zendesk_msg.agent.id": "388"},
}


def event(kind: str, *, name: str = "e1", **payload: Any) -> dict[str, Any]:
    return {"id": name, "type": kind, "payload": {"conversation": CONVERSATION, **payload}}


def message(**changes: Any) -> dict[str, Any]:
    return event("conversation:message", message={**MESSAGE, **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"metadata": None},
        {"author": {"type": "business", "displayName": "Ada"}},
        {"source": None},
        {"source": {"type": "something:new"}},
    ],
)
def test_an_agents_reply_is_relayed(changes: dict[str, Any]) -> None:
    """By its source or by the agent's id; subtypes may be absent (Q-15)."""
    heard = events({"events": [message(**changes)]}, 5.0)
    assert heard.events == [("message:m1", AgentReplied(5.0, "k1", "m1", "On it", (), "Ada"))]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"author": {"type": "user", "userId": "u1"}}, "customer's message"),
        ({"metadata": {"sunbridge_marker": "s1:0", "__zendesk_msg.agent.id": "388"}}, "our own message"),
        ({"source": {"type": "zd:answerBot"}, "metadata": {}}, "not an agent's message"),
        ({"source": {"type": "api:conversations"}, "metadata": None}, "not an agent's message"),
        ({"metadata": {"__zendesk_msg.agent.id": "__trigger"}}, "trigger line"),
        ({"author": {"type": "business", "subtypes": ["activity"]}}, "system line"),
        ({"activity": {"type": "something:else"}}, "system line"),
        ({"content": {"type": "text", "text": " "}}, "nothing to show"),
        ({"content": None}, "nothing to show"),
        ({"id": None}, "message without id"),
        ({"author": None}, "customer's message"),
    ],
)
def test_everything_else_is_not_relayed(changes: dict[str, Any], reason: str) -> None:
    """What is not clearly an agent's public reply never reaches a phone (P5, F-30)."""
    heard = events({"events": [message(**changes)]}, 5.0)
    assert (heard.events, heard.ignored) == ([], [reason])


def test_trigger_lines_are_relayed_if_asked_for() -> None:
    """A matter of policy (SUN-AGT-03)."""
    line = message(metadata={"__zendesk_msg.agent.id": "__trigger"})
    assert len(events({"events": [line]}, 5.0, trigger_lines=True).events) == 1


ACTION = {"type": "link", "text": "Rate us", "uri": "https://acme/rate"}


@pytest.mark.parametrize(
    ("content", "text", "media"),
    [
        ({"type": "image", "mediaUrl": "https://a/x.png", "mediaType": "image/png"}, "", "https://a/x.png"),
        ({"type": "file", "mediaUrl": "https://a/x.pdf", "text": "the bill"}, "the bill", "https://a/x.pdf"),
        (
            {"type": "text", "text": "How was it?", "actions": [ACTION]},
            "How was it?\nRate us: https://acme/rate",
            "",
        ),
        ({"type": "text", "markdownText": "**hi**"}, "**hi**", ""),
        (
            {"type": "carousel", "items": [{"title": "A", "description": "cheap", "actions": [ACTION]}]},
            "A\ncheap\nRate us: https://acme/rate",
            "",
        ),
        ({"type": "form", "fields": [{"label": "Your e-mail?"}]}, "Your e-mail?", ""),
        (
            {"type": "location", "coordinates": {"lat": 1, "long": 2}},
            "https://maps.google.com/?q=1,2",
            "",
        ),
        ({"type": "stickerMessage", "text": "hi", "items": "odd", "actions": [None]}, "hi", ""),
    ],
)
def test_what_a_phone_cannot_show_becomes_words_and_links(
    content: dict[str, Any], text: str, media: str
) -> None:
    """Forms, carousels, buttons and kinds nobody has seen (SUN-AGT-05, SUN-MSG-06)."""
    ((_, reply),) = events({"events": [message(content=content)]}, 5.0).events
    assert isinstance(reply, AgentReplied)
    assert reply.text == text
    assert [each.url for each in reply.media] == ([media] if media else [])


def active(kind: str) -> dict[str, Any]:
    return {"conversation": {**CONVERSATION, "activeSwitchboardIntegration": {"integrationType": kind}}}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (
            event("switchboard:releaseControl", reason="ticketClosed"),
            ConversationEnded(5.0, "k1", "ticketClosed"),
        ),
        (event("switchboard:releaseControl"), ConversationEnded(5.0, "k1", "released")),
        (
            event("switchboard:passControl", reason="ticketClosed", **active("zd:answerBot")),
            ConversationEnded(5.0, "k1", "ticketClosed"),
        ),
        (
            event("switchboard:passControl", **active("zd:answerBot")),
            ConversationEnded(5.0, "k1", "passed to zd:answerBot"),
        ),
        (
            event("switchboard:passControl:failure", error={"code": "c", "message": "no such responder"}),
            ControlRefused(5.0, "k1", "no such responder"),
        ),
        (event("switchboard:passControl:failure"), ControlRefused(5.0, "k1", "no reason given")),
        (event("conversation:remove"), ConversationRemoved(5.0, "k1")),
        (
            event("user:merge", mergedUsers={"surviving": {"id": "u2"}, "discarded": {"id": "u1"}}),
            UserMerged(5.0, "u2", "u1"),
        ),
    ],
)
def test_other_news(told: dict[str, Any], expected: Any) -> None:
    """Control, removal and merging, each under its event's id."""
    assert events({"events": [told]}, 5.0).events == [("event:e1", expected)]


def test_a_system_line_ends_the_chat_under_the_messages_id() -> None:
    """Told by webhook or found standing there, it is one thing (P6)."""
    line = {**MESSAGE, "activity": {"type": "ticket:closed"}}
    told = event("conversation:message", message=line)
    expected = [(f"message:{MESSAGE['id']}", ConversationEnded(5.0, "k1", "ticket:closed"))]
    assert events({"events": [told]}, 5.0).events == expected
    assert standing("k1", [line], 5.0).events == expected


@pytest.mark.parametrize(
    "told",
    [
        event("switchboard:passControl", **active("zd:agentWorkspace")),
        event("switchboard:passControl"),
        event("conversation:typing"),
        event("passthrough:messaging"),
        event("user:merge"),
        {"id": "e1", "type": "conversation:remove", "payload": {}},
        {"type": "conversation:remove", "payload": {"conversation": CONVERSATION}},
        {"id": "e1", "type": "conversation:message"},
        {"id": "e1", "type": ["odd"]},
        {"id": "e1"},
        "odd",
        None,
    ],
)
def test_one_odd_event_does_not_stop_the_others(told: Any) -> None:
    """It is counted with a reason, and its neighbours are heard (F-25, F-26)."""
    heard = events({"events": [told, message(), told]}, 5.0)
    assert [key for key, _ in heard.events] == ["message:m1"]
    assert len(heard.ignored) == 2


@pytest.mark.parametrize("envelope", [{}, {"events": None}, {"events": {}}, [], None, "x"])
def test_an_odd_envelope_holds_nothing(envelope: Any) -> None:
    """No exception, so no lost retry."""
    assert events(envelope, 5.0).events == []


def test_one_message_told_twice_has_one_key() -> None:
    """Two webhooks, two event ids, one message (F-23)."""
    twice = [message(), {**message(), "id": "e2"}]
    assert {key for key, _ in events({"events": twice}, 5.0).events} == {"message:m1"}
