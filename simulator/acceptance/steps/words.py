"""The kinds of word a phrase may hold; narrow, so that no line can be read in two ways."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

from pytest_bdd import parsers

T = TypeVar("T")
SPANS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


def made_of(pattern: str) -> Callable[[Callable[[str], T]], Callable[[str], T]]:
    """Mark a converter with what its words look like, as `parse` wants it."""

    def mark(convert: Callable[[str], T]) -> Callable[[str], T]:
        convert.pattern = pattern  # type: ignore[attr-defined]
        return convert

    return mark


@made_of(r"\d+")
def count(text: str) -> int:
    """How many."""
    return int(text)


@made_of(r"[A-Z][a-z]+")
def name(text: str) -> str:
    """Somebody's name."""
    return text


@made_of(r'[^"]*')
def words(text: str) -> str:
    """What stands between quotation marks."""
    return text


@made_of(r'"[^"]*"(?:, "[^"]*")*')
def several(text: str) -> list[str]:
    """Several quoted texts."""
    return re.findall(r'"([^"]*)"', text)


@made_of(r"Support|Sales|toll-free|Warehouse")
def number(text: str) -> str:
    """One of our numbers."""
    return text


@made_of(r"(?:an?|\d+) (?:second|minute|hour|day)s?")
def span(text: str) -> int:
    """So many seconds."""
    many, unit = text.split()
    return (1 if many in ("a", "an") else int(many)) * SPANS[unit.removesuffix("s")]


@made_of(r"carrier|desk|AI|directory of support users")
def service(text: str) -> str:
    """One of the services around the bridge."""
    return text


@made_of(r"[a-z]+")
def fact(text: str) -> str:
    """Something a call or a webhook says."""
    return text


@made_of(r"picture|video|spreadsheet")
def kind(text: str) -> str:
    """A kind of file."""
    return text


@made_of(r"unregistered|pending|rejected|registered")
def state(text: str) -> str:
    """A state of registration."""
    return text


@made_of(r"angry|neutral|happy")
def mood(text: str) -> str:
    """A customer's mood."""
    return text


@made_of(r"the [a-z' -]+")
def topic(text: str) -> str:
    """What a line for agents is about."""
    return text


@made_of(r"(?:the )?[A-Za-z' -]+")
def trouble(text: str) -> str:
    """What a finding is about."""
    return text


TYPES: dict[str, Callable[[str], Any]] = {
    "Name": name,
    "Words": words,
    "Several": several,
    "Number": number,
    "Span": span,
    "Service": service,
    "Fact": fact,
    "Kind": kind,
    "State": state,
    "Mood": mood,
    "Topic": topic,
    "Trouble": trouble,
    "Count": count,
}


def phrase(pattern: str) -> parsers.parse:
    """A phrase with words of the kinds above."""
    return parsers.parse(pattern, extra_types=TYPES, case_sensitive=True)
