"""FT-D6, D7, D8: a session's life under fire.

Ends in every order and twice, credentials revoked in the middle of it, and whatever else the desk tells.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bridge import failpoints
from bridge.core.model import ControlRefused
from simulator import accounts
from simulator.hooks import Hook
from tests.faults.test_desk import ANSWER, CONNECTING, letters
from tests.world import BRIDGE_URL, MARIA, Json, World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Maria is in a live chat with Ada, who has said hello."""
    made = World(tmp_path)
    made.text("A human please")
    made.settle(5)
    made.reply("Hello Maria")
    made.settle(5)
    yield made
    failpoints.disarm()
    made.close()


def act(world: World, what: str, **more: object) -> None:
    """Ada does something in Maria's first live chat."""
    world.control("POST", f"/conversations/{world.chats()[0]['id']}/{what}", {"agent": "Ada", **more})


# --- ended, solved, reopened (FT-D6) ---

ENDS: dict[str, list[tuple[str, dict[str, object]]]] = {
    "ended by the agent": [("end", {})],
    "ended by the customer": [("end", {"by": "user"})],
    "closed": [("close", {})],
    "solved and closed": [("solve", {}), ("close", {})],
    "solved, reopened and ended": [("solve", {}), ("reopen", {}), ("end", {})],
}
STAYS: dict[str, list[tuple[str, dict[str, object]]]] = {
    "solved": [("solve", {})],
    "solved and reopened": [("solve", {}), ("reopen", {})],
    "solved twice": [("solve", {}), ("reopen", {}), ("solve", {})],
}


@pytest.mark.parametrize(
    "webhooks", ["", "duplicate 3", "reorder", "race"], ids=["once", "thrice", "late", "at once"]
)
@pytest.mark.parametrize("acts", ENDS.values(), ids=ENDS)
def test_an_end_is_one_end(world: World, acts: list[tuple[str, dict[str, object]]], webhooks: str) -> None:
    """However it is told, the next text is the AI's, in a new session, and nothing reaches the old chat."""
    if webhooks:
        world.fault("sunshine", "webhook", webhooks, 2)
    for what, more in acts:
        act(world, what, **more)
    world.settle(120)
    before = world.chat()["messages"]
    world.text("When do you open?")
    world.settle(30)
    assert world.shown() == [CONNECTING, "Hello Maria", ANSWER]
    assert world.chat()["messages"] == before
    assert letters(world) == []


@pytest.mark.parametrize("acts", STAYS.values(), ids=STAYS)
def test_solved_is_no_end(world: World, acts: list[tuple[str, dict[str, object]]]) -> None:
    """Texts still reach the agent, replies still reach the phone, and the AI is silent."""
    for what, more in acts:
        act(world, what, **more)
    world.settle(30)
    world.text("One more thing")
    world.settle(5)
    world.reply("Yes?")
    world.settle(5)
    assert world.lines()[-2:] == ["One more thing", "Yes?"]
    assert world.shown() == [CONNECTING, "Hello Maria", "Yes?"]


def test_ended_while_a_reply_is_queued(world: World) -> None:
    """A reply the agent wrote before ending still goes out, once."""
    world.fault("twilio", "CreateMessage", "status 503 after 5")
    world.reply("Goodbye")
    act(world, "end")
    world.settle(120)
    assert world.shown() == [CONNECTING, "Hello Maria", "Goodbye"]
    assert letters(world) == []


def test_a_reply_told_after_the_end_goes_out(world: World) -> None:
    """The webhook of the last reply is overtaken by the end's (F-24)."""
    world.fault("sunshine", "conversation:message", "hold")
    world.reply("Goodbye")
    act(world, "end")
    world.settle(30)
    world.control("POST", "/faults/release")
    world.settle(30)
    assert world.shown() == [CONNECTING, "Hello Maria", "Goodbye"]


def test_ended_while_a_text_is_queued(world: World) -> None:
    """What the customer texted before the end stands in the chat it was for; nothing is asked twice."""
    world.fault("sunshine", "PostMessage", "status 503")
    world.text("Thank you")
    world.settle(0.2)
    act(world, "end")
    world.settle(120)
    assert world.lines()[-1] == "Thank you"
    assert world.shown() == [CONNECTING, "Hello Maria"]


def test_no_late_try_brings_an_ended_chat_back(world: World) -> None:
    """A refusal is told late, control is to be passed again, and then the chat ends: nobody is given it."""
    refused = ControlRefused(world.clock.now(), world.chats()[0]["id"], "late")
    world.bridge.journal.record([("sunshine:late", refused)])
    world.settle(0.5)
    act(world, "end")
    before = passes(world)
    world.settle(60)
    assert passes(world) == before == 1


def passes(world: World) -> int:
    return sum(entry.get("operation") == "PassControl" for entry in world.network.ledger.after())


IDLE = 10_800.0


@pytest.mark.parametrize(("after", "answers"), [(-1.0, 1), (0.0, 2), (1.0, 2)], ids=["before", "at", "after"])
def test_a_text_at_the_moment_of_expiry(tmp_path: Path, after: float, answers: int) -> None:
    """It opens a new session or belongs to the old one; it is answered once (FT-T1, OPEN-02)."""
    world = World(tmp_path)
    world.text("Hello")
    world.settle(5)
    session = world.bridge.journal.session("session-1")
    assert session is not None
    world.clock.advance(session.last_at + IDLE + after - world.clock.now())
    world.text("Again")
    world.settle(5)
    assert world.shown() == [ANSWER, ANSWER]
    assert (world.bridge.journal.session("session-2") is not None) == (answers == 2)
    world.close()


def test_a_handoff_while_an_answer_is_prepared(tmp_path: Path) -> None:
    """The agent has the chat; the AI's late answer reaches nobody twice (bug 25, OPEN-31)."""
    world = World(tmp_path)
    world.text("Hello")
    world.text("A human please")
    world.settle(120)
    world.text("Are you there?")
    world.settle(30)
    assert world.lines()[-1] == "Are you there?"
    assert world.chat()["control"] == "zd-agentWorkspace"
    assert world.shown().count(CONNECTING) == 1
    world.close()


# --- credentials revoked (FT-D7) ---

REFUSED = ("status 401", "status 403")
MANY = 1000


@pytest.mark.parametrize("refusal", REFUSED)
@pytest.mark.parametrize("system", ["sunshine", "support"])
def test_work_waits_for_credentials(tmp_path: Path, system: str, refusal: str) -> None:
    """Revoked for hours: nothing is a letter, the check says why; restored, it drains."""
    world = World(tmp_path)
    world.fault(system, "*", refusal, MANY)
    world.text("A human please")
    world.settle(1200)
    world.text("Are you there?")
    world.settle(60)
    problems = [finding.problem for finding in world.bridge.check() if finding.problem]
    assert any("credential" in each.cause.lower() and each.fix for each in problems)
    assert letters(world) == []
    world.control("DELETE", "/faults")
    world.settle(600)
    assert world.lines() == ["A human please", CONNECTING, "Are you there?"]
    assert world.chat()["control"] == "zd-agentWorkspace"
    assert letters(world) == []
    assert world.bridge.journal.counts()["effects_waiting"] == 0
    world.close()


@pytest.mark.parametrize(
    "effect", ["OpenConversation", "PostTurn", "TellAgent", "PassControl", "ReconcileUser"]
)
def test_credentials_revoked_between_two_steps(tmp_path: Path, effect: str) -> None:
    """At any step of the handoff: it goes on from there."""
    world = World(tmp_path)

    def revoke(performed: str) -> None:
        if performed == effect:
            failpoints.disarm()
            world.fault("sunshine", "*", "status 401", MANY)

    failpoints.arm("performing", revoke)
    world.text("A human please")
    world.settle(600)
    assert letters(world) == []
    world.control("DELETE", "/faults")
    world.settle(600)
    assert world.lines() == ["A human please", CONNECTING]
    assert world.chat()["control"] == "zd-agentWorkspace"
    assert world.bridge.journal.counts()["effects_waiting"] == 0
    world.close()


def test_users_are_merged_once_the_directory_takes_the_credentials_again(tmp_path: Path) -> None:
    """A duplicate the ticket made does not stay one because the search was refused just then (SEED-14)."""
    world = World(tmp_path)
    world.control("POST", "/support/users", {"name": "Maria Lopez", "phone": MARIA})
    world.fault("support", "UpdateSupportUser", "status 422")  # then the ticket makes a second user

    def revoke(performed: str) -> None:
        if performed == "ReconcileUser":
            failpoints.disarm()
            world.fault("support", "*", "status 401", MANY)

    failpoints.arm("performing", revoke)
    world.text("A human please")
    world.settle(300)
    assert world.bridge.journal.counts()["effects_waiting"] == 1
    world.control("DELETE", "/faults")
    world.settle(60)
    people = {user["id"]: user["name"] for user in world.control("GET", "/support/users")["users"]}
    assert people[world.chat()["ticket"]["requester_id"]] == "Maria Lopez"
    assert letters(world) == []
    world.close()


# --- what else the desk may tell (FT-D8) ---

AGENT = {"type": "business", "displayName": "Ada", "subtypes": ["agent"]}
MARKS = {"__zendesk_msg.agent.id": "77"}


def message(**changes: Any) -> Json:
    """An agent's message, but for what is changed."""
    plain = {
        "id": "f" * 24,
        "received": "2026-11-20T09:00:00.000Z",
        "author": AGENT,
        "content": {"type": "text", "text": "SECRET"},
        "source": {"type": "zd:agentWorkspace"},
        "metadata": MARKS,
    }
    return {"type": "conversation:message", "payload": {"message": {**plain, **changes}}}


def other(kind: str, **payload: Any) -> Json:
    """An event of another kind that carries the words, too."""
    return {"type": kind, "payload": {**message()["payload"], **payload}}


NOT_RELAYED: dict[str, Json] = {
    "an edit": other("conversation:message:edit"),
    "a deletion": other("conversation:message:remove"),
    "a delivery": other("conversation:message:delivery:user"),
    "typing": other("conversation:typing", activity={"type": "typing:start", "author": AGENT}),
    "reading": other("conversation:read", activity={"type": "conversation:read", "author": AGENT}),
    "a kind nobody knows": other("conversation:future"),
    "no kind": {"payload": message()["payload"]},
    "a bot": message(
        author={"type": "business", "subtypes": ["bot"]}, source={"type": "zd:answerBot"}, metadata={}
    ),
    "an unknown author": message(author={"type": "ghost"}),
    "no author": message(author=None),
    "a trigger": message(metadata={"__zendesk_msg.agent.id": "__trigger"}),
    "a system line": message(activity={"type": "agent:joined"}),
    "an API message": message(source={"type": "api:conversations"}, metadata={}),
    "nothing in it": message(content={"type": "text", "text": ""}),
    "no content": message(content=None),
    "unknown content": message(content={"type": "hologram"}),
}


def tell(world: World, told: Json) -> int | None:
    """The desk tells the bridge so."""
    payload = {"conversation": {"id": world.chats()[0]["id"]}, **told["payload"]}
    envelope = {"events": [{"id": "e" * 24, **told, "payload": payload}]}
    headers = {"Content-Type": "application/json", "X-API-Key": accounts.SUNSHINE_WEBHOOK_SECRET}
    url = f"{BRIDGE_URL}/webhooks/sunshine"
    return world.network.transport(
        Hook("sunshine", "forged", url, headers, json.dumps(envelope).encode())
    ).status


def ignored(world: World) -> float:
    """How many events the bridge has counted as of no concern."""
    page = world.bridge.metrics.page({}, 0.0).decode().splitlines()
    lines = [
        line for line in page if line.startswith('bridge_webhooks_refused_total{path="/webhooks/sunshine"')
    ]
    return sum(float(line.rpartition(" ")[2]) for line in lines)


@pytest.mark.parametrize("told", NOT_RELAYED.values(), ids=NOT_RELAYED)
def test_only_a_persons_public_reply_leaves(world: World, told: Json) -> None:
    """Everything else is acknowledged, counted, and seen by nobody (P5)."""
    before = ignored(world)
    assert tell(world, told) == 200
    world.settle(5)
    assert world.shown() == [CONNECTING, "Hello Maria"]
    assert ignored(world) == before + 1
    assert letters(world) == []


def test_the_same_but_for_nothing_is_relayed(world: World) -> None:
    """The table above starts from a reply that does leave."""
    assert tell(world, message()) == 200
    world.settle(5)
    assert world.shown() == [CONNECTING, "Hello Maria", "SECRET"]


def test_two_agents_in_one_chat(world: World) -> None:
    """Both are heard, in the order in which they wrote."""
    chat = world.chats()[0]["id"]
    for number in range(6):
        name = ("Ada", "Ben")[number % 2]
        world.control("POST", f"/conversations/{chat}/replies", {"text": f"{name} {number}", "agent": name})
    world.settle(30)
    said = [f"{('Ada', 'Ben')[number % 2]} {number}" for number in range(6)]
    assert world.shown() == [CONNECTING, "Hello Maria", *said]
