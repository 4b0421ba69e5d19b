"""What a call or a webhook says, as name and value, so that a fault can ask for it.

A name is the dotted way to the value, `content.text` or `events.payload.conversation.id`; places in a list
have no name. A wanted name fits if it is the end of that way, whatever the case, and a last `.id` may be left
out: `conversation` fits the id of any conversation. In a wanted value `*` stands for anything.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase

Facts = Iterable[tuple[str, str]]
Telling = Callable[[], Facts]  # asked only if a fault wants to know


def silence() -> Facts:
    """Nothing is known."""
    return ()


def leaves(content: object, way: str = "") -> Iterator[tuple[str, str]]:
    """Every plain value in a body, with the way to it."""
    if isinstance(content, Mapping):
        for name, value in content.items():
            yield from leaves(value, f"{way}.{name}" if way else str(name))
    elif isinstance(content, list | tuple):
        for value in content:
            yield from leaves(value, way)
    elif content is not None:
        yield way, str(content).lower() if isinstance(content, bool) else str(content)


def agree(wanted: Mapping[str, str], facts: Facts) -> bool:
    """Whether each wanted value is among the facts."""
    if not wanted:
        return True
    known = [(way.lower(), value) for way, value in facts]
    return all(
        any(_ends(way, name.lower()) and fnmatchcase(value, wish) for way, value in known)
        for name, wish in wanted.items()
    )


def _ends(way: str, name: str) -> bool:
    return any(f".{each}".endswith(f".{name}") for each in (way, way.removesuffix(".id")))
