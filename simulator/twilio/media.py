"""Attachments as the carrier serves them: metadata, and bytes behind a redirect.

Facts:
  * Metadata with `.json`; bytes without (CAR-139). Basic auth is enforced on every one (CAR-140).
  * The bare URL redirects, 307, to a signed URL on another host, valid four hours (CAR-141, CAR-396).
  * That host knows no accounts: a request that brings credentials along is refused (CAR-142).
  * Deleting a message leaves its media (CAR-32).

The other host is another name of the same machine, where it has one.
"""

import hashlib
import hmac
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from werkzeug.datastructures import Headers

from simulator.twilio import errors
from simulator.twilio.auth import guarded
from simulator.twilio.paging import listing
from simulator.twilio.state import Media, State
from simulator.twilio.views import media_view
from simulator.web import Request, Response, Router, json_response

LIFE = 4 * 3600
OTHER_NAME = {"127.0.0.1": "localhost", "localhost": "127.0.0.1"}


class MediaApi:
    """The media resource and the content host."""

    def __init__(self, state: State) -> None:
        self._state = state

    def mount(self, router: Router, account: str) -> None:
        """Serve it below the account's path."""
        one = f"{account}/Messages/<parent>/Media/<sid>"
        router.add("GET", f"{account}/Messages/<parent>/Media.json", "ListMedia", guarded(self.index))
        router.add("GET", f"{one}.json", "FetchMedia", guarded(self.fetch))
        router.add("DELETE", f"{one}.json", "DeleteMedia", guarded(self.delete))
        router.add("DELETE", one, "DeleteMediaContent", guarded(self.delete))
        router.add("GET", one, "FetchMediaContent", guarded(self.redirect))
        router.add("GET", "/cdn/<sid>", "FetchSignedContent", self.content)

    def index(self, request: Request) -> Response:
        held = self._state.media_of(request.params["parent"])
        if not held and request.params["parent"] not in self._state.messages:
            raise errors.refusal(20404, path=request.path)
        return listing(request, "media_list", [media_view(media) for media in held])

    def fetch(self, request: Request) -> Response:
        return json_response(media_view(self._one(request)))

    def delete(self, request: Request) -> Response:
        del self._state.media[self._one(request).sid]
        return Response(204)

    def redirect(self, request: Request) -> Response:
        """Where the bytes are."""
        media = self._one(request)
        expires = str(int(self._state.network.now()) + LIFE)
        query = urlencode({"Expires": expires, "Signature": self._signed(media.sid, expires)})
        target = f"{other_host(request.base)}/cdn/{media.sid}?{query}"
        return Response(307, b"", Headers([("Location", target)]))

    def content(self, request: Request) -> Response:
        """The bytes, to whoever holds a valid link and brings nothing else."""
        if "Authorization" in request.headers:
            return _refused(400, "Only one auth mechanism allowed")
        query = dict(parse_qsl(request.query_string))
        sid, expires = request.params["sid"], query.get("Expires", "")
        signed = hmac.compare_digest(self._signed(sid, expires), query.get("Signature", ""))
        if not signed or float(expires) < self._state.network.now():
            return _refused(403, "Access Denied")
        media = self._state.media.get(sid)
        if media is None:
            return _refused(404, "Not Found")
        return Response(200, media.data, Headers([("Content-Type", media.content_type)]))

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


def _refused(status: int, why: str) -> Response:
    body = f"<Error><Message>{why}</Message></Error>".encode()
    return Response(status, body, Headers([("Content-Type", "application/xml")]))
