"""accounts.twilio.com and what else is set for the whole account: tokens, regions, consents, old numbers.

Facts: the secondary token opens the API at once, but signs only once it is promoted (CAR-108); countries
are switched on and off (CAR-177); consents are uploaded in bulk (CAR-165); the list of deactivated US
numbers of a day stands behind a redirect (CAR-180)."""

from datetime import UTC, datetime

from simulator import accounts
from simulator.headers import Headers
from simulator.twilio import errors
from simulator.twilio.auth import Guard
from simulator.twilio.forms import Form
from simulator.twilio.phones import countries, phone_number
from simulator.twilio.state import State
from simulator.twilio.views import iso
from simulator.web import Json, Request, Response, Router, json_response

ROOT = "/accounts/v1"
DEACTIVATIONS = "/messaging/v1/Deactivations"
CONSENTS = ("opt-in", "opt-out")
SOURCES = ("website", "offline", "opt-in-message", "opt-out-message", "others")
WRONG = 30646  # the code of an item that could not be taken


class SettingsApi:
    """All of it."""

    def __init__(self, state: State) -> None:
        self._state = state

    def mount(self, router: Router, guard: Guard) -> None:
        """Serve it below the hosts' own segments."""
        secondary, geo = f"{ROOT}/AuthTokens/Secondary", f"{ROOT}/Messaging/GeoPermissions"
        for method, path, operation, handler in (
            ("POST", secondary, "CreateSecondaryAuthToken", self.make_token),
            ("DELETE", secondary, "DeleteSecondaryAuthToken", self.drop_token),
            ("POST", f"{ROOT}/AuthTokens/Promote", "PromoteAuthToken", self.promote),
            ("GET", geo, "FetchMessagingGeopermissions", self.geo),
            ("PATCH", geo, "UpdateMessagingGeopermissions", self.set_geo),
            ("POST", f"{ROOT}/Consents/Bulk", "CreateBulkConsents", self.consent),
            ("GET", DEACTIVATIONS, "FetchDeactivation", self.deactivations),
        ):
            router.add(method, path, operation, guard(handler))
        router.add("GET", "/lists/<day>", "FetchDeactivationList", self.numbers)

    def make_token(self, request: Request) -> Response:
        self._state.secondary = self._state.secondary or self._state.network.ids.hex(32)
        return json_response(self._token("secondary_auth_token", self._state.secondary, request), 201)

    def drop_token(self, _: Request) -> Response:
        self._state.secondary = ""
        return Response(204)

    def promote(self, request: Request) -> Response:
        """The secondary token becomes the one that signs; the former opens nothing any more."""
        state = self._state
        if not state.secondary:
            raise errors.refusal(20404, path=request.path)
        state.former, state.token, state.secondary = state.token, state.secondary, ""
        return json_response(self._token("auth_token", state.token, request))

    def geo(self, request: Request) -> Response:
        wanted = dict(request.query).get("CountryCode", "")
        return json_response(
            {"permissions": [self._permission(code) for code in countries() if wanted in ("", code)]}
        )

    def set_geo(self, request: Request) -> Response:
        asked = Form(request.form).objects("Permissions")
        if not asked:
            raise errors.missing("Permissions")
        for each in asked:
            if each.get("country_code") not in countries() or not isinstance(each.get("enabled"), bool):
                raise errors.refusal(20001, name="Permissions")
        closed = {*self._state.switches.closed_regions}
        for each in asked:
            (closed.discard if each["enabled"] else closed.add)(each["country_code"])
        self._state.switches.closed_regions = sorted(closed)
        return json_response({"permissions": [self._permission(each["country_code"]) for each in asked]})

    def consent(self, request: Request) -> Response:
        items = Form(request.form).objects("Items")
        if not items:
            raise errors.missing("Items")
        return json_response({"items": [self._consented(item) for item in items]}, 201)

    def deactivations(self, request: Request) -> Response:
        day = dict(request.query).get("Date", "")
        try:
            datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC)
        except ValueError:
            raise errors.refusal(20001, name="Date") from None
        target = f"{request.base}/lists/{day}"
        response = json_response({"redirect_to": target}, 307)
        response.headers["Location"] = target
        return response

    def numbers(self, request: Request) -> Response:
        """The list itself: a number a line."""
        text = "\n".join(self._state.deactivated.get(request.params["day"], []))
        return Response(200, text.encode(), Headers([("Content-Type", "text/plain")]))

    def _token(self, name: str, token: str, request: Request) -> Json:
        now = iso(self._state.network.now())
        told = {"account_sid": accounts.TWILIO_ACCOUNT_SID, name: token}
        return {**told, "date_created": now, "date_updated": now, "url": request.base + request.path}

    def _permission(self, code: str) -> Json:
        enabled = code not in self._state.switches.closed_regions
        return {"country_code": code, "type": "country", "enabled": enabled}

    def _consented(self, item: Json) -> Json:
        phone, sender = phone_number(str(item.get("contact_id"))), str(item.get("sender_id"))
        owned = self._state.numbers.get(sender)
        known = owned is not None or sender in self._state.services
        good = phone and known and item.get("status") in CONSENTS and item.get("source") in SOURCES
        answer = {"correlation_id": str(item.get("correlation_id"))}
        if not good:
            return {**answer, "error_code": WRONG, "error_messages": ["The item is not valid."]}
        pair = self._state.consent(str(phone), owned.scope if owned else sender)
        (self._state.blocks.add if item["status"] == "opt-out" else self._state.blocks.discard)(pair)
        return {**answer, "error_code": 0, "error_messages": []}
