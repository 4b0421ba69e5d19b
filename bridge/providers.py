"""Carrier, desk and assistant, as the settings name them; what `bridge check` examines.

Apart from `wiring`, because a command that only looks needs no journal and no web server, and should not wait
for their import.
"""

from dataclasses import dataclass

import requests

from bridge.assistants.opencx import OpenCX
from bridge.assistants.scripted import Scripted
from bridge.carriers.twilio import Twilio
from bridge.carriers.twilio_account import Account
from bridge.core.ports import Assistant, Checkable, Finding, Problem
from bridge.desks.sunshine import Sunshine
from bridge.desks.sunshine_client import SunshineAccount
from bridge.desks.zendesk_users import SupportAccount, SupportUsers
from bridge.fetch import Fetcher
from bridge.outgoing import Outgoing
from bridge.settings import Settings

REPORT_ONLY = Problem(
    "Signatures",
    "The carrier's signatures are not enforced: anybody can text in a customer's name.",
    "Mend what bridge_signature_mismatches_total counts, then set BRIDGE_SIGNATURES=enforce.",
)


@dataclass(frozen=True, slots=True)
class Lines:
    """How calls leave: `files` is None where downloads need a guarded session of their own."""

    http: requests.Session
    timeout: tuple[float, float]
    files: requests.Session | None = None

    def fetcher(self, home: str, credentials: tuple[str, str]) -> Fetcher:
        """Downloads on behalf of one provider."""
        return Fetcher(home, credentials, session=self.files)


def lines(settings: Settings, given: requests.Session | None) -> Lines:
    """Calls through the given session, or through one with room for every performer."""
    return Lines(
        given or Outgoing(2 * settings.threads), (min(5.0, settings.timeout), settings.timeout), given
    )


def providers(settings: Settings, through: Lines) -> tuple[Twilio, Sunshine, Assistant]:
    """Everybody outside."""
    return _carrier(settings, through), _desk(settings, through), _assistant(settings, through)


def _carrier(settings: Settings, through: Lines) -> Twilio:
    tokens = given_ones(settings.twilio_auth_token, settings.twilio_auth_token_old)
    account = Account(settings.twilio_account_sid, tokens, settings.public_url, settings.twilio_api_url)
    fetcher = through.fetcher(account.api, account.credentials)
    return Twilio(account, through.http, numbers=settings.numbers, timeout=through.timeout, fetcher=fetcher)


def _desk(settings: Settings, through: Lines) -> Sunshine:
    account = SunshineAccount(
        settings.sunshine_app_id,
        settings.sunshine_key_id,
        settings.sunshine_secret,
        settings.zendesk_subdomain,
        settings.public_url,
        settings.zendesk,
        settings.sunshine_webhook_secret,
        settings.sunshine_webhook_secret_old,
    )
    fetcher = through.fetcher(account.home, (account.key_id, account.secret))
    people = _people(settings, through)
    return Sunshine(account, people, through.http, timeout=through.timeout, fetcher=fetcher)


def _people(settings: Settings, through: Lines) -> SupportUsers:
    account = SupportAccount(
        settings.zendesk,
        settings.zendesk_email,
        settings.zendesk_api_token,
        settings.zendesk_oauth_client_id,
        settings.zendesk_oauth_client_secret,
    )
    return SupportUsers(account, through.http, timeout=through.timeout)


def _assistant(settings: Settings, through: Lines) -> Assistant:
    if settings.assistant == "opencx":
        return OpenCX(settings.opencx_url, settings.opencx_api_key, through.http, timeout=through.timeout)
    return Scripted()


def examine(settings: Settings) -> tuple[Finding, ...]:
    """What `bridge check` shows; needs no journal."""
    return (signatures(settings), *findings(providers(settings, lines(settings, None))))


def signatures(settings: Settings) -> Finding:
    """Whether a forged text is turned away."""
    problem = None if settings.signatures == "enforce" else REPORT_ONLY
    return Finding(REPORT_ONLY.step, settings.signatures, problem)


def findings(parts: tuple[object, ...]) -> tuple[Finding, ...]:
    """What those who can examine themselves say."""
    return tuple(finding for part in parts if isinstance(part, Checkable) for finding in part.check())


def given_ones(*values: str) -> tuple[str, ...]:
    return tuple(value for value in values if value)
