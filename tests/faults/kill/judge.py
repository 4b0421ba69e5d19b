"""What the world saw: each text at the desk, each reply on its phone, once and in order.

The AI's answers are known by the texts they answer. From the first text on that none answers, people have the
chat, so that an answer is lost only if a later text has one. Each answer stands once in the live chat, too.

lost           it never arrived, and no agent was told
in doubt       an agent was told that a reply may or may not have arrived (promise P3); not lost
out of order   it stands before something that was written earlier; a lost one is not counted twice, and what
               no webhook told has no place in the order: it comes with a sweep. Of replies it is the order in
               which the carrier was asked: what it does with two messages that follow at once is its own
untold         no webhook told it; it must arrive all the same
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, fields

from simulator.acceptance.sim import HttpSim, Json
from tests.faults.kill.letters import Letter
from tests.faults.kill.people import ANSWER, Customer
from tests.faults.kill.plan import Plan

DOUBT = "may or may not"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one kind of message fared."""

    sent: int = 0
    once: int = 0
    lost: int = 0
    doubled: int = 0
    out_of_order: int = 0
    in_doubt: int = 0
    untold: int = 0

    def __add__(self, other: "Verdict") -> "Verdict":
        return Verdict(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    @property
    def wrong(self) -> int:
        """How much should not have happened."""
        return self.lost + self.doubled + self.out_of_order


@dataclass(frozen=True, slots=True)
class Verdicts:
    """How everything fared."""

    texts: Verdict = Verdict()
    replies: Verdict = Verdict()
    answers: Verdict = Verdict()
    transcript: Verdict = Verdict()
    chats: Verdict = Verdict()

    def __add__(self, other: "Verdicts") -> "Verdicts":
        return Verdicts(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    @property
    def wrong(self) -> int:
        """Of all kinds."""
        return sum(getattr(self, each.name).wrong for each in fields(self))


@dataclass(frozen=True, slots=True)
class World:
    """What can be seen after the storm."""

    chats: list[Json]
    texts_told: set[str]  # the desk tells of them as well once they stand there
    replies_told: set[str]
    asked: list[str]  # what the carrier was asked to send, the last time for each
    letters: list[Letter]


def judge(
    sim: HttpSim, plan: Plan, people: list[Customer], letters: list[Letter], ledger: list[Json]
) -> Verdicts:
    """Everybody's texts, replies, answers and live chats."""
    chats = sim.call("GET", "/conversations")["conversations"]
    told = (told_by_webhook(ledger, "twilio"), told_by_webhook(ledger, "sunshine"))
    world = World(chats, *told, asked_to_send(ledger), letters)
    return sum((_of(sim, plan, each, world) for each in people), Verdicts())


def _of(sim: HttpSim, plan: Plan, customer: Customer, world: World) -> Verdicts:
    chats = [each for each in world.chats if each["user"]["phone"] == customer.phone]
    lines = [line for chat in chats for line in chat["messages"]]
    screen = sim.call("GET", f"/phones/{customer.phone}/messages")["messages"]
    shown = [each["text"] for each in screen if each["direction"] == "received"]
    at_desk = [line["text"] for line in lines if line["author"] == "user"]
    by_ai = [line["text"] for line in lines if line["text"].startswith(ANSWER)]
    told = [line["text"] for line in lines if line["silent"] and DOUBT in line["text"]]
    doubted = [each.words for each in world.letters if DOUBT in each.why]
    written = [customer.text(number + 1) for number in range(plan.texts)]
    replied = [customer.reply(number + 1) for number in range(plan.replies)]
    answers = [each for each in shown if each.startswith(ANSWER)]
    untold = set(written) - world.texts_told
    return Verdicts(
        texts=compare(written, at_desk, [], untold),
        replies=compare(replied, shown, told, set(replied) - world.replies_told, world.asked),
        answers=answered(written, answers, doubted, untold),
        transcript=compare(list(dict.fromkeys(answers)), by_ai, []),
        chats=compare([customer.phone], [each["user"]["phone"] for each in chats], []),
    )


def answered(written: list[str], shown: list[str], doubted: list[str], silent: Collection[str]) -> Verdict:
    """The AI's answers to one customer, a text each; what nobody told may have come too late for one."""
    seen = [words for line in shown for words in _answered_in(line)]
    known = {*seen, *(words for line in doubted for words in _answered_in(line))}
    until = max((place for place, words in enumerate(written, 1) if words in known), default=0)
    with_ai = [words for words in written[:until] if words in known or words not in silent]
    return compare(with_ai, seen, doubted, silent)


def _answered_in(line: str) -> list[str]:
    return [each.removeprefix(ANSWER) for each in line.split("\n")] if line.startswith(ANSWER) else []


def told_by_webhook(ledger: list[Json], system: str) -> set[str]:
    """The words that carrier or desk told, or tried to."""
    return {
        _words(entry["request"])
        for entry in ledger
        if entry["kind"] == "webhook" and entry["system"] == system
    }


def asked_to_send(ledger: list[Json]) -> list[str]:
    """The texts of create calls in their order; after the one that counts there is none (P3)."""
    calls = [each for each in ledger if (each["kind"], each.get("operation")) == ("request", "CreateMessage")]
    bodies = [str((each["request"] or {}).get("Body", "")) for each in calls]
    return list(dict.fromkeys(reversed(bodies)))[::-1]


def _words(webhook: Json) -> str:
    """What a carrier's or a desk's webhook tells."""
    message = webhook["events"][0]["payload"].get("message", {}) if "events" in webhook else {}
    return str(message.get("content", {}).get("text", "") or webhook.get("Body", ""))


def compare(
    written: list[str],
    seen: list[str],
    told: list[str],
    silent: Collection[str] = (),
    order: list[str] | None = None,
) -> Verdict:
    """One conversation in one direction; what nobody told may stand anywhere.

    `order`: in which they were sent on, if not as they are seen.
    """
    counts = Counter(seen)
    doubted = {words for words in written if any(words in line for line in told)}
    missing = [words for words in written if not counts[words]]
    return Verdict(
        sent=len(written),
        once=sum(counts[words] == 1 for words in written),
        lost=sum(words not in doubted for words in missing),
        doubled=sum(counts[words] > 1 for words in written),
        out_of_order=_late(
            [words for words in written if words not in silent], seen if order is None else order
        ),
        in_doubt=len(doubted),
        untold=sum(words in silent for words in written),
    )


def _late(written: list[str], seen: list[str]) -> int:
    """How many stand after something that was written later."""
    place = {words: number for number, words in enumerate(written)}
    newest, late = -1, 0
    for words in dict.fromkeys(each for each in seen if each in place):
        late += place[words] < newest
        newest = max(newest, place[words])
    return late
