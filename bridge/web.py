"""Requests become events, outcomes become responses. Nothing is acknowledged before it is on disk (P1).

Answers:
  * carriers get empty TwiML as XML, on success and on error: a plain body would be texted to the customer
    (CAR-125, bug 22).
  * not authentic: 403. Ours to blame: 503, never a code that stops Zendesk's retries (SUN-WHK-07).
"""

import hmac
from collections.abc import Callable
from functools import cache
from typing import Any

import structlog
from flask import Flask, Response, abort, jsonify, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from bridge import failpoints
from bridge.admin import Admin, Call
from bridge.intake import Mismatch, Post, Refused, Taken
from bridge.journal import Journal
from bridge.media import MediaStore
from bridge.ops import Metrics
from bridge.proxies import Asked, Front, shown

WEBHOOKS = "/webhooks/"
LARGEST_BODY = 2 * 1024 * 1024
XML = "text/xml; charset=utf-8"
NO_REPLY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
log = structlog.get_logger("web")

Reads = Callable[[Post], Taken]
View = Callable[..., Any]
Views = dict[tuple[str, str], View]  # by method and path


class Door:
    """Takes webhooks in: read, store, and only then answer."""

    def __init__(self, journal: Journal, metrics: Metrics, clock: Callable[[], float], front: Front) -> None:
        self._journal = journal
        self._metrics = metrics
        self._clock = clock
        self._front = front

    @property
    def prefix(self) -> str:
        """The path below which we are known in public."""
        return self._front.prefix

    def take(self, reads: Reads, *, xml: bool = False) -> Response:
        """Answer one webhook."""
        path, post, status = request.path, self._post(), 500
        failpoints.hit("received", path)
        try:
            status = self._status(reads, path, post)
        finally:
            self._metrics.requests.labels(path, str(status)).inc()
        failpoints.hit("answered", path)
        return Response(NO_REPLY, status, content_type=XML) if xml else Response(status=status)

    def _status(self, reads: Reads, path: str, post: Post) -> int:
        """403 is the sender's doing; whatever breaks in here is ours, even a "bad request"."""
        try:
            return self._store(reads, path, post)
        except Refused as refused:
            self._metrics.refused.labels(path, "not authentic").inc()
            self._report(path, refused.mismatch, taken=False)
            return 403
        except (SQLAlchemyError, HTTPException) as error:
            log.error("journal.unavailable", path=path, error=type(error).__name__)
            return 503

    def _store(self, reads: Reads, path: str, post: Post) -> int:
        taken = reads(post)
        failpoints.hit("verified", path)
        self._report(path, taken.mismatch, taken=True)
        for why in taken.ignored:
            self._metrics.refused.labels(path, why).inc()
        self._journal.record(taken.told, path.removeprefix(WEBHOOKS))
        failpoints.hit("journaled", path)
        return 200

    def _report(self, path: str, mismatch: Mismatch | None, *, taken: bool) -> None:
        """Which address we expected to be signed, and which one was, where that can be told."""
        if mismatch is None:
            return
        self._metrics.mismatches.labels(path).inc()
        expected, signed = shown(mismatch.expected), shown(mismatch.signed) or "unknown"
        log.warning("signature.mismatch", path=path, expected=expected, signed=signed, taken=taken)

    def _post(self) -> Post:
        asked = Asked(
            path=request.root_path.rstrip("/") + request.path,
            query=request.query_string.decode("latin-1"),
            peer=request.remote_addr or "",
            header=_header,
        )
        return Post(
            addresses=self._front.addresses(asked),
            query=request.args.to_dict(),
            headers=_header,
            body=request.get_data(cache=False),
            at=self._clock(),
            guesses=self._front.guesses(asked),
        )


def _header(name: str) -> str:
    return request.headers.get(name, "")


def create_app(
    doors: dict[str, tuple[Reads, bool]],
    door: Door,
    store: MediaStore,
    state: "State",
    admin_tokens: tuple[str, ...],
) -> Flask:
    """The bridge's HTTP face: `doors` maps each webhook path to its reader and whether it wants XML."""
    app = Flask("bridge", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    views = {("POST", path): _taking(door, reads, xml=xml) for path, (reads, xml) in doors.items()}
    views |= _health(state) | {("GET", "/media/<token>"): _media(store)}
    if admin_tokens:
        app.before_request(_authorised(admin_tokens))
        views |= {(call.method, _pattern(call.path)): _answering(call) for call in state.calls}
    app.url_map = _addresses(tuple(views))
    app.view_functions = {" ".join(address): view for address, view in views.items()}
    app.register_error_handler(HTTPException, _refused)
    if door.prefix:
        app.wsgi_app = _below(door.prefix, app.wsgi_app)  # type: ignore[method-assign]
    return app


@cache
def _addresses(addresses: tuple[tuple[str, str], ...]) -> Map:
    """What can be called. Compiled once: it takes longer than all the rest of an application."""
    return Map(Rule(path, methods=[method], endpoint=f"{method} {path}") for method, path in addresses)


class State:
    """What health pages read and /admin answers; built by wiring."""

    def __init__(self, journal: Journal, metrics: Metrics, ready: Callable[[], bool], admin: Admin) -> None:
        self.journal = journal
        self.metrics = metrics
        self.ready = ready
        self.clock = admin.clock
        self.letters = admin.letters
        self.calls = admin.calls


def _below(prefix: str, app: Callable[..., Any]) -> Callable[..., Any]:
    """Answer below the public address's path as well, for proxies that do not take it off."""

    def serve(environ: dict[str, Any], start: Any) -> Any:
        path = environ.get("PATH_INFO", "")
        if path.startswith(f"{prefix}/"):
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + prefix
            environ["PATH_INFO"] = path.removeprefix(prefix)
        return app(environ, start)

    return serve


def _taking(door: Door, reads: Reads, *, xml: bool) -> View:
    return lambda: door.take(reads, xml=xml)


def _refused(error: HTTPException) -> Response:
    """Wrong path or method, or a body too large: no words that a carrier could text to anybody."""
    return Response(NO_REPLY, error.code or 500, content_type=XML)


def _health(state: State) -> Views:
    """Whether we live, whether we can work, and how it goes."""

    def metrics() -> Response:
        state.metrics.silent({silent.sender for silent in state.journal.silences()})
        state.metrics.letters(*state.letters())
        page = state.metrics.page(state.journal.counts(), state.clock())
        return Response(page, content_type="text/plain; version=0.0.4; charset=utf-8")

    return {
        ("GET", "/"): Response,  # Admin Center sends HEAD / when a webhook is saved (SUN-INT-06)
        ("GET", "/healthz"): lambda: Response("alive", content_type="text/plain"),
        ("GET", "/readyz"): lambda: Response(status=200 if state.ready() else 503),
        ("GET", "/metrics"): metrics,
    }


def _media(store: MediaStore) -> View:
    def view(token: str) -> Response:
        kept = store.open(token)
        if kept is None:
            abort(404)
        answer = Response(kept.content, content_type=kept.content_type)
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers.set("Content-Disposition", "inline", filename=kept.name)
        return answer

    return view


def _authorised(tokens: tuple[str, ...]) -> Callable[[], None]:
    """Nobody gets below /admin without one of them."""
    expected = [f"Bearer {token}".encode() for token in tokens]

    def check() -> None:
        given = request.headers.get("Authorization", "").encode()
        matches = [hmac.compare_digest(given, each) for each in expected]
        if request.path.startswith("/admin/") and not any(matches):
            abort(403)

    return check


def _pattern(path: str) -> str:
    """As Werkzeug writes it."""
    return path.replace("{", "<").replace("}", ">")


def _answering(call: Call) -> View:
    def view(**in_path: str) -> tuple[Response, int]:
        body = request.get_json(silent=True)
        asked = {**request.args.to_dict(), **(body if isinstance(body, dict) else {}), **in_path}
        try:
            return jsonify(call.does(asked)), 200
        except LookupError as missing:
            return jsonify({"error": str(missing)}), 404
        except ValueError as wrong:
            return jsonify({"error": str(wrong)}), 400
        except SQLAlchemyError as error:
            log.error("journal.unavailable", path=call.path, error=type(error).__name__)
            return jsonify({"error": "the database cannot be used at the moment"}), 503

    return view
