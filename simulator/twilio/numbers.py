"""IncomingPhoneNumbers, short codes, the account and its balance (CAR-175, CAR-352).

Both families of senders read and write alike; alphanumeric senders are not bought and appear in neither.
A number that is bought belongs to no campaign and has no verification: it can hear, but not speak (CAR-196).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from simulator import accounts
from simulator.twilio import errors, magic
from simulator.twilio.auth import Guard
from simulator.twilio.forms import Form
from simulator.twilio.paging import book, listing
from simulator.twilio.phones import kind_of, phone_number
from simulator.twilio.state import Number, State
from simulator.twilio.views import ACCOUNT_PATH, VERSION, rfc2822
from simulator.web import Request, Response, Router, json_response

TYPES = {"local": "local", "toll-free": "toll-free", "international": "mobile"}
METHODS = ("SmsMethod", "SmsFallbackMethod")
WRITABLE = {
    "SmsUrl": "sms_url",
    "SmsMethod": "sms_method",
    "SmsFallbackUrl": "sms_fallback_url",
    "SmsFallbackMethod": "sms_fallback_method",
    "SmsApplicationSid": "sms_application_sid",
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

    def mount(self, router: Router, account: str, guard: Guard) -> None:
        """Serve it below the account's path."""
        router.add("GET", f"{account}.json", "FetchAccount", guard(self.account))
        router.add("GET", f"{account}/Balance.json", "FetchBalance", guard(self.balance))
        for family in FAMILIES:
            every, one = f"{account}/{family.path}.json", f"{account}/{family.path}/<sid>.json"
            router.add("GET", every, f"List{family.operation}", guard(partial(self.index, family)))
            router.add("GET", one, f"Fetch{family.operation}", guard(partial(self.fetch, family)))
            router.add("POST", one, f"Update{family.operation}", guard(partial(self.update, family)))
        bought = f"{account}/IncomingPhoneNumbers"
        router.add("POST", f"{bought}.json", "CreateIncomingPhoneNumber", guard(self.buy, self.buy_in_test))
        router.add("DELETE", f"{bought}/<sid>.json", "DeleteIncomingPhoneNumber", guard(self.give_back))

    def index(self, family: Family, request: Request) -> Response:
        query = dict(request.query)
        wanted, name = query.get(family.parameter, ""), query.get("FriendlyName", "")
        found = [
            number
            for number in self._state.numbers.values()
            if number.kind in family.kinds
            and (phone_number(wanted) or wanted) in number.number
            and name in ("", number.friendly_name)
        ]
        return listing(request, family.key, book(found), family.view)

    def fetch(self, family: Family, request: Request) -> Response:
        return json_response(family.view(self._one(family, request)))

    def update(self, family: Family, request: Request) -> Response:
        number = self._one(family, request)
        self._write(number, Form(request.form))
        return json_response(family.view(number))

    def buy(self, request: Request) -> Response:
        """A number of our own; until it is registered nobody in the US hears it."""
        wanted = _wanted(request, self._state)
        if wanted in self._state.numbers:
            raise errors.refusal(21422, number=wanted)
        number = self._state.add_number(wanted, kind_of(wanted), "unregistered")
        number.sms_url = ""
        self._write(number, Form(request.form))
        return json_response(phone_view(number), 201)

    def buy_in_test(self, request: Request) -> Response:
        return json_response(
            phone_view(magic.number(Form(request.form).text("PhoneNumber"), self._state)), 201
        )

    def give_back(self, request: Request) -> Response:
        self._state.remove_number(self._one(FAMILIES[0], request))
        return Response(204)

    def account(self, _: Request) -> Response:
        since = rfc2822(self._state.network.now())
        return json_response(
            {
                "sid": self._state.account,
                "owner_account_sid": self._state.account,
                "friendly_name": "Sunbridge demo",
                "status": "suspended" if self._state.switches.suspended else "active",
                "type": "Trial" if self._state.switches.trial else "Full",
                "auth_token": self._state.token,
                "date_created": since,
                "date_updated": since,
                "uri": f"{ACCOUNT_PATH}.json",
                "subresource_uris": {"messages": f"{ACCOUNT_PATH}/Messages.json"},
            }
        )

    def balance(self, _: Request) -> Response:
        told = {"balance": self._state.switches.balance, "currency": "USD"}
        return json_response({"account_sid": self._state.account, **told})

    def _write(self, number: Number, said: Form) -> None:
        for method in METHODS:
            said.choice(method, ("GET", "POST"))
        for parameter, attribute in WRITABLE.items():
            if said.has(parameter):
                setattr(number, attribute, said.text(parameter))
        number.changed = self._state.network.now()

    def _one(self, family: Family, request: Request) -> Number:
        number = self._state.number_by_sid(request.params["sid"])
        if number is None or number.kind not in family.kinds:
            raise errors.refusal(20404, path=request.path)
        return number


def _wanted(request: Request, state: State) -> str:
    """The number that is asked for, or one of the area."""
    said = Form(request.form)
    if not said.has("AreaCode"):
        said.require("PhoneNumber")
        number = phone_number(said.text("PhoneNumber"))
        if number is None:
            raise errors.refusal(21421, number=said.text("PhoneNumber"))
        return number
    free = (f"+1{said.text('AreaCode')}55501{last:02}" for last in range(100))
    found = next((each for each in free if phone_number(each) == each and each not in state.numbers), None)
    if found is None:
        raise errors.refusal(21422, number=said.text("AreaCode"))
    return found


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
        "date_updated": rfc2822(number.changed),
    }


def phone_view(number: Number) -> dict[str, Any]:
    """The number resource."""
    return {
        **common_view(number),
        "phone_number": number.number,
        "type": TYPES[number.kind],
        "capabilities": {"voice": True, "sms": number.sms, "mms": number.mms, "fax": False},
        "sms_application_sid": number.sms_application_sid,
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
