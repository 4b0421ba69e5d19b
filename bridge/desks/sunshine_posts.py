"""Lines on a conversation: split, marked, and found again.

Theory of operation. A line may take several messages: texts have a limit, each file is a message of its
own. Every message bears the line's marker, its place and the number of places. A line with several places
may have been cut short by a failure, so putting it looks first which places are taken and fills the rest;
finding it answers only when all are there. Hence `put` may follow any failure after `find` said no.

  * 4096 UTF-16 units a text; we split at 4000, never inside a pair (SUN-MSG-07, SUN-MSG-08, Q-06).
  * Only pictures that browsers show are `image`; the rest is `file` (SUN-MSG-09, SUN-MSG-10).
  * A file the desk does not take becomes a line saying so: the text around it must not be lost (F-14).
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from bridge.core.errors import Permanent
from bridge.core.ports import Upload
from bridge.desks.sunshine_client import Json, SunshineClient
from bridge.http import Refused

MARKER = "sunbridge_marker"
PLACE = "sunbridge_part"
PLACES = "sunbridge_parts"
MOST_UNITS = 4000
PICTURES = ("image/jpeg", "image/png", "image/gif", "image/webp")
_UNFIT = (400, 413, 415, 422)


@dataclass(frozen=True, slots=True)
class Part:
    """One message of a line: words, or a file."""

    text: str = ""
    file: Upload | None = None


class Posts:
    """Puts and finds lines."""

    def __init__(self, client: SunshineClient) -> None:
        self._client = client

    def put(self, conversation: str, parts: list[Part], frame: Json, marker: str) -> str:
        """Post every part that is not there yet; `frame` is what all messages share. First message's id."""
        if not parts:
            raise Permanent("nothing to post", code="empty")
        ids = self._standing(conversation, marker) if len(parts) > 1 else {}
        for place, part in enumerate(parts):
            if place not in ids:
                facts = {**frame.get("metadata", {}), **_marks(marker, place, len(parts))}
                content = self._content(conversation, part)
                message = self._client.post_message(
                    conversation, {**frame, "content": content, "metadata": facts}
                )
                ids[place] = str(message["id"])
        return ids[0]

    def find(self, conversation: str, marker: str) -> str | None:
        """The id of a line's first message, if the line stands there whole."""
        places: dict[int, str] = {}
        for message in self._client.messages(conversation):
            marks = message.get("metadata") or {}
            if marks.get(MARKER) == marker:
                places[_number(marks.get(PLACE))] = str(message.get("id"))
                if len(places) >= _number(marks.get(PLACES)):
                    return places.get(0)
        return None

    def _standing(self, conversation: str, marker: str) -> dict[int, str]:
        return {
            _number(message["metadata"].get(PLACE)): str(message.get("id"))
            for message in self._client.messages(conversation)
            if (message.get("metadata") or {}).get(MARKER) == marker
        }

    def _content(self, conversation: str, part: Part) -> Json:
        if part.file is None:
            return {"type": "text", "text": part.text}
        try:
            attachment = self._client.upload(conversation, part.file)
        except Refused as refused:
            if refused.status not in _UNFIT:
                raise
            return {"type": "text", "text": f"[{part.file.name} could not be attached: {refused.reason}]"}
        kind = "image" if part.file.content_type in PICTURES else "file"
        return {"type": kind, "mediaUrl": attachment["mediaUrl"], "altText": part.file.name[:128]}


def split(text: str) -> list[str]:
    """A text in pieces that fit, at a blank where there is one; nothing for an empty text."""
    pieces = []
    rest = text if text.strip() else ""
    while _units(rest) > MOST_UNITS:
        end = _fitting(rest)
        cut = max(rest.rfind(" ", end // 2, end), rest.rfind("\n", end // 2, end)) + 1 or end
        pieces.append(rest[:cut])
        rest = rest[cut:]
    return [*pieces, rest] if rest else pieces


def iso(at: float) -> str:
    """A time as Sunshine writes times (SUN-CNV-04)."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _fitting(text: str) -> int:
    """How many characters from the start stay within the limit."""
    units = 0
    for position, character in enumerate(text):
        units += 2 if character > "\uffff" else 1
        if units > MOST_UNITS:
            return position
    return len(text)


def _units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def _marks(marker: str, place: int, places: int) -> Json:
    return {MARKER: marker, PLACE: str(place), PLACES: str(places)}


def _number(value: object) -> int:
    return int(str(value)) if str(value).isdigit() else 0
