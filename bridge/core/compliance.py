"""Which of our numbers may text which phones, and what the carrier's codes mean.

Facts:
  * A create call proves nothing: an unregistered sender is refused afterwards, with 30034 or 30032
    (CAR-73, CAR-75). So we look before we send (CAR-316, design §7).
  * A US local number needs 10DLC to reach the US, territories included; Canada does not ask
    (CAR-191, CAR-311). The same holds for a Canadian local number (CAR-315, CAR-405).
  * Toll-free needs verification for the US and Canada; a pending one sends nothing (CAR-195, CAR-405).
  * Short codes were approved when leased (CAR-313). Names cannot text the US or Canada (CAR-176, CAR-314).
  * Only sending is gated: texts still come in on an unregistered number (CAR-196).
  * A registration we do not know is held to be missing. A number whose class we do not know is held
    to be local.

Reasons are clauses for an agent, to stand after a colon; fixes are for the operator.
"""

from dataclasses import dataclass

from bridge.core import addresses

REGISTERED = frozenset({"registered", "verified", "not_required"})

_STATES = {
    "unregistered": "is not registered",
    "pending": "is still waiting for approval",
    "rejected": "was refused registration",
}
_NOT_KNOWN = "is not known to be registered"
_SMS_10DLC = (
    "Register a 10DLC brand and campaign and attach the number to it at the carrier; "
    "then run `bridge check`. BRIDGE_COMPLIANCE=warn sends regardless."
)
_TOLL_FREE = (
    "Have the toll-free number verified at the carrier; then run `bridge check`. "
    "BRIDGE_COMPLIANCE=warn sends regardless."
)
_NAME = "Use a local, toll-free or short-code number of the US or Canada for these phones."


@dataclass(frozen=True, slots=True)
class Gate:
    """May this reply leave? If not, or only with a warning: why, and what mends it."""

    open: bool
    warn: bool = False
    reason: str = ""
    fix: str = ""


@dataclass(frozen=True, slots=True)
class _Programme:
    """What one class of sender must have, and where."""

    regions: frozenset[str]
    noun: str
    fix: str


_US, _US_CA = frozenset({"US"}), frozenset({"US", "CA"})
_PROGRAMMES = {
    "local": _Programme(_US, "number", _SMS_10DLC),
    "local-ca": _Programme(_US, "number", _SMS_10DLC),
    "toll-free": _Programme(_US_CA, "toll-free number", _TOLL_FREE),
}
_FREE = ("short-code", "international")
_COUNTRIES = {"US": "the US", "CA": "Canada"}


def gate(kind: str, registration: str, phone: str, policy: str = "block") -> Gate:
    """Decide for a sender of this class (`addresses.sender_class`) in this state, and this phone."""
    country = _country(phone)
    if kind == "alphanumeric" and country:
        return Gate(
            open=False, reason=f"a sender's name cannot text phones in {_COUNTRIES[country]}.", fix=_NAME
        )
    if kind in _FREE or registration in REGISTERED:
        return Gate(open=True)
    programme = _PROGRAMMES.get(kind, _PROGRAMMES["local"])
    if country not in programme.regions:
        return Gate(open=True)
    state = _STATES.get(registration, _NOT_KNOWN)
    reason = f"our {programme.noun} {state} for texts to {_COUNTRIES[country]}, so carriers block them."
    return Gate(open=policy == "warn", warn=policy == "warn", reason=reason, fix=programme.fix)


def _country(phone: str) -> str:
    if addresses.is_us(phone):
        return "US"
    return "CA" if addresses.region_of(phone) == "CA" else ""


LATE_CODES = {
    "30022": "our number sent more than its registration allows at once.",
    "30023": "our number used up what T-Mobile lets it send in a day; that starts anew at midnight Pacific.",
    "30024": "our number is not set up at this phone's carrier yet.",
    "30032": "our toll-free number is not verified, so carriers block its texts.",
    "30033": "the registration of our number is suspended, so carriers block its texts.",
    "30034": "our number is not registered for texts to the US (10DLC), so carriers block them.",
    "30035": "the registration of our number is not finished yet.",
}
"""What arrives after an accepted send because of a registration: raise an alarm (CAR-365)."""

_MEDIA = "the carrier could not fetch the attached file, or does not take a file of its type or size."
_LOST = "the carrier failed; whether the text was sent is not known."
_SERVICE = "the carrier's messaging service that we send with is not set up correctly."
_FULL = "too many texts are waiting to leave from our number."
_CODES = LATE_CODES | {
    "11200": _MEDIA,
    "11751": _MEDIA,
    "12300": _MEDIA,
    "14107": "too many texts went back and forth with this phone within seconds.",
    "14109": "too many replies were made to one text.",
    "20429": "the carrier takes no more requests from us at the moment.",
    "20500": _LOST,
    "20503": _LOST,
    "21211": "the customer's number is not a phone number.",
    "21212": "our own number is not one that can send texts.",
    "21408": "our carrier account may not send texts to this country.",
    "21602": "there is neither a text nor a file to send.",
    "21603": "no number of ours was given to send from.",
    "21604": "no phone was given to send to.",
    "21606": "our number does not belong to our carrier account or cannot send texts.",
    "21608": "our carrier account may so far text confirmed phones only.",
    "21609": "the address for delivery reports is not accepted by the carrier.",
    "21610": "the customer opted out by texting STOP. Only the customer can undo it, by texting START.",
    "21611": _FULL,
    "21612": "this phone cannot be reached from our number.",
    "21614": "the customer's number is not a mobile phone.",
    "21617": "the text is longer than the carrier takes.",
    "21620": "the address of the attached file is not one the carrier can read.",
    "21623": "there are more than ten attached files.",
    "21635": "the customer's number is a landline.",
    "21655": "the carrier's template is not known.",
    "21656": "the values for the carrier's template are wrong.",
    **dict.fromkeys(("21701", "21702", "21703", "21704", "21705"), _SERVICE),
    "30001": "the text waited too long at the carrier.",
    "30002": "our carrier account is suspended.",
    "30003": "the phone is switched off, out of reach or cannot receive texts.",
    "30004": "the customer or their carrier blocks our texts.",
    "30005": "the customer's number is unknown or no longer in use.",
    "30006": "the customer's number is a landline, or its carrier cannot be reached.",
    "30007": "the carrier took the text for spam. Try other words, and leave out links.",
    "30008": "the carrier gave no reason.",
    "30009": "a piece of the customer's text did not arrive.",
    "30011": "the customer's carrier does not take files.",
    "30017": "the customer's carrier is overloaded.",
    "30019": "the attached file is larger than the customer's carrier takes.",
    "30047": "texts may not be sent at this hour, and no allowed hour was found.",
    "30410": "a carrier on the way did not answer; whether the text was sent is not known.",
    "30450": "the carrier suspects fraud and blocks texts to this area for up to half an hour.",
    "63003": "the customer cannot be reached on this channel.",
    "63013": "the text breaks a rule of this channel.",
    "63016": "the customer wrote too long ago for a free answer on this channel.",
    "63018": "our account sends more than this channel allows.",
    "63019": _MEDIA,
    "63024": "the customer's number is not known on this channel.",
    "63032": "this channel does not deliver to this customer.",
    "572005": "this phone was added to our trial account but not confirmed.",
}


def explain(code: str) -> str:
    """What a carrier's code means, as a clause for the agent (sections 3.1 and 3.2 of the reference)."""
    if not code:
        return "the carrier gave no reason."
    return _CODES.get(code, f"the carrier reported error {code}.")
