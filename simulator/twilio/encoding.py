"""Smart encoding: look-alikes become characters of the 7-bit alphabet before a text is counted (CAR-282).

Accents, ç, ™ and emoji stay as they are. A text may become longer: `…` is three characters, a tab seven.
"""

import unicodedata

SINGLE = "‘’‚‛′`´ʹʻʼʽ"
DOUBLE = "“”„‟″«»"
DASHES = "‐‑‒–—―−"
BLANKS = "\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
NOTHING = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
JOINER = "\u200d"
WORDS = {
    "\u00a0": "  ",
    "\t": "       ",
    "…": "...",
    "•": "-",
    "·": ".",
    "‹": "<",
    "›": ">",
    "⁄": "/",
    "¼": "1/4",
    "½": "1/2",
    "¾": "3/4",
    "\u2028": "\n",
    "\u2029": "\n\n",
}
TABLE: dict[int, str] = {
    **dict.fromkeys(map(ord, SINGLE), "'"),
    **dict.fromkeys(map(ord, DOUBLE), '"'),
    **dict.fromkeys(map(ord, DASHES), "-"),
    **dict.fromkeys(map(ord, BLANKS), " "),
    **dict.fromkeys(map(ord, NOTHING.replace(JOINER, "")), ""),
    **{code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFF01, 0xFF5F)},  # full width
    **{ord(char): instead for char, instead in WORDS.items()},
}


def smart(text: str) -> str:
    """`text` with its look-alikes replaced; the joiners of an emoji stay."""
    out = text.translate(TABLE)
    return out if any(ord(char) > 0xFFFF for char in out) else out.replace(JOINER, "")
