"""What the Support half of the simulated Zendesk account knows.

Facts:
  * A phone nobody else has becomes a direct line and an identity; a taken one is marked shared (SUN-SUP-14).
  * Search reads an index that lags behind; a look-up by id never does (SUN-SUP-11, Q-29).
  * A merged user is gone for look-ups by id at once; the index forgets as late as it learns (SUN-SUP-11).
  * Whatever changes on a ticket stands in an audit, with who did it (SUN-SUP-22).
"""

import itertools
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Protocol

from simulator import accounts
from simulator.leftovers import Container
from simulator.network import Network
from simulator.support import audits, words
from simulator.support.index import Index, Version
from simulator.support.lookup import Lookup
from simulator.support.records import (
    SYSTEM,
    Comment,
    Identity,
    RefreshToken,
    SupportUser,
    Switches,
    Ticket,
    TicketField,
    Token,
)
from simulator.support.words import digits

__all__ = ["AGENTS", "Comment", "Identity", "Store", "SupportUser", "Switches", "Ticket", "Token", "digits"]

AGENTS = ("Ada", "Ben")
STOCK_FIELDS = ("subject", "description", "status", "tickettype", "priority", "group", "assignee")


class Messages(Protocol):
    """The conversation behind a ticket, as the log shows it: when, and what."""

    def __call__(self, ticket: Ticket) -> list[tuple[float, dict[str, object]]]: ...


class Store:
    """Users, tickets and tokens, and the index that search reads."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.on_closed: list[Callable[[Ticket], None]] = []
        self.messages_of: Messages = lambda _: []
        self.reset()

    def held(self) -> tuple[Container, ...]:
        """Whatever grows, to be freed after a reset."""
        indexes = (*self.users_seen.held(), *self.tickets_seen.held(), *self._known.held())
        kept = (self._facts, self._requested, self.people, self.ticket_list, self.users, self.tickets)
        return *indexes, self.windows, self.tokens, self.refresh_tokens, *kept

    def reset(self) -> None:
        self.switches = Switches()
        self.users: dict[int, SupportUser] = {}
        self.people: list[SupportUser] = []  # the living, in order of their ids
        self.tickets: dict[int, Ticket] = {}
        self.ticket_list: list[Ticket] = []
        self.tokens: dict[str, Token] = {}
        self.refresh_tokens: dict[str, RefreshToken] = {}
        self.windows: dict[tuple[object, ...], tuple[float, int]] = {}  # of the rate limits
        self.users_seen: Index[SupportUser] = Index()
        self.tickets_seen: Index[Ticket] = Index()
        self._known = Lookup()
        self._facts: dict[int, audits.Facts] = {}
        self._requested: dict[int, dict[int, Ticket]] = {}
        self._ids = itertools.count(388_001_122_001)
        self._ticket_ids = itertools.count(1001)
        self._field_ids = itertools.count(360_000_000_001)
        self.ticket_fields: dict[int, TicketField] = {}
        for title in STOCK_FIELDS:
            self.add_ticket_field(title, title.capitalize(), removable=False)
        self._people()

    def _people(self) -> None:
        admin = self.add_user(SupportUser(0, "Sunbridge integration", "admin", verified=True))
        self.add_email(admin, accounts.ZENDESK_EMAIL, verified=True)
        self.admin = admin
        for name in AGENTS:
            self.agent(name)

    def next_id(self) -> int:
        return next(self._ids)

    # --- users ---

    def add_user(self, user: SupportUser) -> SupportUser:
        """Give the user an id and keep it."""
        user.id, user.created_at = self.next_id(), self.network.now()
        self.users[user.id] = user
        self.people.append(user)
        self.touch_user(user)
        return user

    def touch_user(self, user: SupportUser) -> None:
        """The user changed: look-ups know at once, the index will learn of it."""
        user.updated_at = self.network.now()
        self._known.learn(user)
        if not user.active:
            self._bury(user)
            gone: Version[SupportUser] = Version(user.updated_at, frozenset(), None)
            self.users_seen.learn(user.id, gone)
            return
        shown = replace(user, tags=list(user.tags), user_fields=dict(user.user_fields), identities=[])
        self.users_seen.learn(user.id, Version(user.updated_at, words.of_user(user), shown))

    def _bury(self, user: SupportUser) -> None:
        place = bisect_left(self.people, user.id, key=lambda each: each.id)
        if self.people[place : place + 1] == [user]:
            del self.people[place]

    def agent(self, name: str) -> SupportUser:
        """The agent of that name; hired at first mention."""
        if known := self._known.first("agent", name):
            return known
        hired = self.add_user(SupportUser(0, name, "agent", verified=True))
        self.add_email(hired, f"{name.lower()}@sunbridge-demo.test", verified=True)
        return hired

    def user(self, user_id: object) -> SupportUser | None:
        """A user who still exists, by id."""
        found = self.users.get(_number(user_id))
        return found if found and found.active else None

    def living(self) -> Iterable[SupportUser]:
        return iter(self.people)

    def by_external_id(self, external_id: str) -> SupportUser | None:
        """Support compares external ids without regard to case (SUN-IDN-05)."""
        return self._known.first("external_id", external_id) if external_id else None

    def by_email(self, email: str) -> SupportUser | None:
        return self._known.first("email", email)

    def holder(self, kind: str, value: str) -> SupportUser | None:
        """Who has this identity."""
        return self._known.first(kind, value)

    def add_email(self, user: SupportUser, email: str, *, verified: bool = False) -> Identity:
        """The first e-mail becomes the primary one, later ones stand beside it."""
        user.email = user.email or email
        return self.add_identity(user, "email", email, verified=verified)

    def add_identity(self, user: SupportUser, kind: str, value: str, *, verified: bool = False) -> Identity:
        first = not any(identity.type == kind for identity in user.identities)
        identity = Identity(self.next_id(), kind, value, first, verified)
        user.identities.append(identity)
        self.touch_user(user)
        return identity

    def set_phone(self, user: SupportUser, phone: str | None) -> None:
        """A free phone becomes an identity, a taken one is shared (SUN-SUP-14)."""
        user.identities = [i for i in user.identities if i.type != "phone_number" or i.value != user.phone]
        taken = phone and any(other is not user for other in self._known.holders("phone", phone))
        user.phone, user.shared_phone_number = phone, bool(taken) if phone else None
        if phone and not taken:
            self.add_identity(user, "phone_number", phone, verified=True)
        self.touch_user(user)

    # --- tickets ---

    def add_ticket(self, ticket: Ticket, by: int = SYSTEM) -> Ticket:
        """Give the ticket an id and keep it."""
        ticket.id, ticket.created_at = next(self._ticket_ids), self.network.now()
        self.tickets[ticket.id] = ticket
        self.ticket_list.append(ticket)
        self.touch_ticket(ticket, by)
        return ticket

    def touch_ticket(self, ticket: Ticket, by: int = SYSTEM, *events: audits.Event) -> None:
        """The ticket changed: an audit tells what, the index will learn of it."""
        ticket.updated_at = self.network.now()
        before, now = self._facts.get(ticket.id), audits.facts(ticket)
        self._facts[ticket.id] = now
        if noted := [*audits.changes(before, now), *events]:
            ticket.audits.append(audits.audit(self, by, noted))
        self._keep_requester(ticket, before)
        shown = replace(ticket, tags=list(ticket.tags), fields=dict(ticket.fields))
        self.tickets_seen.learn(ticket.id, Version(ticket.updated_at, words.of_ticket(ticket), shown))

    def _keep_requester(self, ticket: Ticket, before: audits.Facts | None) -> None:
        former = before["requester_id"] if before else None
        if former != ticket.requester_id:
            self._requested.get(_number(former), {}).pop(ticket.id, None)
            self._requested.setdefault(ticket.requester_id, {})[ticket.id] = ticket

    def requested_by(self, user: SupportUser) -> list[Ticket]:
        """Whose requester the user is, in order of their ids."""
        return sorted(self._requested.get(user.id, {}).values(), key=lambda ticket: ticket.id)

    def set_status(self, ticket: Ticket, status: str, by: int = SYSTEM) -> None:
        """Change the status; whoever listens hears of a closing."""
        before, ticket.status = ticket.status, status
        self.touch_ticket(ticket, by)
        if status == "closed" and before != "closed":
            for listener in self.on_closed:
                listener(ticket)

    def comment(self, ticket: Ticket, author: SupportUser, body: str, *, public: bool) -> Comment:
        made = Comment(self.next_id(), author.id, body, public, self.network.now())
        ticket.comments.append(made)
        self.touch_ticket(ticket, author.id, audits.commented(made))
        return made

    def add_ticket_field(self, kind: str, title: str, *, removable: bool = True) -> TicketField:
        made = TicketField(next(self._field_ids), kind, title, removable)
        self.ticket_fields[made.id] = made
        return made

    # --- the index ---

    def indexed_until(self) -> float:
        """The moment search knows of."""
        return self.network.now() - self.switches.index_lag


def _number(given: object) -> int:
    """An id as a number; 0, which is nobody's, if it is none."""
    text = str(given)
    return int(text) if text.isdecimal() and len(text) < 20 else 0
