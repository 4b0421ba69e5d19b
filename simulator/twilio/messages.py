"""The Messages resource: create, list, fetch, redact, cancel, delete (CAR-332, CAR-335, CAR-336).

Facts:
  * List filters carry the comparison in their name: `DateSent<`, `DateSent>`; a day means all of it (CAR-28).
  * Redacting blanks the body and takes no other (CAR-31). Only a scheduled message can be cancelled (30409).
  * A message in flight cannot be deleted or redacted: 20009 (CAR-31).
"""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

from werkzeug.datastructures import Headers

from simulator.twilio import errors
from simulator.twilio.auth import guarded
from simulator.twilio.drafts import Draft
from simulator.twilio.life import Life
from simulator.twilio.paging import listing
from simulator.twilio.registration import phone_number
from simulator.twilio.state import WAITING, Message, State
from simulator.twilio.views import message_view
from simulator.web import Request, Response, Router, json_response

Filter = Callable[[Message], bool]


class MessagesApi:
    """The resource the bridge lives on."""

    def __init__(self, state: State, life: Life) -> None:
        self._state = state
        self._life = life

    def mount(self, router: Router, account: str) -> None:
        """Serve it below the account's path."""
        every, one = f"{account}/Messages.json", f"{account}/Messages/<sid>.json"
        router.add("POST", every, "CreateMessage", guarded(self.create))
        router.add("GET", every, "ListMessage", guarded(self.index))
        router.add("GET", one, "FetchMessage", guarded(self.fetch))
        router.add("POST", one, "UpdateMessage", guarded(self.update))
        router.add("DELETE", one, "DeleteMessage", guarded(self.delete))

    def create(self, request: Request) -> Response:
        draft = Draft.of(request.form)
        message = self._life.accept(draft)
        response = json_response(message_view(message), 201)
        response.headers.extend(self._habits())
        if self._state.network.faults.take("twilio", "status", "early callback"):
            response.beforehand = lambda: self._life.run(message)
        else:
            self._life.start(message, draft.send_at)
        return response

    def index(self, request: Request) -> Response:
        filters = [_filter(name, value) for name, value in request.query if name in FILTERS and value]
        found = (message for message in self._state.exchanged() if all(fits(message) for fits in filters))
        return listing(request, "messages", [message_view(message) for message in found])

    def fetch(self, request: Request) -> Response:
        return json_response(message_view(self._one(request)))

    def update(self, request: Request) -> Response:
        message, said = self._one(request), dict(request.form)
        if "Status" in said:
            self._cancel(message, said["Status"])
        if "Body" in said:
            self._redact(message, said["Body"])
        return json_response(message_view(message))

    def delete(self, request: Request) -> Response:
        message = self._one(request)
        _not_in_flight(message)
        del self._state.messages[message.sid]
        return Response(204)

    def _cancel(self, message: Message, status: str) -> None:
        if status != "canceled":
            raise errors.refusal(20001, name="Status")
        if message.status != "scheduled":
            raise errors.refusal(30409)
        message.status, message.updated = "canceled", self._state.network.now()

    def _redact(self, message: Message, body: str) -> None:
        if body:
            raise errors.refusal(20001, name="Body")
        _not_in_flight(message)
        message.body, message.updated = "", self._state.network.now()

    def _one(self, request: Request) -> Message:
        message = self._state.messages.get(request.params["sid"])
        if message is None:
            raise errors.refusal(20404, path=request.path)
        return message

    def _habits(self) -> Headers:
        """Response headers every client sees (CAR-14)."""
        request = self._state.network.ids.sid("RQ")
        return Headers([("Twilio-Request-Id", request), ("X-Home-Region", "us1"), ("X-Shenanigans", "none")])


def _not_in_flight(message: Message) -> None:
    if message.status in WAITING:
        raise errors.refusal(20009)


def _filter(name: str, value: str) -> Filter:
    return FILTERS[name](value)


def _from(value: str) -> Filter:
    wanted = phone_number(value) or value
    return lambda message: (message.phone if message.inbound else message.number) == wanted


def _to(value: str) -> Filter:
    wanted = phone_number(value) or value
    return lambda message: (message.number if message.inbound else message.phone) == wanted


def _between(start: datetime | None, end: datetime | None) -> Filter:
    def fits(message: Message) -> bool:
        if message.sent is None:
            return False
        at = datetime.fromtimestamp(message.sent, UTC)
        return (start is None or at >= start) and (end is None or at < end)

    return fits


def _span(value: str) -> tuple[datetime, datetime]:
    """First moment of the day or second, and the moment after it. Midnight is how the SDK writes a day."""
    try:
        start = datetime.fromisoformat(value)
        start = start if start.tzinfo else start.replace(tzinfo=UTC)
        day = start.timetz() == time(tzinfo=UTC)
        return start, start + (timedelta(days=1) if day else timedelta(seconds=1))
    except (ValueError, OverflowError):
        raise errors.refusal(20001, name="DateSent") from None


FILTERS: dict[str, Callable[[str], Filter]] = {
    "To": _to,
    "From": _from,
    "DateSent": lambda value: _between(*_span(value)),
    "DateSent<": lambda value: _between(None, _span(value)[1]),
    "DateSent>": lambda value: _between(_span(value)[0], None),
}
