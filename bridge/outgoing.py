"""Calls out through requests without what no provider asks of us, at two thirds of the cost.

No cookies and no `.netrc`. What the environment says of proxies and certificates is read once a host: it does
not change while a process runs, and requests would search all of it for every call. A call that wants more
than the options below, or to follow redirects, goes the ordinary way.
"""

from typing import Any
from urllib.parse import urlencode

import requests
from requests.adapters import HTTPAdapter
from requests.hooks import default_hooks, dispatch_hook

SENDING = frozenset({"timeout", "stream"})
FORM = "application/x-www-form-urlencoded"
Fields = dict[str, Any] | list[tuple[str, Any]] | None
MAKING = frozenset({"params", "data", "json", "headers", "auth", "files"})


class Outgoing(requests.Session):
    """A session with room for so many calls at once to one host."""

    def __init__(self, at_once: int) -> None:
        super().__init__()
        self._steering: dict[str, dict[str, Any]] = {}  # by scheme and host
        for scheme in ("http://", "https://"):
            self.mount(scheme, HTTPAdapter(pool_maxsize=at_once))

    def request(  # type: ignore[override]
        self, method: str, url: str, *, allow_redirects: bool = True, **options: Any
    ) -> requests.Response:
        """As requests does; the errors are the same, too."""
        if allow_redirects or not options.keys() <= SENDING | MAKING:
            return super().request(method, url, allow_redirects=allow_redirects, **options)
        sending = {name: options.pop(name) for name in SENDING & options.keys()}
        prepared = self._made(method, url, **options)
        address = prepared.url or url
        sending = self._steered(address) | sending
        response = self.get_adapter(address).send(prepared, **sending)
        hooks = prepared.hooks
        answered: requests.Response = dispatch_hook("response", hooks, response, **sending)  # type: ignore[no-untyped-call]
        if not sending["stream"]:
            _ = answered.content
        return answered

    def _made(
        self, method: str, url: str, *, params: Fields = None, data: Fields = None, **options: Any
    ) -> requests.PreparedRequest:
        """Forms and queries are written here: requests asks of each value whether it could be a file."""
        headers = {**self.headers, **(options.pop("headers", None) or {})}
        if data:
            headers.setdefault("Content-Type", FORM)
        prepared = requests.PreparedRequest()
        prepared.prepare(
            method.upper(),
            url,
            headers,
            params=_written(params),
            data=_written(data) if data else None,
            hooks=default_hooks(),
            **options,
        )
        return prepared

    def _steered(self, url: str) -> dict[str, Any]:
        """Proxies and certificates for this host."""
        host = "/".join(url.split("/", 3)[:3])
        if host not in self._steering:
            self._steering[host] = {**self.merge_environment_settings(url, {}, None, None, None)}
        return self._steering[host]


def _written(fields: Fields) -> str:
    pairs = fields.items() if isinstance(fields, dict) else fields or ()
    return urlencode([(name, value) for name, value in pairs if value is not None], doseq=True)
