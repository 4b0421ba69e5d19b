"""Foreign requests as events: authentic, ours, readable; each with the key by which a repeat is known.

An intake knows one sender's webhooks. It never touches the journal: `web.py` records what it returns.

  Refused      not authentic: 403, nothing stored, counted
  nothing      authentic but of no concern to us (a number that is not ours): 200, nothing stored, counted
  events       stored before the answer
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from bridge.assistants import opencx_webhooks
from bridge.carriers import twilio_webhooks
from bridge.carriers.twilio_signature import verify
from bridge.core import addresses
from bridge.core.model import Event, ReceiptArrived, TextReceived, Unreadable
from bridge.desks import sunshine_events

Told = list[tuple[str, Event]]


@dataclass(frozen=True, slots=True)
class Post:
    """One webhook as it came, with the address the sender was told to use."""

    url: str
    query: dict[str, str]
    headers: Callable[[str], str]
    body: bytes
    at: float


@dataclass(frozen=True, slots=True)
class Taken:
    """What a webhook amounts to; `ignored` counts what was left out, by why."""

    told: Told = field(default_factory=list)
    ignored: tuple[str, ...] = ()


class Refused(Exception):
    """Not authentic."""


class TwilioIntake:
    """Texts and receipts (carrier.md sections 4, 5, 8)."""

    def __init__(self, tokens: tuple[str, ...], numbers: frozenset[str]) -> None:
        self._tokens = tokens
        self._numbers = numbers

    def text(self, post: Post) -> Taken:
        """A customer's text; a text to a number that is not ours leaves no trace (OCX-SMS-03)."""
        form = self._authentic(post)
        try:
            event = twilio_webhooks.text_received(form, post.at)
        except twilio_webhooks.Malformed as problem:
            return _kept("twilio", post, problem.reason)
        if _plain(event.number) not in self._numbers:
            return Taken(ignored=("unknown number",))
        return Taken([(f"twilio:{event.source_id}", in_one_form(event))])

    def status(self, post: Post) -> Taken:
        """A receipt; the same id may tell several statuses, each once (bug 15)."""
        form = self._authentic(post)
        try:
            event = twilio_webhooks.receipt(form, post.query.get("attempt", ""), post.at)
        except twilio_webhooks.Malformed as problem:
            return _kept("twilio", post, problem.reason)
        return Taken([(receipt_key("twilio", event), event)])

    def _authentic(self, post: Post) -> dict[str, str]:
        pairs = parse_qsl(post.body.decode("utf-8", "replace"), keep_blank_values=True)
        if not verify(post.url, pairs, post.headers("X-Twilio-Signature"), self._tokens):
            raise Refused
        return dict(pairs)


class SunshineIntake:
    """Everything Zendesk tells, with a shared secret in X-API-Key (SUN-WHK-04)."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        self._secrets = secrets

    def events(self, post: Post) -> Taken:
        """A batch; one bad event does not stop the others (FT-I8)."""
        if not _is_one_of(post.headers("X-API-Key"), self._secrets):
            raise Refused
        try:
            envelope = _content(post.body)
        except (ValueError, RecursionError):
            return _kept("sunshine", post, "not JSON")
        heard = sunshine_events.events(envelope, post.at)
        return _heard("sunshine", heard.events, heard.ignored)


class OpenCXIntake:
    """The AI's events, signed over the raw body (OPEN-47)."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def events(self, post: Post) -> Taken:
        """An answer, a handoff or an end."""
        if not opencx_webhooks.verify(post.body, post.headers("X-OpenCX-Signature"), (self._secret,)):
            raise Refused
        try:
            content = _content(post.body)
        except (ValueError, RecursionError):
            return _kept("opencx", post, "not JSON")
        heard = opencx_webhooks.events(content, post.at)
        return _heard("opencx", heard.events, heard.ignored)


def _content(body: bytes) -> Any:
    """What a JSON body says; half a surrogate pair cannot be stored and becomes a question mark."""
    whole = json.dumps(json.loads(body), ensure_ascii=False)
    return json.loads(whole.encode("utf-8", "replace"))


def _heard(sender: str, events: Told, ignored: list[str]) -> Taken:
    return Taken([(f"{sender}:{key}", event) for key, event in events], tuple(ignored))


def _kept(sender: str, post: Post, reason: str) -> Taken:
    """Authentic but unreadable: kept as it came, so that nothing is lost."""
    digest = hashlib.sha256(post.body).hexdigest()
    event = Unreadable(post.at, sender, reason, post.body.decode("utf-8", "replace"))
    return Taken([(f"{sender}:unreadable:{digest}", event)])


def _is_one_of(given: str, secrets: tuple[str, ...]) -> bool:
    """Constant-time comparison with each secret."""
    matches = [hmac.compare_digest(given.encode(), secret.encode()) for secret in secrets if secret]
    return any(matches)


def _plain(address: str) -> str:
    try:
        return addresses.normalise(address)
    except addresses.Unusable:
        return address


def receipt_key(carrier: str, event: ReceiptArrived) -> str:
    """One message tells several statuses; each is one thing to hear of (bug 15)."""
    return f"{carrier}:{event.source_id}:{event.status}:{event.error_code}"


def in_one_form(event: TextReceived) -> TextReceived:
    """Numbers as E.164 where they can be, so that one phone is one customer (OPEN-21)."""
    return TextReceived(
        event.at,
        _plain(event.phone),
        _plain(event.number),
        event.text,
        event.source_id,
        event.media,
        event.segments,
        event.opt_out_type,
    )
