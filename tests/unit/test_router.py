"""Routes of the simulators."""

import pytest

from simulator.web import Request, Response, Router

PATTERNS = (
    "/users/<id>",
    "/users/me",
    "/users/<id>/identities",
    "/messages/<sid>",
    "/messages/<sid>.json",
    "/messages/<sid>/media/<medium>.json",
    "/<anything>/identities",
)


def router() -> Router:
    made = Router()
    for pattern in PATTERNS:
        made.add("GET", pattern, pattern, answer)
    made.add("POST", "/users/<id>", "update", answer)
    return made


def answer(_: Request) -> Response:
    return Response()


@pytest.mark.parametrize(
    ("method", "path", "operation", "params"),
    [
        ("GET", "/users/me", "/users/me", {}),
        ("GET", "/users/7", "/users/<id>", {"id": "7"}),
        ("HEAD", "/users/7", "/users/<id>", {"id": "7"}),
        ("GET", "/users/7/", "/users/<id>", {"id": "7"}),
        ("POST", "/users/me", "update", {"id": "me"}),
        ("GET", "/users/7/identities", "/users/<id>/identities", {"id": "7"}),
        ("GET", "/users/identities", "/users/<id>", {"id": "identities"}),
        ("GET", "/teams/identities", "/<anything>/identities", {"anything": "teams"}),
        ("GET", "/messages/SM1", "/messages/<sid>", {"sid": "SM1"}),
        ("GET", "/messages/SM1.json", "/messages/<sid>.json", {"sid": "SM1"}),
        ("GET", "/messages/a.b+c", "/messages/<sid>", {"sid": "a.b+c"}),
        (
            "GET",
            "/messages/SM1/media/ME2.json",
            "/messages/<sid>/media/<medium>.json",
            {"sid": "SM1", "medium": "ME2"},
        ),
    ],
)
def test_the_most_definite_route_wins(method: str, path: str, operation: str, params: dict[str, str]) -> None:
    """Whatever the order of adding, a fixed segment beats one that takes anything."""
    found = router().match(method, path)
    assert found is not None
    assert (found[0], found[2]) == (operation, params)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/users/7"),
        ("GET", "/users"),
        ("GET", "/users/"),
        ("GET", "/users/7/8"),
        ("GET", "/messages/SM1/media/ME2xjson"),
        ("GET", "//users/me"),
    ],
)
def test_nothing_matches(method: str, path: str) -> None:
    """An unknown path, or a known one with another method, has no route."""
    assert router().match(method, path) is None
