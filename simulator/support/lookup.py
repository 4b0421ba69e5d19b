"""Who has what: users by name, e-mail, phone, external id and any other identity; kept by `learn`."""

from collections.abc import Iterator

from simulator.leftovers import Container
from simulator.support.records import SupportUser
from simulator.support.words import digits

Key = tuple[str, str]


def key(kind: str, value: str) -> Key:
    """How a value is compared: phones by digits, the rest without regard to case (SUN-IDN-05)."""
    return kind, digits(value) if kind in ("phone", "phone_number") else value.casefold()


class Lookup:
    """Living users by whatever they are known by, first come first."""

    def __init__(self) -> None:
        self._holders: dict[Key, dict[int, SupportUser]] = {}
        self._known: dict[int, frozenset[Key]] = {}

    def held(self) -> tuple[Container, ...]:
        """All its containers, to be freed when the look-up is given up."""
        return self._known, self._holders

    def learn(self, user: SupportUser) -> None:
        """The user changed."""
        before, after = self._known.get(user.id, frozenset()), _keys(user)
        self._known[user.id] = after
        for gone in before - after:
            del self._holders[gone][user.id]
            if not self._holders[gone]:
                del self._holders[gone]
        for new in after - before:
            self._holders.setdefault(new, {})[user.id] = user

    def holders(self, kind: str, value: str) -> Iterator[SupportUser]:
        return iter(self._holders.get(key(kind, value), {}).values())

    def first(self, kind: str, value: str) -> SupportUser | None:
        return next(self.holders(kind, value), None)


def _keys(user: SupportUser) -> frozenset[Key]:
    if not user.active:
        return frozenset()
    named = {"phone": user.phone, "external_id": user.external_id, user.role: user.name}
    return frozenset(
        [key(kind, value) for kind, value in named.items() if value]
        + [key(each.type, each.value) for each in user.identities]
    )
