"""P6, FT-D5, bug 30: webhooks go quiet while the API works. What was missed is found by asking, once and in
order, and somebody is told that this is how it was found.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs
from werkzeug.test import Client

from bridge import silence
from bridge.sweep import SETTLED
from simulator import accounts
from simulator.sunshine import Sunshine
from tests.world import MARIA, OMAR, World

CONNECTING = "I'll connect you with a person now."
EVERY = 301.0  # seconds: at least one round of questions
HOURS = 4 * 3600.0
LOST = "drop webhooks"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Maria is in a live chat, and the first round of questions is over."""
    made = World(tmp_path)
    made.text("A human please")
    made.settle(EVERY)
    yield made
    made.close()


def asked(world: World, path: str) -> Any:
    """What a page of the bridge says."""
    headers = {"Authorization": f"Bearer {accounts.ADMIN_TOKEN}"}
    return Client(world.bridge.app).get(path, headers=headers)


def silent(world: World) -> list[str]:
    """Senders of whom metrics, status and check all say that they are silent."""
    metrics = asked(world, "/metrics").text.splitlines()
    line = 'bridge_webhook_silent{{source="{}"}} 1.0'
    senders = [each for each in silence.WORDS if line.format(each) in metrics]
    assert len(asked(world, "/admin/status").json["silent"]) == len(senders)
    found = [finding for finding in world.bridge.check() if finding.step == silence.STEP]
    assert [finding.detail for finding in found] == [f"{sender}: silent" for sender in senders]
    assert all(finding.problem and finding.problem.cause and finding.problem.fix for finding in found)
    return senders


def missed(world: World, sender: str) -> float:
    """How many events the counter says were found by asking."""
    name = f'bridge_webhook_missed_total{{source="{sender}"}} '
    lines = asked(world, "/metrics").text.splitlines()
    return sum(float(line.removeprefix(name)) for line in lines if line.startswith(name))


def test_all_is_well(world: World) -> None:
    """Nobody is silent where everything is told."""
    world.reply("Hello")
    world.settle(EVERY)
    assert silent(world) == []


def test_a_silent_desk_is_an_alarm_and_ends_with_its_next_webhook(world: World) -> None:
    """Found, relayed once, alarmed once; the bridge stays ready; the next webhook of the desk's ends it."""
    world.fault("sunshine", "webhook", LOST, 1)
    world.bridge.ready = True
    world.reply("Hello")
    with capture_logs() as logs:
        world.settle(EVERY)
    warned = [line for line in logs if line["event"] == "webhook.silent"]
    assert [(line["sender"], line["log_level"]) for line in warned] == [("sunshine", "warning")]
    assert silent(world) == ["sunshine"]
    assert missed(world, "sunshine") == 1
    assert asked(world, "/readyz").status_code == 200
    world.kill()
    world.revive()
    assert silent(world) == ["sunshine"]
    world.reply("Are you there?")
    world.settle(5)
    assert silent(world) == []
    assert world.shown() == [CONNECTING, "Hello", "Are you there?"]


@pytest.mark.parametrize(
    ("operation", "sender"),
    [("inbound", "twilio/sms"), ("status", "twilio/status")],
    ids=["texts", "receipts"],
)
def test_a_silent_carrier_is_an_alarm(world: World, operation: str, sender: str) -> None:
    """Texts and receipts have webhooks of their own, and alarms of their own."""
    world.fault("twilio", operation, LOST, 10)
    world.text("It is order 4711")
    world.settle(EVERY)
    world.reply("Thank you")
    world.settle(4 * EVERY)
    assert silent(world) == [sender]
    assert missed(world, sender) > 0
    world.control("DELETE", "/faults")
    world.text("Hello?")
    world.settle(5)
    world.reply("Yes")
    world.settle(60)
    assert silent(world) == []
    assert world.lines()[-4:] == ["It is order 4711", "Thank you", "Hello?", "Yes"]


def test_a_lost_text_is_read_as_its_webhook_would_have_been(world: World) -> None:
    """The carrier's list holds the same base64 that the webhook would have brought (bug 32)."""
    written = "It is order 4711 — the parcel came today, but the box is broken and two cups are missing."
    world.fault("twilio", "inbound", "quirk base64 text")
    world.fault("twilio", "inbound", LOST)
    world.text(written)
    world.settle(EVERY)
    assert world.lines()[-1] == written


def test_replies_of_hours_are_relayed_once_in_order(world: World) -> None:
    """More than a page of them, in two chats; then the webhooks come back."""
    world.text("A human please", phone=OMAR)
    world.settle(5)
    chats = {chat["user"]["phone"]: chat["id"] for chat in world.chats()}
    world.kill()  # a bridge that nobody can reach, for hours
    world.fault("sunshine", "webhook", LOST, 1000)
    for number in range(105):
        world.reply(f"Maria {number}", chats[MARIA])
    world.reply("Omar 0", chats[OMAR])
    world.clock.advance(HOURS)
    world.revive()
    world.settle(EVERY)
    assert world.shown() == [CONNECTING, *(f"Maria {number}" for number in range(105))]
    assert world.shown(OMAR) == [CONNECTING, "Omar 0"]
    assert silent(world) == [], "the bridge was away: no webhook is to blame"
    world.reply("Maria 105", chats[MARIA])
    world.settle(EVERY)
    assert silent(world) == ["sunshine"]
    world.control("DELETE", "/faults")
    world.reply("Maria 106", chats[MARIA])
    world.settle(EVERY)
    assert world.shown()[-3:] == ["Maria 104", "Maria 105", "Maria 106"]
    assert silent(world) == []


@pytest.mark.parametrize("seconds", [2 * EVERY, 5.0], ids=["found, then told", "told, then stands there"])
def test_found_and_told_is_relayed_once(world: World, seconds: float) -> None:
    """Whichever comes first."""
    world.fault("sunshine", "conversation:message", "hold")
    world.reply("Hello")
    world.settle(seconds)
    world.control("POST", "/faults/release")
    world.settle(2 * EVERY)
    assert world.shown() == [CONNECTING, "Hello"]
    assert silent(world) == []


def test_an_end_that_was_told_is_not_found_again(world: World) -> None:
    """A system line has one key, however one hears of it."""
    chat = world.chats()[-1]["id"]
    world.control("POST", f"/conversations/{chat}/end", {"agent": "Ada", "by": "user"})
    world.settle(2 * EVERY)
    assert silent(world) == []
    assert missed(world, "sunshine") == 0


def rounds(world: World, count: int) -> None:
    """So many rounds of questions."""
    for _ in range(count):
        world.settle(EVERY)


def control(world: World, what: str) -> None:
    """The newest live chat."""
    world.control("POST", f"/conversations/{world.chats()[-1]['id']}/{what}", {"agent": "Ada"})


def test_an_end_that_nobody_told_is_found(world: World) -> None:
    """Released while webhooks were lost: the next text is the AI's, in a session of its own (P6)."""
    world.reply("Bye")
    world.settle(5)
    world.fault("sunshine", "switchboard:releaseControl", LOST)
    control(world, "end")
    rounds(world, 2)
    assert missed(world, "sunshine") == 1
    assert silent(world) == ["sunshine"]
    before = world.lines()
    world.text("Where is my order?")
    world.settle(5)
    assert world.shown()[-1] == "Thanks for your message. How else can I help?"
    assert world.lines() == before


def test_an_end_whose_webhook_is_late_is_one_end(world: World) -> None:
    """Found and told; and a chat whose end was told in time is no alarm."""
    world.fault("sunshine", "switchboard:releaseControl", "hold")
    control(world, "end")
    rounds(world, 2)
    world.control("POST", "/faults/release")
    rounds(world, 2)
    assert missed(world, "sunshine") == 1
    world.text("A human please")
    world.settle(5)
    control(world, "end")
    rounds(world, 2)
    assert missed(world, "sunshine") == 1


def test_a_chat_that_agents_have_is_not_ended(world: World) -> None:
    """Solved is not released; round after round it stays with them."""
    control(world, "solve")
    rounds(world, 4)
    world.text("One more thing")
    world.settle(5)
    assert world.lines()[-1] == "One more thing"
    assert missed(world, "sunshine") == 0


def test_control_that_never_passed_is_passed_again(tmp_path: Path) -> None:
    """The call was answered with success, it was not done, and the webhook that says so got lost."""
    world = World(tmp_path)
    world.control("PUT", "/zendesk", {"passing": "fails"})
    world.fault("sunshine", "switchboard:passControl:failure", LOST)
    world.text("A human please")
    world.settle(5)
    world.control("PUT", "/zendesk", {"passing": "moves"})
    rounds(world, 3)
    assert world.chat()["control"] == "zd-agentWorkspace"
    world.close()


def test_a_text_after_an_end_that_nobody_told_reaches_agents(world: World) -> None:
    """It was put into a chat that nobody has any more: agents are given the chat anew."""
    world.reply("Bye")
    world.settle(5)
    world.fault("sunshine", "switchboard:releaseControl", LOST)
    control(world, "end")
    world.text("One more thing")
    rounds(world, 2)
    world.settle(10)
    chat = world.chat()
    assert chat["control"] == "zd-agentWorkspace"
    assert world.lines()[-1] == "One more thing"
    world.reply("Yes?")
    world.settle(5)
    assert world.shown()[-1] == "Yes?"


def given(world: World, *, to_agents: bool) -> None:
    """The newest live chat changes hands, and nobody tells."""
    desk = next(each for each in world.network.systems if isinstance(each, Sunshine)).world
    desk.conversations[world.chats()[-1]["id"]].active = desk.agents.id if to_agents else ""


def agents_write(world: World) -> None:
    """They have it, and show it; nobody looks."""
    world.reply("Still here")
    world.settle(5)


def nobody_can_say(world: World) -> None:
    """A whole round cannot ask."""
    world.fault("sunshine", "GetConversation", "status 503", 100)
    world.settle(EVERY)
    world.control("DELETE", "/faults")


BETWEEN: dict[str, Callable[[World], None]] = {
    "a look that finds them there": lambda world: world.settle(SETTLED),
    "a reply of theirs": agents_write,
    "a round that cannot ask": nobody_can_say,
}


@pytest.mark.parametrize("between", BETWEEN.values(), ids=list(BETWEEN))
def test_two_short_absences_are_not_a_long_one(world: World, between: Callable[[World], None]) -> None:
    """Agents lend a chat to a bot for a moment, twice, and just then somebody looks; it stays theirs."""
    given(world, to_agents=False)
    world.settle(EVERY)
    given(world, to_agents=True)
    between(world)
    given(world, to_agents=False)
    world.settle(EVERY)
    given(world, to_agents=True)
    rounds(world, 2)
    assert missed(world, "sunshine") == 0
    world.text("One more thing")
    world.settle(5)
    assert world.lines()[-1] == "One more thing"


def test_who_is_without_a_chat_is_looked_at_again_soon(world: World) -> None:
    """Not a whole round later; and what is over is not kept in mind."""
    given(world, to_agents=False)
    world.settle(EVERY)
    assert missed(world, "sunshine") == 0
    world.settle(SETTLED)
    assert missed(world, "sunshine") == 1
    assert world.bridge._sweep._away == {}


def test_an_absence_that_was_told_meanwhile_is_not_kept_in_mind(world: World) -> None:
    """Its chat is asked about no longer."""
    given(world, to_agents=False)
    world.settle(EVERY)
    given(world, to_agents=True)
    control(world, "end")
    rounds(world, 2)
    assert world.bridge._sweep._away == {}


def test_a_chat_that_is_gone_is_found(world: World) -> None:
    """Deleted, and nobody told: the next round opens another with all it held."""
    world.reply("Hello")
    world.settle(5)
    world.fault("sunshine", "conversation:remove", LOST)
    world.control("POST", f"/conversations/{world.chats()[-1]['id']}/delete")
    world.settle(EVERY)
    assert world.lines() == ["A human please", CONNECTING, "Hello"]


def test_a_database_that_is_none_has_noticed_nothing(tmp_path: Path) -> None:
    """`bridge check` runs before the first start, too."""
    assert silence.on_disk(f"sqlite:///{tmp_path}/none.db") == ()


def test_a_handoff_that_nobody_told_is_found(tmp_path: Path) -> None:
    """The AI's last words came by webhook, the handoff's own got lost: nobody would answer any more (P6)."""
    with closing(World(tmp_path)) as world:
        world.control("PUT", "/assistant/script", {"mode": "webhook"})
        world.fault("opencx", "conversation.handoff_to_human", LOST)
        world.text("A human please")
        world.settle(5)
        assert world.shown() == [CONNECTING]
        assert world.lines() == ["A human please", CONNECTING]


def test_a_handoff_that_cannot_be_asked_for_is_found_with_the_next_text(tmp_path: Path) -> None:
    """The AI says that it will not answer; and an answer that was told is enough if nothing else is known."""
    with closing(World(tmp_path)) as world:
        world.control("PUT", "/assistant/script", {"mode": "webhook"})
        world.fault("opencx", "conversation.handoff_to_human", LOST)
        world.fault("opencx", "listChatHistory", "status 500", 20)
        world.text("A human please")
        world.settle(60)
        assert world.chats() == []
        assert world.bridge.journal.counts()["effects_waiting"] == 0
        world.text("Hello?")
        world.settle(5)
        assert world.lines() == ["A human please", CONNECTING, "Hello?"]


def test_what_was_found_is_kept_though_nobody_says_who_has_the_chat(world: World) -> None:
    """The reply is relayed in the same round; the other question can wait for the next."""
    world.fault("sunshine", "webhook", LOST, 1)
    world.fault("sunshine", "GetConversation", "status 503", 50)
    world.reply("Hello")
    world.settle(EVERY)
    assert world.shown()[-1] == "Hello"


@pytest.mark.parametrize(("hours", "shown"), [(2, [CONNECTING, "Last words"]), (30, [CONNECTING])])
def test_a_chat_that_ended_while_it_could_not_be_asked_is_asked_later(
    world: World, hours: int, shown: list[str]
) -> None:
    """The end was told, the words before it were not, and the desk refuses us; a day later it is too late."""
    world.fault("sunshine", "conversation:message", LOST, 1)
    world.fault("sunshine", "ListMessages", "status 401", 10_000)
    world.reply("Last words")
    world.control("POST", f"/conversations/{world.chat()['id']}/end")
    world.settle(hours * 3600.0)
    assert world.shown() == [CONNECTING]
    world.control("DELETE", "/faults")
    world.settle(EVERY)
    assert world.shown() == shown
