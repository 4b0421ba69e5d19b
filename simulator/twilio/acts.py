"""The carrier's part of the control surface: phones, numbers, planned outcomes.

Errors here are plain: `{"error": "…"}` with 400, or 404 when a text reaches nobody.
"""

import base64
import binascii
from dataclasses import asdict
from typing import Any

from simulator.twilio import errors
from simulator.twilio.control import object_of, wrong
from simulator.twilio.handset import Handsets
from simulator.twilio.hooks import Hooks
from simulator.twilio.inbound import Attachment, Inbound, Text, Undeliverable
from simulator.twilio.phones import KINDS, kind_of
from simulator.twilio.registration import REGISTRATIONS
from simulator.twilio.state import STATUSES, Number, Outcome, State
from simulator.web import Request, Response, Router, json_response

INNER = ("service", "joined", "programme")
NUMBER_FACTS: dict[str, tuple[object, ...] | type] = {
    "kind": KINDS,
    "registration": REGISTRATIONS,
    "sms": bool,
    "mms": bool,
    "sms_url": str,
    "sms_fallback_url": str,
    "sms_method": ("POST", "GET"),
    "sms_fallback_method": ("POST", "GET"),
    "friendly_name": str,
}
OUTCOME_FACTS: dict[str, type | tuple[type, ...]] = {
    "statuses": list,
    "error_code": int,
    "refused": int,
    "to": str,
    "number": str,
    "containing": str,
    "delay": (int, float),
    "count": int,
}


class Acts:
    """Handlers of the control surface."""

    def __init__(self, state: State, hooks: Hooks, handsets: Handsets, inbound: Inbound) -> None:
        self._state = state
        self._hooks = hooks
        self._handsets = handsets
        self._inbound = inbound

    def mount(self, router: Router) -> None:
        """Serve them."""
        router.add("POST", "/phones/<phone>/texts", "SendText", self.text)
        router.add("GET", "/phones/<phone>/messages", "ShowPhone", self.screen)
        router.add("GET", "/numbers", "ListNumbers", self.numbers)
        router.add("PUT", "/numbers/<number>", "PutNumber", self.put_number)
        router.add("DELETE", "/numbers/<number>", "RemoveNumber", self.remove_number)
        router.add("POST", "/twilio/outcomes", "PlanOutcome", self.plan)
        router.add("POST", "/twilio/release", "ReleaseWebhooks", self.release)

    def text(self, request: Request) -> Response:
        said = object_of(request)
        text = Text(
            phone=request.params["phone"],
            number=_string(said, "to"),
            text=_string(said, "text"),
            media=_attachments(said.get("media") or []),
            source_id=_string(said, "source_id"),
        )
        try:
            return json_response({"sid": self._inbound.receive(text)}, 201)
        except Undeliverable as why:
            raise wrong(str(why), 404) from None

    def screen(self, request: Request) -> Response:
        return json_response({"messages": self._handsets.screen(request.params["phone"])})

    def numbers(self, _: Request) -> Response:
        return json_response({"numbers": [self._view(number) for number in self._state.numbers.values()]})

    def put_number(self, request: Request) -> Response:
        name, said = request.params["number"], object_of(request)
        for key, value in said.items():
            _check_fact(key, value)
        number = self._state.numbers.get(name) or self._state.add_number(name, kind_of(name))
        registration = said.pop("registration", None)
        if "kind" in said:
            registration = registration or self._state.registration(number)
            self._state.class_number(number, said.pop("kind"))
        for key, value in said.items():
            setattr(number, key, value)
        if registration:
            self._state.register(number, registration)
        return json_response(self._view(number))

    def remove_number(self, request: Request) -> Response:
        number = self._state.numbers.get(request.params["number"])
        if number is None:
            raise wrong("not one of our numbers", 404)
        self._state.remove_number(number)
        return Response(204)

    def plan(self, request: Request) -> Response:
        said = object_of(request)
        for key, value in said.items():
            if key not in OUTCOME_FACTS or (value is not None and not isinstance(value, OUTCOME_FACTS[key])):
                raise wrong(f"{key} is not a fact of an outcome, or not {value!r}")
        outcome = Outcome(**{key: value for key, value in said.items() if value is not None})
        _check_outcome(outcome)
        self._state.outcomes.append(outcome)
        return json_response(asdict(outcome), 201)

    def release(self, _: Request) -> Response:
        return json_response({"released": self._hooks.release()})

    def _view(self, number: Number) -> dict[str, Any]:
        told = {key: value for key, value in asdict(number).items() if key not in INNER}
        registration = self._state.registration(number)
        pool = number.service or None
        return {**told, "registration": registration, "sid": number.sid, "messaging_service_sid": pool}


def _check_fact(key: str, value: object) -> None:
    allowed = NUMBER_FACTS.get(key)
    if allowed is None:
        raise wrong(f"{key} is not a fact of a number")
    fits = isinstance(value, allowed) if isinstance(allowed, type) else value in allowed
    if not fits:
        raise wrong(f"{key} cannot be {value!r}")


def _check_outcome(outcome: Outcome) -> None:
    unknown = [status for status in outcome.statuses if status not in STATUSES]
    if unknown:
        raise wrong(f"unknown statuses {unknown}")
    if outcome.refused and outcome.refused not in errors.REFUSALS:
        raise wrong(f"unknown refusal {outcome.refused}")
    if outcome.count < 1 or outcome.delay < 0:
        raise wrong("count is at least 1 and delay at least 0")


def _string(said: dict[str, Any], key: str) -> str:
    value = said.get(key) or ""
    try:
        if isinstance(value, str) and value.encode():
            return value
    except UnicodeEncodeError:
        raise wrong(f"{key} holds half a character") from None
    if value:
        raise wrong(f"{key} is a text")
    return ""


def _attachments(items: object) -> list[Attachment]:
    if not isinstance(items, list):
        raise wrong("media is a list")
    return [_attachment(item) for item in items]


def _attachment(item: object) -> Attachment:
    if not isinstance(item, dict) or not isinstance(item.get("content_type"), str):
        raise wrong("each of media has a content_type and base64 or text")
    try:
        data = base64.b64decode(item["base64"], validate=True) if "base64" in item else item["text"].encode()
    except (KeyError, TypeError, AttributeError, binascii.Error, ValueError):
        raise wrong("each of media has a content_type and base64 or text") from None
    return Attachment(item["content_type"], data)
