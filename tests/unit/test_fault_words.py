"""Each word for a fault, on operations of every system, planted through the control surface."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from simulator.endings import Hang, Reset, Slow
from simulator.facts import agree, leaves
from simulator.faults import CALLS, WEBHOOKS, WORDS
from simulator.opencx.hooks import EVENTS
from simulator.quirks import QUIRKS
from simulator.web import Response
from tests.simulated import MARIA, SYSTEMS, TWILIO, Simulated

CALL_FAULTS: dict[str, Callable[[Any], bool]] = {
    "refuse": lambda ending: isinstance(ending, Reset),
    "hang": lambda ending: isinstance(ending, Hang),
    "accept then hang": lambda ending: isinstance(ending, Hang),
    "accept then reset": lambda ending: isinstance(ending, Reset),
    "garble": lambda ending: ending.status == 200 and ending.body == b"<html>garbled",
    "status 503": lambda ending: ending.status == 503,
    "status 429 after 7": lambda ending: (ending.status, ending.headers["Retry-After"]) == (429, "7"),
    "slow 2.5": lambda ending: isinstance(ending, Slow) and ending.seconds == 2.5,
    "quirk no body": lambda ending: ending.body == b"",
    "quirk text type": lambda ending: ending.headers["Content-Type"] == "text/plain",
    "quirk byte order mark": lambda ending: ending.body.startswith(b"\xef\xbb\xbf"),
    "quirk escaped": lambda ending: ending.body.isascii(),
    "quirk extra fields": lambda ending: not ending.body.startswith(b"{") or b"x_surprise" in ending.body,
}


@pytest.fixture
def world() -> Simulated:
    return Simulated()


@pytest.mark.parametrize(("fault", "happened"), CALL_FAULTS.items())
@pytest.mark.parametrize("system", SYSTEMS)
def test_calls(world: Simulated, system: str, fault: str, happened: Callable[[Any], bool]) -> None:
    """Every operation of every system meets it, simulated or not, once, and the ledger says so."""
    (calls,) = (
        each["calls"] for each in world.ask("GET", "/_sim/systems")[1]["systems"] if each["name"] == system
    )
    assert calls
    for call in calls:
        operation, path = call["operation"], call["path"].replace("<", "").replace(">", "")
        assert world.plant(system, operation, fault)[0] == 201
        assert happened(world.end(call["method"], path)), call
        met = world.network.ledger.after(world.network.ledger.last - 2)[0]
        assert (met["operation"], met["fault"]) == (operation, fault)
        assert world.network.ledger.after()[-1]["fault"] == fault
        after = world.end(call["method"], path)
        assert isinstance(after, Response)
        assert after.headers.get("Retry-After") != "7"


def _texted(world: Simulated) -> None:
    world.text()


def _posted(world: Simulated) -> None:
    world.post(world.conversation())


def _said(world: Simulated) -> None:
    world.say(world.session())


@dataclass(frozen=True)
class Telling:
    """A call that sends webhooks: the first of them, and every kind of them."""

    system: str
    cause: str
    webhook: str
    tell: Callable[[Simulated], object]
    all: tuple[str, ...]

    def heard(self, world: Simulated) -> int:
        """How many of its webhooks arrive, even late ones."""
        world.network.clock.advance(6)
        return len(world.heard(*self.all))


TELLING = [
    Telling("twilio", "CreateMessage", "status", _texted, ("status",)),
    Telling("sunshine", "PostMessage", "conversation:message", _posted, ("conversation:message",)),
    Telling("opencx", "sendMessage", "conversation.contact_response", _said, EVENTS),
]
EACH = pytest.mark.parametrize("telling", TELLING, ids=lambda telling: telling.system)
HOOK_FAULTS = [("drop webhooks", -1), ("duplicate 3", 2), ("race", 1), ("hold", -1), ("reorder", 0)]


@pytest.mark.parametrize(("fault", "more"), HOOK_FAULTS)
@pytest.mark.parametrize("named", ["cause", "webhook", "any", "star"])
@EACH
def test_webhooks(world: Simulated, telling: Telling, named: str, fault: str, more: int) -> None:
    """A webhook's fault is planted on it, on the call that causes it, or on any."""
    telling.tell(world)
    usual = telling.heard(world)
    world.ask("POST", "/_sim/reset")
    world.hooks.clear()
    operation = {"cause": telling.cause, "webhook": telling.webhook, "any": "webhook", "star": "*"}[named]
    assert world.plant(telling.system, operation, fault)[0] == 201
    telling.tell(world)
    assert telling.heard(world) == usual + more
    assert world.used() == [(operation, fault)]
    assert world.ask("GET", "/_sim/faults")[1] == {"faults": []}
    if fault == "hold":
        assert world.ask("POST", "/_sim/faults/release", {"system": telling.system})[1] == {"released": 1}
        assert telling.heard(world) == usual


@pytest.mark.parametrize("fault", ["", "early callback"])
@pytest.mark.parametrize("named", ["cause", "webhook"])
@EACH
def test_an_early_callback_comes_before_the_answer(
    world: Simulated, telling: Telling, named: str, fault: str
) -> None:
    """The webhook is in the ledger before the call that caused it; otherwise after it."""
    if fault:
        world.plant(telling.system, {"cause": telling.cause, "webhook": telling.webhook}[named], fault)
    telling.tell(world)
    world.network.clock.run_due()
    entries = [each for each in world.network.ledger.after() if each["kind"] in ("request", "webhook")]
    mine = [each["kind"] for each in entries if each["operation"] in (telling.cause, telling.webhook)]
    assert mine[:2] == (["webhook", "request"] if fault else ["request", "webhook"])


def test_the_vocabulary_is_tried_whole() -> None:
    """No word is left out here, and the sentence that lists them is complete."""
    tried = set(CALL_FAULTS) | {words for words, _ in HOOK_FAULTS} | {"early callback"}
    for word in (*CALLS, *WEBHOOKS, *(f"quirk {name}" for name in QUIRKS)):
        assert any(each.startswith(word) for each in tried), word
        assert word.partition(" ")[0] in WORDS


# --- which calls ---


@pytest.mark.parametrize(
    ("match", "met"),
    [
        ({}, True),
        ({"to": MARIA}, True),
        ({"To": MARIA, "body": "hel*"}, True),
        ({"to": MARIA, "body": "bye"}, False),
        ({"to": "+19999999999"}, False),
        ({"account": "AC*"}, True),
        ({"colour": "*"}, False),
    ],
)
def test_a_fault_asks_for_facts(world: Simulated, match: dict[str, str], met: bool) -> None:  # noqa: FBT001
    """It waits for the call whose path, query or body says what is wanted."""
    assert world.plant("twilio", "CreateMessage", "status 503", match=match)[0] == 201
    assert world.text() == (503 if met else 201)
    assert len(world.ask("GET", "/_sim/faults")[1]["faults"]) == (0 if met else 1)


def test_a_webhooks_fault_asks_for_facts(world: Simulated) -> None:
    """Of two conversations' webhooks the wanted one is lost."""
    one, other = world.conversation(), world.conversation()
    world.heard()
    world.hooks.clear()
    world.plant("sunshine", "webhook", "drop webhooks", match={"conversation": other})
    world.post(one, "first")
    world.post(other, "second")
    world.heard()
    texts = [
        json.loads(hook.body)["events"][0]["payload"]["message"]["content"]["text"] for hook in world.hooks
    ]
    assert texts == ["first"]


def test_a_webhooks_fault_asks_for_facts_of_its_cause(world: Simulated) -> None:
    """The call that causes the webhook has the wanted facts."""
    world.plant("twilio", "CreateMessage", "hold", match={"body": "second"}, count=9)
    world.text(Body="first")
    assert len(world.heard("status")) == 2
    world.text(Body="second")
    assert len(world.heard("status")) == 2
    assert world.ask("POST", "/_sim/faults/release")[1] == {"released": 2}


def test_what_a_body_says() -> None:
    """A name is the end of the way to a value; a last id may be left out; truth is written small."""
    said = list(leaves({"events": [{"conversation": {"id": "c1"}, "silent": True, "none": None}]}))
    assert said == [("events.conversation.id", "c1"), ("events.silent", "true")]
    fits = {
        "conversation": "c1",
        "conversation.id": "c1",
        "events.conversation": "c1",
        "id": "c1",
        "Silent": "true",
    }
    assert all(agree({name: value}, said) for name, value in fits.items())
    assert not any(agree({name: "c1"}, said) for name in ("versation", "events", "silent"))


# --- what cannot be met is refused ---


@pytest.mark.parametrize(
    ("planted", "error", "fix"),
    [
        ({"operation": "CreateMesage"}, "twilio has no operation 'CreateMesage'", "CreateMessage"),
        ({"operation": "status"}, "'hang' breaks calls, and status is a webhook", "Name a call"),
        ({"operation": "webhook"}, "'hang' breaks calls", "Name a call"),
        ({"fault": "quirk of fate"}, "no quirk 'of fate'", "extra fields"),
        ({"fault": "status 999"}, "Unknown fault 'status 999'", "status N [after S]"),
        ({"fault": "slow 1.2.3"}, "Unknown fault 'slow 1.2.3'", "slow S"),
        ({"match": {"to": []}}, "match is an object of plain values", "match"),
        ({"match": "x"}, "match is an object", "match"),
    ],
)
def test_what_nobody_could_meet(world: Simulated, planted: dict[str, object], error: str, fix: str) -> None:
    """A fault that would prove nothing is refused in words, with the nearest names."""
    wanted = {"system": "twilio", "operation": "CreateMessage", "fault": "hang", **planted}
    status, said = world.ask("POST", "/_sim/faults", wanted)
    assert status == 400
    assert error in said["error"]
    assert fix in said["fix"]


def test_one_fault_is_taken_back(world: Simulated) -> None:
    """By its number; a number nobody has is a 404."""
    number = world.plant("twilio", "*", "hang")[1]["id"]
    world.plant("opencx", "*", "hang")
    left = world.ask("DELETE", f"/_sim/faults/{number}")
    assert (left[0], [each["system"] for each in left[1]["faults"]]) == (200, ["opencx"])
    for gone in (number, "first"):
        assert world.ask("DELETE", f"/_sim/faults/{gone}")[0] == 404


def test_only_one_systems_webhooks_are_released(world: Simulated) -> None:
    """The others stay held."""
    for telling in TELLING:
        world.plant(telling.system, "webhook", "hold")
        telling.tell(world)
    world.heard()
    assert world.ask("POST", "/_sim/faults/release", {"system": "opencx"})[1] == {"released": 1}
    assert world.ask("POST", "/_sim/faults/release")[1] == {"released": 2}
    assert world.ask("POST", "/_sim/faults/release")[1] == {"released": 0}


def test_a_reset_forgets_held_webhooks(world: Simulated) -> None:
    """Nothing of before comes out afterwards."""
    world.plant("twilio", "status", "hold")
    world.text()
    world.heard()
    world.ask("POST", "/_sim/reset")
    assert world.ask("POST", "/_sim/faults/release")[1] == {"released": 0}
    assert world.ask("GET", f"{TWILIO}/Messages.json")[1]["messages"] == []
