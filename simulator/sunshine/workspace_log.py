"""A conversation as its ticket tells of it: line by line in the conversation log, as a comment afterwards.

Facts:
  * The log has the messages at once, the ticket's comments only after the session (SUN-SUP-23).
  * An agent's line is told from a bot's by the agent's id in its metadata (SUN-AGT-02).
"""

from datetime import UTC, datetime

from simulator.sunshine import views
from simulator.sunshine.state import Message, World
from simulator.support.records import Ticket
from simulator.support.views import iso
from simulator.web import Json

AGENT_ID = "__zendesk_msg.agent.id"


def shown_messages(world: World, ticket: Ticket) -> list[Message]:
    """What the ticket shows of its conversation."""
    conversation = world.conversations.get(ticket.conversation or "")
    shown = set(ticket.transcript)
    return [each for each in conversation.messages if each.id in shown] if conversation else []


def entries(world: World, ticket: Ticket) -> list[tuple[float, Json]]:
    """The log's lines, each with its time."""
    return [(each.received, _entry(world, each)) for each in shown_messages(world, ticket)]


def _entry(world: World, message: Message) -> Json:
    return {
        "id": message.id,
        "type": "Messaging::ConversationMessage",
        "reference": f"zen:sunco:message:{message.id}",
        "created_at": iso(message.received),
        "author": _author(world, message),
        "content": {key: message.content.get(key) for key in ("type", "text") if key in message.content},
        "attachments": _attachments(message),
        "metadata": dict(message.metadata or {}),
    }


def _author(world: World, message: Message) -> Json:
    if message.from_user:
        user = world.users.get(str(message.author.get("userId")))
        linked = {"zen:support:user_id": int(user.zendesk_id)} if user and user.zendesk_id else {}
        named = {"zen:sunco:user_id": user.id, "display_name": views.user_name(user)} if user else {}
        return {"type": "user", **named, **linked}
    agent = str((message.metadata or {}).get(AGENT_ID, ""))
    kind = {"type": "agent", "zen:support:user_id": int(agent)} if agent.isdecimal() else {"type": "bot"}
    return {**kind, "display_name": message.author.get("displayName")}


def _attachments(message: Message) -> list[Json]:
    url = message.content.get("mediaUrl")
    if url is None:
        return []
    name = message.content.get("altText") or str(url).rsplit("/", 1)[-1]
    return [{"content_url": url, "content_type": message.content.get("mediaType"), "file_name": name}]


def keep_transcript(world: World, ticket: Ticket) -> None:
    """The session is over: what was said becomes a comment of the requester's."""
    lines = [_line(world, each) for each in shown_messages(world, ticket)]
    author = world.support.user(ticket.requester_id) or world.support.admin
    world.support.comment(ticket, author, "\n".join(lines), public=True)


def _line(world: World, message: Message) -> str:
    clock = datetime.fromtimestamp(message.received, UTC).strftime("%H:%M:%S")
    said = message.content.get("text") or message.content.get("mediaUrl") or f"({message.content['type']})"
    return f"({clock}) {_author(world, message).get('display_name') or 'Business'}: {said}"
