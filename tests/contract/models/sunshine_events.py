"""What Sunshine sends to webhooks, one model a trigger, from its documents (trigger table of the digest)."""

from typing import Any, Literal

from pydantic import Field

from tests.contract.models.sunshine import (
    Activity,
    Author,
    Client,
    ConversationShort,
    Device,
    Id,
    Message,
    Metadata,
    Moment,
    Source,
    Strict,
    User,
    UserShort,
)

# The full user first: a truncated one would swallow nothing of it.
Told = User | UserShort


class AuthorTold(Author):
    """SUN-EVT-03."""

    user: Told = None  # type: ignore[assignment]


class SourceTold(Source):
    """With `includeFullSource` (SUN-MSG-15)."""

    client: Client = None  # type: ignore[assignment]
    device: Device = None  # type: ignore[assignment]
    campaign: dict[str, str] = {}


class MessageTold(Message):
    author: AuthorTold
    source: SourceTold
    activity: Activity = None  # type: ignore[assignment] # SUN-EVT-04


class InConversation(Strict):
    conversation: ConversationShort


class Created(InConversation):
    user: Told = None  # type: ignore[assignment] # personal only
    creationReason: Literal[
        "linkRequest",
        "message",
        "none",
        "notification",
        "prechatCapture",
        "startConversation",
        "proactiveMessaging",
    ]
    source: SourceTold
    referral: dict[str, Any] = {}


class Said(InConversation):
    message: MessageTold
    recentNotifications: list[MessageTold] = []


class WithUser(InConversation):
    user: Told


class OnlyId(Strict):
    id: str


class Destination(Strict):
    type: str
    integrationId: Id = ""


class Delivered(WithUser):
    message: OnlyId
    destination: Destination
    externalMessages: list[OnlyId] = []
    isFinalEvent: bool


class Failure(Strict):
    code: Literal["switchboard_invalid_target", "switchboard_invalid_action", "uncategorized_error"]
    message: str


class Undelivered(Delivered):
    error: Failure


class Act(Strict):
    type: Literal["conversation:read", "typing:start", "typing:stop"]
    author: AuthorTold
    source: SourceTold


class Acted(InConversation):
    activity: Act


class Button(Strict):
    payload: str
    metadata: Metadata = {}


class Pressed(WithUser):
    postback: Button
    source: SourceTold


class Referral(Strict):
    code: str
    details: dict[str, str] = {}


class Referred(WithUser):
    source: SourceTold
    referral: Referral


class ClientTold(Strict):
    user: Told
    client: Client
    conversation: ConversationShort = None  # type: ignore[assignment]


class ClientAdded(ClientTold):
    reason: Literal["channelLinking", "sdkLogin", "authCode"]
    source: SourceTold


class ClientRemoved(ClientTold):
    reason: Literal["api", "linkCancelled", "linkFailed", "sdk", "theft"]
    source: SourceTold
    error: dict[str, str] = {}


class ClientUpdated(ClientTold):
    reason: Literal["confirmed", "blocked", "unblocked", "matched"]


class Controlled(InConversation):
    metadata: Metadata = {}


class Moved(Controlled):
    reason: Literal["ticketClosed", "transferToEmail"] = "ticketClosed"


class NotMoved(Controlled):
    error: Failure


class Pair(Strict):
    surviving: Told
    discarded: Told


class Conversations(Strict):
    surviving: ConversationShort
    discarded: ConversationShort


class Merged(Strict):
    mergedUsers: Pair
    mergedConversations: Conversations = None  # type: ignore[assignment]
    mergedClients: dict[str, Client] = {}
    discardedMetadata: Metadata = {}
    reason: Literal["api", "channelLinking", "sdkLogin"]


class UserUpdated(Strict):
    user: Told
    reason: Literal["authentication", "localeDetection"]
    source: SourceTold


class UserRemoved(Strict):
    user: Told


PAYLOADS: dict[str, type[Strict] | None] = {
    "conversation:create": Created,
    "conversation:join": WithUser,
    "conversation:leave": WithUser,
    "conversation:remove": InConversation,
    "conversation:message": Said,
    "conversation:message:delivery:channel": Delivered,
    "conversation:message:delivery:user": Delivered,
    "conversation:message:delivery:failure": Undelivered,
    "conversation:postback": Pressed,
    "conversation:read": Acted,
    "conversation:typing": Acted,
    "conversation:referral": Referred,
    "client:add": ClientAdded,
    "client:remove": ClientRemoved,
    "client:update": ClientUpdated,
    "switchboard:passControl": Moved,
    "switchboard:passControl:failure": NotMoved,
    "switchboard:releaseControl": Moved,
    "switchboard:offerControl": Controlled,
    "switchboard:offerControl:failure": NotMoved,
    "switchboard:acceptControl": Controlled,
    "switchboard:acceptControl:failure": NotMoved,
    "user:merge": Merged,
    "user:update": UserUpdated,
    "user:remove": UserRemoved,
    "passthrough:messaging": None,  # listed, not described
}


class Envelope(Strict):
    """SUN-WHK-01."""

    app: OnlyId
    webhook: "Hook"
    events: list["Event"] = Field(min_length=1, max_length=50)


class Hook(Strict):
    id: Id
    version: Literal["v2"]


class Event(Strict):
    id: Id
    type: str
    createdAt: Moment
    payload: dict[str, Any]


def check_delivery(body: Any) -> list[str]:
    """Raise if a delivery is none the documents describe; tell the types it carried."""
    envelope = Envelope.model_validate(body)
    for event in envelope.events:
        model = PAYLOADS[event.type]
        if model is not None:
            model.model_validate(event.payload)
    return [event.type for event in envelope.events]
