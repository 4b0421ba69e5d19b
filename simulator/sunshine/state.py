"""What the Sunshine half of the simulated Zendesk account holds.

Facts:
  * Ids have 24 hex digits and begin with the second of their making (SUN-CNV-01/02). Ours also count, so that
    ids made in one millisecond keep their order.
  * The account has one app and one switchboard: zd-answerBot and zd-agentWorkspace (SUN-SWB-01/02).
  * One custom integration stands there from the start, not linked to the switchboard, so that it hears
    everything (SUN-SWB-07); its triggers are those of the happy path.
"""

import itertools
from dataclasses import dataclass, field

from simulator import accounts
from simulator.network import Network
from simulator.sunshine import errors
from simulator.sunshine.switches import Switches
from simulator.support.state import Store
from simulator.web import Json

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


@dataclass(slots=True)
class User:
    """A messaging user; linked to a Support user once `zendesk_id` is set (SUN-IDN-01)."""

    id: str
    external_id: str | None = None
    brand_id: str | None = None
    zendesk_id: str | None = None
    signed_up_at: str | None = None
    to_be_retained: bool | None = None
    profile: Json = field(default_factory=dict)
    metadata: Json = field(default_factory=dict)
    identities: list[Json] = field(default_factory=list)


@dataclass(slots=True)
class Participant:
    """A user's place in a conversation."""

    id: str
    user: str
    unread: int = 0
    last_read: float | None = None


@dataclass(slots=True)
class Message:
    """One message. A silent one is shown to agents and delivered to nobody (SUN-MSG-17)."""

    id: str
    received: float
    author: Json
    content: Json
    source: str = "api:conversations"
    metadata: Json | None = None
    activity: str | None = None
    silent: bool = False
    deleted: bool = False

    @property
    def from_user(self) -> bool:
        return bool(self.author["type"] == "user")


@dataclass(slots=True)
class Conversation:
    """A conversation; `active` and `pending` are ids of switchboard integrations.

    `ticket` is the one customers' messages go to; None before the first and once the session has ended.
    """

    id: str
    type: str
    created_at: float
    updated_at: float
    is_default: bool = False
    participants: list[Participant] = field(default_factory=list)
    metadata: Json = field(default_factory=dict)
    labels: Json = field(default_factory=dict)  # displayName, description, iconUrl
    business_last_read: float | None = None
    active: str | None = None
    pending: str | None = None
    messages: list[Message] = field(default_factory=list)
    pass_metadata: Json = field(default_factory=dict)
    ticket: int | None = None
    tickets: list[int] = field(default_factory=list)
    ended: bool = False


@dataclass(slots=True)
class Responder:
    """A switchboard integration."""

    id: str
    name: str
    integration_id: str
    integration_type: str
    deliver_standby_events: bool = True
    next_id: str | None = None
    history: int | None = None


@dataclass(slots=True)
class Webhook:
    """Where a custom integration wants its events."""

    id: str
    target: str
    triggers: tuple[str, ...]
    secret: str
    full_user: bool = False
    full_source: bool = False


@dataclass(slots=True)
class Integration:
    """A channel or a custom integration."""

    id: str
    type: str
    display_name: str | None = None
    webhooks: list[Webhook] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Attachment:
    """An uploaded file."""

    id: str
    url: str
    name: str
    content_type: str
    content: bytes
    private: bool
    conversation: str | None = None


class World:
    """Everything the app holds, with look-ups that refuse as the API does."""

    def __init__(self, network: Network, support: Store) -> None:
        self.network = network
        self.support = support
        self.reset()

    def reset(self) -> None:
        self._count = itertools.count(1)
        self.switches = Switches()
        self.users: dict[str, User] = {}
        self.conversations: dict[str, Conversation] = {}
        self.integrations: dict[str, Integration] = {}
        self.responders: dict[str, Responder] = {}
        self.attachments: dict[str, Attachment] = {}
        self.switchboard_id = self.new_id()
        self._stock_switchboard()
        self.arrange()

    def _stock_switchboard(self) -> None:
        agents = Responder(
            self.new_id(), AGENTS, self.new_id(), "zd:agentWorkspace", deliver_standby_events=False
        )
        bot = Responder(self.new_id(), BOT, self.new_id(), "zd:answerBot", deliver_standby_events=False)
        agents.next_id, bot.next_id = bot.id, agents.id
        self.responders = {agents.id: agents, bot.id: bot}
        self.default_responder: str | None = bot.id

    def arrange(self) -> None:
        """Make default responder and default integration what the switches say."""
        chosen = {"bot": BOT, "agents": AGENTS}.get(self.switches.default_responder)
        self.default_responder = next((r.id for r in self.responders.values() if r.name == chosen), None)
        self.integrations.pop(DEFAULT_INTEGRATION, None)
        if self.switches.webhook_registered:
            target = self.network.bridge_door("sunshine")
            hook = Webhook(DEFAULT_WEBHOOK, target, DEFAULT_TRIGGERS, accounts.SUNSHINE_WEBHOOK_SECRET)
            made = Integration(DEFAULT_INTEGRATION, "custom", "SMS bridge", [hook])
            self.integrations = {made.id: made, **self.integrations}

    def now(self) -> float:
        return self.network.now()

    def new_id(self) -> str:
        return f"{int(self.now()):08x}5a17b21d6e{next(self._count):06x}"

    @property
    def switchboard_enabled(self) -> bool:
        return self.default_responder is not None

    @property
    def agents(self) -> Responder:
        """The Agent Workspace's place on the switchboard."""
        return next(each for each in self.responders.values() if each.name == AGENTS)

    def user(self, id_or_external: str) -> User:
        """By id or, failing that, by external id (SUN-USR-07)."""
        found = self.users.get(id_or_external) or self.by_external_id(id_or_external)
        if found is None:
            raise errors.Refused(errors.USER)
        return found

    def by_external_id(self, external_id: object) -> User | None:
        return next((u for u in self.users.values() if external_id and u.external_id == external_id), None)

    def conversation(self, conversation_id: str) -> Conversation:
        if conversation_id not in self.conversations:
            raise errors.Refused(errors.CONVERSATION)
        return self.conversations[conversation_id]

    def conversations_of(self, user: User) -> list[Conversation]:
        return [c for c in self.conversations.values() if any(p.user == user.id for p in c.participants)]

    def owner(self, conversation: Conversation) -> User | None:
        """The customer of a personal conversation."""
        return self.users.get(conversation.participants[0].user) if conversation.participants else None

    def attachment_at(self, url: object) -> Attachment | None:
        return next((each for each in self.attachments.values() if each.url == url), None)


DEFAULT_INTEGRATION = accounts.SUNSHINE_INTEGRATION_KEY_ID.removeprefix("int_")
DEFAULT_WEBHOOK = "6a5a17b21d6e000000000a04"
