"""Answers of the Support API (sections 13 to 15 of the Sunshine digest; the provider's own reference)."""

from typing import Annotated, Any, Literal

from pydantic import Field

from tests.contract.models import Answers, Strict

Time = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]  # whole seconds
Address = Annotated[str, Field(pattern=r"^https?://")]
Number = Annotated[int, Field(gt=0)]
Status = Literal["new", "open", "pending", "hold", "solved", "closed"]
Tag = Annotated[str, Field(pattern=r"^[^\sA-Z,]+$")]


class User(Strict):
    """SUN-SUP-12."""

    id: Number
    url: Address
    name: str
    role: Literal["end-user", "agent", "admin"]
    email: str | None
    phone: str | None
    shared_phone_number: bool | None
    external_id: str | None
    verified: bool
    active: bool
    suspended: bool
    shared: bool
    tags: list[str]
    user_fields: dict[str, Any]
    created_at: Time
    updated_at: Time


class Nobody(Strict):
    """SUN-SUP-05: whoever did not say who they are."""

    id: None
    name: str
    email: str
    role: Literal["end-user"]


class Identity(Strict):
    """SUN-SUP-15."""

    id: Number
    url: Address
    user_id: Number
    type: Literal[
        "email", "twitter", "facebook", "google", "phone_number", "agent_forwarding", "any_channel",
        "foreign", "sdk", "messaging",
    ]  # fmt: skip
    value: str
    primary: bool
    verified: bool
    verification_method: Literal["none", "low"]


class FieldValue(Strict):
    id: int
    value: Any


class Via(Strict):
    channel: Literal["api", "sunshine_conversations_api"]
    source: dict[str, Any]


class Ticket(Strict):
    """SUN-TKT-03, SUN-TKT-04."""

    id: Number
    url: Address
    external_id: str | None
    subject: str
    description: str
    status: Status
    priority: Literal["low", "normal", "high", "urgent"] | None
    requester_id: Number
    tags: list[Tag]
    custom_fields: list[FieldValue]
    fields: list[FieldValue]
    via: Via
    from_messaging_channel: bool
    group_id: int | str | None
    assignee_id: int | str | None
    organization_id: int | str | None
    brand_id: int | str | None
    created_at: Time
    updated_at: Time


class FoundUser(User):
    """SUN-SUP-09."""

    result_type: Literal["user"]


class FoundTicket(Ticket):
    result_type: Literal["ticket"]


class Comment(Strict):
    id: Number
    type: Literal["Comment"]
    author_id: Number
    body: str
    html_body: str
    plain_body: str
    public: bool
    attachments: list[Any]
    created_at: Time


class Create(Strict):
    id: Number
    type: Literal["Create"]
    field_name: str
    value: Any


class Change(Strict):
    id: Number
    type: Literal["Change"]
    field_name: str
    value: Any
    previous_value: Any


class Commented(Strict):
    id: Number
    type: Literal["Comment"]
    comment_id: Number
    author_id: Number
    body: str
    public: bool


class ConversationId(Strict):
    conversation_id: str


class ChatStarted(Strict):
    id: Number
    type: Literal["ChatStartedEvent"]
    value: ConversationId


Event = Annotated[Create | Change | Commented | ChatStarted, Field(discriminator="type")]


class Audit(Strict):
    """SUN-SUP-22."""

    id: Number
    ticket_id: Number
    author_id: int  # -1: nobody
    created_at: Time
    metadata: dict[str, Any]
    events: list[Event]
    via: Via


class LogAuthor(Strict):
    """The names with colons are the provider's."""

    type: Literal["user", "agent", "bot"]
    display_name: str | None = None
    support_user: Number | None = Field(None, alias="zen:support:user_id")
    messaging_user: str | None = Field(None, alias="zen:sunco:user_id")


class LogFile(Strict):
    content_url: Address
    content_type: str | None
    file_name: str


class LogEvent(Strict):
    """SUN-SUP-23."""

    id: str
    type: Literal["Messaging::ConversationMessage", "Comment"]
    reference: Annotated[str, Field(pattern="^zen:")]
    created_at: Time
    author: LogAuthor
    content: dict[str, Any]
    attachments: list[LogFile]
    metadata: dict[str, Any]


class TicketField(Strict):
    id: Number
    url: Address
    type: str
    title: str
    raw_title: str
    active: bool
    required: bool
    removable: bool


# --- envelopes ---


class Numbered(Strict):
    """A page by number (SUN-SUP-08)."""

    count: int
    next_page: Address | None
    previous_page: Address | None


class Meta(Strict):
    has_more: bool
    after_cursor: str | None
    before_cursor: str | None


class Links(Strict):
    next: Address | None
    prev: Address | None


class ByCursor(Strict):
    meta: Meta
    links: Links


class Users(Numbered):
    users: list[User]


class UsersByCursor(ByCursor):
    users: list[User]


class Identities(Numbered):
    identities: list[Identity]


class IdentitiesByCursor(ByCursor):
    identities: list[Identity]


class Tickets(Numbered):
    tickets: list[Ticket]


class TicketsByCursor(ByCursor):
    tickets: list[Ticket]


class Results(Numbered):
    results: list[Annotated[FoundUser | FoundTicket, Field(discriminator="result_type")]]


class Comments(Numbered):
    comments: list[Comment]


class CommentsByCursor(ByCursor):
    comments: list[Comment]


class Audits(Numbered):
    audits: list[Audit]


class AuditsByCursor(ByCursor):
    audits: list[Audit]


class Log(ByCursor):
    events: list[LogEvent]


class TicketFields(Numbered):
    ticket_fields: list[TicketField]


class TicketFieldsByCursor(ByCursor):
    ticket_fields: list[TicketField]


class OneUser(Strict):
    user: User


class Me(Strict):
    user: User | Nobody


class OneIdentity(Strict):
    identity: Identity


class OneTicket(Strict):
    ticket: Ticket


class WrittenTicket(OneTicket):
    audit: Audit


class OneAudit(Strict):
    audit: Audit


class OneField(Strict):
    ticket_field: TicketField


class Tags(Strict):
    """SUN-SUP-21."""

    tags: list[Tag]


class Count(Strict):
    count: int


class Counted(Strict):
    value: int
    refreshed_at: Time


class CountOfUsers(Strict):
    count: Counted


class Token(Strict):
    """SUN-SUP-03."""

    access_token: str
    token_type: Literal["bearer"]
    scope: str
    expires_in: Literal[1800]
    refresh_token: str


# --- errors (SUN-SUP-06, SUN-SUP-07) ---


class Bare(Strict):
    error: str


class Described(Strict):
    error: str
    description: str


class Because(Strict):
    description: str


class Invalid(Described):
    error: Literal["RecordInvalid"]
    details: dict[str, list[Because]]


class Beyond(Described):
    error: Literal["invalid"]


class Titled(Strict):
    title: str
    message: str


class InTitle(Strict):
    error: Titled


class Coded(Strict):
    code: str
    title: str
    detail: str


class InCodes(Strict):
    errors: Annotated[list[Coded], Field(min_length=1)]


class OAuthError(Strict):
    error: str
    error_description: str


class NotFound(Described):
    error: Literal["RecordNotFound", "InvalidEndpoint"]


class TooMany(Described):
    error: Literal["APIRateLimitExceeded"]


class Unavailable(Described):
    error: Literal["unavailable"]


ANSWERS = Answers(
    {
        ("CreateToken", 200): Token,
        ("CreateToken", 400): OAuthError,
        ("CreateToken", 401): OAuthError,
        ("ShowCurrentUser", 200): Me,
        ("ListSupportUsers", 200): Users | UsersByCursor,
        ("CreateSupportUser", 201): OneUser,
        ("ShowSupportUser", 200): OneUser,
        ("UpdateSupportUser", 200): OneUser,
        ("CreateOrUpdateUser", 200): OneUser,
        ("CreateOrUpdateUser", 201): OneUser,
        ("MergeUsers", 200): OneUser,
        ("DeleteSupportUser", 200): OneUser,
        ("ShowManyUsers", 200): Users,
        ("CountUsers", 200): CountOfUsers,
        ("ListIdentities", 200): Identities | IdentitiesByCursor,
        ("CreateIdentity", 201): OneIdentity,
        ("ShowIdentity", 200): OneIdentity,
        ("UpdateIdentity", 200): OneIdentity,
        ("VerifyIdentity", 200): OneIdentity,
        ("MakeIdentityPrimary", 200): Identities,
        ("DeleteIdentity", 204): None,
        ("SearchUsers", 200): Users,
        ("Search", 200): Results,
        ("CountSearch", 200): Count,
        ("ShowTicket", 200): OneTicket,
        ("CreateTicket", 201): WrittenTicket,
        ("UpdateTicket", 200): WrittenTicket,
        ("ListTickets", 200): Tickets | TicketsByCursor,
        ("ListRequestedTickets", 200): Tickets | TicketsByCursor,
        ("ListTags", 200): Tags,
        ("AddTags", 200): Tags,
        ("ReplaceTags", 201): Tags,
        ("RemoveTags", 200): Tags,
        ("ListComments", 200): Comments | CommentsByCursor,
        ("ListAudits", 200): Audits | AuditsByCursor,
        ("ShowAudit", 200): OneAudit,
        ("ShowConversationLog", 200): Log,
        ("ListTicketFields", 200): TicketFields | TicketFieldsByCursor,
        ("CreateTicketField", 201): OneField,
        ("ShowTicketField", 200): OneField,
    },
    {
        400: InTitle | InCodes,
        401: Bare | OAuthError,
        403: InTitle,
        404: NotFound,
        422: Invalid | Beyond,
        429: TooMany,
        501: dict,
        503: Unavailable,
    },
)
