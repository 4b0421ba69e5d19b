"""What Twilio knows about a number of ours: its class, its abilities, its registration.

The class is told by Twilio or by the number itself (`addresses.sender_class`). A Canadian number, too, needs
registration for texts to the States (CAR-191); whether it matters for a phone is decided in `compliance`.

Registration:
  * toll-free: the verification of the number's SID (CAR-192); pending counts as pending (CAR-195)
  * local: the campaign of the Messaging Service whose pool holds the number (CAR-183, CAR-186)
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from bridge.core import addresses, rates
from bridge.core.errors import Misconfigured
from bridge.core.ports import NumberState
from bridge.http import Client

REGISTERED_KINDS = ("toll-free", "local", "local-ca")
NOT_REQUIRED = "not_required"
REGISTRATION = {
    "TWILIO_APPROVED": "registered",
    "VERIFIED": "registered",
    "PENDING_REVIEW": "pending",
    "IN_REVIEW": "pending",
    "PENDING": "pending",
    "IN_PROGRESS": "pending",
    "TWILIO_REJECTED": "rejected",
    "FAILED": "rejected",
    "SUSPENDED": "rejected",
}
_MOST_PAGES = 50


class Standing(NamedTuple):
    """How a number is registered, in what detail, and what its campaign may send a second (CAR-185)."""

    registration: str
    detail: str = ""
    rate: float = 0.0


class Numbers:
    """Look-ups of numbers; `account` speaks to the account's API, `messaging` to its sibling host."""

    def __init__(self, account: Client, messaging: Client) -> None:
        self._account = account
        self._messaging = messaging

    def state(self, number: str) -> NumberState:
        """Everything the bridge needs to know before it sends from this number."""
        record = self.record(number)
        kind = addresses.sender_class(number, str(record.get("type") or ""))
        able = record.get("capabilities") or {}
        standing = self._standing(kind, str(record.get("sid") or ""))
        return NumberState(
            number=number,
            owned=bool(record),
            kind=kind,
            registration=standing.registration,
            sms=_able(able, "sms"),
            mms=_able(able, "mms"),
            inbound_url=str(record.get("sms_url") or ""),
            detail=standing.detail,
            rate=standing.rate,
        )

    def record(self, number: str) -> dict[str, Any]:
        """Twilio's record of a number of this account; empty if there is none."""
        short = addresses.sender_class(number) == "short-code"
        path, key = ("/SMS/ShortCodes.json", "short_codes") if short else _LONG
        field = "short_code" if short else "phone_number"
        name = "ShortCode" if short else "PhoneNumber"
        answer = self._account.get(path, **{name: number})
        # the filter matches parts of numbers, too
        return next((one for one in answer.get(key) or () if one.get(field) == number), {})

    def _standing(self, kind: str, sid: str) -> Standing:
        if kind not in REGISTERED_KINDS:
            return Standing(NOT_REQUIRED)
        if not sid:
            return Standing("unregistered", "not a number of this account")
        return self._toll_free(sid) if kind == "toll-free" else self._local(sid)

    def _toll_free(self, sid: str) -> Standing:
        query = {"TollfreePhoneNumberSid": sid}
        found = list(self._listed("/v1/Tollfree/Verifications", "verifications", query))
        if not found:
            return Standing("unregistered", "no toll-free verification")
        status = str(found[0].get("status") or "")
        return Standing(REGISTRATION.get(status, "pending"), _why(status, found[0].get("rejection_reasons")))

    def _local(self, sid: str) -> Standing:
        for service in self._listed("/v1/Services", "services", {}):
            home = f"/v1/Services/{service.get('sid')}"
            if any(
                one.get("sid") == sid for one in self._listed(f"{home}/PhoneNumbers", "phone_numbers", {})
            ):
                return self._campaign(home)
        return Standing("unregistered", "the number is in no Messaging Service, so in no campaign")

    def _campaign(self, service: str) -> Standing:
        """Its verified campaign, else the first."""
        found = list(self._listed(f"{service}/Compliance/Usa2p", "compliance", {}))
        if not found:
            return Standing("unregistered", "the number's Messaging Service has no campaign")
        best = next((one for one in found if one.get("campaign_status") == "VERIFIED"), found[0])
        status = str(best.get("campaign_status") or "")
        return Standing(REGISTRATION.get(status, "pending"), f"campaign {status}", _rate(best))

    def _listed(self, path: str, key: str, query: dict[str, str]) -> Iterator[dict[str, Any]]:
        """Every record of a list of the messaging host, page by page (CAR-171)."""
        answer = self._messaging.get(path, PageSize="100", **query)
        for _ in range(_MOST_PAGES):
            yield from answer.get(key) or ()
            following = str((answer.get("meta") or {}).get("next_page_url") or "")
            if not following:
                return
            if not following.startswith(self._messaging.base + "/"):
                raise Misconfigured(
                    "the list goes on at another host",
                    fix="Set BRIDGE_TWILIO_API_URL to the host Twilio names.",
                )
            answer = self._messaging.get(following)


_LONG = ("/IncomingPhoneNumbers.json", "incoming_phone_numbers")


def _rate(campaign: dict[str, Any]) -> float:
    """By the class AT&T gave it, which bounds it most (CAR-188); 0 if it does not tell."""
    limits = campaign.get("rate_limits")
    att = limits.get("att") if isinstance(limits, dict) else None
    return rates.CAMPAIGNS.get(str(att.get("msg_class") or ""), 0.0) if isinstance(att, dict) else 0.0


def _able(capabilities: dict[str, Any], name: str) -> bool:
    """Short-code records name no abilities: they are made for SMS."""
    return bool(capabilities.get(name, capabilities.get(name.upper(), not capabilities and name == "sms")))


def _why(status: str, reasons: Any) -> str:
    told = "; ".join(
        str(each.get("reason", each) if isinstance(each, dict) else each) for each in reasons or ()
    )
    return f"{status}: {told}" if told else status
