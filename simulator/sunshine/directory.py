"""Finding messaging users without looking at all of them.

Facts:
  * A user is found by id, by external id, within a brand if the user belongs to one (SUN-USR-07/09), and by
    an e-mail among the identities (SUN-USR-10).
  * After a merge the discarded id reaches nobody (SUN-IDN-08), unless a switch says otherwise (Q-24).
"""

from collections.abc import Iterator

from simulator.leftovers import Container
from simulator.sunshine.records import User
from simulator.web import Json


class Directory:
    """Users by everything they can be asked for by."""

    def __init__(self) -> None:
        self.users: dict[str, User] = {}
        self._external: dict[tuple[str | None, str], str] = {}
        self._zendesk: dict[str, dict[str, None]] = {}
        self._email: dict[str, dict[str, None]] = {}
        self.merged: dict[str, str] = {}  # discarded id: surviving id

    def held(self) -> tuple[Container, ...]:
        """All its containers, to be freed when the directory is given up."""
        return self._external, self._zendesk, self._email, self.merged, self.users

    def add(self, user: User) -> None:
        self.users[user.id] = user
        self.rename(user, user.external_id)
        self.link(user, user.zendesk_id)
        self.identify(user, user.identities)

    def drop(self, user: User) -> None:
        """Forget the user and every way to them."""
        self.rename(user, None)
        self.link(user, None)
        self.identify(user, [])
        self.users.pop(user.id, None)

    def rename(self, user: User, external_id: str | None) -> None:
        """Give the user this external id; the former one is free."""
        if self._external.get((user.brand_id, user.external_id or "")) == user.id:
            del self._external[user.brand_id, user.external_id or ""]
        user.external_id = external_id
        if external_id:
            self._external[user.brand_id, external_id] = user.id

    def link(self, user: User, zendesk_id: str | None) -> None:
        """Tie the user to a Support user."""
        self._zendesk.get(user.zendesk_id or "", {}).pop(user.id, None)
        user.zendesk_id = zendesk_id
        if zendesk_id:
            self._zendesk.setdefault(zendesk_id, {})[user.id] = None

    def identify(self, user: User, identities: list[Json]) -> None:
        for email in _emails(user.identities):
            self._email.get(email, {}).pop(user.id, None)
        user.identities = identities
        for email in _emails(identities):
            self._email.setdefault(email, {})[user.id] = None

    def by_external_id(self, external_id: object, brand: str | None = None) -> User | None:
        return self.users.get(self._external.get((brand, str(external_id)), "")) if external_id else None

    def by_zendesk_id(self, zendesk_id: str) -> User | None:
        return next((self.users[each] for each in self._zendesk.get(zendesk_id, ())), None)

    def by_email(self, email: str, brand: str | None = None) -> list[User]:
        found = (self.users[each] for each in self._email.get(email.casefold(), ()))
        return [user for user in found if user.brand_id == brand]


def _emails(identities: list[Json]) -> Iterator[str]:
    return (each["value"].casefold() for each in identities if each["type"] == "email")
