"""Runs by chance: a seed and a number of steps give a list of actions, always the same.

The table says how often what happens, and what may be chosen in it. Each run has a mood: which parts of the
table it leans on, so that some runs are all crashes and others calm enough to get far.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bridge import failpoints
from tests.simulation import actions as do
from tests.simulation.actions import FOREVER, Action

Json = dict[str, Any]
Chance = random.Random
HOWS = ("all",) * 7 + ("nothing", "webhooks", "decisions")


@dataclass(frozen=True, slots=True)
class Step:
    """An action, and how much of what is due then happens at once."""

    action: Action
    run: str = "all"

    def as_json(self) -> Json:
        return {**self.action.as_json(), "run": self.run}


def step_from_json(written: Json) -> Step:
    facts = dict(written)
    return Step(run=facts.pop("run", "all"), action=do.from_json(facts))


def plan(seed: int, steps: int) -> list[Step]:
    """The run of this seed."""
    chance = Chance(seed)
    mood = {part: chance.choice(weights) for part, weights in MOODS.items()}
    rows = [(part, maker, weight * mood[part]) for part, weight, maker in TABLE]
    makers = [maker for _, maker, _ in rows]
    weights = [weight for _, _, weight in rows]
    chosen = chance.choices(makers, weights, k=steps)
    return [Step(make(chance), chance.choice(HOWS)) for make in chosen]


# --- what may be chosen -----------------------------------------------------------------------------

CALLS = {
    "twilio": ("CreateMessage", "CreateMessage", "ListMessage", "ListIncomingPhoneNumber", "*"),
    "sunshine": ("PostMessage", "CreateConversation", "PassControl", "ListMessages", "CreateUser", "*"),
    "opencx": ("sendMessage", "sendMessage", "createChatSession", "listChatHistory", "*"),
    "support": ("SearchUsers", "*"),
}
CALL_FAULTS = (
    *("refuse", "hang", "accept then hang", "accept then hang", "accept then reset", "garble"),
    *("status 500", "status 503", "status 429 after 20", "status 429", "slow 3", "slow 30"),
)
HOOKS = {
    "twilio": ("inbound", "status"),
    "sunshine": ("conversation:message", "webhook"),
    "opencx": ("conversation.ai_response", "conversation.handoff_to_human"),
}
HOOK_FAULTS = {
    "twilio": ("drop webhooks", "hold", "reorder", "duplicate 3", "race"),
    "sunshine": ("drop webhooks", "hold", "reorder", "duplicate 3", "race"),
    "opencx": ("drop webhooks", "hold", "duplicate 3"),
}
SMALL_TALK = ("hello", "where is my order?", "ünïcödé 🙂", "please stop by", "", "a human please")


def _text(chance: Chance) -> Action:
    words = chance.choices(SMALL_TALK, (6, 4, 2, 1, 1, 4))[0]
    return do.Text(chance.randrange(3), chance.randrange(2), words, chance.random() < 0.06, _rare(chance))


def _word(chance: Chance) -> Action:
    words = ("STOP", "stop.", "opt out", "START", "START", "unstop", "HELP", "Yes", "ok", "ok")
    return do.Word(chance.randrange(3), chance.randrange(2), chance.choice(words))


def _reply(chance: Chance) -> Action:
    words = chance.choice(("certainly", "**bold** one", "ünïcödé 🙂"))
    return do.Reply(chance.randrange(4), words, _rare(chance), chance.random() < 0.06, chance.random() < 0.5)


def _agent(chance: Chance) -> Action:
    weights = (4, 3, 2, 3, 1, 1, 2, 1)
    return do.Agent(chance.randrange(4), chance.choices(list(do.BESIDES), weights)[0])


def _script(chance: Chance) -> Action:
    mode = chance.choices(("inline", "webhook", "silent"), (5, 4, 1))[0]
    delay = chance.choice((0.0, 0.0, 2.0, 40.0))
    return do.Script(mode, delay, chance.choice((0, 0, 1, 3)), chance.random() < 0.3)


def _registration(chance: Chance) -> Action:
    states = ("unregistered", "pending", "registered", "registered", "registered")
    return do.Registration(chance.randrange(2), chance.choice(states))


def _switch(chance: Chance) -> Action:
    choices: dict[str, tuple[Any, ...]] = {
        "passing": ("moves", "moves", "fails", "silent"),
        "passing_delay": (0.0, 3.0),
        "private_attachments": (True, False),
        "default_responder": ("bot", "agents"),
        "ticket_closed": ("release", "pass"),
        "search_available": (True, False),
        "index_lag": (0.0, 120.0),
    }
    name = chance.choice(list(choices))
    return do.Switch(name, chance.choice(choices[name]))


def _wait(chance: Chance) -> Action:
    spans = (0.5, 3.0, 10.0, 45.0, 200.0, 1000.0, 4000.0, 10_800.0, 40_000.0)
    return do.Wait(chance.choices(spans, (10, 10, 10, 10, 8, 4, 2, 2, 0.5))[0])


def _call_fault(chance: Chance) -> Action:
    system = chance.choice(("twilio", "twilio", "sunshine", "sunshine", "opencx", "support"))
    return do.Fault(
        system, chance.choice(CALLS[system]), chance.choice(CALL_FAULTS), chance.choice((1, 1, 2, 6))
    )


def _hook_fault(chance: Chance) -> Action:
    system = chance.choice(("twilio", "twilio", "sunshine", "sunshine", "opencx"))
    fault = chance.choice(HOOK_FAULTS[system])
    return do.Fault(system, chance.choice(HOOKS[system]), fault, chance.choice((1, 1, 2, 4)))


def _early_callback(_: Chance) -> Action:
    return do.Fault("twilio", "status", "early callback")


def _revoked(chance: Chance) -> Action:
    return do.Fault(chance.choice(("twilio", "sunshine", "opencx", "support")), "*", "status 401", FOREVER)


def _die(chance: Chance) -> Action:
    return do.Die(chance.choice(failpoints.NAMES), chance.choice((1, 1, 2, 3, 5, 8)))


def _restart(chance: Chance) -> Action:
    return do.Restart(chance.choice((0.0, 0.0, 5.0, 100.0, 1200.0)))


def _meanwhile(chance: Chance) -> Action:
    seconds = chance.choice((0.0, 0.0, 1.0, 9.0))
    return do.Meanwhile(chance.choice((1, 1, 2, 3, 6)), seconds, _even(chance), _even(chance))


def _rare(chance: Chance) -> bool:
    return chance.random() < 0.04


def _even(chance: Chance) -> bool:
    return chance.random() < 0.5


TABLE: tuple[tuple[str, float, Callable[[Chance], Action]], ...] = (
    ("customers", 26, _text),
    ("consent", 3, _word),
    ("customers", 2, lambda chance: do.Again(chance.randrange(6))),
    ("agents", 20, _reply),
    ("agents", 6, _agent),
    ("ai", 3, _script),
    ("ai", 0.7, lambda chance: do.TakeOver(chance.randrange(3))),
    ("ai", 0.7, lambda chance: do.CloseSession(chance.randrange(3))),
    ("admins", 0.7, lambda chance: do.DeleteChat(chance.randrange(4))),
    ("admins", 0.7, lambda chance: do.MergeUser(chance.randrange(4))),
    ("admins", 2, _registration),
    ("admins", 2, _switch),
    ("time", 16, _wait),
    ("faults", 6, _call_fault),
    ("faults", 5, _hook_fault),
    ("faults", 1, _early_callback),
    ("faults", 0.5, _revoked),
    ("faults", 3, lambda _: do.Mend()),
    ("crashes", 4, _die),
    ("crashes", 1.5, _restart),
    ("races", 5, _meanwhile),
)
MOODS: dict[str, tuple[float, ...]] = {
    "customers": (1.0,),
    "agents": (1.0,),
    "time": (0.5, 1.0),
    "consent": (0.0, 1.0, 2.0),
    "ai": (0.3, 1.0, 2.0),
    "admins": (0.0, 0.5, 2.0),
    "faults": (0.0, 0.5, 1.0, 2.0),
    "crashes": (0.0, 0.5, 1.0, 2.0),
    "races": (0.0, 1.0, 2.0),
}
