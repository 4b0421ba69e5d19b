"""Twilio as a carrier: texts and pictures from our numbers to phones.

Rules:
  * From is always named, so that the reply leaves from the number the customer texted, even inside a
    Messaging Service (CAR-174).
  * There is no idempotency key. In doubt, look for the message before sending it again (CAR-11).
  * A message that Twilio cannot hand over within the hour is stale: `ValidityPeriod` (CAR-08).
"""

from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import requests

from bridge.carriers import twilio_sweep
from bridge.carriers.twilio_account import Account, seconds
from bridge.carriers.twilio_check import examine
from bridge.carriers.twilio_numbers import Numbers
from bridge.core.errors import BridgeError, Misconfigured, OptedOut, Permanent, Uncertain
from bridge.core.model import Media, ReceiptArrived
from bridge.core.ports import Accepted, Download, Finding, NumberState, Sms
from bridge.fetch import Fetcher
from bridge.heard import Heard
from bridge.http import TIMEOUT, Refused, Timeout

VALIDITY_SECONDS = 3600
SKEW = 120.0  # dates are by another clock; what we know we sent is left out by its id
OPTED_OUT = "21610"
_TRIAL = "Sent from your Twilio trial account - "  # CAR-179
_CREDENTIALS = "Check BRIDGE_TWILIO_ACCOUNT_SID and BRIDGE_TWILIO_AUTH_TOKEN against the Twilio console."
_CALLBACK = (
    "Set BRIDGE_PUBLIC_URL to an address that Twilio can call: a public host name without underscores."
)


class Twilio:
    """One Twilio account."""

    def __init__(
        self,
        account: Account,
        session: requests.Session | None = None,
        *,
        numbers: tuple[str, ...] = (),
        timeout: Timeout = TIMEOUT,
        fetcher: Fetcher | None = None,
    ) -> None:
        """`numbers` are the ones that `check` examines."""
        session = session or requests.Session()
        self._account = account
        self._ours = numbers
        self._api = account.client(session, account.api, timeout)
        self._numbers = Numbers(self._api, account.client(session, account.messaging, timeout))
        self._fetcher = fetcher or Fetcher(account.api, account.credentials, session=session)

    def send(self, sms: Sms) -> Accepted:
        """Create one message (CAR-01)."""
        try:
            answer = self._api.call("POST", "/Messages.json", data=self._form(sms))
        except Refused as refused:
            raise sort(refused) from refused
        return _accepted(answer)

    def _form(self, sms: Sms) -> list[tuple[str, str]]:
        form = [
            ("From", sms.number),
            ("To", sms.phone),
            ("StatusCallback", self._account.status_url(sms.attempt)),
            ("ValidityPeriod", str(VALIDITY_SECONDS)),
        ]
        form += [("Body", sms.text)] if sms.text else []
        return form + [("MediaUrl", url) for url in sms.media]

    def find(self, sms: Sms, *, since: float) -> Accepted | None:
        """Look through the newest messages of this pair of numbers.

        Not filtered by `DateSent`, which is null until the message has left (CAR-17); the list is newest
        first (CAR-28), so looking ends at the first older one.
        """
        try:
            for record in twilio_sweep.listed(self._account, self._api, To=sms.phone, From=sms.number):
                if seconds(record.get("date_created")) < since - SKEW:
                    return None
                if _is_like(record, sms):
                    return _accepted(record)
        except Refused as refused:
            raise sort(refused) from refused
        return None

    def missed(self, number: str, *, since: float, at: float) -> Heard:
        """Texts to a number of ours, for the sweep; keys are Twilio's ids."""
        try:
            return twilio_sweep.texts(self._account, self._api, number, since=since, at=at)
        except Refused as refused:
            raise sort(refused) from refused

    def receipt(self, source_id: str, attempt: str, at: float) -> ReceiptArrived:
        """What became of one message, for the sweep."""
        try:
            return twilio_sweep.receipt(self._api, source_id, attempt, at)
        except Refused as refused:
            gone = Permanent(refused.reason, code=refused.code)
            raise (gone if refused.status == 404 else sort(refused)) from refused

    def number_state(self, number: str) -> NumberState:
        """Class, abilities and registration of a number of ours."""
        try:
            return self._numbers.state(number)
        except Refused as refused:
            raise sort(refused) from refused

    def inbound_url(self, number: str) -> str:
        """Where texts to a number of ours are sent, as it stands now; empty if nowhere."""
        try:
            return str(self._numbers.record(number).get("sms_url") or "")
        except Refused as refused:
            raise sort(refused) from refused

    def open_media(self, media: Media) -> AbstractContextManager[Download]:
        """Stream an inbound file, with credentials for this account's own media only (CAR-140)."""
        return self._fetcher.open(replace(media, url=media.url.removesuffix(".json")))

    def check(self) -> tuple[Finding, ...]:
        """Examine credentials and every number."""
        return tuple(examine(self._account, self._api, self.number_state, self._ours))


def sort(refused: Refused) -> BridgeError:
    """What a refusal means for us (CAR section 3)."""
    if refused.code == OPTED_OUT:
        return OptedOut(refused.reason, code=refused.code)
    if refused.code == "21609":
        return Misconfigured(refused.reason, code=refused.code, fix=_CALLBACK)
    if refused.status in (401, 403, 404) or refused.status < 400:
        return Misconfigured(refused.reason, code=refused.code, fix=_CREDENTIALS)
    return Permanent(refused.reason, code=refused.code)


def _accepted(record: Any) -> Accepted:
    """A message resource as we keep it; one without a SID proves nothing (CAR-209)."""
    sid = record.get("sid") if isinstance(record, dict) else None
    if not sid:
        raise Uncertain("success without a message")
    count = str(record.get("num_segments") or "")
    return Accepted(
        str(sid), max(1, int(count) if count.isdigit() else 1), str(record.get("status") or "queued")
    )


def _is_like(record: dict[str, Any], sms: Sms) -> bool:
    """Whether this is our message; Twilio may trim it, and a trial account adds a prefix."""
    body = str(record.get("body") or "").strip()
    return (
        str(record.get("direction", "")).startswith("outbound-api")
        and str(record.get("num_media") or "0") == str(len(sms.media))
        and body.removeprefix(_TRIAL).strip() == sms.text.strip()
        and (record.get("to"), record.get("from")) == (sms.phone, sms.number)
    )
