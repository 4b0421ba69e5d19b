"""Foreign requests as events: authentic, ours, readable; each with the key by which a repeat is known.

An intake knows one sender's webhooks. It never touches the journal: `web.py` records what it returns.

  Refused      not authentic: 403, nothing stored, counted. With `BRIDGE_SIGNATURES=report-only` a carrier's
               signature that does not match is reported and the webhook taken in all the same
  nothing      authentic but of no concern to us (a number that is not ours): 200, nothing stored, counted
  events       stored before the answer
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl

from bridge.assistants import opencx_webhooks
from bridge.carriers import twilio_webhooks
from bridge.carriers.twilio_signature import verify
from bridge.core import addresses
from bridge.core.model import Event, ReceiptArrived, TextReceived, Unreadable
from bridge.desks import sunshine_events

Told = list[tuple[str, Event]]
MOST_GUESSED = 16 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Post:
    """One webhook as it came, with the addresses by which its sender may have been told to find us."""

    addresses: tuple[str, ...]
    query: dict[str, str]
    headers: Callable[[str], str]
    body: bytes
    at: float
    guesses: Iterable[str] = ()  # addresses that prove nothing, but may explain a mismatch


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A signature of another address or another form; `signed` is the address it is good for, if known."""

    expected: str
    signed: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a webhook amounts to; `ignored` counts what was left out, by why."""

    told: Told = field(default_factory=list)
    ignored: tuple[str, ...] = ()
    mismatch: Mismatch | None = None  # taken in although its signature is wrong


class Refused(Exception):
    """Not authentic."""

    def __init__(self, mismatch: Mismatch | None = None) -> None:
        super().__init__("not authentic")
        self.mismatch = mismatch


class TwilioIntake:
    """Texts and receipts (carrier.md sections 4, 5, 8)."""

    def __init__(self, tokens: tuple[str, ...], numbers: frozenset[str], *, enforce: bool = True) -> None:
        self._tokens = tokens
        self._numbers = numbers
        self._enforce = enforce

    def text(self, post: Post) -> Taken:
        """A customer's text; a text to a number that is not ours leaves no trace (OCX-SMS-03)."""
        return self._checked(post, self._text)

    def status(self, post: Post) -> Taken:
        """A receipt; the same id may tell several statuses, each once (bug 15)."""
        return self._checked(post, self._status)

    def _checked(self, post: Post, read: Callable[[Post], Taken]) -> Taken:
        if any(self._is_signed(post, url) for url in post.addresses):
            return read(post)
        mismatch = Mismatch(post.addresses[0], self._guessed(post))
        if self._enforce:
            raise Refused(mismatch)
        return replace(read(post), mismatch=mismatch)

    def _is_signed(self, post: Post, url: str) -> bool:
        whole = post.body if _is_json(post) else None
        return verify(url, _pairs(post), post.headers("X-Twilio-Signature"), self._tokens, body=whole)

    def _guessed(self, post: Post) -> str:
        """The address that was signed, if it is a likely one; a long body is not worth the work."""
        if len(post.body) > MOST_GUESSED:
            return ""
        return next((url for url in post.guesses if self._is_signed(post, url)), "")

    def _text(self, post: Post) -> Taken:
        try:
            event = twilio_webhooks.text_received(_form(post), post.at)
        except twilio_webhooks.Malformed as problem:
            return _kept("twilio", post, problem.reason)
        if _plain(event.number) not in self._numbers:
            return Taken(ignored=("unknown number",))
        return Taken([(f"twilio:{event.source_id}", in_one_form(event))])

    def _status(self, post: Post) -> Taken:
        try:
            event = twilio_webhooks.receipt(_form(post), _storable(post.query.get("attempt", "")), post.at)
        except twilio_webhooks.Malformed as problem:
            return _kept("twilio", post, problem.reason)
        return Taken([(receipt_key("twilio", event), event)])


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

    def __init__(self, secrets: tuple[str, ...]) -> None:
        self._secrets = secrets

    def events(self, post: Post) -> Taken:
        """An answer, a handoff or an end."""
        if not opencx_webhooks.verify(post.body, post.headers("X-OpenCX-Signature"), self._secrets):
            raise Refused
        try:
            content = _content(post.body)
        except (ValueError, RecursionError):
            return _kept("opencx", post, "not JSON")
        heard = opencx_webhooks.events(content, post.at)
        return _heard("opencx", heard.events, heard.ignored)


def _is_json(post: Post) -> bool:
    return post.headers("Content-Type").partition(";")[0].strip().lower() == "application/json"


def _pairs(post: Post) -> list[tuple[str, str]]:
    return parse_qsl(post.body.decode("utf-8", "replace"), keep_blank_values=True)


def _form(post: Post) -> dict[str, str]:
    """What a carrier says, as a form or as a JSON object of the same names (CAR-102)."""
    if not _is_json(post):
        return {name: _storable(value) for name, value in _pairs(post)}
    try:
        content = _content(post.body)
    except (ValueError, RecursionError):
        content = None
    return {name: str(value) for name, value in content.items()} if isinstance(content, dict) else {}


def _content(body: bytes) -> Any:
    """What a JSON body says."""
    return _storable(json.loads(body))


def _storable(content: Any) -> Any:
    """Without what no database takes: half a surrogate becomes a question mark, NUL vanishes (bug 31)."""
    if isinstance(content, str):
        return content.encode("utf-8", "replace").decode().replace("\0", "")
    if isinstance(content, list):
        return [_storable(each) for each in content]
    if isinstance(content, dict):
        return {_storable(name): _storable(value) for name, value in content.items()}
    return content


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
