"""What search knows: every record by its words, as it was some seconds ago (SUN-SUP-11).

Theory of operation. A record is learnt anew whenever it changes: its words, and a copy to show. Versions
are kept while a lag could still show them. To find, take the rarest of the wanted words, look at those who
hold it in any kept version, and keep those whose version of that moment has every word. So the cost is that
of the rarest word and never of the total.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from simulator.leftovers import Container

Record = TypeVar("Record")
LONGEST_LAG = 3600.0


class Wanted(NamedTuple):
    """A word that must be there, or the beginning of one."""

    word: str
    whole: bool = True

    def among(self, words: frozenset[str]) -> bool:
        return self.word in words if self.whole else any(each.startswith(self.word) for each in words)


@dataclass(frozen=True, slots=True)
class Version(Generic[Record]):
    """A record from one moment on; None once it is gone."""

    since: float
    words: frozenset[str]
    record: Record | None


class Index(Generic[Record]):
    """Versions by id, and who holds each word."""

    def __init__(self) -> None:
        self._versions: dict[int, list[Version[Record]]] = {}
        self._holders: dict[str, dict[int, None]] = {}
        self._words: list[str] = []  # sorted, for beginnings

    def held(self) -> tuple[Container, ...]:
        """All its containers, to be freed when the index is given up."""
        return self._words, self._holders, self._versions

    def learn(self, number: int, version: Version[Record]) -> None:
        """From now on the record is this."""
        former = self._versions.get(number, [])
        kept = _kept(former, version.since)
        self._versions[number] = [*kept, version]
        before, after = _words(former), _words(self._versions[number])
        for word in before - after:
            self._drop(word, number)
        for word in after - before:
            self._hold(word, number)

    def _hold(self, word: str, number: int) -> None:
        if word not in self._holders:
            self._holders[word] = {}
            insort(self._words, word)
        self._holders[word][number] = None

    def _drop(self, word: str, number: int) -> None:
        del self._holders[word][number]
        if not self._holders[word]:
            del self._holders[word]
            del self._words[bisect_left(self._words, word)]

    def find(self, wanted: Sequence[Wanted], moment: float) -> list[Record]:
        """Every record that had all the words at that moment, in order of their ids."""
        holding = [self._holding(each) for each in wanted]
        candidates = sorted(min(holding, key=len) if holding else self._versions)
        shown = (self._at(number, moment) for number in candidates)
        return [
            version.record
            for version in shown
            if version and version.record and all(each.among(version.words) for each in wanted)
        ]

    def _holding(self, wanted: Wanted) -> dict[int, None]:
        if wanted.whole:
            return self._holders.get(wanted.word, {})
        return {number: None for word in self._beginning(wanted.word) for number in self._holders[word]}

    def _beginning(self, start: str) -> Iterator[str]:
        for place in range(bisect_left(self._words, start), len(self._words)):
            if not self._words[place].startswith(start):
                return
            yield self._words[place]

    def _at(self, number: int, moment: float) -> Version[Record] | None:
        return next((v for v in reversed(self._versions[number]) if v.since <= moment), None)


def _kept(versions: list[Version[Record]], now: float) -> list[Version[Record]]:
    """Without what a newer one of the same moment replaces, and what no lag can show any more."""
    earlier = [version for version in versions if version.since < now]
    recent = [version for version in earlier if version.since > now - LONGEST_LAG]
    return earlier[-len(recent) - 1 :] if recent else earlier[-1:]


def _words(versions: list[Version[Record]]) -> set[str]:
    return {word for version in versions for word in version.words}
