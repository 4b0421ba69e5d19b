"""No odd value in any place of any request makes Sunshine break, nor answer what no document describes."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from tests.contract.sunshine_stage import Stage
from tests.contract.test_sunshine_operations import CALLS
from tests.contract.zendesk_world import APP_KEY

ODD: list[Any] = [
    *(None, [], {}, 5, -1, True, "", "x" * 5000, 1.5, float("inf"), ["x"], [None], {"a": {}}),
    *("\ud800", "{", {"type": "text"}),
]
TEXT = {
    "type": "text",
    "text": "a",
    "blockChatInput": True,
    "actions": [{"type": "link", "text": "go", "uri": "https://a.test", "metadata": {"a": 1}}],
}
ITEM = {
    "title": "A",
    "description": "B",
    "actions": [{"type": "link", "text": "go", "uri": "https://a.test"}],
}


def said(content: Any) -> Any:
    author = {
        "type": "business",
        "displayName": "Ada",
        "avatarUrl": "https://a.test/a.png",
        "subtypes": ["AI"],
    }
    return {
        "author": author,
        "content": content,
        "metadata": {"a": 1},
        "destination": {"integrationType": "x"},
    }


SAY = "POST /conversations/{chat}/messages"
# Bodies with more in them than those of the other table.
FULL: dict[str, tuple[str, Any]] = {
    "text": (SAY, said(TEXT)),
    "image": (SAY, said({"type": "image", "mediaUrl": "{url}", "altText": "cat", "text": "a cat"})),
    "carousel": (SAY, said({"type": "carousel", "items": [ITEM]})),
    "form": (SAY, said({"type": "form", "fields": [{"type": "text", "name": "n", "label": "l"}]})),
    "location": (SAY, said({"type": "location", "coordinates": {"lat": 1, "long": 2}})),
    "a user writes": (
        SAY,
        {"author": {"type": "user", "userExternalId": "x", "brandId": "7"}, "content": TEXT},
    ),
    "conversation": (
        "PATCH /conversations/{chat}",
        {"displayName": "a", "description": "b", "iconUrl": "https://a.test", "metadata": {"a": 1}},
    ),
    "user": (
        "PATCH /users/{omar}",
        {
            "profile": {
                "givenName": "a",
                "surname": "b",
                "email": "a@b.test",
                "avatarUrl": "x",
                "locale": "de",
            },
            "metadata": {"a": 1},
            "signedUpAt": "2026-01-01T00:00:00Z",
            "toBeRetained": True,
        },
    ),
    "board": (
        "PATCH /switchboards/{board}",
        {"enabled": True, "defaultSwitchboardIntegrationId": "{place}"},
    ),
    "place": (
        "PATCH /switchboards/{board}/switchboardIntegrations/{place}",
        {"name": "new", "integrationId": "{custom}", "messageHistoryCount": 3},
    ),
    "control": (
        "POST /conversations/{chat}/passControl",
        {"switchboardIntegration": "bridge", "metadata": {"dataCapture.systemField.tags": "a,b"}},
    ),
    "channel": ("POST /integrations", {"type": "whatsapp", "displayName": "W", "accountId": "1"}),
    "settings": ("PATCH ", {"settings": {"multiConvoEnabled": True, "conversationRetentionSeconds": 5}}),
    "sync": ("POST /users/1/sync", {"survivingZendeskId": "2"}),
}
REQUESTS: dict[str, tuple[str, Any, Any]] = {
    **{name: row for name, row in CALLS.items() if row[1] is not None},
    **{name: (*row, APP_KEY) for name, row in FULL.items()},
}


def places(content: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place a value stands at, the whole first."""
    yield path
    inner: dict[Any, Any] = dict(enumerate(content)) if isinstance(content, list) else {}
    for name, value in (content if isinstance(content, dict) else inner).items():
        yield from places(value, (*path, name))


def put(content: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    changed = deepcopy(content)
    where = changed
    for name in path[:-1]:
        where = where[name]
    where[path[-1]] = value
    return changed


@pytest.mark.parametrize("name", REQUESTS)
def test_an_odd_value_is_refused_or_taken_as_documented(name: str) -> None:
    """Whatever stands in whatever place."""
    stage = Stage()
    call, body, key = REQUESTS[name]
    for path in places(body):
        for value in ODD:
            stage.call(call, put(body, path, value), key)


QUERIES = [
    "GET /conversations?filter[userId]={user}&page[size]=" + size for size in ("", "-1", "1.5", "²", "9" * 50)
] + [
    "GET /conversations?filter[userId]={user}&page[after]=" + "x" * 24,
    "GET /conversations/{chat}/messages?page[before]=" + "é" * 24,
    "GET /conversations?filter[userId]=",
    'GET /conversations?filter={"userId": "{user}"}',
    "GET /integrations?filter[types]=,,",
    "GET /users/..",
    "GET /users/%2e%2e",
]


@pytest.mark.parametrize("call", QUERIES)
def test_an_odd_query_is_refused_as_documented(call: str) -> None:
    """Never broken, never taken for something else."""
    assert Stage().call(call)[0] in (400, 404)
