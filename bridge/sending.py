"""Sending one part of a reply: gated, never twice, and with its files if the number can.

A repeat never acts blindly: a text that may have been sent is looked for at the carrier. Only when the
carrier says, several times and some seconds apart, that there is no such text is it offered again (promise
P3); if the carrier cannot say for ten minutes, the agent is told.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from bridge.core import compliance, receipts
from bridge.core.errors import BridgeError, Permanent, Uncertain
from bridge.core.model import Event, Media, SendAccepted, SendHeld, SendText, Session
from bridge.core.ports import Accepted, Assistant, Carrier, Desk, Sms
from bridge.journal import Claim, Journal
from bridge.media import MediaStore
from bridge.numbers import Numbers
from bridge.worker import Held, Lost

HELD_AGAIN = 60.0
HELD_AT_MOST = 86_400.0  # design §7: a day
LOOKS = 3  # that must find nothing before a doubtful text is offered again
DOUBT_AT_MOST = 600.0  # seconds in which the carrier must have been able to say
NO_MMS = ("21612", "30011", "30019", "11751", "12300")  # text and link instead (CAR-49, CAR-68, CAR-81)


@dataclass(frozen=True, slots=True)
class Policy:
    """What the operator decided about sending."""

    organisation: str
    compliance: str = "block"
    uncertain: str = "ask"


@dataclass(frozen=True, slots=True)
class World:
    """Everybody the performer speaks to."""

    carrier: Carrier
    desk: Desk
    assistant: Assistant
    numbers: Numbers
    store: MediaStore


class Sender:
    """The way to the phone."""

    def __init__(self, journal: Journal, world: World, policy: Policy, clock: Callable[[], float]) -> None:
        self._journal = journal
        self._world = world
        self._policy = policy
        self._clock = clock

    def send(self, claim: Claim, session: Session) -> Event:
        """Send one part, or raise why not; also `Held` where the number is not registered."""
        effect = claim.effect
        assert isinstance(effect, SendText)  # noqa: S101
        sms = Sms(session.number, session.phone, effect.text, claim.attempt)
        if claim.doubts and (found := self._taken_before(claim, session, sms)) is not None:
            return self._accepted(claim, found)
        warning = self._hold_if_gated(claim, session, effect)
        if not claim.allowed:
            raise Permanent("the customer opted out of texts", code="opted_out")
        if not self._journal.holds(claim, self._clock()):
            raise Lost
        return self._accepted(claim, self._send_now(sms, effect), warning)

    def _taken_before(self, claim: Claim, session: Session, sms: Sms) -> Accepted | None:
        """Whether an earlier try was taken after all, by its receipt or by asking the carrier."""
        effect = claim.effect
        assert isinstance(effect, SendText)  # noqa: S101
        known = self._journal.receipts(session.id).get((effect.turn, effect.part))
        if known is not None and known.status:
            return Accepted(known.source_id, known.segments or 1)
        return self._look(claim, session, sms)

    def _accepted(self, claim: Claim, taken: Accepted, warning: str = "") -> SendAccepted:
        effect = claim.effect
        assert isinstance(effect, SendText)  # noqa: S101
        return SendAccepted(
            self._clock(),
            effect.session,
            effect.turn,
            effect.part,
            claim.attempt,
            taken.source_id,
            taken.segments,
            warning,
        )

    def _hold_if_gated(self, claim: Claim, session: Session, effect: SendText) -> str:
        """An unregistered number does not send; the reply waits, at most a day (design §7, CAR-316).

        Returns what to warn of where the operator chose to send all the same.
        """
        state = self._world.numbers.state(session.number)
        if not state.owned or not state.sms:
            raise Permanent("our number is not active for SMS", code="number_inactive")
        gate = compliance.gate(state.kind, state.registration, session.phone, self._policy.compliance)
        if gate.open:
            return gate.reason if gate.warn else ""
        now = self._clock()
        if now - claim.created_at >= HELD_AT_MOST:
            raise Permanent(f"held for a day: {gate.reason}", code="held_too_long")
        told = SendHeld(now, session.id, effect.turn, effect.part, gate.reason, state.registration)
        raise Held(now + HELD_AGAIN, gate.reason, told)

    def _look(self, claim: Claim, session: Session, sms: Sms) -> Accepted | None:
        """Whether an earlier try was taken after all; None: surely not."""
        since = min(claim.first_tried_at, self._clock())  # which may have been put back meanwhile
        try:
            found = [self._world.carrier.find(form, since=since) for form in self._forms(claim, sms)]
        except BridgeError as error:
            self._wait_or_tell(claim, error)
            return None
        known = self._journal.known_ids(session)
        for each in found:
            if each is not None and each.source_id not in known:
                return each
        if claim.doubts % LOOKS:
            raise Uncertain("the carrier knows no such text yet")
        return None

    def _forms(self, claim: Claim, sms: Sms) -> tuple[Sms, ...]:
        """All that the carrier may have been given: a file may have gone as such or as a link (P3)."""
        assert isinstance(claim.effect, SendText)  # noqa: S101
        links = tuple(map(self._world.store.address, _labels(claim.effect)))
        return (replace(sms, media=links), _with_links(sms, links)) if links else (sms,)

    def _wait_or_tell(self, claim: Claim, error: BridgeError) -> None:
        """The carrier cannot say: ask it for a while, then tell the agent (`BRIDGE_UNCERTAIN=ask`)."""
        left = DOUBT_AT_MOST - (self._clock() - (claim.doubted_at or claim.first_tried_at))
        if left > 0:
            raise Uncertain(error.reason, code=error.code, within=left) from error
        if self._policy.uncertain != "resend":
            raise Permanent(
                "it may or may not have been sent, and the carrier cannot say", code=receipts.IN_DOUBT
            ) from error

    def _send_now(self, sms: Sms, effect: SendText) -> Accepted:
        if not effect.media:
            return self._world.carrier.send(sms)
        files = zip(effect.media, _labels(effect), strict=True)
        links = tuple(self._rehosted(each, effect.session, label) for each, label in files)
        if self._world.numbers.state(sms.number).mms:
            try:
                return self._world.carrier.send(replace(sms, media=links))
            except Permanent as error:
                if error.code not in NO_MMS:
                    raise
        return self._world.carrier.send(_with_links(sms, links))

    def _rehosted(self, media: Media, session: str, label: str) -> str:
        """An address the carrier can read without our credentials, for a while (SUN-ATT-05).

        An erasure meanwhile did not know of this file, unless the session is still there once it is kept.
        """
        with self._world.desk.open_media(media) as download:
            address = self._world.store.keep(download, label=label, session=session)
        if self._journal.session(session) is None:
            self._world.store.forget_of({session})
            raise Permanent("the session was erased")
        return address


def _labels(effect: SendText) -> list[str]:
    """A name for each file of a part, the same at every try."""
    return [f"{effect.session}:{effect.turn}:{effect.part}:{n}" for n in range(len(effect.media))]


def _with_links(sms: Sms, links: tuple[str, ...]) -> Sms:
    return replace(sms, text="\n".join((*filter(None, [sms.text]), *links)))
