"""Telling numbers apart: countries, classes, landlines (carrier.md section 22).

Reading a number is slow and always gives the same, so every answer is remembered.
"""

import importlib
from functools import cache, lru_cache
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import phonenumbers

KINDS = ("local", "toll-free", "short-code", "alphanumeric", "international")
UNITED_STATES = ("US", "PR", "GU", "VI", "AS", "MP")  # CAR-301
NORTH_AMERICA = (*UNITED_STATES, "CA")
CHANNELS = ("whatsapp", "rcs", "messenger")  # CAR-12
REMEMBERED = 65_536


@cache
def library() -> ModuleType:
    """Loaded when the first number is read: it takes longer than all of the carrier."""
    return importlib.import_module("phonenumbers")


@cache
def countries() -> list[str]:
    """Every country whose numbers can be read."""
    return sorted(library().SUPPORTED_REGIONS)


@lru_cache(REMEMBERED)
def region(number: str) -> str:
    """The country a number belongs to, or an empty string."""
    parsed = _parsed(number)
    if parsed is None:
        return ""
    code = parsed.country_code or 0
    found = library().region_code_for_number(parsed)
    return found or ("" if code == 1 else library().region_code_for_country_code(code))


@lru_cache(REMEMBERED)
def phone_number(text: str) -> str | None:
    """`text` in E.164 if it is a phone number; ten digits are American (CAR-12)."""
    parsed = _parsed(text)
    if parsed is None:
        return None
    # Other countries' numbers for fiction are possible, not valid (CAR-303).
    strict = library().is_valid_number if parsed.country_code == 1 else library().is_possible_number
    return library().format_number(parsed, library().PhoneNumberFormat.E164) if strict(parsed) else None


def address(text: str) -> str | None:
    """The same for an address that may name its channel: `whatsapp:+1…` keeps it (CAR-307)."""
    named, rest = channel(text)
    number = phone_number(rest)
    return f"{named}:{number}" if named and number else number


def channel(text: str) -> tuple[str, str]:
    """The channel an address names, or an empty string, and what remains."""
    named, found, rest = text.partition(":")
    return (named, rest) if found and named in CHANNELS else ("", text)


@lru_cache(REMEMBERED)
def fixed_line(number: str) -> bool:
    """Whether the number can only be a landline."""
    parsed = _parsed(number)
    return parsed is not None and library().number_type(parsed) == library().PhoneNumberType.FIXED_LINE


@lru_cache(REMEMBERED)
def never_mobile(number: str) -> bool:
    """Whether it is a number no handset can have: premium, shared cost, corporate (CAR-299)."""
    parsed = _parsed(number)
    return parsed is not None and library().number_type(parsed) in _not_mobile()


def _not_mobile() -> tuple[int, ...]:
    kinds = library().PhoneNumberType
    return kinds.PREMIUM_RATE, kinds.SHARED_COST, kinds.UAN, kinds.VOICEMAIL


@lru_cache(REMEMBERED)
def kind_of(number: str) -> str:
    """The class a number's looks suggest."""
    if number.isdigit() and len(number) in (5, 6):
        return "short-code"
    parsed = _parsed(number)
    if parsed is None:
        return "alphanumeric"
    if library().number_type(parsed) == library().PhoneNumberType.TOLL_FREE:
        return "toll-free"
    return "local" if parsed.country_code == 1 else "international"


def area(number: str) -> str:
    """The area code of a North American number."""
    return number[2:5] if number.startswith("+1") and len(number) == 12 else ""


def _parsed(text: str) -> "phonenumbers.PhoneNumber | None":
    if text.isdigit() and len(text) in (5, 6):
        return None
    try:
        parsed: phonenumbers.PhoneNumber = library().parse(text, "US")
    except library().NumberParseException:
        return None
    return parsed
