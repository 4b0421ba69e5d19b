"""Both directions of the wire, in one process and on one thread.

  * `NetworkAdapter`: what the bridge calls with requests reaches `Network.handle`.
  * `application_transport`: what the simulators deliver reaches the bridge's WSGI application.

A hang is a read time-out to the caller, and so is an answer slower than the caller waits.
"""

import sys
from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.hooks import default_hooks, dispatch_hook
from requests.structures import CaseInsensitiveDict
from urllib3.response import HTTPResponse
from werkzeug.test import run_wsgi_app

from simulator.endings import Ending, Hang, Reset, Slow
from simulator.headers import Headers
from simulator.hooks import Hook, HookAnswer
from simulator.network import Transport
from simulator.web import Request, Response

Handle = Callable[[Request], Ending]
REFUSED = HookAnswer(None, connected=False)
SENDING = {"timeout", "stream"}
PLAIN = SENDING | {"params", "data", "json", "headers", "auth", "files"}  # what needs none of the rest


class NetworkAdapter(BaseAdapter):
    """A requests adapter that asks the network in this process."""

    def __init__(self, handle: Handle) -> None:
        super().__init__()
        self._handle = handle

    def send(  # type: ignore[override]
        self, request: requests.PreparedRequest, timeout: Any = None, **_rest: object
    ) -> requests.Response:
        """Ask, and end the way the network ends."""
        ending = self._handle(_request(request))
        if isinstance(ending, Slow) and ending.seconds < _patience(timeout):
            ending = ending.response
        if isinstance(ending, Hang | Slow):
            raise requests.exceptions.ReadTimeout(request=request)
        if isinstance(ending, Reset):
            raise requests.exceptions.ConnectionError("Connection reset by peer", request=request)
        return _response(request, ending)

    def close(self) -> None:
        """Nothing is held open."""


class _Session(requests.Session):
    """A session without what no simulator has: cookies, proxies, redirects to follow. At half the cost."""

    def request(  # type: ignore[override]
        self, method: str, url: str, *, allow_redirects: bool = True, **options: Any
    ) -> requests.Response:
        """Prepare the call as requests does and hand it to the network."""
        if allow_redirects or not options.keys() <= PLAIN:
            return super().request(method, url, allow_redirects=allow_redirects, **options)
        sending = {name: options.pop(name) for name in SENDING & options.keys()}
        headers = {**self.headers, **(options.pop("headers", None) or {})}
        prepared = requests.PreparedRequest()
        options.setdefault("params", "")  # of none at all requests asks at length whether they are a file
        prepared.prepare(method.upper(), url, headers, hooks=default_hooks(), **options)
        response = self.get_adapter(url).send(prepared, **sending)
        if not sending.get("stream"):
            _ = response.content
        hooks = prepared.hooks
        whole: requests.Response = dispatch_hook("response", hooks, response, **sending)  # type: ignore[no-untyped-call]
        return whole


def session_for(handle: Handle) -> requests.Session:
    """A requests session whose every call goes to the network in this process."""
    session = _Session()
    session.trust_env = False
    for scheme in ("http://", "https://"):
        session.mount(scheme, NetworkAdapter(handle))
    return session


def application_transport(application: Callable[[], Callable[..., Any] | None]) -> Transport:
    """Deliver webhooks to a WSGI application; nobody listens while there is none."""

    def deliver(hook: Hook) -> HookAnswer:
        app = application()
        if app is None:
            return REFUSED
        content, status, headers = run_wsgi_app(app, _environ(hook))
        return HookAnswer(int(status.split()[0]), dict(headers), b"".join(content))

    return deliver


def _environ(hook: Hook) -> dict[str, Any]:
    """One request as WSGI has it. Werkzeug's own client makes the same at twice the cost."""
    url = urlsplit(hook.url)
    headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in hook.headers.items()}
    secure = url.scheme == "https"
    return {
        **headers,
        "REQUEST_METHOD": hook.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(url.path, "latin-1"),
        "QUERY_STRING": url.query,
        "CONTENT_TYPE": headers.get("HTTP_CONTENT_TYPE", ""),
        "CONTENT_LENGTH": str(len(hook.body)),
        "SERVER_NAME": url.hostname or "",
        "SERVER_PORT": str(url.port or (443 if secure else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": url.netloc,
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": BytesIO(hook.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def _patience(timeout: Any) -> float:
    """The read time-out: requests takes one number or a pair."""
    read = timeout[1] if isinstance(timeout, tuple) else timeout
    return float("inf") if read is None else float(read)


def _request(request: requests.PreparedRequest) -> Request:
    url = urlsplit(request.url or "")
    body = request.body or b""
    if not isinstance(body, str | bytes):
        body = b"".join(body)
    return Request(
        method=request.method or "GET",
        path=unquote(url.path),
        query_string=url.query,
        headers=Headers(list(request.headers.items())),
        body=body.encode() if isinstance(body, str) else body,
    )


def _response(request: requests.PreparedRequest, answer: Response) -> requests.Response:
    content = b"".join(answer.stream) if answer.stream is not None else answer.body
    response = requests.Response()
    response.status_code = answer.status
    response.headers = CaseInsensitiveDict(answer.headers.items())
    response.raw = HTTPResponse(BytesIO(content), preload_content=False, headers=dict(answer.headers.items()))
    response.url = request.url or ""
    response.request = request
    response.encoding = requests.utils.get_encoding_from_headers(response.headers)
    return response
