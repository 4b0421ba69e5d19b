"""The simulated Support API: search that lags, users, merge that refuses, tickets."""

from typing import Any

import pytest

from tests.contract.zendesk_world import API, MARIA, SC, Json, World


@pytest.fixture
def world() -> World:
    return World()


def person(world: World, **fields: object) -> int:
    made = world.act("POST", "/support/users", {"name": "Maria", **fields})[1]
    return int(made["id"])


def found(world: World, query: str) -> list[int]:
    return [user["id"] for user in world.call("GET", f"{API}/users/search?query={query}")[1]["users"]]


# --- search ---


STORED = [
    (MARIA, "phone:14155550101", True),
    (MARIA, "role:end-user phone:14155550101", True),
    (MARIA, 'phone:"14155550101"', True),
    (MARIA, "phone:%2B14155550101", False),
    (MARIA, "phone:*4155550101", True),
    ("(415) 555-0101", "phone:14155550101", False),
    ("+1 (415) 555-0101", "phone:14155550101", False),
    ("(415) 555-0101", 'phone:"(415) 555-0101"', False),
    ("(415) 555-0101", "phone:*4155550101", True),
    ("(415) 555-0101", "phone:*14155550101", False),
    (MARIA, "role:agent phone:14155550101", False),
]


@pytest.mark.parametrize(("stored", "query", "hit"), STORED)
def test_the_phone_syntax(world: World, stored: str, query: str, *, hit: bool) -> None:
    """Digits only; a star finds every way of writing."""
    known = person(world, phone=stored)
    assert found(world, query.replace(" ", "%20")) == ([known] if hit else [])


def test_search_by_email_and_external_id(world: World) -> None:
    """External ids are compared without case."""
    known = person(world, email="maria@example.test", external_id="Cust-9")
    assert found(world, "email:maria@example.test") == [known]
    exact = world.call("GET", f"{API}/users/search.json?external_id=cust-9")[1]
    assert ([user["id"] for user in exact["users"]], exact["count"]) == ([known], 1)


def test_search_lags_and_look_up_does_not() -> None:
    """A new user is missed, by id and by external id found."""
    world = World(index_lag=120)
    known = person(world, phone=MARIA, external_id="cust-9")
    assert found(world, "phone:14155550101") == []
    assert world.call("GET", f"{API}/users/{known}")[0] == 200
    assert world.call("GET", f"{API}/users/search?external_id=cust-9")[1]["count"] == 1
    world.network.clock.advance(120)
    assert found(world, "phone:14155550101") == [known]


def test_search_can_be_unavailable() -> None:
    """It says so in a shape of its own."""
    status, answer = World(search_available=False).call("GET", f"{API}/search?query=x")
    assert (status, answer["error"]) == (503, "unavailable")


def test_general_search_finds_a_conversations_ticket(world: World) -> None:
    """By custom field; each result tells its type."""
    conversation = world.conversation(metadata={"dataCapture.ticketField.900": "sess_1"})
    world.post(conversation, "hi")
    world.pass_control(conversation)
    [result] = world.call("GET", f"{API}/search?query=type:ticket%20custom_field_900:sess_1")[1]["results"]
    assert (result["result_type"], result["from_messaging_channel"]) == ("ticket", True)
    assert result["via"]["channel"] == "sunshine_conversations_api"


def test_pages_are_numbered(world: World) -> None:
    """The link leads on."""
    made = [person(world, phone=f"+1415555015{n}") for n in range(3)]
    first = world.call("GET", f"{API}/users/search?query=role:end-user&per_page=2")[1]
    assert ([user["id"] for user in first["users"]], first["count"]) == (made[:2], 3)
    following = world.call("GET", first["next_page"].removeprefix(world.network.base))[1]
    assert ([user["id"] for user in following["users"]], following["next_page"]) == (made[2:], None)


def test_cursor_paging_is_refused_by_general_search(world: World) -> None:
    """In the shape with codes."""
    status, answer = world.call("GET", f"{API}/search?query=x&page[size]=2")
    assert (status, answer["errors"][0]["code"]) == (400, "InvalidPaginationParameter")


# --- users ---


def test_a_second_user_shares_the_phone(world: World) -> None:
    """Only the first has it as an identity."""
    first, second = person(world, phone=MARIA), person(world, phone="1 (415) 555-0101")
    shown = [world.call("GET", f"{API}/users/{each}")[1]["user"] for each in (first, second)]
    assert [user["shared_phone_number"] for user in shown] == [False, True]
    kinds = [world.call("GET", f"{API}/users/{each}/identities")[1]["identities"] for each in (first, second)]
    assert [[identity["type"] for identity in each] for each in kinds] == [["phone_number"], []]


INVALID = [
    ({}, "name"),
    ({"name": "X", "email": "maria@example.test"}, "email"),
    ({"name": "X", "external_id": "CUST-9"}, "external_id"),
]


@pytest.mark.parametrize(("wanted", "field"), INVALID)
def test_what_another_has_is_invalid(world: World, wanted: Json, field: str) -> None:
    """422 names the field."""
    person(world, email="maria@example.test", external_id="cust-9")
    status, answer = world.call("POST", f"{API}/users", {"user": wanted})
    assert (status, answer["error"], list(answer["details"])) == (422, "RecordInvalid", [field])


def test_phones_are_validated_only_if_asked() -> None:
    """The account decides."""
    wanted = {"user": {"name": "X", "phone": "(415) 555-0101"}}
    assert World().call("POST", f"{API}/users", wanted)[0] == 201
    assert World(validate_phones=True).call("POST", f"{API}/users", wanted)[0] == 422


def test_create_or_update_never_matches_by_phone(world: World) -> None:
    """By e-mail and external id it does."""
    known = person(world, phone=MARIA, external_id="cust-9")
    path = f"{API}/users/create_or_update"
    status, answer = world.call("POST", path, {"user": {"external_id": "CUST-9", "name": "Maria M"}})
    assert (status, answer["user"]["id"], answer["user"]["external_id"]) == (200, known, "CUST-9")
    status, answer = world.call("POST", path, {"user": {"phone": MARIA, "name": "Maria"}})
    assert (status, answer["user"]["id"] == known) == (201, False)


def test_identities_can_be_added_chosen_and_removed(world: World) -> None:
    """The primary e-mail is the one shown."""
    known = person(world, email="old@example.test")
    path = f"{API}/users/{known}/identities"
    added = world.call("POST", path, {"identity": {"type": "email", "value": "new@example.test"}})
    assert added[0] == 201
    number = added[1]["identity"]["id"]
    assert world.call("PUT", f"{path}/{number}/make_primary")[0] == 200
    assert world.call("GET", f"{API}/users/{known}")[1]["user"]["email"] == "new@example.test"
    assert world.call("DELETE", f"{path}/{number}") == (204, None)
    assert world.call("GET", f"{API}/users/{known}")[1]["user"]["email"] == "old@example.test"


# --- merge ---


def merge(world: World, loser: int, winner: int) -> tuple[int, Any]:
    return world.call("PUT", f"{API}/users/{loser}/merge.json", {"user": {"id": winner}})


def test_a_merge_moves_what_the_loser_had(world: World) -> None:
    """The loser is gone, its ticket is the winner's; the messaging user still points at the loser."""
    winner = person(world, phone=MARIA)
    conversation = world.live_chat()
    loser = int(world.seen(conversation)["user"]["zendesk_id"])
    status, answer = merge(world, loser, winner)
    assert (status, answer["user"]["id"]) == (200, winner)
    assert world.call("GET", f"{API}/users/{loser}")[0] == 404
    assert world.call("GET", f"{API}/users/{winner}/tickets/requested")[1]["count"] == 1
    assert world.seen(conversation)["user"]["zendesk_id"] == str(loser)


def test_sync_follows_a_merge(world: World) -> None:
    """Name, external id and e-mail come over; the e-mail can then be searched for."""
    winner = person(world, name="Maria Lopez", phone=MARIA, external_id="cust-9", email="maria@example.test")
    conversation = world.live_chat()
    loser = world.seen(conversation)["user"]["zendesk_id"]
    merge(world, int(loser), winner)
    status, answer = world.call("POST", f"{SC}/users/{loser}/sync", {"survivingZendeskId": str(winner)})
    assert (status, answer["user"]["zendeskId"], answer["user"]["externalId"]) == (200, str(winner), "cust-9")
    assert answer["user"]["profile"]["surname"] == "Lopez"
    listed = world.call("GET", f"{SC}/users?filter[identities.email]=maria@example.test")[1]["users"]
    assert [user["id"] for user in listed] == [answer["user"]["id"]]
    assert world.call("POST", f"{SC}/users/nobody/sync")[0] == 404


def test_who_cannot_be_merged(world: World) -> None:
    """Agents are 403, the gone 404, and the account may refuse with 422."""
    maria, omar = person(world), person(world, name="Omar")
    ada = world.support.store.agent("Ada").id
    assert merge(world, ada, maria)[0] == 403
    assert merge(world, maria, ada)[0] == 403
    assert merge(world, maria, 1)[0] == 404
    assert merge(world, 1, maria)[0] == 404
    world.act("PUT", "/zendesk", {"merge_refused": True})
    assert merge(world, maria, omar)[0] == 422


# --- tickets ---


def test_tags_are_added_replaced_and_removed(world: World) -> None:
    """Lower case, no repetition."""
    conversation = world.live_chat(**{"dataCapture.systemField.tags": "sms"})
    path = f"{API}/tickets/{world.seen(conversation)['ticket']['id']}"
    for method, tags, left in (
        ("PUT", ["VIP", "sms"], ["sms", "vip"]),
        ("DELETE", ["sms"], ["vip"]),
        ("POST", ["fresh"], ["fresh"]),
    ):
        assert world.call(method, f"{path}/tags", {"tags": tags})[1] == {"tags": left}
    world.call("PUT", path, {"ticket": {"tags": ["only"], "custom_fields": [{"id": 900, "value": "x"}]}})
    shown = world.call("GET", f"{path}.json")[1]["ticket"]
    assert (shown["tags"], shown["custom_fields"]) == (["only"], [{"id": 900, "value": "x"}])
    assert world.seen(conversation)["tags"] == ["only"]


@pytest.mark.parametrize("body", [b"not json", b"[]", b'{"ticket": 1}'])
def test_a_body_that_cannot_be_read_is_400(world: World, body: bytes) -> None:
    """In the shape with title and message."""
    number = world.seen(world.live_chat())["ticket"]["id"]
    status, answer = world.call("PUT", f"{API}/tickets/{number}", body)
    assert (status, set(answer["error"])) == (400, {"title", "message"})
