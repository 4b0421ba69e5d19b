"""What the bridge's answer to an inbound text asks the carrier to do.

Facts:
  * An empty answer or an empty `Response` asks for nothing (CAR-124).
  * A plain text is sent to the customer, word for word (CAR-125).
  * JSON or no type is 12300, malformed XML 12100, over 64 kB 11750; an unknown verb is a warning (CAR-126).
  * `Message` has `to`, `from`, `statusCallback`, `Body` and `Media`; `Redirect` another document (CAR-127).
"""

from dataclasses import dataclass, field
from xml.etree import ElementTree as Xml

from simulator.hooks import HookAnswer

LONGEST = 64_000
XML_TYPES = ("text/xml", "application/xml", "text/html")


class BadAnswer(Exception):
    """The answer cannot be carried out; `code` says why."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Reply:
    """A message to send."""

    body: str
    media_urls: list[str] = field(default_factory=list)
    to: str = ""
    sender: str = ""
    callback: str = ""


@dataclass(frozen=True, slots=True)
class Redirect:
    """Another document to ask for."""

    url: str
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Unknown:
    """A verb nobody knows."""

    verb: str


Wish = Reply | Redirect | Unknown


def read(answer: HookAnswer) -> list[Wish]:
    """What is asked for, in order; raises BadAnswer."""
    if answer.status is None:
        raise BadAnswer(11200 if answer.connected else 11205)
    if not 200 <= answer.status < 300:
        raise BadAnswer(11200)
    if len(answer.body) > LONGEST:
        raise BadAnswer(11750)
    return _document(_content_type(answer), answer.body) if answer.body.strip() else []


def _document(kind: str, body: bytes) -> list[Wish]:
    if kind == "text/plain":
        return [Reply(body.decode("utf-8", "replace"))]
    if kind not in XML_TYPES:
        raise BadAnswer(12300)
    try:
        root = Xml.fromstring(body)  # noqa: S314 - at most 64 kB, and expat bounds what entities expand to
    except (Xml.ParseError, LookupError, ValueError):
        raise BadAnswer(12100) from None
    if root.tag != "Response":
        raise BadAnswer(12100)
    return [_wish(verb) for verb in root]


def _wish(verb: Xml.Element) -> Wish:
    if verb.tag == "Redirect":
        return Redirect((verb.text or "").strip(), "GET" if verb.get("method") == "GET" else "POST")
    if verb.tag not in ("Message", "Sms"):
        return Unknown(verb.tag)
    bodies = [child.text or "" for child in verb if child.tag == "Body"]
    return Reply(
        body="".join(bodies) or (verb.text or "").strip(),
        media_urls=[(child.text or "").strip() for child in verb if child.tag == "Media"],
        to=verb.get("to", ""),
        sender=verb.get("from", ""),
        callback=verb.get("statusCallback", verb.get("action", "")),
    )


def _content_type(answer: HookAnswer) -> str:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return headers.get("content-type", "").partition(";")[0].strip().lower()
