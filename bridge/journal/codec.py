"""Events, effects and sessions as JSON text, and back. Unknown keys in old rows are ignored."""

import json
from typing import Any, TypeVar

from pydantic import TypeAdapter

from bridge.core import model
from bridge.core.model import Effect, Event

T = TypeVar("T")


_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}


def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    """Made once per class: making one takes longer than using it."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


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


def words(body: str) -> str | None:
    """What somebody wrote in an event; None if it is not of that kind, or erased."""
    try:
        content = json.loads(body)
    except ValueError:
        return None
    text = content.get("text") if isinstance(content, dict) else None
    return text if isinstance(text, str) else None


def _named(name: str, base: type[T]) -> type[T]:
    found: type[Any] = getattr(model, name)
    if not issubclass(found, base):
        raise TypeError(f"{name} is no {base.__name__}")
    return found
