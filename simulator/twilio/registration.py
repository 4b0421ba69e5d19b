"""Who may send where: classes of numbers, their registration and what an unregistered one meets.

Facts:
  * A local number must be attached to an approved campaign to text US phones: 30034 without one, 30035
    while it is pending (CAR-75, CAR-76, CAR-191). The territories count as US (CAR-301); texting Canada
    needs none (CAR-315).
  * A toll-free number that is not verified, pending included, is blocked to the US and Canada: 30032
    (CAR-195).
  * Only sending is gated; texts to the number still arrive (CAR-196).
  * Short codes and alphanumeric senders have their own programmes and are not gated here.
"""

import hashlib

import phonenumbers

KINDS = ("local", "toll-free", "short-code", "alphanumeric", "international")
REGISTRATIONS = ("registered", "unregistered", "pending", "rejected")
UNITED_STATES = ("US", "PR", "GU", "VI", "AS", "MP")
NORTH_AMERICA = (*UNITED_STATES, "CA")

GATES: dict[tuple[str, str], tuple[int, tuple[str, ...]]] = {
    ("local", "unregistered"): (30034, UNITED_STATES),
    ("local", "rejected"): (30034, UNITED_STATES),
    ("local", "pending"): (30035, UNITED_STATES),
    ("toll-free", "unregistered"): (30032, NORTH_AMERICA),
    ("toll-free", "rejected"): (30032, NORTH_AMERICA),
    ("toll-free", "pending"): (30032, NORTH_AMERICA),
}


def gate(kind: str, registration: str, phone: str) -> int | None:
    """The code with which a message from such a number to `phone` ends undelivered."""
    code, regions = GATES.get((kind, registration), (None, ()))
    return code if region(phone) in regions else None


def pool(kind: str, registration: str) -> str:
    """The Messaging Service such a number sits in: one for each state of its campaign; or none."""
    if kind != "local" or registration == "unregistered":
        return ""
    return derived_sid("MG", registration)


def derived_sid(prefix: str, *names: str) -> str:
    """A SID that is always the same for the same names (CAR-13)."""
    return prefix + hashlib.sha256("/".join(names).encode()).hexdigest()[:32]


def region(number: str) -> str:
    """The country a number belongs to, or an empty string."""
    parsed = _parsed(number)
    if parsed is None:
        return ""
    code = parsed.country_code or 0
    found = phonenumbers.region_code_for_number(parsed)
    return found or ("" if code == 1 else phonenumbers.region_code_for_country_code(code))


def phone_number(text: str) -> str | None:
    """`text` in E.164 if it is a phone number; ten digits are American (CAR-12)."""
    parsed = _parsed(text)
    if parsed is None:
        return None
    # Other countries' numbers for fiction are possible, not valid.
    strict = phonenumbers.is_valid_number if parsed.country_code == 1 else phonenumbers.is_possible_number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) if strict(parsed) else None


def fixed_line(number: str) -> bool:
    """Whether the number can only be a landline."""
    parsed = _parsed(number)
    return parsed is not None and phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.FIXED_LINE


def kind_of(number: str) -> str:
    """The class a number's looks suggest."""
    if number.isdigit() and len(number) in (5, 6):
        return "short-code"
    parsed = _parsed(number)
    if parsed is None:
        return "alphanumeric"
    if phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.TOLL_FREE:
        return "toll-free"
    return "local" if parsed.country_code == 1 else "international"


def _parsed(text: str) -> phonenumbers.PhoneNumber | None:
    if text.isdigit() and len(text) in (5, 6):
        return None
    try:
        return phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        return None
