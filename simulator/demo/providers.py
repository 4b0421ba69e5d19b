"""What the providers' own APIs say, asked with the bridge's credentials."""

import base64
from typing import Any
from urllib.parse import quote

from simulator.acceptance.sim import HttpSim

Json = dict[str, Any]


class Providers:
    """Look-ups at carrier, desk and AI; `environment` holds the credentials."""

    def __init__(self, sim: HttpSim, environment: dict[str, str]) -> None:
        self._sim = sim
        self._told = {name.removeprefix("BRIDGE_"): value for name, value in environment.items()}

    # --- the carrier ---

    def number(self, number: str) -> Json:
        """A number of ours as the carrier lists it; empty if it does not."""
        listed = self._carrier(f"IncomingPhoneNumbers.json?PhoneNumber={quote(number)}")
        return next((each for each in listed["incoming_phone_numbers"]), {})

    def message(self, sid: str) -> Json:
        """A message with its segments and its price."""
        return self._carrier(f"Messages/{sid}.json")

    def _carrier(self, path: str) -> Json:
        account = self._told["TWILIO_ACCOUNT_SID"]
        headers = _basic(account, self._told["TWILIO_AUTH_TOKEN"])
        return self._sim.ask("GET", f"/twilio/2010-04-01/Accounts/{account}/{path}", None, headers)

    # --- the desk ---

    def app(self) -> Json:
        """The Sunshine app."""
        headers = _basic(self._told["SUNSHINE_KEY_ID"], self._told["SUNSHINE_SECRET"])
        path = f"/zendesk/sc/v2/apps/{self._told['SUNSHINE_APP_ID']}"
        app: Json = self._sim.ask("GET", path, None, headers)["app"]
        return app

    # --- the AI ---

    def session(self, session: str) -> Json:
        """One AI session."""
        return self._opencx("GET", f"/chat/sessions/{session}")

    def history(self, session: str) -> list[Json]:
        """Everything that was said and done in it."""
        items: list[Json] = self._opencx("GET", f"/chat/sessions/{session}/history?limit=100")["items"]
        return items

    def learn_email(self, contact: str, email: str) -> None:
        """The customer has given an address on another channel."""
        self._opencx("PATCH", f"/contacts/{contact}", {"email": email})

    def _opencx(self, method: str, path: str, content: object = None) -> Json:
        headers = {"Authorization": f"Bearer {self._told['OPENCX_API_KEY']}"}
        return self._sim.ask(method, f"/opencx{path}", content, headers)


def _basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}
