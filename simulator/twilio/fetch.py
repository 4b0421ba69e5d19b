"""Fetching the files of an outgoing MMS, as the carrier does before it hands the message over.

Facts: HEAD then GET, without credentials (CAR-146); 5 MB for the whole message (CAR-145); not every type is
taken, image/webp is not (CAR-147); what goes wrong fails the message (CAR-81).
"""

from dataclasses import dataclass

from simulator.hooks import Hook, HookAnswer
from simulator.network import Network

MOST_BYTES = 5_000_000
IMAGES = frozenset("image/" + kind for kind in ("jpeg", "jpg", "gif", "png", "heic", "heif", "tiff", "bmp"))
OTHERS = frozenset({"application/pdf", "application/vcard"})
FAMILIES = ("audio/", "video/", "text/")
AGENT = {"User-Agent": "TwilioProxy/1.1", "Accept": "*/*"}


class Unfit(Exception):
    """A file cannot travel; `code` says why."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class File:
    """One fetched file."""

    url: str
    content_type: str
    data: bytes


def fetch_all(network: Network, urls: list[str]) -> list[File]:
    """Every file, or Unfit. Never under the network's lock."""
    files = [_fetch(network, url) for url in urls]
    if sum(len(file.data) for file in files) > MOST_BYTES:
        raise Unfit(11751)
    return files


def _fetch(network: Network, url: str) -> File:
    _ask(network, url, "HEAD")
    answer = _ask(network, url, "GET")
    if answer.status != 200:
        raise Unfit(11200)
    kind = _content_type(answer)
    if not (kind in IMAGES or kind in OTHERS or kind.startswith(FAMILIES)):
        raise Unfit(12300)
    if not answer.body:
        raise Unfit(63019)
    return File(url, kind, answer.body)


def _ask(network: Network, url: str, method: str) -> HookAnswer:
    return network.deliver(Hook("twilio", "media", url, dict(AGENT), b"", method))


def _content_type(answer: HookAnswer) -> str:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return headers.get("content-type", "").partition(";")[0].strip().lower()
