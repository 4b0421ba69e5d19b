"""What people do in the simulated Agent Workspace and in Support, and what the API then tells of it."""

from typing import Any

import pytest

from tests.contract.zendesk_world import AGENTS, API, MARIA, MINE, SC, Json, World, ticket


@pytest.fixture
def world() -> World:
    return World()


def of_ticket(world: World, chat: str, part: str = "") -> Any:
    number = world.seen(chat)["ticket"]["id"]
    return world.call("GET", f"{API}/tickets/{number}{part}")[1]


# --- tickets ---


def test_an_agent_changes_the_ticket_also_after_the_session(world: World) -> None:
    """Tags, priority, assignee, group and fields; not once it is closed."""
    chat = world.live_chat(**{"dataCapture.systemField.tags": "sms"})
    world.agent(chat, "end")
    assert world.agent(chat, "tags", add=["VIP", "late"], remove=["sms"])[1]["tags"] == ["vip", "late"]
    edit: Json = {"priority": "high", "assignee": "Ben", "group_id": 7, "fields": {"900": "x"}}
    assert world.agent(chat, "ticket", **edit)[0] == 200
    shown = of_ticket(world, chat)["ticket"]
    ben = world.support.store.agent("Ben").id
    assert (shown["tags"], shown["priority"]) == (["vip", "late"], "high")
    assert (shown["assignee_id"], shown["group_id"], shown["custom_fields"][0]["value"]) == (ben, 7, "x")
    world.call("PUT", f"{API}/tickets/{shown['id']}", {"ticket": {"status": "closed"}})
    assert world.agent(chat, "tags", add=["too late"])[0] == 409


@pytest.mark.parametrize("status", ["pending", "hold", "solved"])
def test_an_agent_sets_a_status_and_a_text_opens_the_ticket_again(world: World, status: str) -> None:
    """Nothing is ended by it (SUN-TKT-16)."""
    chat = world.live_chat()
    assert world.agent(chat, "status", status=status)[0] == 200
    assert (ticket(world, chat)["status"], world.seen(chat)["control"]) == (status, AGENTS)
    world.post(chat, "one more thing")
    assert ticket(world, chat)["status"] == "open"


REFUSED = [
    ("status", {"status": "done"}, 400),
    ("ticket", {"priority": "extreme"}, 400),
    ("replies", {}, 400),
    ("replies", {"content": {"type": "dance"}}, 400),
]


@pytest.mark.parametrize(("did", "what", "status"), REFUSED)
def test_what_nobody_can_do_is_refused(world: World, did: str, what: Json, status: int) -> None:
    """With the reason."""
    answer = world.agent(world.live_chat(), did, **what)
    assert (answer[0], bool(answer[1]["error"])) == (status, True)


def test_a_form_is_sent_as_it_stands(world: World) -> None:
    """What SMS cannot show reaches the bridge (SUN-AGT-05)."""
    form = {"type": "form", "fields": [{"type": "text", "name": "mail", "label": "E-mail"}]}
    world.agent(world.live_chat(), "replies", content=form)
    message = world.bridge.events("conversation:message")[-1]["payload"]["message"]
    assert (message["content"]["type"], message["author"]["subtypes"]) == ("form", ["agent"])


def test_reading_is_told_to_those_who_asked(world: World) -> None:
    """It is no message, and the conversation remembers it."""
    hook = {"target": "https://all.test/", "triggers": ["conversation:read"]}
    world.call("POST", f"{SC}/integrations/{MINE}/webhooks", hook)
    chat = world.live_chat()
    world.agent(chat, "read")
    assert world.bridge.events("conversation:read")[-1]["payload"]["activity"]["author"]["type"] == "business"
    assert world.sunshine.world.conversations[chat].business_last_read == world.network.now()


# --- the end ---


def test_a_case_moves_to_email(world: World) -> None:
    """A line tells of it, control goes with its reason, the ticket stays (SUN-TKT-15)."""
    chat = world.live_chat()
    world.agent(chat, "transfer-to-email")
    shown = world.seen(chat)
    assert shown["messages"][-1]["activity"] == "ticket:transfer:email"
    assert (shown["ended"], shown["ticket"]["status"]) == (True, "new")
    [released] = world.bridge.events("switchboard:releaseControl")
    assert released["payload"]["reason"] == "transferToEmail"


def test_closing_may_leave_control_where_it_is() -> None:
    """No event; the next text makes the next ticket (SUN-TKT-17)."""
    world = World(ticket_closed="stays")
    chat = world.live_chat()
    world.agent(chat, "close")
    assert world.seen(chat)["control"] == AGENTS
    assert world.bridge.events("switchboard:releaseControl") == []
    world.post(chat, "hello?")
    assert [each["status"] for each in world.seen(chat)["tickets"]] == ["closed", "new"]


def test_a_session_falls_asleep(world: World) -> None:
    """After ten minutes without a word (SUN-TKT-18)."""
    chat = world.live_chat()
    assert world.seen(chat)["session"] == "active"
    world.network.clock.advance(600)
    assert world.seen(chat)["session"] == "inactive"
    world.post(chat, "still there?")
    assert world.seen(chat)["session"] == "active"
    world.agent(chat, "end")
    assert world.seen(chat)["session"] == "ended"


# --- what the API tells of a chat ---


def test_the_log_has_everything_said_and_noted(world: World) -> None:
    """In order, with who said it; a private note says that it is (SUN-SUP-23)."""
    chat = world.live_chat()
    world.network.clock.advance(1)
    world.post(chat, "from the AI", "business")
    world.network.clock.advance(1)
    world.agent(chat, "replies", text="sad", note=True)
    world.network.clock.advance(1)
    world.agent(chat, "replies", text="On it")
    events = of_ticket(world, chat, "/conversation_log")["events"]
    said = [(each["author"]["type"], each["content"].get("text")) for each in events]
    assert said == [("user", "is anyone there?"), ("bot", "from the AI"), ("agent", None), ("agent", "On it")]
    assert (events[2]["type"], events[2]["metadata"]) == ("Comment", {"public": False})
    assert events[0]["author"]["zen:support:user_id"] == ticket(world, chat)["requester_id"]


def test_the_log_comes_in_pages_that_lead_on(world: World) -> None:
    """Forward and back by cursor."""
    chat = world.live_chat()
    for word in ("one", "two"):
        world.network.clock.advance(1)
        world.post(chat, word)
    number = ticket(world, chat)["id"]
    first = world.call("GET", f"{API}/tickets/{number}/conversation_log?page[size]=2")[1]
    rest = world.call("GET", first["links"]["next"].removeprefix(world.network.base))[1]
    assert (len(first["events"]), [each["content"]["text"] for each in rest["events"]]) == (2, ["two"])
    assert (first["meta"]["has_more"], rest["meta"]["has_more"], rest["links"]["next"]) == (True, False, None)
    back = world.call("GET", rest["links"]["prev"].removeprefix(world.network.base))[1]
    assert back["events"] == first["events"]


def test_comments_hold_the_transcript_after_the_session_only(world: World) -> None:
    """One public comment with a line for each message (SUN-SUP-23)."""
    chat = world.live_chat()
    world.agent(chat, "replies", text="On it")
    assert of_ticket(world, chat, "/comments")["comments"] == []
    world.agent(chat, "end")
    [kept] = of_ticket(world, chat, "/comments")["comments"]
    assert kept["public"] is True
    lines = kept["body"].splitlines()
    assert [line.partition(") ")[2].partition(": ")[2] for line in lines] == ["is anyone there?", "On it"]


def test_audits_tell_who_changed_what(world: World) -> None:
    """The first names the conversation, which nothing else does (SUN-SUP-22)."""
    chat = world.live_chat()
    world.agent(chat, "solve")
    audits = of_ticket(world, chat, "/audits")["audits"]
    born = {event.get("field_name", event["type"]): event["value"] for event in audits[0]["events"]}
    assert born["ChatStartedEvent"] == {"conversation_id": chat}
    assert (born["status"], audits[0]["author_id"]) == ("new", -1)
    [change] = audits[1]["events"]
    assert (change["field_name"], change["previous_value"], change["value"]) == ("status", "new", "solved")
    assert audits[1]["author_id"] == world.support.store.agent("Ada").id


# --- people ---


def test_a_merge_in_the_interface(world: World) -> None:
    """Is the same as one by the API."""
    users = [world.act("POST", "/support/users", {"name": name})[1]["id"] for name in ("Maria", "Mary")]
    assert world.act("POST", f"/support/users/{users[0]}/merge", {"into": users[1]})[1]["id"] == users[1]
    assert world.call("GET", f"{API}/users/{users[0]}")[0] == 404
    assert world.act("POST", f"/support/users/{users[0]}/merge", {"into": users[1]})[0] == 404


def test_search_learns_and_forgets_late() -> None:
    """What changed is found as it was, what is gone is found still; then not (SUN-SUP-11)."""
    world = World(index_lag=60)
    known = world.act("POST", "/support/users", {"name": "Maria", "phone": MARIA})[1]["id"]
    path = f"{API}/users/search?query=phone:14155550101"
    world.network.clock.advance(60)
    world.act("PUT", f"/support/users/{known}", {"phone": "+14155550199"})
    [stale] = world.call("GET", path)[1]["users"]
    assert stale["phone"] == MARIA
    world.network.clock.advance(60)
    assert world.call("GET", path)[1]["users"] == []
    world.act("DELETE", f"/support/users/{known}")
    late = f"{API}/users/search?query=phone:14155550199"
    assert world.call("GET", late)[1]["count"] == 1
    world.network.clock.advance(60)
    assert world.call("GET", late)[1]["count"] == 0


def test_even_an_exact_look_up_can_lag() -> None:
    """The open question has a switch (Q-29)."""
    world = World(index_lag=60, exact_lags=True)
    world.act("POST", "/support/users", {"name": "Maria", "external_id": "cust-9"})
    path = f"{API}/users/search?external_id=CUST-9"
    assert world.call("GET", path)[1]["count"] == 0
    world.network.clock.advance(60)
    assert world.call("GET", path)[1]["count"] == 1


WORDS = [
    ("Maria", True), ("maria lopez", True), ("mari*", True), ("Mari", False), ("name:lopez", True),
    ("maria@example.test", True), ("maria omar", False), ("type:ticket maria", False), ("-", False),
    ("tags:vip", True), ("tags:v", False), ("role:end-user tags:vip", True), ("unknown:x", False),
]  # fmt: skip


@pytest.mark.parametrize(("query", "hit"), WORDS)
def test_the_words_of_a_search(world: World, query: str, *, hit: bool) -> None:
    """Whole words, or beginnings with a star; all of them must be there."""
    world.act(
        "POST", "/support/users", {"name": "Maria Lopez", "email": "maria@example.test", "tags": ["vip"]}
    )
    found = world.call("GET", f"{API}/users/search?query={query.replace(' ', '%20')}")[1]["count"]
    assert found == hit


def test_headers_tell_what_is_left(world: World) -> None:
    """Of the account on every answer, of an endpoint on its own; a minute later all is there again."""
    known = world.act("POST", "/support/users", {"name": "Maria"})[1]["id"]
    path = f"{API}/users/{known}"
    for left in (4, 3, 2, 1, 0):
        headers = sent(world, "PUT", path, {"user": {"name": "M"}}).headers
        assert headers["Zendesk-RateLimit-create-update-user"] == f"total=5; remaining={left}; resets=60"
    assert (headers["X-Rate-Limit"], headers["X-Rate-Limit-Remaining"]) == ("2500", "2495")
    world.network.clock.advance(18)
    refused = sent(world, "PUT", path, {"user": {"name": "M"}})
    assert (refused.status, refused.headers["Retry-After"]) == (429, "42")
    world.network.clock.advance(42)
    assert sent(world, "PUT", path, {"user": {"name": "M"}}).status == 200


def sent(world: World, method: str, path: str, body: Json) -> Any:
    """The whole response, with headers."""
    world.call(method, path, body)
    return world.last
