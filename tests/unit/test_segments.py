"""Segments are counted as carriers count; long replies are split where a reader would."""

import re
import unicodedata

import pytest
import smsutil
from hypothesis import given
from hypothesis import strategies as st
from sms_toolkit.messages.profiling import profile_message

from bridge.core import segments
from bridge.core.segments import Segments

GSM, UCS2 = segments.GSM, segments.UCS2
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
KEYCAP = "1\ufe0f\u20e3"
FLAG = "\U0001f1fa\U0001f1f8"
TONE = "\U0001f44d\U0001f3fd"
ZALGO = "e" + "\u0325" * 40

TABLE_C = {
    "T01 empty": ("", GSM, (0,)),
    "T02 160 letters": ("A" * 160, GSM, (160,)),
    "T03 161 letters": ("A" * 161, GSM, (153, 8)),
    "T04 306 letters": ("A" * 306, GSM, (153, 153)),
    "T05 307 letters": ("A" * 307, GSM, (153, 153, 1)),
    "T06 longest legal body": ("A" * 1600, GSM, (153,) * 10 + (70,)),
    "T07 80 euros": ("€" * 80, GSM, (160,)),
    "T08 81 euros": ("€" * 81, GSM, (152, 10)),
    "T09 euro ends the single segment": ("a" * 158 + "€", GSM, (160,)),
    "T10 160 characters, 161 septets": ("a" * 159 + "€", GSM, (153, 8)),
    "T11 pair moves whole": ("a" * 152 + "€" + "b" * 10, GSM, (152, 12)),
    "T12 pair fills exactly": ("a" * 151 + "€" + "b" * 10, GSM, (153, 10)),
    "T13 dividing counts too few": ("a" * 152 + "€" + "b" * 152, GSM, (152, 153, 1)),
    "T14 brackets cost double": ("{}[]~\\|^" * 10, GSM, (160,)),
    "T15 brackets overflow": ("a" * 156 + "[ok]", GSM, (153, 9)),
    "T16 form feed": ("page\f2", GSM, (7,)),
    "T17 back-tick": ("`code`", UCS2, (6,)),
    "T18 tab": ("a\tb", UCS2, (3,)),
    "T19 CRLF counts two": ("a\r\n" * 53 + "b", GSM, (160,)),
    "T20 curly apostrophe": ("It’s ok", UCS2, (7,)),
    "T21 one quote, three segments": ("a" * 159 + "’", UCS2, (67, 67, 26)),
    "T22 quoted 70": ("“" + "a" * 68 + "”", UCS2, (70,)),
    "T23 no-break space": ("hello\u00a0world", UCS2, (11,)),
    "T24 ellipsis": ("Wait…", UCS2, (5,)),
    "T25 capital cedilla": ("Ça va", GSM, (5,)),
    "T26 small cedilla": ("ça va", UCS2, (5,)),
    "T27 Spanish accents": ("mañana allá", UCS2, (11,)),
    "T28 German": ("Größe §5 ÄÖÜß", GSM, (13,)),
    "T29 Greek capitals": ("ΔΦΓΛΩΠΨΣΘΞ", GSM, (10,)),
    "T30 Greek word": ("Αλφα", UCS2, (4,)),
    "T31 decomposed": ("cafe\u0301", UCS2, (5,)),
    "T32 composed": ("café", GSM, (4,)),
    "T33 emoji": ("Hi 👍", UCS2, (5,)),
    "T34 70 units": ("a" * 68 + "👍", UCS2, (70,)),
    "T35 71 units": ("a" * 69 + "👍", UCS2, (67, 4)),
    "T36 surrogates kept whole": ("a" * 66 + "👍" + "b" * 20, UCS2, (66, 22)),
    "T37 35 emoji": ("😀" * 35, UCS2, (70,)),
    "T38 67 emoji": ("😀" * 67, UCS2, (66, 66, 2)),
    "T39 skin tones": (TONE * 18, UCS2, (66, 6)),
    "T40 flags": (FLAG * 33, UCS2, (66, 66)),
    "T41 family": (FAMILY, UCS2, (11,)),
    "T42 seven families": (FAMILY * 7, UCS2, (66, 11)),
    "T43 keycaps": (KEYCAP * 24, UCS2, (67, 5)),
    "T44 70 Cyrillic": ("я" * 70, UCS2, (70,)),
    "T45 71 Cyrillic": ("я" * 71, UCS2, (67, 4)),
    "T46 134 Chinese": ("你" * 134, UCS2, (67, 67)),
    "T47 135 Chinese": ("你" * 135, UCS2, (67, 67, 1)),
    "T48 Arabic": ("مرحبا بكم", UCS2, (9,)),
    "T49 byte order mark": ("\ufeffhello", UCS2, (6,)),
    "T50 zero-width space": ("hel\u200blo", UCS2, (6,)),
    "T51 trade mark": ("Acme™", UCS2, (5,)),
    "T52 GSM signs": ("¤ § ¡ ¿ £ ¥", GSM, (11,)),
    "T53 escape": ("a\x1bb", UCS2, (3,)),
    "T54 longest with an emoji": ("a" * 1598 + "👍", UCS2, (67,) * 23 + (59,)),
    "T55 lone surrogate": ("abc\ud83d", UCS2, (4,)),
}
SMSUTIL_DIFFERS = {"T01 empty", "T53 escape"}  # CAR-287
TOOLKIT_DIFFERS = {"T01 empty", "T55 lone surrogate"}  # CAR-288
MIXED = st.text(
    st.sampled_from("aB é€[]^~`’я你👍😀\n\f") | st.characters(exclude_categories=["Cs"]), max_size=400
)


@pytest.mark.parametrize(("text", "encoding", "parts"), TABLE_C.values(), ids=list(TABLE_C))
def test_table_c(text: str, encoding: str, parts: tuple[int, ...]) -> None:
    """Every tricky text of the reference is counted as computed there."""
    assert segments.count(text) == Segments(encoding, sum(parts), parts)


def test_the_last_single_unit() -> None:
    """U+FFFF takes one unit, U+10000 two."""
    assert segments.count("\uffff" * 70).parts == (70,)
    assert segments.count("\U00010000" * 35).parts == (70,)


@pytest.mark.parametrize("name", [name for name in TABLE_C if name not in SMSUTIL_DIFFERS])
def test_smsutil_agrees(name: str) -> None:
    """An independent library finds the same segments."""
    text, encoding, parts = TABLE_C[name]
    assert _by_smsutil(text) == (encoding, parts)


@pytest.mark.parametrize("name", [name for name in TABLE_C if name not in TOOLKIT_DIFFERS])
def test_sms_toolkit_agrees(name: str) -> None:
    """A second independent library finds the same segments."""
    text, _, parts = TABLE_C[name]
    assert _by_toolkit(text) == parts


@given(MIXED.filter(lambda text: text and "\x1b" not in text))
def test_count_agrees_with_everybody(text: str) -> None:
    """On any text, two libraries and a naive reference count as we do."""
    counted = segments.count(text)
    assert _by_smsutil(text) == (counted.encoding, counted.parts)
    assert _by_toolkit(text) == counted.parts
    assert _naively(text) == counted.parts


def _by_smsutil(text: str) -> tuple[str, tuple[int, ...]]:
    found = smsutil.split(text)
    is_gsm = found.encoding == "gsm0338"
    return GSM if is_gsm else UCS2, tuple(part.bytes // (1 if is_gsm else 2) for part in found.parts)


def _by_toolkit(text: str) -> tuple[int, ...]:
    found = profile_message(text)
    return tuple(part["total_segment_length"] for part in found["segments"])


def _naively(text: str) -> tuple[int, ...]:
    """Octet by octet: escape sequences and UTF-16 pairs laid into segments one after the other."""
    double = "\f^{}\\[~]|€"
    single = (
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ ¤¡ÄÖÑÜ§¿äöñüà"
        "!\"#%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    )
    if set(text) <= set(double + single):
        sizes, alone, together = [2 if char in double else 1 for char in text], 160, 153
    else:
        sizes, alone, together = [len(char.encode("utf-16-be")) // 2 for char in text], 70, 67
    if sum(sizes) <= alone:
        return (sum(sizes),)
    filled = []
    while sizes:
        taken = 0
        while sizes and taken + sizes[0] <= together:
            taken += sizes.pop(0)
        filled.append(taken)
    return tuple(filled)


CLEANED = {
    "plain stays": ("Hi Maria, 5 € ok?", "Hi Maria, 5 € ok?"),
    "decomposed is composed": ("cafe\u0301", "café"),
    "NUL": ("a\x00b", "ab"),
    "last control below the blank": ("a\x1fb", "ab"),
    "escape": ("a\x1bb", "ab"),
    "delete": ("a\x7fb", "ab"),
    "last C1 control": ("a\x9fb", "ab"),
    "no-break space stays": ("a\u00a0b", "a\u00a0b"),
    "control between letter and accent": ("e\x00\u0301", "é"),
    "high surrogate alone": ("a\ud83db", "ab"),
    "low surrogate alone": ("a\ude00b", "ab"),
    "surrogates in two halves": ("\ud83d\ude00", "😀"),
    "line feed stays": ("a\nb", "a\nb"),
    "CRLF is one break": ("a\r\nb\r\n\r\nc", "a\nb\n\nc"),
    "CR alone": ("a\rb", "a\nb"),
    "vertical tab and form feed": ("a\x0bb\x0cc", "a\nb\nc"),
    "Unicode line separators": ("a\x85b\u2028c\u2029d", "a\nb\nc\nd"),
    "tab": ("a\tb", "a b"),
    "byte order mark, zero-width space, word joiner": ("\ufeffa\u200bb\u2060c", "abc"),
    "joiner inside an emoji stays": (FAMILY, FAMILY),
    "outer blanks stay": ("  a ", "  a "),
    "only white space": (" \n\t\u00a0", ""),
    "only zero-width characters": ("\u200d\u200c\u200b\ufe0f", ""),
    "empty": ("", ""),
    "only punctuation is seen": (".", "."),
}


@pytest.mark.parametrize(("text", "expected"), CLEANED.values(), ids=list(CLEANED))
def test_clean(text: str, expected: str) -> None:
    """What cannot or must not be sent is taken out; nothing else is."""
    assert segments.clean(text) == expected


@given(st.text(st.characters(categories=["L", "M", "N", "P", "S", "Z", "C"])))
def test_clean_text_can_be_sent(text: str) -> None:
    """Any text, cleaned, is UTF-8, NFC, free of controls, and clean."""
    cleaned = segments.clean(text)
    cleaned.encode()
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not [char for char in cleaned if unicodedata.category(char) == "Cc" and char != "\n"]
    assert segments.clean(cleaned) == cleaned


SPLITS = {
    "nothing": ("", 1600, ()),
    "nothing to see": (" \u200b\n", 1600, ()),
    "short": ("On it.", 1600, ("On it.",)),
    "outer white space goes": (" \nOn it. ", 1600, ("On it.",)),
    "exactly the limit": ("A" * 1600, 1600, ("A" * 1600,)),
    "one over: full segments first": ("A" * 1601, 1600, ("A" * 1530, "A" * 71)),
    "limit counts UTF-16 units": ("a" * 1598 + "👍", 1600, ("a" * 1598 + "👍",)),
    "one unit over": ("a" * 1599 + "👍", 1600, ("a" * 1530, "a" * 69 + "👍")),
    "UCS-2 fills 23 segments": ("я" * 1601, 1600, ("я" * 1541, "я" * 60)),
    "emoji before the border": ("я" * 1540 + "👍" + "я" * 60, 1600, ("я" * 1540, "👍" + "я" * 60)),
    "extension characters cost two": ("€" * 1601, 1600, ("€" * 765, "€" * 836)),
    "the remainder may reach the limit": ("A" * 3130, 1600, ("A" * 1530, "A" * 1600)),
    "at a blank": ("aaa bbb ccc", 9, ("aaa bbb", "ccc")),
    "at a blank just beyond": ("aaa bbb ccc", 7, ("aaa bbb", "ccc")),
    "after a sentence rather than a word": ("Yes, ok. And so on", 14, ("Yes, ok.", "And so on")),
    "after a line": ("Yes, ok\nand so on", 14, ("Yes, ok", "and so on")),
    "a sentence in quotes": ("He said “no.” And so on", 19, ("He said “no.”", "And so on")),
    "not after a very short sentence": ("Ok. Then we go on and on", 16, ("Ok. Then we go", "on and on")),
    "sentence that fills just half": ("Ok, so. and on now", 14, ("Ok, so.", "and on now")),
    "sentence that fills less than half": ("Ok, i. and on now so", 14, ("Ok, i. and on", "now so")),
    "no full stop inside a number": ("it is 1234.5678 now ok", 14, ("it is", "1234.5678 now", "ok")),
    "a word longer than the limit": ("a" * 25, 10, ("a" * 10, "a" * 10, "a" * 5)),
    "white space at a cut goes": ("aaaa  \n  bbbb cc", 8, ("aaaa", "bbbb cc")),
    "white space within stays": ("aa  bb cc dd", 8, ("aa  bb", "cc dd")),
    "a flag is kept whole": ("aaa" + FLAG, 6, ("aaa", FLAG)),
    "three flags stand apart": (FLAG * 3, 9, (FLAG * 2, FLAG)),
    "a family is kept whole": ("a" + FAMILY, 11, ("a", FAMILY)),
    "a skin tone is kept": ("aa" + TONE, 5, ("aa", TONE)),
    "a keycap is kept": ("aa" + KEYCAP, 4, ("aa", KEYCAP)),
    "a combining mark is kept": ("aax\u0325", 3, ("aa", "x\u0325")),
    "a blank with a mark is no border": ("aa \u0325bb", 4, ("aa \u0325", "bb")),
    "a grapheme larger than a message": (ZALGO, 30, ("e" + "\u0325" * 29, "\u0325" * 11)),
    "surrogate pairs are never cut": ("😀" * 3, 3, ("😀", "😀", "😀")),
}


@pytest.mark.parametrize(("text", "limit", "expected"), SPLITS.values(), ids=list(SPLITS))
def test_split(text: str, limit: int, expected: tuple[str, ...]) -> None:
    """A reply is cut where it hurts least."""
    assert segments.split(text, limit) == expected


def test_the_carriers_limit_is_the_default() -> None:
    """Without a limit given, 1,600 characters are one message and one more makes two (CAR-07)."""
    assert len(segments.split("A" * 1600)) == 1
    assert len(segments.split("A" * 1601)) == 2


def test_a_long_answer_is_cut_after_sentences() -> None:
    """Four thousand characters of prose make three messages that each end a sentence (CAR-383)."""
    prose = " ".join(f"This is sentence number {number} of a long answer." for number in range(80))
    parts = segments.split(prose)
    assert len(parts) == 3
    assert all(part.endswith(".") for part in parts)
    assert " ".join(parts) == prose


PIECES = [*"ab. é€\n👍", FLAG, FAMILY, TONE, KEYCAP, "e\u0325", "word ", "end. "]


@given(st.lists(st.sampled_from(PIECES), max_size=150).map("".join), st.integers(12, 60))
def test_split_properties(text: str, limit: int) -> None:
    """Parts fit, lose only white space, stay normal, and no part is empty or cuts a grapheme."""
    parts = segments.split(text, limit)
    assert "".join("".join(parts).split()) == "".join(segments.clean(text).split())
    assert all(len(part.encode("utf-16-le")) // 2 <= limit for part in parts)
    assert all(part.strip() and unicodedata.is_normalized("NFC", part) for part in parts)
    pieces = [piece for part in parts for piece in segments.graphemes(part) if not piece.isspace()]
    assert pieces == [piece for piece in segments.graphemes(segments.clean(text)) if not piece.isspace()]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), st.integers(1, 70))
def test_split_loses_nothing(text: str, times: int) -> None:
    """Any text whatever, long enough to be cut, comes back whole."""
    long = segments.clean(text * times)
    parts = segments.split(long)
    assert re.sub(r"\s", "", "".join(parts)) == re.sub(r"\s", "", long)
    assert all(len(part.encode("utf-16-le")) // 2 <= 1600 for part in parts)
    for part in parts[:-1]:
        counted = segments.count(part)
        assert counted.units <= (1530 if counted.encoding == GSM else 1541)


GRAPHEMES = {
    "letters": ("ab", ["a", "b"]),
    "flags": (FLAG * 2, [FLAG, FLAG]),
    "first and last flag letters": (
        "\U0001f1e6\U0001f1ff\U0001f1ff\U0001f1e6",
        ["\U0001f1e6\U0001f1ff", "\U0001f1ff\U0001f1e6"],
    ),
    "first tag character": ("🏴\U000e0020a", ["🏴\U000e0020", "a"]),
    "half a flag": (FLAG + FLAG[0], [FLAG, FLAG[0]]),
    "letter after half a flag": (FLAG[0] + "a", [FLAG[0], "a"]),
    "family": (FAMILY * 2, [FAMILY, FAMILY]),
    "joiner before a blank": ("a\u200d b", ["a\u200d", " ", "b"]),
    "non-joiner": ("می\u200cخواهم", ["م", "ی\u200c", "خ", "و", "ا", "ه", "م"]),
    "skin tones": (TONE * 2, [TONE, TONE]),
    "lightest and darkest": ("👍\U0001f3fb👍\U0001f3ff", ["👍\U0001f3fb", "👍\U0001f3ff"]),
    "beside the skin tones": ("a\U0001f3fa\U0001f400", ["a", "\U0001f3fa", "\U0001f400"]),
    "keycap": (KEYCAP + "2", [KEYCAP, "2"]),
    "flag of a region": ("🏴\U000e0067\U000e007fa", ["🏴\U000e0067\U000e007f", "a"]),
    "marks": ("x\u0325\u0301y", ["x\u0325\u0301", "y"]),
    "spacing mark": ("की", ["की"]),
    "mark first": ("\u0325a", ["\u0325", "a"]),
}


@pytest.mark.parametrize(("text", "expected"), GRAPHEMES.values(), ids=list(GRAPHEMES))
def test_graphemes(text: str, expected: list[str]) -> None:
    """What a reader takes for one character stays one."""
    assert segments.graphemes(text) == expected


def test_a_cut_may_leave_a_single_character() -> None:
    """Between words, even behind the very first."""
    assert segments.split("a bbbbbbbbbbbb", 10) == ("a", "bbbbbbbbbb", "bb")


def test_a_sentence_may_be_a_mark() -> None:
    """Its end is seen at the very beginning, too."""
    assert segments.split("!) a bc", 4) == ("!)", "a bc")


def test_a_mark_around_a_letter_stays_with_it() -> None:
    """A circle is a mark of its own category."""
    assert segments.graphemes("a\u20ddb") == ["a\u20dd", "b"]
