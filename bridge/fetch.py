"""Fetch a file from an address that somebody else chose, without being led astray.

Rules (CAR-140…144, FT-X3):
  * Credentials go to the provider's own address only; a redirect elsewhere travels without them
    (signed CDN addresses even reject them).
  * Redirects are followed by hand, at most three, and each address is judged anew.
  * An address is judged in the form in which it will be asked: parsers disagree about `\\@` and `%2e%2e`.
  * Only http and https. Unless the provider itself is on loopback (a rehearsal), nothing private:
    see `bridge.guard`.
  * Never more bytes than allowed, never longer than allowed, never compressed: a few bytes may become
    gigabytes.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError

from bridge.core.errors import BridgeError, Misconfigured, Permanent, Temporary
from bridge.core.model import Media
from bridge.core.ports import Download
from bridge.guard import guarded_session, is_loopback, is_private
from bridge.http import TIMEOUT, Timeout, refusal, sorted_failures

MOST_BYTES = 25 * 1024 * 1024
MOST_SECONDS = 60.0
MOST_REDIRECTS = 3
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How much and how long."""

    most_bytes: int = MOST_BYTES
    most_seconds: float = MOST_SECONDS
    timeout: Timeout = TIMEOUT


class Fetcher:
    """Downloads on behalf of one provider, whose files live below `home`."""

    def __init__(
        self,
        home: str,
        credentials: tuple[str, str],
        *,
        session: requests.Session | None = None,
        limits: Limits = Limits(),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`session` is used only in a rehearsal, with `home` on loopback; else one that is guarded."""
        self._home = home.rstrip("/") + "/"
        self._credentials = credentials
        self._private_allowed = is_loopback(home)
        own = session if self._private_allowed else None
        self._session = own or guarded_session(private_allowed=self._private_allowed)
        self._limits = limits
        self._clock = clock

    @contextmanager
    def open(self, media: Media) -> Iterator[Download]:
        """Stream one file."""
        deadline = self._clock() + self._limits.most_seconds
        response = self._follow(media.url)
        try:
            yield Download(
                content_type=response.headers.get("Content-Type", media.content_type)
                .partition(";")[0]
                .strip(),
                name=_name(response) or media.name,
                chunks=self._chunks(response, deadline),
            )
        finally:
            response.close()

    def _follow(self, url: str) -> requests.Response:
        for _ in range(MOST_REDIRECTS + 1):
            url = _as_asked(url)
            self._judge(url)
            response = self._get(url)
            if not response.is_redirect:
                return self._sound(response, url)
            response.close()
            url = urljoin(url, response.headers["Location"])
        raise Permanent("too many redirects", code="media_redirects")

    def _get(self, url: str) -> requests.Response:
        auth: Any = self._credentials if self._is_home(url) else _anonymous
        with sorted_failures(reads=True):
            return self._session.get(
                url,
                auth=auth,
                headers={"Accept-Encoding": "identity"},
                stream=True,
                allow_redirects=False,
                timeout=self._limits.timeout,
            )

    def _is_home(self, url: str) -> bool:
        """Whether credentials may go there: the same origin, below the same path."""
        there, home = urlsplit(url), urlsplit(self._home)
        climbs = ".." in there.path.split("/")
        return _origin(url) == _origin(self._home) and there.path.startswith(home.path) and not climbs

    def _judge(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Permanent("not an http address", code="media_address")
        if not self._private_allowed and is_private(parts.hostname):
            raise Permanent("a private address", code="media_address")

    def _sound(self, response: requests.Response, url: str) -> requests.Response:
        if response.ok and _is_plain(response):
            return response
        response.close()
        if response.ok:
            raise Permanent("the file is compressed", code="media_encoding")
        raise self._failure(response, url)

    def _failure(self, response: requests.Response, url: str) -> BridgeError:
        if response.status_code in (401, 403) and not self._is_home(url):
            return Temporary("the signed address has expired", code="media_expired")
        if response.status_code == 401:
            return Misconfigured(
                "credentials refused for a file", fix="Check the credentials of this provider."
            )
        return refusal(response, code="media_refused", message="file not available", reads=True)

    def _chunks(self, response: requests.Response, deadline: float) -> Iterator[bytes]:
        seen = 0
        while chunk := _piece(response):
            seen += len(chunk)
            if seen > self._limits.most_bytes:
                raise Permanent("the file is too large", code="media_too_large")
            if self._clock() > deadline:
                raise Temporary("the file comes too slowly", code="media_slow")
            yield chunk


def _piece(response: requests.Response) -> bytes:
    """What has come by now, however little: waiting for more would outlast every deadline."""
    try:
        piece: bytes = response.raw.read1(_CHUNK, decode_content=False)
    except HTTPError as error:
        raise Temporary(f"connection failed: {type(error).__name__}") from error
    return piece


def _is_plain(response: requests.Response) -> bool:
    return response.headers.get("Content-Encoding", "identity").strip().lower() in ("", "identity")


def _as_asked(url: str) -> str:
    """The address as it will be asked for; other kinds than http come back as they are."""
    try:
        return requests.Request("GET", url).prepare().url or ""
    except requests.RequestException as error:
        raise Permanent("not a usable address", code="media_address") from error


def _origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    return parts.scheme, (parts.hostname or "").lower(), port


def _anonymous(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """No credentials at all, not even those of a .netrc file."""
    return request


def _name(response: requests.Response) -> str:
    header = Message()
    header["Content-Disposition"] = response.headers.get("Content-Disposition", "attachment")
    return header.get_filename() or unquote(urlsplit(response.url).path.rpartition("/")[2])
