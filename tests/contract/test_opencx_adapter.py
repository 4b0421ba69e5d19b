"""OpenCX and the scripted assistant: both generations of answers, both envelopes, and silence."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import responses

from bridge.assistants import opencx_webhooks
from bridge.assistants.opencx import OpenCX
from bridge.assistants.scripted import OTHERWISE, Scripted
from bridge.core.errors import BridgeError, Misconfigured, Permanent, Temporary, Throttled, Uncertain
from bridge.core.model import AssistantAnswered, AssistantClosed, Handoff, Media
from bridge.core.ports import Answer, Question

URL = "https://api.open.cx"
SESSIONS = f"{URL}/chat/sessions"
SEND = f"{SESSIONS}/s1/send"
FIRST = Question("ours", "", "", "+14155550101", "+14155550150", ("Hello", "Are you there?"))
LATER = Question("ours", "s1", "c1", "+14155550101", "+14155550150", ("A human please",))


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def assistant() -> OpenCX:
    return OpenCX(URL, "ocx_live_x", requests.Session())


def sent(wire: responses.RequestsMock, place: int) -> Any:
    return json.loads(wire.calls[place].request.body or b"")


def inline(content: str | None, *, handed_off: bool = False, error: str | None = None) -> dict[str, Any]:
    return {
        "success": True,
        "autopilotResponse": {"id": "m9", "value": {"content": content, "error": error}},
        "sessionIsHandedOff": handed_off,
    }


def test_the_first_question_makes_contact_and_session(
    wire: responses.RequestsMock, assistant: OpenCX
) -> None:
    """The phone names the contact, the channel is sms, and all unanswered texts go as one message."""
    wire.get(f"{URL}/contacts", json={"items": [{"id": "c9", "phone_number": "+1"}], "next": None})
    wire.post(f"{URL}/contacts", json={"id": "c1"}, status=201)
    wire.post(SESSIONS, json={"id": "s1"}, status=201)
    wire.post(SEND, json=inline("Hi!"))
    answer = assistant.ask(FIRST)
    assert answer == Answer("Hi!", None, source_id="m9", assistant_session="s1", assistant_contact="c1")
    assert sent(wire, 1)["phone"] == "+14155550101"
    assert sent(wire, 2) == {"contact_id": "c1", "channel": {"type": "sms"}, "verified": False}
    assert sent(wire, 3)["message"]["text"] == "Hello\nAre you there?"
    assert wire.calls[0].request.headers["Authorization"] == "Bearer ocx_live_x"


def test_a_customer_known_from_another_channel_is_the_same_contact(
    wire: responses.RequestsMock, assistant: OpenCX
) -> None:
    """Found by phone on any page; of several the one active last; the e-mail comes along (OPEN-23)."""
    old = {"id": "c1", "phone_number": "+14155550101", "updated_at": "2026-01-01"}
    new = {**old, "id": "c2", "updated_at": "2026-02-02", "email": "maria@acme.test"}
    for items, following in (([new], "2"), ([old, {**new, "id": "c3", "phone_number": "+1"}], None)):
        wire.get(f"{URL}/contacts", json={"items": items, "next": following})
    wire.post(SESSIONS, json={"id": "s1"}, status=201)
    wire.post(SEND, json=inline("Hi!"))
    answer = assistant.ask(FIRST)
    assert (answer.assistant_contact, answer.email) == ("c2", "maria@acme.test")


def test_contacts_that_cannot_be_listed_do_not_silence_the_assistant(
    wire: responses.RequestsMock, assistant: OpenCX
) -> None:
    """A key without contacts:read still answers; a new contact does as well."""
    wire.get(f"{URL}/contacts", status=403, json={})
    wire.post(f"{URL}/contacts", json={"id": "c1"}, status=201)
    wire.post(SESSIONS, json={"id": "s1"}, status=201)
    wire.post(SEND, json=inline("Hi!"))
    assert assistant.ask(FIRST).assistant_contact == "c1"


def test_a_known_session_is_only_spoken_to(wire: responses.RequestsMock, assistant: OpenCX) -> None:
    """One call; a picture is mentioned by its type, its address stays with us."""
    wire.post(SEND, json=inline("Hi!"))
    question = Question(
        "ours", "s1", "c1", "+1", "+1", (), (Media("https://api.twilio.com/x", "image/jpeg"),)
    )
    assistant.ask(question)
    assert len(wire.calls) == 1
    assert sent(wire, 0)["message"]["text"] == "[file: image/jpeg]"


@pytest.mark.parametrize(
    ("told", "answer"),
    [
        (inline("Hi!"), Answer("Hi!", source_id="m9")),
        ({"data": inline("Hi!")}, Answer("Hi!", source_id="m9")),
        ({"success": True, "data": {"message": {"id": "m1"}}}, Answer(awaited=True)),
        ({"success": True, "message": {"id": "m1"}}, Answer(awaited=True)),
        ({"success": True, "autopilotResponse": None, "sessionIsHandedOff": False}, Answer()),
        ({"success": True, "code": "skipping_unuseful_response"}, Answer()),
    ],
)
def test_either_generation_in_either_envelope(
    wire: responses.RequestsMock, assistant: OpenCX, told: dict[str, Any], answer: Answer
) -> None:
    """An answer in the call, a promise of one, or silence (OCX-API-16, OCX-API-17)."""
    wire.post(SEND, json=told)
    given = assistant.ask(LATER)
    assert (given.text, given.handoff, given.awaited, given.source_id) == (
        answer.text,
        answer.handoff,
        answer.awaited,
        answer.source_id,
    )


STORY = {"handoff": {"summary": "Wants a refund", "sentiment": "Angry"}, "contact": {"email": "m@acme.test"}}


@pytest.mark.parametrize(
    ("session", "story"),
    [
        ({"json": STORY}, ("Wants a refund", "angry", "m@acme.test")),
        ({"json": {"data": STORY}}, ("Wants a refund", "angry", "m@acme.test")),
        ({"json": {"handoff": None, "contact": None}}, ("", "", "")),
        ({"status": 500, "body": "<html>"}, ("", "", "")),
    ],
)
def test_an_inline_handoff_is_told_by_the_session(
    wire: responses.RequestsMock, assistant: OpenCX, session: dict[str, Any], story: tuple[str, str, str]
) -> None:
    """Summary and sentiment are read there; without them it is still a handoff (OCX-API-09)."""
    wire.post(SEND, json=inline("One moment.", handed_off=True))
    wire.get(f"{SESSIONS}/s1", **session)
    answer = assistant.ask(LATER)
    assert answer.handoff
    assert answer.handoff.reason == "ai_decided_to_handoff_the_conversation"
    assert (answer.handoff.summary, answer.handoff.sentiment, answer.email) == story
    assert answer.text == "One moment."


def test_a_session_that_people_have_is_handed_off(wire: responses.RequestsMock, assistant: OpenCX) -> None:
    """Newer servers say so with a code alone; its handoff was perhaps not heard (OCX-WID-04)."""
    wire.post(SEND, json={"code": "session_assigned_to_human_agent", "data": {"message": {"id": "m1"}}})
    wire.get(f"{SESSIONS}/s1", json=STORY)
    answer = assistant.ask(LATER)
    assert answer.handoff == Handoff("ai_decided_to_handoff_the_conversation", "Wants a refund", "angry")
    assert not answer.awaited


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"json": inline(None, error="model overloaded")}, Temporary),
        (
            {"status": 401, "json": {"statusCode": 401, "message": "no", "error": "Unauthorized"}},
            Misconfigured,
        ),
        ({"status": 403, "json": {}}, Misconfigured),
        ({"status": 404, "json": {"message": "Session not found"}}, Permanent),
        ({"status": 429, "headers": {"Retry-After": "3"}}, Throttled),
        ({"status": 500, "json": {}}, Uncertain),
        ({"body": requests.ReadTimeout()}, Uncertain),
        ({"status": 201, "body": ""}, Uncertain),
    ],
)
def test_each_ending_of_a_question(
    wire: responses.RequestsMock, assistant: OpenCX, told: dict[str, Any], kind: type[BridgeError]
) -> None:
    """No raw error can pass for an answer (OPEN-32, OPEN-48)."""
    wire.post(SEND, **told)
    with pytest.raises(BridgeError) as caught:
        assistant.ask(LATER)
    assert type(caught.value) is kind


def said(at: str, sender: str, text: str, kind: str = "message") -> dict[str, Any]:
    event = {
        "type": kind,
        "sender": {"type": sender, "name": sender},
        "content": {"type": "text", "text": text},
    }
    return {"id": f"id-{at}", "created_at": at, "event": event}


def test_an_overdue_answer_is_read_from_the_history(wire: responses.RequestsMock, assistant: OpenCX) -> None:
    """What the AI said after the customer's last message, whatever the order of the pages."""
    pages = [
        {"items": [said("4", "ai", "Yes, here."), said("3", "contact", "Hello?")], "next": "2"},
        {"items": [said("2", "ai", "An older answer"), said("1", "contact", "Hi")], "next": None},
    ]
    for page in pages:
        wire.get(f"{SESSIONS}/s1/history", json=page)
    assert assistant.overdue(LATER) == Answer(
        "Yes, here.", source_id="id-4", assistant_session="s1", assistant_contact="c1"
    )


def test_an_overdue_handoff_is_seen(wire: responses.RequestsMock, assistant: OpenCX) -> None:
    """A handoff in the history counts, with or without words."""
    items = [said("1", "contact", "A human"), said("2", "ai", "", "handoff")]
    wire.get(f"{SESSIONS}/s1/history", json={"items": items, "next": None})
    wire.get(f"{SESSIONS}/s1", json=STORY)
    answer = assistant.overdue(LATER)
    assert answer.handoff
    assert answer.handoff.summary == "Wants a refund"


def test_no_answer_yet_is_temporary(wire: responses.RequestsMock, assistant: OpenCX) -> None:
    """An old answer is never taken for the new one."""
    items = [said("1", "ai", "An older answer"), said("2", "contact", "Hello?")]
    wire.get(f"{SESSIONS}/s1/history", json={"items": items, "next": None})
    with pytest.raises(Temporary):
        assistant.overdue(LATER)


@pytest.mark.parametrize("status", [200, 404, 409])
def test_closing_twice_is_no_error(wire: responses.RequestsMock, assistant: OpenCX, status: int) -> None:
    """The session is resolved there, and the desk is left alone (OPEN-03)."""
    wire.patch(f"{SESSIONS}/s1", status=status, json={})
    assistant.close("s1")
    assert sent(wire, 0) == {"status": "closed_resolved", "reflect_status_change_for_integration": False}


# --- webhooks -----------------------------------------------------------------------------------

HANDOFF = {
    "conversation_id": "s1",
    "customer_id": "c1",
    "reason": "ai_decided_to_handoff_the_conversation",
    "summary": "Wants a refund",
    "contact_reason": "Refunds",
    "user_sentiment": "Angry",
}
EXPECTED = AssistantAnswered(
    5.0,
    "s1",
    handoff=Handoff(HANDOFF["reason"], "Wants a refund", "angry", "Refunds"),
    assistant_session="s1",
    assistant_contact="c1",
)


@pytest.mark.parametrize("data", [HANDOFF, [HANDOFF]])
def test_a_handoff_may_come_alone_or_in_an_array(data: Any) -> None:
    """Both forms are documented (OCX-WH-04)."""
    heard = opencx_webhooks.events({"event": "conversation.handoff_to_human", "data": data}, 5.0)
    assert [event for _, event in heard.events] == [EXPECTED]


@pytest.mark.parametrize(
    "words", [{"response": "Hi"}, {"text": "Hi"}, {"message": "Hi"}, {"message": {"id": "m1", "text": "Hi"}}]
)
def test_an_answer_is_found_under_any_of_its_names(words: dict[str, Any]) -> None:
    """The page does not show this event's data."""
    heard = opencx_webhooks.events(
        {"event": "conversation.ai_response", "data": {"conversation_id": "s1", **words}}, 5.0
    )
    (_, event), *_ = heard.events
    assert isinstance(event, AssistantAnswered)
    assert (event.text, event.session) == ("Hi", "s1")


def test_a_repetition_has_the_same_key_and_news_another() -> None:
    """The message's id where there is one, else the content."""
    one = {"event": "conversation.closed", "data": [{"conversation_id": "s1", "timestamp": "t1"}]}
    two = {"event": "conversation.closed", "data": [{"conversation_id": "s1", "timestamp": "t2"}]}
    keys = [opencx_webhooks.events(body, 5.0).events[0][0] for body in (one, one, two)]
    assert keys[0] == keys[1] != keys[2]
    assert opencx_webhooks.events(one, 5.0).events[0][1] == AssistantClosed(5.0, "s1")


@pytest.mark.parametrize(
    "body",
    [
        {"event": "csat.requested", "data": {"conversation_id": "s1"}},
        {
            "event": "conversation.third_party_agent_response",
            "data": {"conversation_id": "s1", "response": "x"},
        },
        {"event": "conversation.agent_response", "data": {"conversation_id": "s1", "response": "x"}},
        {"event": "conversation.closed", "data": {}},
        {"event": "conversation.closed", "data": None},
        {"event": "conversation.closed", "data": ["x"]},
        {},
        [],
        None,
    ],
)
def test_what_is_not_for_us_is_ignored(body: Any) -> None:
    """Unknown, human or broken: no event and no exception."""
    assert opencx_webhooks.events(body, 5.0).events == []


# --- the scripted assistant ---------------------------------------------------------------------


@pytest.mark.parametrize("text", ["HUMAN", "can I speak to an agent?", "a real person", "Representative!"])
def test_a_request_for_a_person_is_handed_off(text: str) -> None:
    """With words for the customer and a summary for the agent."""
    answer = Scripted().ask(Question("ours", "", "", "+1", "+2", ("My order is late", text)))
    assert answer.text == "I'll connect you with a person now."
    assert answer.handoff
    assert "My order is late" in answer.handoff.summary
    assert (answer.handoff.sentiment, answer.assistant_session) == ("neutral", "ours")


@pytest.mark.parametrize("text", ["My personal data", "agentic", "Reporting a fault", "humane", ""])
def test_other_words_are_answered(text: str) -> None:
    """Part of a word is not the word."""
    answer = Scripted().ask(Question("ours", "", "", "+1", "+2", (text,)))
    assert answer.handoff is None
    assert answer.text


def test_the_table_answers() -> None:
    """The first row that fits, else what it can do."""
    ask = Scripted().ask
    assert "Refunds" in ask(Question("s", "", "", "+1", "+2", ("I want a REFUND",))).text
    assert ask(Question("s", "", "", "+1", "+2", ("?",))).text == OTHERWISE
