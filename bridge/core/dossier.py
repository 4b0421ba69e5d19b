"""What the agent is given with a live chat: tags, metadata and a note.

Facts:
  * `opencx_handedoff` is one word on Zendesk (OCX-ZD-05). A sentiment tag only if it is known (OPEN-38);
    other products' words for it are read as ours (section 15, row 2).
  * The three `opencx_*` ids are always there; values are strings (OCX-ZD-06, OPEN-39).
  * Metadata is limited to 4,096 bytes of compact JSON (SUN-CNV-14, Q-07). What is too long is cut with
    an ellipsis, free words first.
  * The note is for the agent alone and is never sent to the phone (OCX-HO-12, OPEN-06).
"""

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from bridge.core import segments
from bridge.core.model import Handoff

TAGS_KEY = "dataCapture.systemField.tags"  # SUN-TKT-08/11
IDS = ("opencx_org_id", "opencx_contact_id", "opencx_session_id")
MOST_BYTES = 4096
MOST_WORDS = 1000  # code points of one field of the note, so that it stays below 4,096 (SUN-MSG-07)

_SENTIMENTS = {
    "angry": "angry",
    "negative": "angry",
    "frustrated": "angry",
    "neutral": "neutral",
    "happy": "happy",
    "positive": "happy",
}
_NOTHING: Mapping[str, str] = MappingProxyType({})


def sentiment(handoff: Handoff) -> str:
    """angry, neutral or happy; empty if the assistant's word is none that we know."""
    return _SENTIMENTS.get(handoff.sentiment.strip().lower(), "")


def tags(handoff: Handoff, extra: Iterable[str] = ()) -> tuple[str, ...]:
    """Ticket tags, each once, in a form that a comma list and Zendesk both keep."""
    mood = sentiment(handoff)
    ours = ("opencx_channel_sms", "opencx_handedoff", f"opencx_sentiment_{mood}" if mood else "")
    wanted = (re.sub(r"[\s,]+", "_", tag.strip(" ,").lower()) for tag in (*ours, *extra))
    return tuple(dict.fromkeys(tag for tag in wanted if tag))


def note(handoff: Handoff) -> str:
    """Why a person is needed, in the assistant's words, for the agent's eyes."""
    facts = (
        ("Reason", handoff.reason.replace("_", " ")),
        ("Summary", handoff.summary),
        ("Sentiment", sentiment(handoff) or handoff.sentiment),
        ("Topic", handoff.topic),
    )
    told = [(name, shortened(segments.clean(words).strip(), MOST_WORDS)) for name, words in facts]
    lines = (f"{name}: {words}" for name, words in told if words)
    return "\n".join(("The AI handed this conversation over.", *lines))


def metadata(
    organisation: str, contact: str, session: str, extra: Mapping[str, str] = _NOTHING
) -> dict[str, str]:
    """Conversation metadata that the desk takes: the three ids, then whatever else, cut to fit."""
    data = dict(extra) | dict(zip(IDS, (organisation, contact, session), strict=True))
    for key in sorted(data, key=lambda key: (_worth(key), -len(data[key]))):
        excess = size(data) - MOST_BYTES
        if excess <= 0:
            break
        data[key] = _cut(key, data[key], excess)
    return data


def _worth(key: str) -> int:
    """Free words are cut first, tags only then, ids never while anything else is left to cut."""
    return 2 if key in IDS else int(key == TAGS_KEY)


def _cut(key: str, value: str, excess: int) -> str:
    """The value without so many bytes, or with as few as show that it was cut; tags only as a whole."""
    room = _bytes(value) - excess
    kept = bisect_right(range(1, len(value)), room, key=lambda length: _bytes(value[:length] + "…"))
    if key == TAGS_KEY:
        return value[:kept].rpartition(",")[0]
    return value[:kept] + "…" if _bytes(value) > _bytes("…") else value


def size(data: Mapping[str, str]) -> int:
    """Bytes of the compact JSON, as the desk counts them."""
    return _bytes(dict(data))


def _bytes(value: str | dict[str, str]) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))


def shortened(text: str, limit: int) -> str:
    """At most so many characters, the last one an ellipsis if something is missing."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
