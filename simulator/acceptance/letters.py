"""Long texts, and how many segments they take on the air.

Facts: 160 letters of the GSM alphabet fit one segment, else 153 each; with any other letter 70, else 67
(OCX-LIM-07, CAR section 20). Counted here on our own, so that no simulator agrees with itself.
"""

from math import ceil

SENTENCE = "The quick brown fox jumps over the lazy dog again. "


def letters(count: int, *, emoji: bool = False) -> str:
    """A text of so many letters that ends in a full stop, and no two blanks in a row."""
    text = (SENTENCE * (count // len(SENTENCE) + 1))[: count - 1].rstrip()
    text += "x" * (count - 1 - len(text)) + "."
    return text[:-2] + "☺." if emoji else text


def segments_of(text: str) -> int:
    """How many segments; for texts made here, whose letters are all GSM letters but for emoji."""
    single, each = (160, 153) if text.isascii() else (70, 67)
    return 1 if len(text) <= single else ceil(len(text) / each)
