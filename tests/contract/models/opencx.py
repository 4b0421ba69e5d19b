"""Answers and webhooks of OpenCX (section 14 of its digest)."""

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from tests.contract.models import Answers, Strict

Time = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")]
Uuid = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Plain = dict[str, str | int | float | bool]  # OCX-API-18
Mood = Literal["angry", "neutral", "happy"]  # OCX-HO-11
Channel = Literal[
    "web", "email", "phone_voice", "slack", "sms", "whatsapp", "instagram", "messenger", "api", "web_voice"
]
EventType = Literal[
    "message", "handoff", "ai_resolved_issue", "human_agent_comment", "human_agent_joined",
    "human_agent_takeover", "prohibited_topic_detected", "handoff_to_zendesk", "ai_response_cancelled",
    "ai_assumed_the_session_resolved", "system_reopened_session", "ai_reopened_session",
    "agent_reopened_session", "integration_reopened_session", "closed_resolved_by_agent",
    "closed_resolved_by_api", "closed_resolved_by_contact", "closed_resolved_by_integration",
    "closed_resolved_by_system", "closed_unresolved_by_agent", "closed_unresolved_by_api",
    "closed_unresolved_by_system", "closed_unresolved_by_contact", "closed_unresolved_by_integration",
]  # fmt: skip


class Contact(Strict):
    """OCX-API-24: the number is read under another name than it is written."""

    id: Uuid
    email: str | None
    phone_number: str | None
    name: str | None
    custom_data: Plain


class Handoff(Strict):
    """OCX-API-10."""

    summary: str
    sentiment: Mood | None = None


class Desk(Strict):
    """OCX-ZD-23."""

    name: str
    external_id: str
    id_type: Literal["conversation_id", "ticket_id", "case_id", "conversation_sid"]


class ChannelType(Strict):
    type: Channel


class Session(Strict):
    """OCX-API-09."""

    id: Uuid
    status: Literal["open", "closed_resolved", "closed_unresolved"]
    ai_closure_type: Literal["assumed_resolved", "handed_off", "resolved"] | None
    sentiment: Mood | None
    channel: ChannelType
    ticket_number: int
    assist_mode: bool
    created_at: Time
    updated_at: Time
    contact: Contact | None
    language: str
    assignee_id: str | None
    custom_data: Plain
    team: Any
    ticketing_system: Desk | None
    handoff: Handoff | None = None


class Sender(Strict):
    type: Literal["contact", "ai", "human_agent", "system"]
    name: str | None


class Content(Strict):
    type: Literal["text"]
    text: str


class File(Strict):
    id: Uuid
    name: str | None
    size: int | None
    type: str | None
    url: str | None


class Said(Strict):
    type: EventType
    sender: Sender
    content: Content
    attachments: list[File]
    context: dict[str, Any] | None


class Line(Strict):
    """OCX-API-21."""

    id: Uuid
    created_at: Time
    event: Said


class Page(Strict):
    """OCX-API-06."""

    next: str | None


class Contacts(Page):
    items: list[Contact]


class Sessions(Page):
    items: list[Session]


class History(Page):
    items: list[Line]


class Id(Strict):
    id: Uuid


class Token(Strict):
    """OCX-API-25."""

    token: str
    contact: Id


Code = Literal["session_assigned_to_human_agent", "response_cancelled", "skipping_unuseful_response"]


class Message(Strict):
    message: Id


class Stored(Strict):
    """The newest answer of send: the id alone (OCX-API-16)."""

    success: Literal[True]
    code: Code | None = None
    data: Message


class Value(Strict):
    content: str
    error: None


class Autopilot(Strict):
    value: Value
    id: Uuid
    mightSolveUserIssue: bool
    completelyAndFullyCoveredUserIssue: bool


class Answer(Strict):
    """The older answer of send (OCX-API-17), with or without an envelope."""

    code: Code | None = None
    sessionIsHandedOff: bool
    autopilotResponse: Autopilot | None
    resolveArgs: Handoff | None = None


class Inline(Answer):
    success: Literal[True]


class Enveloped(Strict):
    success: Literal[True]
    data: Answer


class Error(Strict):
    """OCX-API-04: one shape for all."""

    statusCode: int
    message: str
    error: str


ANSWERS = Answers(
    {
        ("saveContact", 201): Contact,
        ("listContacts", 200): Contacts,
        ("updateContact", 200): Contact,
        ("deleteContact", 200): None,
        ("authenticateContact", 201): Token,
        ("createChatSession", 201): Id,
        ("getChatSession", 200): Session,
        ("updateChatSession", 200): Session,
        ("listChatSessions", 200): Sessions,
        ("listChatHistory", 200): History,
        ("sendMessage", 201): Stored | Inline | Enveloped,
    },
    {400: Error, 401: Error, 403: Error, 404: Error, 429: Error, 500: Error, 501: dict},
)


# --- webhooks (OCX-WH) ---


class About(Strict):
    conversation_id: Uuid
    timestamp: Time
    customer_id: Uuid | None
    message_count: int


class Enriched(Strict):
    phone_number: str | None
    email: str | None
    address: Any


class Customer(Strict):
    id: Uuid
    name: str | None
    enriched_data: Enriched
    custom_data: Plain


class Assignee(Strict):
    type: Literal["AI", "human"]


class Started(Strict):
    """OCX-WH-05."""

    conversation_id: Uuid
    assignee: Assignee
    contact: Customer | None
    channel: Channel
    first_message: str
    timestamp: Time


class Spoken(Strict):
    id: Uuid
    text: str


class Response(About):
    """Of customer, AI or agent; composed by us, as it is not documented."""

    message: Spoken
    response: str
    channel: Channel


class ConversationId(Strict):
    sunshine_conversation_id: str


class Integration(Strict):
    """OCX-ZD-22."""

    sunshine: ConversationId


class HandedOff(About):
    """OCX-WH-07, OCX-WH-08."""

    reason: Literal[
        "ai_decided_to_handoff_the_conversation",
        "ai_is_forbidden_from_handling_this_topic",
        "human_agent_decided_to_take_over",
        "ai_decided_to_handoff_because_the_user_left",
    ]
    summary: str
    contact_reason: str | None
    user_sentiment: Mood | None
    was_handedoff_to_third_party: bool
    third_party_name: str | None
    integration_metadata: Integration | None
    language: str


class ClosedBy(Strict):
    type: Literal["AI", "human", "workflow", "contact"]


class Closed(About):
    """OCX-WH-09."""

    human_resolution_status: Literal["resolved", "not_resolved"] | None
    ai_resolution_status: Literal["resolved", "not_resolved"] | None
    ai_billing_tier: Any
    closed_by: ClosedBy
    is_from_third_party: bool
    third_party_name: str | None
    summary: str | None


class FromDesk(About):
    """OCX-WH-11."""

    third_party_name: str
    response: str
    language: str


class Envelope(Strict):
    """OCX-WH-03."""

    event: str
    organization_id: str
    data: Any


DATA: dict[str, Any] = {
    "conversation.started": Started,
    "conversation.contact_response": Response,
    "conversation.ai_response": Response,
    "conversation.agent_response": Response,
    "conversation.handoff_to_human": list[HandedOff],
    "conversation.closed": list[Closed],
    "conversation.third_party_agent_response": FromDesk,
    "conversation.handoff_to_third_party_failed": dict[str, Any],
    "csat.requested": dict[str, Any],
    "csat.score_submitted": dict[str, Any],
    "workflow.run.succeeded": dict[str, Any],
    "workflow.run.failed": dict[str, Any],
}
_DATA = {event: TypeAdapter(shape) for event, shape in DATA.items()}


def check_webhook(body: bytes) -> None:
    """Raise if this is no webhook that is documented; whatever form the data has."""
    envelope = Envelope.model_validate_json(body)
    content, in_array = envelope.data, envelope.event in IN_ARRAY
    if in_array and not isinstance(content, list):
        content = [content]
    if not in_array and isinstance(content, list):
        (content,) = content
    _DATA[envelope.event].validate_python(content)


IN_ARRAY = ("conversation.handoff_to_human", "conversation.closed")
