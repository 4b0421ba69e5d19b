"""Asking the bridge what to do about a text, and doing it: TwiML, plain answers, redirects, the fallback.

Facts:
  * The same parameters go to the fallback URL, with `ErrorCode` and `ErrorUrl` (CAR-120).
  * At most ten messages answer one text: 14109 (CAR-128).
  * Replies to a STOP are suppressed, because the block already stands: 21610 (CAR-129).
"""

from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import urljoin

from simulator.hooks import HookAnswer
from simulator.twilio.drafts import Draft
from simulator.twilio.errors import Refused
from simulator.twilio.hooks import Delivery, Hooks
from simulator.twilio.life import Life
from simulator.twilio.signature import Params
from simulator.twilio.state import Message, State
from simulator.twilio.twiml import BadAnswer, Redirect, Reply, Unknown, read

MOST_REPLIES = 10
MOST_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class Errand:
    """One document asked for on behalf of a text."""

    message: Message
    url: str
    params: Params
    method: str = "POST"
    fallback: tuple[str, str] | None = None  # URL and method
    redirects: int = 0
    quirk: str = ""


class Errands:
    """Runs them, on the clock, in the lane of the phone."""

    def __init__(self, state: State, hooks: Hooks, life: Life) -> None:
        self._state = state
        self._network = state.network
        self._hooks = hooks
        self._life = life

    def ask(self, errand: Errand) -> None:
        """Ask as soon as the lane is free."""
        lane = errand.message.phone
        delivery = Delivery(
            operation="inbound",
            url=errand.url,
            params=errand.params,
            lane=lane,
            token=self._network.ids.uuid(),
            method=errand.method,
            answered=partial(self._answered, errand),
            quirk=errand.quirk,
        )
        self._network.clock.later(0.0, partial(self._hooks.deliver, delivery), lane=lane)

    def _answered(self, errand: Errand, answer: HookAnswer) -> None:
        try:
            wishes = read(answer)
        except BadAnswer as bad:
            self._fall_back(errand, bad.code)
            return
        with self._network.lock:
            replies = [wish for wish in wishes if isinstance(wish, Reply)]
            for wish in wishes:
                self._grant(errand, wish)
            for reply in replies[:MOST_REPLIES]:
                self._send(errand, reply)
            if len(replies) > MOST_REPLIES:
                self._warn(errand, 14109)

    def _grant(self, errand: Errand, wish: Reply | Redirect | Unknown) -> None:
        if isinstance(wish, Unknown):
            self._warn(errand, 12200)
        elif isinstance(wish, Redirect) and errand.redirects < MOST_REDIRECTS:
            url, further = urljoin(errand.url, wish.url), errand.redirects + 1
            self.ask(replace(errand, url=url, method=wish.method, redirects=further, quirk=""))

    def _send(self, errand: Errand, reply: Reply) -> None:
        message = errand.message
        draft = Draft(
            to=reply.to or message.phone,
            sender=reply.sender or message.number,
            body=reply.body,
            media_urls=[urljoin(errand.url, url) for url in reply.media_urls],
            callback=urljoin(errand.url, reply.callback) if reply.callback else "",
            direction="outbound-reply",
        )
        try:
            self._life.start(self._life.accept(draft))
        except Refused as refused:
            self._warn(errand, refused.code)

    def _fall_back(self, errand: Errand, code: int) -> None:
        with self._network.lock:
            self._warn(errand, code)
            if errand.fallback is None:
                return
            url, method = errand.fallback
            told = [("ErrorCode", str(code)), ("ErrorUrl", errand.url)]
            self.ask(Errand(errand.message, url, [*errand.params, *told], method))

    def _warn(self, errand: Errand, code: int) -> None:
        """What the carrier's debugger would show."""
        facts = {"code": code, "sid": errand.message.sid, "url": errand.url}
        self._network.write("act", "twilio", who="twilio", did="warned", **facts)
