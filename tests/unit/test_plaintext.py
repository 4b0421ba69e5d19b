"""A customer never reads markup, and never loses words that only look like it."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core import plaintext

SURVIVORS = [
    "a < b",
    "I <3 you",
    "1 < 2 and 3 > 2",
    "x<y",
    "x <",
    "a <- b -> c",
    "5 * 3 * 2 = 30",
    "2*3*4 = 24",
    "2**3 and 4**2",
    "4* or 5* hotel",
    "*terms apply",
    "prices* and fees*",
    "(*) see (*)",
    "snake_case_name",
    "first_last_x@example.com",
    "_blank",
    "¯\\_(ツ)_/¯",
    "-_- and -_-",
    "\\*kept\\*",
    "#1 fan, order #42",
    "it`s",
    "~5 minutes, ~10 at most",
    "[sic]",
    "(see below)",
    "array[0](x",
    "AT&T & R&B; rock & roll",
    "https://example.com/?a=1&copy=2",
    "https://example.com/__init__/_x_y_*",
    "https://example.com/a_(b)",
    "- one\n- two\n1. three",
    "-5 degrees",
    "first\n\nsecond",
    "Size: 10 - 12 | 3 left",
    "Ça va? 👍🏽 你好",
    "--",
    "",
]


@pytest.mark.parametrize("text", SURVIVORS)
def test_plain_text_stays(text: str) -> None:
    """Ordinary writing is not touched."""
    assert plaintext.to_plain(text) == text


HTML = {
    "inline tags": ("<b>Hi</b> <span class='x'>Maria</span>", "Hi Maria"),
    "in capitals": ("<B>Hi</B><BR>there", "Hi\nthere"),
    "paragraphs": ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
    "line breaks": ("a<br>b<br/>c<br />d", "a\nb\nc\nd"),
    "division": ("a<div>b</div>c", "a\nb\nc"),
    "list": ("To do:<ul><li>one</li><li>two</li></ul>Done", "To do:\n\n- one\n- two\nDone"),
    "table": ("<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>", "a b\n1 2"),
    "heading": ("<h1>Title</h1>text", "Title\ntext"),
    "rule": ("a<hr>b", "a\nb"),
    "unknown tag": ("<thinking>hm</thinking> ok", "hm ok"),
    "comment": ("a<!-- secret <b> -->b", "ab"),
    "document type and processing": ("<!DOCTYPE html><?xml version='1'?>a", "a"),
    "script": ("a<script>if (x < y) alert('<b>')</script>b", "ab"),
    "script in capitals, with a blank": ("a<SCRIPT type='x'>1</SCRIPT >b", "ab"),
    "script never closed": ("a<script>alert(1)", "a"),
    "style": ("<style>p { color: red }</style>a", "a"),
    "head": ("<head><title>T</title></head><header>a</header>", "a"),
    "code block": ("a<pre><code>x = 1</code></pre>b", "ab"),
    "a tag that begins like a block": ("<precious>a</precious>", "a"),
    "code in a line": ("use <code>x_1</code> now", "use x_1 now"),
    "angle bracket in an attribute": ('a<img alt="x > y" src="z">b', "ab"),
    "apostrophe in a tag": ("<b it's>hi</b>", "hi"),
    "tag over two lines": ("<a\nclass='x'>hi</a>", "hi"),
    "tag in a tag": ("<x <b>y>z", "z"),
    "tag that forms a tag": ("<<b>b>hi", "hi"),
    "script that forms a script": ("<scr<script></script>ipt>alert(1)</script>ok", "alert(1)ok"),
    "tags that never end": ("<" * 12 + "b>" * 12 + "x", "b>b>b>b>x"),
    "closing tag alone": ("a</p>b", "a\nb"),
}

ENTITIES = {
    "named": ("Tom &amp; Ann &copy; &eacute;", "Tom & Ann © é"),
    "decimal and hexadecimal": ("&#8364;5 &#x1F600;&#X41;", "€5 😀A"),
    "no-break space": ("a&nbsp;&nbsp;b", "a b"),
    "escaped tag is text": ("use &lt;b&gt; for bold", "use <b> for bold"),
    "escaped by number": ("&#60;b&#x3e;", "<b>"),
    "escaped twice": ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
    "half escaped": ("&lt;b>x</b>", "<b>x"),
    "hidden tag": ("<&#8203;b>x", "x"),
    "without its semicolon": ("&lt b &copy=2", "&lt b &copy=2"),
    "unknown": ("&nosuch; &;", "&nosuch; &;"),
    "control characters": ("a&#27;b&#1;c", "abc"),
    "line feed": ("a&#10;b", "a\nb"),
    "quote in an attribute": ('<i title="a&quot;b">x</i>', "x"),
    "escaped bracket ends no tag": ("<i a&gt;x</i>", "<i a>x"),
    "bracket in an attribute": ('<i title="a &gt; b">x</i>', "x"),
}

LINKS = {
    "markdown": ("See [our page](https://example.com/a).", "See our page (https://example.com/a)."),
    "markdown with a title": ('[page](https://example.com "Our page")', "page (https://example.com)"),
    "markdown in brackets": ("[page](<https://example.com>)", "page (https://example.com)"),
    "round brackets in the address": (
        "[page](https://example.com/a_(b))",
        "page (https://example.com/a_(b))",
    ),
    "underscores in the address": ("[a](https://e.com/_x_) _b_", "a (https://e.com/_x_) b"),
    "picture": ("![A map](https://example.com/map.png)", "A map (https://example.com/map.png)"),
    "no words": ("[](https://example.com)", "https://example.com"),
    "the address as its words": ("[https://example.com](https://example.com)", "https://example.com"),
    "short form as its words": ("[example.com](https://example.com/)", "https://example.com/"),
    "other words than the address": (
        "[example.com](https://evil.example)",
        "example.com (https://evil.example)",
    ),
    "within the page": ("[top](#top)", "top"),
    "relative": ("[terms](/terms)", "terms"),
    "script address": ("[go](javascript:x)", "go"),
    "short form, scheme in capitals": ("[example.com](HTTPS://example.com/)", "HTTPS://example.com/"),
    "mail, scheme in capitals": ("[Write to us](MAILTO:a@example.com)", "Write to us (a@example.com)"),
    "an address that ends with X": ("<a href='https://e.com/X'>page</a>", "page (https://e.com/X)"),
    "mail": ("[Write to us](mailto:a@example.com)", "Write to us (a@example.com)"),
    "mail as its words": ("[a@example.com](mailto:a@example.com)", "a@example.com"),
    "telephone": ("[Call](tel:+14155550150)", "Call (+14155550150)"),
    "message": ("[Text](sms:+14155550150)", "Text (+14155550150)"),
    "without scheme": ("[page](www.example.com)", "page (www.example.com)"),
    "bold words": ("[**page**](https://example.com)", "page (https://example.com)"),
    "two": ("[a](https://a.com) [b](https://b.com)", "a (https://a.com) b (https://b.com)"),
    "auto-link": ("<https://example.com/a>", "https://example.com/a"),
    "auto-link to mail": ("<mailto:a@example.com> <b@example.com>", "mailto:a@example.com b@example.com"),
    "anchor": ('<a href="https://example.com/?a=1&amp;b=2">page</a>', "page (https://example.com/?a=1&b=2)"),
    "anchor in single quotes": ("<a class='x' href = 'https://e.com'>page</a>", "page (https://e.com)"),
    "anchor without quotes": ("<A HREF=https://e.com>page</A>", "page (https://e.com)"),
    "anchor over lines": ('<a href="https://e.com">our\n  page</a>', "our page (https://e.com)"),
    "anchor around tags": ('<a href="https://e.com"><b>page</b></a>', "page (https://e.com)"),
    "anchor without address": ('<a name="x">page</a>', "page"),
    "anchor of a script": ('<a href="javascript:x()">page</a>', "page"),
    "anchor never closed": ('<a href="https://e.com">page', "page"),
    "another tag with an a": ('<abbr href="https://e.com">page</abbr>', "page"),
}

MARKDOWN = {
    "bold": ("**Note:** it is **on its way**", "Note: it is on its way"),
    "bold before a word": ("**Note:**text", "Note:text"),
    "one letter": ("**a** and *b* and _c_", "a and b and c"),
    "bold emoji": ("**🎉 Great**", "🎉 Great"),
    "italic": ("*really* and _truly_", "really and truly"),
    "italic sentence": ("_It is._ *Is it?*", "It is. Is it?"),
    "both": ("***both***", "both"),
    "bold underscores": ("__bold__ and ___both___", "bold and both"),
    "nested": ("**a *b* c**", "a b c"),
    "struck": ("~~old~~ new", "old new"),
    "not over lines": ("*a\nb*", "*a\nb*"),
    "heading": ("# Title\ntext", "Title\ntext"),
    "deepest heading, closed": ("###### Title ##\ntext", "Title\ntext"),
    "seven signs are none": ("####### Title", "####### Title"),
    "bullets": ("* one\n• two\n  * three", "- one\n- two\n- three"),
    "bold in a bullet": ("* **one**: 1", "- one: 1"),
    "rule of hyphens": ("a\n---\nb", "a\nb"),
    "rule of stars": ("a\n\n* * *\n\nb", "a\n\nb"),
    "rule of underscores": ("a\n\n___\n\nb", "a\n\nb"),
    "underlined title": ("Title\n=====\nb", "Title\n\nb"),
    "line of a table": ("| a | b |\n|---|:-:|\n| 1 | 2 |", "| a | b |\n| 1 | 2 |"),
    "code in a line": ("run `x_1 * y_2 * z` now", "run x_1 * y_2 * z now"),
    "code of two ticks": ("``a`b``", "a`b"),
    "names in code": ("`__init__` and `*args*`", "__init__ and *args*"),
    "tag in code": ("`<b>`x", "x"),
    "fence": ("Do this:\n```py\nx = 1\n```\nDone", "Do this:\n\nDone"),
    "fence in a line": ("a ```x``` b", "a b"),
    "fence never closed": ("a\n```\nx = 1", "a"),
    "two fences": ("```\na\n```\nb\n```\nc\n```", "b"),
    "fence of tildes": ("a\n~~~\nx\n~~~\nb", "a\n\nb"),
    "fence alone": ("```\nx\n```", ""),
    "heading in a fence": ("```\n# a\n```b", "b"),
}

SPACE = {
    "runs of blanks": ("a  \t b", "a b"),
    "ends of lines": ("  a  \n  b  ", "a\nb"),
    "two blank lines": ("a\n\n\nb", "a\n\nb"),
    "many blank lines": ("a\n \n\t\n\n\n\nb", "a\n\nb"),
    "outer lines": ("\n\na\n\n", "a"),
    "CRLF": ("a\r\nb", "a\nb"),
    "control characters": ("a\x00b\x1bc", "abc"),
    "control within a tag": ("<\x00b>x", "x"),
    "zero-width within a tag": ("<\u200bb>x", "x"),
    "reserved characters": ("a\ufdd0b\ufdd1>\ufdd20\ufdd2c", "ab>0c"),
    "only markup": ("<p></p>", ""),
    "only blanks": (" \n\t", ""),
}

EVERYTHING = {
    f"{chapter}: {name}": row
    for chapter, table in (
        ("html", HTML),
        ("entity", ENTITIES),
        ("link", LINKS),
        ("markdown", MARKDOWN),
        ("space", SPACE),
    )
    for name, row in table.items()
}


@pytest.mark.parametrize(("text", "expected"), EVERYTHING.values(), ids=list(EVERYTHING))
def test_to_plain(text: str, expected: str) -> None:
    """Markup becomes what a phone can show (OPEN-33)."""
    assert plaintext.to_plain(text) == expected


TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--.*?-->", re.DOTALL)
PIECES = [
    "<",
    ">",
    "</",
    "b",
    "a ",
    "/>",
    "<b>",
    "</p>",
    "<a href='https://e.com'>",
    "`",
    "```",
    "*",
    "**",
    "_",
    "!--",
]
PIECES += [
    "--",
    "<!--",
    "-->",
    "<script>",
    "</script>",
    "\n",
    "[",
    "](",
    ")",
    "#",
    "'",
    '"',
    "x",
    "\x00",
    "\u200b",
    "~~",
]
MARKUP = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@given(st.text() | MARKUP)
def test_no_tag_is_left(text: str) -> None:
    """Unless it was escaped, no tag reaches a customer, and nothing raises (OCX-SMS-15)."""
    assert not TAG.search(plaintext.to_plain(text.replace("&", "+")))


@given(
    st.text()
    | MARKUP
    | st.lists(st.sampled_from(["&", "lt;", "&lt;", "#60;", "<", "b>", "&#0;"])).map("".join)
)
def test_any_text_is_survived(text: str) -> None:
    """No text whatever raises, and the result is trimmed, without reserved characters or runs of blanks."""
    plain = plaintext.to_plain(text)
    assert plain == plain.strip()
    assert not re.search(r"[\ufdd0-\ufdd2]|[^\S\n]{2}|\n{3}| \n|\n ", plain)


@given(st.text(st.sampled_from("abcXYZ 123.,!?'\"–:;()\n€éя你👍<>&"), max_size=80))
def test_escaped_text_comes_back(text: str) -> None:
    """Whatever was escaped as HTML is read again as it was meant."""
    assert plaintext.to_plain(html.escape(text)) == _collapsed(text)


@given(st.text(st.sampled_from("abcXYZ 123.,!?'\":;()%+/@€éя你👍\n"), max_size=120))
def test_idempotent_on_plain_text(text: str) -> None:
    """Text without marks changes in white space alone, and then not at all."""
    once = plaintext.to_plain(text)
    assert once == _collapsed(text)
    assert plaintext.to_plain(once) == once


def _collapsed(text: str) -> str:
    lines = [" ".join(line.split()) for line in text.strip().split("\n")]
    return re.sub("\n{3,}", "\n\n", "\n".join(lines))


@pytest.mark.parametrize(
    "piece", ["<", "<b ", "<!--", "<a href=x>", "[", "[a](", "**a ", "_a ", "`a ", "```", "<pre>", '<b "']
)
@pytest.mark.timeout(10)
def test_hostile_text_takes_no_long_time(piece: str) -> None:
    """A mark opened two thousand times and never closed is done with at once."""
    plaintext.to_plain(piece * 2000)
