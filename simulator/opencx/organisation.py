"""Everything an OpenCX organisation holds, arranged so that no look-up and no list grows with the total.

Sessions are kept by every combination of what the list can be filtered by (OCX-API-11), and by who changed
last; a page is merged from the combinations asked for, from the cursor on.
"""

from bisect import bisect_right, insort
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import merge
from typing import NamedTuple

from simulator import accounts
from simulator.leftovers import Container
from simulator.opencx.state import Contact, Json, Session

EVERYTHING = frozenset({"*"})
READ_ONLY = frozenset({"chat-sessions:read", "contacts:read"})


class Facts(NamedTuple):
    """What a list of sessions can be filtered by."""

    status: str
    channel_type: str
    handed_off: str


def facts(session: Session) -> Facts:
    return Facts(session.status, session.channel, str(session.handoff is not None).lower())


@dataclass(slots=True)
class Organisation:
    """Everything that `reset` forgets."""

    contacts: dict[str, Contact] = field(default_factory=dict)
    contact_list: list[Contact] = field(default_factory=list)
    sessions: dict[str, Session] = field(default_factory=dict)
    keys: dict[str, frozenset[str]] = field(default_factory=dict)
    calls: dict[str, deque[float]] = field(default_factory=dict)  # by key, for the rate limit
    _made: int = 0
    _filed: dict[str, Facts] = field(default_factory=dict)
    _files: dict[Facts, list[Session]] = field(default_factory=dict)  # each in order of their numbers
    _changed: dict[str, Session] = field(default_factory=dict)  # last changed last

    def __post_init__(self) -> None:
        self.forget()

    def forget(self) -> tuple[Container, ...]:
        """Hold nothing; what was held is returned, to be freed."""
        indexes = (self.calls, self._filed, self._files, self._changed, self.contact_list)
        left = (*indexes, self.contacts, self.sessions)
        self.calls, self._filed, self._files, self._changed, self.contact_list = {}, {}, {}, {}, []
        self.contacts, self.sessions, self._made = {}, {}, 0
        self.keys = {accounts.OPENCX_API_KEY: EVERYTHING, accounts.OPENCX_READ_KEY: READ_ONLY}
        return left

    # --- contacts ---

    def add_contact(self, contact: Contact) -> Contact:
        self._made += 1
        contact.number = self._made
        self.contacts[contact.id] = contact
        self.contact_list.append(contact)
        return contact

    def remove_contact(self, contact: Contact) -> None:
        del self.contacts[contact.id]
        place = bisect_right(self.contact_list, contact.number, key=lambda each: each.number) - 1
        del self.contact_list[place]

    # --- sessions ---

    def file(self, session: Session) -> None:
        """The session is new or changed."""
        self.sessions[session.id] = session
        self._changed.pop(session.id, None)
        self._changed[session.id] = session
        before, now = self._filed.get(session.id), facts(session)
        if before == now:
            return
        if before:
            self._take_out(before, session)
        self._filed[session.id] = now
        insort(self._files.setdefault(now, []), session, key=lambda each: each.number)

    def _take_out(self, filed: Facts, session: Session) -> None:
        held = self._files[filed]
        del held[bisect_right(held, session.number, key=lambda each: each.number) - 1]

    def listed(self, wanted: Json, after: int) -> Iterator[Session]:
        """Sessions with those facts whose number is above `after`, in order."""
        chosen = [
            held
            for filed, held in self._files.items()
            if all(wanted.get(name, fact) == fact for name, fact in filed._asdict().items())
        ]
        return merge(*(_above(held, after) for held in chosen), key=lambda each: each.number)

    def changed_since(self, moment: float) -> list[Session]:
        """Sessions that changed after that moment, in order of their numbers."""
        found: list[Session] = []
        for session in reversed(self._changed.values()):
            if session.updated_at <= moment:
                break
            found.append(session)
        return sorted(found, key=lambda each: each.number)


def _above(held: list[Session], after: int) -> Iterable[Session]:
    start = bisect_right(held, after, key=lambda each: each.number)
    return (held[place] for place in range(start, len(held)))
