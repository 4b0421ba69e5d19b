"""What the world saw: each text at the desk, each reply on its phone, once and in order.

lost           it never arrived, and no agent was told
in doubt       an agent was told that a reply may or may not have arrived (promise P3); not lost
out of order   it stands before something that was written earlier; a lost one is not counted twice, and what
               no webhook told has no place in the order: it comes with a sweep
untold         no webhook told it; it must arrive all the same
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, fields

from simulator.acceptance.sim import HttpSim, Json
from tests.faults.kill.people import Customer
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


def judge(sim: HttpSim, plan: Plan, people: list[Customer]) -> tuple[Verdict, Verdict]:
    """Texts at the desk, and replies on the phones."""
    texts, replies, told_of = Verdict(), Verdict(), told_by_webhook(sim)
    for customer in people:
        lines = sim.call("GET", f"/conversations/{customer.conversation}")["messages"]
        screen = sim.call("GET", f"/phones/{customer.phone}/messages")["messages"]
        at_desk = [line["text"] for line in lines if line["author"] == "user"]
        on_phone = [shown["text"] for shown in screen if shown["direction"] == "received"]
        told = [line["text"] for line in lines if line["silent"] and DOUBT in line["text"]]
        written = [customer.text(number + 1) for number in range(plan.texts)]
        replied = [customer.reply(number + 1) for number in range(plan.replies)]
        texts += compare(written, at_desk, [], set(written) - told_of)
        replies += compare(replied, on_phone, told, set(replied) - told_of)
    return texts, replies


def told_by_webhook(sim: HttpSim) -> set[str]:
    """The words that carrier or desk told, or tried to."""
    entries = sim.call("GET", "/ledger")["entries"]
    return {_words(entry["request"]) for entry in entries if entry["kind"] == "webhook"}


def _words(webhook: Json) -> str:
    """What a carrier's or a desk's webhook tells."""
    message = webhook["events"][0]["payload"].get("message", {}) if "events" in webhook else {}
    return str(message.get("content", {}).get("text", "") or webhook.get("Body", ""))


def compare(written: list[str], seen: list[str], told: list[str], silent: Collection[str] = ()) -> Verdict:
    """One conversation in one direction; what nobody told may stand anywhere."""
    counts = Counter(seen)
    doubted = {words for words in written if any(words in line for line in told)}
    missing = [words for words in written if not counts[words]]
    return Verdict(
        sent=len(written),
        once=sum(counts[words] == 1 for words in written),
        lost=sum(words not in doubted for words in missing),
        doubled=sum(counts[words] > 1 for words in written),
        out_of_order=_late([words for words in written if words not in silent], seen),
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
