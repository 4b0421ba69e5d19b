"""What may happen in a simulation: one small dataclass an action, and how each is written as JSON.

An action names people, numbers and chats by their place in a list, and does nothing where it makes no sense,
so that any part of a list of actions is a list of actions again: that is what lets a failing run be shrunk.
"""

import base64
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from bridge.core import consent
from simulator import accounts
from simulator.sunshine.merging import merge
from simulator.web import Request
from tests.simulation.seen import Told, tokens_of
from tests.simulation.stage import Death, Interruption, Stage

Json = dict[str, Any]
PHONES = ("+14155550101", "+12125550102", "+13105550103")
NUMBERS = accounts.NUMBERS[:2]
LONG_TEXT, LONG_REPLY = 1500, 1700  # characters; the carrier takes 1600 in one message
PICTURE = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"picture").decode()
FOREVER = 1_000_000


@dataclass(frozen=True, slots=True)
class Action:
    """Something that happens."""

    kinds: ClassVar[dict[str, type["Action"]]] = {}

    def __init_subclass__(cls, **_: object) -> None:
        Action.kinds[cls.__name__] = cls

    def do(self, stage: Stage) -> None:
        """Let it happen, if it can."""

    def as_json(self) -> Json:
        return {"do": type(self).__name__, **asdict(self)}


def from_json(written: Json) -> Action:
    """The action again."""
    facts = dict(written)
    return Action.kinds[facts.pop("do")](**facts)


# --- customers ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text(Action):
    """A customer texts us: `words` after a word of its own, or filled up to a long text."""

    who: int = 0
    number: int = 0
    words: str = "hello"
    picture: bool = False
    long: bool = False

    def do(self, stage: Stage) -> None:
        token = stage.seen.next_token("Q")
        said(
            stage,
            self.who,
            self.number,
            drawn_out(token, self.words, LONG_TEXT * self.long),
            picture=self.picture,
        )


@dataclass(frozen=True, slots=True)
class Word(Action):
    """A customer texts a bare word: STOP, START, HELP, Yes."""

    who: int = 0
    number: int = 0
    word: str = "STOP"

    def do(self, stage: Stage) -> None:
        said(stage, self.who, self.number, self.word, picture=False)


@dataclass(frozen=True, slots=True)
class Again(Action):
    """The carrier delivers an old text once more."""

    back: int = 1

    def do(self, stage: Stage) -> None:
        known = list(stage.seen.texts.items())
        if known:
            sid, told = known[-1 - self.back % len(known)]
            stage.text(told.words, phone=told.pair[0], number=told.pair[1], source_id=sid)


def said(stage: Stage, who: int, number: int, words: str, *, picture: bool) -> None:
    """A text of a customer, and what we know of it."""
    pair = (PHONES[who % len(PHONES)], NUMBERS[number % len(NUMBERS)])
    media = [{"content_type": "image/png", "base64": PICTURE}] if picture else []
    path = f"/phones/{pair[0]}/texts"
    sid = stage.control("POST", path, {"to": pair[1], "text": words, "media": media})["sid"]
    meaning = consent.verdict(words) or ("start" if words.strip().lower() == "yes" else "")
    stage.seen.texts[sid] = Told(words, stage.seen.next_place(), pair, word=meaning)


def drawn_out(token: str, words: str, length: int) -> str:
    """Words with tokens throughout, so that each part of a long message can be told from the others."""
    if not length:
        return f"{token} {words}".strip()
    pieces: list[str] = []
    while sum(map(len, pieces)) < length:
        pieces.append(f"{token}.{len(pieces)} {words or 'blah'} and so on. ")
    return "".join(pieces).strip()


# --- agents ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reply(Action):
    """An agent replies in a live chat, with words, a file or both."""

    chat: int = 0
    words: str = "certainly"
    long: bool = False
    file: bool = False
    silent: bool = False  # a file without words

    def do(self, stage: Stage) -> None:
        chats = stage.live_chats()
        if not chats:
            return
        chat = chats[self.chat % len(chats)].id
        words = drawn_out(stage.seen.next_token("A"), self.words, LONG_REPLY * self.long)
        wanted: Json = {} if self.file and self.silent else {"text": words}
        if self.file:
            wanted["file"] = {"name": "a.png", "content_type": "image/png", "base64": PICTURE}
        answer = stage.control("POST", f"/conversations/{chat}/replies", {"agent": "Ada", **wanted})
        for message in answer["messages"]:
            is_words = "text" in wanted and message == answer["messages"][0]
            stage.seen.replies[message] = Told(words if is_words else "", stage.seen.next_place(), chat=chat)
            stage.seen.files[chat] += not is_words


@dataclass(frozen=True, slots=True)
class Agent(Action):
    """An agent does something else in a live chat: note, solve, close, end, reopen, typing, trigger-line."""

    chat: int = 0
    what: str = "note"

    def do(self, stage: Stage) -> None:
        chats = stage.live_chats()
        if chats:
            chat = chats[self.chat % len(chats)].id
            path, wanted = BESIDES[self.what]
            if wanted.get("text"):
                wanted = {**wanted, "text": f"{stage.seen.next_token('N')} for our eyes only"}
            if self.what != "reopen" or stage.sunshine.workspace.ticket(chats[self.chat % len(chats)]):
                stage.control("POST", f"/conversations/{chat}/{path}", {"agent": "Ada", **wanted})


BESIDES: dict[str, tuple[str, Json]] = {
    "note": ("replies", {"note": True, "text": "…"}),
    "trigger-line": ("trigger-line", {"text": "…"}),
    "typing": ("typing", {}),
    "solve": ("solve", {}),
    "reopen": ("reopen", {}),
    "close": ("close", {}),
    "end": ("end", {}),
    "end by customer": ("end", {"by": "user"}),
}


# --- the AI ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Script(Action):
    """How the AI behaves from now on."""

    mode: str = "inline"
    delay: float = 0.0
    fails: int = 0
    echo: bool = False

    def do(self, stage: Stage) -> None:
        stage.control("PUT", "/assistant/script", {**SCRIPT, **asdict(self)})


SCRIPT: Json = {
    "rules": [{"contains": ["human"], "say": "I connect you. You said: {text}", "handoff": True}],
    "otherwise": "You said: {text}",
    "rate_limit": 10_000,
}


@dataclass(frozen=True, slots=True)
class TakeOver(Action):
    """A person takes a session from the AI in OpenCX's own inbox."""

    back: int = 0

    def do(self, stage: Stage) -> None:
        sessions = list(stage.opencx.organisation.sessions)
        if sessions:
            session = sessions[-1 - self.back % len(sessions)]
            stage.control("POST", f"/assistant/sessions/{session}/takeover")


@dataclass(frozen=True, slots=True)
class CloseSession(Action):
    """Somebody marks a session resolved in OpenCX."""

    back: int = 0

    def do(self, stage: Stage) -> None:
        sessions = list(stage.opencx.organisation.sessions.values())
        if sessions and (session := sessions[-1 - self.back % len(sessions)]).status == "open":
            with stage.network.lock:
                stage.opencx.assistant.set_status(session, "closed_resolved", summarise=False)


# --- admins ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DeleteChat(Action):
    """An admin deletes a conversation."""

    chat: int = 0

    def do(self, stage: Stage) -> None:
        chats = stage.live_chats()
        if chats:
            chosen = chats[self.chat % len(chats)]
            chat, over = chosen.id, stage.is_over(chosen.id)
            path = f"/zendesk/sc/v2/apps/{accounts.SUNSHINE_APP_ID}/conversations/{chat}"
            request = Request("DELETE", path)
            pair = f"{accounts.SUNSHINE_KEY_ID}:{accounts.SUNSHINE_SECRET}".encode()
            request.headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
            stage.network.handle(request)
            if chat not in stage.sunshine.world.conversations:
                stage.seen.deleted.add(chat)
                lines = [line for line in chosen.messages if over and line.from_user]
                stage.seen.read_before.update(token for line in lines for token in tokens_of(line))


@dataclass(frozen=True, slots=True)
class MergeUser(Action):
    """An admin merges a customer's messaging user into a new one.

    Not while the answer that made the user's chat is lost and the call not repeated: nothing would be left by
    which the bridge could find that chat.
    """

    which: int = 0

    def do(self, stage: Stage) -> None:
        world, unheard_of = stage.sunshine.world, stage.users_unheard_of()
        users = [user for user in world.users.values() if user.id not in unheard_of]
        if users:
            discarded = users[self.which % len(users)]
            with stage.network.lock:
                surviving = type(discarded)(world.new_id(), profile=dict(discarded.profile))
                world.users[surviving.id] = surviving
                merge(stage.sunshine.workspace, surviving=surviving, discarded=discarded)


@dataclass(frozen=True, slots=True)
class Registration(Action):
    """The carrier takes a number's registration away, or gives it back."""

    number: int = 0
    state: str = "unregistered"

    def do(self, stage: Stage) -> None:
        stage.control("PUT", f"/numbers/{NUMBERS[self.number % len(NUMBERS)]}", {"registration": self.state})


@dataclass(frozen=True, slots=True)
class Switch(Action):
    """Zendesk behaves otherwise from now on."""

    name: str = "passing"
    value: str | float | bool = "moves"

    def do(self, stage: Stage) -> None:
        stage.control("PUT", "/zendesk", {self.name: self.value})


# --- time, faults, crashes ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wait(Action):
    """Time passes, and whatever falls due happens."""

    seconds: float = 1.0

    def do(self, stage: Stage) -> None:
        stage.wait(self.seconds)


@dataclass(frozen=True, slots=True)
class Fault(Action):
    """A provider misbehaves for some calls or webhooks. Revoked credentials are `status 401` for long."""

    system: str = "twilio"
    operation: str = "*"
    fault: str = "refuse"
    count: int = 1

    def do(self, stage: Stage) -> None:
        stage.fault(self.system, self.operation, self.fault, self.count)


@dataclass(frozen=True, slots=True)
class Mend(Action):
    """All faults end, and what was held is let go."""

    def do(self, stage: Stage) -> None:
        stage.control("DELETE", "/faults")
        stage.control("POST", "/faults/release")


@dataclass(frozen=True, slots=True)
class Die(Action):
    """The bridge dies at so manieth a pass of a failpoint from now."""

    point: str = "performed"
    passes: int = 1

    def do(self, stage: Stage) -> None:
        stage.deaths.append(Death(self.point, self.passes))


@dataclass(frozen=True, slots=True)
class Restart(Action):
    """The bridge is away for a while."""

    seconds: float = 0.0

    def do(self, stage: Stage) -> None:
        stage.restart(self.seconds)


@dataclass(frozen=True, slots=True)
class Meanwhile(Action):
    """While the bridge waits for a call some calls ahead, time passes and everybody else goes on."""

    calls: int = 1
    seconds: float = 0.0
    applied: bool = False
    work: bool = False

    def do(self, stage: Stage) -> None:
        stage.interruptions.append(Interruption(self.calls, self.seconds, self.applied, self.work))
