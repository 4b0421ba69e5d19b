"""The control surface and what stands around it, in process."""

import base64
import json
import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from typer.testing import CliRunner

from simulator import accounts
from simulator.build import build
from simulator.clock import Clock
from simulator.commands import app
from simulator.control import Control
from simulator.control_document import TABLE, shape
from simulator.headers import Headers
from simulator.hooks import Hook, HookAnswer
from simulator.ledger import Ledger
from simulator.leftovers import Leftovers
from simulator.network import Network
from simulator.server import Address, Busy, listen
from simulator.transport import deliver
from simulator.web import Request, Response

MARIA = "+14155550101"
EVERY_VARIABLE = """
    DATABASE_URL PUBLIC_URL BIND NUMBERS CARRIER TWILIO_ACCOUNT_SID TWILIO_AUTH_TOKEN TWILIO_API_URL
    ZENDESK_SUBDOMAIN ZENDESK_URL SUNSHINE_APP_ID SUNSHINE_KEY_ID SUNSHINE_SECRET SUNSHINE_WEBHOOK_SECRET
    ZENDESK_EMAIL ZENDESK_API_TOKEN ZENDESK_OAUTH_CLIENT_ID ZENDESK_OAUTH_CLIENT_SECRET ASSISTANT OPENCX_URL
    OPENCX_API_KEY OPENCX_WEBHOOK_SECRET ORG_ID IDLE_SECONDS COMPLIANCE UNCERTAIN ADMIN_TOKEN CLOCK_URL
"""


@pytest.fixture
def network() -> Network:
    return build(Clock(), lambda _: HookAnswer(200))


def call(network: Network, method: str, path: str, body: object = None) -> tuple[int, Any]:
    """One control call: status and JSON."""
    path, _, query = path.partition("?")
    content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    response = network.handle(Request(method, f"/_sim{path}", query, body=content))
    assert isinstance(response, Response)
    return response.status, json.loads(response.body) if response.body else None


# --- clock, ledger, faults ---


def test_time_moves_when_told(network: Network) -> None:
    """Advancing moves the clock and runs what falls due."""
    ran = []
    network.clock.later(30, lambda: ran.append(network.now()))
    before = call(network, "GET", "/clock")[1]["now"]
    assert call(network, "POST", "/clock", {"advance": 60}) == (200, {"now": before + 60})
    assert ran == [before + 30]


def test_idle_until_something_is_due(network: Network) -> None:
    """A text that has not been delivered is something due."""
    assert call(network, "GET", "/idle")[1]["idle"] is True
    call(network, "POST", f"/phones/{MARIA}/texts", {"to": accounts.SUPPORT_NUMBER, "text": "hi"})
    assert call(network, "GET", "/idle")[1]["idle"] is False
    network.clock.run_due()
    assert call(network, "GET", "/idle")[1]["idle"] is True


def test_acting_is_in_the_ledger_and_looking_is_not(network: Network) -> None:
    """Each call that may change something is one act of control; a look leaves no trace."""
    call(network, "POST", "/reset")
    for path in ("/ledger", "/clock", "/idle", "/faults", "/env", "/systems", "/openapi.json"):
        call(network, "GET", path)
    call(network, "POST", "/clock", {"advance": 1})
    call(network, "POST", "/clock", {"advance": -1})
    entries = call(network, "GET", "/ledger")[1]["entries"]
    assert [(entry["kind"], entry["system"], entry["did"], entry["status"]) for entry in entries] == [
        ("act", "control", "reset", 200),
        ("act", "control", "advance the clock", 200),
        ("act", "control", "advance the clock", 400),
    ]


@pytest.mark.parametrize(
    ("after", "numbers", "following"),
    [(0, [1, 2, 3], 3), (2, [3], 3), (3, [], 3), (99, [], 3), (-5, [1, 2, 3], 3)],
)
def test_reading_the_ledger(network: Network, after: int, numbers: list[int], following: int) -> None:
    """`next` leads on; a number from before a reset leads to the end."""
    for _ in range(3):
        network.write("act", "test")
    status, told = call(network, "GET", f"/ledger?after={after}")
    assert (status, [entry["n"] for entry in told["entries"]], told["next"]) == (200, numbers, following)


def test_waiting_for_the_ledger_holds_nobody_up(network: Network) -> None:
    """Somebody who waits sees the next entry, which another call may write meanwhile."""
    told: list[Any] = []
    reader = threading.Thread(target=lambda: told.append(call(network, "GET", "/ledger?after=0&wait=20")))
    reader.start()
    call(network, "POST", f"/phones/{MARIA}/texts", {"to": accounts.SUPPORT_NUMBER, "text": "hi"})
    reader.join(10)
    assert told[0][1]["entries"][0]["kind"] == "sms"


@pytest.mark.parametrize("news", [lambda ledger: ledger.write("act", "test", 0.0), Ledger.clear])
def test_the_ledger_wakes_whoever_waits(news: Callable[[Ledger], object]) -> None:
    """An entry and a reset are both news."""
    ledger = Ledger(Leftovers())
    ledger.write("act", "test", 0.0)
    reader = threading.Thread(target=lambda: ledger.wait(1, 60), daemon=True)
    reader.start()
    news(ledger)
    reader.join(5)
    assert not reader.is_alive()


@pytest.mark.timeout(10)
def test_a_stopping_server_lets_waiting_readers_go(network: Network) -> None:
    """Nobody waits for a ledger that nobody will write."""
    network.closing = lambda: True
    assert call(network, "GET", "/ledger?wait=20") == (200, {"entries": [], "next": 0})


def test_a_fault_is_planted_listed_used_and_cleared(network: Network) -> None:
    """A planted fault breaks as many calls as it says, and can be taken back."""
    wanted = {"system": "opencx", "operation": "listContacts", "fault": "status 503", "count": 2}
    assert call(network, "POST", "/faults", wanted)[0] == 201
    statuses = []
    for _ in range(2):
        response = network.handle(Request("GET", "/opencx/contacts"))
        assert isinstance(response, Response)
        statuses.append(response.status)
        if len(statuses) == 1:
            assert [fault["count"] for fault in call(network, "GET", "/faults")[1]["faults"]] == [1]
    assert statuses == [503, 503]
    assert call(network, "GET", "/faults")[1] == {"faults": []}
    call(network, "POST", "/faults", {"system": "twilio", "fault": "hang"})
    assert call(network, "DELETE", "/faults") == (200, {"faults": []})
    assert network.faults.planted() == []


def test_reset_forgets_everything(network: Network) -> None:
    """Texts, numbers, faults and time begin anew; the ledger holds the reset alone."""
    first = call(network, "GET", "/clock")
    call(network, "POST", f"/phones/{MARIA}/texts", {"to": accounts.SUPPORT_NUMBER, "text": "hi"})
    call(network, "POST", "/faults", {"system": "twilio", "fault": "hang"})
    call(network, "DELETE", f"/numbers/{accounts.SALES_NUMBER}")
    call(network, "POST", "/clock", {"advance": 60})
    call(network, "POST", "/reset")
    assert call(network, "GET", "/clock") == first
    assert call(network, "GET", "/faults")[1] == {"faults": []}
    assert call(network, "GET", f"/phones/{MARIA}/messages")[1] == {"messages": []}
    numbers = [number["number"] for number in call(network, "GET", "/numbers")[1]["numbers"]]
    assert tuple(numbers) == accounts.NUMBERS
    assert [entry["did"] for entry in network.ledger.after()] == ["reset"]


# --- errors ---


@pytest.mark.parametrize(
    ("line", "body", "status", "words"),
    [
        ("POST /nothing", {}, 404, "There is no call POST /_sim/nothing."),
        ("PATCH /clock", {}, 404, "There is no call PATCH"),
        ("GET ", None, 404, "There is no call GET /_sim/"),
        ("POST /clock", b"{", 400, "cannot be read"),
        ("POST /clock", [], 400, "not a JSON object"),
        ("POST /clock", {}, 400, "number of seconds"),
        ("POST /clock", {"advance": True}, 400, "number of seconds"),
        ("POST /clock", {"advance": "1"}, 400, "number of seconds"),
        ("GET /ledger?after=x", None, 400, "numbers"),
        ("POST /faults", {"fault": "hang"}, 400, "no system None"),
        ("POST /faults", {"system": "moon", "fault": "hang"}, 400, "no system 'moon'"),
        ("POST /faults", {"system": "twilio", "fault": "explode"}, 400, "Unknown fault 'explode'"),
        ("POST /faults", {"system": "twilio", "fault": "hang", "count": 0}, 400, "1 or more"),
        (f"POST /phones/{MARIA}/texts", {"to": "+19995550100", "text": "hi"}, 404, ""),
        ("POST /conversations/none/replies", {"text": "hi"}, 404, ""),
    ],
)
def test_errors_say_what_to_do(network: Network, line: str, body: object, status: int, words: str) -> None:
    """An error is a sentence and a way to mend it, whoever refused."""
    told = call(network, *line.partition(" ")[::2], body)
    assert told[0] == status
    assert set(told[1]) == {"error", "fix"}
    assert words in told[1]["error"]
    assert told[1]["fix"]


def test_an_unknown_call_is_told_the_known_ones(network: Network) -> None:
    """The 404 names every call there is."""
    fix = call(network, "GET", "/nothing")[1]["fix"]
    for known in ("POST /_sim/reset", "PUT /_sim/assistant/script", "POST /_sim/phones/<phone>/texts"):
        assert known in fix


def test_the_control_surface_is_nobodys_path(network: Network) -> None:
    """Neighbouring names are not control calls, and no provider answers below /_sim."""
    response = network.handle(Request("GET", "/_simulated"))
    assert isinstance(response, Response)
    assert (response.status, b"no such system" in response.body) == (404, True)


# --- the document ---


def test_the_document_describes_every_call(network: Network) -> None:
    """Each call of every system is in the OpenAPI document, with words of its own, and nothing else is."""
    document = call(network, "GET", "/openapi.json")[1]
    described = {
        shape(f"{method.upper()} {path.removeprefix('/_sim')}"): operation["summary"]
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }
    (control,) = (door for door in network.doors if isinstance(door, Control))
    known = {f"{method} {re.sub(r'<(.+?)>', '{}', path)}" for method, path, _ in control.calls}
    assert set(described) == known
    assert described == {shape(name): words.summary for name, words in TABLE.items()}


def test_the_document_is_sound(network: Network) -> None:
    """Operation ids are unique, parameters match the path, bodies have schemas."""
    document = call(network, "GET", "/openapi.json")[1]
    assert document["openapi"].startswith("3.1")
    ids = []
    for path, operations in document["paths"].items():
        for operation in operations.values():
            ids.append(operation["operationId"])
            within = [each["name"] for each in operation.get("parameters", []) if each["in"] == "path"]
            assert within == re.findall(r"{(\w+)}", path)
            assert operation["summary"].endswith(".")
            assert "4XX" in operation["responses"]
    assert len(ids) == len(set(ids))


# --- the environment and the command line ---


def test_the_environment_is_complete(network: Network) -> None:
    """Every variable of the bridge is there, pointing here and at the bridge that was named."""
    told = call(network, "GET", "/env?bridge=http://127.0.0.1:9")[1]
    assert sorted(told) == sorted(f"BRIDGE_{name}" for name in EVERY_VARIABLE.split())
    assert told["BRIDGE_PUBLIC_URL"] == "http://127.0.0.1:9"
    assert told["BRIDGE_BIND"] == "127.0.0.1:9"
    assert told["BRIDGE_ASSISTANT"] == "opencx"
    assert {told[f"BRIDGE_{name}_URL"] for name in ("TWILIO_API", "ZENDESK", "OPENCX", "CLOCK")} == {
        f"http://127.0.0.1:4010/{place}" for place in ("twilio", "zendesk", "opencx", "_sim/clock")
    }


def test_the_command_prints_what_the_call_answers(network: Network) -> None:
    """`simulator env` and `GET /_sim/env?format=shell` are the same lines."""
    response = network.handle(Request("GET", "/_sim/env", "format=shell"))
    assert isinstance(response, Response)
    printed = CliRunner().invoke(app, ["env"])
    assert (printed.exit_code, printed.output) == (0, response.body.decode())
    assert printed.output.startswith("export BRIDGE_")


def test_a_busy_port_is_one_sentence() -> None:
    """A port somebody uses is refused at once, in words."""
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        port = server.server_port
        with pytest.raises(Busy, match=f"127.0.0.1:{port} cannot be used"):
            listen(Address("127.0.0.1", port))
        told = CliRunner().invoke(app, ["serve", "--port", str(port)])
        assert (told.exit_code, told.output.count("\n")) == (1, 1)
        assert "choose another with --port" in told.output
    listen(Address("127.0.0.1", port)).close()


# --- the console and real webhooks ---


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/console.js", "text/javascript; charset=utf-8"),
        ("/console.css", "text/css; charset=utf-8"),
        ("/favicon.svg", "image/svg+xml"),
    ],
)
def test_the_console_is_served(network: Network, path: str, kind: str) -> None:
    """Its four files are there, under a policy that lets nothing in from outside."""
    response = network.handle(Request("GET", path))
    assert isinstance(response, Response)
    assert (response.status, response.headers["Content-Type"]) == (200, kind)
    assert response.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert b"https://" not in response.body


@pytest.mark.parametrize(
    ("query", "header", "ids"),
    [
        ("", None, ["1", "2", "3"]),
        ("after=1", None, ["2", "3"]),
        ("after=1", "2", ["3"]),
        ("after=99", None, ["0", "1", "2", "3"]),
    ],
)
def test_the_stream_resumes(network: Network, query: str, header: str | None, ids: list[str]) -> None:
    """A browser goes on after the last event it has seen; after a reset it begins anew."""
    for _ in range(3):
        network.write("act", "test", text="line\nline")
    headers = Headers([("Last-Event-ID", header)] if header else [])
    response = network.handle(Request("GET", "/events", query, headers))
    assert isinstance(response, Response)
    assert response.stream is not None
    sent = b"".join(next(response.stream) for _ in range(len(ids) + 2)).decode()
    assert re.findall(r"^id: (\d+)$", sent, re.M) == ids
    assert ("event: reset" in sent) == (ids[0] == "0")
    assert sent.endswith(": here\n\n")


class _Receiver(BaseHTTPRequestHandler):
    """Answers as its path says."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/cut":
            self.close_connection = True
            return
        self.send_response(302 if self.path == "/moved" else 201)
        self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(self.headers["X-Test"].encode() + body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_real_delivery() -> None:
    """An answer is handed on, a redirect is not followed, and no answer is one, too."""
    with HTTPServer(("127.0.0.1", 0), _Receiver) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        base = f"http://127.0.0.1:{server.server_port}"
        answers = [
            deliver(Hook("test", "x", base + path, {"X-Test": "a"}, b"b")) for path in ("/", "/moved", "/cut")
        ]
        server.shutdown()
        thread.join()
    refused = deliver(Hook("test", "x", base, {}, b""))
    assert [(answer.status, answer.connected) for answer in (*answers, refused)] == [
        (201, True),
        (302, True),
        (None, True),
        (None, False),
    ]
    assert answers[0].body == b"ab"


# --- the bridge's doors ---


def test_every_system_knocks_where_it_is_told() -> None:
    """A bridge with other paths hears carrier, desk and AI there, after a reset as well."""
    heard: set[str] = set()

    def listen_to(hook: Hook) -> HookAnswer:
        heard.add(hook.url.removeprefix("http://127.0.0.1:8080").partition("#")[0])
        return HookAnswer(200)

    network = build(Clock(), listen_to)
    network.bridge_doors |= {"twilio": "/carrier", "sunshine": "/desk", "opencx": "/ai"}
    call(network, "POST", "/reset")
    call(network, "POST", f"/phones/{MARIA}/texts", {"to": accounts.SUPPORT_NUMBER, "text": "Hello"})
    _talk_to_the_ai(network)
    _talk_on_the_desk(network)
    network.clock.advance(1)
    assert heard == {"/carrier", "/desk", "/ai"}


def _talk_to_the_ai(network: Network) -> None:
    key = {"Authorization": f"Bearer {accounts.OPENCX_API_KEY}"}
    session = _asked(network, "/opencx/chat/sessions", {"channel": {"type": "sms"}}, key)["id"]
    message = {"sender": "contact", "message": {"type": "text", "text": "Hello"}}
    _asked(network, f"/opencx/chat/sessions/{session}/send", message, key)


def _talk_on_the_desk(network: Network) -> None:
    pair = f"{accounts.SUNSHINE_KEY_ID}:{accounts.SUNSHINE_SECRET}"
    key = {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
    app_path = f"/zendesk/sc/v2/apps/{accounts.SUNSHINE_APP_ID}"
    user = _asked(network, f"{app_path}/users", {"externalId": "maria"}, key)["user"]["id"]
    people = {"type": "personal", "participants": [{"userId": user, "subscribeSDKClient": False}]}
    chat = _asked(network, f"{app_path}/conversations", people, key)["conversation"]["id"]
    said = {"author": {"type": "user", "userId": user}, "content": {"type": "text", "text": "Hello"}}
    _asked(network, f"{app_path}/conversations/{chat}/messages", said, key)


def _asked(network: Network, path: str, content: object, headers: dict[str, str]) -> Any:
    sent = Headers([("Content-Type", "application/json"), *headers.items()])
    response = network.handle(Request("POST", path, "", sent, json.dumps(content).encode()))
    assert isinstance(response, Response)
    assert response.status == 201, response.body
    return json.loads(response.body)
