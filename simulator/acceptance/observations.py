"""What people got to see, and which of it a scenario has accounted for.

Everything there is before a scenario's *When* is background. Whatever appears afterwards on a handset or on
the desk must be claimed by a *Then*; "nothing else is sent to anyone" fails on what is left.

What an agent or a trigger writes on the desk is that person's own doing and needs no claim.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from simulator.acceptance.sim import Json, Sim

OWN_DOING = "zd:agentWorkspace"  # the source of what agents write (SUN-AGT-01)


@dataclass(frozen=True, slots=True)
class Item:
    """Something that appeared: an `sms`, a `conversation`, a `ticket` or a `line` of a conversation."""

    kind: str
    key: str
    where: str  # the phone, or the conversation
    phone: str  # of whoever it is for
    facts: Json = field(default_factory=dict, compare=False, hash=False)

    @property
    def text(self) -> str:
        return plain(str(self.facts.get("text") or ""))

    @property
    def media(self) -> list[Json]:
        return list(self.facts.get("media") or ())

    @property
    def told(self) -> bool:
        """Whether it is a line for agents only."""
        return self.kind == "line" and bool(self.facts.get("silent"))

    def __str__(self) -> str:
        words = f" {self.text!r}" if self.kind in ("sms", "line") else ""
        files = f" with {len(self.media)} files" if self.media else ""
        return f"{'silent ' if self.told else ''}{self.kind}{words}{files} in {self.where}"


def plain(text: str) -> str:
    """A text as it is compared: white space as single blanks."""
    return " ".join(text.split())


class Watch:
    """Looks at handsets and desk, and keeps the accounts."""

    def __init__(self, sim: Sim) -> None:
        self._sim = sim
        self._read = 0
        self.ledger: list[Json] = []
        self.began = 0  # ledger entries before the When
        self._background: set[str] = set()
        self._claimed: set[str] = set()

    def refresh(self) -> list[Item]:
        """Everything there is by now."""
        self.read_ledger()
        conversations = self._sim.call("GET", "/conversations")["conversations"]
        desk = [item for view in conversations for item in _on_desk(view)]
        return [_sms(entry) for entry in self.ledger if _shown(entry)] + desk

    def read_ledger(self) -> list[Json]:
        """The ledger so far."""
        found = self._sim.call("GET", "/ledger", after=self._read)
        self._read = found["next"]
        self.ledger += found["entries"]
        return self.ledger

    def begin(self) -> None:
        """The When comes now: all there is becomes background."""
        self._background = {item.key for item in self.refresh()}
        self._claimed.clear()
        self.began = len(self.ledger)

    def since(self) -> list[Json]:
        """Ledger entries since the When."""
        return self.read_ledger()[self.began :]

    def unclaimed(self) -> list[Item]:
        """What appeared and is not accounted for."""
        known = self._background | self._claimed
        return [item for item in self.refresh() if item.key not in known]

    def find(self, wanted: Callable[[Item], bool]) -> list[Item]:
        """Unclaimed items that are wanted."""
        return [item for item in self.unclaimed() if wanted(item)]

    def claim(self, items: Iterable[Item]) -> None:
        self._claimed |= {item.key for item in items}


def _shown(entry: Json) -> bool:
    return bool(entry["kind"] == "sms" and entry["direction"] == "received")


def _sms(entry: Json) -> Item:
    return Item("sms", f"sms {entry['n']}", entry["phone"], entry["phone"], entry)


def _on_desk(view: Json) -> list[Item]:
    """A conversation, its tickets, and the lines nobody on the desk wrote."""
    where, phone = view["id"], (view["user"] or {}).get("phone") or ""
    found = [("conversation", view), *(("ticket", ticket) for ticket in view["tickets"])]
    found += [("line", line) for line in view["messages"] if not _own(line)]
    return [Item(kind, f"{kind} {facts['id']}", where, phone, facts) for kind, facts in found]


def _own(line: Json) -> bool:
    source: Any = line.get("source")
    kind = source.get("type") if isinstance(source, dict) else source
    return bool(kind == OWN_DOING or line["author"] == "activity")
