"""The parts of rich contents: actions, items, form fields, coordinates."""

from collections.abc import Sequence
from typing import Any

from simulator.sunshine import errors
from simulator.sunshine.call import given, listed, text_field, thing, word
from simulator.sunshine.metadata import flat
from simulator.web import Json

ACTIONS = {
    "buy": ("text", "amount"),
    "link": ("text", "uri"),
    "locationRequest": ("text",),
    "postback": ("text", "payload"),
    "reply": ("text", "payload"),
    "webview": ("text", "uri", "fallback"),
}
IN_ITEMS = ("buy", "link", "postback", "webview")
FIELDS = ("email", "select", "text")


WORDS = frozenset(
    {
        *("text", "uri", "payload", "fallback", "currency", "iconUrl", "title", "description", "mediaUrl"),
        *("mediaType", "altText", "size", "name", "label", "placeholder", "htmlText", "markdownText"),
    }
)
ADDRESSES = frozenset({"uri", "fallback", "iconUrl", "mediaUrl"})
FLAGS = frozenset({"blockChatInput", "default", "openOnReceive"})


def without_nulls(content: Any) -> Any:
    """Null is as good as absent, at any depth."""
    if isinstance(content, dict):
        return {name: without_nulls(value) for name, value in content.items() if value is not None}
    return [without_nulls(each) for each in content] if isinstance(content, list) else content


def typed(content: Json) -> None:
    """Each field that is known is of its type."""
    for name, value in content.items():
        if name in WORDS and not isinstance(value, str):
            raise errors.bad(f"{name} should be string")
        if name in ADDRESSES and not value.startswith(("http://", "https://")):
            raise errors.bad(f'{name} should match format "uri"')
        if name in FLAGS and not isinstance(value, bool):
            raise errors.bad(f"{name} should be boolean")
        if name == "amount" and (isinstance(value, bool) or not isinstance(value, int)):
            raise errors.bad("amount should be integer")
        if name == "metadata":
            flat(value)


def _some(content: Json, name: str, most: int) -> list[Json]:
    """A list that must be there, of 1 to `most` objects."""
    given(content, name)
    found: list[Any] = listed(content, name)
    if not 1 <= len(found) <= most:
        raise errors.bad(f"{name} should have 1 to {most} items")
    for each in found:
        if not isinstance(each, dict):
            raise errors.bad(f"{name} should be array of objects")
        typed(each)
    return found


def actions(content: Json, name: str, allowed: Sequence[str] = tuple(ACTIONS), most: int = 10) -> None:
    """Buttons, if there are any."""
    for action in _some(content, name, most) if listed(content, name) else []:
        kind = word(action, "type")
        if kind not in allowed:
            raise errors.bad(f"{name}.type should be equal to one of the allowed values")
        for needed in ACTIONS[kind]:
            given(action, needed)


def items(content: Json) -> None:
    """Of a carousel or a list."""
    for item in _some(content, "items", 10):
        word(item, "title")
        text_field(item, "title", 128)
        text_field(item, "description", 128)
        _some(item, "actions", 3)
        actions(item, "actions", IN_ITEMS, 3)


def fields(content: Json) -> None:
    """Of a form."""
    for field in _some(content, "fields", 20):
        if word(field, "type") not in FIELDS:
            raise errors.bad("fields.type should be equal to one of the allowed values")
        for name in ("name", "label"):
            word(field, name)
            text_field(field, name, 128)


def place(content: Json) -> None:
    """Where a location is."""
    where = thing(content, "coordinates")
    for name in ("lat", "long"):
        if isinstance(given(where, name), bool) or not isinstance(where[name], int | float):
            raise errors.bad(f"coordinates.{name} should be number")


def template(content: Json) -> None:
    thing(content, "template")
