"""The simulated carrier: a Twilio account, its numbers, and the phones at the other end.

Reading order: `drafts` (what may be sent) → `life` and `fates` (what becomes of it) → `hooks` (what the
bridge is told); `inbound` and `errands` are the way back. `messages`, `media`, `numbers`, `services`,
`compliance`, `events`, `settings` and `content` are the API; `acts` and `registry` are control. `switches`
and `quirks` say how it can be made to behave."""

from collections.abc import Sequence
from typing import Any

from simulator.network import Network
from simulator.twilio import errors
from simulator.twilio.acts import Acts
from simulator.twilio.auth import Guard
from simulator.twilio.compliance import ComplianceApi
from simulator.twilio.content import ContentApi
from simulator.twilio.events import Events, EventsApi
from simulator.twilio.handset import Handsets
from simulator.twilio.hooks import Hooks
from simulator.twilio.inbound import Attachment, Inbound, Text
from simulator.twilio.life import Life
from simulator.twilio.media import MediaApi
from simulator.twilio.messages import MessagesApi
from simulator.twilio.numbers import NumbersApi
from simulator.twilio.operations import ACCOUNT, OPERATIONS
from simulator.twilio.quirks import NAMES
from simulator.twilio.registry import Registry
from simulator.twilio.reviews import Reviews
from simulator.twilio.services import ServicesApi
from simulator.twilio.settings import SettingsApi
from simulator.twilio.state import Outcome, State
from simulator.web import Request, Response, Router


class Twilio:
    """One simulated carrier."""

    name = "twilio"
    prefix = "/twilio"
    webhooks = ("inbound", "status", "event")
    operations = OPERATIONS
    own_quirks = NAMES

    def __init__(self, network: Network) -> None:
        self._network = network
        self.state = State(network)
        self.hooks = Hooks(self.state)
        self.handsets = Handsets(self.state)
        self.life = Life(self.state, self.hooks, self.handsets)
        self.inbound = Inbound(self.state, self.hooks, self.handsets, self.life)
        self.reviews = Reviews(self.state, Events(self.state))
        self.media = MediaApi(self.state)
        self.router, self.acts = Router(), Router()
        self._mount()

    def _mount(self) -> None:
        guard = Guard(self.state)
        MessagesApi(self.state, self.life).mount(self.router, ACCOUNT, guard)
        self.media.mount(self.router, ACCOUNT, guard)
        NumbersApi(self.state).mount(self.router, ACCOUNT, guard)
        ServicesApi(self.state).mount(self.router, guard)
        ComplianceApi(self.state, self.reviews).mount(self.router, guard)
        EventsApi(self.state).mount(self.router, guard)
        SettingsApi(self.state).mount(self.router, guard)
        ContentApi(self.state).mount(self.router, guard)
        Acts(self.state, self.hooks, self.handsets, self.inbound).mount(self.acts)
        Registry(self.state, self.reviews).mount(self.acts)

    def reset(self) -> None:
        """Forget everything; the sample numbers point at the bridge again."""
        self._network.leftovers.take(*self.state.held())
        self.state.forget()
        self.life.forget()

    def text(self, phone: str, number: str, text: str = "", media: Sequence[Attachment] = ()) -> str:
        """The owner of `phone` texts one of our numbers; the message's SID."""
        with self._network.lock:
            return self.inbound.receive(Text(phone, number, text, list(media)))

    def screen(self, phone: str) -> list[dict[str, Any]]:
        """What that phone shows, oldest first."""
        with self._network.lock:
            return self.handsets.screen(phone)

    def plan(self, outcome: Outcome) -> None:
        """Decide what becomes of the next message the outcome concerns."""
        with self._network.lock:
            self.state.outcomes.append(outcome)

    def release(self) -> int:
        """Let go of held webhooks; tell how many there were."""
        return self.hooks.release()

    def not_found(self, request: Request) -> Response:
        """404 for a path nobody knows, 405 for a method a known path does not take."""
        methods = ("GET", "POST", "PUT", "PATCH", "DELETE")
        known = any(self.router.match(method, request.path) for method in methods)
        return errors.answer(20004 if known else 20404, path=request.path)
