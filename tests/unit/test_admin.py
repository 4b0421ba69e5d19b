"""The operator's calls: behind the token, described in one document, answering in JSON."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import exc
from werkzeug.test import Client, TestResponse

from simulator import accounts
from tests.world import MARIA, OMAR, World

TOKEN = {"Authorization": f"Bearer {accounts.ADMIN_TOKEN}"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Maria and Omar are in live chats; a reply to Omar could not be delivered."""
    made = World(tmp_path_factory.mktemp("bridge"))
    with closing(made):
        for phone in (MARIA, OMAR):
            made.text("A human please", phone=phone)
            made.settle(5.0)
        made.fault("twilio", "CreateMessage", "status 400")
        made.reply("Cucumber")
        made.settle(5.0)
        yield made


def ask(world: World, method: str, path: str, **more: Any) -> TestResponse:
    return Client(world.bridge.app).open(path, method=method, headers=TOKEN, **more)


def described(world: World) -> dict[str, Any]:
    return dict(ask(world, "GET", "/admin/openapi.json").get_json())


def test_every_route_is_described_and_nothing_else(world: World) -> None:
    """The document and the routes are the same list."""
    routes = {
        (method.lower(), re.sub(r"<(\w+)>", r"{\1}", rule.rule))
        for rule in world.bridge.app.url_map.iter_rules()
        if rule.rule.startswith("/admin")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    paths = described(world)["paths"]
    assert routes == {(method, path) for path, calls in paths.items() for method in calls}
    assert len(routes) >= 10


def test_the_document_is_whole(world: World) -> None:
    """Each call says what it does, names the parameters of its path, and needs the token."""
    whole = described(world)
    assert whole["openapi"].startswith("3.1")
    assert whole["security"] == [{"token": []}]
    for path, calls in whole["paths"].items():
        for call in calls.values():
            assert call["summary"].endswith(".")
            named = [each["name"] for each in call["parameters"] if each["in"] == "path"]
            assert named == re.findall(r"{(\w+)}", path)
            assert {"200", "403"} <= set(call["responses"])


def test_every_call_needs_the_token(world: World) -> None:
    """Without it nothing is told and nothing is done."""
    client = Client(world.bridge.app)
    for path, calls in described(world)["paths"].items():
        for method in calls:
            url = re.sub(r"{\w+}", "session-1", path)
            assert client.open(url, method=method.upper()).status_code == 403, (method, path)


def test_status_names_the_letters(world: World) -> None:
    """By kind, with the age of the oldest."""
    told = ask(world, "GET", "/admin/status").get_json()
    assert told["letters"] == {"SendText": 1}
    assert told["oldest_letter_age"] > 0
    assert told["busy"] is False


def test_metrics_name_the_letters(world: World) -> None:
    """The same for Prometheus."""
    page = ask(world, "GET", "/metrics").get_data(as_text=True)
    assert 'bridge_letters{kind="SendText"} 1.0' in page
    assert re.search(r"^bridge_oldest_letter_age_seconds [1-9]", page, re.MULTILINE)


def test_sessions_are_listed_without_whole_numbers(world: World) -> None:
    """Who is in charge, since when and what waits; one phone's if asked."""
    told = ask(world, "GET", "/admin/sessions").get_json()["sessions"]
    assert [each["charge"] for each in told] == ["human", "human"]
    assert {each["letters"] for each in told} == {0, 1}
    assert all(0 < each["since"] <= world.clock.now() for each in told)
    assert MARIA not in repr(told)
    query = {"phone": "(415) 555-0101"}
    (maria,) = ask(world, "GET", "/admin/sessions", query_string=query).get_json()["sessions"]
    assert maria["id"] == "session-1"


def test_a_letter_is_shown_without_its_words(world: World) -> None:
    """Words only where they were asked for."""
    (letter,) = ask(world, "GET", "/admin/letters").get_json()["letters"]
    path = f"/admin/letters/{letter['name']}"
    for told in (letter, ask(world, "GET", path).get_json()):
        assert {"name", "kind", "session", "age", "tries", "reason", "code", "fix"} <= set(told)
        assert "Cucumber" not in repr(told)
        assert "body" not in told
    assert "Cucumber" in ask(world, "GET", path, query_string={"bodies": "true"}).get_json()["body"]


MISTAKES = {
    "no such session": ("GET", "/admin/sessions/other", 404),
    "no such letter": ("GET", "/admin/letters/effect-999", 404),
    "no letter's name": ("POST", "/admin/letters/other/replay", 404),
    "nothing to drop": ("DELETE", "/admin/letters/event-999", 404),
    "no phone": ("POST", "/admin/erase", 400),
    "words for a phone": ("GET", "/admin/export?phone=Maria", 400),
    "a short code": ("GET", "/admin/sessions?phone=24733", 400),
}


@pytest.mark.parametrize(("method", "path", "status"), MISTAKES.values(), ids=list(MISTAKES))
def test_a_mistake_is_explained(world: World, method: str, path: str, status: int) -> None:
    """In JSON, with a sentence."""
    answer = ask(world, method, path)
    assert answer.status_code == status
    assert len(answer.get_json()["error"]) > 10


def test_a_database_that_fails_is_503(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """And says so without its words."""

    def broken(_work: object) -> Any:
        raise exc.OperationalError("UPDATE", {}, OSError("secret"))

    monkeypatch.setattr(world.bridge.journal.operations, "_write", broken)
    answer = ask(world, "POST", "/admin/letters/effect-1/replay")
    assert answer.status_code == 503
    assert "secret" not in answer.get_data(as_text=True)


def test_a_sweep_on_demand_starts_no_round_of_its_own(tmp_path: Path) -> None:
    """Where the timed one is off, it stays off."""
    world = World(tmp_path, sweep_seconds=0)
    with closing(world):
        assert ask(world, "POST", "/admin/sweep").get_json() == {"found": 0}
        before = len(world.network.ledger.after())
        world.bridge.run_until_idle()
        assert len(world.network.ledger.after()) == before


# --- what changes something: a world of its own ---


def test_replay_drop_erase_and_sweep(tmp_path: Path) -> None:
    """What the calls say they do, they do."""
    world = World(tmp_path)
    with closing(world):
        world.text("A human please")
        world.settle(5.0)
        for words in ("First", "Second"):
            world.fault("twilio", "CreateMessage", "status 400")
            world.reply(words)
            world.settle(5.0)
        first, second = (each["name"] for each in ask(world, "GET", "/admin/letters").get_json()["letters"])
        assert ask(world, "POST", f"/admin/letters/{first}/replay").get_json() == {"replayed": first}
        assert ask(world, "DELETE", f"/admin/letters/{second}").get_json() == {"dropped": second}
        world.settle(5.0)
        assert world.shown()[-1] == "First"
        world.fault("sunshine", "conversation:message", "drop webhooks")
        world.reply("Lost on the way")
        world.clock.run_due()
        assert ask(world, "POST", "/admin/sweep").get_json() == {"found": 1}
        held = ask(world, "GET", "/admin/export", query_string={"phone": MARIA}).get_json()
        assert held["sessions"][0]["phone"] == MARIA
        gone = ask(world, "POST", "/admin/erase", json={"phone": MARIA}).get_json()
        assert gone["gone"]["sessions"] == 1
        assert gone["notes"]
        assert ask(world, "GET", "/admin/sessions").get_json() == {"sessions": []}
