"""What may be said: checks of a message's content and author.

Facts:
  * 4096 UTF-16 units of text (SUN-MSG-07, Q-06); text needs words, actions, html or markdown, not both of the
    last two. `formResponse` cannot be sent (SUN-MSG-06).
  * A file of another conversation makes the post fail (SUN-MSG-11, SUN-ATT-06); our own attachments get type,
    size and id in the reply (SUN-MSG-09).
  * Of the author's subtypes only `AI` is meant for requests (SUN-MSG-04). A user who writes must take part in
    the conversation (Q-05).
"""

import mimetypes
import re
from collections.abc import Callable

from simulator.sunshine import errors, views
from simulator.sunshine.call import given, text_field
from simulator.sunshine.state import Conversation, World
from simulator.web import Json

TEXT_LIMIT = 4096
NEEDED = {
    "carousel": "items",
    "list": "items",
    "location": "coordinates",
    "form": "fields",
    "template": "template",
}
BLOCKED_TYPES = ("application/x-msdownload", "application/x-sh", "application/x-dosexec")
_CARD = re.compile(r"(?<!\d)(?:\d[ -]?){12,18}\d(?!\d)")


def checked(world: World, conversation: Conversation, content: object) -> Json:
    """The content to be stored."""
    if not isinstance(content, dict):
        raise errors.bad("content should be object")
    kind = given(content, "type")
    _check_length(content)
    if kind in CHECKS:
        return CHECKS[kind](world, conversation, content)
    if kind not in NEEDED:
        raise errors.bad(f"Invalid content type: {kind}")
    given(content, NEEDED[kind])
    return content


def _check_length(content: Json) -> None:
    for name in ("text", "htmlText", "markdownText"):
        value = content.get(name)
        if value is not None and not isinstance(value, str):
            raise errors.bad(f"{name} should be string")
        if value and len(value.encode("utf-16-le")) // 2 > TEXT_LIMIT:
            raise errors.bad(f"{name} should NOT be longer than {TEXT_LIMIT} characters")


def _text(world: World, _: Conversation, content: Json) -> Json:
    if content.get("htmlText") and content.get("markdownText"):
        raise errors.bad("htmlText and markdownText exclude each other")
    if not any(content.get(name) for name in ("text", "actions", "htmlText", "markdownText")):
        raise errors.missing("text")
    if content.get("text") and world.switches.mask_credit_cards:
        return {**content, "text": _CARD.sub(_masked, content["text"])}
    return content


def _masked(match: re.Match[str]) -> str:
    """All but the last four digits of what passes for a card number (SUN-MSG-24)."""
    found = match[0]
    if not _luhn([int(character) for character in found if character.isdigit()]):
        return found
    return re.sub(r"\d", "X", found[:-4]) + found[-4:]


def _luhn(digits: list[int]) -> bool:
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _media(world: World, conversation: Conversation, content: Json) -> Json:
    url = given(content, "mediaUrl")
    text_field(content, "altText", 128)
    held = world.attachment_at(url)
    if held is None:
        media_type = mimetypes.guess_type(url)[0] or "application/octet-stream"
        _check_type(media_type)
        return {"mediaType": media_type, **content}
    if held.conversation not in (None, conversation.id):
        raise errors.bad("Attachment belongs to another conversation")
    facts = {"mediaType": held.content_type, "mediaSize": len(held.content), "attachmentId": held.id}
    return {**content, **facts}


def _check_type(media_type: str) -> None:
    if media_type in BLOCKED_TYPES:
        raise errors.bad(f"Unsupported file type: {media_type}")


CHECKS: dict[str, Callable[[World, Conversation, Json], Json]] = {
    "text": _text,
    "image": _media,
    "file": _media,
}


def author(world: World, conversation: Conversation, wanted: object) -> Json:
    """The author as stored: a user is named, a business may name itself."""
    if not isinstance(wanted, dict):
        raise errors.bad("author should be object")
    match given(wanted, "type"):
        case "user":
            return _user_author(world, conversation, wanted)
        case "business":
            return _business_author(wanted)
    raise errors.bad("author.type should be equal to one of the allowed values")


def _user_author(world: World, conversation: Conversation, wanted: Json) -> Json:
    names = [wanted[name] for name in ("userId", "userExternalId") if wanted.get(name)]
    if len(names) != 1:
        raise errors.bad("author should have exactly one of userId, userExternalId")
    user = world.users.get(names[0]) if wanted.get("userId") else world.by_external_id(names[0])
    if user is None or user.id not in [each.user for each in conversation.participants]:
        raise errors.bad("User is not a member of the conversation")
    shown = {"type": "user", "userId": user.id, "displayName": views.user_name(user)}
    return shown | ({"userExternalId": user.external_id} if user.external_id else {})


def _business_author(wanted: Json) -> Json:
    subtypes = wanted.get("subtypes") or []
    if subtypes not in ([], ["AI"]):
        raise errors.bad("author.subtypes may only hold AI")
    names = {name: text_field(wanted, name, 2048) for name in ("displayName", "avatarUrl")}
    shown = {name: value for name, value in names.items() if value}
    return {"type": "business", **shown} | ({"subtypes": subtypes} if subtypes else {})
