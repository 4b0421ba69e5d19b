"""Every trigger Sunshine documents is sent, in its documented shape, to whoever asked for it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from simulator.hooks import HookAnswer
from simulator.sunshine.hooks import TRIGGERS
from tests.contract.models.sunshine_events import PAYLOADS, check_delivery
from tests.contract.sunshine_stage import Stage
from tests.contract.zendesk_world import INTEGRATION_KEY, SC

SAYS = {"author": {"type": "business"}, "content": {"type": "text", "text": "hi"}}
FORM = {"type": "form", "fields": [{"type": "text", "name": "n", "label": "Name"}]}


def stage_for(*triggers: str, **flags: bool) -> Stage:
    """A stage where one more webhook, `heard.test`, asks for these."""
    stage = Stage()
    stage.names["active"] = stage.call("GET /switchboards")[1]["switchboards"][0][
        "defaultSwitchboardIntegrationId"
    ]
    stage.listen(*triggers, **flags)
    return stage


def asks(call: str, body: Any = None) -> Callable[[Stage], object]:
    return lambda stage: stage.call(call, body)


def acts(path: str, body: Any = None) -> Callable[[Stage], object]:
    return lambda stage: stage.world.act("POST", stage.filled(path), body or {})


def offered(stage: Stage) -> object:
    return stage.call("POST /conversations/{chat}/offerControl", {"switchboardIntegration": "bridge"})


def accepted(stage: Stage) -> object:
    offered(stage)
    return stage.call("POST /conversations/{chat}/acceptControl", {"metadata": {"why": "mine"}})


def left(stage: Stage) -> object:
    return stage.call("POST /conversations/{group}/leave", {"userId": "{user}"})


def merged(stage: Stage) -> object:
    path = stage.filled(f"POST ~/v1.1{SC.removeprefix('/zendesk/sc/v2')}/appusers/merge")
    return stage.call(path, {"surviving": {"_id": "{omar}"}, "discarded": {"_id": "{user}"}})


MEMBER = {"userId": "{omar}", "subscribeSDKClient": True}
PERSONAL = {"type": "personal", "participants": [{"userId": "{omar}"}]}
PASS = "POST /conversations/{chat}/passControl"
CLIENT = "/sunshine/users/{user}/clients/{client}"
CAUSES: dict[str, Callable[[Stage], object]] = {
    "conversation:create": asks("POST /conversations", PERSONAL),
    "conversation:join": asks("POST /conversations/{group}/join", MEMBER),
    "conversation:leave": left,
    "conversation:remove": asks("DELETE /conversations/{chat}"),
    "conversation:message": asks("POST /conversations/{chat}/messages", SAYS),
    "conversation:message:delivery:channel": asks("POST /conversations/{chat}/messages", SAYS),
    "conversation:message:delivery:user": asks("POST /conversations/{chat}/messages", SAYS),
    "conversation:message:delivery:failure": asks(
        "POST /conversations/{chat}/messages", {**SAYS, "content": FORM}
    ),
    "conversation:postback": acts("/conversations/{chat}/customer/postback", {"payload": "yes"}),
    "conversation:referral": acts("/conversations/{chat}/customer/referral", {"code": "spring"}),
    "conversation:read": acts("/conversations/{chat}/customer/read"),
    "conversation:typing": acts("/conversations/{chat}/customer/typing"),
    "client:add": asks("POST /conversations/{group}/join", MEMBER),
    "client:remove": acts(f"{CLIENT}/fail"),
    "client:update": acts(f"{CLIENT}/block"),
    "switchboard:passControl": asks(PASS, {"switchboardIntegration": "bridge"}),
    "switchboard:passControl:failure": asks(PASS, {"switchboardIntegration": "nobody"}),
    "switchboard:releaseControl": asks("POST /conversations/{chat}/releaseControl", {}),
    "switchboard:offerControl": offered,
    "switchboard:offerControl:failure": asks(
        "POST /conversations/{chat}/offerControl", {"switchboardIntegration": "{active}"}
    ),
    "switchboard:acceptControl": accepted,
    "switchboard:acceptControl:failure": asks("POST /conversations/{chat}/acceptControl", {}),
    "user:merge": merged,
    "user:update": acts("/sunshine/users/{user}/locale", {"locale": "de-DE"}),
    "user:remove": asks("DELETE /users/{user}"),
    "passthrough:messaging": acts("/conversations/{chat}/customer/passthrough", {"apple": {"x": 1}}),
}


def test_every_documented_trigger_is_caused_here() -> None:
    """26 of them."""
    assert set(CAUSES) == set(PAYLOADS) == TRIGGERS
    assert len(TRIGGERS) == 26


@pytest.mark.parametrize("full", [False, True], ids=["truncated", "full"])
@pytest.mark.parametrize("trigger", CAUSES)
def test_a_trigger_is_sent_in_its_documented_shape(trigger: str, full: bool) -> None:  # noqa: FBT001
    """Once, to whoever asked; with the whole user and source if they asked for that."""
    stage = stage_for(trigger, includeFullUser=full, includeFullSource=full)
    CAUSES[trigger](stage)
    events = stage.heard()
    assert {event["type"] for event in events} == {trigger}
    user = events[0]["payload"].get("user")
    assert user is None or ("profile" in user) == full


def test_an_offer_shows_who_is_active_and_who_is_pending() -> None:
    """And the pending one hears from now on, without standby events (SUN-SWB-08)."""
    stage = stage_for("switchboard:offerControl")
    offered(stage)
    [event] = stage.heard()
    conversation = event["payload"]["conversation"]
    assert conversation["activeSwitchboardIntegration"]["name"] == "zd-answerBot"
    assert conversation["pendingSwitchboardIntegration"]["name"] == "bridge"
    stage.world.bridge.hooks.clear()
    stage.world.post(stage.names["chat"], "hi")
    targets = {hook.url for hook in stage.world.bridge.hooks}
    assert "https://bridge.test/" in targets


ROUTING = [(True, True, False, 2), (True, False, False, 0), (True, False, True, 2), (False, False, False, 2)]


@pytest.mark.parametrize(("enabled", "standby", "active", "deliveries"), ROUTING)
def test_who_hears_on_the_switchboard(enabled: bool, standby: bool, active: bool, deliveries: int) -> None:  # noqa: FBT001
    """Linked, it hears while active, with standby events, or if the board is off (SUN-SWB-06/07)."""
    stage = Stage()
    place = "/switchboards/{board}/switchboardIntegrations/{place}"
    stage.call(f"PATCH {place}", {"deliverStandbyEvents": standby})
    stage.call("PATCH /switchboards/{board}", {"enabled": enabled})
    if active:
        stage.call(PASS, {"switchboardIntegration": "bridge"})
    stage.world.bridge.hooks.clear()
    stage.world.post(stage.names["chat"], "hi")
    linked = [hook for hook in stage.world.bridge.hooks if hook.url == "https://bridge.test/"]
    assert len(linked) == deliveries


def test_an_integration_key_accepts_what_is_offered_to_it_and_nothing_else() -> None:
    """SUN-SWB-13/14."""
    stage = Stage()
    place = {"name": "sms", "integrationId": "{mine}"}
    stage.made("/switchboards/{board}/switchboardIntegrations", place, "switchboardIntegration")
    accept, release = (f"POST /conversations/{{chat}}/{what}Control" for what in ("accept", "release"))
    offered(stage)
    assert stage.call(accept, {}, INTEGRATION_KEY)[0] == 403
    stage.call("POST /conversations/{chat}/offerControl", {"switchboardIntegration": "sms"})
    assert stage.call(release, {}, INTEGRATION_KEY)[0] == 403
    assert stage.call(accept, {}, INTEGRATION_KEY)[0] == 200
    assert stage.call(release, {}, INTEGRATION_KEY)[0] == 200
    shown = stage.call("GET /conversations/{chat}")[1]["conversation"]
    assert "activeSwitchboardIntegration" not in shown


def test_events_come_in_batches_of_several_conversations() -> None:
    """Full, or after a second (F-25)."""
    stage = stage_for("conversation:message")
    stage.world.act("PUT", "/zendesk", {"batch": 3})
    stage.world.bridge.hooks.clear()
    for chat in ("first", "chat", "first", "chat"):
        stage.world.post(stage.names[chat], "hi")
    stage.world.network.clock.advance(1)
    batches = [json.loads(hook.body) for hook in stage.world.bridge.hooks if "heard" in hook.url]
    assert [len(check_delivery(batch)) for batch in batches] == [3, 1]
    assert len({event["payload"]["conversation"]["id"] for event in batches[0]["events"]}) == 2


CONFIRMATIONS = [("immediate", "active"), ("userActivity", "pending"), ("prompt", "pending")]


@pytest.mark.parametrize(("confirmation", "status"), CONFIRMATIONS)
def test_a_link_starts_pending_and_is_confirmed(confirmation: str, status: str) -> None:
    """At once, by the user's next message, or by an answer to the prompt (SUN-CLI-03)."""
    stage = stage_for("client:add", "client:update")
    stage.call("DELETE /users/{user}/clients/{client}")
    stage.names["client"] = stage.linked(confirmation)
    shown = {each["id"]: each for each in stage.call("GET /users/{user}/clients")[1]["clients"]}
    assert shown[stage.names["client"]]["status"] == status
    if confirmation == "prompt":
        stage.world.act("POST", stage.filled("/sunshine/users/{user}/clients/{client}/confirm"))
    stage.world.post(stage.names["chat"], "it is me")
    told = [(event["type"], event["payload"]["reason"]) for event in stage.heard()]
    assert told == [("client:add", "channelLinking"), ("client:update", "confirmed")]


def test_full_source_names_the_client_and_its_device() -> None:
    """SUN-MSG-15: in webhooks only."""
    stage = stage_for("conversation:postback", includeFullSource=True)
    stage.world.act("POST", stage.filled("/conversations/{chat}/customer/postback"), {"payload": "yes"})
    [event] = stage.heard()
    source = event["payload"]["source"]
    assert (source["client"]["id"], source["device"]["id"]) == (stage.names["sdk"], stage.names["device"])


def test_a_silent_message_is_delivered_to_nobody() -> None:
    """SUN-MSG-17."""
    stage = stage_for("conversation:message:delivery:channel")
    stage.call("POST /conversations/{chat}/messages", {**SAYS, "destination": {"integrationType": "none"}})
    assert stage.heard() == []


def test_a_client_of_another_conversation_gets_nothing() -> None:
    """The link leads to one conversation (SUN-CLI-03)."""
    stage = stage_for("conversation:message:delivery:channel")
    stage.call("POST /conversations/{first}/messages", SAYS)
    assert stage.heard() == []
    stage.call("POST /conversations/{chat}/messages", SAYS)
    assert len(stage.heard()) == 1


def test_users_without_clients_have_no_delivery_events() -> None:
    """Q-33."""
    stage = stage_for(*[name for name in TRIGGERS if "delivery" in name])
    chat = stage.world.conversation(stage.names["omar"])
    stage.world.post(chat, "hi", author="business")
    assert stage.heard() == []


# --- switches: the other answer of section (c) ---


def second_personal(stage: Stage) -> Any:
    stage.world.act("PUT", "/zendesk", {"multi_conversations": False})
    return stage.call("POST /conversations", {"type": "personal", "participants": [{"userId": "{user}"}]})


def stranger(stage: Stage) -> Any:
    author = {"type": "user", "userId": "{omar}"}
    return stage.call("POST /conversations/{chat}/messages", {**SAYS, "author": author})


def says(text: str) -> Callable[[Stage], Any]:
    content = {"type": "text", "text": text}
    return lambda stage: stage.call("POST /conversations/{chat}/messages", {**SAYS, "content": content})


def noted(text: str) -> Callable[[Stage], Any]:
    return lambda stage: stage.call("PATCH /users/{user}", {"metadata": {"a": text}})


def with_novelty(stage: Stage) -> Any:
    return stage.call("POST /conversations/{chat}/messages", {**SAYS, "novelty": 1})


def wildcard(stage: Stage) -> Any:
    return stage.call("POST /integrations/{mine}/webhooks", {"target": "https://a.test", "triggers": ["*"]})


def discarded_is_asked_for(stage: Stage) -> Any:
    merged(stage)
    return stage.call("GET /users/{user}")


# (row, switch, other value, call, (our status, the other))
ANSWERS: list[tuple[str, str, Any, Callable[[Stage], Any], tuple[int, int]]] = [
    ("Q-04", "unknown_keys", "refused", with_novelty, (201, 400)),
    ("Q-05", "stranger_writes", "user_not_found", stranger, (400, 404)),
    ("Q-06", "text_units", "characters", says("😀" * 4096), (400, 201)),
    ("Q-06", "text_units", "bytes", says("é" * 4096), (201, 400)),
    ("Q-07", "metadata_units", "characters", noted("é" * 4000), (400, 200)),
    ("Q-08", "second_conversation", 409, second_personal, (400, 409)),
    ("Q-24", "merged_user", "redirected", discarded_is_asked_for, (404, 200)),
    ("Q-35", "wildcard", "all", wildcard, (400, 201)),
]


@pytest.mark.parametrize(("row", "switch", "value", "ask", "answers"), ANSWERS)
def test_an_open_question_has_two_answers(
    row: str, switch: str, value: Any, ask: Callable[[Stage], Any], answers: tuple[int, int]
) -> None:
    """Ours unless the tester chooses the other."""
    ours, theirs = Stage(), Stage()
    assert theirs.world.act("PUT", "/zendesk", {switch: value})[0] == 200
    assert (ask(ours)[0], ask(theirs)[0]) == answers


def test_metadata_is_merged_or_replaced() -> None:
    """Q-01."""
    for switch, kept in (("merge", {"opencx_session_id": "s1", "b": 1}), ("replace", {"b": 1})):
        stage = Stage()
        stage.world.act("PUT", "/zendesk", {"metadata_patch": switch})
        shown = stage.call("PATCH /conversations/{chat}", {"metadata": {"b": 1}})[1]["conversation"]
        assert shown["metadata"] == kept


def test_retries_can_be_made_quicker() -> None:
    """Q-19: half the pauses."""
    stage = stage_for("conversation:message")
    stage.world.act("PUT", "/zendesk", {"retry_pace": 0.5})
    stage.world.network.ledger.clear()
    start = stage.world.network.now()
    stage.world.bridge.answers = [HookAnswer(500)] * 20
    stage.world.post(stage.names["first"], "hi")
    stage.world.network.clock.advance(460)
    sent = [entry for entry in stage.world.network.ledger.after() if "heard" in entry.get("url", "")]
    tried = [entry["at"] - start for entry in sent]
    assert tried == [0, 15, 75, 225, 450]
