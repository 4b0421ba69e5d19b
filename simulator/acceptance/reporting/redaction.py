"""Takes phones, words and secrets out of what is attached to a report, before it is attached.

A phone keeps its last two digits, a text becomes its length, a secret becomes nothing.
"""

import re
from typing import Any

from simulator import accounts

TEXT_KEYS = frozenset(
    {"Body", "body", "text", "htmlText", "parts", "say", "summary", "otherwise", "response", "title"}
    | {"first_message", "name", "displayName", "email", "contains", "altText"}
)
SECRET_KEYS = re.compile(r"signature|api-key|authorization|secret|token", re.IGNORECASE)
SECRETS = tuple(
    value
    for name, value in vars(accounts).items()
    if isinstance(value, str) and re.search(r"TOKEN|SECRET|API_KEY", name)
)
PHONE = re.compile(r"(?:%2[AB]|(?<![\w-])\+?)\d{8,13}(\d\d)(?!\w)")


def redacted(value: Any, key: str = "") -> Any:
    """The same structure without anything personal or secret."""
    if isinstance(value, dict):
        return {name: redacted(held, str(name)) for name, held in value.items()}
    if isinstance(value, list):
        return [redacted(held, key) for held in value]
    if not isinstance(value, str):
        return value
    if SECRET_KEYS.search(key):
        return "…"
    if key in TEXT_KEYS and value:
        return f"‹{len(value)} characters›"
    return masked(value)


def masked(text: str) -> str:
    """Words for people, without whole phones and secrets."""
    return without_secrets(PHONE.sub(r"…\1", text))


def without_secrets(text: str) -> str:
    for secret in SECRETS:
        text = text.replace(secret, "…")
    return text
