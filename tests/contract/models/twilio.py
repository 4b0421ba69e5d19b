"""Answers of the carrier's API (carrier.md sections 2, 3, 9, 12 to 14; field lists as published)."""

from typing import Annotated, Any, Literal

from pydantic import Field

from tests.contract.models import Answers, Strict


def sid(*prefixes: str) -> Any:
    """Two letters and 32 hex digits (CAR-13)."""
    return Field(pattern=f"^({'|'.join(prefixes)})[0-9a-f]{{32}}$")


Account = Annotated[str, sid("AC")]
MessageSid = Annotated[str, sid("SM", "MM")]
MediaSid = Annotated[str, sid("ME")]
SenderSid = Annotated[str, sid("PN", "SC")]
NumberSid = Annotated[str, sid("PN")]
CodeSid = Annotated[str, sid("SC")]
ServiceSid = Annotated[str, sid("MG")]
AlphaSid = Annotated[str, sid("AI")]
CampaignSid = Annotated[str, sid("QE")]
BrandSid = Annotated[str, sid("BN")]
VettingSid = Annotated[str, sid("VT")]
VerificationSid = Annotated[str, sid("HH")]
SinkSid = Annotated[str, sid("DG")]
SubscriptionSid = Annotated[str, sid("DF")]
ContentSid = Annotated[str, sid("HX")]
ChannelSid = Annotated[str, sid("XE")]
Mail = Annotated[  # RFC 2822 in GMT (CAR-16)
    str, Field(pattern=r"^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000$")
]
Iso = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
Address = Annotated[str, Field(pattern=r"^https?://")]
Uri = Annotated[str, Field(pattern=r"^/2010-04-01/Accounts/AC[0-9a-f]{32}.*\.json$")]
Page = Annotated[str, Field(pattern=r"^/2010-04-01/.*\.json\?")]
Digits = Annotated[str, Field(pattern=r"^\d+$")]
Price = Annotated[str, Field(pattern=r"^-\d+\.\d{5}$")]
Phone = Annotated[str, Field(pattern=r"^\+[1-9]\d{6,14}$")]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Hook = Annotated[str, Field(pattern=r"^(https?://.*)?$")]
Method = Literal["GET", "POST"]
Bundle = Annotated[str, Field(pattern="^BU")]


class MessageLinks(Strict):
    media: Uri
    feedback: Uri


class Message(Strict):
    """CAR-15: numbers are strings, `error_code` is an integer or null."""

    account_sid: Account
    api_version: Literal["2010-04-01"]
    body: str
    date_created: Mail
    date_sent: Mail | None
    date_updated: Mail
    direction: Literal["inbound", "outbound-api", "outbound-call", "outbound-reply"]
    error_code: int | None
    error_message: str | None
    from_: Annotated[str | None, Field(alias="from")]
    messaging_service_sid: ServiceSid | None
    num_media: Digits
    num_segments: Digits
    price: Price | None
    price_unit: Literal["USD"] | None
    sid: MessageSid
    status: Literal[
        "accepted", "scheduled", "queued", "sending", "sent", "delivered", "undelivered", "failed",
        "canceled", "receiving", "received", "read", "partially_delivered",
    ]  # fmt: skip
    subresource_uris: MessageLinks
    to: str
    uri: Uri


class Media(Strict):
    """CAR-143."""

    sid: MediaSid
    account_sid: Account
    parent_sid: MessageSid
    content_type: str
    date_created: Mail
    date_updated: Mail
    uri: Uri


class Feedback(Strict):
    """CAR-33."""

    account_sid: Account
    message_sid: MessageSid
    outcome: Literal["confirmed", "unconfirmed"]
    date_created: Mail
    date_updated: Mail
    uri: Uri


class Listing(Strict):
    """CAR-28: these keys, the records', and none besides (CAR-215)."""

    page: int
    page_size: Annotated[int, Field(ge=1, le=1000)]
    start: int
    end: int
    uri: Page
    first_page_uri: Page
    next_page_uri: Page | None
    previous_page_uri: Page | None


class Messages(Listing):
    messages: list[Message]


class MediaList(Listing):
    media_list: list[Media]


class Held(Strict):
    """What numbers and short codes have in common."""

    sid: SenderSid
    account_sid: Account
    api_version: Literal["2010-04-01"]
    friendly_name: str
    sms_url: Hook
    sms_method: Method
    sms_fallback_url: Hook
    sms_fallback_method: Method
    date_created: Mail
    date_updated: Mail
    uri: Uri


class Capabilities(Strict):
    voice: bool
    sms: bool
    mms: bool
    fax: bool


class PhoneNumber(Held):
    """CAR-175."""

    phone_number: Phone
    type: Literal["local", "mobile", "toll-free"]
    capabilities: Capabilities
    sms_application_sid: str
    status: str
    origin: str
    beta: bool


class ShortCode(Held):
    short_code: Annotated[str, Field(pattern=r"^\d{5,6}$")]


class PhoneNumbers(Listing):
    incoming_phone_numbers: list[PhoneNumber]


class ShortCodes(Listing):
    short_codes: list[ShortCode]


class TheAccount(Strict):
    sid: Account
    owner_account_sid: Account
    friendly_name: str
    status: Literal["active", "suspended", "closed"]
    type: Literal["Trial", "Full"]
    auth_token: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
    date_created: Mail
    date_updated: Mail
    uri: Uri
    subresource_uris: dict[str, Uri]


class Balance(Strict):
    account_sid: Account
    balance: Annotated[str, Field(pattern=r"^-?\d+\.\d+$")]
    currency: Literal["USD"]


class Meta(Strict):
    """CAR-171."""

    key: str
    page: int
    page_size: int
    first_page_url: Address
    previous_page_url: Address | None
    next_page_url: Address | None
    url: Address


class MetaListing(Strict):
    meta: Meta


class Made(Strict):
    """What every resource of the newer hosts says."""

    account_sid: Account
    date_created: Iso
    date_updated: Iso
    url: Address


class Service(Made):
    """CAR-172."""

    sid: ServiceSid
    friendly_name: str
    inbound_request_url: Address | None
    inbound_method: Method
    fallback_url: Address | None
    fallback_method: Method
    status_callback: Address | None
    sticky_sender: bool
    mms_converter: bool
    smart_encoding: bool
    scan_message_content: Literal["inherit", "enable", "disable"]
    fallback_to_long_code: bool
    area_code_geomatch: bool
    validity_period: Annotated[int, Field(ge=1, le=36_000)]
    synchronous_validation: bool
    usecase: Literal["notifications", "marketing", "verification", "discussion", "poll", "undeclared"]
    use_inbound_webhook_on_number: bool
    us_app_to_person_registered: bool
    links: dict[str, Address]


class Services(MetaListing):
    services: list[Service]


class Pooled(Made):
    service_sid: ServiceSid
    capabilities: list[Literal["SMS", "MMS", "Voice"]]


class PooledNumber(Pooled):
    sid: NumberSid
    phone_number: Phone
    country_code: Country


class PooledNumbers(MetaListing):
    phone_numbers: list[PooledNumber]


class PooledShortCode(Pooled):
    sid: CodeSid
    short_code: str
    country_code: Country


class PooledShortCodes(MetaListing):
    short_codes: list[PooledShortCode]


class AlphaSender(Pooled):
    sid: AlphaSid
    alpha_sender: Annotated[str, Field(pattern=r"^[A-Za-z0-9 ]{1,11}$")]


class AlphaSenders(MetaListing):
    alpha_senders: list[AlphaSender]


class DestinationAlphaSender(AlphaSender):
    iso_country_code: Annotated[str, Field(pattern=r"^([A-Z]{2})?$")]


class DestinationAlphaSenders(MetaListing):
    alpha_senders: list[DestinationAlphaSender]


class ChannelSender(Made):
    sid: ChannelSid
    messaging_service_sid: ServiceSid
    sender: str
    sender_type: str
    country_code: Country


class ChannelSenders(MetaListing):
    senders: list[ChannelSender]


class Usecase(Strict):
    usecase: str
    friendly_name: str
    purpose: str


class Usecases(Strict):
    usecases: list[Usecase]


class Fault(Strict):
    """Why a registration failed."""

    error_code: int
    description: str


class RateLimits(Strict):
    """CAR-185."""

    att: dict[Literal["mps", "msg_class"], int | str]
    tmobile: dict[Literal["brand_tier"], str]


class Campaign(Made):
    """CAR-183."""

    sid: CampaignSid
    brand_registration_sid: BrandSid
    messaging_service_sid: ServiceSid
    campaign_status: Literal["PENDING", "IN_PROGRESS", "VERIFIED", "FAILED", "SUSPENDED"]
    campaign_id: Annotated[str, Field(pattern="^C[0-9A-Z]{6}$")] | None
    description: Annotated[str, Field(min_length=40, max_length=4096)]
    message_flow: Annotated[str, Field(min_length=40, max_length=2048)]
    message_samples: Annotated[list[str], Field(min_length=2, max_length=5)]
    us_app_to_person_usecase: str
    has_embedded_links: bool
    has_embedded_phone: bool
    subscriber_opt_in: bool
    age_gated: bool
    direct_lending: bool
    opt_in_message: str | None
    opt_out_message: str | None
    help_message: str | None
    opt_in_keywords: list[str]
    opt_out_keywords: list[str]
    help_keywords: list[str]
    privacy_policy_url: str | None
    terms_and_conditions_url: str | None
    is_externally_registered: bool
    rate_limits: RateLimits | None
    mock: bool
    errors: list[Fault]


class Campaigns(MetaListing):
    compliance: list[Campaign]


class CampaignUsecase(Strict):
    code: str
    name: str
    description: str
    post_approval_required: bool


class CampaignUsecases(Strict):
    us_app_to_person_usecases: list[CampaignUsecase]


class Brand(Made):
    """CAR-182."""

    sid: BrandSid
    customer_profile_bundle_sid: Bundle | None
    a2p_profile_bundle_sid: Bundle | None
    brand_type: Literal["STANDARD", "SOLE_PROPRIETOR", "STARTER"]
    skip_automatic_sec_vet: bool
    mock: bool
    status: Literal[
        "PENDING", "IN_REVIEW", "APPROVED", "FAILED", "SUSPENDED", "DELETION_PENDING", "DELETION_FAILED"
    ]
    identity_status: Literal["SELF_DECLARED", "UNVERIFIED", "VERIFIED", "VETTED_VERIFIED"]
    tcr_id: Annotated[str, Field(pattern="^B[0-9A-Z]+$")] | None
    brand_score: Annotated[int, Field(ge=0, le=100)] | None
    brand_feedback: list[str]
    failure_reason: str | None
    errors: list[Fault]
    russell_3000: bool
    government_entity: bool
    tax_exempt_status: str | None
    links: dict[str, Address]


class Brands(MetaListing):
    data: list[Brand]


class Vetting(Made):
    brand_sid: BrandSid
    brand_vetting_sid: VettingSid
    vetting_provider: Literal["campaign-verify", "aegis"]
    vetting_id: str | None
    vetting_status: str
    vetting_class: str


class Vettings(MetaListing):
    data: list[Vetting]


class Otp(Strict):
    account_sid: Account
    brand_registration_sid: BrandSid


class Rejection(Strict):
    code: int
    reason: str


class Verification(Made):
    """CAR-192 … CAR-194."""

    sid: VerificationSid
    status: Literal["PENDING_REVIEW", "IN_REVIEW", "TWILIO_APPROVED", "TWILIO_REJECTED"]
    tollfree_phone_number_sid: NumberSid
    tollfree_phone_number: Phone
    rejection_reason: str | None
    rejection_reasons: list[Rejection]
    error_code: int | None
    edit_allowed: bool
    edit_expiration: Iso | None
    customer_profile_sid: str | None
    trust_product_sid: str | None
    regulated_item_sid: str | None
    business_name: str
    business_street_address: str | None
    business_street_address2: str | None
    business_city: str | None
    business_state_province_region: str | None
    business_postal_code: str | None
    business_country: str | None
    business_website: str | None
    business_contact_first_name: str | None
    business_contact_last_name: str | None
    business_contact_email: str | None
    business_contact_phone: str | None
    business_registration_number: str | None
    business_registration_authority: str | None
    business_registration_country: str | None
    business_registration_phone_number: str | None
    business_type: str | None
    doing_business_as: str | None
    notification_email: str | None
    use_case_categories: list[str]
    use_case_summary: str | None
    production_message_sample: str | None
    opt_in_image_urls: list[str]
    opt_in_type: str | None
    opt_in_confirmation_message: str | None
    opt_in_keywords: list[str]
    help_message_sample: str | None
    message_volume: str | None
    additional_information: str | None
    privacy_policy_url: str | None
    terms_and_conditions_url: str | None
    age_gated_content: bool
    external_reference_id: str | None
    vetting_id: str | None
    vetting_provider: str | None
    vetting_id_expiration: Iso | None
    resource_links: dict[str, Address] | None


class Verifications(MetaListing):
    verifications: list[Verification]


class SinkConfiguration(Strict):
    destination: Address
    method: Method
    batch_events: bool


class Sink(Strict):
    sid: SinkSid
    description: str
    sink_type: Literal["webhook"]
    sink_configuration: SinkConfiguration
    status: Literal["initialized", "validating", "active", "failed"]
    date_created: Iso
    date_updated: Iso
    url: Address
    links: dict[str, Address]


class Sinks(MetaListing):
    sinks: list[Sink]


class Subscription(Made):
    sid: SubscriptionSid
    sink_sid: SinkSid
    description: str
    links: dict[str, Address]


class Subscriptions(MetaListing):
    subscriptions: list[Subscription]


class Deactivations(Strict):
    """CAR-180."""

    redirect_to: Address


class Permission(Strict):
    country_code: Country
    type: Literal["country"]
    enabled: bool


class Permissions(Strict):
    permissions: list[Permission]


class Consent(Strict):
    correlation_id: str
    error_code: int
    error_messages: list[str]


class Consents(Strict):
    items: list[Consent]


class SecondaryToken(Made):
    secondary_auth_token: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]


class PromotedToken(Made):
    auth_token: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]


class Content(Made):
    sid: ContentSid
    friendly_name: str
    language: str
    variables: dict[str, str]
    types: dict[str, dict[str, Any]]
    links: dict[str, Address]


class Contents(MetaListing):
    contents: list[Content]


class WhatsApp(Strict):
    status: str
    name: str
    rejection_reason: str


class Approval(Strict):
    sid: ContentSid
    account_sid: Account
    whatsapp: WhatsApp
    url: Address


class Refused(Strict):
    """CAR-34: four keys."""

    code: int
    message: Annotated[str, Field(min_length=1)]
    more_info: Annotated[str, Field(pattern=r"^https://www\.twilio\.com/docs/errors/\d+$")]
    status: int


class NotLetIn(Refused):
    """20003 has a fifth."""

    detail: str


class Problem(Strict):
    """CAR-35."""

    type: Address
    title: str
    status: int
    code: int
    detail: str
    errors: list[Any]


def crud(name: str, one: Any, many: Any) -> dict[tuple[str, int], Any]:
    """What can be answered about one resource; which of it exists is another list's matter."""
    return {
        (f"Create{name}", 201): one,
        (f"List{name}", 200): many,
        (f"Fetch{name}", 200): one,
        (f"Update{name}", 200): one,
        (f"Delete{name}", 204): None,
    }


ANSWERS = Answers(
    {
        **crud("Message", Message, Messages),
        **crud("Media", Media, MediaList),
        **crud("IncomingPhoneNumber", PhoneNumber, PhoneNumbers),
        **crud("ShortCode", ShortCode, ShortCodes),
        **crud("Service", Service, Services),
        **crud("PhoneNumber", PooledNumber, PooledNumbers),
        **crud("ServiceShortCode", PooledShortCode, PooledShortCodes),
        **crud("AlphaSender", AlphaSender, AlphaSenders),
        **crud("ChannelSender", ChannelSender, ChannelSenders),
        **crud("DestinationAlphaSender", DestinationAlphaSender, DestinationAlphaSenders),
        **crud("UsAppToPerson", Campaign, Campaigns),
        **crud("BrandRegistration", Brand, Brands),
        **crud("BrandVetting", Vetting, Vettings),
        **crud("TollfreeVerification", Verification, Verifications),
        **crud("Sink", Sink, Sinks),
        **crud("Subscription", Subscription, Subscriptions),
        **crud("Content", Content, Contents),
        ("CreateMessageFeedback", 201): Feedback,
        ("DeleteMediaContent", 204): None,
        ("FetchMediaContent", 307): None,
        ("FetchMediaContent", 302): None,
        ("FetchAccount", 200): TheAccount,
        ("FetchBalance", 200): Balance,
        ("FetchUsecase", 200): Usecases,
        ("FetchUsAppToPersonUsecase", 200): CampaignUsecases,
        ("CreateBrandRegistrationOtp", 201): Otp,
        ("FetchDeactivation", 307): Deactivations,
        ("FetchMessagingGeopermissions", 200): Permissions,
        ("UpdateMessagingGeopermissions", 200): Permissions,
        ("CreateBulkConsents", 201): Consents,
        ("CreateSecondaryAuthToken", 201): SecondaryToken,
        ("DeleteSecondaryAuthToken", 204): None,
        ("PromoteAuthToken", 200): PromotedToken,
        ("FetchApproval", 200): Approval,
        ("DeleteMessageXml", 204): None,
    },
    {
        400: Refused | Problem,
        401: NotLetIn,
        **dict.fromkeys((403, 404, 405, 409, 412, 429, 500, 503), Refused),
    },
)
