"""IncomingPhoneNumbers, short codes and the account: what we own and where its texts go (CAR-175, CAR-352).

Both families of senders read and write alike; alphanumeric senders are not bought and appear in neither.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
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


@dataclass(frozen=True, slots=True)
class Family:
    """Senders that are listed together."""

    operation: str
    path: str
    key: str
    parameter: str
    kinds: tuple[str, ...]
    view: Callable[[Number], dict[str, Any]]


class NumbersApi:
    """Our numbers and our account."""

    def __init__(self, state: State) -> None:
        self._state = state

    def mount(self, router: Router, account: str) -> None:
        """Serve it below the account's path."""
        router.add("GET", f"{account}.json", "FetchAccount", guarded(self.account))
        for family in FAMILIES:
            every, one = f"{account}/{family.path}.json", f"{account}/{family.path}/<sid>.json"
            router.add("GET", every, f"List{family.operation}", guarded(partial(self.index, family)))
            router.add("GET", one, f"Fetch{family.operation}", guarded(partial(self.fetch, family)))
            router.add("POST", one, f"Update{family.operation}", guarded(partial(self.update, family)))

    def index(self, family: Family, request: Request) -> Response:
        query = dict(request.query)
        wanted, name = query.get(family.parameter, ""), query.get("FriendlyName", "")
        found = [
            family.view(number)
            for number in self._members(family)
            if (phone_number(wanted) or wanted) in number.number and name in ("", number.friendly_name)
        ]
        return listing(request, family.key, found)

    def fetch(self, family: Family, request: Request) -> Response:
        return json_response(family.view(self._one(family, request)))

    def update(self, family: Family, request: Request) -> Response:
        number, said = self._one(family, request), dict(request.form)
        for method in ("SmsMethod", "SmsFallbackMethod"):
            if said.get(method, "POST") not in ("GET", "POST"):
                raise errors.refusal(20001, name=method)
        for parameter, attribute in WRITABLE.items():
            if parameter in said:
                setattr(number, attribute, said[parameter])
        return json_response(family.view(number))

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

    def _members(self, family: Family) -> list[Number]:
        return [number for number in self._state.numbers.values() if number.kind in family.kinds]

    def _one(self, family: Family, request: Request) -> Number:
        found = (number for number in self._members(family) if number.sid == request.params["sid"])
        number = next(found, None)
        if number is None:
            raise errors.refusal(20404, path=request.path)
        return number


def common_view(number: Number) -> dict[str, Any]:
    """What both resources say."""
    return {
        "sid": number.sid,
        "account_sid": accounts.TWILIO_ACCOUNT_SID,
        "api_version": VERSION,
        "friendly_name": number.friendly_name,
        "sms_url": number.sms_url,
        "sms_method": number.sms_method,
        "sms_fallback_url": number.sms_fallback_url,
        "sms_fallback_method": number.sms_fallback_method,
        "date_created": rfc2822(number.since),
        "date_updated": rfc2822(number.since),
    }


def phone_view(number: Number) -> dict[str, Any]:
    """The number resource."""
    return {
        **common_view(number),
        "phone_number": number.number,
        "type": TYPES[number.kind],
        "capabilities": {"voice": True, "sms": number.sms, "mms": number.mms, "fax": False},
        "sms_application_sid": "",
        "status": "in-use",
        "origin": "twilio",
        "beta": False,
        "uri": f"{ACCOUNT_PATH}/IncomingPhoneNumbers/{number.sid}.json",
    }


def short_code_view(number: Number) -> dict[str, Any]:
    """The short-code resource; it names no abilities."""
    uri = f"{ACCOUNT_PATH}/SMS/ShortCodes/{number.sid}.json"
    return {**common_view(number), "short_code": number.number, "uri": uri}


FAMILIES = (
    Family(
        operation="IncomingPhoneNumber",
        path="IncomingPhoneNumbers",
        key="incoming_phone_numbers",
        parameter="PhoneNumber",
        kinds=tuple(TYPES),
        view=phone_view,
    ),
    Family(
        operation="ShortCode",
        path="SMS/ShortCodes",
        key="short_codes",
        parameter="ShortCode",
        kinds=("short-code",),
        view=short_code_view,
    ),
)
