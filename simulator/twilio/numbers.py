"""IncomingPhoneNumbers and the account: what we own and where its texts go (CAR-175, CAR-352).

Short codes and alphanumeric senders are not phone numbers and do not appear here.
"""

from typing import Any

from simulator import accounts
from simulator.twilio import errors
from simulator.twilio.auth import guarded
from simulator.twilio.paging import listing
from simulator.twilio.registration import phone_number
from simulator.twilio.state import Number, State
from simulator.twilio.views import ACCOUNT_PATH, VERSION, rfc2822
from simulator.web import Request, Response, Router, json_response

TYPES = {"local": "local", "toll-free": "toll-free", "international": "mobile"}
WRITABLE = {
    "SmsUrl": "sms_url",
    "SmsMethod": "sms_method",
    "SmsFallbackUrl": "sms_fallback_url",
    "SmsFallbackMethod": "sms_fallback_method",
    "FriendlyName": "friendly_name",
}


class NumbersApi:
    """Our numbers and our account."""

    def __init__(self, state: State) -> None:
        self._state = state

    def mount(self, router: Router, account: str) -> None:
        """Serve it below the account's path."""
        every, one = f"{account}/IncomingPhoneNumbers.json", f"{account}/IncomingPhoneNumbers/<sid>.json"
        router.add("GET", every, "ListIncomingPhoneNumber", guarded(self.index))
        router.add("GET", one, "FetchIncomingPhoneNumber", guarded(self.fetch))
        router.add("POST", one, "UpdateIncomingPhoneNumber", guarded(self.update))
        router.add("GET", f"{account}.json", "FetchAccount", guarded(self.account))

    def index(self, request: Request) -> Response:
        query = dict(request.query)
        wanted, name = query.get("PhoneNumber", ""), query.get("FriendlyName", "")
        found = [
            number_view(number)
            for number in self._phones()
            if (phone_number(wanted) or wanted) in number.number and name in ("", number.friendly_name)
        ]
        return listing(request, "incoming_phone_numbers", found)

    def fetch(self, request: Request) -> Response:
        return json_response(number_view(self._one(request)))

    def update(self, request: Request) -> Response:
        number, said = self._one(request), dict(request.form)
        for method in ("SmsMethod", "SmsFallbackMethod"):
            if said.get(method, "POST") not in ("GET", "POST"):
                raise errors.refusal(20001, name=method)
        for parameter, attribute in WRITABLE.items():
            if parameter in said:
                setattr(number, attribute, said[parameter])
        return json_response(number_view(number))

    def account(self, _: Request) -> Response:
        since = rfc2822(self._state.network.now())
        return json_response(
            {
                "sid": accounts.TWILIO_ACCOUNT_SID,
                "owner_account_sid": accounts.TWILIO_ACCOUNT_SID,
                "friendly_name": "Sunbridge demo",
                "status": "active",
                "type": "Full",
                "auth_token": accounts.TWILIO_AUTH_TOKEN,
                "date_created": since,
                "date_updated": since,
                "uri": f"{ACCOUNT_PATH}.json",
                "subresource_uris": {"messages": f"{ACCOUNT_PATH}/Messages.json"},
            }
        )

    def _phones(self) -> list[Number]:
        return [number for number in self._state.numbers.values() if number.kind in TYPES]

    def _one(self, request: Request) -> Number:
        found = (number for number in self._phones() if number.sid == request.params["sid"])
        number = next(found, None)
        if number is None:
            raise errors.refusal(20404, path=request.path)
        return number


def number_view(number: Number) -> dict[str, Any]:
    """The number resource."""
    return {
        "sid": number.sid,
        "account_sid": accounts.TWILIO_ACCOUNT_SID,
        "api_version": VERSION,
        "phone_number": number.number,
        "friendly_name": number.friendly_name,
        "type": TYPES[number.kind],
        "capabilities": {"voice": True, "sms": number.sms, "mms": number.mms, "fax": False},
        "sms_url": number.sms_url,
        "sms_method": number.sms_method,
        "sms_fallback_url": number.sms_fallback_url,
        "sms_fallback_method": number.sms_fallback_method,
        "sms_application_sid": "",
        "status": "in-use",
        "origin": "twilio",
        "beta": False,
        "date_created": rfc2822(number.since),
        "date_updated": rfc2822(number.since),
        "uri": f"{ACCOUNT_PATH}/IncomingPhoneNumbers/{number.sid}.json",
    }
