"""Whether a message reached the channel and the person: only users with clients have such news (Q-33).

Facts:
  * `delivery:channel` and then `delivery:user`, or `delivery:failure` with a code (trigger table).
  * A kind of content the channel does not know fails: ``Unsupported message type `form` ``.
  * A link that waits for the user's activity is confirmed by their next message (SUN-CLI-03).
"""

from dataclasses import dataclass

from simulator.sunshine import views
from simulator.sunshine.clients import become
from simulator.sunshine.quirks import DELIVERY_FAILS
from simulator.sunshine.records import Client, Conversation, Message, User
from simulator.sunshine.workspace import Workspace
from simulator.web import Json

PLAIN = ("text", "image", "file", "location", "carousel", "list")
KNOWN = {"sdk": (*PLAIN, "form", "template"), "whatsapp": (*PLAIN, "template")}


def follow(workspace: Workspace, conversation: Conversation, message: Message) -> None:
    """What clients make of a message that was just said."""
    users = [workspace.world.users.get(each.user) for each in conversation.participants]
    for user in users:
        if user is not None and user.clients:
            _follow(workspace, conversation, message, user)


def _follow(workspace: Workspace, conversation: Conversation, message: Message, user: User) -> None:
    if message.from_user and message.author["userId"] == user.id:
        for client in user.clients:
            if client.waits_for == "userActivity" and client.conversation == conversation.id:
                become(workspace, user, client, "confirmed")
    elif not message.from_user and not message.silent:
        subscribed = {client for each in conversation.participants for client in each.clients}
        for client in user.clients:
            if client.status == "active" and client.id in subscribed:
                _Delivery(workspace, conversation, message, user, client).make()


@dataclass(frozen=True, slots=True)
class _Delivery:
    """One message on its way to one client."""

    workspace: Workspace
    conversation: Conversation
    message: Message
    user: User
    client: Client

    def make(self) -> None:
        kind, faults = self.message.content["type"], self.workspace.world.network.faults
        refused = faults.quirk("sunshine", "PostMessage", (DELIVERY_FAILS,)) is not None
        if refused or kind not in KNOWN.get(self.client.type, PLAIN):
            why = "The channel refused the message" if refused else f"Unsupported message type `{kind}`"
            error = {"code": "uncategorized_error", "message": why}
            self._tell("failure", {"error": error, "isFinalEvent": True})
            return
        external = {"externalMessages": [{"id": self.workspace.world.network.ids.hex(32)}]}
        self._tell("channel", {**external, "isFinalEvent": False})
        self._tell("user", {**external, "isFinalEvent": True})

    def _tell(self, outcome: str, facts: Json) -> None:
        where, client = self.client.integration_id, self.client
        common: Json = {
            "conversation": views.conversation_short(self.workspace.world, self.conversation),
            "message": {"id": self.message.id},
            "destination": {"type": client.type} | ({"integrationId": where} if where else {}),
            **facts,
        }
        self.workspace.hooks.emit(
            f"conversation:message:delivery:{outcome}",
            self.conversation,
            lambda hook: {"user": views.told_user(self.user, hook), **common},
        )
