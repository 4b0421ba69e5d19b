"""What the Support half of a Zendesk account keeps: users, tickets, tokens; and its switches."""

from dataclasses import dataclass, field

SYSTEM = -1  # the author of what nobody did


@dataclass(slots=True)
class Identity:
    """One address by which a user is known."""

    id: int
    type: str
    value: str
    primary: bool = False
    verified: bool = False


@dataclass(slots=True)
class SupportUser:
    """An end user or an agent."""

    id: int
    name: str
    role: str = "end-user"
    email: str | None = None
    phone: str | None = None
    shared_phone_number: bool | None = None
    external_id: str | None = None
    verified: bool = False
    active: bool = True
    suspended: bool = False
    shared: bool = False  # comes from a sharing agreement (SUN-IDN-13)
    tags: list[str] = field(default_factory=list)
    user_fields: dict[str, object] = field(default_factory=dict)
    created_at: float = 0.0
    updated_at: float = 0.0
    identities: list[Identity] = field(default_factory=list)


@dataclass(slots=True)
class Comment:
    """A line on a ticket; a private one is a note."""

    id: int
    author_id: int
    body: str
    public: bool
    created_at: float


@dataclass(slots=True)
class Audit:
    """What somebody changed on a ticket at one moment; nobody changes it later."""

    id: int
    author_id: int
    created_at: float
    events: list[dict[str, object]]


@dataclass(slots=True)
class Ticket:
    """A ticket. `transcript` holds the ids of the messages its agent can see."""

    id: int
    subject: str
    requester_id: int
    status: str = "new"
    priority: str | None = None
    tags: list[str] = field(default_factory=list)
    fields: dict[str, object] = field(default_factory=dict)
    system_fields: dict[str, object] = field(default_factory=dict)
    channel: str = "api"
    external_id: str | None = None
    created_at: float = 0.0
    updated_at: float = 0.0
    comments: list[Comment] = field(default_factory=list)
    audits: list[Audit] = field(default_factory=list)
    conversation: str | None = None
    transcript: list[str] = field(default_factory=list)


@dataclass(slots=True)
class TicketField:
    """A field of the ticket form; custom ones hold what `dataCapture.ticketField.<id>` set."""

    id: int
    type: str
    title: str
    removable: bool = True


@dataclass(slots=True)
class Switches:
    """The open questions and bad days of the Support API, set by PUT /_sim/zendesk."""

    index_lag: float = 0.0
    search_available: bool = True  # SUN-SUP-11
    exact_lags: bool = False
    validate_phones: bool = False  # SUN-SUP-13
    merge_refused: bool = False  # the blunt one: every merge is 422
    single_sign_on: bool = False  # SUN-IDN-14, Q-30
    api_tokens: bool = True  # SUN-SUP-02
    requests_per_minute: float = 2500.0  # SUN-SUP-18: 200, 400, 700 or 2,500 by plan


@dataclass(frozen=True, slots=True)
class Token:
    """An OAuth access token."""

    scopes: frozenset[str]
    expires: float


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """What buys the next pair, once; `access` dies with it."""

    scope: str
    access: str
    expires: float
