"""The simulated carrier cuts texts as table C of the carrier reference says, and as two libraries do."""

import random

import pytest
import smsutil
from sms_toolkit.messages.profiling import profile_message

from simulator.twilio.segments import GSM_7, UCS_2, Alphabet, alphabet, split, units

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"

ROWS: list[tuple[str, str, Alphabet, list[int]]] = [
    ("T01", "", GSM_7, [0]),
    ("T02", "A" * 160, GSM_7, [160]),
    ("T03", "A" * 161, GSM_7, [153, 8]),
    ("T04", "A" * 306, GSM_7, [153, 153]),
    ("T05", "A" * 307, GSM_7, [153, 153, 1]),
    ("T06", "A" * 1600, GSM_7, [153] * 10 + [70]),
    ("T07", "€" * 80, GSM_7, [160]),
    ("T08", "€" * 81, GSM_7, [152, 10]),
    ("T09", "a" * 158 + "€", GSM_7, [160]),
    ("T10", "a" * 159 + "€", GSM_7, [153, 8]),
    ("T11", "a" * 152 + "€" + "b" * 10, GSM_7, [152, 12]),
    ("T12", "a" * 151 + "€" + "b" * 10, GSM_7, [153, 10]),
    ("T13", "a" * 152 + "€" + "b" * 152, GSM_7, [152, 153, 1]),
    ("T14", "{}[]~\\|^" * 10, GSM_7, [160]),
    ("T15", "a" * 156 + "[ok]", GSM_7, [153, 9]),
    ("T16", "page\f2", GSM_7, [7]),
    ("T17", "`code`", UCS_2, [6]),
    ("T18", "a\tb", UCS_2, [3]),
    ("T19", "a\r\n" * 53 + "b", GSM_7, [160]),
    ("T20", "It\u2019s ok", UCS_2, [7]),
    ("T21", "a" * 159 + "\u2019", UCS_2, [67, 67, 26]),
    ("T22", "\u201c" + "a" * 68 + "\u201d", UCS_2, [70]),
    ("T23", "hello\u00a0world", UCS_2, [11]),
    ("T24", "Wait\u2026", UCS_2, [5]),
    ("T25", "Ça va", GSM_7, [5]),
    ("T26", "ça va", UCS_2, [5]),
    ("T27", "mañana allá", UCS_2, [11]),
    ("T28", "Größe §5 ÄÖÜß", GSM_7, [13]),
    ("T29", "ΔΦΓΛΩΠΨΣΘΞ", GSM_7, [10]),
    ("T30", "Αλφα", UCS_2, [4]),
    ("T31", "cafe\u0301", UCS_2, [5]),
    ("T32", "caf\u00e9", GSM_7, [4]),
    ("T33", "Hi 👍", UCS_2, [5]),
    ("T34", "a" * 68 + "👍", UCS_2, [70]),
    ("T35", "a" * 69 + "👍", UCS_2, [67, 4]),
    ("T36", "a" * 66 + "👍" + "b" * 20, UCS_2, [66, 22]),
    ("T37", "😀" * 35, UCS_2, [70]),
    ("T38", "😀" * 67, UCS_2, [66, 66, 2]),
    ("T39", "\U0001f44d\U0001f3fd" * 18, UCS_2, [66, 6]),
    ("T40", "\U0001f1fa\U0001f1f8" * 33, UCS_2, [66, 66]),
    ("T41", FAMILY, UCS_2, [11]),
    ("T42", FAMILY * 7, UCS_2, [66, 11]),
    ("T43", "1\ufe0f\u20e3" * 24, UCS_2, [67, 5]),
    ("T44", "я" * 70, UCS_2, [70]),
    ("T45", "я" * 71, UCS_2, [67, 4]),
    ("T46", "你" * 134, UCS_2, [67, 67]),
    ("T47", "你" * 135, UCS_2, [67, 67, 1]),
    ("T48", "مرحبا بكم", UCS_2, [9]),
    ("T49", "\ufeffhello", UCS_2, [6]),
    ("T50", "hel\u200blo", UCS_2, [6]),
    ("T51", "Acme™", UCS_2, [5]),
    ("T52", "¤ § ¡ ¿ £ ¥", GSM_7, [11]),
    ("T53", "a\x1bb", UCS_2, [3]),
    ("T54", "a" * 1598 + "👍", UCS_2, [67] * 23 + [59]),
    ("T55", "abc\ud83d", UCS_2, [4]),
]
SMSUTIL_ERRS = {"T01", "T53"}  # CAR-287
SMS_TOOLKIT_ERRS = {"T01", "T55"}  # CAR-288
SAMPLES = "aZ 0@£\n€[]{}ñéçá…’👍🏽\u200dя你"


@pytest.mark.parametrize(("text", "chosen", "weights"), [pytest.param(*row[1:], id=row[0]) for row in ROWS])
def test_table_c(text: str, chosen: Alphabet, weights: list[int]) -> None:
    """Alphabet, number of parts and weight of each part are those of the table."""
    parts = split(text)
    assert alphabet(text) is chosen
    assert [units(part, chosen) for part in parts] == weights
    assert "".join(parts) == text


@pytest.mark.parametrize(
    "text", [pytest.param(row[1], id=row[0]) for row in ROWS if row[0] not in SMSUTIL_ERRS]
)
def test_table_c_as_smsutil_sees_it(text: str) -> None:
    """The parts are smsutil's, where the table says it is right."""
    assert split(text) == [part.content for part in smsutil.split(text).parts]


@pytest.mark.parametrize(
    "text", [pytest.param(row[1], id=row[0]) for row in ROWS if row[0] not in SMS_TOOLKIT_ERRS]
)
def test_table_c_as_sms_toolkit_sees_it(text: str) -> None:
    """The parts are sms-toolkit's, where the table says it is right."""
    assert split(text) == [segment["message"] for segment in profile_message(text)["segments"]]


def test_random_texts_as_both_libraries_see_them() -> None:
    """Three hundred random texts near the limits are cut as both libraries cut them."""
    chance = random.Random(20)
    for _ in range(300):
        alphabet_used = chance.sample(SAMPLES, k=chance.randint(1, 6))
        text = "".join(chance.choices(alphabet_used, k=chance.randint(1, 330)))
        assert split(text) == [part.content for part in smsutil.split(text).parts]
        assert split(text) == [segment["message"] for segment in profile_message(text)["segments"]]
