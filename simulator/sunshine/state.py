"""What the Sunshine half of the simulated Zendesk account holds.

Facts:
  * Ids have 24 hex digits and begin with the second of their making (SUN-CNV-01/02). Ours also count, so that
    ids made in one millisecond keep their order.
  * The stock app has one switchboard with zd-answerBot and zd-agentWorkspace (SUN-SWB-01/02). An app that is
    made by the API begins with none.
  * One custom integration stands there from the start, not linked to the switchboard, so that it hears
    everything (SUN-SWB-07); its triggers are those of the happy path.
  * No look-up grows with the number of users, conversations or messages.
"""

import itertools
from bisect import insort
from collections.abc import Collection
from operator import attrgetter

from simulator import accounts
from simulator.leftovers import Container
from simulator.network import Network
from simulator.sunshine import errors
from simulator.sunshine.directory import Directory
from simulator.sunshine.records import (
    App,
    Attachment,
    Conversation,
    Integration,
    Message,
    Responder,
    User,
    Webhook,
)
from simulator.sunshine.switches import Switches
from simulator.support.state import Store

__all__ = ["Conversation", "Message", "ObjectIds", "Responder", "User", "World"]
AGENTS = "zd-agentWorkspace"
BOT = "zd-answerBot"
DEFAULT_TRIGGERS = (
    "conversation:message",
    "conversation:remove",
    "switchboard:passControl",
    "switchboard:passControl:failure",
    "switchboard:releaseControl",
    "user:merge",
    "user:remove",
)
DEFAULT_INTEGRATION = accounts.SUNSHINE_INTEGRATION_KEY_ID.removeprefix("int_")
DEFAULT_WEBHOOK = "6a5a17b21d6e000000000a04"
WEB_WIDGET = "6a5a17b21d6e000000000a08"


ARRANGED = ("default_responder", "web_widget", "webhook_registered")  # switches that change what stands there


class ObjectIds:
    """Ids that begin with the second and go on counting."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self.reset()

    def reset(self) -> None:
        self._count = itertools.count(1)

    def __call__(self) -> str:
        return f"{int(self._network.now()):08x}5a17b21d6e{next(self._count):06x}"


class World:
    """Everything one app holds, with look-ups that refuse as the API does."""

    def __init__(self, network: Network, support: Store, ids: ObjectIds, app: App | None = None) -> None:
        self.network = network
        self.support = support
        self.new_id = ids
        self._made = app  # None: the stock app
        self.reset()

    def held(self) -> tuple[Container, ...]:
        """Whatever grows, to be freed after a reset."""
        return *self.directory.held(), self._chats, self.attachments, self.conversations

    def reset(self) -> None:
        self.switches = Switches()
        self.app = self._made or App(accounts.SUNSHINE_APP_ID, "Sunbridge demo")
        self.directory = Directory()
        self.users = self.directory.users
        self.conversations: dict[str, Conversation] = {}
        self._chats: dict[str, list[Conversation]] = {}  # by user
        self.integrations: dict[str, Integration] = {}
        self.responders: dict[str, Responder] = {}
        self.attachments: dict[str, Attachment] = {}
        self.switchboard_id: str | None = None
        self.default_responder: str | None = None
        self.board_on = False
        if self._made is None:
            self._stock_switchboard()
            self.arrange()

    # --- the switchboard ---

    def _stock_switchboard(self) -> None:
        self.switchboard_id = self.new_id()
        agents = Responder(
            self.new_id(), AGENTS, self.new_id(), "zd:agentWorkspace", deliver_standby_events=False
        )
        bot = Responder(self.new_id(), BOT, self.new_id(), "zd:answerBot", deliver_standby_events=False)
        agents.next_id, bot.next_id = bot.id, agents.id
        self.responders = {agents.id: agents, bot.id: bot}

    def arrange(self, switched: Collection[str] = ARRANGED) -> None:
        """Make default responder and standing integrations what the named switches say; leave the rest."""
        if "default_responder" in switched:
            chosen = {"bot": BOT, "agents": AGENTS}.get(self.switches.default_responder)
            self.default_responder = next((r.id for r in self.responders.values() if r.name == chosen), None)
            self.board_on = self.default_responder is not None
        if "web_widget" in switched:
            widget = Integration(WEB_WIDGET, "web", "Web widget", from_admin_center=True)
            self._stand(widget, there=self.switches.web_widget)
        if "webhook_registered" in switched:
            target = self.network.bridge_door("sunshine")
            hook = Webhook(DEFAULT_WEBHOOK, target, DEFAULT_TRIGGERS, accounts.SUNSHINE_WEBHOOK_SECRET)
            made = Integration(DEFAULT_INTEGRATION, "custom", "SMS bridge", [hook])
            self._stand(made, there=self.switches.webhook_registered)

    def _stand(self, integration: Integration, *, there: bool) -> None:
        """A standing integration comes first, or is gone."""
        self.integrations.pop(integration.id, None)
        if there:
            self.integrations = {integration.id: integration, **self.integrations}

    @property
    def switchboard_enabled(self) -> bool:
        return self.board_on

    @property
    def starter(self) -> str | None:
        """Whom a conversation begins with: nobody if the board is off."""
        return self.default_responder if self.board_on else None

    @property
    def agents(self) -> Responder:
        """The Agent Workspace's place on the switchboard; one that nothing reaches if it has none."""
        found = (each for each in self.responders.values() if each.integration_type == "zd:agentWorkspace")
        return next(found, Responder("", AGENTS, "", "zd:agentWorkspace"))

    def take_off_board(self, places: list[Responder]) -> None:
        """They are on the board no longer, nor anybody's successor, nor in control of anything.

        Whoever they had control of is found out when it is looked at: `responders` is asked each time.
        """
        for place in places:
            self.responders.pop(place.id, None)
            if self.default_responder == place.id:
                self.default_responder, self.board_on = None, False
            for other in self.responders.values():
                other.next_id = None if other.next_id == place.id else other.next_id

    def now(self) -> float:
        return self.network.now()

    # --- users ---

    def user(self, id_or_external: str, brand: str | None = None) -> User:
        """By id or, failing that, by external id (SUN-USR-07)."""
        found = self.users.get(id_or_external) or self.by_external_id(id_or_external, brand)
        if found is None and self.switches.merged_user == "redirected":
            found = self.users.get(self.directory.merged.get(id_or_external, ""))
        if found is None:
            raise errors.Refused(errors.USER)
        return found

    def by_external_id(self, external_id: object, brand: str | None = None) -> User | None:
        return self.directory.by_external_id(external_id, brand)

    # --- conversations ---

    def add_conversation(self, conversation: Conversation) -> None:
        self.conversations[conversation.id] = conversation
        for participant in conversation.participants:
            self.join(conversation, participant.user)

    def join(self, conversation: Conversation, user_id: str) -> None:
        """The user's list of conversations has this one, too."""
        insort(self._chats.setdefault(user_id, []), conversation, key=attrgetter("id"))

    def leave(self, conversation: Conversation, user_id: str) -> None:
        self._chats[user_id] = [each for each in self._chats.get(user_id, ()) if each is not conversation]

    def drop_conversation(self, conversation: Conversation) -> None:
        """It goes, with the files that were put there (SUN-CON-11)."""
        self.conversations.pop(conversation.id, None)
        for participant in conversation.participants:
            self.leave(conversation, participant.user)
        for attachment in conversation.files:
            self.attachments.pop(attachment, None)

    def conversation(self, conversation_id: str) -> Conversation:
        if conversation_id not in self.conversations:
            raise errors.Refused(errors.CONVERSATION)
        return self.conversations[conversation_id]

    def conversations_of(self, user: User) -> list[Conversation]:
        """In the order of their ids; not to be changed."""
        return self._chats.get(user.id, [])

    def owner(self, conversation: Conversation) -> User | None:
        """The customer of a personal conversation."""
        return self.users.get(conversation.participants[0].user) if conversation.participants else None

    # --- files ---

    def attachment_at(self, url: object) -> Attachment | None:
        """The address names the file; gone is gone."""
        parts = str(url).split("/")
        found = self.attachments.get(parts[-2]) if len(parts) > 1 else None
        if found is None or found.url != url:
            return None
        return found if found.gone_at is None or self.now() < found.gone_at else None
