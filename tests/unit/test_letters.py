"""What was given up can be read, replayed and dropped; a replay is the first delivery over again."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from bridge.core.errors import Uncertain
from bridge.core.model import Charge, SendAccepted, SendText
from bridge.journal.letters import NoLetter
from bridge.journal.schema import effects, events
from tests.world import MARIA, World

REFUSED = "status 400"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Maria is in a live chat with Ada."""
    made = World(tmp_path, sweep_seconds=0)
    with closing(made):
        made.text("A human please")
        made.settle(5.0)
        yield made


def given_up(world: World, words: str = "Here you are", fault: str = REFUSED) -> str:
    """A reply that became a letter; its name."""
    world.fault("twilio", "CreateMessage", fault)
    world.reply(words)
    world.settle(1.0)
    (letter,) = letters(world)
    return str(letter.name)


def letters(world: World) -> list[Any]:
    return world.bridge.journal.operations.letters()


def again(world: World, name: str, seconds: float = 5.0) -> None:
    """Replay it and let things run."""
    world.bridge.journal.operations.replay(name, world.clock.now())
    world.settle(seconds)


def told(world: World) -> list[str]:
    """What only the agent sees."""
    return [line["text"] for line in world.chat()["messages"] if line["silent"]]


def rows(world: World, query: Any) -> list[tuple[Any, ...]]:
    with world.bridge.journal._engine.connect() as tx:
        return [tuple(row) for row in tx.execute(query)]


def test_a_letter_says_what_an_operator_needs(world: World) -> None:
    """Name, kind, session, age, tries, reason, code and what to do; nobody's words, no whole number."""
    name = given_up(world, f"Call {MARIA}")
    world.settle(60.0)
    (letter,) = letters(world)
    assert (letter.name, letter.kind, letter.session, letter.tries) == (name, "SendText", "session-1", 1)
    assert world.clock.now() - letter.since == pytest.approx(61.0, abs=1.0)
    assert letter.reason
    assert letter.fix
    shown = replace(letter, body="", remark="")
    assert MARIA not in repr(shown)
    assert "Call" not in repr(shown)
    assert MARIA in letter.body


def test_a_replayed_reply_arrives_once_and_the_agent_is_told(world: World) -> None:
    """The way of the first delivery; what was said of the failure is taken back."""
    name = given_up(world)
    again(world, name)
    assert world.shown()[-1] == "Here you are"
    assert world.shown().count("Here you are") == 1
    assert [line for line in told(world) if "did not reach" in line] != []
    assert told(world)[-1] == "Your reply (“Here you are”) is being sent again."
    assert letters(world) == []
    receipts = world.bridge.journal.receipts("session-1").values()
    assert {receipt.status for receipt in receipts} == {"delivered"}


def test_a_second_failure_is_told_again(world: World) -> None:
    """Each life of a reply has its own end."""
    name = given_up(world)
    world.fault("twilio", "CreateMessage", REFUSED)
    again(world, name)
    assert sum("did not reach" in line for line in told(world)) == 2
    assert [letter.name for letter in letters(world)] == [name]
    again(world, name)
    assert world.shown().count("Here you are") == 1


def test_replaying_twice_is_replaying_once(world: World) -> None:
    """The second finds no letter, before and after it has been done."""
    name = given_up(world)
    world.bridge.journal.operations.replay(name, world.clock.now())
    with pytest.raises(NoLetter):
        world.bridge.journal.operations.replay(name, world.clock.now())
    world.settle(5.0)
    with pytest.raises(NoLetter):
        world.bridge.journal.operations.replay(name, world.clock.now())
    assert world.shown().count("Here you are") == 1


def test_a_doubtful_send_is_looked_for_before_it_is_repeated(world: World) -> None:
    """It had left after all: nothing is sent, the carrier's own word is taken (P3)."""
    world.fault("twilio", "CreateMessage", "accept then hang")
    world.fault("twilio", "ListMessage", "status 503", count=1000)
    world.fault("twilio", "status", "drop webhooks", count=1000)
    world.reply("Here you are")
    world.settle(2000.0)
    (letter,) = letters(world)
    assert letter.code == "uncertain"
    world.control("DELETE", "/faults")
    again(world, letter.name, 60.0)
    assert world.shown().count("Here you are") == 1
    assert letters(world) == []
    (count,) = rows(world, select(effects.c.doubts).where(effects.c.id == int(letter.name.split("-")[1])))
    assert count[0] > 0


def test_a_last_try_in_doubt_is_kept_as_a_doubt(world: World) -> None:
    """Given up on an uncertain try: the replay must look first, though no try before it was uncertain."""
    world.reply("Here you are")
    world.clock.run_due()
    claim = first_claim(world)
    world.bridge.journal.give_up(claim, None, Uncertain("?"), world.clock.now())
    assert rows(world, select(effects.c.doubts).where(effects.c.id == claim.id)) == [(1,)]


def first_claim(world: World) -> Any:
    """The next effect, claimed and not performed."""
    world.bridge._sweep.catch_up()
    while True:
        more, claims = world.bridge.journal.step(world.clock.now(), 1)
        if claims:
            return claims[0]
        assert more


def test_a_replayed_letter_goes_before_what_waits_in_its_lane(world: World) -> None:
    """Order: older than all that waits, and whatever has gone has gone."""
    name = given_up(world, "First")
    world.reply("Second")
    world.settle(1.0)
    world.fault("twilio", "CreateMessage", "status 503", count=1)
    world.reply("Third")
    world.settle()
    world.bridge.journal.operations.replay(name, world.clock.now())
    world.settle(60.0)
    assert world.shown()[-3:] == ["Second", "First", "Third"]


def test_a_lane_at_work_is_left_in_peace(world: World) -> None:
    """What is being performed is not claimed a second time because a letter went before it."""
    name = given_up(world, "First")
    world.reply("Second")
    world.clock.run_due()
    claim = first_claim(world)
    world.bridge.journal.operations.replay(name, world.clock.now())
    taken = world.bridge.journal.step(world.clock.now(), 5)[1]
    assert [each.effect for each in taken if isinstance(each.effect, SendText)] == []
    outcome = SendAccepted(world.clock.now(), "session-1", claim.effect.turn, 0, claim.attempt, "SMx")
    world.bridge.journal.settle(claim, outcome)
    world.settle(5.0)
    assert world.shown()[-1] == "First"


def test_the_rest_of_a_reply_goes_with_it(world: World) -> None:
    """Parts that were withdrawn when one was given up follow it; parts that had gone are not repeated."""
    words = "".join(f"{number:06}" for number in range(700))
    name = given_up(world, words)
    assert [row[0] for row in rows(world, select(effects.c.state).where(effects.c.kind == "SendText"))].count(
        "withdrawn"
    ) >= 1
    again(world, name)
    assert "".join(world.shown()[1:]) == words


def test_nothing_leaves_after_stop(world: World) -> None:
    """A replay asks for consent like any other delivery (P5)."""
    name = given_up(world)
    world.text("STOP")
    world.settle(5.0)
    again(world, name)
    assert "Here you are" not in world.shown()
    (letter,) = letters(world)
    assert (letter.code, letter.fix.partition(".")[0]) == ("opted_out", "Drop it")


def test_tries_are_counted_anew(world: World) -> None:
    """A replay may fail and be tried again as often as the first delivery."""
    name = given_up(world)
    world.bridge.journal._write(
        lambda tx: tx.execute(update(effects).where(effects.c.state == "parked").values(tries=20))
    )
    world.fault("twilio", "CreateMessage", "status 429", count=3)
    again(world, name, 120.0)
    assert world.shown().count("Here you are") == 1


def test_a_dropped_letter_is_gone(world: World) -> None:
    """It is neither listed nor done, and cannot be replayed."""
    name = given_up(world)
    world.bridge.journal.operations.drop(name)
    world.settle(60.0)
    assert letters(world) == []
    with pytest.raises(NoLetter):
        world.bridge.journal.operations.replay(name, world.clock.now())
    with pytest.raises(NoLetter):
        world.bridge.journal.operations.drop(name)
    assert "Here you are" not in world.shown()


def test_a_handoff_given_up_goes_on_after_a_replay(tmp_path: Path) -> None:
    """The chat is opened, with the whole transcript."""
    world = World(tmp_path, sweep_seconds=0)
    with closing(world):
        world.fault("sunshine", "*", "status 400", count=1)
        world.text("A human please")
        world.settle(5.0)
        (letter,) = letters(world)
        assert world.chats() == []
        again(world, letter.name)
        assert "A human please" in world.lines()
        session = world.bridge.journal.session("session-1")
        assert session is not None
        assert session.charge is Charge.HUMAN


# --- events ---


def poisoned(world: World) -> str:
    """An event whose decision broke; its letter's name."""
    world.text("Are you there?")
    world.clock.run_due()
    spoil = {"body": "{}"}
    world.bridge.journal._write(
        lambda tx: tx.execute(update(events).where(events.c.state == "new").values(**spoil))
    )
    world.settle(1.0)
    (letter,) = letters(world)
    assert letter.kind == "TextReceived"
    return str(letter.name)


def test_an_event_is_decided_anew_under_its_key(world: World) -> None:
    """Once the fault is mended the text arrives, once, and telling it again changes nothing."""
    before = rows(world, select(events.c.key))
    name = poisoned(world)
    body = rows(world, select(events.c.body).where(events.c.kind == "TextReceived"))[0][0]
    mended = body.replace("A human please", "Are you there?").replace('source_id":"', 'source_id":"x')
    world.bridge.journal._write(
        lambda tx: tx.execute(update(events).where(events.c.state == "parked").values(body=mended))
    )
    again(world, name)
    assert world.lines()[-1] == "Are you there?"
    assert letters(world) == []
    new = [row for row in rows(world, select(events.c.key, events.c.state)) if (row[0],) not in before]
    assert {state for _, state in new} == {"done"}


def test_a_letter_of_an_event_shows_no_words(world: World) -> None:
    """The words of a failed decision may be a customer's: the class of the error will do."""
    poisoned(world)
    (letter,) = letters(world)
    assert letter.reason == "deciding it failed: ValidationError"
    assert letter.fix.startswith("A fault of the bridge")


def test_a_dropped_event_stays_known(world: World) -> None:
    """Its key remains, so that it is not taken for new."""
    name = poisoned(world)
    world.bridge.journal.operations.drop(name)
    assert letters(world) == []
    assert ("dropped by an operator",) in rows(world, select(events.c.remark))


NO_NAMES = ("", "12", "effect", "effect-", "effect-x", "effect-99", "event-99", "effect--1", "event-²")


def test_what_is_no_letter_is_said_so(world: World) -> None:
    """Whatever is asked of it."""
    held = world.bridge.journal.operations
    for ask in (held.letter, held.drop, lambda each: held.replay(each, 0.0)):
        for name in NO_NAMES:
            with pytest.raises(NoLetter, match="There is no letter"):
                ask(name)


def test_letters_are_counted_by_kind(world: World) -> None:
    """With the time of the oldest."""
    assert world.bridge.journal.operations.letter_counts() == ({}, 0.0)
    at = world.clock.now()
    given_up(world)
    kinds, since = world.bridge.journal.operations.letter_counts()
    assert kinds == {"SendText": 1}
    assert since == pytest.approx(at, abs=2.0)
