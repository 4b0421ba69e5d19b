"""Every bend: what it does to which calls of the bridge, or to which webhooks to it."""

from collections.abc import Callable
from dataclasses import dataclass

from simulator import accounts
from simulator.bends import edits
from simulator.hooks import Hook
from simulator.web import Request

Calls = Callable[[Request], list[Request]]
Hooks = Callable[[Hook], list[Hook]]
TAG, HANDED_OFF = "opencx_channel_sms", "opencx_handedoff"


@dataclass(frozen=True, slots=True)
class Bend:
    """One way to be wrong."""

    name: str
    system: str
    operations: frozenset[str]
    call: Calls | None = None
    hook: Hooks | None = None

    def meets(self, system: str, operation: str) -> bool:
        """Whether it is about this call or webhook."""
        return system == self.system and operation in self.operations


def _call(name: str, where: str, edit: Calls) -> Bend:
    system, _, operations = where.partition(" ")
    return Bend(name, system, frozenset(operations.split()), call=edit)


def _hook(name: str, where: str, edit: Hooks) -> Bend:
    system, _, operations = where.partition(" ")
    return Bend(name, system, frozenset(operations.split()), hook=edit)


SEND, POST = "twilio CreateMessage", "sunshine PostMessage"
CHAT, CHATS = "sunshine CreateConversation", "sunshine CreateConversation UpdateConversation PassControl"
USER = "sunshine CreateUser UpdateUser"


def _business(body: edits.Json) -> bool:
    return bool(body.get("author", {}).get("type") == "business")


def _silent(body: edits.Json) -> bool:
    return "destination" in body


_TEXTS = (
    _call("texts leave from the Sales number", SEND, edits.form(From=lambda _: accounts.SALES_NUMBER)),
    _call("texts go to a neighbour's phone", SEND, edits.form(To=lambda to: to[:-1] + str(9 - int(to[-1])))),
    _call("texts are cut at 40 letters", SEND, edits.form(Body=lambda text: text[:40])),
    _call("texts are HTML", SEND, edits.form(Body=lambda text: f"<p>{text}</p>")),
    _call("texts bear a signature", SEND, edits.form(Body=lambda text: f"{text} -- your SMS bridge")),
    _call("texts are sent twice", SEND, edits.twice),
    _call("long texts are sent in pieces", SEND, edits.in_pieces),
    _call("files are left out", SEND, edits.without_field("MediaUrl")),
    _call("files are attached twice", SEND, edits.field_twice("MediaUrl")),
    _call("no receipts are asked for", SEND, edits.without_field("StatusCallback")),
    _call("who calls is not said", SEND, edits.anonymous),
)

_LINES = (
    _call("lines are posted twice", POST, edits.twice),
    _call("lines are cut at 20 letters", POST, edits.content(edits.cut_text)),
    _call("lines have no marker", POST, edits.content(edits.without("metadata"))),
    _call("lines of the customer are the AI's", POST, edits.content(edits.spoken_by_the_ai)),
    _call("lines are for nobody to see", POST, edits.content(edits.unless(_silent, edits.silenced))),
    _call("lines for agents only are for all", POST, edits.content(edits.without("destination"))),
    _call("lines of the AI bear no name", POST, edits.content(edits.only_if(_business, edits.nameless))),
    _call("files on the desk are words", POST, edits.content(edits.files_as_words)),
)

_CHATS = (
    _call("the channel's tag is left out", CHATS, edits.words(TAG, "")),
    _call("the hand-off's tag is left out", CHATS, edits.words(HANDED_OFF, "")),
    _call("the session's id is left out", CHATS, edits.content(edits.without_metadata("session"))),
    _call("the organisation's id is left out", CHATS, edits.content(edits.without_metadata("org"))),
    _call("the contact's id is left out", CHATS, edits.content(edits.without_metadata("contact"))),
    _call("the phone is left out of the user", USER, edits.content(edits.phoneless)),
    _call("everybody is a new user", USER, edits.content(edits.renamed_user)),
    _call(
        "control is given to nobody", "sunshine PassControl", edits.content(edits.given_to("nobody we know"))
    ),
    _call("the first message is not named", CHATS, edits.content(edits.without_metadata("first"))),
    _call("support users are looked for in vain", "support SearchUsers", edits.asking("query=nobody")),
    _call("other support users are merged", "support MergeUsers", edits.content(edits.merged_into("1"))),
)

_AI = (
    _call("the AI is asked twice", "opencx sendMessage", edits.twice),
    _call("the AI hears the first word", "opencx sendMessage", edits.content(edits.first_word)),
    _call("each question has a session of its own", "opencx createChatSession", edits.twice),
)

_TOLD = (
    _hook("texts are swallowed", "twilio inbound", edits.swallowed),
    _hook("receipts are swallowed", "twilio status", edits.swallowed),
    _hook("replies are swallowed", "sunshine conversation:message", edits.swallowed),
    _hook("ends are swallowed", "sunshine switchboard:releaseControl", edits.swallowed),
    _hook("replies are cut at 10 letters", "sunshine conversation:message", edits.cut_replies),
    _hook("whatever stands on the desk is a reply", "sunshine conversation:message", edits.all_by_agents),
    _hook("replies come with another id each time", "sunshine conversation:message", edits.renumbered),
)

EVERY = (*_TEXTS, *_LINES, *_CHATS, *_AI, *_TOLD)
BENDS: dict[str, Bend] = {bend.name: bend for bend in EVERY}
