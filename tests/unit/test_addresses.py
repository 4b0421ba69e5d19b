"""Numbers are told apart, brought to one form, and never shown whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core import addresses

NORMALISED = {
    "E.164": ("+14155550101", "US", "+14155550101"),
    "as people write it": ("+1 (415) 555-0101", "US", "+14155550101"),
    "ten digits": ("4155550101", "US", "+14155550101"),
    "eleven digits": ("14155550101", "US", "+14155550101"),
    "dots and slashes": ("415.555/0101", "US", "+14155550101"),
    "outer blanks": ("  +14155550101\n", "US", "+14155550101"),
    "no-break space and long dash": ("+1\u00a0415\u2013555\u20100101", "US", "+14155550101"),
    "direction marks of a copied contact": ("\u202a+1 415 555 0101\u202c", "US", "+14155550101"),
    "other country": ("+44 (0)7700 900123", "US", "+447700900123"),
    "national form of the region": ("07700 900123", "GB", "+447700900123"),
    "possible, though no such area code": ("+15551234567", "US", "+15551234567"),
    "test sender of Twilio": ("+15005550006", "US", "+15005550006"),
    "Mexico with the old 1": ("+52 1 55 1234 5678", "US", "+525512345678"),
    "Mexico without it": ("+525512345678", "US", "+525512345678"),
    "Argentina, dialled at home": ("+54 11 15 2345 6789", "US", "+5491123456789"),
    "Brazil keeps its 9": ("+5511987654321", "US", "+5511987654321"),
}


@pytest.mark.parametrize(("raw", "region", "expected"), NORMALISED.values(), ids=list(NORMALISED))
def test_normalise(raw: str, region: str, expected: str) -> None:
    """Every spelling of a phone number becomes the one E.164 form."""
    assert addresses.normalise(raw, region) == expected


NOT_NUMBERS = {
    "empty": ("", "neither digits nor a name"),
    "short code": ("24733", "a short code"),
    "name": ("MyBank", "a sender's name"),
    "letters for digits": ("1-800-FLOWERS", "neither digits nor a name"),
    "extension": ("+14155550101 ext. 5", "neither digits nor a name"),
    "extension mark": ("+14155550101;ext=5", "neither digits nor a name"),
    "full-width digits": ("+１４１５５５５０１０１", "neither digits nor a name"),
    "channel": ("whatsapp:+14155550101", "the address of another channel"),
    "without its area code": ("5550101", "no phone has a number like this"),
    "too short": ("+1415555010", "no phone has a number like this"),
    "too long": ("+141555501011", "no phone has a number like this"),
    "twenty digits": ("12345678901234567890", "no phone has a number like this"),
    "two numbers": ("4155550101/4155550102", "no phone has a number like this"),
    "two plus signs": ("+1+4155550101", "no phone has a number like this"),
    "only signs": ("()-", "no phone has a number like this"),
    "emergency": ("911", "no phone has a number like this"),
    "no such country": ("+999123456789", "no phone has a number like this"),
}


@pytest.mark.parametrize(("raw", "reason"), NOT_NUMBERS.values(), ids=list(NOT_NUMBERS))
def test_unusable(raw: str, reason: str) -> None:
    """What is no phone number is refused, and the reason says why without repeating it."""
    with pytest.raises(addresses.Unusable) as refusal:
        addresses.normalise(raw)
    assert refusal.value.reason.endswith(reason)
    assert str(refusal.value) == refusal.value.reason
    assert not raw or raw not in refusal.value.reason


KINDS = {
    "phone": ("+14155550101", "phone"),
    "phone as people write it": ("(415) 555-0101", "phone"),
    "five digits": ("24733", "short-code"),
    "six digits": ("247365", "short-code"),
    "short code with blanks": (" 24733 ", "short-code"),
    "four digits": ("2473", "unknown"),
    "seven digits": ("2473651", "unknown"),
    "emergency": ("911", "unknown"),
    "short code with a plus": ("+24733", "unknown"),
    "name": ("MyBank", "alphanumeric"),
    "name with digits and blank": ("Shop 24", "alphanumeric"),
    "eleven letters": ("ABCDEFGHIJK", "alphanumeric"),
    "twelve letters": ("ABCDEFGHIJKL", "unknown"),
    "one letter": ("A", "alphanumeric"),
    "blanks only": ("   ", "unknown"),
    "empty": ("", "unknown"),
    "vanity": ("1-800-FLOWERS", "unknown"),
    "extension": ("+14155550101 x5", "unknown"),
    "WhatsApp": ("whatsapp:+14155550101", "channel"),
    "RCS": ("rcs:brand_agent", "channel"),
    "Messenger": ("messenger:1234567", "channel"),
    "colon without a channel": (":+14155550101", "unknown"),
    "twenty digits": ("12345678901234567890", "unknown"),
    "emoji": ("📞", "unknown"),
}


@pytest.mark.parametrize(("raw", "kind"), KINDS.values(), ids=list(KINDS))
def test_kind_of(raw: str, kind: str) -> None:
    """Odd senders are recognised before anything is parsed (bug 29)."""
    assert addresses.kind_of(raw) == kind


@given(st.text() | st.text("+0123456789 -()x"))
def test_any_sender_is_survived(raw: str) -> None:
    """No sender whatever breaks intake, and kind_of and normalise agree on what a phone is."""
    kind = addresses.kind_of(raw)
    try:
        normal = addresses.normalise(raw)
    except addresses.Unusable:
        assert kind != "phone"
    else:
        assert kind == "phone"
        assert addresses.normalise(normal) == normal
    addresses.sender_class(raw)
    addresses.is_us(raw)
    addresses.redacted(raw)


CLASSES = {
    "US local": ("+14155550150", "", "local"),
    "Puerto Rico": ("+17875550150", "", "local"),
    "Guam": ("+16715550150", "", "local"),
    "no known region": ("+15551234567", "", "local"),
    "Canada": ("+14165550150", "", "local-ca"),
    "Canada, as the provider says local": ("+14165550150", "local", "local-ca"),
    "Jamaica": ("+18765550150", "", "international"),
    "United Kingdom": ("+447700900150", "", "international"),
    "British mobile by the provider": ("+447700900150", "mobile", "international"),
    **{
        f"toll-free {code}": (f"+1{code}5550170", "", "toll-free")
        for code in (800, 833, 844, 855, 866, 877, 888)
    },
    "reserved toll-free code": ("+18225550170", "", "local"),
    "toll-free as people write it": ("(888) 555-0170", "", "toll-free"),
    "five digits": ("24733", "", "short-code"),
    "six digits": ("247365", "", "short-code"),
    "name": ("Sunbridge", "", "alphanumeric"),
    "nonsense": ("??", "", "international"),
    "the provider knows better: toll-free": ("+18225550170", "toll-free", "toll-free"),
    "the provider knows better: local": ("+18885550170", "local", "local"),
    "10DLC": ("+18885550170", "10dlc", "local"),
    "provider's spelling": ("+14155550150", "Toll_Free", "toll-free"),
    "provider's spelling in one word": ("+14155550150", "tollfree", "toll-free"),
    "provider: short code": ("2473", "short code", "short-code"),
    "provider: shortcode": ("2473", "shortcode", "short-code"),
    "provider: alphanumeric": ("SUN-BRIDGE", "alphanumeric", "alphanumeric"),
    "provider: alpha": ("SUN-BRIDGE", "alpha", "alphanumeric"),
    "provider: international": ("+14155550150", "international", "international"),
    "provider: local-ca": ("+14155550150", "local-ca", "local-ca"),
    "provider says local of a short code": ("24733", "local", "short-code"),
    "provider says something new": ("+18885550170", "satellite", "toll-free"),
}


@pytest.mark.parametrize(("number", "told", "expected"), CLASSES.values(), ids=list(CLASSES))
def test_sender_class(number: str, told: str, expected: str) -> None:
    """A number of ours is classed by the provider's word first, then by its digits (section 22)."""
    assert addresses.sender_class(number, told) == expected


AMERICAN = {
    "California": ("+14155550101", True),
    "toll-free": ("+18885550170", True),
    "Puerto Rico": ("+17875550101", True),
    "Guam": ("+16715550101", True),
    "US Virgin Islands": ("+13405550101", True),
    "American Samoa": ("+16846330101", True),
    "Northern Marianas": ("+16702340101", True),
    "no known region of +1": ("+15551234567", True),
    "Canada": ("+14165550101", False),
    "Jamaica": ("+18765550101", False),
    "Dominican Republic": ("+18095550101", False),
    "United Kingdom": ("+447911123456", False),
    "British fiction": ("+447700900123", False),
    "short code": ("24733", False),
    "nothing": ("", False),
    "too short": ("+1415", False),
}


@pytest.mark.parametrize(("phone", "expected"), AMERICAN.values(), ids=list(AMERICAN))
def test_is_us(phone: str, expected: bool) -> None:  # noqa: FBT001
    """+1 is not the US; five territories are (CAR-301)."""
    assert addresses.is_us(phone) is expected


REGIONS = {
    "US": ("+14155550101", "US"),
    "Canada": ("+14165550101", "CA"),
    "unknown": ("+15551234567", ""),
    "short code": ("24733", ""),
    "impossible": ("+1415", ""),
}


@pytest.mark.parametrize(("phone", "region"), REGIONS.values(), ids=list(REGIONS))
def test_region_of(phone: str, region: str) -> None:
    """The region is known or empty."""
    assert addresses.region_of(phone) == region


SAME = {
    "spellings of a desk": ("+1 (415) 555-0101", "14155550101", True),
    "ten digits": ("4155550101", "+14155550101", True),
    "another phone": ("+14155550101", "+14155550102", False),
    "Brazil: 9 added": ("+5511987654321", "+551187654321", True),
    "Brazil: 9 before a 6": ("+5511967654321", "+551167654321", True),
    "Brazil: a new mobile is no landline": ("+5511957654321", "+551157654321", False),
    "Brazil: another area": ("+5511987654321", "+552187654321", False),
    "Argentina: 9 for mobiles": ("+5491123456789", "+541123456789", True),
    "Argentina: another phone": ("+5491123456789", "+541123456780", False),
    "Mexico: old 1": ("+5215512345678", "+525512345678", True),
    "Mexico: old 1 spelt out": ("+52 1 55 1234-5678", "+52 55 1234 5678", True),
    "a name equals nothing": ("MyBank", "MyBank", False),
    "a short code is no phone": ("24733", "24733", False),
    "nothing equals nothing": ("", "", False),
    "WhatsApp is another address": ("whatsapp:+14155550101", "+14155550101", False),
    "extension": ("+14155550101 ext. 5", "+14155550101", False),
}


@pytest.mark.parametrize(("one", "other", "expected"), SAME.values(), ids=list(SAME))
def test_same_phone(one: str, other: str, expected: bool) -> None:  # noqa: FBT001
    """One phone in many spellings is one key (CAR-387, bug 28), in either order."""
    assert addresses.same_phone(one, other) is expected
    assert addresses.same_phone(other, one) is expected


def test_same_phone_in_another_region() -> None:
    """A national spelling is read in the region it belongs to."""
    assert addresses.same_phone("07700 900123", "+447700900123", "GB")
    assert addresses.same_phone("07700 900123", "07700900123", "GB")
    assert not addresses.same_phone("07700 900123", "+447700900123")


REDACTED = {
    "US": ("+14155550101", "+1415•••0101"),
    "longest": ("+123456789012345", "+1234•••2345"),
    "eleven characters": ("+4512345678", "+45•••78"),
    "shortest": ("+12345678", "+12•••78"),
    "no phone": ("MyBank", "•••"),
    "not in E.164": ("4155550101", "•••"),
    "too short": ("+1234567", "•••"),
    "empty": ("", "•••"),
}


@pytest.mark.parametrize(("phone", "expected"), REDACTED.values(), ids=list(REDACTED))
def test_redacted(phone: str, expected: str) -> None:
    """A log shows enough to tell phones apart and not enough to call one."""
    assert addresses.redacted(phone) == expected


ENDINGS = {
    "US": ("+14155550101", "4155550101"),
    "Britain": ("+447700900123", "7700900123"),
    "Brazil, with the 9": ("+5511987654321", "87654321"),
    "Brazil, without": ("+551187654321", "87654321"),
    "Argentina, with the 9": ("+5491123456789", "1123456789"),
    "Argentina, without": ("+541123456789", "1123456789"),
    "a name": ("MyBank", ""),
    "a short code": ("24733", ""),
    "empty": ("", ""),
}


@pytest.mark.parametrize(("phone", "expected"), ENDINGS.values(), ids=list(ENDINGS))
def test_ending(phone: str, expected: str) -> None:
    """A desk is searched by what all spellings of a phone have in common (CAR-387)."""
    assert addresses.ending(phone) == expected


MASKED = {
    "E.164": ("No route to +14155550101.", "No route to +1415•••0101."),
    "as people write it": ("Call (415) 555-0101, please", "Call +41•••01, please"),
    "two of them": ("+14155550101 and 447700900123", "+1415•••0101 and +4477•••0123"),
    "too few digits": ("error 1234567 at 12", "error 1234567 at 12"),
    "within a word": ("id SM12345678901", "id SM12345678901"),
    "none": ("The desk is closed.", "The desk is closed."),
}


@pytest.mark.parametrize(("words", "expected"), MASKED.values(), ids=list(MASKED))
def test_masked(words: str, expected: str) -> None:
    """No sentence of a carrier's brings a phone number into a log."""
    assert addresses.masked(words) == expected


def test_without_a_region_a_national_spelling_is_american() -> None:
    """Most of our customers are."""
    assert addresses.normalise("4155550101") == "+14155550101"
    assert addresses.region_of("4155550101") == "US"
    assert addresses.is_us("5551234567")  # of no known region


def test_the_old_one_of_mexico_goes_from_international_spellings_only() -> None:
    """Digits alone may be of any country."""
    with pytest.raises(addresses.Unusable):
        addresses.normalise("5215512345678")


def test_another_channels_address_is_not_american() -> None:
    """Though there is a number in it (CAR-307)."""
    assert not addresses.is_us("whatsapp:+15551234567")
