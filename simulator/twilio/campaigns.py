"""A2P campaigns: what must be said of one, and how it looks (CAR-183 … CAR-185)."""

from simulator import accounts
from simulator.twilio import errors
from simulator.twilio.forms import Form
from simulator.twilio.resources import Campaign
from simulator.twilio.views import iso
from simulator.web import Json

CAMPAIGN_FACTS = (
    "Description",
    "MessageFlow",
    "MessageSamples",
    "UsAppToPersonUsecase",
    "HasEmbeddedLinks",
    "HasEmbeddedPhone",
)
LENGTHS = {"Description": (40, 4096), "MessageFlow": (40, 2048)}
USECASES = [
    "2FA",
    "ACCOUNT_NOTIFICATION",
    "CUSTOMER_CARE",
    "DELIVERY_NOTIFICATION",
    "MARKETING",
    "MIXED",
    "LOW_VOLUME",
    "PROXY",
    "CHARITY",
    "SOLE_PROPRIETOR",
]
FLAGS = {
    "HasEmbeddedLinks": "has_embedded_links",
    "HasEmbeddedPhone": "has_embedded_phone",
    "SubscriberOptIn": "subscriber_opt_in",
    "AgeGated": "age_gated",
    "DirectLending": "direct_lending",
}
WORDS = {
    "OptInMessage": "opt_in_message",
    "OptOutMessage": "opt_out_message",
    "HelpMessage": "help_message",
    "PrivacyPolicyUrl": "privacy_policy_url",
    "TermsAndConditionsUrl": "terms_and_conditions_url",
}
LISTS = {
    "OptInKeywords": "opt_in_keywords",
    "OptOutKeywords": "opt_out_keywords",
    "HelpKeywords": "help_keywords",
}
RATES = {"att": {"mps": 600, "msg_class": "A"}, "tmobile": {"brand_tier": "TOP"}}


def campaign_facts(said: Form, held: Json | None = None) -> Json:
    """What a call says of a campaign, checked; `held` is what it said before."""
    facts: Json = dict(held or {})
    for name, (least, most) in LENGTHS.items():
        if said.has(name) and not least <= len(said.text(name)) <= most:
            raise errors.refusal(20001, name=name)
    for name, key in {"Description": "description", "MessageFlow": "message_flow", **WORDS}.items():
        if said.has(name):
            facts[key] = said.text(name)
    if said.has("MessageSamples"):
        facts["message_samples"] = _samples(said.every("MessageSamples"))
    if said.choice("UsAppToPersonUsecase", USECASES):
        facts["us_app_to_person_usecase"] = said.text("UsAppToPersonUsecase")
    facts |= {key: said.flag(name) for name, key in FLAGS.items() if said.has(name)}
    return facts | {key: said.every(name) for name, key in LISTS.items() if said.has(name)}


def _samples(samples: list[str]) -> list[str]:
    if not 2 <= len(samples) <= 5 or not all(20 <= len(each) <= 1024 for each in samples):
        raise errors.refusal(20001, name="MessageSamples")
    return samples


def campaign_view(url: str, campaign: Campaign) -> Json:
    """The resource."""
    verified = campaign.status in ("VERIFIED", "SUSPENDED")
    return {
        "sid": campaign.sid,
        "account_sid": accounts.TWILIO_ACCOUNT_SID,
        "brand_registration_sid": campaign.brand,
        "messaging_service_sid": campaign.service,
        "campaign_status": campaign.status,
        "campaign_id": f"C{campaign.sid[2:8].upper()}" if verified else None,
        "subscriber_opt_in": False,
        "age_gated": False,
        "direct_lending": False,
        **dict.fromkeys(WORDS.values()),
        **{key: [] for key in LISTS.values()},
        **{key: value for key, value in campaign.facts.items() if key != "class"},
        "is_externally_registered": False,
        "rate_limits": _rates(campaign) if verified else None,
        "mock": False,
        "errors": campaign.errors,
        "date_created": iso(campaign.created),
        "date_updated": iso(campaign.updated),
        "url": url,
    }


def _rates(campaign: Campaign) -> Json:
    return {**RATES, "att": {"mps": 600, "msg_class": campaign.facts.get("class", "A")}}


def usecases_view() -> Json:
    """What a campaign may be for."""
    words = [
        {
            "code": code,
            "name": code.replace("_", " ").capitalize(),
            "description": f"Messages of the kind: {code.replace('_', ' ').lower()}.",
            "post_approval_required": False,
        }
        for code in USECASES
    ]
    return {"us_app_to_person_usecases": words}
