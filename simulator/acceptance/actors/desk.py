"""The desk: live chats as agents find them, support users, and the switches of the Zendesk account."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.acceptance.actors.customer import Customer, Said
from simulator.acceptance.observations import plain
from simulator.acceptance.sim import Json

if TYPE_CHECKING:
    from simulator.acceptance.world import World

AGENTS = "zd-agentWorkspace"


@dataclass(slots=True)
class Chat:
    """A live chat that a scenario has met."""

    id: str
    customer: Customer
    number: str
    agent: str = ""


class Desk:
    """Finds live chats by what the customer said in them, as an agent would."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self.chats: list[Chat] = []
        self.earlier: set[object] = set()  # ids of support users there were before the When

    # --- chats ---

    def views(self) -> list[Json]:
        found: list[Json] = self._world.sim.call("GET", "/conversations")["conversations"]
        return [
            view for view in found if not self._world.of_the_past((view["user"] or {}).get("phone") or "")
        ]

    def view(self, chat: Chat) -> Json:
        return self._world.sim.call("GET", f"/conversations/{chat.id}")

    def meet(self, customer: Customer, agent: str = "") -> Chat:
        """The customer's new live chat, once people are in charge of it and it shows what was said."""
        view = self._world.expect(
            lambda: next((view for view in self.views() if self._is_new_chat(view, customer)), None),
            f"no new live chat with {customer.name} appeared, with everything said so far",
        )
        chat = Chat(view["id"], customer, customer.number, agent)
        self.chats.append(chat)
        return chat

    def _is_new_chat(self, view: Json, customer: Customer) -> bool:
        known = {chat.id for chat in self.chats}
        if view["id"] in known or view["control"] != AGENTS or not view["ticket"]:
            return False
        said = spoken(view)
        return Said("user", plain(customer.last_text)) in said and is_end_of(said, customer.thread())

    def appears(self, customer: Customer) -> Chat:
        """Meet the new chat and account for it: conversation, ticket, transcript, the agent's note."""
        chat = self.meet(customer)
        view = self.view(chat)
        shown = set(view["ticket"]["transcript"])
        missing = [line for line in view["messages"] if line["id"] not in shown and not line["silent"]]
        assert not missing, f"the ticket does not show {[line['text'] for line in missing]}"
        assert len(view["tickets"]) == 1, f"the live chat has {len(view['tickets'])} tickets"
        items = self._world.watch.find(lambda item: item.where == chat.id)
        notes = [item for item in items if item.told]
        self._world.watch.claim(item for item in items if not item.told)
        self._world.watch.claim(notes[:1])
        return chat

    def chat_with(self, customer: Customer) -> Chat:
        """The chat with a customer met last."""
        return next(chat for chat in reversed(self.chats) if chat.customer is customer)

    def deletes(self, chat: Chat) -> None:
        """An administrator deletes the chat, and everything happens that follows."""
        self._world.sim.call("POST", f"/conversations/{chat.id}/delete", {})
        self._world.settle()

    def newest(self) -> Json:
        """The chat met last, as it is now."""
        return self.view(self.chats[-1])

    def has_echoed(self) -> None:
        """The bridge heard of its own message by webhook, as of everybody's."""

        def find() -> bool | None:
            hooks = [entry for entry in self._world.watch.since() if entry["kind"] == "webhook"]
            return any(entry["operation"] == "conversation:message" for entry in hooks) or None

        self._world.expect(find, "the desk did not tell the bridge of its own message")

    # --- people ---

    def add_user(self, name: str, **facts: str) -> None:
        self._world.sim.call("POST", "/support/users", {"name": name, **facts})

    def users(self) -> list[Json]:
        found: list[Json] = self._world.sim.call("GET", "/support/users")["users"]
        return found

    def owner(self) -> Json:
        """The support user to whom the chat met last belongs."""
        requester = self.newest()["ticket"]["requester_id"]
        return next(user for user in self.users() if user["id"] == requester)

    def remember_users(self) -> None:
        self.earlier = {user["id"] for user in self.users()}

    # --- the account ---

    def switch(self, **switches: object) -> None:
        """Set switches of the Zendesk account."""
        self._world.sim.call("PUT", "/zendesk", switches)


def spoken(view: Json) -> list[Said]:
    """What was said in a conversation, without lines for agents only and without pictures."""
    return [
        Said(line["author"], plain(line["text"]))
        for line in view["messages"]
        if not line["silent"] and line["text"] and not line["media"]
    ]


def is_end_of(said: list[Said], thread: list[Said]) -> bool:
    """Whether this is the last part of what the phone shows."""
    return bool(said) and thread[-len(said) :] == said
