"""What must hold, as small functions over what the outside world saw (reliability.md §7.9).

`ALWAYS` is asked after every step, `AT_REST` (in `rest`) once everything is healed and had time. Each yields
a sentence for each thing that is wrong. Only those of Z6, Z9, Z11 and Z12 look into the journal: sessions,
receipts and effects are seen nowhere else.

  Z1   every text that was acknowledged is at the desk or the AI: once (always), and there (at rest)
  Z2   every public reply of an agent is sent once (always), or its agent is told why not (at rest)
  Z3   order per conversation is the order of the source
  Z4   nothing is sent to a phone after its STOP is committed
  Z5   nothing is sent that no agent and no AI said to the customer
  Z6   one open session a customer and number; one live chat a session
  Z7   tags and the three ids on every live chat
  Z8   every message goes from the session's number to the session's phone
  Z9   receipts never go back
  Z10  the AI is silent after the handoff, but for its last words
  Z11  nothing is in limbo (always), nothing waits (at rest)
  Z12  the journal, decided anew, comes to the same (at rest)
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bridge.core import receipts
from simulator.opencx.state import Event
from simulator.opencx.state import Session as Talk
from simulator.sunshine.state import Conversation, Message
from tests.simulation.seen import NEVER, Pair, Sent, Told, tokens_of
from tests.simulation.stage import Stage

Problems = Iterator[str]
IDS = {"opencx_org_id", "opencx_contact_id", "opencx_session_id"}
TAGS = {"opencx_channel_sms", "opencx_handedoff"}
MARKER = "sunbridge_marker"


@dataclass
class Eyes:
    """The stage, and what was already looked at: each thing is judged once."""

    stage: Stage
    texts: dict[str, Told] = field(default_factory=dict)  # by token
    replies: dict[str, Told] = field(default_factory=dict)
    sent: int = 0
    judged: tuple[int, int] = (-1, -1)
    counted: Counter[str] = field(default_factory=Counter)
    bodies: Counter[tuple[Pair, str]] = field(default_factory=Counter)
    lines: dict[str, int] = field(default_factory=dict)  # chat or AI session: how many are judged
    there: dict[str, list[Told]] = field(default_factory=dict)  # what has come to a place
    statuses: dict[tuple[str, int, int], str] = field(default_factory=dict)

    def look(self) -> list[Sent]:
        """Take in the news; the messages that left since the last look."""
        self.stage.look()
        seen = self.stage.seen
        self.texts |= {token: told for told in seen.texts.values() for token in told.tokens}
        self.replies |= {token: told for told in seen.replies.values() for token in told.tokens}
        news, self.sent = seen.sent[self.sent :], len(seen.sent)
        for sent in news:
            self.counted.update(sent.tokens)
            self.bodies[sent.pair, sent.message.body] += 1
        return news

    def talks(self) -> list[Talk]:
        return list(self.stage.opencx.organisation.sessions.values())

    def chats(self) -> list[Conversation]:
        return list(self.stage.sunshine.world.conversations.values())

    def pair_of(self, chat: str) -> Pair | None:
        """Whose chat this is, by the first text in it."""
        found = self.stage.sunshine.world.conversations.get(chat)
        if chat not in self.stage.seen.pairs and found is not None:
            tokens = (token for line in found.messages if line.from_user for token in tokens_of(line))
            told = next((self.texts[token] for token in tokens if token in self.texts), None)
            if told is not None:
                self.stage.seen.pairs[chat] = told.pair
        return self.stage.seen.pairs.get(chat)


# --- after every step: the way to the phone ---------------------------------------------------------


def sent_once(eyes: Eyes, news: list[Sent]) -> Problems:
    """Z2: no reply leaves twice, nor any part of it."""
    asked = (
        Counter(token for talk in eyes.talks() for line in talk.events for token in spoken(line))
        if news
        else {}
    )
    for token in {token for sent in news for token in sent.tokens}:
        most = asked.get(token, 0) if token.startswith("Q") else 1
        if eyes.counted[token] > most:
            yield f"{token} was sent {eyes.counted[token]} times, said {most} times"


def spoken(line: Event) -> tuple[str, ...]:
    """The tokens in what the AI said."""
    return tokens_of(line) if line.sender == "ai" else ()


def public_only(eyes: Eyes, news: list[Sent]) -> Problems:
    """Z5: what leaves was said to the customer by an agent or by the AI."""
    said = (
        {line.text for talk in eyes.talks() for line in talk.events if line.sender == "ai"} if news else set()
    )
    for sent in news:
        body, tokens = sent.message.body, sent.tokens
        of_agent = [token for token in tokens if token.startswith("A")]
        if any(token.startswith("N") for token in tokens):
            yield f"private words left: {body[:60]!r}"
        elif of_agent and any(token not in eyes.replies for token in of_agent):
            yield f"nobody replied {body[:60]!r}"
        elif not of_agent and not is_file(sent) and not is_told(body, said):
            yield f"nobody said {body[:60]!r}"


def is_told(body: str, said: set[str]) -> bool:
    """Whether the AI said it: in one message, or line by line in several that are sent as one answer."""
    return any(body in words for words in said) or all(
        any(line in words for words in said) for line in body.splitlines()
    )


def is_file(sent: Sent) -> bool:
    """An agent's file: by itself, or as a link."""
    return not sent.message.body or sent.message.body.startswith("http")


def right_pair(eyes: Eyes, news: list[Sent]) -> Problems:
    """Z8: from the number that was texted, to the phone that texted it."""
    for sent in news:
        for token in sent.tokens:
            told = eyes.texts.get(token) or eyes.replies.get(token)
            pair = told and (told.pair if token.startswith("Q") else eyes.pair_of(told.chat))
            if pair and pair != sent.pair:
                yield f"{token} belongs to {pair} and went to {sent.pair}"


def silent_after_stop(eyes: Eyes, news: list[Sent]) -> Problems:
    """Z4: no call to the carrier begins once STOP is committed."""
    for sent in news:
        silence = eyes.stage.seen.silences.get(sent.message.phone)
        if silence is not None and sent.call > silence.since:
            yield f"{sent.message.body[:40]!r} left to {sent.message.phone} after {silence.text.words!r}"


def replies_in_order(eyes: Eyes, news: list[Sent]) -> Problems:
    """Z3: agents' replies of one chat reach the carrier in their order, and so do the parts of one."""
    for sent in news:
        for token in sent.tokens:
            if told := eyes.replies.get(token):
                yield from out_of_order(eyes, f"phone of {told.chat}", told, token)


def out_of_order(eyes: Eyes, where: str, told: Told, token: str) -> Problems:
    """Whether something that came later is there already."""
    there = eyes.there.setdefault(where, [])
    if late := next((each for each in there if told.must_precede(each)), None):
        yield f"{token} ({told.words[:30]!r}) came after {late.words[:30]!r} at the {where}"
    there.append(told)
    number, _, part = token.partition(".")
    before = eyes.lines.get(f"{where}:{number}", -1)
    if part and int(part) < before:
        yield f"part {part} of {number} came after part {before}"
    eyes.lines[f"{where}:{number}"] = int(part or 0)


def ai_silent_after_handoff(eyes: Eyes, news: list[Sent]) -> Problems:
    """Z10: what the AI told after the live chat was made is not sent, but for its last words."""
    seen = eyes.stage.seen
    told = {token for sent in news for token in sent.tokens if token.startswith("Q")}
    for talk in eyes.talks() if told else []:
        made = seen.chats.get(talk.id, NEVER)
        handoffs = [line.at for line in talk.events if line.type == "handoff"]
        for line in talk.events:
            late = line.sender == "ai" and seen.answers.get(line.id, 0) > made and line.at not in handoffs
            if late and told & set(tokens_of(line)):
                yield f"the AI's {line.text[:40]!r} was sent after the handoff"


# --- after every step: the way to desk and AI -------------------------------------------------------


def texts_once_and_in_order(eyes: Eyes, _: list[Sent]) -> Problems:
    """Z1, Z3: in every chat and every session of the AI each text stands once, in order, of one pair."""
    for chat in eyes.chats():
        yield from lines_judged(eyes, f"chat {chat.id}", [each for each in chat.messages if each.from_user])
    for talk in eyes.talks():
        lines = [each for each in talk.events if each.type == "message" and each.sender == "contact"]
        yield from lines_judged(eyes, f"AI session {talk.id}", lines)


def lines_judged(eyes: Eyes, where: str, lines: list[Message] | list[Event]) -> Problems:
    new, eyes.lines[where] = lines[eyes.lines.get(where, 0) :], len(lines)
    for line in new:
        for token in tokens_of(line):
            told = eyes.texts[token]
            key = f"{where}: {token}"
            eyes.counted[key] += 1
            if eyes.counted[key] > 1:
                yield f"{token} stands {eyes.counted[key]} times in {where}"
            yield from out_of_order(eyes, where, told, token)
            yield from of_one_pair(eyes, where, told)


def of_one_pair(eyes: Eyes, where: str, told: Told) -> Problems:
    pair = eyes.stage.seen.pairs.setdefault(where, told.pair)
    if pair != told.pair:
        yield f"{where} holds texts of {pair} and of {told.pair}"


def one_chat_a_session(eyes: Eyes, _: list[Sent]) -> Problems:
    """Z6: a handed-off session has one live chat, a pair one open session."""
    named = Counter(chat.metadata.get("opencx_session_id") for chat in eyes.chats())
    yield from (f"session {name} has {count} live chats" for name, count in named.items() if count > 1)
    open_ones = Counter(eyes.stage.rows("select phone, number from sessions where charge != 'nobody'"))
    yield from (f"{count} open sessions of {pair}" for pair, count in open_ones.items() if count > 1)


def chats_are_tagged(eyes: Eyes, _: list[Sent]) -> Problems:
    """Z7: every chat has its ids, every ticket its tags."""
    tickets = eyes.stage.sunshine.world.support.tickets
    for chat in eyes.chats():
        if missing := IDS - set(chat.metadata):
            yield f"chat {chat.id} lacks {missing}"
        for ticket in chat.tickets[:1]:
            if missing := TAGS - set(tickets[ticket].tags):
                yield f"ticket {ticket} lacks {missing}"


def receipts_monotone(eyes: Eyes, _: list[Sent]) -> Problems:
    """Z9: what is known of a part never goes back."""
    for session, turn, part, status in eyes.stage.rows("select session, turn, part, status from parts"):
        key = (session, turn, part)
        before = eyes.statuses.get(key, "")
        if receipts.merge(before, status) != status:
            yield f"part {key} was {before} and is {status}"
        eyes.statuses[key] = status


def nothing_in_limbo(eyes: Eyes, _: list[Sent]) -> Problems:
    """Z11: every unfinished effect stands in a lane that is due some time; what is parked says why."""
    lost = """select e.id, e.kind from effects e left join lanes l on l.name = e.lane
              where e.state in ('waiting', 'performing') and (l.name is null or l.head > e.id)"""
    yield from (f"effect {row[0]} ({row[1]}) is in no lane" for row in eyes.stage.rows(lost))
    headless = """select l.name from lanes l left join effects e on e.id = l.head
                  where e.id is null or e.state not in ('waiting', 'performing')"""
    yield from (f"lane {row[0]} waits for nothing" for row in eyes.stage.rows(headless))
    silent = "select kind from effects where state = 'parked' and error = ''"
    yield from (f"a {row[0]} is parked and nobody knows why" for row in eyes.stage.rows(silent))
    broken = "select kind, remark from events where state = 'parked'"
    yield from (f"deciding {row[0]} broke: {row[1]}" for row in eyes.stage.rows(broken))


Always = Callable[[Eyes, list[Sent]], Problems]
ALWAYS: tuple[tuple[str, Always], ...] = (
    ("Z1 Z3", texts_once_and_in_order),
    ("Z2", sent_once),
    ("Z3", replies_in_order),
    ("Z4", silent_after_stop),
    ("Z5", public_only),
    ("Z6", one_chat_a_session),
    ("Z7", chats_are_tagged),
    ("Z8", right_pair),
    ("Z9", receipts_monotone),
    ("Z10", ai_silent_after_handoff),
    ("Z11", nothing_in_limbo),
)


def after_step(eyes: Eyes) -> list[str]:
    """Everything that is wrong now; nothing is asked where nothing happened."""
    if eyes.judged == (now := (eyes.stage.network.ledger.last, eyes.stage.decisions)):
        return []
    eyes.judged = now
    news = eyes.look()
    return [f"{name}: {problem}" for name, check in ALWAYS for problem in check(eyes, news)]
