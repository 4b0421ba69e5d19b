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
from simulator.sunshine.call import given, text_field, url_field, word
from simulator.sunshine.parts import actions, fields, items, place, template, typed, without_nulls
from simulator.sunshine.records import Conversation
from simulator.sunshine.state import World
from simulator.web import Json

TEXT_LIMIT = 4096
BLOCKED_TYPES = ("application/x-msdownload", "application/x-sh", "application/x-dosexec")
_CARD = re.compile(r"(?<!\d)(?:\d[ -]?){12,18}\d(?!\d)")
MEASURES: dict[str, Callable[[str], int]] = {
    "utf16": lambda text: len(text.encode("utf-16-le")) // 2,
    "characters": len,
    "bytes": lambda text: len(text.encode()),
}


def checked(world: World, conversation: Conversation, content: object) -> Json:
    """The content to be stored."""
    if not isinstance(content, dict):
        raise errors.bad("content should be object")
    told: Json = without_nulls(content)
    kind = word(told, "type")
    _check_length(world, told)
    typed(told)
    if kind not in CHECKS:
        raise errors.bad(f"Invalid content type: {kind}")
    actions(told, "actions")
    return CHECKS[kind](world, conversation, told)


def _check_length(world: World, content: Json) -> None:
    measure = MEASURES[world.switches.text_units]
    for name in ("text", "htmlText", "markdownText"):
        value = content.get(name)
        if value is not None and not isinstance(value, str):
            raise errors.bad(f"{name} should be string")
        if value and measure(value) > TEXT_LIMIT:
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
    url = word(content, "mediaUrl")
    if not url.startswith(("http://", "https://")):
        raise errors.bad('mediaUrl should match format "uri"')
    text_field(content, "altText", 128)
    held = world.attachment_at(url)
    if held is None:
        media_type = mimetypes.guess_type(url)[0] or "application/octet-stream"
        _check_type(media_type)
        return {"mediaType": media_type, **content}
    if held.conversation not in (None, conversation.id):
        raise errors.bad("Attachment belongs to another conversation")
    if held.for_message and held.id not in conversation.files:
        conversation.files.append(held.id)
    facts = {"mediaType": held.content_type, "mediaSize": len(held.content), "attachmentId": held.id}
    return {**content, **facts}


def _check_type(media_type: str) -> None:
    if media_type in BLOCKED_TYPES:
        raise errors.bad(f"Unsupported file type: {media_type}")


def _with(check: Callable[[Json], None]) -> Callable[[World, Conversation, Json], Json]:
    def checked_by(_: World, __: Conversation, content: Json) -> Json:
        check(content)
        return content

    return checked_by


CHECKS: dict[str, Callable[[World, Conversation, Json], Json]] = {
    "text": _text,
    "image": _media,
    "file": _media,
    "carousel": _with(items),
    "list": _with(items),
    "form": _with(fields),
    "location": _with(place),
    "template": _with(template),
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
    brand = text_field(wanted, "brandId", 24)
    by_id = bool(wanted.get("userId"))
    user = world.users.get(str(names[0])) if by_id else world.by_external_id(names[0], brand)
    if user is None or user.id not in [each.user for each in conversation.participants]:
        if world.switches.stranger_writes == "user_not_found":
            raise errors.Refused(errors.USER)
        raise errors.bad("User is not a member of the conversation")
    name = views.user_name(user, animals=world.app.settings.get("useAnimalNames", False))
    return {"type": "user", "userId": user.id, "displayName": name}


def _business_author(wanted: Json) -> Json:
    subtypes = wanted.get("subtypes") or []
    if subtypes not in ([], ["AI"]):
        raise errors.bad("author.subtypes may only hold AI")
    names = {
        "displayName": text_field(wanted, "displayName", 2048),
        "avatarUrl": url_field(wanted, "avatarUrl"),
    }
    shown = {name: value for name, value in names.items() if value}
    return {"type": "business", **shown} | ({"subtypes": subtypes} if subtypes else {})
