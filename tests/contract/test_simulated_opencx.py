"""The simulated OpenCX keeps to what is documented of the real one."""

import hashlib
import hmac
import json

import pytest

from simulator import accounts
from tests.contract.opencx_world import MARIA, UNKNOWN, WANTS_HUMAN, World


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize(
    ("key", "method", "status", "error"),
    [
        ("", "GET", 401, "Unauthorized"),
        ("ocx_live_wrong", "GET", 401, "Unauthorized"),
        (accounts.OPENCX_READ_KEY, "POST", 403, "Forbidden"),
        (accounts.OPENCX_READ_KEY, "GET", 200, None),
    ],
)
def test_keys(world: World, key: str, method: str, status: int, error: str | None) -> None:
    """A missing or unknown key is 401, a key without access 403, in one shape (OCX-API-03, OCX-API-04)."""
    answer = world.call(method, "/opencx/contacts", {} if method == "POST" else None, key=key)
    assert answer.status == status
    if error:
        assert set(answer.json) == {"statusCode", "message", "error"}
        assert (answer.json["statusCode"], answer.json["error"]) == (status, error)


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_contact_is_written_with_phone_and_read_with_phone_number(world: World, wrapped: bool) -> None:  # noqa: FBT001
    """Both forms of the body make the same contact (OCX-API-24)."""
    fields = {"phone": MARIA, "name": "Maria", "email": "maria@example.test", "custom_data": {"tier": "gold"}}
    made = world.api("POST", "/contacts", {"contact": fields} if wrapped else fields)
    assert made.status == 201
    assert world.api("GET", "/contacts").json["items"] == [
        {
            "id": made.json["id"],
            "email": "maria@example.test",
            "phone_number": MARIA,
            "name": "Maria",
            "custom_data": {"tier": "gold"},
        }
    ]


def test_a_contact_changes_and_goes(world: World) -> None:
    """A contact is updated field by field and deleted for good."""
    id_ = world.api("POST", "/contacts", {"phone": MARIA, "custom_data": {"a": "1"}}).json["id"]
    changed = world.api("PATCH", f"/contacts/{id_}", {"name": "Maria", "custom_data": {"b": "2"}}).json
    assert (changed["name"], changed["phone_number"], changed["custom_data"]) == (
        "Maria",
        MARIA,
        {"a": "1", "b": "2"},
    )
    assert world.api("DELETE", f"/contacts/{id_}").status == 200
    assert world.api("PATCH", f"/contacts/{id_}", {}).status == 404


def test_a_new_session(world: World) -> None:
    """Creating a session answers with its id alone; reading it shows every field (OCX-API-07, OCX-API-09)."""
    made = world.api("POST", "/chat/sessions", {"channel": {"type": "sms"}})
    assert (made.status, set(made.json)) == (201, {"id"})
    view = world.api("GET", f"/chat/sessions/{made.json['id']}").json
    assert set(view) == {
        "id", "status", "ai_closure_type", "sentiment", "channel", "ticket_number", "assist_mode",
        "created_at", "updated_at", "contact", "language", "assignee_id", "custom_data", "team",
        "ticketing_system",
    }  # fmt: skip
    assert (view["status"], view["channel"], view["ai_closure_type"]) == ("open", {"type": "sms"}, None)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/chat/sessions", {"channel": {"type": "pigeon"}}, 400),
        ("POST", "/chat/sessions", {"contact_id": UNKNOWN}, 404),
        ("POST", "/chat/sessions", b"{", 400),
        ("POST", "/chat/sessions", [], 400),
        ("POST", "/contacts", {"contact": 1}, 400),
        ("GET", f"/chat/sessions/{UNKNOWN}", None, 404),
        ("GET", f"/chat/sessions/{UNKNOWN}/history", None, 404),
        ("GET", "/chat/sessions?cursor=x", None, 400),
        ("GET", "/nothing", None, 404),
        ("POST", f"/chat/sessions/{UNKNOWN}/send", {"sender": "contact", "message": {"text": "hi"}}, 404),
        ("PATCH", "/chat/sessions/SESSION", {"status": "done"}, 400),
        ("POST", "/chat/sessions/SESSION/send", {"sender": "ai", "message": {"text": "hi"}}, 400),
        ("POST", "/chat/sessions/SESSION/send", {"sender": "contact"}, 400),
        ("POST", "/chat/sessions/SESSION/send", {"sender": "contact", "message": {"text": ""}}, 400),
        (
            "POST",
            "/chat/sessions/SESSION/send",
            {"sender": "contact", "message": {"text": "hi"}, "custom_data": {"a": {"b": 1}}},
            400,
        ),
        (
            "POST",
            "/chat/sessions/SESSION/send",
            {"sender": "contact", "message": {"text": "hi"}, "contact": {"custom_data": {"a": []}}},
            400,
        ),
    ],
)
def test_refusals(world: World, method: str, path: str, body: object, status: int) -> None:
    """What is wrong with a call is refused in the one shape of errors, and nothing is stored."""
    session = world.session()
    answer = world.api(method, path.replace("SESSION", session), body)
    assert answer.status == status
    assert set(answer.json) == {"statusCode", "message", "error"}
    assert world.history(session) == []


def test_custom_data_merges(world: World) -> None:
    """Two sends merge their session data; the contact's own stays apart (OCX-API-18)."""
    session = world.session()
    world.say(session, "one", custom_data={"a": 1}, contact={"custom_data": {"c": "x"}})
    world.say(session, "two", custom_data={"b": True})
    view = world.api("GET", f"/chat/sessions/{session}").json
    assert (view["custom_data"], view["contact"]["custom_data"]) == ({"a": 1, "b": True}, {"c": "x"})


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["calm", "human", "closed"]),
        ("status=open", ["calm", "human"]),
        ("status=closed_resolved", ["closed"]),
        ("handed_off=true", ["human"]),
        ("handed_off=false", ["calm", "closed"]),
        ("channel_type=web", []),
        ("channel_type=sms&handed_off=true", ["human"]),
        ("created_after=2026-11-18T11:07:00Z", ["closed"]),
        ("created_before=2026-11-18T11:07:00Z", ["calm", "human"]),
        ("updated_before=2026-11-18T11:07:00Z", ["calm"]),
    ],
)
def test_filters(world: World, query: str, found: list[str]) -> None:
    """The list of sessions filters by all it documents (OCX-API-11)."""
    names = {world.session(): "calm", (human := world.session()): "human"}
    world.network.clock.advance(60)
    names[closed := world.session()] = "closed"
    world.say(human, WANTS_HUMAN)
    world.api("PATCH", f"/chat/sessions/{closed}", {"status": "closed_resolved"})
    items = world.api("GET", f"/chat/sessions?{query}").json["items"]
    assert [names[item["id"]] for item in items] == found


def test_pages(world: World) -> None:
    """A list is read page by page; `next` is null at the end (OCX-API-06)."""
    world.script(rate_limit=1000)
    made = [world.api("POST", "/contacts", {}).json["id"] for _ in range(51)]
    first = world.api("GET", "/contacts").json
    second = world.api("GET", f"/contacts?cursor={first['next']}").json
    assert second["next"] is None
    assert [item["id"] for item in first["items"] + second["items"]] == made


def test_the_rate_limit_is_a_minute_long(world: World) -> None:
    """The 101st call within a minute is refused, and says when to come back (OCX-LIM-08)."""
    for _ in range(100):
        assert world.api("GET", "/contacts").status == 200
    refused = world.api("GET", "/contacts")
    assert (refused.status, refused.json["statusCode"]) == (429, 429)
    world.network.clock.advance(float(refused.headers["Retry-After"]))
    assert world.api("GET", "/contacts").status == 200


# --- the assistant ---


def test_an_inline_answer(world: World) -> None:
    """The older response holds the AI's words and says that nobody took over (OCX-API-17)."""
    world.script(otherwise="Hello!")
    told = world.say(world.session(), "hi").json
    assert told["sessionIsHandedOff"] is False
    response = told["autopilotResponse"]
    assert response["value"] == {"content": "Hello!", "error": None}
    assert set(response) == {"value", "id", "mightSolveUserIssue", "completelyAndFullyCoveredUserIssue"}
    assert world.told("conversation.ai_response", "conversation.handoff_to_human") == []


def test_an_inline_handoff(world: World) -> None:
    """The AI's last words, the flag and the summary come in the call; the webhook comes as well."""
    session = world.session()
    told = world.say(session, WANTS_HUMAN).json
    assert told["autopilotResponse"]["value"]["content"] == "I'll connect you with a person now."
    assert told["sessionIsHandedOff"] is True
    assert told["resolveArgs"]["sentiment"] == "neutral"
    assert WANTS_HUMAN in told["resolveArgs"]["summary"]
    view = world.api("GET", f"/chat/sessions/{session}").json
    assert (view["status"], view["ai_closure_type"]) == ("open", "handed_off")
    assert view["handoff"] == told["resolveArgs"]
    assert len(world.told("conversation.handoff_to_human")) == 1


def test_the_envelope(world: World) -> None:
    """Some copies wrap the older response in `data`."""
    world.script(envelope="data")
    told = world.say(world.session(), "hi").json
    assert set(told) == {"success", "data"}
    assert told["data"]["autopilotResponse"]["value"]["content"]


def test_an_answer_by_webhook(world: World) -> None:
    """The newest response holds the message's id alone; the answer follows after the delay (OCX-API-16)."""
    world.script(mode="webhook", otherwise="Hello!", delay=3)
    session = world.session()
    told = world.say(session, "hi").json
    assert set(told) == {"success", "data"}
    assert set(told["data"]["message"]) == {"id"}
    assert world.told("conversation.ai_response") == []
    world.network.clock.advance(3)
    (answer,) = world.told("conversation.ai_response")
    assert answer["organization_id"] == accounts.ORG_ID
    data = answer["data"]
    assert (data["conversation_id"], data["response"], data["channel"]) == (session, "Hello!", "sms")
    assert data["message"]["text"] == "Hello!"
    assert data["message_count"] == 2


def test_a_person_who_took_over_meanwhile_silences_the_answer(world: World) -> None:
    """The AI drops the reply it was preparing (OPEN-31)."""
    world.script(mode="webhook", delay=3)
    session = world.session()
    world.say(session, "hi")
    assert world.call("POST", f"/_sim/assistant/sessions/{session}/takeover").status == 200
    world.network.clock.advance(3)
    assert world.told("conversation.ai_response") == []


@pytest.mark.parametrize("mode", ["inline", "webhook", "silent"])
def test_a_session_with_a_person_gets_no_answer(world: World, mode: str) -> None:
    """The send succeeds, says who owns the session, and the AI stays silent (OCX-WID-04)."""
    session = world.session()
    world.say(session, WANTS_HUMAN)
    world.script(mode=mode)
    told = world.say(session, "anyone there?").json
    assert told["success"] is True
    assert told["code"] == "session_assigned_to_human_agent"
    assert not told.get("autopilotResponse")
    world.network.clock.advance(10)
    assert world.told("conversation.ai_response") == []
    assert [line for line in world.history(session) if line[1] == "ai"] == [
        ("message", "ai", "I'll connect you with a person now.")
    ]


def test_silence(world: World) -> None:
    """The silent assistant stores what it hears and says nothing."""
    world.script(mode="silent")
    session = world.session()
    assert "autopilotResponse" not in world.say(session, "hi").json
    world.network.clock.advance(600)
    assert world.history(session) == [("message", "contact", "hi")]


def test_failures(world: World) -> None:
    """As many sends fail as were asked for, and a failed one stores nothing."""
    world.script(fails=2)
    session = world.session()
    assert [world.say(session, "hi").status for _ in range(3)] == [500, 500, 201]
    assert [line[2] for line in world.history(session)][:1] == ["hi"]
    assert len(world.history(session)) == 2


def test_a_forbidden_topic(world: World) -> None:
    """A topic on the list hands off at once without an answer and keeps the topic (OCX-AP-04, OCX-AP-05)."""
    world.script(topics=["legal advice"])
    session = world.session()
    told = world.say(session, "I need Legal Advice now").json
    assert (told["sessionIsHandedOff"], told["autopilotResponse"]) == (True, None)
    assert "legal advice" in told["resolveArgs"]["summary"]
    (handoff,) = world.told("conversation.handoff_to_human")
    data = handoff["data"][0]
    assert data["reason"] == "ai_is_forbidden_from_handling_this_topic"
    assert data["contact_reason"] == "legal advice"
    assert "prohibited_topic_detected" in [line[0] for line in world.history(session)]


def test_rules_are_tried_in_order(world: World) -> None:
    """The first rule whose phrase is in the text speaks; its handoff is told as written."""
    handoff = {
        "reason": "ai_decided_to_handoff_because_the_user_left",
        "summary": "Wants money back.",
        "sentiment": "angry",
        "topic": "refunds",
    }
    rules = [
        {"contains": "refund", "say": "One moment.", "handoff": handoff},
        {"contains": ["", "re"], "say": "Yes?"},
    ]
    world.script(rules=rules)
    session = world.session()
    said = [
        world.say(session, text).json["autopilotResponse"]["value"]["content"] for text in ("hey", "REFUND!")
    ]
    assert said == ["Yes?", "One moment."]
    data = world.told("conversation.handoff_to_human")[0]["data"][0]
    assert (data["reason"], data["summary"], data["user_sentiment"], data["contact_reason"]) == (
        "ai_decided_to_handoff_because_the_user_left",
        "Wants money back.",
        "angry",
        "refunds",
    )


@pytest.mark.parametrize("takes_over", [False, True])
def test_an_agent_speaks_through_the_api(world: World, takes_over: bool) -> None:  # noqa: FBT001
    """The AI stays in charge unless a take-over is asked for (OCX-API-15)."""
    session = world.session()
    agent = {"id": 7, "name": "Ada"}
    body = {"agent": agent, "should_take_over_session_from_ai": takes_over}
    world.say(session, "hello")
    world.say(session, "Ada here", **{**body, "sender": "agent"})
    answered = world.say(session, "thanks").json.get("autopilotResponse") is not None
    assert answered is not takes_over
    reasons = [told["data"][0]["reason"] for told in world.told("conversation.handoff_to_human")]
    assert reasons == (["human_agent_decided_to_take_over"] if takes_over else [])
    assert [told["data"]["response"] for told in world.told("conversation.agent_response")] == ["Ada here"]


# --- webhooks ---


def test_the_life_of_a_session_in_webhooks(world: World) -> None:
    """Events come in the order of the story; two of them hold an array (OCX-WH-01, OCX-WH-04)."""
    world.script(mode="webhook")
    session = world.session()
    world.say(session, WANTS_HUMAN)
    world.network.clock.run_due()
    world.api("PATCH", f"/chat/sessions/{session}", {"status": "closed_resolved"})
    world.network.clock.run_due()
    told = [json.loads(hook.body) for hook in world.hooks]
    assert [(each["event"], isinstance(each["data"], list)) for each in told] == [
        ("conversation.started", False),
        ("conversation.contact_response", False),
        ("conversation.ai_response", False),
        ("conversation.handoff_to_human", True),
        ("conversation.closed", True),
    ]
    assert set(told[0]["data"]) == {
        "conversation_id", "assignee", "contact", "channel", "first_message", "timestamp",
    }  # fmt: skip
    assert set(told[3]["data"][0]) == {
        "conversation_id", "timestamp", "customer_id", "reason", "summary", "contact_reason",
        "user_sentiment", "was_handedoff_to_third_party", "third_party_name", "integration_metadata",
        "language", "message_count",
    }  # fmt: skip
    assert told[4]["data"][0]["human_resolution_status"] == "resolved"


def test_webhooks_are_signed(world: World) -> None:
    """The signature is the hex HMAC-SHA256 of the raw body under the shared secret (OPEN-47)."""
    world.say(world.session(), "hi, 📦")
    world.told()
    for hook in world.hooks:
        secret = accounts.OPENCX_WEBHOOK_SECRET.encode()
        assert hook.headers["X-OpenCX-Signature"] == hmac.new(secret, hook.body, hashlib.sha256).hexdigest()
        assert hook.url == "http://127.0.0.1:8080/webhooks/opencx"


@pytest.mark.parametrize(
    ("fault", "arrive", "after_release"),
    [("drop webhooks", 0, 0), ("hold", 0, 1), ("duplicate 3", 3, 3)],
)
def test_faults_on_webhooks(world: World, fault: str, arrive: int, after_release: int) -> None:
    """A planted fault on an event loses, holds or repeats its webhook, and touches no other."""
    event = "conversation.contact_response"
    world.network.faults.plant("opencx", event, fault)
    world.say(world.session(), "hi")
    assert len(world.told(event)) == arrive
    assert len(world.told("conversation.started")) == 1
    assert world.call("POST", "/_sim/faults/release").status == 200
    assert len(world.told(event)) == after_release


def test_a_closed_session_reopens_when_the_customer_speaks(world: World) -> None:
    """A text to a closed session opens it again, and the AI answers (OCX-LIF-13)."""
    session = world.session()
    world.say(session, "hi")
    world.api("PATCH", f"/chat/sessions/{session}", {"status": "closed_unresolved"})
    assert world.say(session, "me again").json["autopilotResponse"]
    assert world.api("GET", f"/chat/sessions/{session}").json["status"] == "open"
    assert "system_reopened_session" in [line[0] for line in world.history(session)]


@pytest.mark.parametrize(
    "script",
    [
        {"mode": "loud"},
        {"moods": 1},
        {"rules": [{"say": "x", "when": 1}]},
        {"rules": [1]},
        [],
        {"envelope": "x"},
    ],
)
def test_a_script_that_cannot_be(world: World, script: object) -> None:
    """A script with an unknown word is refused, and the old one stays."""
    before = world.call("GET", "/_sim/assistant/script").json
    answer = world.call("PUT", "/_sim/assistant/script", script)
    assert (answer.status, set(answer.json)) == (400, {"error", "fix"})
    assert world.call("GET", "/_sim/assistant/script").json == before


def test_reset_forgets(world: World) -> None:
    """After a reset there is no session, and the script is the first one again."""
    world.script(mode="silent")
    world.session()
    world.call("POST", "/_sim/reset")
    assert world.call("GET", "/_sim/assistant/sessions").json == {"sessions": []}
    assert world.call("GET", "/_sim/assistant/script").json["mode"] == "inline"
