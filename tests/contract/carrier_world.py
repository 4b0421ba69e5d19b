"""A simulated carrier in this process, and a bridge that writes down what it hears and answers as planned."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from simulator import accounts
from simulator.clock import Clock
from simulator.headers import Headers
from simulator.hooks import Hook, HookAnswer
from simulator.network import Network
from simulator.twilio import Twilio
from simulator.twilio.inbound import Attachment
from simulator.web import Refusal, Request, Response
from tests.contract.models.twilio import ANSWERS

MARIA, OMAR, LONDON = "+14155550101", "+12125550102", "+447700900123"
SUPPORT, SALES, TOLL_FREE = accounts.NUMBERS
API = f"/twilio/2010-04-01/Accounts/{accounts.TWILIO_ACCOUNT_SID}"
BRIDGE = "http://127.0.0.1:8080"
STATUS_URL = f"{BRIDGE}/webhooks/twilio/status?attempt=a1"
US = (accounts.TWILIO_ACCOUNT_SID, accounts.TWILIO_AUTH_TOKEN)
Form = list[tuple[str, str]]


def form_of(hook: Hook) -> dict[str, str]:
    """What a webhook says."""
    return dict(parse_qsl(hook.body.decode(), keep_blank_values=True))


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


@dataclass
class Bridge:
    """Writes down every delivery; answers what is planned for its operation, else 200."""

    hooks: list[Hook] = field(default_factory=list)
    answers: dict[str, list[HookAnswer]] = field(default_factory=dict)

    def __call__(self, hook: Hook) -> HookAnswer:
        self.hooks.append(hook)
        planned = self.answers.get(hook.operation)
        return planned.pop(0) if planned else HookAnswer(200)

    def heard(self, operation: str) -> list[dict[str, str]]:
        return [form_of(hook) for hook in self.hooks if hook.operation == operation]

    def statuses(self) -> list[str]:
        return [form["MessageStatus"] for form in self.heard("status")]


class World:
    """The carrier and everybody around it."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.bridge = Bridge()
        self.network = Network(clock=clock or Clock(), transport=self.bridge)
        self.twilio = Twilio(self.network)
        self.network.systems.append(self.twilio)
        self.network.reset()

    def call(
        self, method: str, path: str, form: Form | None = None, auth: tuple[str, str] | None = US
    ) -> Response:
        """One call to the provider's API."""
        split = urlsplit(path)
        headers = Headers(basic(*auth) if auth else {})
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode(form or []).encode()
        return self._handled(Request(method, split.path, split.query, headers, body))

    def post_raw(self, path: str, body: bytes) -> Response:
        """A call whose body is not a form anybody meant."""
        return self._handled(Request("POST", path, headers=Headers(basic(*US)), body=body))

    def call_raw(self, method: str, path: str, body: bytes) -> Response:
        """A call whose body is JSON."""
        headers = Headers({**basic(*US), "Content-Type": "application/json"})
        return self._handled(Request(method, path, headers=headers, body=body))

    def photo(self) -> str:
        """Maria sends a photo without words; its SID."""
        sid = self.twilio.text(MARIA, SUPPORT, "", [Attachment("image/jpeg", b"\xff\xd8photo")])
        self.settle()
        return sid

    def _handled(self, request: Request) -> Response:
        ending = self.network.handle(request)
        assert isinstance(ending, Response)
        self._judge(ending)
        return ending

    def _judge(self, response: Response) -> None:
        """Every answer in JSON has a documented shape."""
        [entry] = self.network.ledger.after(self.network.ledger.last - 1)
        planted = entry["kind"] != "request" or entry["fault"] is not None
        if not planted and "xml" not in response.headers.get("Content-Type", ""):
            if response.body and "json" not in response.headers.get("Content-Type", ""):
                return
            content = json.loads(response.body) if response.body else None
            ANSWERS.check(entry["operation"], response.status, content)

    def create(self, *more: tuple[str, str], **changed: str) -> Response:
        """Ask for a message from Support to Maria, with these changes."""
        form = {"To": MARIA, "From": SUPPORT, "Body": "hello", "StatusCallback": STATUS_URL, **changed}
        return self.call("POST", f"{API}/Messages.json", [*form.items(), *more])

    def send(self, *more: tuple[str, str], **changed: str) -> dict[str, Any]:
        """Create a message and let it live; the resource afterwards."""
        made = read(self.create(*more, **changed))
        self.settle()
        return self.message(made["sid"])

    def message(self, sid: str) -> dict[str, Any]:
        return read(self.call("GET", f"{API}/Messages/{sid}.json"))

    def act(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """One call to the control surface."""
        found = self.twilio.acts.match(method, path)
        assert found is not None
        content = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        try:
            response = found[1](Request(method, path, body=content, params=found[2]))
        except Refusal as refusal:
            response = refusal.response
        return response.status, json.loads(response.body) if response.body else None

    def text(self, text: str, number: str = SUPPORT, phone: str = MARIA) -> str:
        """Somebody texts us, and it arrives."""
        sid = self.twilio.text(phone, number, text)
        self.settle()
        return sid

    def settle(self) -> None:
        self.network.clock.run_due()

    def shown(self, phone: str = MARIA) -> list[str]:
        """The texts a phone has received."""
        return [entry["text"] for entry in self.twilio.screen(phone) if entry["direction"] == "received"]

    def warnings(self) -> list[int]:
        """The codes the carrier's debugger shows."""
        return [entry["code"] for entry in self.network.ledger.after() if entry.get("did") == "warned"]


def read(response: Response) -> dict[str, Any]:
    """A JSON answer."""
    content: dict[str, Any] = json.loads(response.body)
    return content
