"""Events, effects and sessions as JSON text, and back. Unknown keys in old rows are ignored."""

from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter

from bridge.core import model
from bridge.core.model import Effect, Event

T = TypeVar("T")


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def encode(thing: object) -> str:
    """A dataclass of `core.model` as JSON text."""
    return _adapter(type(thing)).dump_json(thing).decode()


def decode(kind: type[T], body: str) -> T:
    """The dataclass again."""
    thing: T = _adapter(kind).validate_json(body)
    return thing


def event(kind: str, body: str) -> Event:
    """An event by the name of its class."""
    return decode(_named(kind, Event), body)


def effect(kind: str, body: str) -> Effect:
    """An effect by the name of its class."""
    return decode(_named(kind, Effect), body)


def _named(name: str, base: type[T]) -> type[T]:
    found: type[Any] = getattr(model, name)
    if not issubclass(found, base):
        raise TypeError(f"{name} is no {base.__name__}")
    return found
