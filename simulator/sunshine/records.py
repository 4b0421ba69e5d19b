"""The things a Sunshine app holds. Ids of one record stand in another, never the record itself."""

from dataclasses import dataclass, field

from simulator.web import Json


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
    authenticated: bool = False
    clients: list["Client"] = field(default_factory=list)
    devices: list["Device"] = field(default_factory=list)


@dataclass(slots=True)
class Client:
    """A user's account on a channel (SUN-CLI-01)."""

    id: str
    type: str
    status: str = "active"
    integration_id: str | None = None
    external_id: str | None = None
    display_name: str | None = None
    last_seen: float | None = None
    linked_at: float | None = None
    conversation: str | None = None
    waits_for: str | None = None  # what confirms a link: userActivity or prompt


@dataclass(slots=True)
class Device:
    """What an SDK runs on."""

    id: str
    type: str
    guid: str
    client_id: str
    last_seen: float
    integration_id: str | None = None
    app_version: str | None = None


@dataclass(slots=True)
class Participant:
    """A user's place in a conversation."""

    id: str
    user: str
    unread: int = 0
    last_read: float | None = None
    clients: list[str] = field(default_factory=list)


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
    Messages stand in the order of their ids.
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
    brand_id: str | None = None
    files: list[str] = field(default_factory=list)  # attachments that go with it


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
    """A channel or a custom integration; `facts` is what a channel was told and shows again."""

    id: str
    type: str
    display_name: str | None = None
    webhooks: list[Webhook] = field(default_factory=list)
    facts: Json = field(default_factory=dict)
    from_admin_center: bool = False


@dataclass(slots=True)
class Attachment:
    """An uploaded file; gone once `gone_at` has come."""

    id: str
    url: str
    name: str
    content_type: str
    content: bytes
    private: bool
    conversation: str | None = None
    for_message: bool = False
    gone_at: float | None = None


@dataclass(slots=True)
class App:
    """One app of the account; the settings that the simulator acts on are switches."""

    id: str
    name: str
    settings: Json = field(default_factory=dict)
    metadata: Json = field(default_factory=dict)
    served: bool = True  # whether service accounts see it


@dataclass(frozen=True, slots=True)
class Key:
    """Who may call: the first letters of the id tell the scope (SUN-AUT-03)."""

    id: str
    secret: str
    name: str
    app: str | None = None
    integration: str | None = None

    @property
    def scope(self) -> str:
        return {"app": "app", "int": "integration"}.get(self.id[:3], "account")
