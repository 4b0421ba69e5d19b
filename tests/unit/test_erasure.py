"""What is held about a phone can be shown whole and erased, and nothing brings it back."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bridge import records
from bridge.core.addresses import Unusable
from bridge.core.errors import Temporary
from bridge.core.model import SendAccepted, Unreadable
from bridge.core.ports import Download
from bridge.journal.schema import consents, effects, events, lanes, metadata, sessions
from tests.world import MARIA, OMAR, SUPPORT, World

WORDS = ("Cucumber", "Persimmon", "Rhubarb")
STARTS = ("A human please", "Yes", "No")
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Maria and Omar have each had a conversation, and Maria a picture from the agent and a letter."""
    made = World(tmp_path)
    with closing(made):
        for phone in (MARIA, OMAR):
            made.text(f"A human please, {WORDS[0]}", phone=phone)
            made.settle(5.0)
        made.reply(f"Yes, {WORDS[1]}", made.chats()[0]["id"])
        made.settle(5.0)
        made.fault("twilio", "CreateMessage", "status 400")
        made.reply(f"No, {WORDS[2]}", made.chats()[0]["id"])
        made.settle(5.0)
        made.bridge.store.keep(Download("image/png", "cat.png", iter([PNG])), session="session-1")
        yield made


def erased(world: World, phone: str = MARIA, **more: bool) -> records.Erasure:
    return records.erase(world.bridge.journal.operations, world.bridge.store, phone, **more)


def held(world: World) -> dict[str, Any]:
    return records.export(world.bridge.journal.operations, world.bridge.store, MARIA)


def counts(world: World) -> dict[str, int]:
    """Rows of every table."""
    with world.bridge.journal._engine.connect() as tx:
        return {
            name: tx.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }


def test_the_export_is_whole(world: World) -> None:
    """Sessions, lines, parts, effects, events, consent and files; of this phone and no other."""
    whole = held(world)
    assert whole["phone"] == MARIA
    assert [session["id"] for session in whole["sessions"]] == ["session-1"]
    texts = [turn["body"]["text"] for turn in whole["turns"]]
    assert [texts[0], texts[-2], texts[-1]] == [
        f"A human please, {WORDS[0]}",
        f"Yes, {WORDS[1]}",
        f"No, {WORDS[2]}",
    ]
    assert {"TextReceived", "AgentReplied", "ReceiptArrived", "SendAccepted"} <= {
        event["kind"] for event in whole["events"]
    }
    assert "parked" in {effect["state"] for effect in whole["effects"]}
    assert whole["parts"]
    assert whole["attempts"]
    assert whole["files"] == ["cat.png"]
    assert whole["consents"] == []
    assert OMAR not in json.dumps(whole)


def test_what_is_erased_is_gone(world: World, tmp_path: Path) -> None:
    """No row and no file speaks of the phone, and the report says what went."""
    whole, before = held(world), counts(world)
    done = erased(world)
    assert done.gone["sessions"] == 1
    assert done.gone["letters"] == 1
    assert done.gone["files"] == 1
    for name in ("turns", "parts", "attempts", "effects", "events"):
        assert done.gone[name] == len(whole[name]) > 0, name
    after = counts(world)
    assert after["events"] == before["events"], "keys stay, so that nothing is taken for new"
    assert after["effects"] == before["effects"] - len(whole["effects"])
    empty: dict[str, Any] = {"phone": MARIA, "consents": [], "files": []}
    assert held(world) == {**{name: [] for name in whole}, **empty}
    assert b"\x89PNG" not in b"".join(path.read_bytes() for path in (tmp_path / "media").iterdir())


def test_the_file_holds_nothing_of_it(tmp_path: Path) -> None:
    """Not a byte of the phone or of the words is left in the database or its log."""
    world = World(tmp_path)
    with closing(world):
        world.text(f"A human please, {WORDS[0]}")
        world.settle(5.0)
        file = tmp_path / "bridge.db"
        kept = b"".join(path.read_bytes() for path in tmp_path.glob("bridge.db*"))
        assert WORDS[0].encode() in kept
        erased(world)
        kept = b"".join(path.read_bytes() for path in tmp_path.glob("bridge.db*"))
        assert file.exists()
        assert WORDS[0].encode() not in kept
        assert MARIA[1:].encode() not in kept


@pytest.mark.parametrize(("times", "retired"), [(2, False), (1, True)], ids=["twice", "opened long ago"])
def test_what_deciding_knew_besides_goes_too(world: World, times: int, retired: bool) -> None:  # noqa: FBT001
    """A line for agents that waited when their chat was lost is kept with that event."""
    for _ in range(times):
        (chat,) = {each["id"] for each in world.chats() if each["user"]["phone"] == MARIA}
        world.fault("sunshine", "PostMessage", "status 503", 9)
        world.fault("twilio", "CreateMessage", "status 400")
        world.reply(f"Never, {WORDS[2]}", chat)
        world.settle(1.0)
        world.control("POST", f"/conversations/{chat}/delete", {})
        world.settle(600.0)
    assert [WORDS[2] in known for known in known_besides(world)].count(True) == times
    if retired:
        with world.bridge.journal._engine.begin() as tx:
            tx.execute(events.delete().where(events.c.kind == "ConversationOpened"))
    erased(world)
    assert not any(WORDS[2] in known for known in known_besides(world))


def known_besides(world: World) -> list[str]:
    with world.bridge.journal._engine.connect() as tx:
        return list(tx.execute(select(events.c.facts)).scalars())


def test_another_phone_is_untouched(world: World) -> None:
    """Omar's conversation goes on."""
    erased(world)
    assert world.bridge.journal.session("session-2") is not None
    world.reply("Hello Omar", world.chats()[1]["id"])
    world.settle(5.0)
    assert world.shown(OMAR)[-1] == "Hello Omar"


def test_nothing_brings_it_back(world: World) -> None:
    """Late receipts, the desk's words and the sweep change nothing; a new text starts anew."""
    erased(world)
    world.reply(f"Still here? {WORDS[2]}", world.chats()[0]["id"])
    world.settle(5.0)
    world.bridge._sweep.run(world.bridge.settings.numbers)
    world.settle(3600.0)
    assert held(world)["sessions"] == []
    assert f"Still here? {WORDS[2]}" not in world.shown()
    world.text("Hello again")
    world.settle(5.0)
    (session,) = held(world)["sessions"]
    assert session["id"] not in ("session-1", "session-2")
    assert session["turns"] == 2


def test_what_is_being_performed_resurrects_nothing(world: World) -> None:
    """Its outcome, its failure and its postponement find nothing to be recorded in."""
    world.reply("In the air", world.chats()[0]["id"])
    world.clock.run_due()
    journal = world.bridge.journal
    claims = journal.step(world.clock.now(), 5)[1] or journal.step(world.clock.now(), 5)[1]
    (claim,) = claims
    erased(world)
    before = counts(world)
    now = world.clock.now()
    place = (claim.effect.turn, claim.effect.part)  # type: ignore[attr-defined]
    journal.settle(claim, SendAccepted(now, "session-1", *place, claim.attempt, "SM1"))
    journal.postpone(claim, now + 5, "busy")
    journal.give_up(claim, None, Temporary("no"), now)
    assert counts(world) == before
    assert journal.next_due() is None or journal.next_due() != now + 5
    world.settle(600.0)
    assert held(world)["sessions"] == []


def reply_with_a_file(world: World) -> None:
    wire = {"name": "cat.png", "content_type": "image/png", "base64": base64.b64encode(PNG).decode()}
    world.reply("", world.chats()[0]["id"], file=wire)


ACTS: dict[str, Callable[[World], None]] = {
    "PostTurn": lambda world: world.text("More"),
    "SendText": reply_with_a_file,
}


@pytest.mark.parametrize(("kind", "act"), ACTS.items(), ids=list(ACTS))
def test_an_effect_that_finds_its_session_gone_does_nothing(
    world: World, kind: str, act: Callable[[World], None]
) -> None:
    """Erased between claim and act: desk and carrier hear nothing, and no file stays behind."""
    act(world)
    world.clock.run_due()
    journal = world.bridge.journal
    claims = journal.step(world.clock.now(), 5)[1] or journal.step(world.clock.now(), 5)[1]
    claim = next(each for each in claims if type(each.effect).__name__ == kind)
    erased(world)
    before = len(world.network.ledger.after())
    world.bridge.worker._perform(claim, [])
    acts = [repr(each) for each in world.network.ledger.after()[before:]]
    assert [each for each in acts if "CreateMessage" in each or "PostMessage" in each] == []
    assert world.bridge.store.names_of({"session-1"}) == []


def test_events_nobody_could_read_are_searched(world: World) -> None:
    """A form with the phone in it goes, too."""
    body = f"From=%2B{MARIA[1:]}&Body={WORDS[2]}"
    world.bridge.journal.record([("twilio:unreadable:1", Unreadable(0.0, "twilio", "no id", body))])
    world.settle(1.0)
    erased(world)
    with world.bridge.journal._engine.connect() as tx:
        kept = tx.execute(select(events.c.body).where(events.c.key == "twilio:unreadable:1")).scalar_one()
    assert kept == ""


def test_an_event_not_yet_decided_goes_undecided(world: World) -> None:
    """Nothing is waiting to open a session."""
    world.text(f"More {WORDS[1]}")
    world.clock.run_due()
    erased(world)
    world.settle(5.0)
    assert held(world)["sessions"] == []
    assert world.bridge.journal.counts()["events_parked"] == 0, "nor is there anything nobody can decide"


def test_an_opt_out_survives(world: World) -> None:
    """STOP goes on being honoured; only when told so is it forgotten."""
    world.text("STOP")
    world.settle(5.0)
    done = erased(world)
    assert done.gone["consents"] == 0
    assert any("STOP" in note for note in done.notes)
    world.text("Hello again")
    world.settle(5.0)
    assert held(world)["sessions"] == [], "an opted-out phone is not answered"
    assert [each["allowed"] for each in held(world)["consents"]] == [False]
    done = erased(world, consent_too=True)
    assert done.gone["consents"] == 1
    assert held(world)["consents"] == []


def test_erasing_twice_finds_nothing(world: World) -> None:
    """The second report is all noughts."""
    erased(world)
    assert set(erased(world).gone.values()) == {0}


def test_lanes_go_with_their_effects(world: World) -> None:
    """Nobody looks for the head of a lane that is gone."""
    world.fault("twilio", "CreateMessage", "status 429", count=50)
    world.reply("Later", world.chats()[0]["id"])
    world.settle(1.0)
    erased(world)
    with world.bridge.journal._engine.connect() as tx:
        heads = set(tx.execute(select(lanes.c.head)).scalars())
        there = set(tx.execute(select(effects.c.id)).scalars())
        phones = set(tx.execute(select(sessions.c.phone)).scalars())
        assert tx.execute(select(func.count()).select_from(consents)).scalar_one() == 0
    assert heads <= there
    assert phones == {OMAR}


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Maria has texted; nobody changes anything."""
    made = World(tmp_path_factory.mktemp("bridge"))
    with closing(made):
        made.text("Hello")
        made.settle(5.0)
        yield made


SPELLINGS = [MARIA, "(415) 555-0101", "+1 415 555 0101", "1-415-555-0101"]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_any_spelling_will_do(calm: World, spelling: str) -> None:
    """As people write it."""
    found = records.export(calm.bridge.journal.operations, calm.bridge.store, spelling)
    assert [session["id"] for session in found["sessions"]] == ["session-1"]


@pytest.mark.parametrize("spelling", ["", "Maria", "24733", "12", "whatsapp:+14155550101", SUPPORT + "x"])
def test_what_is_no_phone_is_refused(calm: World, spelling: str) -> None:
    """Nothing is touched."""
    before = counts(calm)
    for act in (records.export, records.erase):
        with pytest.raises(Unusable):
            act(calm.bridge.journal.operations, calm.bridge.store, spelling)
    assert counts(calm) == before
