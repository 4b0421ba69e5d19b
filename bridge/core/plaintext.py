"""Any text, HTML or markdown → what a phone can show (OCX-SMS-14/15, OPEN-33).

Rules:
  * Code blocks go with their content: fences, `pre`. So do `script`, `style` and `head`.
    Code within a line loses its marks and keeps its text.
  * Tags go, entities are read. An escaped `&lt;b&gt;` is text that the writer meant to be seen.
  * A link keeps its text and its address.
  * Emphasis, headings and bullets are tidied; spaces are collapsed, line breaks kept, one blank
    line at most.
  * `a < b`, `I <3 you`, `snake_case` and `5 * 3` are ordinary writing and stay as they are.

Entities are read before tags are looked for, so that an attribute cannot hide one. Their angle
brackets wait in reserved characters until the end, so that reading them makes no tag.
"""

import html
import re
from collections.abc import Callable

from bridge.core import segments

_LT, _GT, _SHIELD = "\ufdd0", "\ufdd1", "\ufdd2"  # non-characters: never in interchange
_RESERVED = re.compile("[\ufdd0-\ufdd2]")
_MOST_PASSES = 8

_FENCE = re.compile(r"```.*?(?:```|\Z)|^[ \t]*~~~.*?(?:^[ \t]*~~~[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")

_ANCHOR = re.compile(
    r"""<a\s[^<>]*?\bhref\s*=\s*("[^"<>]*"|'[^'<>]*'|[^\s"'<>]+)[^<>]*>((?:[^<]|<(?!/?a[\s>]))*)</a\s*>""",
    re.IGNORECASE,
)
_MARKDOWN_LINK = re.compile(
    r"!?\[([^\[\]]*)\]\([ ]*<?([^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)>?(?:[ ]+\"[^\"\n]*\")?[ ]*\)"
)
_AUTOLINK = re.compile(
    r"<((?:https?://|mailto:|tel:)[^\s<>]+|[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+)>", re.IGNORECASE
)
_ADDRESS = re.compile(r"https?://|mailto:|tel:|sms:|www\.", re.IGNORECASE)

_SHIELDED = re.compile(r"(`+)(?!`)(?P<code>.+?)(?<!`)\1(?!`)|(?P<url>https?://[^\s<>*`]+)")
_MARKS = {
    "heading": (r"^[ ]{0,3}#{1,6}[ ]+(.*?)[ ]*#*[ ]*$", r"\1"),
    "rule": (r"^[ ]*(?:\*[ ]?){3,}$|^[ ]*(?:_[ ]?){3,}$|^[ ]*={3,}[ ]*$|^[ |:-]*-{3}[ |:-]*$\n?", ""),
    "bullet": (r"^[ ]*[*•][ ]+", "- "),
    "bold": (r"(?<![\w*\\])(\*{2,3})(?=[^\s*])((?:[^*\n]|\*(?!\*))*?[^\s*]|[^\s*])\1(?!\*)", r"\2"),
    "italic": (r"(?<![\w*\\])\*(?=[\w\"'(“‘¿¡#])([^*\n]*[\w.!?,:;\"')”’…%])\*(?![\w*])", r"\1"),
    "underscored": (
        r"(?<![\w\\])(_{1,3})(?=[\w\"'“‘¿¡#])(?!_)([^\n]{0,400}?(?:[^\W_]|[.!?,:;\"'”’…%]))\1(?!\w)",
        r"\2",
    ),
    "struck": (r"~~(?=\S)([^~\n]*)(?<=\S)~~", r"\1"),
}
_TIDIED = tuple((re.compile(pattern, re.MULTILINE), put) for pattern, put in _MARKS.values())

_HIDDEN = re.compile(
    r"<(script|style|head|pre)(?=[\s/>])[^<>]*>.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE
)
_TAG = re.compile(
    r"""<!--.*?-->|<[!?][A-Za-z][^<>]*>|</?([A-Za-z][A-Za-z0-9]*)(?>"[^"<]*"|'[^'<]*'|[^"'<>])*+>|</?[A-Za-z][^<>]*>""",
    re.DOTALL,
)
_BLOCKS = ("p", "div", "ul", "ol", "table", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6")
_BREAKS = (
    {"br": "\n", "hr": "\n", "tr": "\n", "li": "\n- ", "td": " ", "th": " "}
    | dict.fromkeys(_BLOCKS, "\n")
    | {f"/{name}": "\n" for name in _BLOCKS}
)


def to_plain(text: str) -> str:
    """The text a customer reads. Never raises."""
    given = _RESERVED.sub("", text)
    safe = segments.clean(_ENTITY.sub(_read, given))
    linked = _AUTOLINK.sub(r"\1", _MARKDOWN_LINK.sub(_linked, _ANCHOR.sub(_anchored, _FENCE.sub("", safe))))
    shown = _without_tags(_without_marks(linked))
    return _collapsed(shown.replace(_LT, "<").replace(_GT, ">"))


def _read(entity: re.Match[str]) -> str:
    return html.unescape(entity[0]).replace("<", _LT).replace(">", _GT)


def _anchored(match: re.Match[str]) -> str:
    return _link(match[2], match[1].strip("\"'"))


def _linked(match: re.Match[str]) -> str:
    return _link(match[1], match[2])


def _link(label: str, address: str) -> str:
    """Text and address; once if they are the same; the text alone if the address is of no use."""
    said, address = " ".join(label.split()), address.strip()
    if not _ADDRESS.match(address):
        return said
    plain = re.sub(r"^(?:mailto|tel|sms):", "", address, flags=re.IGNORECASE)
    short = re.sub(r"^https?://|/$", "", plain, flags=re.IGNORECASE)
    return plain if said in ("", address, plain, short) else f"{said} ({plain})"


def _without_marks(text: str) -> str:
    """Markdown tidied, except inside code and addresses, where its marks are letters."""
    kept: list[str] = []

    def shield(match: re.Match[str]) -> str:
        kept.append(match["code"] or match["url"])
        return f"{_SHIELD}{len(kept) - 1}{_SHIELD}"

    shielded = _SHIELDED.sub(shield, text)
    for pattern, put in _TIDIED:
        shielded = pattern.sub(put, shielded)
    return _restored(shielded, kept.__getitem__)


def _restored(text: str, kept: Callable[[int], str]) -> str:
    return re.sub(f"{_SHIELD}([0-9]+){_SHIELD}", lambda match: kept(int(match[1])), text)


def _without_tags(text: str) -> str:
    """What is left when a tag goes may be a tag again; after a few rounds every bracket goes."""
    for _ in range(_MOST_PASSES):
        text, found = _TAG.subn(_break, _HIDDEN.sub("", text))
        if not found:
            return text
    return text.replace("<", "")


def _break(tag: re.Match[str]) -> str:
    name = (tag[1] or "").lower()
    return _BREAKS.get(f"/{name}" if tag[0].startswith("</") else name, "")


def _collapsed(text: str) -> str:
    lines = "\n".join(" ".join(line.split()) for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()
