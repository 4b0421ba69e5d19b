"""Toll-free verifications: what must be said in one, and how it looks (CAR-192 … CAR-194)."""

import re

from simulator import accounts
from simulator.twilio import errors
from simulator.twilio.forms import Form
from simulator.twilio.resources import Verification
from simulator.twilio.state import State
from simulator.twilio.views import iso
from simulator.web import Json

REQUIRED = (  # CAR-193
    "BusinessName",
    "BusinessWebsite",
    "NotificationEmail",
    "UseCaseCategories",
    "UseCaseSummary",
    "ProductionMessageSample",
    "OptInImageUrls",
    "OptInType",
    "MessageVolume",
    "TollfreePhoneNumberSid",
)
REGISTRATION = ("BusinessRegistrationNumber", "BusinessRegistrationAuthority", "BusinessRegistrationCountry")
LISTS = ("UseCaseCategories", "OptInImageUrls", "OptInKeywords")
OPT_IN_TYPES = [
    "VERBAL",
    "WEB_FORM",
    "PAPER_FORM",
    "VIA_TEXT",
    "MOBILE_QR_CODE",
    "IMPORT",
    "IMPORT_PLEASE_REPLACE",
]
VOLUMES = [
    "10",
    "100",
    "1,000",
    "10,000",
    "100,000",
    "250,000",
    "500,000",
    "750,000",
    "1,000,000",
    "5,000,000",
    "10,000,000+",
]
TEXTS = (
    *(name for name in REQUIRED if name not in (*LISTS, "TollfreePhoneNumberSid")),
    *REGISTRATION,
    "CustomerProfileSid", "BusinessStreetAddress", "BusinessStreetAddress2", "BusinessCity",
    "BusinessStateProvinceRegion", "BusinessPostalCode", "BusinessCountry", "AdditionalInformation",
    "BusinessContactFirstName", "BusinessContactLastName", "BusinessContactEmail", "BusinessContactPhone",
    "ExternalReferenceId", "BusinessType", "BusinessRegistrationPhoneNumber", "DoingBusinessAs",
    "OptInConfirmationMessage", "HelpMessageSample", "PrivacyPolicyUrl", "TermsAndConditionsUrl",
    "VettingId", "VettingProvider",
)  # fmt: skip
EDIT_SECONDS = 7 * 86_400.0
WORD = re.compile(r"(?<!^)(?=[A-Z])")


def snake(name: str) -> str:
    return WORD.sub("_", name).lower()


NOTHING: Json = {**dict.fromkeys(map(snake, TEXTS)), **{snake(name): [] for name in LISTS}}


def verification_facts(said: Form, held: Json | None = None) -> Json:
    """What a call says, checked; a new one says all that is required."""
    if held is None:
        said.require(*REQUIRED)
        if said.text("BusinessType") != "SOLE_PROPRIETOR":
            said.require(*REGISTRATION)
    said.choice("OptInType", OPT_IN_TYPES)
    said.choice("MessageVolume", VOLUMES)
    if said.has("NotificationEmail") and "@" not in said.text("NotificationEmail"):
        raise errors.refusal(20001, name="NotificationEmail")
    facts: Json = {snake(name): said.text(name) for name in TEXTS if said.has(name)}
    facts |= {snake(name): said.every(name) for name in LISTS if said.has(name)}
    return {**(held or {}), **facts, **_flags(said)}


def _flags(said: Form) -> Json:
    return {"age_gated_content": said.flag("AgeGatedContent")} if said.has("AgeGatedContent") else {}


def verification_view(state: State, url: str, filed: Verification) -> Json:
    """The resource."""
    number, rejected = state.numbers[filed.number], filed.status == "TWILIO_REJECTED"
    first = filed.errors[0] if rejected and filed.errors else {}
    return {
        "sid": filed.sid,
        "account_sid": accounts.TWILIO_ACCOUNT_SID,
        "trust_product_sid": None,
        "regulated_item_sid": None,
        "age_gated_content": False,
        **NOTHING,
        **filed.facts,
        "tollfree_phone_number_sid": number.sid,
        "tollfree_phone_number": filed.number,
        "status": filed.status,
        "rejection_reason": first.get("reason"),
        "rejection_reasons": filed.errors if rejected else [],
        "error_code": first.get("code"),
        "edit_allowed": rejected,
        "edit_expiration": iso(filed.updated + EDIT_SECONDS) if rejected else None,
        "resource_links": None,
        "vetting_id_expiration": None,
        "date_created": iso(filed.created),
        "date_updated": iso(filed.updated),
        "url": url,
    }
