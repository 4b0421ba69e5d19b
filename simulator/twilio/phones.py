"""Telling numbers apart: countries, classes, landlines (carrier.md section 22).

Reading a number is slow and always gives the same, so every answer is remembered.
"""

from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberType

KINDS = ("local", "toll-free", "short-code", "alphanumeric", "international")
UNITED_STATES = ("US", "PR", "GU", "VI", "AS", "MP")  # CAR-301
NORTH_AMERICA = (*UNITED_STATES, "CA")
CHANNELS = ("whatsapp", "rcs", "messenger")  # CAR-12
REMEMBERED = 65_536
NOT_MOBILE = (
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.UAN,
    PhoneNumberType.VOICEMAIL,
)


@lru_cache(REMEMBERED)
def region(number: str) -> str:
    """The country a number belongs to, or an empty string."""
    parsed = _parsed(number)
    if parsed is None:
        return ""
    code = parsed.country_code or 0
    found = phonenumbers.region_code_for_number(parsed)
    return found or ("" if code == 1 else phonenumbers.region_code_for_country_code(code))


@lru_cache(REMEMBERED)
def phone_number(text: str) -> str | None:
    """`text` in E.164 if it is a phone number; ten digits are American (CAR-12)."""
    parsed = _parsed(text)
    if parsed is None:
        return None
    # Other countries' numbers for fiction are possible, not valid (CAR-303).
    strict = phonenumbers.is_valid_number if parsed.country_code == 1 else phonenumbers.is_possible_number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) if strict(parsed) else None


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
    return parsed is not None and phonenumbers.number_type(parsed) == PhoneNumberType.FIXED_LINE


@lru_cache(REMEMBERED)
def never_mobile(number: str) -> bool:
    """Whether it is a number no handset can have: premium, shared cost, corporate (CAR-299)."""
    parsed = _parsed(number)
    return parsed is not None and phonenumbers.number_type(parsed) in NOT_MOBILE


@lru_cache(REMEMBERED)
def kind_of(number: str) -> str:
    """The class a number's looks suggest."""
    if number.isdigit() and len(number) in (5, 6):
        return "short-code"
    parsed = _parsed(number)
    if parsed is None:
        return "alphanumeric"
    if phonenumbers.number_type(parsed) == PhoneNumberType.TOLL_FREE:
        return "toll-free"
    return "local" if parsed.country_code == 1 else "international"


def area(number: str) -> str:
    """The area code of a North American number."""
    return number[2:5] if number.startswith("+1") and len(number) == 12 else ""


def _parsed(text: str) -> phonenumbers.PhoneNumber | None:
    if text.isdigit() and len(text) in (5, 6):
        return None
    try:
        return phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        return None
