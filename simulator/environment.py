"""The BRIDGE_… variables that point a bridge at these simulators."""

import shlex
from urllib.parse import urlsplit

from simulator import accounts

BASE = "http://127.0.0.1:4010"
BRIDGE = "http://127.0.0.1:8080"
DOORS = {"twilio": "/webhooks/twilio/sms", "sunshine": "/webhooks/sunshine", "opencx": "/webhooks/opencx"}
"""The paths at which a bridge takes in what each system tells it, unless told otherwise."""


def environment(base: str = BASE, bridge: str = BRIDGE) -> dict[str, str]:
    """Every variable, for simulators at `base` and a bridge at `bridge`."""
    told = {
        "DATABASE_URL": "sqlite:///bridge.db",
        "PUBLIC_URL": bridge,
        "BIND": urlsplit(bridge).netloc,
        "NUMBERS": ",".join(accounts.NUMBERS),
        **_carrier(base),
        **_desk(base),
        **_assistant(base),
        "IDLE_SECONDS": "10800",
        "COMPLIANCE": "block",
        "UNCERTAIN": "ask",
        "ADMIN_TOKEN": accounts.ADMIN_TOKEN,
        "CLOCK_URL": f"{base}/_sim/clock",
    }
    return {f"BRIDGE_{name}": value for name, value in told.items()}


def _carrier(base: str) -> dict[str, str]:
    return {
        "CARRIER": "twilio",
        "TWILIO_ACCOUNT_SID": accounts.TWILIO_ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": accounts.TWILIO_AUTH_TOKEN,
        "TWILIO_API_URL": f"{base}/twilio",
    }


def _desk(base: str) -> dict[str, str]:
    return {
        "ZENDESK_SUBDOMAIN": accounts.ZENDESK_SUBDOMAIN,
        "ZENDESK_URL": f"{base}/zendesk",
        "SUNSHINE_APP_ID": accounts.SUNSHINE_APP_ID,
        "SUNSHINE_KEY_ID": accounts.SUNSHINE_KEY_ID,
        "SUNSHINE_SECRET": accounts.SUNSHINE_SECRET,
        "SUNSHINE_WEBHOOK_SECRET": accounts.SUNSHINE_WEBHOOK_SECRET,
        "ZENDESK_EMAIL": accounts.ZENDESK_EMAIL,
        "ZENDESK_API_TOKEN": accounts.ZENDESK_API_TOKEN,
        "ZENDESK_OAUTH_CLIENT_ID": accounts.ZENDESK_OAUTH_CLIENT_ID,
        "ZENDESK_OAUTH_CLIENT_SECRET": accounts.ZENDESK_OAUTH_CLIENT_SECRET,
    }


def _assistant(base: str) -> dict[str, str]:
    return {
        "ASSISTANT": "opencx",
        "OPENCX_URL": f"{base}/opencx",
        "OPENCX_API_KEY": accounts.OPENCX_API_KEY,
        "OPENCX_WEBHOOK_SECRET": accounts.OPENCX_WEBHOOK_SECRET,
        "ORG_ID": accounts.ORG_ID,
    }


def as_shell(variables: dict[str, str]) -> str:
    """One export line a variable."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())
