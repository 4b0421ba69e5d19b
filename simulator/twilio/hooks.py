"""Webhooks on their way to the bridge: signing, time limits, retries, and faults.

Facts:
  * 15 s for everything, all attempts together (CAR-115, CAR-118); the socket's own limits are the
    transport's.
  * Only a failed connection is retried, once (CAR-117), unless the URL's fragment says otherwise (CAR-116).
  * All attempts carry one idempotency token (CAR-119). The fallback is a delivery of its own (CAR-397).
  * Credentials in the URL become Basic auth (CAR-122).

What faults make of a delivery is the same for every system (`simulator/departures.py`).
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from urllib.parse import unquote, urlsplit

from simulator.departures import Leaving
from simulator.hooks import Hook, HookAnswer
from simulator.pairs import as_form, pairs_of
from simulator.twilio.signature import Params, bare, signatures
from simulator.twilio.state import State

LATE = 7200.0
UNHEARD_OF = ("ReferralNumMedia", "0")  # CAR-90
FORM = "application/x-www-form-urlencoded; charset=utf-8"


def _nothing(answer: HookAnswer) -> None:
    """Nobody waits for the answer."""


@dataclass(slots=True)
class Delivery:
    """One webhook: what is posted where, and who reads the answer."""

    operation: str  # inbound or status
    url: str
    params: Params
    lane: str
    token: str
    method: str = "POST"
    answered: Callable[[HookAnswer], None] = _nothing
    quirk: str = ""  # of simulator/twilio/quirks.py


@dataclass(frozen=True, slots=True)
class Patience:
    """How long and how often, as the URL's fragment says."""

    retries: int
    retried: frozenset[str]
    read: float
    total: float

    @staticmethod
    @lru_cache(1024)
    def of(url: str) -> "Patience":
        """Read `#rc=3&rp=all&tt=5000`; values out of range are ignored."""
        said = dict(pairs_of(urlsplit(url).fragment))
        return Patience(
            retries=_within(said.get("rc"), 0, 5, 1),
            retried=frozenset((said.get("rp") or "ct").split(",")),
            read=_within(said.get("rt"), 100, 15_000, 15_000) / 1000,
            total=_within(said.get("tt"), 100, 15_000, 15_000) / 1000,
        )

    def again(self, answer: HookAnswer) -> bool:
        """Whether such an answer is followed by another attempt."""
        failure = how_failed(answer)
        return bool(failure) and not self.retried.isdisjoint({failure, "all"})


def how_failed(answer: HookAnswer) -> str:
    """`ct` no connection, `rt` no answer in time, `4xx`, `5xx`; empty if it did not fail."""
    if answer.status is None:
        return "rt" if answer.connected else "ct"
    return f"{answer.status // 100}xx" if answer.status >= 400 else ""


class Hooks:
    """The way out. Call `deliver` only from work the clock runs, never under the network's lock."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._network = state.network

    def deliver(self, delivery: Delivery) -> None:
        """Deliver now, or whatever a planted fault or quirk makes of it."""
        match delivery.quirk:
            case "late":
                self._later(replace(delivery, quirk=""), LATE, delivery.lane)
                return
            case "own line":
                self._later(replace(delivery, quirk=""), 0.0, delivery.token)
                return
            case "new token":
                self.perform(delivery)
                delivery = replace(delivery, quirk="", token=self._network.ids.uuid())
        go, facts = partial(self._go, delivery), partial(_facts, delivery)
        self._network.departures.leave(Leaving("twilio", delivery.operation, delivery.lane, go, facts))

    def _go(self, delivery: Delivery, lane: str) -> None:
        """Deliver here, or on another lane."""
        if lane == delivery.lane:
            self.perform(delivery)
        else:
            self._later(delivery, 0.0, lane)

    def _later(self, delivery: Delivery, seconds: float, lane: str) -> None:
        self._network.clock.later(seconds, partial(self.perform, delivery), lane=lane)

    def release(self) -> int:
        """Let go of everything held; tell how many there were."""
        return self._network.departures.release("twilio")

    def perform(self, delivery: Delivery) -> None:
        """Deliver without looking for faults; hand the last answer on."""
        patience = Patience.of(delivery.url)
        self._attempt(delivery, 1, self._network.now() + patience.total)

    def _attempt(self, delivery: Delivery, attempt: int, end: float) -> None:
        hook, left = self._hook(delivery), end - self._network.now()
        hook.attempt, hook.timeout = attempt, min(Patience.of(delivery.url).read, left)
        self._network.send(hook, partial(self._heard, delivery, attempt, end))

    def _heard(self, delivery: Delivery, attempt: int, end: float, answer: HookAnswer) -> None:
        patience = Patience.of(delivery.url)
        if attempt <= patience.retries and patience.again(answer) and self._network.now() < end:
            self._attempt(delivery, attempt + 1, end)
        else:
            delivery.answered(HookAnswer(None) if delivery.quirk == "gave up waiting" else answer)

    def _hook(self, delivery: Delivery) -> Hook:
        params = [*delivery.params, *([UNHEARD_OF] if delivery.quirk == "unknown parameter" else [])]
        url, body, signed = bare(delivery.url), as_form(params), params
        if delivery.method == "GET":
            url, body, signed = _with_query(url, body), "", []
        headers = {
            "Content-Type": FORM,
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
            "X-Home-Region": "us1",
            "I-Twilio-Idempotency-Token": delivery.token,
            **signatures(self._state, url, signed, delivery.quirk),
            **_credentials(delivery.url),
        }
        return Hook("twilio", delivery.operation, url, headers, body.encode(), delivery.method)


def _facts(delivery: Delivery) -> Params:
    return delivery.params


def _with_query(url: str, query: str) -> str:
    return f"{url}{'&' if urlsplit(url).query else '?'}{query}"


@lru_cache(1024)
def _credentials(url: str) -> dict[str, str]:
    split = urlsplit(url)
    if split.username is None:
        return {}
    pair = f"{unquote(split.username)}:{unquote(split.password or '')}"
    return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


def _within(value: str | None, least: int, most: int, default: int) -> int:
    if value is None or not value.isdigit():
        return default
    return int(value) if least <= int(value) <= most else default
