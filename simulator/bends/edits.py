"""What a bend does to one call or webhook, in small pieces.

An edit of a call gives the requests that come out of it; an edit of content changes a JSON body.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any
from urllib.parse import urlencode

from simulator.headers import Headers
from simulator.hooks import Hook
from simulator.web import Request

Json = dict[str, Any]
Content = Callable[[Json], Json]
PIECE = 70  # letters
_fresh = count(1)


# --- calls ---


def twice(request: Request) -> list[Request]:
    """The same again."""
    return [request, replace(request)]


def form(**changes: Callable[[str], str]) -> Callable[[Request], list[Request]]:
    """Fields with other values."""
    return lambda request: [_with(request, [(k, changes.get(k, str)(v)) for k, v in request.form])]


def without_field(name: str) -> Callable[[Request], list[Request]]:
    """No field of this name."""
    return lambda request: [_with(request, [pair for pair in request.form if pair[0] != name])]


def field_twice(name: str) -> Callable[[Request], list[Request]]:
    """Each field of this name once more."""
    return lambda request: [
        _with(request, [*request.form, *(pair for pair in request.form if pair[0] == name)])
    ]


def in_pieces(request: Request) -> list[Request]:
    """A request for each piece of a long text."""
    fields = dict(request.form)
    text = fields.get("Body", "")
    pieces = [text[start : start + PIECE] for start in range(0, len(text), PIECE)] or [text]
    return [_with(request, [*(fields | {"Body": piece}).items()]) for piece in pieces]


def anonymous(request: Request) -> list[Request]:
    """Nobody's call."""
    kept = [pair for pair in request.headers.items() if pair[0].lower() != "authorization"]
    return [replace(request, headers=Headers(kept))]


def asking(query: str) -> Callable[[Request], list[Request]]:
    """Another question."""
    return lambda request: [replace(request, query_string=query)]


def words(old: str, new: str) -> Callable[[Request], list[Request]]:
    """Words replaced wherever they stand in the body."""
    return lambda request: [_sized(request, request.body.replace(old.encode(), new.encode()))]


def content(edit: Content) -> Callable[[Request], list[Request]]:
    """A JSON body edited."""
    return lambda request: [_sized(request, json.dumps(edit(request.json)).encode())]


def _with(request: Request, pairs: list[tuple[str, str]]) -> Request:
    return _sized(request, urlencode(pairs).encode())


def _sized(request: Request, body: bytes) -> Request:
    kept = [pair for pair in request.headers.items() if pair[0].lower() != "content-length"]
    return replace(request, headers=Headers([*kept, ("Content-Length", str(len(body)))]), body=body)


# --- content ---


def without(key: str) -> Content:
    return lambda body: {name: value for name, value in body.items() if name != key}


def without_metadata(word: str) -> Content:
    """Without the metadata whose name has this word."""

    def edit(body: Json) -> Json:
        held = body.get("metadata") or {}
        return body | {"metadata": {name: value for name, value in held.items() if word not in name}}

    return edit


def only_if(fits: Callable[[Json], bool], edit: Content) -> Content:
    return lambda body: edit(body) if fits(body) else body


def unless(fits: Callable[[Json], bool], edit: Content) -> Content:
    return lambda body: body if fits(body) else edit(body)


def cut_text(body: Json) -> Json:
    held = body["content"]
    return body | {"content": held | {"text": held["text"][:20]}} if held.get("text") else body


def files_as_words(body: Json) -> Json:
    held = body["content"]
    return body | {"content": {"type": "text", "text": "[a file]"}} if held["type"] != "text" else body


def spoken_by_the_ai(body: Json) -> Json:
    return body | {"author": {"type": "business", "displayName": "AI"}}


def nameless(body: Json) -> Json:
    return body | {"author": {"type": "business"}}


def silenced(body: Json) -> Json:
    return body | {"destination": {"integrationType": "none"}}


def renamed_user(body: Json) -> Json:
    return body | {"externalId": f"{body['externalId']}-{next(_fresh)}"} if "externalId" in body else body


def phoneless(body: Json) -> Json:
    """A user on whom no number can be found (there are three places for it)."""
    kept = {name: value for name, value in body.items() if name not in ("metadata", "profile")}
    return kept | {"externalId": body["externalId"][::-1]} if "externalId" in body else kept


def given_to(name: str) -> Content:
    return lambda body: body | {"switchboardIntegration": name}


def merged_into(user: str) -> Content:
    return lambda _body: {"user": {"id": user}}


def first_word(body: Json) -> Json:
    message = body["message"]
    return body | {"message": message | {"text": message["text"].split(" ")[0]}}


# --- webhooks ---


def swallowed(_hook: Hook) -> list[Hook]:
    """Never told."""
    return []


def _of_messages(edit: Content) -> Callable[[Hook], list[Hook]]:
    def told(hook: Hook) -> list[Hook]:
        body = json.loads(hook.body)
        for event in body["events"]:
            if "message" in event["payload"]:
                event["payload"]["message"] = edit(event["payload"]["message"])
        return [replace(hook, body=json.dumps(body).encode())]

    return told


def _cut(message: Json) -> Json:
    held = message["content"]
    return message | {"content": held | {"text": held["text"][:10]}} if held.get("text") else message


def _by_an_agent(message: Json) -> Json:
    author = {"type": "business", "displayName": "Ada", "subtypes": ["agent"]}
    unmarked = {name: value for name, value in message.items() if name != "metadata"}  # no word whose it was
    return unmarked | {"author": author, "source": {"type": "zd:agentWorkspace"}}


def _renumbered(message: Json) -> Json:
    return message | {"id": f"{next(_fresh):024x}"}


cut_replies = _of_messages(_cut)
all_by_agents = _of_messages(_by_an_agent)
renumbered = _of_messages(_renumbered)
