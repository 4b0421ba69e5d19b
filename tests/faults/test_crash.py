"""FT-C1, FT-C2, FT-C3: the bridge dies at every point of every path, comes back, and nothing shows.

The whole documented story is played while the bridge dies once, at the n-th pass of a failpoint; then twice
and three times, so that it also dies while it recovers.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge import failpoints
from tests.world import MARIA, SUPPORT, Crash, World

OCCURRENCES = (1, 2, 4, 8, 14)  # of some 14 to 30 passes
WAIT = 240.0  # simulated seconds in which every doubt is resolved and every retry has run
TAGS = {"opencx_channel_sms", "opencx_handedoff"}
TO_DESK = ["Hello", "Thanks for your message. How else can I help?", "A human please"]
HANDOFF = "I'll connect you with a person now."


@pytest.fixture(autouse=True)
def _disarmed() -> Iterator[None]:
    yield
    failpoints.disarm()


def dying(name: str, occurrence: int, times: int = 1) -> list[int]:
    """Arm a point: die at this pass of it, and at the next ones too if `times` says so."""
    passes = [0]

    def die(_what: str) -> None:
        passes[0] += 1
        if occurrence <= passes[0] < occurrence + times:
            raise Crash(name)

    failpoints.arm(name, die)
    return passes


def play(world: World) -> None:
    """A text, an answer, a request for a human, the live chat, two texts and two replies each way."""
    url = "http://127.0.0.1:8080/webhooks/twilio/sms#rc=5&rp=all"
    world.control("PUT", f"/numbers/{SUPPORT}", {"sms_url": url})
    for words in ("Hello", "A human please"):
        world.text(words)
        world.settle(WAIT)
    world.text("Are you there?")
    world.text("I have a question")
    world.settle(WAIT)
    world.reply("Yes, I am Ada")
    world.reply("Ask away")
    world.settle(WAIT)


def assert_untouched(world: World) -> None:
    """What the outside world saw is what it would have seen without a crash."""
    chat = world.chat()
    assert chat["control"] == "zd-agentWorkspace"
    assert set(chat["tags"]) >= TAGS
    assert chat["user"]["phone"] == MARIA
    texts = ["Are you there?", "I have a question"]
    assert world.lines(chat) == [*TO_DESK, HANDOFF, *texts, "Yes, I am Ada", "Ask away"]
    assert world.shown() == [TO_DESK[1], HANDOFF, "Yes, I am Ada", "Ask away"]
    counts = world.bridge.journal.counts()
    assert counts["effects_waiting"] == 0
    assert counts["effects_parked"] == 0


def test_without_a_crash_the_story_is_whole(tmp_path: Path) -> None:
    """The matrix below compares with this."""
    world = World(tmp_path)
    play(world)
    assert_untouched(world)
    world.close()


@pytest.mark.parametrize("name", failpoints.NAMES)
@pytest.mark.parametrize("occurrence", OCCURRENCES)
def test_one_crash_shows_nowhere(tmp_path: Path, name: str, occurrence: int) -> None:
    """Dying at any pass of any point loses, doubles and reorders nothing."""
    world = World(tmp_path)
    passes = dying(name, occurrence)
    play(world)
    assert passes[0] >= occurrence, "the point was never passed so often"
    assert_untouched(world)
    world.close()


@pytest.mark.parametrize("name", failpoints.NAMES)
@pytest.mark.parametrize("occurrence", [2, 8])
def test_one_crash_shows_nowhere_on_postgresql(
    tmp_path: Path, cleared_postgres: str, name: str, occurrence: int
) -> None:
    """The same, where what the dead bridge had claimed is another replica's to find."""
    world = World(tmp_path, database_url=cleared_postgres)
    passes = dying(name, occurrence)
    play(world)
    assert passes[0] >= occurrence, "the point was never passed so often"
    assert_untouched(world)
    world.close()


@pytest.mark.parametrize("name", failpoints.NAMES)
@pytest.mark.parametrize("times", [2, 3])
def test_crashes_during_recovery_show_nowhere(tmp_path: Path, name: str, times: int) -> None:
    """Dying again right after coming back changes nothing either."""
    world = World(tmp_path)
    dying(name, 4, times)
    play(world)
    assert_untouched(world)
    world.close()
