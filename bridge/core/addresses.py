"""Who a text comes from and goes to.

Facts:
  * A short code is caught before parsing: `24733` read as a US number becomes +124733 (CAR-305).
  * A channel address (`whatsapp:+1…`) parses as the bare number; it is not that phone (CAR-307).
  * Letters and extensions are no part of an SMS identity, though the parser takes them (CAR-308).
  * Possible is enough: sample and fictitious numbers are not valid, and numbers age (CAR-302/303).
    Possible only without its area code is not enough.
  * +1 is not the US: 25 regions share it. Five of them are US territories (CAR-301).
  * Toll-free numbers belong to the US always (CAR-296). A +1 number of no known region counts as
    US, because the US rules are the strict ones.
  * One phone has several spellings (bug 28). Mexico dropped the 1 after +52, so it is dropped at once.
    Argentina's 9 and Brazil's added 9 stay, and are overlooked in comparison only. In Brazil only
    numbers that began with 6 to 9 were given the 9; `11 9 3…` and the landline `11 3…` are two phones.
"""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, ValidationResult

US_REGIONS = frozenset({"US", "PR", "GU", "VI", "AS", "MP"})
TOLL_FREE = tuple(f"+1{code}" for code in (800, 833, 844, 855, 866, 877, 888))

_CHANNEL = re.compile(r"[A-Za-z][\w.-]*:")
_SHORT_CODE = re.compile(r"[0-9]{5,6}")
_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")  # CAR-176
_DIALLED = re.compile(r"[0-9+()./\s\u2010-\u2015-]+")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")  # come along when copied
_E164 = re.compile(r"\+[0-9]{8,15}")
_LIKE_A_PHONE = re.compile(r"(?<![0-9A-Za-z])[+(]?[0-9](?:[ ().-]{0,2}[0-9]){7,14}(?![0-9A-Za-z])")
_MEXICO_OLD = re.compile(r"\+521([0-9]{10})")
BRAZIL, BRAZIL_COMMON = 55, 8  # the ninth digit of mobiles stands behind the area code
_ONE_KEY = (
    (re.compile(r"\+549([0-9]{10})"), r"+54\1"),
    (re.compile(r"\+55([0-9]{2})9([6-9][0-9]{7})"), r"+55\1\2"),
)
_PROVIDER_KINDS = {
    "toll-free": "toll-free",
    "tollfree": "toll-free",
    "short-code": "short-code",
    "shortcode": "short-code",
    "alphanumeric": "alphanumeric",
    "alpha": "alphanumeric",
    "international": "international",
    "local-ca": "local-ca",
}
_SHAPES = {
    "channel": "the address of another channel",
    "short-code": "a short code",
    "alphanumeric": "a sender's name",
    "unknown": "neither digits nor a name",
}
_GEOGRAPHIC = ("local", "mobile", "10dlc")


class Unusable(ValueError):
    """Not the number of one phone. `reason` never repeats the number."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def normalise(raw: str, region: str = "US") -> str:
    """The E.164 form of a phone number as people or providers write it."""
    shape = _shape(raw)
    if shape != "phone":
        raise Unusable(f"a phone number is needed, this is {_SHAPES[shape]}")
    number = _parsed(_tidied(raw), region)
    if number is None:
        raise Unusable("no phone has a number like this")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def kind_of(raw: str) -> str:
    """One of phone, short-code, alphanumeric, channel and unknown. Never raises."""
    shape = _shape(raw)
    if shape == "phone" and _parsed(_tidied(raw), "US") is None:
        return "unknown"
    return shape


def _tidied(raw: str) -> str:
    return _INVISIBLE.sub("", raw).strip()


def _shape(raw: str) -> str:
    """What the characters alone say."""
    text = _tidied(raw)
    if _CHANNEL.match(text):
        return "channel"
    shapes = (("short-code", _SHORT_CODE), ("phone", _DIALLED), ("alphanumeric", _NAME))
    return next((name for name, pattern in shapes if pattern.fullmatch(text)), "unknown")


@lru_cache(4096)  # the same few phones again and again; one takes a tenth of a millisecond
def _parsed(text: str, region: str) -> PhoneNumber | None:
    try:
        number = phonenumbers.parse(_without_mexican_one(text), region)
    except NumberParseException:
        return None
    possible = phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE
    return number if possible else None


def _without_mexican_one(text: str) -> str:
    plain = "+" + re.sub(r"[^0-9]", "", text) if text.startswith("+") else text
    return _MEXICO_OLD.sub(r"+52\1", plain) if _MEXICO_OLD.fullmatch(plain) else text


@lru_cache(4096)  # each reply of a chat asks anew
def region_of(phone: str) -> str:
    """The two-letter region of a phone; empty if there is none or it is not known."""
    if _shape(phone) != "phone":
        return ""
    number = _parsed(_tidied(phone), "US")
    return (phonenumbers.region_code_for_number(number) or "") if number else ""


@lru_cache(4096)
def is_us(phone: str) -> bool:
    """Do the US programmes apply to texts to this phone? True for the territories as well (CAR-301)."""
    return region_of(phone) in US_REGIONS or _is_of_no_region(phone)


def _is_of_no_region(phone: str) -> bool:
    number = _parsed(_tidied(phone), "US") if _shape(phone) == "phone" else None
    return number is not None and number.country_code == 1 and not region_of(phone)


def sender_class(number: str, provider_kind: str = "") -> str:
    """One of local, toll-free, short-code, alphanumeric, international and local-ca.

    The provider's word comes first (section 22), except that its "local" may be in any country.
    """
    told = re.sub(r"[\s_]+", "-", provider_kind.strip().lower())
    if told in _PROVIDER_KINDS:
        return _PROVIDER_KINDS[told]
    shape = _shape(number)
    if shape in ("short-code", "alphanumeric"):
        return shape
    if told not in _GEOGRAPHIC and _e164(number).startswith(TOLL_FREE):
        return "toll-free"
    return _class_by_region(number)


def _class_by_region(number: str) -> str:
    if is_us(number):
        return "local"
    return "local-ca" if region_of(number) == "CA" else "international"


def same_phone(a: str, b: str, region: str = "US") -> bool:
    """Are these two spellings of one phone? What is no phone is the same as nothing (CAR-387)."""
    one, other = _e164(a, region), _e164(b, region)
    return bool(one) and _key(one) == _key(other)


def ending(phone: str) -> str:
    """The digits in which all spellings of this phone end; empty if it is none (CAR-387)."""
    try:
        number = phonenumbers.parse(_key(phone))
    except NumberParseException:
        return ""
    national = phonenumbers.national_significant_number(number)
    return national[-BRAZIL_COMMON:] if number.country_code == BRAZIL else national


def _e164(raw: str, region: str = "US") -> str:
    try:
        return normalise(raw, region)
    except Unusable:
        return ""


def _key(phone: str) -> str:
    for pattern, without in _ONE_KEY:
        if pattern.fullmatch(phone):
            return pattern.sub(without, phone)
    return phone


def masked(words: str) -> str:
    """The words with every phone number in them redacted, however it is written."""
    return _LIKE_A_PHONE.sub(lambda match: redacted("+" + re.sub(r"[^0-9]", "", match[0])), words)


def redacted(phone: str) -> str:
    """Enough of a phone to tell two apart in a log, not enough to call it."""
    if not _E164.fullmatch(phone):
        return "•••"
    return f"{phone[:5]}•••{phone[-4:]}" if len(phone) >= 12 else f"{phone[:3]}•••{phone[-2:]}"
