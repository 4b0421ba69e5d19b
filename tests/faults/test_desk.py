"""FT-D1…D4: every call to the desk fails in every way, once, in the middle of the whole story.

At rest there is one live chat, tagged, with the whole transcript once, and the phone shows every reply once;
or what could not be done is a letter with a reason, and the agent is told where they work.
"""

import base64
import itertools
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bridge import failpoints
from bridge.core import retry
from simulator import accounts
from simulator.acceptance.files import sample
from simulator.headers import Headers
from simulator.sunshine import messages
from simulator.web import Request, Response
from tests.world import MARIA, Json, World

ANSWER = "Thanks for your message. How else can I help?"
CONNECTING = "I'll connect you with a person now."
TAGS = {"opencx_channel_sms", "opencx_handedoff"}
LONG = 100.0  # seconds in which every retry of one failure has run
PICTURE = {
    "name": "door.png",
    "content_type": "image/png",
    "base64": base64.b64encode(sample("picture").content).decode(),
}
NOT_ATTACHED = "could not be attached"

FAILURES = (
    *(f"status {status}" for status in (401, 403, 404, 409, 413, 422, 423, 429, 500)),
    "status 429 after 30",
    "refuse",
    "accept then hang",
    "garble",
)
CALLS = {
    "CreateToken": "support",
    "SearchUsers": "support",
    "UpdateSupportUser": "support",
    "MergeUsers": "support",
    "GetUser": "sunshine",
    "CreateUser": "sunshine",
    "SyncUser": "sunshine",
    "ListConversations": "sunshine",
    "CreateConversation": "sunshine",
    "PostMessage": "sunshine",
    "UploadAttachment": "sunshine",
    "ListSwitchboards": "sunshine",
    "PassControl": "sunshine",
    "DownloadAttachment": "sunshine",
}
BESIDE = ("CreateToken", "SearchUsers", "UpdateSupportUser")  # no handoff waits for these, however they fail
FEW = ("status 401", "status 403", "status 429", "status 500", "accept then hang", "garble")
ROWS = [(call, failure) for call in CALLS for failure in (FEW if call in BESIDE else FAILURES)]
OPENING, CONTROL, MERGING = "OpenConversation", "PassControl", "ReconcileUser"
FINAL = ("status 413", "status 422")
FULL = "status 423"
LETTERS: dict[str, tuple[str, tuple[str, ...]]] = {  # which effect becomes a letter, and after what
    "GetUser": (OPENING, (*FINAL, FULL)),
    "CreateUser": (OPENING, (*FINAL, FULL)),
    "ListConversations": (OPENING, (*FINAL, FULL)),
    "CreateConversation": (OPENING, (*FINAL, FULL)),
    "PostMessage": ("PostTurn", FINAL),
    "ListSwitchboards": (CONTROL, FINAL),
    "PassControl": (CONTROL, FINAL),
    "DownloadAttachment": ("SendText", ("status 403", "status 404", "status 409", *FINAL, FULL)),
    "MergeUsers": (MERGING, ("status 403", *FINAL, FULL)),
    "SyncUser": (MERGING, (*FINAL, FULL)),
}
IN_CHAT = ("PostMessage", "UploadAttachment", "ListSwitchboards", "PassControl")


class Cities:
    """Worlds in which many rows are played, each by another customer; making one takes half a play."""

    def __init__(self, folders: Callable[[], Path]) -> None:
        self._folders = folders
        self._plays = itertools.cycle(range(15))
        self.world: World | None = None

    def next(self) -> World:
        """The same world a few times over. Nothing in it is found by asking."""
        if next(self._plays) == 0:
            self.close()
            self.world = World(self._folders(), sweep_seconds=0)
        assert self.world is not None
        return self.world

    def close(self) -> None:
        if self.world is not None:
            self.world.close()


@pytest.fixture(scope="module")
def cities(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cities]:
    made = Cities(lambda: tmp_path_factory.mktemp("city"))
    yield made
    made.close()


@pytest.fixture
def city(cities: Cities) -> World:
    """One with room for another customer."""
    return cities.next()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A fresh one."""
    made = World(tmp_path)
    yield made
    failpoints.disarm()
    made.close()


def letters(world: World, phone: str = MARIA) -> list[tuple[str, str]]:
    """Which effects of this customer's were given up, and why."""
    query = (
        "select kind, error from effects join sessions on sessions.id = effects.session "
        "where state = 'parked' and phone = ?"
    )
    with closing(sqlite3.connect(world.folder / "bridge.db")) as database:
        return database.execute(query, (phone,)).fetchall()


def chats_of(world: World, phone: str = MARIA) -> list[Json]:
    """This customer's live chats, oldest first."""
    return [chat for chat in world.chats() if chat["user"] and chat["user"]["phone"] == phone]


def told(chat: Json) -> list[str]:
    """What only the agent sees."""
    return [line["text"] for line in chat["messages"] if line["silent"]]


def play(world: World, phone: str) -> None:
    """A known customer asks for a person, sends a picture, and gets a reply with a file."""
    world.control("POST", "/support/users", {"name": "Maria Lopez", "phone": phone})
    world.text("A human please", phone=phone)
    world.settle(LONG)
    picture = {name: PICTURE[name] for name in ("content_type", "base64")}
    world.text("Look", phone=phone, media=[picture])
    world.settle(LONG)
    chat = chats_of(world, phone)[-1]
    world.reply("Thank you", chat["id"], file={**PICTURE, "private": True})
    world.settle(LONG)


def assert_whole(world: World, chat: Json) -> None:
    """The agents have the chat, tagged, and what was said stands there once."""
    assert chat["control"] == "zd-agentWorkspace"
    assert set(chat["tags"]) >= TAGS
    said = [line for line in world.lines(chat) if line and NOT_ATTACHED not in line]
    assert said == ["A human please", CONNECTING, "Look", "Thank you"]


def test_without_a_failure_the_story_is_whole(city: World) -> None:
    """The table below compares with this; and each of its calls is made."""
    phone = "+14155550999"
    play(city, phone)
    (chat,) = chats_of(city, phone)
    assert_whole(city, chat)
    assert city.shown(phone) == [CONNECTING, "Thank you", ""]
    assert letters(city, phone) == []
    made = {each["operation"] for each in city.network.ledger.after() if each["kind"] == "request"}
    assert set(CALLS) - {"MergeUsers", "SyncUser"} <= made


def forget(world: World, operation: str) -> None:
    """What was asked once and is remembered is asked again."""
    if operation == "CreateToken":
        world.settle(3600)  # the former token has run out
    if operation == "ListSwitchboards":
        world.kill()
        world.revive()


@pytest.mark.parametrize(("operation", "failure"), ROWS)
def test_each_call_fails_once_in_each_way(city: World, operation: str, failure: str) -> None:
    """The chat is whole, or a letter has a reason and the agent is told of it (FT-D1)."""
    phone = f"+1415555{1000 + ROWS.index((operation, failure))}"
    forget(city, operation)
    if operation in ("MergeUsers", "SyncUser"):
        city.fault("support", "UpdateSupportUser", "status 422")  # then the ticket makes a second user
    city.fault(CALLS[operation], operation, failure)
    play(city, phone)
    assert city.control("GET", "/faults")["faults"] == []
    effect, failures = LETTERS.get(operation, ("", ()))
    parked = letters(city, phone)
    assert [kind for kind, _ in parked] == [effect] * (failure in failures)
    *earlier, chat = chats_of(city, phone)
    assert bool(earlier) == (failure == FULL and operation in IN_CHAT)
    for _, reason in parked:
        assert any(reason in line for line in told(chat)), f"{reason!r} is not among {told(chat)}"
    if not (effect == "PostTurn" and parked):
        assert_whole(city, chat)
    unfit = operation == "DownloadAttachment" and (failure == "garble" or bool(parked))
    assert city.shown(phone) == [CONNECTING, "Thank you", ""][: 2 if unfit else 3]
    assert city.bridge.journal.counts()["effects_waiting"] == 0


# --- a chat that is full (FT-D2) ---


def begin(world: World, *texts: str) -> Json:
    """Maria is in a live chat with Ada, who has said hello."""
    world.text("A human please")
    world.settle(5)
    world.reply("Hello Maria")
    world.settle(5)
    for words in texts:
        world.text(words)
    world.settle(5)
    return world.chats()[-1]


BEGUN = ["A human please", CONNECTING, "Hello Maria"]


def test_a_full_chat_is_followed_by_another(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It begins with the last lines of the full one; nothing is missing, and replies go on from there."""
    full = begin(world, *(f"line {number}" for number in range(30)))
    monkeypatch.setattr(messages, "MOST", len(full["messages"]))
    world.text("Still there?")
    world.text("Hello?")
    world.settle(60)
    before, chat = world.chats()
    assert before["messages"] == full["messages"]
    said = [*BEGUN, *(f"line {number}" for number in range(30)), "Still there?", "Hello?"]
    assert world.lines(chat) == said[-22:]
    assert chat["control"] == "zd-agentWorkspace"
    assert set(chat["tags"]) >= TAGS
    assert any(line.startswith("This continues a live chat that is full") for line in told(chat))
    world.reply("Here I am", chat["id"])
    world.settle(5)
    assert world.shown() == [CONNECTING, "Hello Maria", "Here I am"]
    assert letters(world) == []


@pytest.mark.parametrize("told_of_it", [True, False], ids=["told", "not told"])
def test_a_reply_in_the_full_chat_is_relayed(
    world: World, monkeypatch: pytest.MonkeyPatch, *, told_of_it: bool
) -> None:
    """Whoever has the old ticket open may write there: the customer reads it, and it stands in the next."""
    full = begin(world, *(f"line {number}" for number in range(30)))
    monkeypatch.setattr(messages, "MOST", len(full["messages"]))
    world.text("Still there?")
    world.settle(60)
    before, chat = world.chats()
    monkeypatch.undo()
    if not told_of_it:
        world.fault("sunshine", "conversation:message", "drop webhooks")
    world.reply("I wrote this in the old one", before["id"])
    world.settle(302 if not told_of_it else 5)
    world.reply("And this in the new one", chat["id"])
    world.settle(5)
    assert world.shown()[2:] == ["I wrote this in the old one", "And this in the new one"]
    assert world.lines(world.chats()[-1])[-2:] == ["I wrote this in the old one", "And this in the new one"]
    world.control("POST", f"/conversations/{before['id']}/end", {"agent": "Ada"})
    world.settle(5)
    world.text("Thanks")
    world.settle(5)
    assert world.lines(world.chats()[-1])[-1] == "Thanks", "the end of the old one is not the session's"


def test_a_note_finds_the_chat_full(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the agent must know is told in the next chat."""
    full = begin(world, *(f"line {number}" for number in range(30)))
    monkeypatch.setattr(messages, "MOST", len(full["messages"]))
    world.text("STOP")
    world.settle(60)
    assert any("opted out" in line for line in told(world.chats()[-1]))


def test_chats_that_take_nothing_end_in_letters(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few are tried, then it is visible and waits for nobody: never endless."""
    monkeypatch.setattr(messages, "MOST", 0)
    world.text("A human please")
    world.settle(7200)
    assert len(world.chats()) == retry.MOST_MOVES + 1
    assert {kind for kind, _ in letters(world)} == {"PostTurn", "TellAgent"}
    assert all("30000" in reason for _, reason in letters(world))
    assert world.bridge.journal.counts()["effects_waiting"] == 0


# --- somebody was quicker (FT-D3) ---


def test_a_user_made_by_somebody_else_is_taken(world: World) -> None:
    """Looked for and not there, made and there already: the one who is there is the customer."""
    chat = begin(world)
    world.control("POST", f"/conversations/{chat['id']}/end", {"agent": "Ada"})
    world.settle(5)
    world.fault("sunshine", "GetUser", "status 404")
    world.text("A human please")
    world.settle(5)
    first, second = world.chats()
    made = [each for each in world.network.ledger.after() if each.get("operation") == "CreateUser"]
    assert [each["status"] for each in made] == [201, 409]
    assert first["user"]["id"] == second["user"]["id"]
    assert letters(world) == []


# --- a chat deleted, a user merged (FT-D4) ---


def admin(world: World, method: str, path: str, content: Json | None = None) -> Json:
    """Somebody with the app's key changes something behind our back."""
    secret = base64.b64encode(f"{accounts.SUNSHINE_KEY_ID}:{accounts.SUNSHINE_SECRET}".encode()).decode()
    body = json.dumps(content).encode() if content is not None else b""
    answer = world.network.handle(
        Request(
            method, f"/zendesk/sc{path}", headers=Headers({"Authorization": f"Basic {secret}"}), body=body
        )
    )
    assert isinstance(answer, Response)
    assert answer.status < 300, answer.body
    found: Json = json.loads(answer.body)
    return found


APP = f"/apps/{accounts.SUNSHINE_APP_ID}"


def delete(world: World) -> None:
    """The newest live chat."""
    world.control("POST", f"/conversations/{world.chats()[-1]['id']}/delete")


def merge(world: World) -> None:
    """Maria's messaging user becomes one with another."""
    other = admin(world, "POST", f"/v2{APP}/users", {"externalId": "web-7", "metadata": {"phone": MARIA}})
    loser = world.chats()[-1]["user"]["id"]
    pair = {"surviving": {"_id": other["user"]["id"]}, "discarded": {"_id": loser}}
    admin(world, "POST", f"/v1.1{APP}/appusers/merge", pair)


HAPPENS: dict[str, tuple[Callable[[World], None], str]] = {
    "deleted": (delete, "conversation:remove"),
    "merged": (merge, "user:merge"),
}


@pytest.mark.parametrize("told_of_it", [True, False], ids=["told", "not told"])
@pytest.mark.parametrize("what", HAPPENS)
def test_a_chat_goes_on_after(world: World, what: str, told_of_it: bool) -> None:  # noqa: FBT001
    """One live chat holds everything, the agent's words too, whether a webhook told of it or not."""
    begin(world, "It is order 4711")
    happens, webhook = HAPPENS[what]
    if not told_of_it:
        world.fault("sunshine", webhook, "drop webhooks")
    happens(world)
    world.settle(5)
    world.text("Any news?")
    world.settle(60)
    chat = world.chat()
    assert world.lines(chat) == [*BEGUN, "It is order 4711", "Any news?"]
    assert chat["control"] == "zd-agentWorkspace"
    assert set(chat["tags"]) >= TAGS
    said = {line["text"]: line["name"] for line in chat["messages"] if line["author"] == "business"}
    assert said["Hello Maria"] == "Ada"
    world.reply("Here I am")
    world.settle(5)
    assert world.shown() == [CONNECTING, "Hello Maria", "Here I am"]
    assert letters(world) == []


POINTS = [
    *(
        (point, effect)
        for point in ("performing", "recorded")
        for effect in ("PostTurn", "TellAgent", "PassControl")
    ),
    ("performed", "OpenConversation"),
]


@pytest.mark.parametrize("what", HAPPENS)
@pytest.mark.parametrize(("point", "effect"), POINTS)
def test_a_handoff_goes_on_after(world: World, what: str, point: str, effect: str) -> None:
    """Between any two steps of a handoff: one live chat, whole and tagged."""
    world.text("Hello")
    world.settle(5)
    happens, _ = HAPPENS[what]

    def once(performed: str) -> None:
        if performed == effect:
            failpoints.disarm()
            happens(world)

    failpoints.arm(point, once)
    world.text("A human please")
    world.settle(60)
    world.text("Any news?")
    world.settle(60)
    chat = world.chat()
    assert [line for line in world.lines(chat) if line != ANSWER] == ["Hello", *BEGUN[:2], "Any news?"]
    assert world.lines(chat)[1] == ANSWER
    assert chat["control"] == "zd-agentWorkspace"
    assert set(chat["tags"]) >= TAGS
    assert letters(world) == []


def test_lines_that_wait_follow_the_survivor(world: World) -> None:
    """Users are merged while a desk in trouble lets texts wait."""
    begin(world)
    world.fault("sunshine", "PostMessage", "status 503", 2)
    world.text("One")
    world.text("Two")
    world.settle(0.5)
    merge(world)
    world.settle(60)
    assert world.lines() == [*BEGUN, "One", "Two"]
    assert {line["author"] for line in world.chat()["messages"] if line["text"] in ("One", "Two")} == {"user"}


# --- a line in doubt among many (P2) ---


def test_a_line_in_doubt_is_found_on_a_later_page(tmp_path: Path) -> None:
    """The desk took a text without saying so, and agents wrote two hundred lines before we could look."""
    world = World(tmp_path, sweep_seconds=0)
    chat = begin(world)
    world.fault("sunshine", "PostMessage", "accept then hang")
    world.fault("sunshine", "ListMessages", "status 503", 3)
    world.text("Where is it?")
    world.settle(0.5)
    world.fault("sunshine", "conversation:message", "drop webhooks", 210)  # they are not what is tested
    for number in range(210):
        world.reply(f"line {number}", chat["id"])
    world.settle(120)
    assert world.lines().count("Where is it?") == 1
    calls = [each for each in world.network.ledger.after() if each["kind"] == "request"]
    looks = [each for each in calls if each["operation"] == "ListMessages"]
    assert [(each["status"], "before" in each["query"]) for each in looks[-6:]] == [
        *[(503, False)] * 3,
        *[(200, False), (200, True), (200, True)],
    ]
    assert letters(world) == []
    world.close()
