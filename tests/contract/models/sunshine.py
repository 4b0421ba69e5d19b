"""What Sunshine may answer and send, written from its documents, not from the simulator.

A key that stands in no document is an error. Rows of the digest are named where a document says more or less
than the schema: keys only its examples show (SUN-USR-05), parts event schemas leave out (SUN-EVT-03/04).
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{24}$")]
KeyId = Annotated[str, StringConstraints(pattern=r"^(app|int|act|svc)_[0-9a-f]{24}$")]
Moment = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")]
Url = Annotated[str, StringConstraints(pattern=r"^https?://", max_length=2048)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Metadata = dict[str, str | bool | int | float]
ClientType = Literal[
    "apple",
    "gbm",
    "googlercs",
    "instagram",
    "kakao",
    "line",
    "mailgun",
    "messagebird",
    "messenger",
    "slackconnect",
    "sdk",
    "telegram",
    "twilio",
    "twitter",
    "viber",
    "wechat",
    "whatsapp",
]


class Strict(BaseModel):
    """Nothing but what is described, and of exactly that type."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Empty(Strict):
    """Success without content (SUN-CNV-08)."""


# --- refusals ---


class Error(Strict):
    code: str
    title: str


class Errors(Strict):
    """Every 4xx (SUN-CNV-06)."""

    errors: Annotated[list[Error], Field(min_length=1)]


class LegacyDetails(Strict):
    code: str
    description: str


class LegacyError(Strict):
    """Every 4xx of v1.1 (SUN-IDN-07)."""

    error: LegacyDetails


# --- pages ---


class Meta(Strict):
    hasMore: bool
    afterCursor: Id = ""
    beforeCursor: Id = ""


class Links(Strict):
    prev: Url = ""
    next: Url = ""


# --- apps ---


class Settings(Strict):
    conversationRetentionSeconds: Annotated[int, Field(ge=0)]
    maskCreditCardNumbers: bool
    useAnimalNames: bool
    echoPostback: bool
    ignoreAutoConversationStart: bool
    multiConvoEnabled: bool
    appLocalizationEnabled: bool
    endSessionEnabled: bool
    disableConversationReopen: bool


class App(Strict):
    id: Id
    displayName: Name
    settings: Settings
    metadata: Metadata


class AppWithSubdomain(App):
    subdomain: str


class AppAnswer(Strict):
    app: App


class AppWithSubdomainAnswer(Strict):
    app: AppWithSubdomain


class Apps(Strict):
    apps: list[App]
    meta: Meta
    links: Links


class Key(Strict):
    id: KeyId
    displayName: Name
    secret: Annotated[str, StringConstraints(min_length=1)]


class KeyAnswer(Strict):
    key: Key


class Keys(Strict):
    keys: list[Key]


# --- users ---


class Identity(Strict):
    type: str
    value: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    verification: str


class Profile(Strict):
    givenName: Annotated[str, StringConstraints(min_length=1, max_length=128)] = "-"
    surname: Annotated[str, StringConstraints(min_length=1, max_length=128)] = "-"
    email: Annotated[str, StringConstraints(pattern="@", max_length=128)] = "@"
    avatarUrl: Url = "http://-"
    locale: Annotated[str, StringConstraints(min_length=1, max_length=64)] = "-"
    localeOrigin: str = "-"  # SUN-USR-05


class UserShort(Strict):
    """Truncated (SUN-EVT-02)."""

    id: Id
    authenticated: bool
    externalId: Annotated[str, StringConstraints(min_length=1, max_length=1024)] = "-"
    zendeskId: Annotated[str, StringConstraints(pattern=r"^\d+$")] = "0"
    brandId: Annotated[str, StringConstraints(min_length=1, max_length=24)] = "-"


class User(UserShort):
    signedUpAt: str = ""
    toBeRetained: bool = False
    profile: Profile
    metadata: Metadata
    identities: list[Identity]
    hasPaymentInfo: Literal[False] = False  # SUN-USR-05


class UserAnswer(Strict):
    user: User


class Users(Strict):
    users: list[User]


class Client(Strict):
    id: Id
    type: ClientType
    status: Literal["active", "blocked", "inactive", "pending"]
    integrationId: Id = ""
    externalId: str = ""
    displayName: str = ""
    avatarUrl: Url = "http://-"
    lastSeen: Moment = ""
    linkedAt: Moment = ""
    info: dict[str, Any] = {}
    raw: dict[str, Any] = {}


class ClientAnswer(Strict):
    client: Client


class Clients(Strict):
    clients: list[Client]
    meta: Meta
    links: Links


class Device(Strict):
    id: Id
    type: Literal["android", "ios", "web"]
    guid: str
    clientId: Id
    status: Literal["active", "inactive"]
    integrationId: Id = ""
    lastSeen: Moment
    pushNotificationToken: str = ""
    info: dict[str, Any] = {}
    appVersion: str = ""


class DeviceAnswer(Strict):
    device: Device


class Devices(Strict):
    devices: list[Device]


# --- conversations ---


class ResponderShort(Strict):
    id: Id
    name: Annotated[str, StringConstraints(pattern=r"^[\w-]{1,128}$")]
    integrationId: Id
    integrationType: str


class ConversationShort(Strict):
    """Truncated (SUN-EVT-01)."""

    id: Id
    type: Literal["personal", "sdkGroup"]
    metadata: Metadata = {}
    activeSwitchboardIntegration: ResponderShort = None  # type: ignore[assignment] # absent, never null
    pendingSwitchboardIntegration: ResponderShort = None  # type: ignore[assignment]


class Conversation(ConversationShort):
    isDefault: bool
    displayName: Name = "-"
    description: Name = "-"
    iconUrl: Url = "http://-"
    businessLastRead: Moment = ""
    lastUpdatedAt: Moment
    createdAt: Moment
    brandId: str = ""  # SUN-CON-04


class ConversationAnswer(Strict):
    conversation: Conversation


class Conversations(Strict):
    conversations: list[Conversation]
    meta: Meta
    links: Links


class Association(Strict):
    type: ClientType
    clientId: Id


class Participant(Strict):
    id: Id
    userId: Id
    userExternalId: str = ""
    unreadCount: Annotated[int, Field(ge=0)]
    lastRead: Moment = ""
    clientAssociations: list[Association]


class ParticipantAnswer(Strict):
    participant: Participant


class Participants(Strict):
    participants: list[Participant]
    meta: Meta
    links: Links


# --- messages ---

Text = Annotated[str, StringConstraints(max_length=4096)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=128)]


class Action(Strict):
    type: Literal["buy", "link", "locationRequest", "postback", "reply", "webview"]
    text: str
    uri: Url = "http://-"
    payload: str = ""
    amount: int = 0
    currency: str = ""
    metadata: Metadata = {}
    iconUrl: Url = "http://-"
    default: bool = False
    fallback: Url = "http://-"
    size: Literal["compact", "tall", "full"] = "compact"
    openOnReceive: bool = False
    extraChannelOptions: dict[str, Any] = {}


class Item(Strict):
    title: Label
    description: Annotated[str, StringConstraints(max_length=128)] = ""
    mediaUrl: Url = "http://-"
    mediaType: str = ""
    altText: str = ""
    size: Literal["compact", "large"] = "compact"
    actions: Annotated[list[Action], Field(min_length=1, max_length=3)]
    metadata: Metadata = {}


class FormField(Strict):
    type: Literal["email", "select", "text"]
    name: Label
    label: Label
    placeholder: Label = "-"
    minSize: Annotated[int, Field(ge=1, le=256)] = 1
    maxSize: Annotated[int, Field(ge=1, le=256)] = 128
    options: list[dict[str, str]] = []
    text: str = ""
    email: str = ""
    select: list[dict[str, str]] = []
    format: Literal["integer", "decimal"] = "integer"


class Said(Strict):
    """What all contents share."""

    blockChatInput: bool = False


class TextContent(Said):
    type: Literal["text"]
    text: Text = ""
    htmlText: Text = ""
    markdownText: Text = ""
    actions: list[Action] = []
    payload: str = ""


class Media(Said):
    mediaUrl: Url
    mediaType: str
    mediaSize: float | int = 0
    altText: Annotated[str, StringConstraints(max_length=128)] = ""
    text: Text = ""
    htmlText: Text = ""
    attachmentId: str = ""


class FileContent(Media):
    type: Literal["file"]


class ImageContent(Media):
    type: Literal["image"]
    actions: list[Action] = []


class Carousel(Said):
    type: Literal["carousel"]
    text: str = ""
    items: Annotated[list[Item], Field(min_length=1, max_length=10)]
    displaySettings: dict[str, str] = {}


class ListContent(Said):
    type: Literal["list"]
    items: Annotated[list[Item], Field(min_length=1, max_length=10)]
    actions: list[Action] = []


class Form(Said):
    type: Literal["form"]
    submitted: bool = False
    fields: Annotated[list[FormField], Field(min_length=1, max_length=20)]
    text: Text = ""


class Coordinates(Strict):
    lat: float
    long: float


class Location(Said):
    type: Literal["location"]
    text: str = ""
    coordinates: Coordinates
    location: dict[str, str] = {}


class Template(Said):
    type: Literal["template"]
    template: dict[str, Any]


Content = Annotated[
    TextContent | FileContent | ImageContent | Carousel | ListContent | Form | Location | Template,
    Field(discriminator="type"),
]


class Author(Strict):
    """In an answer; `userExternalId` and `brandId` are write-only (SUN-MSG-02)."""

    type: Literal["business", "user"]
    userId: Id = ""
    displayName: str = ""
    avatarUrl: Url = "http://-"
    subtypes: Annotated[
        list[Literal["AI", "activity", "agent", "bot"]], Field(min_length=1, max_length=1)
    ] = []


class Activity(Strict):
    type: Literal["ticket:closed", "ticket:transfer:email", "conversation:endedByUser"]
    data: dict[str, Any] = {}


class Source(Strict):
    type: str
    integrationId: Id = ""
    originalMessageId: str = ""
    originalMessageTimestamp: Moment = ""


class Message(Strict):
    id: Id
    received: Moment
    author: Author
    content: Content
    source: Source
    metadata: Metadata = {}
    activity: Activity = None  # type: ignore[assignment]
    deleted: Literal[True] = True


class Posted(Strict):
    messages: Annotated[list[Message], Field(min_length=1)]


class Messages(Strict):
    messages: Annotated[list[Message], Field(max_length=100)]
    meta: Meta
    links: Links


class AttachmentDetails(Strict):
    mediaUrl: Annotated[str, StringConstraints(pattern=r"/sc/attachments/v2/[0-9A-HJKMNP-TV-Z]{26}/[^/]+$")]
    mediaType: str


class Attachment(Strict):
    attachment: AttachmentDetails


class ConversionDetails(Strict):
    datasetId: str
    eventsReceived: int


class Conversions(Strict):
    conversionEvents: ConversionDetails


# --- integrations, webhooks, switchboard ---


class Webhook(Strict):
    id: Id
    version: Literal["v2"]
    target: Url
    triggers: Annotated[list[str], Field(min_length=1)]
    secret: Annotated[str, StringConstraints(min_length=1)]
    includeFullUser: bool
    includeFullSource: bool


class WebhookAnswer(Strict):
    webhook: Webhook


class Webhooks(Strict):
    webhooks: Annotated[list[Webhook], Field(max_length=10)]


class Integration(BaseModel):
    """Each type has keys of its own; what must never be shown again is refused."""

    model_config = ConfigDict(extra="allow", strict=True)
    id: Id
    type: str
    status: Literal["active", "inactive", "error"]
    displayName: Name = "-"
    webhooks: list[Webhook] = []
    authToken: None = None
    apiKey: None = None
    appSecret: None = None
    pageAccessToken: None = None


class IntegrationAnswer(Strict):
    integration: Integration


class Integrations(Strict):
    integrations: list[Integration]
    meta: Meta
    links: Links


class Switchboard(Strict):
    id: Id
    enabled: bool
    defaultSwitchboardIntegrationId: Id = ""


class SwitchboardAnswer(Strict):
    switchboard: Switchboard


class Switchboards(Strict):
    switchboards: Annotated[list[Switchboard], Field(max_length=1)]


class Responder(ResponderShort):
    deliverStandbyEvents: bool
    nextSwitchboardIntegrationId: Id = ""
    messageHistoryCount: Annotated[int, Field(ge=1, le=10)] = 1


class ResponderAnswer(Strict):
    switchboardIntegration: Responder


class Responders(Strict):
    switchboardIntegrations: Annotated[list[Responder], Field(max_length=10)]


class Token(Strict):
    access_token: str
    token_type: Literal["Bearer"]


class Anything(RootModel[dict[str, Any]]):
    """An object that is not described."""


# operation: (status, model)
ANSWERS: dict[str, tuple[int, type[BaseModel]]] = {
    "ListApps": (200, Apps),
    "CreateApp": (201, AppAnswer),
    "GetApp": (200, AppWithSubdomainAnswer),
    "UpdateApp": (200, AppAnswer),
    "DeleteApp": (200, Empty),
    "ListAppKeys": (200, Keys),
    "CreateAppKey": (201, KeyAnswer),
    "GetAppKey": (200, KeyAnswer),
    "DeleteAppKey": (200, Empty),
    "GetTokenInfo": (200, AppWithSubdomainAnswer),
    "UploadAttachment": (201, Attachment),
    "DeleteAttachment": (200, Empty),
    "CreateConversation": (201, ConversationAnswer),
    "ListConversations": (200, Conversations),
    "GetConversation": (200, ConversationAnswer),
    "UpdateConversation": (200, ConversationAnswer),
    "DeleteConversation": (200, Empty),
    "JoinConversation": (201, ParticipantAnswer),
    "ListParticipants": (200, Participants),
    "LeaveConversation": (200, Empty),
    "PostMessage": (201, Posted),
    "ListMessages": (200, Messages),
    "DeleteAllMessages": (200, Empty),
    "DeleteMessage": (200, Empty),
    "PostActivity": (200, Empty),
    "PassControl": (200, Empty),
    "ReleaseControl": (200, Empty),
    "OfferControl": (200, Empty),
    "AcceptControl": (200, Empty),
    "DownloadMessageRef": (200, Anything),
    "PostConversionEvents": (200, Conversions),
    "ListIntegrations": (200, Integrations),
    "CreateIntegration": (201, IntegrationAnswer),
    "GetIntegration": (200, IntegrationAnswer),
    "UpdateIntegration": (200, IntegrationAnswer),
    "DeleteIntegration": (200, Empty),
    "ListCustomIntegrationKeys": (200, Keys),
    "CreateCustomIntegrationKey": (201, KeyAnswer),
    "GetCustomIntegrationKey": (200, KeyAnswer),
    "DeleteCustomIntegrationKey": (200, Empty),
    "CreateWebhook": (201, WebhookAnswer),
    "ListWebhooks": (200, Webhooks),
    "GetWebhook": (200, WebhookAnswer),
    "UpdateWebhook": (200, WebhookAnswer),
    "DeleteWebhook": (200, Empty),
    "ListSwitchboards": (200, Switchboards),
    "CreateSwitchboard": (201, SwitchboardAnswer),
    "UpdateSwitchboard": (200, SwitchboardAnswer),
    "DeleteSwitchboard": (200, Empty),
    "ListSwitchboardIntegrations": (200, Responders),
    "CreateSwitchboardIntegration": (201, ResponderAnswer),
    "UpdateSwitchboardIntegration": (200, ResponderAnswer),
    "DeleteSwitchboardIntegration": (200, Empty),
    "CreateUser": (201, UserAnswer),
    "ListUsers": (200, Users),
    "GetUser": (200, UserAnswer),
    "UpdateUser": (200, UserAnswer),
    "DeleteUser": (200, Empty),
    "DeleteUserPersonalInformation": (200, UserAnswer),
    "SyncUser": (200, UserAnswer),
    "ListClients": (200, Clients),
    "CreateClient": (201, ClientAnswer),
    "RemoveClient": (200, Empty),
    "ListDevices": (200, Devices),
    "GetDevice": (200, DeviceAnswer),
    "GetToken": (200, Token),
    "RevokeAccess": (200, Empty),
    "MergeAppUsers": (200, Empty),
}
NOT_JSON = {"Authorize": 302, "DownloadAttachment": 200}
LEGACY = ("MergeAppUsers",)


def check_answer(operation: str, status: int, body: Any) -> None:
    """Raise if the answer is none the documents describe."""
    if status >= 400:
        (LegacyError if operation in LEGACY else Errors).model_validate(body)
        return
    documented, model = ANSWERS[operation]
    assert status == documented, f"{operation} answers {documented}, not {status}"
    model.model_validate(body)
