"""One way to call a provider over HTTP: bounded in time, every ending sorted by what may come next.

| What happened                                   | while changing something | while reading |
|-------------------------------------------------|--------------------------|---------------|
| no connection, no such host, no TLS             | Temporary                | Temporary     |
| 429                                             | Throttled                | Throttled     |
| time-out or reset after the request was written | Uncertain                | Temporary     |
| 5xx, empty or unreadable 2xx                    | Uncertain                | Temporary     |
| 3xx (never followed here: CAR-211)              | Refused                  | Refused       |
| other 4xx                                       | Refused                  | Refused       |

`Refused` is `Permanent` with the status in it, so that an adapter can tell one refusal from another.
Only adapters use this module.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from requests.auth import AuthBase
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from bridge.core.errors import BridgeError, Permanent, Temporary, Throttled, Uncertain

Timeout = tuple[float, float]  # to connect, to wait for the next byte
Auth = AuthBase | tuple[str, str] | None
TIMEOUT: Timeout = (5.0, 15.0)
LONGEST_WAIT = 3600.0  # a Retry-After beyond this is not believed
_NEVER_WRITTEN = (NewConnectionError, NameResolutionError, ConnectTimeoutError)


class Refused(Permanent):
    """A clear no. `status` is the HTTP status, `code` the provider's own."""

    def __init__(self, reason: str, *, code: str = "", status: int = 0) -> None:
        super().__init__(reason, code=code)
        self.status = status


class Client:
    """JSON calls to one provider below one base address."""

    def __init__(
        self,
        session: requests.Session,
        base: str,
        *,
        auth: Auth = None,
        timeout: Timeout = TIMEOUT,
        complaint: Callable[[Any], tuple[str, str]] = lambda _: ("", ""),
    ) -> None:
        """`complaint` reads code and message out of a refusal's body."""
        self._session = session
        self.base = base.rstrip("/")
        self._auth = auth
        self._timeout = timeout
        self._complaint = complaint

    def call(self, method: str, path: str, **options: Any) -> Any:
        """Make one call; `path` may be a whole address. Returns the answer's JSON."""
        url = path if path.startswith(("http://", "https://")) else self.base + path
        reads = method == "GET"
        options = {"auth": self._auth, "timeout": self._timeout, "allow_redirects": False} | options
        with sorted_failures(reads=reads):
            response = self._session.request(method, url, **options)
        return self._content(response, reads=reads)

    def get(self, path: str, **params: object) -> Any:
        """Read."""
        return self.call("GET", path, params=params)

    def _content(self, response: requests.Response, *, reads: bool) -> Any:
        content = _json(response)
        if response.ok and not response.is_redirect:
            if content is None:
                raise doubt(f"unreadable success ({response.status_code})", reads=reads)
            return content
        code, message = self._complaint(content) if content is not None else ("", "")
        raise refusal(response, code=code, message=message, reads=reads)


def refusal(response: requests.Response, *, code: str, message: str, reads: bool) -> BridgeError:
    """The error that an answer other than success stands for."""
    status = response.status_code
    reason = f"{status} {message or response.reason or ''}".strip()
    if status == requests.codes.too_many:
        return Throttled(reason, code=code, retry_after=retry_after(response))
    if status >= 500:
        return doubt(reason, code=code, reads=reads)
    return Refused(reason, code=code, status=status)


def doubt(reason: str, *, reads: bool, code: str = "") -> BridgeError:
    """A reading that failed has changed nothing; anything else may have."""
    return Temporary(reason, code=code) if reads else Uncertain(reason, code=code)


@contextmanager
def sorted_failures(*, reads: bool) -> Iterator[None]:
    """Turn the exceptions of a call that got no answer into ours."""
    try:
        yield
    except requests.exceptions.SSLError as error:
        raise Temporary(f"no TLS: {type(error).__name__}") from error
    except requests.exceptions.InvalidURL as error:
        raise Permanent("not a usable address") from error
    except requests.RequestException as error:
        if _never_written(error):
            raise Temporary("no connection") from error
        raise doubt(f"connection failed: {type(error).__name__}", reads=reads) from error


@contextmanager
def harmless() -> Iterator[None]:
    """For a change that may be repeated freely, such as an upload or a token: doubt is only delay."""
    try:
        yield
    except Uncertain as error:
        raise Temporary(error.reason, code=error.code) from error


def retry_after(response: requests.Response) -> float:
    """Seconds to wait, from `Retry-After` as seconds or as a date beside the answer's own `Date`."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isdigit():
        return min(float(value), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(value)
        seconds = (until - parsedate_to_datetime(response.headers["Date"])).total_seconds()
    except (ValueError, KeyError, TypeError):
        return 0.0
    return max(0.0, min(seconds, LONGEST_WAIT))


def _json(response: requests.Response) -> Any:
    """The body as JSON, or None."""
    try:
        return response.json()
    except ValueError:
        return None


def _never_written(error: requests.RequestException) -> bool:
    """Whether the connection itself failed, so that no byte of the request left."""
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)  # of urllib3's MaxRetryError
    return isinstance(error, requests.ConnectTimeout) or isinstance(reason, _NEVER_WRITTEN)
