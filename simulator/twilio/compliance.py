"""Brands, campaigns and toll-free verifications: what is filed and checked, how it looks (sections 13, 14).

Each is filed in its first state and then moves by itself (`reviews`). What a rejected one may still change is
said by `edit_allowed`; a change files it anew.
"""

from functools import partial
from typing import Any

from simulator import accounts
from simulator.twilio import crud, errors
from simulator.twilio.auth import Guard
from simulator.twilio.campaigns import CAMPAIGN_FACTS, campaign_facts, campaign_view, usecases_view
from simulator.twilio.crud import Crud, found
from simulator.twilio.forms import Form
from simulator.twilio.resources import Brand, Campaign, Verification
from simulator.twilio.reviews import Reviews
from simulator.twilio.services import ONE, ROOT
from simulator.twilio.state import State
from simulator.twilio.verifications import verification_facts, verification_view
from simulator.twilio.views import iso
from simulator.web import Json, Request, Response, Router, json_response

BRANDS = f"{ROOT}/a2p/BrandRegistrations"
CAMPAIGNS = f"{ONE}/Compliance/Usa2p"
VERIFICATIONS = f"{ROOT}/Tollfree/Verifications"
TYPES = ("STANDARD", "SOLE_PROPRIETOR", "STARTER")
PROVIDERS = ("campaign-verify", "aegis")


class ComplianceApi:
    """Who is registered, and how one becomes so."""

    def __init__(self, state: State, reviews: Reviews) -> None:
        self._state = state
        self._reviews = reviews

    def mount(self, router: Router, guard: Guard) -> None:
        """Serve it below the host's own segment."""
        router.add("GET", f"{CAMPAIGNS}/Usecases", "FetchUsAppToPersonUsecase", guard(self.usecases))
        router.add("POST", f"{BRANDS}/<brand>/SmsOtp", "CreateBrandRegistrationOtp", guard(self.otp))
        for each in (self._brands(), self._vettings(), self._campaigns(), self._verifications()):
            crud.mount(router, guard, each)

    def usecases(self, request: Request) -> Response:
        """What a campaign may be for."""
        found(request, self._state.services, "service")
        return json_response(usecases_view())

    def otp(self, request: Request) -> Response:
        """Send a sole proprietor the code anew."""
        brand = found(request, self._state.brands, "brand")
        told = {"account_sid": accounts.TWILIO_ACCOUNT_SID, "brand_registration_sid": brand.sid}
        return json_response(told, 201)

    # --- brands ---

    def _brands(self) -> Crud:
        return Crud(
            name="BrandRegistration",
            path=BRANDS,
            key="data",
            records=lambda _: self._state.brands,
            view=_brand_view,
            create=self._file_brand,
            update=lambda brand, _: self._file_again(brand),
        )

    def _file_brand(self, _: Request, said: Form) -> Brand:
        said.require("CustomerProfileBundleSid", "A2PProfileBundleSid")
        for name in ("CustomerProfileBundleSid", "A2PProfileBundleSid"):
            if not said.text(name).startswith("BU"):
                raise errors.refusal(20001, name=name)
        facts = {
            "customer_profile_bundle_sid": said.text("CustomerProfileBundleSid"),
            "a2p_profile_bundle_sid": said.text("A2PProfileBundleSid"),
            "brand_type": said.choice("BrandType", TYPES, "STANDARD"),
            "skip_automatic_sec_vet": said.flag("SkipAutomaticSecVet"),
            "mock": said.flag("Mock"),
        }
        brand = Brand(*self._new("BN", "PENDING"), facts)
        self._state.brands[brand.sid] = brand
        self._reviews.begin("brand", brand)
        return brand

    def _file_again(self, brand: Brand) -> None:
        if brand.status != "FAILED":
            raise errors.refusal(20001, name="BrandRegistrationSid")
        self._reviews.put("brand", brand, "PENDING")
        self._reviews.begin("brand", brand)

    def _vettings(self) -> Crud:
        return Crud(
            name="BrandVetting",
            path=f"{BRANDS}/<brand>/Vettings",
            key="data",
            records=lambda request: found(request, self._state.brands, "brand").vettings,
            view=_vetting_view,
            create=self._vet,
        )

    def _vet(self, request: Request, said: Form) -> "Vetting":
        brand = found(request, self._state.brands, "brand")
        said.require("VettingProvider")
        provider = said.choice("VettingProvider", PROVIDERS)
        sid, now = self._state.network.ids.sid("VT"), iso(self._state.network.now())
        made = Vetting(sid)
        made.update(brand_sid=brand.sid, vetting_provider=provider, vetting_id=said.text("VettingId") or None)
        made.update(vetting_status="PENDING", vetting_class="STANDARD", date_created=now, date_updated=now)
        brand.vettings[sid] = made
        return made

    # --- campaigns ---

    def _campaigns(self) -> Crud:
        return Crud(
            name="UsAppToPerson",
            path=CAMPAIGNS,
            key="compliance",
            records=lambda request: found(request, self._state.services, "service").campaigns,
            view=campaign_view,
            create=self._file_campaign,
            update=self._change_campaign,
            delete=self._end_campaign,
        )

    def _file_campaign(self, request: Request, said: Form) -> Campaign:
        service = found(request, self._state.services, "service")
        said.require("BrandRegistrationSid", *CAMPAIGN_FACTS)
        brand = self._state.brands.get(said.text("BrandRegistrationSid"))
        if brand is None or brand.status != "APPROVED" or service.campaign is not None:
            raise errors.refusal(20001, name="BrandRegistrationSid")
        made = Campaign(*self._new("QE", "PENDING"), campaign_facts(said))
        made.service, made.brand = service.sid, brand.sid
        service.campaigns[made.sid] = made
        self._reviews.begin("campaign", made)
        return made

    def _change_campaign(self, campaign: Campaign, said: Form) -> None:
        """A failed one is filed anew with what is changed."""
        if campaign.status != "FAILED":
            raise errors.refusal(20001, name="CampaignStatus")
        campaign.facts |= campaign_facts(said, campaign.facts)
        self._reviews.put("campaign", campaign, "PENDING")
        self._reviews.begin("campaign", campaign)

    def _end_campaign(self, request: Request, campaign: Campaign) -> None:
        del found(request, self._state.services, "service").campaigns[campaign.sid]

    # --- toll-free ---

    def _verifications(self) -> Crud:
        return Crud(
            name="TollfreeVerification",
            path=VERIFICATIONS,
            key="verifications",
            records=lambda _: self._state.verifications,
            view=partial(verification_view, self._state),
            create=self._file_verification,
            update=self._change_verification,
            delete=self._end_verification,
            fits=self._is_asked_for,
        )

    def _file_verification(self, _: Request, said: Form) -> Verification:
        facts = verification_facts(said)
        number = self._state.number_by_sid(said.text("TollfreePhoneNumberSid"))
        if number is None or number.kind != "toll-free" or self._state.verification_of(number.number):
            raise errors.refusal(20001, name="TollfreePhoneNumberSid")
        filed = Verification(*self._new("HH", "PENDING_REVIEW"), facts)
        filed.number = number.number
        self._state.verifications[filed.sid] = filed
        self._reviews.begin("verification", filed)
        return filed

    def _change_verification(self, filed: Verification, said: Form) -> None:
        if filed.status != "TWILIO_REJECTED":
            raise errors.refusal(20001, name="Status")
        filed.facts |= verification_facts(said, filed.facts)
        self._reviews.put("verification", filed, "PENDING_REVIEW")
        self._reviews.begin("verification", filed)

    def _end_verification(self, _: Request, filed: Verification) -> None:
        del self._state.verifications[filed.sid]

    def _is_asked_for(self, filed: Verification, query: dict[str, str]) -> bool:
        number, status = query.get("TollfreePhoneNumberSid", ""), query.get("Status", "")
        return number in ("", self._state.numbers[filed.number].sid) and status in ("", filed.status)

    def _new(self, prefix: str, status: str) -> tuple[str, str, float, float]:
        now = self._state.network.now()
        return self._state.network.ids.sid(prefix), status, now, now


class Vetting(dict[str, Any]):
    """A vetting as it is shown, known by its SID."""

    def __init__(self, sid: str) -> None:
        super().__init__()
        self.sid = sid


def _vetting_view(url: str, made: Vetting) -> Json:
    return {"account_sid": accounts.TWILIO_ACCOUNT_SID, "brand_vetting_sid": made.sid, **made, "url": url}


def _brand_view(url: str, brand: Brand) -> Json:
    approved = brand.status == "APPROVED"
    reasons = "; ".join(str(each.get("description", "")) for each in brand.errors)
    return {
        "sid": brand.sid,
        "account_sid": accounts.TWILIO_ACCOUNT_SID,
        "customer_profile_bundle_sid": None,
        "a2p_profile_bundle_sid": None,
        "brand_type": "STANDARD",
        "skip_automatic_sec_vet": False,
        "mock": False,
        **brand.facts,
        "status": brand.status,
        "identity_status": "VERIFIED" if approved else brand.identity,
        "tcr_id": f"B{brand.sid[2:9].upper()}" if approved else None,
        "brand_score": 75 if approved else None,
        "brand_feedback": [],
        "failure_reason": reasons or None,
        "errors": brand.errors,
        "russell_3000": False,
        "government_entity": False,
        "tax_exempt_status": None,
        "date_created": iso(brand.created),
        "date_updated": iso(brand.updated),
        "url": url,
        "links": {"brand_vettings": f"{url}/Vettings", "brand_registration_otps": f"{url}/SmsOtp"},
    }
