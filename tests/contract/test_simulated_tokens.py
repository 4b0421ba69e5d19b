"""Who may call the simulated Support API: tokens that expire, scopes that are too small, a stranger."""

from typing import Any

import pytest

from simulator import accounts
from tests.contract.zendesk_world import API, Json, World

CLIENT = {
    "grant_type": "client_credentials",
    "client_id": accounts.ZENDESK_OAUTH_CLIENT_ID,
    "client_secret": accounts.ZENDESK_OAUTH_CLIENT_SECRET,
}


@pytest.fixture
def world() -> World:
    return World()


ANSWERS = [
    (None, "/users/me.json", 200),
    ((accounts.ZENDESK_EMAIL, "password"), "/users/me", 200),
    ((f"{accounts.ZENDESK_EMAIL}/token", "wrong"), "/users/me", 401),
    (None, "/users/search?query=x", 401),
    ((accounts.ZENDESK_EMAIL, "password"), "/users", 401),
    ("no such token", "/users", 401),
    ("default", "/users", 200),
    ("default", "/no/such", 404),
]


@pytest.mark.parametrize(("auth", "path", "status"), ANSWERS)
def test_who_may_call(world: World, auth: Any, path: str, status: int) -> None:
    """Only users/me lets a stranger in."""
    assert world.call("GET", API + path, auth=auth)[0] == status


def test_users_me_is_a_trap(world: World) -> None:
    """200 with nobody, unless the token is good."""
    assert world.call("GET", f"{API}/users/me", auth=None)[1]["user"]["id"] is None
    assert world.call("GET", f"{API}/users/me")[1]["user"]["email"] == accounts.ZENDESK_EMAIL


def test_api_tokens_can_be_switched_off() -> None:
    """They retire; OAuth goes on."""
    world = World(api_tokens=False)
    assert world.call("GET", f"{API}/users")[0] == 401
    assert world.call("GET", f"{API}/users", auth=token(world)["access_token"])[0] == 200


def token(world: World, **wanted: str) -> Json:
    answer: Json = world.call("POST", "/zendesk/oauth/tokens", {**CLIENT, **wanted}, auth=None)[1]
    return answer


def test_a_token_lives_half_an_hour(world: World) -> None:
    """Then it is 401 with words of its own."""
    access = token(world)["access_token"]
    world.network.clock.advance(1799)
    assert world.call("GET", f"{API}/users", auth=access)[0] == 200
    world.network.clock.advance(1)
    status, answer = world.call("GET", f"{API}/users", auth=access)
    assert (status, answer["error"]) == (401, "invalid_token")


def test_a_refresh_token_works_once_and_kills_the_former_pair(world: World) -> None:
    """The new pair takes over."""
    first = token(world)
    refresh = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = token(world, **refresh)
    assert world.call("GET", f"{API}/users", auth=first["access_token"])[0] == 401
    assert world.call("GET", f"{API}/users", auth=second["access_token"])[0] == 200
    assert token(world, **refresh)["error"] == "invalid_grant"


SCOPES = [
    ("read", "GET", "/users", 200),
    ("read", "POST", "/users", 403),
    ("users:write", "POST", "/users", 201),
    ("users:read", "GET", "/tickets", 403),
    ("raed", "GET", "/users", 403),
]


@pytest.mark.parametrize(("scope", "method", "path", "status"), SCOPES)
def test_a_token_reaches_its_scope(world: World, scope: str, method: str, path: str, status: int) -> None:
    """A misspelt scope yields a token that is refused everywhere."""
    access = token(world, scope=scope)["access_token"]
    body = {"user": {"name": "Omar"}} if method == "POST" else None
    assert world.call(method, API + path, body, auth=access)[0] == status


@pytest.mark.parametrize(("scope", "status"), [("users:read", 403), ("identities:read", 403), ("read", 200)])
def test_identities_need_a_plain_scope(world: World, scope: str, status: int) -> None:
    """No narrower one is enough."""
    path = f"{API}/users/{world.support.store.agent('Ada').id}/identities"
    assert world.call("GET", path, auth=token(world, scope=scope)["access_token"])[0] == status


@pytest.mark.parametrize(
    ("wanted", "error"),
    [({"client_secret": "x"}, "invalid_client"), ({"grant_type": "password"}, "unsupported_grant_type")],
)
def test_a_token_request_can_be_refused(world: World, wanted: dict[str, str], error: str) -> None:
    """Wrong client, unknown grant."""
    assert token(world, **wanted)["error"] == error
