"""How a text is cut into the parts that travel on the air, and what each part weighs.

Facts (carrier.md section 20, table C):
  * Every character in the 7-bit alphabet: 160 units in one part, else 153 in each (CAR-272, CAR-273).
    One character outside it and the whole text is UCS-2: 70 units, else 67 in each (CAR-277).
  * Extension characters weigh two, and the pair is never split (CAR-276, CAR-278).
  * UCS-2 is UTF-16 on the air: beyond U+FFFF a character weighs two and stays whole (CAR-279).
  * A flag or a family may be cut between its characters (CAR-280, CAR-400); an empty text is one part.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")


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
    return GSM_7 if all(char in BASIC or char in EXTENSION for char in text) else UCS_2


def units(text: str, of: Alphabet) -> int:
    """What `text` weighs."""
    return sum(map(of.weight, text))


def split(text: str) -> list[str]:
    """The parts; always at least one."""
    chosen = alphabet(text)
    if units(text, chosen) <= chosen.alone:
        return [text]
    cuts = [0, *_cuts(text, chosen), len(text)]
    return [text[start:end] for start, end in pairwise(cuts)]


def _cuts(text: str, chosen: Alphabet) -> Iterator[int]:
    held = 0
    for place, char in enumerate(text):
        weight = chosen.weight(char)
        if held + weight > chosen.joined:
            yield place
            held = 0
        held += weight
