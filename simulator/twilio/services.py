"""messaging.twilio.com: Messaging Services, their campaigns, and toll-free verifications.

Facts: ISO dates and `meta` paging (CAR-171); a campaign's state is VERIFIED, IN_PROGRESS or FAILED (CAR-183);
a toll-free number's is TWILIO_APPROVED, PENDING_REVIEW or TWILIO_REJECTED (CAR-192).

All of it is read off the numbers: registered local numbers share a service whose campaign is verified,
pending ones another, rejected ones a third; an unregistered number is in no service and has no verification.
"""

from typing import Any

from simulator import accounts
from simulator.twilio import errors
from simulator.twilio.auth import guarded
from simulator.twilio.paging import meta_listing
from simulator.twilio.registration import derived_sid, region
from simulator.twilio.state import Number, State
from simulator.twilio.views import iso
from simulator.web import Request, Response, Router, json_response

ROOT = "/messaging/v1"
CAMPAIGNS = {"registered": "VERIFIED", "pending": "IN_PROGRESS", "rejected": "FAILED"}
VERIFICATIONS = {"registered": "TWILIO_APPROVED", "pending": "PENDING_REVIEW", "rejected": "TWILIO_REJECTED"}
SETTINGS: dict[str, Any] = {  # CAR-172
    "inbound_request_url": None,
    "inbound_method": "POST",
    "fallback_url": None,
    "fallback_method": "POST",
    "status_callback": None,
    "sticky_sender": True,
    "mms_converter": False,
    "smart_encoding": False,
    "scan_message_content": "inherit",
    "area_code_geomatch": False,
    "validity_period": 36_000,
    "synchronous_validation": False,
    "usecase": "undeclared",
    "use_inbound_webhook_on_number": True,
}
CAMPAIGN: dict[str, Any] = {  # CAR-183, CAR-185
    "description": "Answers to customers who text our support and sales numbers first.",
    "message_flow": "The customer texts a number printed on our web site and we answer.",
    "message_samples": ["Hello Maria, your parcel left today.", "Ada here, I am looking into it."],
    "us_app_to_person_usecase": "CUSTOMER_CARE",
    "has_embedded_links": True,
    "has_embedded_phone": False,
    "is_externally_registered": False,
    "rate_limits": {"att": {"mps": 600, "msg_class": "A"}, "tmobile": {"brand_tier": "TOP"}},
    "mock": False,
}
REJECTED = {"error_code": 30908, "description": "The campaign description does not match the samples."}


class ServicesApi:
    """Who is registered, as the carrier tells it."""

    def __init__(self, state: State) -> None:
        self._state = state

    def mount(self, router: Router) -> None:
        """Serve it below the host's own segment."""
        one = f"{ROOT}/Services/<service>"
        campaign = f"{one}/Compliance/Usa2p"
        verification = f"{ROOT}/Tollfree/Verifications"
        router.add("GET", f"{ROOT}/Services", "ListService", guarded(self.index))
        router.add("GET", one, "FetchService", guarded(self.fetch))
        router.add("GET", f"{one}/PhoneNumbers", "ListPhoneNumber", guarded(self.members))
        router.add("GET", f"{one}/PhoneNumbers/<sid>", "FetchPhoneNumber", guarded(self.member))
        router.add("GET", campaign, "ListUsAppToPerson", guarded(self.campaigns))
        router.add("GET", f"{campaign}/<sid>", "FetchUsAppToPerson", guarded(self.campaign))
        router.add("GET", verification, "ListTollfreeVerification", guarded(self.verifications))
        router.add("GET", f"{verification}/<sid>", "FetchTollfreeVerification", guarded(self.verification))

    def index(self, request: Request) -> Response:
        return meta_listing(request, "services", [self._service(request, sid) for sid in self._state.pools()])

    def fetch(self, request: Request) -> Response:
        self._registration(request)
        return json_response(self._service(request, request.params["service"]))

    def members(self, request: Request) -> Response:
        return meta_listing(request, "phone_numbers", self._member_views(request))

    def member(self, request: Request) -> Response:
        return json_response(_only(request, self._member_views(request)))

    def campaigns(self, request: Request) -> Response:
        return meta_listing(request, "compliance", [self._campaign(request)])

    def campaign(self, request: Request) -> Response:
        return json_response(_only(request, [self._campaign(request)]))

    def verifications(self, request: Request) -> Response:
        query = dict(request.query)
        number, status = query.get("TollfreePhoneNumberSid", ""), query.get("Status", "")
        found = [
            view
            for view in self._verification_views(request)
            if number in ("", view["tollfree_phone_number_sid"]) and status in ("", view["status"])
        ]
        return meta_listing(request, "verifications", found)

    def verification(self, request: Request) -> Response:
        return json_response(_only(request, self._verification_views(request)))

    def _registration(self, request: Request) -> str:
        """The registration the service's numbers share."""
        registration = self._state.pools().get(request.params["service"])
        if registration is None:
            raise errors.refusal(20404, path=request.path)
        return registration

    def _since(self, numbers: list[Number]) -> str:
        return iso(min(number.since for number in numbers))

    def _service(self, request: Request, sid: str) -> dict[str, Any]:
        members = self._state.members(sid)
        url, since = f"{request.base}{ROOT}/Services/{sid}", self._since(members)
        return {
            "sid": sid,
            "account_sid": accounts.TWILIO_ACCOUNT_SID,
            "friendly_name": f"Sunbridge, {members[0].registration}",
            "date_created": since,
            "date_updated": since,
            **SETTINGS,
            "us_app_to_person_registered": members[0].registration == "registered",
            "url": url,
            "links": {
                "phone_numbers": f"{url}/PhoneNumbers",
                "us_app_to_person": f"{url}/Compliance/Usa2p",
            },
        }

    def _member_views(self, request: Request) -> list[dict[str, Any]]:
        self._registration(request)
        service = request.params["service"]
        url = f"{request.base}{ROOT}/Services/{service}/PhoneNumbers"
        return [
            {
                "sid": number.sid,
                "account_sid": accounts.TWILIO_ACCOUNT_SID,
                "service_sid": service,
                "date_created": iso(number.since),
                "date_updated": iso(number.since),
                "phone_number": number.number,
                "country_code": region(number.number),
                "capabilities": [name for name in ("SMS", "MMS") if getattr(number, name.lower())],
                "url": f"{url}/{number.sid}",
            }
            for number in self._state.members(service)
        ]

    def _campaign(self, request: Request) -> dict[str, Any]:
        registration, service = self._registration(request), request.params["service"]
        sid, since = derived_sid("QE", service), self._since(self._state.members(service))
        return {
            "sid": sid,
            "account_sid": accounts.TWILIO_ACCOUNT_SID,
            "brand_registration_sid": derived_sid("BN", "brand"),
            "messaging_service_sid": service,
            "campaign_status": CAMPAIGNS[registration],
            "campaign_id": "CSUNBRI" if registration == "registered" else None,
            **CAMPAIGN,
            "errors": [REJECTED] if registration == "rejected" else [],
            "date_created": since,
            "date_updated": since,
            "url": f"{request.base}{ROOT}/Services/{service}/Compliance/Usa2p/{sid}",
        }

    def _verification_views(self, request: Request) -> list[dict[str, Any]]:
        return [
            _verification(number, f"{request.base}{ROOT}/Tollfree/Verifications")
            for number in self._state.numbers.values()
            if number.kind == "toll-free" and number.registration in VERIFICATIONS
        ]


def _verification(number: Number, url: str) -> dict[str, Any]:
    sid, rejected = derived_sid("HH", number.number), number.registration == "rejected"
    return {
        "sid": sid,
        "account_sid": accounts.TWILIO_ACCOUNT_SID,
        "tollfree_phone_number_sid": number.sid,
        "tollfree_phone_number": number.number,
        "status": VERIFICATIONS[number.registration],
        "business_name": "Sunbridge demo",
        "rejection_reason": "Opt-in not documented" if rejected else None,
        "rejection_reasons": [{"code": 30513, "reason": "Opt-in not documented"}] if rejected else [],
        "error_code": 30513 if rejected else None,
        "edit_allowed": rejected,
        "date_created": iso(number.since),
        "date_updated": iso(number.since),
        "url": f"{url}/{sid}",
    }


def _only(request: Request, records: list[dict[str, Any]]) -> dict[str, Any]:
    found = next((record for record in records if record["sid"] == request.params["sid"]), None)
    if found is None:
        raise errors.refusal(20404, path=request.path)
    return found
