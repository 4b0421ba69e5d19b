"""The Messages resource: create, list, fetch, redact, cancel, delete, feedback (CAR-332, CAR-335, CAR-336).

Facts:
  * List filters carry the comparison in their name: `DateSent<`, `DateSent>`; a day means all of it (CAR-28).
  * Redacting blanks the body and takes no other (CAR-31). Only a scheduled message can be cancelled (30409).
  * A message in flight cannot be deleted or redacted: 20009 (CAR-31).
"""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from simulator.twilio import errors, magic, quirks
from simulator.twilio.auth import Guard
from simulator.twilio.drafts import Draft
from simulator.twilio.forms import Form
from simulator.twilio.life import TRIAL, Life
from simulator.twilio.paging import Book, listing
from simulator.twilio.phones import address
from simulator.twilio.shelves import Wanted
from simulator.twilio.state import WAITING, Message, State
from simulator.twilio.views import message_view, rfc2822
from simulator.twilio.xml import in_xml
from simulator.web import Request, Response, Router, json_response

OUTCOMES = ("confirmed", "unconfirmed")


class MessagesApi:
    """The resource the bridge lives on."""

    def __init__(self, state: State, life: Life) -> None:
        self._state = state
        self._life = life

    def mount(self, router: Router, account: str, guard: Guard) -> None:
        """Serve it below the account's path, as JSON and, without `.json`, as XML (CAR-02)."""
        one = f"{account}/Messages/<sid>"
        router.add("POST", f"{one}/Feedback.json", "CreateMessageFeedback", guard(self.feedback))
        for method, path, operation, handler in (
            ("GET", f"{account}/Messages", "ListMessage", self.index),
            ("GET", one, "FetchMessage", self.fetch),
            ("POST", one, "UpdateMessage", self.update),
            ("DELETE", one, "DeleteMessage", self.delete),
        ):
            router.add(method, f"{path}.json", operation, guard(handler))
            router.add(method, path, f"{operation}Xml", in_xml(guard(handler)))
        create = guard(self.create, self.create_in_test)
        router.add("POST", f"{account}/Messages.json", "CreateMessage", create)
        router.add("POST", f"{account}/Messages", "CreateMessageXml", in_xml(create))

    def create(self, request: Request) -> Response:
        """A message, on its way."""
        draft, quirk = Draft.of(request.form), quirks.take(self._state.network, "CreateMessage")
        if self._state.switches.suspended:
            raise errors.refusal(20005)
        if quirk == "problem details":
            return errors.problem(400, 20001, "Bad request")
        message = self._life.accept(draft)
        message.body = TRIAL + message.body if quirk == "prefixed body" else message.body
        response = json_response(message_view(message), 201)
        response.body = b"" if quirk == "empty answer" else response.body
        if self._state.network.faults.take("twilio", "status", "early callback"):
            response.beforehand = lambda: self._life.run(message)
        else:
            self._life.start(message, draft.send_at)
        return response

    def create_in_test(self, request: Request) -> Response:
        """What test credentials make."""
        message = magic.message(Draft.of(request.form), self._state)
        return json_response(message_view(message), 201)

    def index(self, request: Request) -> Response:
        found = self._state.messages.matching(_wanted(request))

        def behind(sid: str) -> int | None:
            message = self._state.messages.get(sid)
            return found.after(message) if message else None

        return listing(request, "messages", Book(len(found), found.at, behind), message_view)

    def fetch(self, request: Request) -> Response:
        return json_response(message_view(self._one(request)))

    def update(self, request: Request) -> Response:
        message, said = self._one(request), Form(request.form)
        if said.has("Status"):
            self._cancel(message, said.text("Status"))
        if said.has("Body"):
            self._redact(message, said.text("Body"))
        return json_response(message_view(message))

    def delete(self, request: Request) -> Response:
        message = self._one(request)
        _not_in_flight(message)
        self._state.messages.take_away(message)
        return Response(204)

    def feedback(self, request: Request) -> Response:
        """Whether the text did its work, as the account tells the carrier (CAR-33)."""
        message, said = self._one(request), Form(request.form)
        outcome, now = said.choice("Outcome", OUTCOMES, "confirmed"), rfc2822(self._state.network.now())
        told = {"account_sid": message.account, "message_sid": message.sid, "outcome": outcome}
        uri = message_view(message)["subresource_uris"]["feedback"]
        return json_response({**told, "date_created": now, "date_updated": now, "uri": uri}, 201)

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


def _not_in_flight(message: Message) -> None:
    if message.status in WAITING:
        raise errors.refusal(20009)


def _wanted(request: Request) -> Wanted:
    """What the query asks for; several bounds of the date narrow each other."""
    wanted = Wanted()
    for name, value in request.query:
        if not value:
            continue
        if name in ("To", "From"):
            number = address(value) or value
            wanted = replace(wanted, to=number) if name == "To" else replace(wanted, sender=number)
        elif name in BOUNDS:
            wanted = _narrowed(wanted, name, *_span(value))
    return wanted


def _narrowed(wanted: Wanted, name: str, start: float, end: float) -> Wanted:
    lower, upper = BOUNDS[name]
    since = [bound for bound in (wanted.since, start if lower else None) if bound is not None]
    before = [bound for bound in (wanted.before, end if upper else None) if bound is not None]
    return replace(wanted, since=max(since, default=None), before=min(before, default=None))


def _span(value: str) -> tuple[float, float]:
    """First moment of the day or second, and the moment after it. Midnight is how the SDK writes a day."""
    try:
        start = datetime.fromisoformat(value)
        start = start if start.tzinfo else start.replace(tzinfo=UTC)
        day = start.timetz() == time(tzinfo=UTC)
        after = start + (timedelta(days=1) if day else timedelta(seconds=1))
        return start.timestamp(), after.timestamp()
    except (ValueError, OverflowError):
        raise errors.refusal(20001, name="DateSent") from None


BOUNDS = {"DateSent": (True, True), "DateSent<": (False, True), "DateSent>": (True, False)}
