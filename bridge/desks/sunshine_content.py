"""What of a message can be shown on a phone: words, links and files.

Forms, carousels, lists and buttons fall back to text plus link (SUN-AGT-05). Unknown kinds give whatever
words and file they carry (SUN-MSG-06, SUN-CNV-07).
"""

from typing import Any

from bridge.core.model import Media

_WORDS = ("text", "markdownText", "htmlText", "title", "description")


def dig(value: Any, *names: str) -> str:
    """A string deep inside, or an empty one."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""


def dig_list(value: Any, *names: str) -> list[Any]:
    """A list deep inside, or an empty one."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, list) else []


def shown(content: Any) -> tuple[str, tuple[Media, ...]]:
    """Text and files of one message."""
    if not isinstance(content, dict):
        return "", ()
    lines = [*_words(content), *_place(content)]
    for item in [*_dicts(content, "items"), *_dicts(content, "fields")]:
        lines += _words(item) or [dig(item, "label")]
    return "\n".join(line for line in lines if line.strip()), _media(content)


def _words(part: dict[str, Any]) -> list[str]:
    """The words of a message or an item: its first kind of text, then its links."""
    texts = [dig(part, name) for name in _WORDS]
    main = next((text for text in texts[:3] if text), "")
    return [line for line in (main, *texts[3:], *_actions(part)) if line]


def _actions(part: dict[str, Any]) -> list[str]:
    """Buttons: their label, and where they lead if they lead anywhere."""
    return [
        f"{dig(action, 'text')}: {link}" if (link := dig(action, "uri")) else dig(action, "text")
        for action in _dicts(part, "actions")
    ]


def _place(content: dict[str, Any]) -> list[str]:
    spot = content.get("coordinates")
    named = [dig(content, "location", "name"), dig(content, "location", "address")]
    if not isinstance(spot, dict) or "lat" not in spot:
        return named
    return [*named, f"https://maps.google.com/?q={spot.get('lat')},{spot.get('long')}"]


def _media(content: dict[str, Any]) -> tuple[Media, ...]:
    url = dig(content, "mediaUrl")
    if not url:
        return ()
    name = dig(content, "altText") or url.partition("?")[0].rpartition("/")[2]
    return (Media(url, dig(content, "mediaType"), name),)


def _dicts(part: dict[str, Any], name: str) -> list[dict[str, Any]]:
    listed = part.get(name)
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
