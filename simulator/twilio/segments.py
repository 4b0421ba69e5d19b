"""How a text is cut into the parts that travel on the air, and what each part weighs.

Facts (carrier.md section 20, table C):
  * Every character in the 7-bit alphabet: 160 units in one part, else 153 in each (CAR-272, CAR-273).
    One character outside it and the whole text is UCS-2: 70 units, else 67 in each (CAR-277).
  * Extension characters weigh two, and the pair is never split (CAR-276, CAR-278).
  * UCS-2 is UTF-16 on the air: beyond U+FFFF a character weighs two and stays whole (CAR-279).
  * A flag or a family may be cut between its characters, unless asked otherwise (CAR-280, CAR-400).
  * An empty text is one part.
"""

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
JOINER = "\u200d"
EXTENSION = frozenset("\f^{}\\[~]|€")
ALL_OF_7_BIT = BASIC | EXTENSION
HEAVIEST = 2  # no character weighs more


@dataclass(frozen=True, slots=True)
class Alphabet:
    """An encoding: what a lone part holds, what one of several holds, what a character weighs."""

    name: str
    alone: int
    joined: int
    weight: Callable[[str], int]


GSM_7 = Alphabet("GSM-7", 160, 153, lambda char: 2 if char in EXTENSION else 1)
UCS_2 = Alphabet("UCS-2", 70, 67, lambda char: 2 if ord(char) > 0xFFFF else 1)


def alphabet(text: str) -> Alphabet:
    """The alphabet that can carry all of `text`."""
    return GSM_7 if ALL_OF_7_BIT.issuperset(text) else UCS_2


def units(text: str, of: Alphabet) -> int:
    """What `text` weighs."""
    return sum(map(of.weight, text))


def split(text: str, *, graphemes: bool = False) -> list[str]:
    """The parts; always at least one. With `graphemes` what a reader sees as one character stays whole."""
    chosen = alphabet(text)
    if len(text) * HEAVIEST <= chosen.alone or units(text, chosen) <= chosen.alone:
        return [text]
    pieces = list(_graphemes(text)) if graphemes else list(text)
    cuts = [0, *_cuts(pieces, chosen), len(text)]
    return [text[start:end] for start, end in pairwise(cuts)]


def _cuts(pieces: list[str], chosen: Alphabet) -> Iterator[int]:
    held = place = 0
    for piece in pieces:
        weight = units(piece, chosen)
        if held + weight > chosen.joined:
            yield place
            held = 0
        held, place = held + weight, place + len(piece)


def _graphemes(text: str) -> Iterator[str]:
    """Roughly: flags in pairs, and whatever a mark, a skin tone or a joiner ties to what stands before it."""
    piece = ""
    for char in text:
        if piece and not _tied(piece, char):
            yield piece
            piece = ""
        piece += char
    yield piece


def _tied(piece: str, char: str) -> bool:
    if piece[-1] == JOINER or char == JOINER or "\U0001f3fb" <= char <= "\U0001f3ff":
        return True
    if _flag(char):
        return _flag(piece[-1]) and len(piece) % 2 == 1
    return unicodedata.category(char) in ("Mn", "Me", "Mc") or piece + char == "\r\n"


def _flag(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"
