"""Agent Workspace and the switchboard: what follows when a message arrives or control moves.

Theory of operation. A conversation is with one responder at a time (`active`) or with none. While it is with
Agent Workspace it has a ticket as soon as it has a message (SUN-TKT-01). A session lasts until the ticket is
closed or the session is ended; then the conversation is with none, and the customer's next message goes to
the default responder and, if that is Agent Workspace, into a new ticket (SUN-TKT-13, Q-16…18).

Facts:
  * Tags and fields are read when the ticket is born, later metadata is ignored (SUN-TKT-06, Q-12).
  * The ticket shows the last 10 messages before it, unless `first_message_id` moves the start (SUN-TKT-05).
  * The requester is the linked Support user, else the one with the same external id or verified e-mail, else
    a new one: a phone never links (SUN-IDN-01…03), which is how duplicate contacts appear.
  * Solved is not ended: control stays, and a customer's message re-opens the ticket (SUN-TKT-16).
  * Moved to e-mail, the session ends with a reason of its own (SUN-TKT-15).
  * Whether a closed ticket gives control back is disputed; there is a switch (SUN-TKT-17).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from simulator.sunshine import errors, views, workspace_log
from simulator.sunshine.hooks import Hooks
from simulator.sunshine.metadata import FIRST_MESSAGE, TicketData, ticket_data
from simulator.sunshine.state import Conversation, Message, Responder, User, World
from simulator.support.state import SupportUser, Ticket
from simulator.support.views import MESSAGING
from simulator.web import Json

SHOWN_BEFORE = 10
NO_TARGET = {"code": "switchboard_invalid_target", "message": "Switchboard invalid target"}
ACTIVITIES = {
    "conversation:read": "conversation:read",
    "typing:start": "conversation:typing",
    "typing:stop": "conversation:typing",
}
CLOSED_LINE = "This conversation has been closed."
ENDED_LINE = "The customer ended the conversation."
EMAIL_LINE = "The conversation goes on by e-mail."


@dataclass(slots=True)
class Workspace:
    """Every method is called under the network's lock."""

    world: World
    hooks: Hooks
    said: list[Callable[["Workspace", Conversation, Message], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.world.support.messages_of = lambda ticket: workspace_log.entries(self.world, ticket)

    # --- messages ---

    def say(self, conversation: Conversation, message: Message) -> None:
        """Store a message and let everything follow that follows from it."""
        if message.from_user:
            self._wake(conversation)
        conversation.messages.append(message)
        conversation.updated_at = message.received
        for participant in conversation.participants:
            participant.unread += not message.from_user and not message.silent
        self._show_to_agents(conversation, message)
        self._announce(conversation, message)
        for follow in self.said:
            follow(self, conversation, message)

    def _wake(self, conversation: Conversation) -> None:
        """The customer writes: a conversation that is with nobody goes to the default responder."""
        if conversation.ended and self.world.switches.disable_conversation_reopen:
            raise errors.bad("Conversation has ended and cannot be reopened")
        conversation.ended = False
        if conversation.active not in self.world.responders:
            conversation.active = self.world.starter
            conversation.pass_metadata = {}

    def _show_to_agents(self, conversation: Conversation, message: Message) -> None:
        ticket = self.ticket(conversation)
        if ticket is None:
            self._perhaps_birth(conversation)
            return
        ticket.transcript.append(message.id)
        if message.from_user and ticket.status in ("pending", "hold", "solved"):
            self.world.support.set_status(ticket, "open")

    def _announce(self, conversation: Conversation, message: Message) -> None:
        short = views.conversation_short(self.world, conversation)
        self.hooks.emit(
            "conversation:message",
            conversation,
            lambda webhook: {
                "conversation": short,
                "message": views.message_event(self.world, message, webhook),
            },
        )

    def activity(self, conversation: Conversation, kind: str, author: Json, source: str) -> None:
        """Tell the listeners that somebody reads or types."""
        short = views.conversation_short(self.world, conversation)
        self.hooks.emit(
            ACTIVITIES[kind],
            conversation,
            lambda hook: {
                "conversation": short,
                "activity": {
                    "type": kind,
                    "author": views.told_author(self.world, author, hook),
                    "source": {"type": source},
                },
            },
        )

    def system_line(self, conversation: Conversation, activity: str, text: str) -> None:
        """A line nobody wrote (SUN-ACT-03)."""
        author = {"type": "business", "displayName": "System", "subtypes": ["activity"]}
        content = {"type": "text", "text": text}
        line = Message(self.world.new_id(), self.world.now(), author, content, "zd:agentWorkspace")
        line.activity = activity
        self.say(conversation, line)

    # --- control ---

    def pass_control(
        self, conversation: Conversation, target: Responder | None, metadata: Json, reason: str | None = None
    ) -> None:
        """Move control, or report that it could not be moved (SUN-SWB-09/10)."""
        switches = self.world.switches
        to_agents = target is not None and target.id == self.world.agents.id
        empty = to_agents and not conversation.messages
        if target is None or switches.passing == "fails" or (empty and switches.passing_empty == "fails"):
            self._tell(conversation, "passControl:failure", metadata, {"error": NO_TARGET})
            return
        self.take_over(conversation, target, metadata)
        if switches.passing != "silent":
            self._tell(conversation, "passControl", metadata, {"reason": reason} if reason else {})

    def take_over(self, conversation: Conversation, target: Responder, metadata: Json) -> None:
        """Control is with the target now; agents get a ticket if there is anything to see."""
        conversation.active, conversation.pending = target.id, None
        if target.id == self.world.agents.id:
            conversation.ended = False
            conversation.pass_metadata = metadata
            self._perhaps_birth(conversation)

    def release_control(
        self, conversation: Conversation, metadata: Json | None = None, reason: str | None = None
    ) -> None:
        """Control goes to nobody; if agents had it, their session is over (SUN-SWB-14)."""
        self._leave(conversation)
        self._tell(conversation, "releaseControl", metadata or {}, {"reason": reason} if reason else {})

    def _leave(self, conversation: Conversation) -> None:
        if ticket := self.ticket(conversation):
            workspace_log.keep_transcript(self.world, ticket)
        conversation.ended = conversation.ended or conversation.active == self.world.agents.id
        conversation.active = conversation.pending = conversation.ticket = None
        conversation.pass_metadata = {}

    def _tell(self, conversation: Conversation, what: str, metadata: Json, extra: Json) -> None:
        payload = {"conversation": views.conversation_short(self.world, conversation), **extra}
        if metadata:
            payload["metadata"] = metadata
        self.hooks.emit(f"switchboard:{what}", conversation, lambda _: payload)

    # --- the end of a session ---

    def ticket_closed(self, ticket: Ticket) -> None:
        """A ticket became closed: control leaves Agent Workspace (SUN-TKT-14, Q-16)."""
        conversation = self.world.conversations.get(ticket.conversation or "")
        if conversation is None or conversation.ticket != ticket.id:
            return
        self.system_line(conversation, "ticket:closed", CLOSED_LINE)
        match self.world.switches.ticket_closed:
            case "pass":
                self._leave(conversation)
                target = self.world.responders.get(self.world.agents.next_id or "")
                self.pass_control(conversation, target, {}, "ticketClosed")
            case "silent":
                self._leave(conversation)
            case "stays":
                conversation.ticket = None
            case _:
                self.release_control(conversation, reason="ticketClosed")

    def end(self, conversation: Conversation, *, by_user: bool) -> None:
        """The messaging session ends; the ticket's status stays what it is (SUN-TKT-13, Q-17)."""
        if by_user:
            self.system_line(conversation, "conversation:endedByUser", ENDED_LINE)
        self.release_control(conversation)

    def transfer_to_email(self, conversation: Conversation) -> None:
        """The agent goes on by e-mail: the messaging session is over (SUN-TKT-15)."""
        self.system_line(conversation, "ticket:transfer:email", EMAIL_LINE)
        self.release_control(conversation, reason="transferToEmail")

    def remove(self, conversation: Conversation) -> None:
        """The conversation goes, with its messages and the files that were put there (SUN-CON-11)."""
        world = self.world
        short = views.conversation_short(world, conversation)
        self.hooks.emit("conversation:remove", conversation, lambda _: {"conversation": short})
        world.drop_conversation(conversation)

    # --- tickets ---

    def ticket(self, conversation: Conversation) -> Ticket | None:
        """The ticket of the session now going on."""
        return self.world.support.tickets.get(conversation.ticket or 0)

    def _perhaps_birth(self, conversation: Conversation) -> None:
        with_agents = conversation.active == self.world.agents.id
        if with_agents and conversation.messages and conversation.ticket is None:
            self._birth(conversation)

    def _birth(self, conversation: Conversation) -> None:
        data = ticket_data(conversation.metadata, conversation.pass_metadata)
        requester = self._requester(conversation, data)
        ticket = Ticket(
            0, f"Conversation with {requester.name}", requester.id, tags=data.tags, fields=data.fields
        )
        ticket.system_fields, ticket.channel = data.system, MESSAGING
        priority = data.system.get("priority")
        ticket.priority = str(priority) if priority else None
        ticket.conversation, ticket.transcript = conversation.id, visible(conversation)
        self.world.support.add_ticket(ticket)
        conversation.ticket = ticket.id
        conversation.tickets.append(ticket.id)

    def _requester(self, conversation: Conversation, data: TicketData) -> SupportUser:
        user = self.world.owner(conversation)
        if user is None:
            return self.world.support.add_user(SupportUser(0, "Unknown customer"))
        found = self._linked(user) or self._stranger(user, data)
        self.world.directory.link(user, str(found.id))
        if not any((i.type, i.value) == ("messaging", user.id) for i in found.identities):
            self.world.support.add_identity(found, "messaging", user.id)
        return found

    def _linked(self, user: User) -> SupportUser | None:
        support = self.world.support
        emails = (each["value"] for each in user.identities if each["type"] == "email")
        return (
            support.user(user.zendesk_id)
            or (support.by_external_id(user.external_id) if user.external_id else None)
            or next((known for email in emails if (known := support.by_email(email))), None)
        )

    def _stranger(self, user: User, data: TicketData) -> SupportUser:
        name = str(data.system.get("requester.name") or views.user_name(user))
        made = self.world.support.add_user(SupportUser(0, name))
        email = str(data.system.get("requester.email") or "")
        if email and self.world.support.by_email(email) is None:
            self.world.support.add_email(made, email)
        return made


def visible(conversation: Conversation) -> list[str]:
    """Ids of the messages a new ticket starts with."""
    ids = [message.id for message in conversation.messages if not message.deleted]
    first = conversation.pass_metadata.get(FIRST_MESSAGE)
    return ids[ids.index(first) :] if first in ids else ids[-SHOWN_BEFORE:]
