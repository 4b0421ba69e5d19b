"""Header lines: in their order, found whatever their case. Copied for each call, so they do little."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar, overload

Pair = tuple[str, str]
T = TypeVar("T")


class Headers:
    """Names and values; a name may come more than once. `pairs` is for reading: copies share it."""

    __slots__ = ("_first", "pairs")

    def __init__(self, given: "Mapping[str, str] | Iterable[Pair] | Headers | None" = None) -> None:
        self.pairs: list[Pair] = []
        self._first: dict[str, str] | None = None  # by small letters; made when first asked for
        if given:
            self.extend(given)

    @overload
    def get(self, name: str) -> str | None: ...
    @overload
    def get(self, name: str, default: T) -> str | T: ...
    def get(self, name: str, default: object = None) -> object:
        """The first value of that name."""
        return (self._first or self._named()).get(name.lower(), default)

    def _named(self) -> dict[str, str]:
        if self._first is None:
            self._first = {held.lower(): value for held, value in reversed(self.pairs)}
        return self._first

    def copy(self) -> "Headers":
        """The same lines, to be changed alone."""
        same = Headers()
        same.pairs, same._first = self.pairs, self._named()
        return same

    def items(self) -> list[Pair]:
        return list(self.pairs)

    def extend(self, more: "Mapping[str, str] | Iterable[Pair] | Headers") -> None:
        """Add lines behind those that are there."""
        pairs = more.items() if isinstance(more, Mapping | Headers) else more
        self.pairs = [*self.pairs, *((name, str(value)) for name, value in pairs)]
        self._first = None

    def __getitem__(self, name: str) -> str:
        found = self.get(name)
        if found is None:
            raise KeyError(name)
        return found

    def __setitem__(self, name: str, value: str) -> None:
        wanted = name.lower()
        others = [pair for pair in self.pairs if pair[0].lower() != wanted]
        self.pairs = [*others, (name, str(value))]
        self._first = None

    def __delitem__(self, name: str) -> None:
        wanted = name.lower()
        self.pairs = [pair for pair in self.pairs if pair[0].lower() != wanted]
        self._first = None

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def __iter__(self) -> Iterator[Pair]:
        return iter(self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Headers) and self.pairs == other.pairs

    def __hash__(self) -> int:
        return hash(tuple(self.pairs))

    def __repr__(self) -> str:
        return f"Headers({self.pairs!r})"
