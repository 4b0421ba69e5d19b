"""Who we are at Twilio, and how its refusals read.

Facts:
  * The path carries the Account SID, and so do media addresses (CAR-01, CAR-139).
  * Services, campaigns and toll-free verifications live on a host of their own (CAR-171); where the API is
    somewhere else than at Twilio, that host's paths are below `/messaging` there.
  * Dates are RFC 2822, in GMT; other hosts write ISO 8601 (CAR-16, CAR-171).
"""

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlsplit

import requests

from bridge.http import TIMEOUT, Client, Timeout

API = "https://api.twilio.com"
MESSAGING = "https://messaging.twilio.com"


@dataclass(frozen=True, slots=True)
class Account:
    """One Twilio account. The first token is used for calls; every token is good on webhooks (CAR-108)."""

    sid: str
    tokens: tuple[str, ...] = field(repr=False)
    public_url: str  # where Twilio reaches the bridge
    api_url: str = API

    @property
    def api(self) -> str:
        """The account's part of the API."""
        return f"{self.api_url.rstrip('/')}/2010-04-01/Accounts/{self.sid}"

    @property
    def messaging(self) -> str:
        """The sibling host for services, campaigns and verifications."""
        base = self.api_url.rstrip("/")
        return MESSAGING if urlsplit(base).hostname == "api.twilio.com" else f"{base}/messaging"

    @property
    def inbound_url(self) -> str:
        """Where our numbers must send texts."""
        return f"{self.public_url.rstrip('/')}/webhooks/twilio/sms"

    def status_url(self, attempt: str) -> str:
        """Where receipts of one attempt must go. The fragment asks Twilio to try again (CAR-116, CAR-117)."""
        base = f"{self.public_url.rstrip('/')}/webhooks/twilio/status"
        return f"{base}?attempt={quote(attempt, safe='')}#rc=3&rp=all"

    @property
    def credentials(self) -> tuple[str, str]:
        return self.sid, self.tokens[0]

    def client(self, session: requests.Session, base: str, timeout: Timeout = TIMEOUT) -> Client:
        """Calls below `base`, as this account."""
        return Client(session, base, auth=self.credentials, timeout=timeout, complaint=complaint)


def complaint(content: Any) -> tuple[str, str]:
    """Code and message of a refusal, in the old form or as problem details (CAR-34, CAR-35)."""
    if not isinstance(content, dict):
        return "", ""
    told = content.get("message") or content.get("detail") or content.get("title") or ""
    return str(content.get("code") or ""), str(told)


def seconds(date: Any) -> float:
    """A date as Unix seconds. What cannot be read is later than everything: it must not end a search."""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            found = read(str(date))
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            continue
    return math.inf
