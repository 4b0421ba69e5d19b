"""How a text travels: encoding, segments, and the parts of a reply that is too long for one message.

Facts:
  * GSM-7 carries 160 septets, or 153 in each segment of several; UCS-2 70 units, or 67 (CAR-272/273).
  * One character outside the GSM tables turns the whole message to UCS-2 (CAR-277).
  * An extension character costs two septets and a character above U+FFFF two units. Neither pair is
    split, so that dividing and rounding up counts too few (CAR-278/279).
  * A create call takes 1,600 characters. Whether code points or UTF-16 units are meant is not said;
    both are kept (CAR-391). Beyond that we cut at 1,530 septets or 1,541 units: full segments.
  * A cut falls after a sentence, else between words, else between graphemes (OPEN-34).
  * Composed é is GSM-7, decomposed é is not; NUL, ESC and lone surrogates must not be sent (CAR-283/284).
"""

import re
import unicodedata
from dataclasses import dataclass
from itertools import accumulate

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")
GSM, UCS2 = "GSM-7", "UCS-2"
_CAPACITY = {GSM: (160, 153), UCS2: (70, 67)}
_FULL = {GSM: 1530, UCS2: 1541}

_LINE_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b\u2060\ufeff]")
_ZWJ, _ZWNJ, _KEYCAP = "\u200d", "\u200c", "\u20e3"
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")


@dataclass(frozen=True, slots=True)
class Segments:
    """What a text costs: septets or UTF-16 units in all, and in each segment."""

    encoding: str
    units: int
    parts: tuple[int, ...]


def count(text: str) -> Segments:
    """Cut as a carrier cuts: greedily, pairs kept whole."""
    encoding = GSM if all(char in BASIC or char in EXTENSION for char in text) else UCS2
    costs = [_cost(char, encoding) for char in text]
    alone, together = _CAPACITY[encoding]
    units = sum(costs)
    return Segments(encoding, units, (units,) if units <= alone else _filled(costs, together))


def _cost(char: str, encoding: str) -> int:
    return 2 if (char in EXTENSION if encoding == GSM else ord(char) > 0xFFFF) else 1


def _filled(costs: list[int], capacity: int) -> tuple[int, ...]:
    parts = [0]
    for cost in costs:
        if parts[-1] + cost > capacity:
            parts.append(0)
        parts[-1] += cost
    return tuple(parts)


def clean(text: str) -> str:
    """The same text without what cannot or must not be sent; empty if nothing would be seen (CAR-384)."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    lines = _LINE_BREAKS.sub("\n", whole).replace("\t", " ")
    plain = unicodedata.normalize("NFC", _CONTROLS.sub("", lines))
    return plain if any(_is_seen(char) for char in plain) else ""


def _is_seen(char: str) -> bool:
    return not char.isspace() and unicodedata.category(char) not in ("Cf", "Mn")


def split(text: str, limit: int = 1600) -> tuple[str, ...]:
    """The messages that carry this reply, in order; none if there is nothing to see in it.

    A single character, or grapheme of more than `limit` code points, is all that may break the rules.
    """
    parts: list[str] = []
    clusters = _trimmed([piece for grapheme in graphemes(clean(text)) for piece in _sized(grapheme, limit)])
    while clusters:
        taken = _next_part(clusters, limit)
        parts.append("".join(_trimmed(clusters[:taken])))
        clusters = _trimmed(clusters[taken:])
    return tuple(parts)


def _next_part(clusters: list[str], limit: int) -> int:
    """How many graphemes the next message takes."""
    if len(clusters) == 1 or sum(map(_units, clusters)) <= limit:
        return len(clusters)
    taken = _cut(clusters, min(limit, _FULL[UCS2]))
    if count("".join(clusters[:taken])).encoding == GSM:
        return _cut(clusters, min(limit, _FULL[GSM]))
    return taken


def _cut(clusters: list[str], room: int) -> int:
    """The best border among those that leave the message within its room."""
    most = max(1, _how_many(clusters, room))
    borders = [n for n in range(most + 1) if clusters[n].isspace()]
    sentences = [n for n in borders if 2 * n >= most and _ends_sentence(clusters, n)]
    return next((found[-1] for found in (sentences, borders) if found), most)


def _how_many(clusters: list[str], room: int) -> int:
    return sum(1 for size in accumulate(map(_weight, clusters)) if size <= room)


def _weight(cluster: str) -> int:
    """The dearer of both encodings, as the one that will be used is not known yet."""
    return sum(max(_cost(char, GSM), _cost(char, UCS2)) for char in cluster)


def _ends_sentence(clusters: list[str], end: int) -> bool:
    return "\n" in clusters[end] or bool(_SENTENCE_END.search("".join(clusters[max(0, end - 4) : end])))


def _trimmed(clusters: list[str]) -> list[str]:
    """Without white space at either end. A blank that carries a combining mark is not white space."""
    seen = [number for number, cluster in enumerate(clusters) if not cluster.isspace()]
    return clusters[seen[0] : seen[-1] + 1] if seen else []


def _sized(grapheme: str, limit: int) -> list[str]:
    return [grapheme] if _units(grapheme) <= limit else list(grapheme)


def _units(text: str) -> int:
    return sum(_cost(char, UCS2) for char in text)


def graphemes(text: str) -> list[str]:
    """What a reader takes for single characters, by a small rule of our own."""
    clusters: list[list[str]] = []
    for char in text:
        if clusters and _continues(clusters[-1], char):
            clusters[-1].append(char)
        else:
            clusters.append([char])
    return ["".join(cluster) for cluster in clusters]


def _continues(cluster: list[str], char: str) -> bool:
    """Marks, joiners, skin tones, tags of sub-flags, the second half of a flag, whatever is joined."""
    if unicodedata.category(char) in ("Mn", "Mc", "Me") or char in (_ZWJ, _ZWNJ, _KEYCAP):
        return True
    if "\U0001f3fb" <= char <= "\U0001f3ff" or "\U000e0020" <= char <= "\U000e007f":
        return True
    second_half = _is_flag_letter(char) and len(cluster) == 1 and _is_flag_letter(cluster[0])
    return second_half or (cluster[-1] == _ZWJ and not char.isspace())


def _is_flag_letter(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"
