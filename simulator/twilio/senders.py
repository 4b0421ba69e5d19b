"""Which number of a Messaging Service speaks: the one that did before, one near the customer, or the first.

Facts: a sticky sender keeps one number per recipient (CAR-174); area-code geomatch prefers the recipient's
area; US and Canadian phones are not reached from senders abroad (CAR-178); names stand in where no number
can."""

from simulator.twilio.drafts import reaches_america
from simulator.twilio.phones import NORTH_AMERICA, area, region
from simulator.twilio.state import State


def pick(state: State, sid: str, phone: str, *, picture: bool) -> str:
    """The sender, or an empty string if there is none."""
    service = state.services.get(sid)
    if service is None:
        return ""
    home = region(phone) in NORTH_AMERICA
    able = [
        number
        for number in state.members(sid)
        if number.sms and (number.mms or not picture) and (reaches_america(number) or not home)
    ]
    if not able:
        named = [sender.name for sender in (*service.destinations.values(), *service.alphas.values())]
        return "" if home or not named else named[0]
    if service.settings["sticky_sender"]:
        sticky = max(able, key=lambda number: state.spoke.get((phone, number.number), 0))
        if (phone, sticky.number) in state.spoke:
            return sticky.number
    near = [each for each in able if area(each.number) == area(phone) != ""]
    return (near if near and service.settings["area_code_geomatch"] else able)[0].number
