"""What must hold once everything is healed and had time: nothing lost or waiting, nobody left in doubt."""

from collections.abc import Callable, Iterator
from itertools import chain

from bridge.core.model import Charge, Rules
from bridge.journal.engine import connect
from bridge.journal.replay import differences
from simulator import accounts
from simulator.opencx.state import Event
from simulator.sunshine.state import Conversation, Message
from tests.simulation.invariants import MARKER, Eyes, Problems
from tests.simulation.seen import NEVER, Told, tokens_of


def every_text_arrived(eyes: Eyes) -> Problems:
    """Z1: what was taken from a customer stands at the desk or was heard by the AI."""
    at_desk = (line for chat in eyes.chats() for line in chat.messages if line.from_user)
    at_ai = (line for talk in eyes.talks() for line in talk.events if line.sender == "contact")
    lines: Iterator[Message | Event] = chain(at_desk, at_ai)
    arrived = {token for line in lines for token in tokens_of(line)} | eyes.stage.seen.read_before
    for told in eyes.stage.seen.texts.values():
        missing = [token for token in told.tokens if token not in arrived]
        excused = told.word or eyes.stage.seen.may_be_silent(told.pair[0], told)
        if missing and told.taken != NEVER and not excused:
            yield f"{told.words[:40]!r} of {told.pair} was taken and is nowhere"


def every_reply_left(eyes: Eyes) -> Problems:
    """Z2: a reply was sent, or the agent can read why not."""
    told_of = markers(eyes)
    for message, told in eyes.stage.seen.replies.items():
        if told.chat in eyes.stage.seen.deleted or not told.tokens:
            continue
        missing = [token for token in told.tokens if not eyes.counted[token]]
        if missing and not explained(eyes, told_of, message, told):
            yield f"the reply {told.words[:40]!r} was not sent and nobody was told"


def markers(eyes: Eyes) -> set[tuple[str, str]]:
    """(chat, what it was about) of every line only agents see."""
    return {
        (chat.id, str((line.metadata or {})[MARKER]).partition(":tell:")[2])
        for chat in eyes.chats()
        for line in chat.messages
        if line.silent and MARKER in (line.metadata or {})
    }


def explained(eyes: Eyes, told_of: set[tuple[str, str]], message: str, told: Told) -> bool:
    """Whether a line in the chat speaks of this reply."""
    if (told.chat, f"refused:{message}") in told_of:
        return True
    chat = eyes.stage.sunshine.world.conversations[told.chat]
    if any("What was not sent yet is dropped" in line for line in after_it(chat, message)):
        return True
    beginning = told.words.replace("*", "")[:30]
    return any(line.silent and beginning in str(line.content.get("text")) for line in chat.messages)


def after_it(chat: Conversation, message: str) -> list[str]:
    """What agents could read after this message."""
    ids = [line.id for line in chat.messages]
    after = chat.messages[ids.index(message) :] if message in ids else []
    return [str(line.content.get("text")) for line in after if line.silent]


def refused_only_after_stop(eyes: Eyes) -> Problems:
    """P5 the other way: nobody is refused who has not opted out."""
    replies = eyes.stage.seen.replies
    for chat, about in markers(eyes):
        kind, _, message = about.partition(":")
        told = replies.get(message)
        pair = eyes.pair_of(chat)
        if kind == "refused" and told and pair and not eyes.stage.seen.may_fall_silent(pair[0], told):
            yield f"the reply {told.words[:30]!r} was refused, yet {pair[0]} may be texted"


def nothing_waits(eyes: Eyes) -> Problems:
    """Z11: the outbox is empty."""
    for kind, tries, error in eyes.stage.rows(
        "select kind, tries, error from effects where state in ('waiting', 'performing')"
    ):
        yield f"a {kind} still waits after {tries} tries: {error}"
    new = eyes.stage.rows("select kind from events where state = 'new'")
    yield from (f"a {row[0]} is undecided" for row in new)


def handed_off_is_with_agents(eyes: Eyes) -> Problems:
    """A session that people have stands before agents: a handoff does not stop half way."""
    agents = eyes.stage.sunshine.world.agents.id
    for session, charge, chat in eyes.stage.rows("select id, charge, conversation from sessions"):
        found = eyes.stage.sunshine.world.conversations.get(chat)
        if charge in (Charge.HANDOFF.value, Charge.HUMAN.value) and (found is None or found.active != agents):
            yield f"{session} is with people ({charge}), its chat {chat!r} is with nobody"


def replays(eyes: Eyes) -> Problems:
    """Z12: the journal, decided anew, comes to the same."""
    rules = Rules(frozenset(accounts.NUMBERS))
    engine = connect(f"sqlite:///{eyes.stage.file}")
    yield from differences(engine, rules)
    engine.dispose()


AtRest = Callable[[Eyes], Problems]
AT_REST: tuple[tuple[str, AtRest], ...] = (
    ("Z1", every_text_arrived),
    ("Z2", every_reply_left),
    ("P5", refused_only_after_stop),
    ("Z11", nothing_waits),
    ("Z12", replays),
    ("handoff", handed_off_is_with_agents),
)


def at_rest(eyes: Eyes) -> list[str]:
    """Everything that is wrong in the end."""
    eyes.look()
    return [f"{name} at rest: {problem}" for name, check in AT_REST for problem in check(eyes)]
