"""Attachments as the carrier serves them: metadata, and bytes behind a redirect.

Facts:
  * Metadata with `.json`; bytes without (CAR-139). Basic auth is enforced on every one (CAR-140).
  * The bare URL redirects, 307, to a signed URL on another host, valid four hours (CAR-141, CAR-396);
    both can be switched.
  * That host knows no accounts: a request that brings credentials along is refused (CAR-142).
  * Deleting a message leaves its media (CAR-32).

The other host is another name of the same machine, where it has one.
"""

import hashlib
import hmac
import time
from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from simulator.headers import Headers
from simulator.twilio import errors, quirks
from simulator.twilio.auth import Guard
from simulator.twilio.paging import book, listing
from simulator.twilio.state import Media, State
from simulator.twilio.views import media_view
from simulator.web import Request, Response, Router, json_response

NOWHERE = "http://127.0.0.1:9"  # nobody listens on the discard port
DRIP_SECONDS = 1.0
SPOILED: dict[str, Callable[[], bytes]] = {
    "empty file": lambda: b"",
    "huge file": lambda: bytes(30_000_000),
    "wrong type": lambda: b"<!doctype html><script>alert(1)</script>",
}
OTHER_NAME = {"127.0.0.1": "localhost", "localhost": "127.0.0.1"}


class MediaApi:
    """The media resource and the content host."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.pause: Callable[[float], None] = time.sleep

    def mount(self, router: Router, account: str, guard: Guard) -> None:
        """Serve it below the account's path."""
        one = f"{account}/Messages/<parent>/Media/<sid>"
        router.add("GET", f"{account}/Messages/<parent>/Media.json", "ListMedia", guard(self.index))
        router.add("GET", f"{one}.json", "FetchMedia", guard(self.fetch))
        router.add("DELETE", f"{one}.json", "DeleteMedia", guard(self.delete))
        router.add("DELETE", one, "DeleteMediaContent", guard(self.delete))
        router.add("GET", one, "FetchMediaContent", guard(self.redirect))
        router.add("GET", "/cdn/<sid>", "FetchSignedContent", self.content)

    def index(self, request: Request) -> Response:
        held = self._state.media_of(request.params["parent"])
        if not held and request.params["parent"] not in self._state.messages:
            raise errors.refusal(20404, path=request.path)
        return listing(request, "media_list", book(held), media_view)

    def fetch(self, request: Request) -> Response:
        return json_response(media_view(self._one(request)))

    def delete(self, request: Request) -> Response:
        self._state.detach(self._one(request))
        return Response(204)

    def redirect(self, request: Request) -> Response:
        """Where the bytes are."""
        media, switches = self._one(request), self._state.switches
        quirk = quirks.take(self._state.network, "FetchMediaContent")
        life = -1.0 if quirk == "expired link" else switches.media_seconds
        expires = str(int(self._state.network.now() + life))
        query = urlencode({"Expires": expires, "Signature": self._signed(media.sid, expires)})
        host = NOWHERE if quirk == "dead host" else other_host(request.base)
        return Response(
            switches.media_redirect, b"", Headers([("Location", f"{host}/cdn/{media.sid}?{query}")])
        )

    def content(self, request: Request) -> Response:
        """The bytes, to whoever holds a valid link and brings nothing else."""
        if "Authorization" in request.headers:
            return _refused(400, "Only one auth mechanism allowed")
        query = dict(parse_qsl(request.query_string))
        sid, expires = request.params["sid"], query.get("Expires", "")
        given = query.get("Signature", "").encode()
        signed = hmac.compare_digest(self._signed(sid, expires).encode(), given)
        if not signed or float(expires) < self._state.network.now():
            return _refused(403, "Access Denied")
        media = self._state.media.get(sid)
        if media is None:
            return _refused(404, "Not Found")
        return self._spoiled(media, quirks.take(self._state.network, "FetchSignedContent"))

    def _spoiled(self, media: Media, quirk: str) -> Response:
        """The file as it is, or as a quirk has it (CAR-377)."""
        kind = "image/jpeg" if quirk == "wrong type" else media.content_type
        data = SPOILED[quirk]() if quirk in SPOILED else media.data
        headers = Headers([("Content-Type", kind)])
        if quirk == "slow drip":
            return Response(200, b"", headers, stream=_dripping(data, self.pause))
        return Response(200, data, headers)

    def _one(self, request: Request) -> Media:
        media = self._state.media.get(request.params["sid"])
        if media is None or media.parent != request.params["parent"]:
            raise errors.refusal(20404, path=request.path)
        return media

    def _signed(self, sid: str, expires: str) -> str:
        text = f"{sid}?{expires}".encode()
        return hmac.new(self._state.token.encode(), text, hashlib.sha256).hexdigest()


def other_host(base: str) -> str:
    """`base` under the machine's other name."""
    split = urlsplit(base)
    name = OTHER_NAME.get(split.hostname or "")
    if name is None:
        return base
    port = f":{split.port}" if split.port else ""
    return urlunsplit(split._replace(netloc=name + port))


def _dripping(data: bytes, pause: Callable[[float], None]) -> Iterator[bytes]:
    """A byte at a time."""
    for place in range(len(data)):
        yield data[place : place + 1]
        pause(DRIP_SECONDS)


def _refused(status: int, why: str) -> Response:
    body = f"<Error><Message>{why}</Message></Error>".encode()
    return Response(status, body, Headers([("Content-Type", "application/xml")]))
