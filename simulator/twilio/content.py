"""content.twilio.com: templates a message can name instead of words; and short links, which nobody has.

Nobody can register a domain for short links here, so every domain is unknown: 404/20404, as documented.
"""

from typing import Any

from simulator import accounts
from simulator.twilio import errors
from simulator.twilio.auth import Guard
from simulator.twilio.crud import found
from simulator.twilio.operations import OPERATIONS
from simulator.twilio.paging import meta_listing
from simulator.twilio.resources import Filed
from simulator.twilio.state import State
from simulator.twilio.views import iso
from simulator.web import Json, Request, Response, Router, json_response

ROOT = "/content/v1/Content"
SHORTENING = "/messaging/v1/LinkShortening/"


class ContentApi:
    """Templates; their body is JSON."""

    def __init__(self, state: State) -> None:
        self._state = state

    def mount(self, router: Router, guard: Guard) -> None:
        """Serve it below the host's own segment."""
        one = f"{ROOT}/<sid>"
        for method, path, operation, handler in (
            ("POST", ROOT, "CreateContent", self.create),
            ("GET", ROOT, "ListContent", self.index),
            ("GET", one, "FetchContent", self.fetch),
            ("PUT", one, "UpdateContent", self.update),
            ("DELETE", one, "DeleteContent", self.delete),
            ("GET", f"{one}/ApprovalRequests", "FetchApproval", self.approval),
        ):
            router.add(method, path, operation, guard(handler))
        for each in OPERATIONS:
            if each.path.startswith(SHORTENING):
                router.add(each.method, each.path, each.name, guard(_no_domain))

    def create(self, request: Request) -> Response:
        sid, now = self._state.network.ids.sid("HX"), self._state.network.now()
        self._state.contents[sid] = Filed(sid, "unsubmitted", now, now, _facts(request))
        return json_response(_view(request, self._state.contents[sid]), 201)

    def index(self, request: Request) -> Response:
        return meta_listing(
            request, "contents", self._state.contents.values(), lambda made: _view(request, made)
        )

    def fetch(self, request: Request) -> Response:
        return json_response(_view(request, self._one(request)))

    def update(self, request: Request) -> Response:
        made = self._one(request)
        made.facts, made.updated = _facts(request), self._state.network.now()
        return json_response(_view(request, made))

    def delete(self, request: Request) -> Response:
        del self._state.contents[self._one(request).sid]
        return Response(204)

    def approval(self, request: Request) -> Response:
        made = self._one(request)
        told = {"status": made.status, "name": made.facts["friendly_name"], "rejection_reason": ""}
        url = f"{request.base}{ROOT}/{made.sid}/ApprovalRequests"
        return json_response(
            {"sid": made.sid, "account_sid": accounts.TWILIO_ACCOUNT_SID, "whatsapp": told, "url": url}
        )

    def _one(self, request: Request) -> Filed:
        made: Filed = found(request, self._state.contents)
        return made


def _facts(request: Request) -> Json:
    """Name, language, variables and at least one shape."""
    try:
        said: Any = request.json
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise errors.refusal(20001, name="body")
    for name, kind in (("language", str), ("types", dict)):
        if not said.get(name):
            raise errors.missing(name)
        if not isinstance(said[name], kind):
            raise errors.refusal(20001, name=name)
    variables, types = said.get("variables") or {}, {k: v for k, v in said["types"].items() if v}
    if not isinstance(variables, dict) or not all(isinstance(each, dict) for each in types.values()):
        raise errors.refusal(20001, name="variables")
    name = str(said.get("friendly_name") or "")
    return {"friendly_name": name, "language": said["language"], "variables": variables, "types": types}


def _view(request: Request, made: Filed) -> Json:
    url = f"{request.base}{ROOT}/{made.sid}"
    return {
        "sid": made.sid,
        "account_sid": accounts.TWILIO_ACCOUNT_SID,
        **made.facts,
        "date_created": iso(made.created),
        "date_updated": iso(made.updated),
        "url": url,
        "links": {"approval_fetch": f"{url}/ApprovalRequests"},
    }


def _no_domain(request: Request) -> Response:
    raise errors.refusal(20404, path=request.path)
