"""Names and values as forms and queries carry them.

The same as the standard library's `parse_qsl` and `urlencode`, but what needs no quoting is left alone, and
what was quoted is remembered, for the same names, numbers and addresses come in every call and every webhook.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote_plus, unquote, unquote_to_bytes

Pairs = list[tuple[str, str]]
_plain = re.compile(r"[\w.~-]*", re.ASCII).fullmatch


def pairs_of(text: str) -> Pairs:
    """What `a=1&b=2` says; blank values count."""
    said = [each.partition("=") for each in text.split("&") if each]
    return [(_unquoted(name), _unquoted(value)) for name, _, value in said]


def as_form(pairs: Iterable[tuple[str, str]]) -> str:
    """`a=1&b=2`."""
    return "&".join([f"{_quoted(name)}={_quoted(value)}" for name, value in pairs])


@lru_cache(1024)
def _unquoted(text: str) -> str:
    if "+" in text:
        text = text.replace("+", " ")
    if "%" not in text:
        return text
    return unquote_to_bytes(text).decode("utf-8", "replace") if text.isascii() else unquote(text)


@lru_cache(1024)
def _quoted(text: str) -> str:
    return text if _plain(text) else quote_plus(text)
