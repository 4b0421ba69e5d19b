"""How a call may end, and what a planted fault makes of it.

A call ends in a `Response`, or in one of two ways no response can express: `Hang` and `Reset`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from simulator.faults import Fault
from simulator.headers import Headers
from simulator.quirks import QUIRKS
from simulator.web import Response

Words = Callable[[int], bytes]  # a status as the provider words it; empty: it has no words for it


@dataclass(frozen=True, slots=True)
class Hang:
    """The connection stays open and nothing comes."""


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection is cut."""


@dataclass(frozen=True, slots=True)
class Slow:
    """The response comes after so many seconds."""

    seconds: float
    response: Response


Ending = Response | Hang | Reset | Slow


def without_applying(fault: Fault | None, words: Words) -> Ending | None:
    """How a call ends that a fault keeps from being served; None: it is served."""
    if fault is None or fault.kind not in ("hang", "refuse", "status"):
        return None
    if fault.kind == "hang":
        return Hang()
    if fault.kind == "refuse":
        return Reset()
    headers = Headers([("Content-Type", "text/html")])
    if after := fault.number("after"):
        headers["Retry-After"] = str(int(after))
    planted = Response(int(fault.number("status")), b"<html>planted fault</html>", headers)
    if said := words(planted.status):
        planted.body, planted.headers["Content-Type"] = said, "application/json"
    return planted


def after_applying(fault: Fault | None, response: Response) -> Ending:
    """What a fault leaves of the answer to a call that was served."""
    match fault.kind if fault else "":
        case "accept then hang":
            return Hang()
        case "accept then reset":
            return Reset()
        case "garble":
            return Response(200, b"<html>garbled", Headers([("Content-Type", "text/html")]))
        case "slow":
            return Slow(fault.number("slow") if fault else 0, response)
    if fault is not None and (quirk := QUIRKS.get(fault.kind.removeprefix("quirk "))):
        quirk(response)
    return response
