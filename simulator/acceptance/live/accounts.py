"""The two sides of the comparison: a real account, by addresses and keys from the environment; a simulator.

  twilio   LIVE_TWILIO_ACCOUNT_SID, LIVE_TWILIO_AUTH_TOKEN; for test sends also LIVE_TWILIO_TEST_ACCOUNT_SID
           and LIVE_TWILIO_TEST_AUTH_TOKEN
  zendesk  LIVE_ZENDESK_URL (https://acme.zendesk.com), LIVE_SUNSHINE_APP_ID, LIVE_SUNSHINE_KEY_ID,
           LIVE_SUNSHINE_SECRET, LIVE_ZENDESK_EMAIL, LIVE_ZENDESK_API_TOKEN

LIVE_TWILIO_API_URL and LIVE_TWILIO_MESSAGING_URL lead elsewhere, to another simulator for one.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests

from simulator import accounts
from simulator.acceptance.live.probes import Probe
from simulator.acceptance.manifest import Wrong
from simulator.build import build
from simulator.clock import Clock
from simulator.headers import Headers
from simulator.hooks import HookAnswer
from simulator.web import Request, Response

Pair = tuple[str, str]
PATIENCE = 30.0  # seconds
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service said: status and JSON, None if it was no JSON."""

    status: int
    content: Any


@dataclass(frozen=True, slots=True)
class Account:
    """Where to ask, and as whom."""

    hosts: Mapping[str, str]
    keys: Mapping[str, Pair]  # host: user and password; "test": those of the test account
    names: Mapping[str, str]

    def headers(self, probe: Probe) -> dict[str, str]:
        """The key that a question shows."""
        if probe.who == "nobody":
            return {}
        user, secret = self.keys["test" if probe.who == "test" else probe.host]
        shown = f"{user}:{secret if probe.who != 'wrong' else 'wrong'}"
        return {"Authorization": f"Basic {base64.b64encode(shown.encode()).decode()}"}


def live(system: str, environment: Mapping[str, str]) -> Account:
    """The real account; raises `Wrong` if the environment does not name it."""
    get = environment.get
    wanted = {
        "twilio": ("LIVE_TWILIO_ACCOUNT_SID", "LIVE_TWILIO_AUTH_TOKEN"),
        "zendesk": (
            *("LIVE_ZENDESK_URL", "LIVE_SUNSHINE_APP_ID", "LIVE_SUNSHINE_KEY_ID", "LIVE_SUNSHINE_SECRET"),
            *("LIVE_ZENDESK_EMAIL", "LIVE_ZENDESK_API_TOKEN"),
        ),
    }[system]
    if missing := [name for name in wanted if not get(name)]:
        raise Wrong(f"--live {system} needs {', '.join(missing)} in the environment.")
    return _twilio(environment) if system == "twilio" else _zendesk(environment)


def _twilio(given: Mapping[str, str]) -> Account:
    key = given["LIVE_TWILIO_ACCOUNT_SID"], given["LIVE_TWILIO_AUTH_TOKEN"]
    test = given.get("LIVE_TWILIO_TEST_ACCOUNT_SID", ""), given.get("LIVE_TWILIO_TEST_AUTH_TOKEN", "")
    hosts = {
        "api": given.get("LIVE_TWILIO_API_URL", "https://api.twilio.com"),
        "messaging": given.get("LIVE_TWILIO_MESSAGING_URL", "https://messaging.twilio.com"),
    }
    return Account(
        hosts,
        {"api": key, "messaging": key, "test": test},
        {"account": key[0]} | ({"test_account": test[0]} if test[0] else {}),
    )


def _zendesk(given: Mapping[str, str]) -> Account:
    base = given["LIVE_ZENDESK_URL"].rstrip("/")
    return Account(
        {"sunshine": f"{base}/sc", "support": f"{base}/api"},
        {
            "sunshine": (given["LIVE_SUNSHINE_KEY_ID"], given["LIVE_SUNSHINE_SECRET"]),
            "support": (f"{given['LIVE_ZENDESK_EMAIL']}/token", given["LIVE_ZENDESK_API_TOKEN"]),
        },
        {"app": given["LIVE_SUNSHINE_APP_ID"]},
    )


def simulated(base: str) -> dict[str, str]:
    """The environment that makes a simulator the live side."""
    return {
        "LIVE_TWILIO_ACCOUNT_SID": accounts.TWILIO_ACCOUNT_SID,
        "LIVE_TWILIO_AUTH_TOKEN": accounts.TWILIO_AUTH_TOKEN,
        "LIVE_TWILIO_TEST_ACCOUNT_SID": accounts.TWILIO_TEST_ACCOUNT_SID,
        "LIVE_TWILIO_TEST_AUTH_TOKEN": accounts.TWILIO_TEST_AUTH_TOKEN,
        "LIVE_TWILIO_API_URL": f"{base}/twilio",
        "LIVE_TWILIO_MESSAGING_URL": f"{base}/twilio/messaging",
        "LIVE_ZENDESK_URL": f"{base}/zendesk",
        "LIVE_SUNSHINE_APP_ID": accounts.SUNSHINE_APP_ID,
        "LIVE_SUNSHINE_KEY_ID": accounts.SUNSHINE_KEY_ID,
        "LIVE_SUNSHINE_SECRET": accounts.SUNSHINE_SECRET,
        "LIVE_ZENDESK_EMAIL": accounts.ZENDESK_EMAIL,
        "LIVE_ZENDESK_API_TOKEN": accounts.ZENDESK_API_TOKEN,
    }


class Wire:
    """Asks a real service; no redirect is followed, so that no key goes elsewhere."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def ask(self, probe: Probe, path: str) -> Answer:
        answer = requests.request(
            probe.method,
            self.account.hosts[probe.host].rstrip("/") + path,
            data=probe.form or None,
            headers=self.account.headers(probe),
            timeout=PATIENCE,
            allow_redirects=False,
        )
        return Answer(answer.status_code, _json(answer.content))


class StandIn:
    """Asks a fresh simulator in this process, in which a customer has texted and been answered."""

    def __init__(self, system: str) -> None:
        self.account = live(system, simulated(""))
        self._network = build(Clock(), lambda _: HookAnswer(200))
        text = json.dumps({"to": accounts.SUPPORT_NUMBER, "text": "Hello"}).encode()
        self._network.handle(Request("POST", "/_sim/phones/+14155550101/texts", body=text))
        self._network.clock.run_due()

    def ask(self, probe: Probe, path: str) -> Answer:
        url = urlsplit(self.account.hosts[probe.host] + path)
        headers = Headers({**self.account.headers(probe), **({"Content-Type": FORM} if probe.form else {})})
        body = urlencode(probe.form).encode()
        answer = self._network.handle(Request(probe.method, url.path, url.query, headers, body))
        assert isinstance(answer, Response)  # no fault is planted here
        return Answer(answer.status, _json(answer.body))


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
