"""What the control surface shows of a conversation: what an agent would see, in plain names."""

import re

from simulator.sunshine import views
from simulator.sunshine.state import Conversation, Message, User, World
from simulator.support.state import Ticket
from simulator.web import Json

INACTIVE_AFTER = 600.0  # SUN-TKT-18
ORIGIN = "origin_source_type"
_PHONE = re.compile(r"\+\d{7,15}")


def conversation_view(world: World, shown: Conversation) -> Json:
    """One conversation with its customer, its tickets and its messages."""
    tickets = [ticket_view(world.support.tickets[ticket]) for ticket in shown.tickets]
    active = world.responders.get(shown.active or "")
    owner = world.owner(shown)
    return {
        "id": shown.id,
        "user": user_view(owner) if owner else None,
        "metadata": shown.metadata,
        "display_name": shown.labels.get("displayName"),
        "tags": tickets[-1]["tags"] if tickets else [],
        "control": active.name if active else None,
        "ended": shown.ended,
        "session": session(world, shown),
        "shown_as": shown.pass_metadata.get(ORIGIN),
        "tickets": tickets,
        "ticket": tickets[-1] if tickets else None,
        "messages": [message_view(world, message) for message in shown.messages],
    }


def session(world: World, shown: Conversation) -> str:
    """The state of the messaging session; only routing cares whether it is active (SUN-TKT-18)."""
    if shown.ended or shown.ticket is None:
        return "ended" if shown.ended else "none"
    return "active" if world.now() - shown.updated_at < INACTIVE_AFTER else "inactive"


def user_view(user: User) -> Json:
    return {
        "id": user.id,
        "external_id": user.external_id,
        "name": views.user_name(user),
        "phone": _phone(user),
        "zendesk_id": user.zendesk_id,
        "profile": user.profile,
        "metadata": user.metadata,
    }


def _phone(user: User) -> str | None:
    """The phone an agent can find on the user: there is no field for it (SUN-USR-04)."""
    places = (user.metadata.get("phone"), user.external_id, user.profile.get("givenName"))
    return next((str(each) for each in places if each and _PHONE.fullmatch(str(each))), None)


def ticket_view(ticket: Ticket) -> Json:
    return {
        "id": ticket.id,
        "status": ticket.status,
        "subject": ticket.subject,
        "tags": ticket.tags,
        "fields": ticket.fields,
        "priority": ticket.priority,
        "requester_id": ticket.requester_id,
        "assignee_id": ticket.system_fields.get("assignee_id"),
        "group_id": ticket.system_fields.get("group_id"),
        "via": ticket.channel,
        "transcript": ticket.transcript,
        "notes": [comment.body for comment in ticket.comments if not comment.public],
    }


def message_view(world: World, message: Message) -> Json:
    return {
        "id": message.id,
        "author": message.author["type"],
        "subtypes": message.author.get("subtypes", []),
        "name": message.author.get("displayName"),
        "text": message.content.get("text", ""),
        "type": message.content["type"],
        "media": _media(world, message),
        "at": message.received,
        "metadata": message.metadata or {},
        "source": message.source,
        "activity": message.activity,
        "silent": message.silent,
    }


def _media(world: World, message: Message) -> list[Json]:
    """The file of a message. `readable`: the agent can open it; null if it is not on this host."""
    url = message.content.get("mediaUrl")
    if url is None:
        return []
    held = world.attachment_at(url)
    ours = url.startswith(f"{world.network.base}/zendesk/")
    size = len(held.content) if held else None
    readable = held is not None if ours else None
    kind = held.content_type if held else message.content.get("mediaType")
    return [{"url": url, "content_type": kind, "size": size, "readable": readable}]
