"""What can be wrong with the Twilio side of the set-up, with cause and fix (OCX-TRB-02…04).

Never raises: a look-up that fails is a finding, too.
"""

from collections.abc import Callable, Iterator

from bridge.carriers.twilio_account import Account
from bridge.core.errors import BridgeError
from bridge.core.ports import Finding, NumberState, Problem
from bridge.http import Client

_KEYS = "Copy BRIDGE_TWILIO_ACCOUNT_SID and BRIDGE_TWILIO_AUTH_TOKEN afresh from the Twilio console."
_REGISTER = {
    "local": "Register brand and campaign (10DLC) and add the number to the campaign's Messaging Service.",
    "toll-free": "Complete the toll-free verification; until it is approved, texts are blocked.",
}


def examine(
    account: Account, api: Client, state: Callable[[str], NumberState], numbers: tuple[str, ...]
) -> Iterator[Finding]:
    """Credentials first; numbers only if those hold."""
    credentials = _credentials(api)
    yield credentials
    if credentials.problem is None:
        for number in numbers:
            yield from _number(account, state, number)


def _credentials(api: Client) -> Finding:
    step = "Twilio account"
    try:
        status = str(api.get(".json").get("status"))
    except BridgeError as error:
        return _bad(
            step, "not usable", f"Twilio refused the credentials or did not answer ({error.reason}).", _KEYS
        )
    if status != "active":
        return _bad(
            step, status, f"The account is {status}.", "Reactivate the account in the Twilio console."
        )
    return Finding(step, "active")


def _number(account: Account, state: Callable[[str], NumberState], number: str) -> Iterator[Finding]:
    step = f"Number {number}"
    try:
        now = state(number)
    except BridgeError as error:
        yield _bad(
            step,
            "unknown",
            f"Twilio did not tell ({error.reason}).",
            "Try again; then see Twilio's status page.",
        )
        return
    if not now.owned or not now.sms:
        yield _bad(
            step,
            "not listed" if not now.owned else "cannot text",
            "Phone number not found or not verified." if not now.owned else "The number has no SMS ability.",
            "Buy, import or verify an SMS-capable number first, then list it in BRIDGE_NUMBERS.",
        )
        return
    yield Finding(step, f"listed and active, {now.kind}" + (", MMS able" if now.mms else ""))
    yield _delivery(account, now)
    yield _registration(now)


def _delivery(account: Account, now: NumberState) -> Finding:
    """Texts must be sent to us; what Twilio has behind a fragment only tunes the call."""
    step = f"Inbound of {now.number}"
    if now.inbound_url.partition("#")[0].rstrip("/") == account.inbound_url:
        return Finding(step, "texts are sent to this bridge")
    return _bad(
        step,
        now.inbound_url or "no address",
        "Delivery is not configured: the number sends its texts elsewhere, or nowhere.",
        f"Set the number's incoming-message webhook to {account.inbound_url}#rc=3&rp=all (POST).",
    )


def _registration(now: NumberState) -> Finding:
    step = f"Registration of {now.number}"
    if now.registration in ("registered", "not_required"):
        return Finding(step, now.registration)
    return _bad(
        step,
        now.registration,
        f"Carriers block texts from this number: it is {now.registration}. {now.detail}".strip(),
        _REGISTER.get(now.kind, "Register the number with the carrier."),
    )


def _bad(step: str, detail: str, cause: str, fix: str) -> Finding:
    return Finding(step, detail, Problem(step, cause, fix))
