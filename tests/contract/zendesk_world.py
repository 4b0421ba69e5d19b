"""A simulated Zendesk account in this process, and a bridge that writes down what it hears."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from simulator import accounts
from simulator.clock import Clock
from simulator.headers import Headers
from simulator.hooks import Hook, HookAnswer
from simulator.network import Network
from simulator.sunshine import Sunshine
from simulator.support import Support
from simulator.web import Refusal, Request, Response
from tests.contract.models import sunshine as sunshine_models
from tests.contract.models import support as support_models

MARIA = "+14155550101"
AGENTS, BOT = "zd-agentWorkspace", "zd-answerBot"
SC = f"/zendesk/sc/v2/apps/{accounts.SUNSHINE_APP_ID}"
API = "/zendesk/api/v2"
APP_KEY = (accounts.SUNSHINE_KEY_ID, accounts.SUNSHINE_SECRET)
INTEGRATION_KEY = (accounts.SUNSHINE_INTEGRATION_KEY_ID, accounts.SUNSHINE_INTEGRATION_SECRET)
MINE = accounts.SUNSHINE_INTEGRATION_KEY_ID.removeprefix("int_")  # the standing integration
API_TOKEN = (f"{accounts.ZENDESK_EMAIL}/token", accounts.ZENDESK_API_TOKEN)
Json = dict[str, Any]
Auth = tuple[str, str] | str | None


@dataclass
class Bridge:
    """Writes down every delivery; answers what is planned, else 200."""

    hooks: list[Hook] = field(default_factory=list)
    answers: list[HookAnswer] = field(default_factory=list)

    def __call__(self, hook: Hook) -> HookAnswer:
        self.hooks.append(hook)
        return self.answers.pop(0) if self.answers else HookAnswer(200)

    def events(self, kind: str = "") -> list[Json]:
        """Every event heard, of one type if named."""
        heard = [event for hook in self.hooks for event in json.loads(hook.body)["events"]]
        return [event for event in heard if kind in ("", event["type"])]

    def texts(self) -> list[str]:
        contents = [event["payload"]["message"]["content"] for event in self.events("conversation:message")]
        return [content.get("text", "") for content in contents]


class World:
    """The account and everybody around it. `set_up` are switches of PUT /_sim/zendesk."""

    def __init__(self, **set_up: object) -> None:
        self.bridge = Bridge()
        self.network = Network(clock=Clock(), transport=self.bridge)
        self.support = Support(self.network)
        self.sunshine = Sunshine(self.network, self.support)
        self.network.systems += [self.support, self.sunshine]
        self.network.reset()
        if set_up:
            self.act("PUT", "/zendesk", set_up)

    def call(self, method: str, path: str, body: object = None, auth: Auth = "default") -> tuple[int, Any]:
        """One call to either API; status and JSON."""
        split = urlsplit(path)
        headers = Headers(_credentials(path, auth))
        headers["Content-Type"] = "application/json"
        content = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        response = self.send(Request(method, split.path, split.query, headers, content))
        answer = json.loads(response.body) if response.body else None
        self._check(response.status, answer)
        return response.status, answer

    def _check(self, status: int, answer: object) -> None:
        """Every answer of either API is one that is documented."""
        served = self.network.ledger.after(self.network.ledger.last - 1)[0]
        if served["system"] == "support":
            support_models.ANSWERS.check(served["operation"], status, answer)
        elif served["system"] == "sunshine" and served["fault"] is None:
            sunshine_models.check_answer(served["operation"], status, answer)

    def send(self, request: Request) -> Response:
        ending = self.network.handle(request)
        assert isinstance(ending, Response)
        self.last = ending
        return ending

    def act(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """One call to the control surface, and what follows from it."""
        found = self.sunshine.acts.match(method, path) or self.support.acts.match(method, path)
        assert found is not None
        try:
            content = json.dumps(body).encode() if body is not None else b""
            response = found[1](Request(method, path, body=content, params=found[2]))
        except Refusal as refusal:
            response = refusal.response
        self.settle()
        return response.status, json.loads(response.body)

    def settle(self) -> None:
        self.network.clock.run_due()

    # --- short cuts through Sunshine ---

    def user(self, **fields: object) -> str:
        made = self.call("POST", f"{SC}/users", {"externalId": MARIA, **fields})[1]
        return str(made["user"]["id"])

    def conversation(self, user: str = "", **fields: object) -> str:
        """A personal conversation of this user, else of a new one."""
        body = {"type": "personal", "participants": [{"userId": user or self.user()}], **fields}
        status, made = self.call("POST", f"{SC}/conversations", body)
        assert status == 201, made
        self.settle()
        return str(made["conversation"]["id"])

    def post(self, conversation: str, text: str, author: str = "user", **fields: object) -> tuple[int, Any]:
        """The bridge posts a line."""
        writer = {"type": "business"} if author == "business" else {"type": "user", "userExternalId": MARIA}
        body = {"author": writer, "content": {"type": "text", "text": text}, **fields}
        answer = self.call("POST", f"{SC}/conversations/{conversation}/messages", body)
        self.settle()
        return answer

    def pass_control(self, conversation: str, target: str = AGENTS, **metadata: object) -> tuple[int, Any]:
        body = {"switchboardIntegration": target, "metadata": metadata}
        answer = self.call("POST", f"{SC}/conversations/{conversation}/passControl", body)
        self.settle()
        return answer

    def live_chat(self, **metadata: object) -> str:
        """A conversation with one text, handed to the agents."""
        conversation = self.conversation(metadata=metadata)
        self.post(conversation, "is anyone there?")
        self.pass_control(conversation)
        return conversation

    def seen(self, conversation: str) -> Json:
        """What the agent sees."""
        shown: Json = self.act("GET", f"/conversations/{conversation}")[1]
        return shown

    def agent(self, conversation: str, did: str, **what: object) -> tuple[int, Any]:
        return self.act("POST", f"/conversations/{conversation}/{did}", what)


def refused(answer: tuple[int, Any]) -> tuple[int, str, str]:
    """Status, code and title of a refusal."""
    return answer[0], answer[1]["errors"][0]["code"], answer[1]["errors"][0]["title"]


def ticket(world: World, conversation: str) -> Any:
    """The last ticket, None if there is none."""
    return world.seen(conversation)["ticket"]


def _credentials(path: str, auth: Auth) -> dict[str, str]:
    if auth is None:
        return {}
    if auth == "default":
        auth = API_TOKEN if path.startswith(API) else APP_KEY
    if isinstance(auth, str):
        return {"Authorization": f"Bearer {auth}"}
    return {"Authorization": "Basic " + base64.b64encode(":".join(auth).encode()).decode()}
