"""What the Support half of the simulated Zendesk account knows.

Facts:
  * A phone nobody else has becomes a direct line and an identity; a taken one is marked shared (SUN-SUP-14).
  * Search reads an index that lags behind; a look-up by id never does (SUN-SUP-11, Q-29).
  * A merged user is gone for look-ups by id at once; the index forgets as late as it learns (SUN-SUP-11).
"""

import copy
import itertools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from simulator import accounts
from simulator.network import Network

AGENTS = ("Ada", "Ben")
Record = TypeVar("Record")


@dataclass(slots=True)
class Identity:
    """One address by which a user is known."""

    id: int
    type: str
    value: str
    primary: bool = False
    verified: bool = False


@dataclass(slots=True)
class SupportUser:
    """An end user or an agent."""

    id: int
    name: str
    role: str = "end-user"
    email: str | None = None
    phone: str | None = None
    shared_phone_number: bool | None = None
    external_id: str | None = None
    verified: bool = False
    active: bool = True
    suspended: bool = False
    tags: list[str] = field(default_factory=list)
    user_fields: dict[str, object] = field(default_factory=dict)
    created_at: float = 0.0
    updated_at: float = 0.0
    identities: list[Identity] = field(default_factory=list)


@dataclass(slots=True)
class Comment:
    """A line on a ticket; a private one is a note."""

    id: int
    author_id: int
    body: str
    public: bool
    created_at: float


@dataclass(slots=True)
class Ticket:
    """A ticket. `transcript` holds the ids of the messages its agent can see."""

    id: int
    subject: str
    requester_id: int
    status: str = "new"
    priority: str | None = None
    tags: list[str] = field(default_factory=list)
    fields: dict[str, object] = field(default_factory=dict)
    system_fields: dict[str, object] = field(default_factory=dict)
    channel: str = "api"
    created_at: float = 0.0
    updated_at: float = 0.0
    comments: list[Comment] = field(default_factory=list)
    conversation: str | None = None
    transcript: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Switches:
    """The open questions and bad days of the Support API, set by PUT /_sim/zendesk."""

    index_lag: float = 0.0
    search_available: bool = True  # SUN-SUP-11
    validate_phones: bool = False  # SUN-SUP-13
    merge_refused: bool = False
    api_tokens: bool = True  # SUN-SUP-02


@dataclass(frozen=True, slots=True)
class Token:
    """An OAuth access token."""

    scopes: frozenset[str]
    expires: float


class Store:
    """Users, tickets and tokens, and the index that search reads."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.on_closed: list[Callable[[Ticket], None]] = []
        self.reset()

    def reset(self) -> None:
        self.switches = Switches()
        self.users: dict[int, SupportUser] = {}
        self.tickets: dict[int, Ticket] = {}
        self.tokens: dict[str, Token] = {}
        self.refresh_tokens: dict[str, tuple[str, str]] = {}  # refresh token → scope, access token
        self._users_seen: dict[int, list[tuple[float, SupportUser]]] = {}
        self._tickets_seen: dict[int, list[tuple[float, Ticket]]] = {}
        self._ids = itertools.count(388_001_122_001)
        self._ticket_ids = itertools.count(1001)
        self._people()

    def _people(self) -> None:
        admin = self.add_user(SupportUser(0, "Sunbridge integration", "admin", verified=True))
        self.add_email(admin, accounts.ZENDESK_EMAIL, verified=True)
        for name in AGENTS:
            self.agent(name)

    def next_id(self) -> int:
        return next(self._ids)

    # --- users ---

    def add_user(self, user: SupportUser) -> SupportUser:
        """Give the user an id and keep it."""
        user.id, user.created_at = self.next_id(), self.network.now()
        self.users[user.id] = user
        self.touch_user(user)
        return user

    def touch_user(self, user: SupportUser) -> None:
        """The user changed: the index will learn of it."""
        user.updated_at = self.network.now()
        self._users_seen.setdefault(user.id, []).append((user.updated_at, copy.deepcopy(user)))

    def agent(self, name: str) -> SupportUser:
        """The agent of that name; hired at first mention."""
        for user in self.users.values():
            if user.role == "agent" and user.name == name:
                return user
        hired = self.add_user(SupportUser(0, name, "agent", verified=True))
        self.add_email(hired, f"{name.lower()}@sunbridge-demo.test", verified=True)
        return hired

    def user(self, user_id: object) -> SupportUser | None:
        """A user who still exists, by id."""
        found = self.users.get(int(str(user_id))) if str(user_id).isdecimal() else None
        return found if found and found.active else None

    def living(self) -> Iterable[SupportUser]:
        return (user for user in self.users.values() if user.active)

    def by_external_id(self, external_id: str) -> SupportUser | None:
        """Support compares external ids without regard to case (SUN-IDN-05)."""
        wanted = external_id.casefold()
        return next((u for u in self.living() if (u.external_id or "").casefold() == wanted), None)

    def by_email(self, email: str) -> SupportUser | None:
        wanted = email.casefold()
        return next(
            (
                u
                for u in self.living()
                for i in u.identities
                if (i.type, i.value.casefold()) == ("email", wanted)
            ),
            None,
        )

    def add_email(self, user: SupportUser, email: str, *, verified: bool = False) -> Identity:
        """The first e-mail becomes the primary one, later ones stand beside it."""
        added = self.add_identity(user, "email", email, verified=verified)
        user.email = user.email or email
        self.touch_user(user)
        return added

    def add_identity(self, user: SupportUser, kind: str, value: str, *, verified: bool = False) -> Identity:
        first = not any(identity.type == kind for identity in user.identities)
        identity = Identity(self.next_id(), kind, value, first, verified)
        user.identities.append(identity)
        self.touch_user(user)
        return identity

    def set_phone(self, user: SupportUser, phone: str | None) -> None:
        """A free phone becomes an identity, a taken one is shared (SUN-SUP-14)."""
        user.identities = [i for i in user.identities if i.type != "phone_number" or i.value != user.phone]
        taken = phone and any(digits(o.phone) == digits(phone) for o in self.living() if o is not user)
        user.phone, user.shared_phone_number = phone, bool(taken) if phone else None
        if phone and not taken:
            self.add_identity(user, "phone_number", phone, verified=True)
        self.touch_user(user)

    # --- tickets ---

    def add_ticket(self, ticket: Ticket) -> Ticket:
        """Give the ticket an id and keep it."""
        ticket.id, ticket.created_at = next(self._ticket_ids), self.network.now()
        self.tickets[ticket.id] = ticket
        self.touch_ticket(ticket)
        return ticket

    def touch_ticket(self, ticket: Ticket) -> None:
        ticket.updated_at = self.network.now()
        self._tickets_seen.setdefault(ticket.id, []).append((ticket.updated_at, copy.deepcopy(ticket)))

    def set_status(self, ticket: Ticket, status: str) -> None:
        """Change the status; whoever listens hears of a closing."""
        before, ticket.status = ticket.status, status
        self.touch_ticket(ticket)
        if status == "closed" and before != "closed":
            for listener in self.on_closed:
                listener(ticket)

    def comment(self, ticket: Ticket, author: SupportUser, body: str, *, public: bool) -> Comment:
        made = Comment(self.next_id(), author.id, body, public, self.network.now())
        ticket.comments.append(made)
        self.touch_ticket(ticket)
        return made

    # --- the index ---

    def indexed_users(self) -> list[SupportUser]:
        """Users as search knows them now."""
        return [user for user in _as_of(self._users_seen, self._indexed_until()) if user.active]

    def indexed_tickets(self) -> list[Ticket]:
        return _as_of(self._tickets_seen, self._indexed_until())

    def _indexed_until(self) -> float:
        return self.network.now() - self.switches.index_lag


def _as_of(seen: dict[int, list[tuple[float, Record]]], moment: float) -> list[Record]:
    latest = (next((v for at, v in reversed(versions) if at <= moment), None) for versions in seen.values())
    return [version for version in latest if version is not None]


def digits(text: str | None) -> str:
    """The digits of a phone however it is written."""
    return re.sub(r"\D", "", text or "")
