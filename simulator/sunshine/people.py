"""What an agent can do in the Agent Workspace, and what they see there.

Facts:
  * An agent writes only while Agent Workspace holds control; else 409 tells so.
  * A note is a comment on the ticket, never a message, and raises no webhook (SUN-AGT-06).
  * A text and a file are two messages (SUN-AGT-07). Files are public unless asked otherwise (SUN-ATT-07).
  * Agents' messages carry subtype `agent` and the agent's id; lines of triggers have `__trigger` there
    (SUN-AGT-01…04).
"""

import base64
from dataclasses import dataclass

from simulator.sunshine import attachments
from simulator.sunshine.state import Conversation, Message
from simulator.sunshine.workspace import Workspace
from simulator.support.state import Ticket
from simulator.support.tickets import PRIORITIES, STATUSES, clean_tags
from simulator.web import Json, Refusal, json_response

SOURCE = "zd:agentWorkspace"
AGENT_ID = "__zendesk_msg.agent.id"
RICH = ("text", "form", "carousel", "list", "location", "template")


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent at work on one conversation. Called under the network's lock."""

    workspace: Workspace
    name: str
    conversation: Conversation

    def replies(self, wanted: Json) -> Json:
        """Send a text, a file or both; or write a note. Returns what came of it."""
        ticket = self._ticket()
        if wanted.get("note"):
            return {"note": self._note(ticket, str(wanted.get("text", "")))}
        contents = [{"type": "text", "text": wanted["text"]}] if wanted.get("text") else []
        contents += [self._file(wanted["file"])] if wanted.get("file") else []
        contents += [_rich(wanted["content"])] if wanted.get("content") else []
        if not contents:
            raise impossible("a reply needs text, file or content", 400)
        if ticket.status == "new":
            self._set_status("open")
        author = {"type": "business", "displayName": self.name, "subtypes": ["agent"]}
        return {"messages": [self._says(content, author, self._marks()) for content in contents]}

    def solves(self) -> None:
        """The ticket is solved; control stays where it is (SUN-TKT-16)."""
        self._set_status("solved")

    def closes(self) -> None:
        self._set_status("closed")

    def reopens(self) -> None:
        self._set_status("open")

    def sets_status(self, status: str) -> None:
        """Any status there is."""
        if status not in STATUSES:
            raise impossible(f"a status is one of {', '.join(STATUSES)}", 400)
        self._set_status(status)

    def _set_status(self, status: str) -> None:
        self.workspace.world.support.set_status(self._ticket(), status, self._id)

    def tags(self, wanted: Json) -> Json:
        """Add tags and take tags away, also after the session."""
        ticket = self._latest()
        removed = clean_tags(wanted.get("remove", []))
        tags = [tag for tag in ticket.tags if tag not in removed]
        ticket.tags = clean_tags([*tags, *wanted.get("add", [])])
        self.workspace.world.support.touch_ticket(ticket, self._id)
        return {"tags": ticket.tags}

    def edits(self, wanted: Json) -> None:
        """Set priority, assignee (an agent by name), group or custom fields, also after the session."""
        ticket = self._latest()
        if wanted.get("priority") not in PRIORITIES:
            raise impossible("a priority is low, normal, high or urgent", 400)
        ticket.priority = wanted.get("priority", ticket.priority)
        ticket.fields |= wanted.get("fields", {})
        support = self.workspace.world.support
        if "assignee" in wanted:
            ticket.system_fields["assignee_id"] = support.agent(str(wanted["assignee"])).id
        if "group_id" in wanted:
            ticket.system_fields["group_id"] = wanted["group_id"]
        support.touch_ticket(ticket, self._id)

    def transfers_to_email(self) -> None:
        self._ticket()
        self.workspace.transfer_to_email(self.conversation)

    def reads(self) -> None:
        """The agent has seen everything up to now."""
        self._ticket()
        self.conversation.business_last_read = self.workspace.world.now()
        author = {"type": "business", "displayName": self.name}
        self.workspace.activity(self.conversation, "conversation:read", author, SOURCE)

    def ends(self, *, by_user: bool = False) -> None:
        """The messaging session ends, by the agent or by the customer."""
        self._ticket()
        self.workspace.end(self.conversation, by_user=by_user)

    def deletes(self) -> None:
        """An administrator removes it for good, the default one too (SUN-CON-11)."""
        self.workspace.remove(self.conversation)

    def types(self) -> None:
        author = {"type": "business", "displayName": self.name}
        self.workspace.activity(self.conversation, "typing:start", author, SOURCE)

    def sets_off(self, text: str) -> Json:
        """What the agent did sets off a messaging trigger, which writes a line (SUN-AGT-03)."""
        author = {"type": "business", "displayName": "Automated Response", "subtypes": ["bot"]}
        content = {"type": "text", "text": text}
        return {"messages": [self._says(content, author, {AGENT_ID: "__trigger"})]}

    def _ticket(self) -> Ticket:
        ticket = self.workspace.ticket(self.conversation)
        if self.conversation.active != self.workspace.world.agents.id or ticket is None:
            raise impossible("the Agent Workspace does not hold control of this conversation", 409)
        return ticket

    def _latest(self) -> Ticket:
        """The conversation's last ticket, unless it is closed."""
        tickets = self.conversation.tickets
        ticket = self.workspace.world.support.tickets[tickets[-1]] if tickets else None
        if ticket is None or ticket.status == "closed":
            raise impossible("this conversation has no ticket that could change", 409)
        return ticket

    @property
    def _id(self) -> int:
        return self.workspace.world.support.agent(self.name).id

    def _note(self, ticket: Ticket, text: str) -> int:
        support = self.workspace.world.support
        return support.comment(ticket, support.agent(self.name), text, public=False).id

    def _file(self, file: Json) -> Json:
        try:
            content = base64.b64decode(file["base64"], validate=True)
            named = (str(file.get("name", "file")), str(file["content_type"]), content)
        except (KeyError, ValueError):
            raise impossible("a file needs content_type and base64", 400) from None
        private = file.get("private")
        where = self.conversation.id
        kept = attachments.keep(self.workspace.world, named, conversation=where, private=private)
        kind = "image" if kept.content_type.startswith("image/") else "file"
        facts = {"mediaType": kept.content_type, "mediaSize": len(content), "attachmentId": kept.id}
        return {"type": kind, "mediaUrl": kept.url, "altText": kept.name[:128], **facts}

    def _marks(self) -> Json:
        """The metadata that tells whose message it is."""
        world = self.workspace.world
        return {AGENT_ID: str(self._id), "__zendesk_msg.client_message_id": world.network.ids.uuid()}

    def _says(self, content: Json, author: Json, marks: Json) -> str:
        world = self.workspace.world
        message = Message(world.new_id(), world.now(), author, content, SOURCE, marks)
        self.workspace.say(self.conversation, message)
        return message.id


def _rich(content: object) -> Json:
    """What SMS cannot show: a form, a carousel, text with actions (SUN-AGT-05); sent as it stands."""
    if not isinstance(content, dict) or content.get("type") not in RICH:
        raise impossible(f"content is an object whose type is one of {', '.join(RICH)}", 400)
    return content


def impossible(why: str, status: int) -> Refusal:
    """A control call that makes no sense now."""
    return Refusal(json_response({"error": why}, status))
