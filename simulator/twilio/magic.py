"""Test credentials: numbers that are refused, nothing is sent, nothing is kept (carrier.md section 15).

No callback is ever made and nothing can be fetched afterwards (CAR-206). Buying: the first two magic numbers
are unavailable and invalid, as long known.
"""

from simulator import accounts
from simulator.twilio import errors
from simulator.twilio.drafts import ALONE, Draft
from simulator.twilio.errors import Refused
from simulator.twilio.phones import phone_number
from simulator.twilio.records import Message, Number
from simulator.twilio.segments import split
from simulator.twilio.state import State

GOOD = "+15005550006"
BUYING = {"+15005550000": 21422, "+15005550001": 21421}
SENDERS = {  # CAR-197 … CAR-204; every other is 21606
    "+15005550001": 21212,
    "+15005550008": 21611,
}
RECIPIENTS = {  # CAR-198 … CAR-205
    "+15005550001": 21211,
    "+15005550002": 21612,
    "+15005550003": 21408,
    "+15005550004": 21610,
    "+15005550009": 21614,
}


def message(draft: Draft, state: State) -> Message:
    """The message that would be made, or the refusal the numbers stand for."""
    for rule in ALONE:
        refusal = None if draft.to in RECIPIENTS else rule(draft)
        if refusal is not None:
            raise refusal
    refused = None if draft.sender == GOOD else SENDERS.get(draft.sender, 21606)
    if refused or draft.to in RECIPIENTS:
        raise _refusal(refused or RECIPIENTS[draft.to], draft)
    made = Message(
        state.network.ids.sid("MM" if draft.media_urls else "SM"),
        draft.direction,
        draft.sender,
        draft.to,
        draft.body,
        state.network.now(),
        parts=split(draft.body),
        media_urls=draft.media_urls,
    )
    made.account = accounts.TWILIO_TEST_ACCOUNT_SID
    return made


def number(wanted: str, state: State) -> Number:
    """The number that would be bought."""
    if wanted in BUYING or phone_number(wanted) is None:
        raise errors.refusal(BUYING.get(wanted, 21421), number=wanted)
    now = state.network.now()
    return Number(wanted, "local", since=now, changed=now, friendly_name=wanted)


def _refusal(code: int, draft: Draft) -> Refused:
    return errors.refusal(code, to=draft.to, sender=draft.sender, kind=draft.kind)
