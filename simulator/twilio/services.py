"""messaging.twilio.com: Messaging Services and the senders in their pools (CAR-171 … CAR-173).

Facts: a number is in one pool at most: 21710 if it is in this one already, 21712 if in another; a pool has
room for 400 numbers, then 21714. A service somebody creates takes texts itself (CAR-95); what stands here
from the start leaves them to the number's webhook. Deleting a service lets its numbers go."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from simulator import accounts
from simulator.twilio import crud, errors
from simulator.twilio.auth import Guard
from simulator.twilio.crud import Crud
from simulator.twilio.drafts import ALPHANUMERIC, is_url
from simulator.twilio.forms import Form
from simulator.twilio.phones import channel, region
from simulator.twilio.resources import SETTINGS, Sender, Service
from simulator.twilio.state import Number, State
from simulator.twilio.views import iso
from simulator.web import Json, Request, Response, Router, json_response

ROOT = "/messaging/v1"
SERVICES = f"{ROOT}/Services"
ONE = f"{SERVICES}/<service>"
ROOM = 400  # CAR-173
LINKS = {
    "phone_numbers": "PhoneNumbers",
    "short_codes": "ShortCodes",
    "alpha_senders": "AlphaSenders",
    "us_app_to_person": "Compliance/Usa2p",
    "us_app_to_person_usecases": "Compliance/Usa2p/Usecases",
    "channel_senders": "ChannelSenders",
    "destination_alpha_senders": "DestinationAlphaSenders",
}
URLS = {
    "InboundRequestUrl": "inbound_request_url",
    "FallbackUrl": "fallback_url",
    "StatusCallback": "status_callback",
}
FLAGS = {
    "StickySender": "sticky_sender",
    "MmsConverter": "mms_converter",
    "SmartEncoding": "smart_encoding",
    "FallbackToLongCode": "fallback_to_long_code",
    "AreaCodeGeomatch": "area_code_geomatch",
    "SynchronousValidation": "synchronous_validation",
    "UseInboundWebhookOnNumber": "use_inbound_webhook_on_number",
}
CHOICES = {
    "InboundMethod": ("inbound_method", ("GET", "POST")),
    "FallbackMethod": ("fallback_method", ("GET", "POST")),
    "ScanMessageContent": ("scan_message_content", ("inherit", "enable", "disable")),
    "Usecase": (
        "usecase",
        ("notifications", "marketing", "verification", "discussion", "poll", "undeclared"),
    ),
}
USECASES = [
    {"usecase": code, "friendly_name": code.capitalize(), "purpose": f"Messages of the kind: {code}."}
    for code in CHOICES["Usecase"][1]
]


class ServicesApi:
    """Services and their pools."""

    def __init__(self, state: State) -> None:
        self._state = state

    def mount(self, router: Router, guard: Guard) -> None:
        """Serve it below the host's own segment."""
        router.add("GET", f"{SERVICES}/Usecases", "FetchUsecase", guard(_usecases))
        for each in (self._services(), *self._numbers(), *self._names()):
            crud.mount(router, guard, each)

    def _services(self) -> Crud:
        return Crud(
            name="Service",
            path=SERVICES,
            key="services",
            records=lambda _: self._state.services,
            view=self._view,
            create=self._create,
            update=self._update,
            delete=self._delete,
        )

    def _numbers(self) -> list[Crud]:
        named = (
            ("PhoneNumber", "PhoneNumbers", "phone_numbers"),
            ("ServiceShortCode", "ShortCodes", "short_codes"),
        )
        return [
            Crud(
                name=name,
                path=f"{ONE}/{path}",
                key=key,
                records=partial(self._members, path == "ShortCodes"),
                view=self._member_view,
                create=partial(self._join, path == "ShortCodes"),
                delete=self._leave,
            )
            for name, path, key in named
        ]

    def _names(self) -> list[Crud]:
        kinds: tuple[tuple[str, str, str, Callable[..., Sender]], ...] = (
            ("AlphaSender", "alpha_senders", "alphas", self._alpha),
            ("ChannelSender", "senders", "channels", self._channel),
            ("DestinationAlphaSender", "alpha_senders", "destinations", self._destination),
        )
        return [
            Crud(
                name=name,
                path=f"{ONE}/{name}s",
                key=key,
                records=partial(self._held, place),
                view=VIEWS[place],
                create=partial(self._add, place, make),
                delete=partial(self._drop, place),
            )
            for name, key, place, make in kinds
        ]

    # --- services ---

    def _create(self, _: Request, said: Form) -> Service:
        said.require("FriendlyName")
        sid, now = self._state.network.ids.sid("MG"), self._state.network.now()
        settings = {**SETTINGS, "use_inbound_webhook_on_number": False}
        made = Service(sid, said.text("FriendlyName"), now, now, settings)
        self._update(made, said)
        self._state.services[sid] = made
        return made

    def _update(self, service: Service, said: Form) -> None:
        changed = _settings(said)
        service.settings |= changed
        service.friendly_name = said.text("FriendlyName") or service.friendly_name
        service.updated = self._state.network.now()

    def _delete(self, _: Request, service: Service) -> None:
        for number in self._state.members(service.sid):
            number.service = ""
        del self._state.services[service.sid]

    def _view(self, url: str, service: Service) -> Json:
        campaign = service.campaign
        return {
            "sid": service.sid,
            "account_sid": accounts.TWILIO_ACCOUNT_SID,
            "friendly_name": service.friendly_name,
            "date_created": iso(service.created),
            "date_updated": iso(service.updated),
            **service.settings,
            "us_app_to_person_registered": campaign is not None and campaign.status == "VERIFIED",
            "url": url,
            "links": {name: f"{url}/{path}" for name, path in LINKS.items()},
        }

    def _service(self, request: Request) -> Service:
        service: Service = crud.found(request, self._state.services, "service")
        return service

    # --- numbers in pools ---

    def _members(self, short: bool, request: Request) -> Mapping[str, Number]:  # noqa: FBT001 - bound above
        service = self._service(request)
        return {
            number.sid: number
            for number in self._state.members(service.sid)
            if (number.kind == "short-code") is short
        }

    def _join(self, short: bool, request: Request, said: Form) -> Number:  # noqa: FBT001 - bound above
        name = "ShortCodeSid" if short else "PhoneNumberSid"
        said.require(name)
        service, number = self._service(request), self._state.number_by_sid(said.text(name))
        if number is None or (number.kind == "short-code") is not short:
            raise errors.refusal(20404, path=f"{request.path}/{said.text(name)}")
        if number.service:
            raise errors.refusal(21710 if number.service == service.sid else 21712)
        if len(self._state.members(service.sid)) >= ROOM:
            raise errors.refusal(21714)
        number.service = service.sid
        number.joined = self._state.network.now() + self._state.switches.attach_seconds
        return number

    def _leave(self, _: Request, number: Number) -> None:
        number.service = ""

    def _member_view(self, url: str, number: Number) -> Json:
        name = "short_code" if number.kind == "short-code" else "phone_number"
        return {
            **_pooled(url, number.sid, number.service, number.since),
            name: number.number,
            "country_code": region(number.number) or "US",
            "capabilities": [each for each in ("SMS", "MMS") if getattr(number, each.lower())],
        }

    # --- names in pools ---

    def _held(self, place: str, request: Request) -> Mapping[str, Sender]:
        held: Mapping[str, Sender] = getattr(self._service(request), place)
        return held

    def _add(self, place: str, make: Callable[..., Sender], request: Request, said: Form) -> Sender:
        service = self._service(request)
        held: dict[str, Sender] = getattr(service, place)
        made = make(said)
        named = place != "channels"  # those are known by their SID
        twin = (
            each for each in held.values() if named and (each.name, each.country) == (made.name, made.country)
        )
        if made.sid in held or next(twin, None):
            raise errors.refusal(21710)
        made.service = service.sid
        held[made.sid] = made
        return made

    def _drop(self, place: str, request: Request, sender: Sender) -> None:
        del getattr(self._service(request), place)[sender.sid]

    def _alpha(self, said: Form) -> Sender:
        said.require("AlphaSender")
        if not ALPHANUMERIC.fullmatch(said.text("AlphaSender")):
            raise errors.refusal(20001, name="AlphaSender")
        return Sender(self._state.network.ids.sid("AI"), said.text("AlphaSender"), self._state.network.now())

    def _destination(self, said: Form) -> Sender:
        sender = self._alpha(said)
        sender.country = said.text("IsoCountryCode").upper()
        if sender.country and not (len(sender.country) == 2 and sender.country.isalpha()):
            raise errors.refusal(20001, name="IsoCountryCode")
        return sender

    def _channel(self, said: Form) -> Sender:
        """A channel sender is known by its SID; there is one for each of our numbers on WhatsApp."""
        said.require("Sid")
        return Sender(said.text("Sid"), f"whatsapp:{accounts.SUPPORT_NUMBER}", self._state.network.now())


def _settings(said: Form) -> Json:
    """What a call says of a service's settings, checked before any of it is taken."""
    changed: Json = {}
    for name, key in URLS.items():
        if said.has(name):
            if said.text(name) and not is_url(said.text(name)):
                raise errors.refusal(20001, name=name)
            changed[key] = said.text(name) or None
    changed |= {key: said.flag(name) for name, key in FLAGS.items() if said.has(name)}
    for name, (key, choices) in CHOICES.items():
        if said.choice(name, choices):
            changed[key] = said.text(name)
    if said.has("ValidityPeriod"):
        changed["validity_period"] = said.whole("ValidityPeriod", 1, 36_000, 36_000)
    return changed


def _usecases(_: Request) -> Response:
    return json_response({"usecases": USECASES})


def _pooled(url: str, sid: str, service: str, at: float) -> Json:
    return {
        "sid": sid,
        "account_sid": accounts.TWILIO_ACCOUNT_SID,
        "service_sid": service,
        "date_created": iso(at),
        "date_updated": iso(at),
        "url": url,
    }


def _alpha_view(url: str, sender: Sender) -> Json:
    base = _pooled(url, sender.sid, sender.service, sender.at)
    return {**base, "alpha_sender": sender.name, "capabilities": ["SMS"]}


def _destination_view(url: str, sender: Sender) -> Json:
    return {**_alpha_view(url, sender), "iso_country_code": sender.country}


def _channel_view(url: str, sender: Sender) -> Json:
    base = _pooled(url, sender.sid, sender.service, sender.at)
    service = base.pop("service_sid")
    named, number = channel(sender.name)
    told = {"sender": sender.name, "sender_type": named, "country_code": region(number)}
    return {**base, "messaging_service_sid": service, **told}


VIEWS: dict[str, Callable[[str, Any], Json]] = {
    "alphas": _alpha_view,
    "channels": _channel_view,
    "destinations": _destination_view,
}
