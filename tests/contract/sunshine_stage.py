"""An account with one of everything, so that every Sunshine operation has something to be about."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from simulator import accounts
from simulator.headers import Headers
from simulator.web import Request, Response
from tests.contract.models.sunshine_events import check_delivery
from tests.contract.zendesk_world import MINE, SC, Auth, Json, World

ACCOUNT_KEY = (accounts.SUNSHINE_ACCOUNT_KEY_ID, accounts.SUNSHINE_ACCOUNT_SECRET)
SERVICE_KEY = (accounts.SUNSHINE_SERVICE_KEY_ID, accounts.SUNSHINE_SERVICE_SECRET)
EMAIL = "maria@example.com"
HOOK = {"target": "https://bridge.test/", "triggers": ["conversation:message"]}
TWILIO = {"type": "twilio", "accountSid": "AC1", "authToken": "secret", "phoneNumberSid": "PN1"}


def basic(key: tuple[str, str]) -> str:
    return "Basic " + base64.b64encode(":".join(key).encode()).decode()


def upload_request(path: str, content: bytes = b"meow", kind: str = "image/png", key: Any = None) -> Request:
    """A multipart upload with the one part that is asked for."""
    body = (
        b'--b\r\nContent-Disposition: form-data; name="source"; filename="cat.png"\r\n'
        b"Content-Type: " + kind.encode() + b"\r\n\r\n" + content + b"\r\n--b--\r\n"
    )
    headers = Headers({"Content-Type": "multipart/form-data; boundary=b"})
    headers["Authorization"] = basic(key or (accounts.SUNSHINE_KEY_ID, accounts.SUNSHINE_SECRET))
    where, _, query = path.partition("?")
    return Request("POST", where, query, headers, body)


@dataclass
class Stage:
    """The world and the names of what is in it; `{name}` in a path or a body stands for one of them."""

    world: World = field(default_factory=World)
    names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._people()
        self._talk()
        self._set_up()

    def made(self, path: str, body: Json, kind: str, auth: Auth = "default") -> str:
        status, answer = self.world.call("POST", SC + self.filled(path), self.filled(body), auth)
        assert status == 201, answer
        return str(answer[kind]["id"])

    def _people(self) -> None:
        world = self.world
        self.names |= {"user": world.user(profile={"givenName": "Maria"}), "mine": MINE}
        self.names["omar"] = self.made("/users", {"externalId": "omar"}, "user")
        held = world.sunshine.world
        identity = {"type": "email", "value": EMAIL, "verification": "embed"}
        held.directory.identify(held.users[self.names["user"]], [identity])

    def _talk(self) -> None:
        world, user = self.world, self.names["user"]
        self.names["first"] = world.conversation(user)
        self.names["chat"] = world.conversation(user, metadata={"opencx_session_id": "s1"})
        self.names["message"] = world.post(self.names["chat"], "hello")[1]["messages"][0]["id"]
        members = [{"userId": user, "subscribeSDKClient": False}]
        self.names["group"] = self.made(
            "/conversations", {"type": "sdkGroup", "participants": members}, "conversation"
        )
        self.names["url"] = self.upload()

    def upload(self, query: str = "access=public&for=message") -> str:
        response = self.world.send(upload_request(f"{SC}/attachments?{query}"))
        return str(response_json(response)["attachment"]["mediaUrl"])

    def _set_up(self) -> None:
        self.names["custom"] = self.made(
            "/integrations", {"type": "custom", "webhooks": [HOOK]}, "integration"
        )
        self.names["twilio"] = self.made("/integrations", TWILIO, "integration")
        self.names["webhook"] = self.made("/integrations/{custom}/webhooks", HOOK, "webhook")
        self.names["key"] = self.made("/integrations/{custom}/keys", {"displayName": "k"}, "key")
        self.names["appkey"] = self.made("/keys", {"displayName": "k"}, "key", ACCOUNT_KEY)
        boards = self.world.call("GET", f"{SC}/switchboards")[1]["switchboards"]
        self.names["board"] = boards[0]["id"]
        place = {"name": "bridge", "integrationId": "{custom}", "deliverStandbyEvents": False}
        self.names["place"] = self.made(
            "/switchboards/{board}/switchboardIntegrations", place, "switchboardIntegration"
        )
        self.names["client"] = self.linked()
        came = self.world.act("POST", f"/sunshine/users/{self.names['user']}/login", {"type": "ios"})[1]
        self.names["sdk"], self.names["device"] = came["client"], came["device"]

    def linked(self, confirmation: str = "immediate") -> str:
        """A client of the Twilio channel, tied to the chat."""
        body = {
            "matchCriteria": {
                "type": "twilio",
                "integrationId": "{twilio}",
                "phoneNumber": "+1 415-555-0101",
            },
            "confirmation": {"type": confirmation},
            "target": {"conversationId": "{chat}"},
        }
        made = self.made("/users/{user}/clients", body, "client")
        self.world.settle()
        return made

    def filled(self, content: Any) -> Any:
        """With the names of this stage in the place of `{name}`."""
        if isinstance(content, dict):
            return {name: self.filled(value) for name, value in content.items()}
        if isinstance(content, list):
            return [self.filled(value) for value in content]
        if isinstance(content, str) and content.startswith("{") and content[1:-1] in self.names:
            return self.names[content[1:-1]]
        if isinstance(content, str):
            for name, value in self.names.items():
                content = content.replace(f"{{{name}}}", value)
        return content

    def call(self, call: str, body: object = None, auth: Auth = "default") -> tuple[int, Any]:
        """`METHOD path`, the path below the app or, after `~`, below the host; the answer is documented."""
        method, _, path = self.filled(call).partition(" ")
        where = f"/zendesk/sc{path[1:]}" if path.startswith("~") else SC + path
        content = self.filled(body) if body is not None else None
        status, answer = self.world.call(method, where, content, auth)
        self.world.settle()
        return status, answer

    def listen(self, *triggers: str, **flags: bool) -> None:
        """One more webhook, `heard.test`, asks for these."""
        hook = {"target": "https://heard.test/", "triggers": list(triggers), **flags}
        assert self.call("POST /integrations/{mine}/webhooks", hook)[0] == 201

    def heard(self) -> list[Json]:
        """Every event that webhook had, each as documented."""
        self.world.settle()
        bodies = [json.loads(hook.body) for hook in self.world.bridge.hooks if "heard" in hook.url]
        for body in bodies:
            check_delivery(body)
        return [event for body in bodies for event in body["events"]]

    def send(self, request: Request) -> Response:
        response = self.world.send(request)
        self.world.settle()
        return response


def response_json(response: Response) -> Any:
    return json.loads(response.body)
