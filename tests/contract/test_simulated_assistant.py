"""When the simulated AI speaks, hands off, drafts or keeps quiet; and what its webhooks look like."""

import json
from typing import Any

import pytest

from tests.contract.opencx_world import WANTS_HUMAN, World


@pytest.fixture
def world() -> World:
    return World()


def ai(world: World, session: str) -> list[str]:
    """What the AI has said."""
    return [text for kind, sender, text in world.history(session) if (kind, sender) == ("message", "ai")]


def handed_off(world: World, session: str) -> bool:
    return bool(world.api("GET", f"/chat/sessions/{session}").json["ai_closure_type"] == "handed_off")


# --- levels ---

ANGRY = "This is ridiculous"
LEVELS: list[tuple[dict[str, Any], list[str], list[bool]]] = [
    ({"level": 0}, [WANTS_HUMAN, ANGRY, WANTS_HUMAN], [False, False, False]),
    ({"level": 1}, ["hello", WANTS_HUMAN], [False, True]),
    ({"level": 1}, [ANGRY], [True]),
    ({"level": 1}, ["where is it", "where is it", "Where is it"], [False, False, True]),
    ({}, [ANGRY], [True]),
    ({"level": 2}, [ANGRY, WANTS_HUMAN, "Maria, a parcel"], [False, False, True]),
    ({"level": 2}, [WANTS_HUMAN, WANTS_HUMAN], [False, True]),
    ({"level": 3}, [WANTS_HUMAN, WANTS_HUMAN, WANTS_HUMAN], [False, False, True]),
    ({"triggers": ["frustration"]}, [WANTS_HUMAN, ANGRY], [False, True]),
    ({"triggers": ["request"]}, [ANGRY, WANTS_HUMAN], [False, True]),
    ({"triggers": []}, [ANGRY, WANTS_HUMAN], [False, False]),
]


@pytest.mark.parametrize(("script", "texts", "expected"), LEVELS)
def test_how_ready_the_ai_is_to_hand_off(
    world: World, script: dict[str, Any], texts: list[str], expected: list[bool]
) -> None:
    """By preset, or trigger by trigger (OCX-HO-01 … OCX-HO-06); it never says nothing."""
    world.script(**script)
    session = world.session()
    seen = []
    for text in texts:
        answer = world.say(session, text).json
        assert answer["autopilotResponse"]["value"]["content"]
        seen.append(handed_off(world, session))
    assert seen == expected


def test_an_angry_customer_is_told_as_such(world: World) -> None:
    """The sentiment goes with the handoff (OCX-HO-11)."""
    world.say(world.session(), ANGRY)
    [told] = world.told("conversation.handoff_to_human")
    assert told["data"][0]["user_sentiment"] == "angry"


WRONG: list[dict[str, Any]] = [
    {"level": 2, "triggers": ["request"]},
    {"level": 4},
    {"triggers": ["mood"]},
    {"autopilot_off": ["pigeon"]},
    {"overlap": "never"},
    {"data": "xml"},
]


@pytest.mark.parametrize("script", WRONG)
def test_a_script_that_cannot_be(world: World, script: dict[str, Any]) -> None:
    """Presets and single triggers exclude each other (OCX-HO-06)."""
    assert world.call("PUT", "/_sim/assistant/script", script).status == 400


@pytest.mark.parametrize("script", [{"level": 2}, {"triggers": ["request"]}])
def test_a_script_that_is_shown_can_be_sent_again(world: World, script: dict[str, Any]) -> None:
    """With its preset, or with its triggers."""
    world.script(**script)
    shown = world.call("GET", "/_sim/assistant/script").json
    assert world.call("PUT", "/_sim/assistant/script", shown).json == shown


# --- autopilot and topics ---


def test_autopilot_is_a_switch_for_each_channel(world: World) -> None:
    """Off, texts are stored and nobody answers; on again with the next text (OCX-SMS-12, OPEN-42)."""
    world.script(autopilot_off=["sms"])
    session = world.session()
    assert world.say(session, "hi").json["autopilotResponse"] is None
    world.script()
    assert world.say(session, "hi again").json["autopilotResponse"]
    assert len(ai(world, session)) == 1


def test_a_topic_hands_off_at_any_level(world: World) -> None:
    """It decides whether the AI answers at all (OCX-AP-04)."""
    world.script(level=0, topics=["refund"])
    session = world.session()
    world.say(session, "A Refund, please")
    assert (handed_off(world, session), ai(world, session)) == (True, [])


# --- assist ---


def drafts(world: World) -> Any:
    [session] = world.call("GET", "/_sim/assistant/sessions").json["sessions"]
    return [each["text"] for each in session["drafts"]], session["skipped"]


def test_assist_drafts_and_never_sends(world: World) -> None:
    """The customer hears nothing, and nothing is handed off (OCX-AP-08, OCX-AP-09)."""
    world.script(assist=True, mode="webhook", otherwise="Try this.", topics=["refund"])
    session = world.session()
    for text in ("hi", WANTS_HUMAN, "refund"):
        world.say(session, text)
    assert (ai(world, session), handed_off(world, session)) == ([], False)
    assert world.told("conversation.ai_response", "conversation.handoff_to_human") == []
    assert drafts(world)[0] == ["Try this."] * 3


def test_assist_is_copied_onto_a_session_when_it_is_made(world: World) -> None:
    """A later change of the channel's setting does not reach it (OCX-LIF-04)."""
    world.script(assist=True)
    session = world.session()
    world.script(assist=False)
    assert world.api("GET", f"/chat/sessions/{session}").json["assist_mode"] is True
    assert world.say(session, "hi").json["autopilotResponse"] is None
    assert world.api("GET", f"/chat/sessions/{world.session()}").json["assist_mode"] is False


def test_assist_keeps_quiet_and_says_why(world: World) -> None:
    """For excluded topics and answers it thinks incomplete (OCX-AP-10)."""
    world.script(assist=True, no_assist_topics=["legal"], unhelpful=["quantum"])
    session = world.session()
    codes = [world.say(session, text).json["code"] for text in ("a legal matter", "quantum what?")]
    assert codes == ["skipping_unuseful_response"] * 2
    assert drafts(world) == (
        [],
        [
            "opencx_skipped_assist_mode_because_of_the_topic_in_no_assist_list",
            "opencx_skipped_not_helpful_answer",
        ],
    )


def test_a_comment_told_again_makes_no_second_draft(world: World) -> None:
    """For two days (OCX-AP-11)."""
    world.script(otherwise="Try {text}.")
    session = world.session()
    for hours in (0, 47, 2):
        world.network.clock.advance(hours * 3600)
        told = {"event": "c1", "text": "this"}
        assert world.call("POST", f"/_sim/assistant/sessions/{session}/comments", told).status == 200
    assert drafts(world)[0] == ["Try this.", "Try this."]


def test_assist_leaves_closed_sessions_alone(world: World) -> None:
    """There is nothing to do any more."""
    session = world.session()
    world.api("PATCH", f"/chat/sessions/{session}", {"status": "closed_resolved"})
    world.call("POST", f"/_sim/assistant/sessions/{session}/comments", {"event": "c1", "text": "this"})
    assert drafts(world)[0] == []


# --- a text while an answer is in preparation ---

OVERLAP = [("each", ["one!", "two!"]), ("next", ["one\ntwo!"]), ("cancel", ["one\ntwo!"])]


@pytest.mark.parametrize(("overlap", "answers"), OVERLAP)
def test_a_text_that_comes_while_the_ai_thinks(world: World, overlap: str, answers: list[str]) -> None:
    """Each has its answer, or one covers both (OCX-SMS-17, OCX-SMS-18)."""
    world.script(mode="webhook", delay=3, otherwise="{text}!", overlap=overlap)
    session = world.session()
    world.say(session, "one")
    world.network.clock.advance(2)
    world.say(session, "two")
    world.network.clock.advance(1)
    early = ai(world, session)
    world.network.clock.advance(2)
    assert ai(world, session) == answers
    assert early == ([] if overlap == "cancel" else answers[:1])
    cancelled = [line[0] for line in world.history(session)].count("ai_response_cancelled")
    assert cancelled == (overlap == "cancel")


# --- the end ---


def test_a_silent_session_is_taken_for_resolved(world: World) -> None:
    """After the time the organisation sets, and not while a person has it (OCX-LIF-05 … 07, OPEN-01)."""
    world.script(idle_seconds=10_800)
    silent, human = world.session(), world.session()
    world.say(silent, "thanks")
    world.say(human, WANTS_HUMAN)
    world.network.clock.advance(10_000)
    world.say(silent, "bye")
    world.network.clock.advance(10_799)
    assert world.api("GET", f"/chat/sessions/{silent}").json["status"] == "open"
    world.network.clock.advance(1)
    shown = world.api("GET", f"/chat/sessions/{silent}").json
    assert (shown["status"], shown["ai_closure_type"]) == ("closed_resolved", "assumed_resolved")
    assert world.api("GET", f"/chat/sessions/{human}").json["status"] == "open"
    [closed] = world.told("conversation.closed")
    assert (closed["data"][0]["ai_resolution_status"], closed["data"][0]["closed_by"]) == (
        "resolved",
        {"type": "AI"},
    )


CLOSERS = [("agent", "closed_resolved"), ("contact", "closed_resolved"), ("integration", "closed_unresolved")]


@pytest.mark.parametrize(("by", "status"), CLOSERS)
def test_somebody_closes_and_somebody_reopens(world: World, by: str, status: str) -> None:
    """The history says who (OCX-LIF-13, OCX-LIF-14)."""
    session = world.session()
    world.call("POST", f"/_sim/assistant/sessions/{session}/close", {"by": by, "status": status})
    [closed] = world.told("conversation.closed")
    assert closed["data"][0]["is_from_third_party"] == (by == "integration")
    world.call("POST", f"/_sim/assistant/sessions/{session}/reopen", {"by": "ai"})
    kinds = [line[0] for line in world.history(session)]
    assert kinds == [f"{status}_by_{by}", "ai_reopened_session"]
    assert world.api("GET", f"/chat/sessions/{session}").json["status"] == "open"


# --- webhooks ---


@pytest.mark.parametrize(("form", "kinds"), [("object", {dict}), ("array", {list})])
def test_data_can_always_be_an_object_or_always_an_array(world: World, form: str, kinds: set[type]) -> None:
    """The documents contradict themselves; a receiver must take both (OCX-WH-04)."""
    world.script(data=form)
    world.say(world.session(), WANTS_HUMAN)
    world.told()
    assert {type(json.loads(hook.body)["data"]) for hook in world.hooks} == kinds


def test_a_desk_that_has_the_session_is_named(world: World) -> None:
    """On the session, and in the webhook of the handoff (OCX-ZD-22, OCX-ZD-23)."""
    session = world.session()
    desk = {"external_id": "6a5a17b21d6e000000000b01"}
    assert world.call("POST", f"/_sim/assistant/sessions/{session}/desk", desk).status == 200
    world.say(session, WANTS_HUMAN)
    [told] = world.told("conversation.handoff_to_human")
    data = told["data"][0]
    assert (data["third_party_name"], data["was_handedoff_to_third_party"]) == ("zendesk_v2", True)
    assert data["integration_metadata"]["sunshine"]["sunshine_conversation_id"] == desk["external_id"]
    shown = world.api("GET", f"/chat/sessions/{session}").json["ticketing_system"]
    assert shown["id_type"] == "conversation_id"


BY_HAND = [
    "conversation.third_party_agent_response", "conversation.handoff_to_third_party_failed", "csat.requested",
    "csat.score_submitted", "workflow.run.succeeded", "workflow.run.failed",
]  # fmt: skip


@pytest.mark.parametrize("event", BY_HAND)
def test_what_nothing_here_causes_can_be_sent_by_hand(world: World, event: str) -> None:
    """Every documented event can be had (OCX-WH-01, OCX-WH-02)."""
    session = world.session()
    sent = {"event": event, "data": {"response": "On it"}}
    assert world.call("POST", f"/_sim/assistant/sessions/{session}/webhooks", sent).status == 200
    [told] = world.told(event)
    assert (told["data"]["conversation_id"], told["data"]["response"]) == (session, "On it")


def test_what_is_no_event_is_refused(world: World) -> None:
    """With the events there are."""
    answer = world.call("POST", f"/_sim/assistant/sessions/{world.session()}/webhooks", {"event": "x"})
    assert (answer.status, "csat.requested" in answer.json["fix"]) == (400, True)
