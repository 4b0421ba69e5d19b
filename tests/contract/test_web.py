"""The bridge's doors: what is let in, what is answered, and that nothing is acknowledged that is not kept."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import exc
from werkzeug.test import Client, TestResponse

from bridge.core.ports import Download
from bridge.journal.engine import connect
from bridge.journal.schema import events
from bridge.web import LARGEST_BODY
from simulator import accounts
from tests.doors import (
    CLOSED,
    DELIVERY,
    DOORS,
    OPENCX,
    RECEIPT,
    SMS,
    STATUS,
    SUNSHINE,
    TEXT,
    TWILIO,
    Doors,
    form,
    signed,
)
from tests.world import BRIDGE_URL, MARIA, SUPPORT, World


@pytest.fixture
def doors(tmp_path: Path) -> Iterator[Doors]:
    """A bridge nobody has spoken to yet."""
    world = World(tmp_path)
    with closing(world):
        yield Doors(world, tmp_path)


WHOLE: dict[str, tuple[str, bytes, str]] = {
    "a text": (SMS, form(TEXT), "TextReceived"),
    "a receipt": (STATUS, form(RECEIPT), "ReceiptArrived"),
    "a reply": (SUNSHINE, json.dumps(DELIVERY).encode(), "AgentReplied"),
    "an end": (OPENCX, json.dumps(CLOSED).encode(), "AssistantClosed"),
}
EVERY = pytest.mark.parametrize(("path", "body", "kind"), WHOLE.values(), ids=list(WHOLE))
HEADERS = {
    SMS: "X-Twilio-Signature",
    STATUS: "X-Twilio-Signature",
    SUNSHINE: "X-API-Key",
    OPENCX: "X-OpenCX-Signature",
}


def assert_empty_twiml(answer: TestResponse) -> None:
    """A carrier texts any other words to the customer (CAR-125)."""
    assert answer.content_type == "text/xml; charset=utf-8"
    root = ElementTree.fromstring(answer.data)
    assert (root.tag, list(root), root.text) == ("Response", [], None)


# --- let in ---


@EVERY
def test_the_true_sender_is_let_in(doors: Doors, path: str, body: bytes, kind: str) -> None:
    """What it tells is on disk before it is answered; told again, it is known."""
    assert [doors.told(path, body).status_code for _ in range(2)] == [200, 200]
    assert [each for each, _ in doors.kept()] == [kind]
    assert doors.count("bridge_webhooks_total") == {(path, "200"): 2.0}


WRONG = {
    "missing": lambda _good: None,
    "empty": lambda _good: "",
    "wrong": lambda good: good[:-2] + ("00" if not good.endswith("00") else "11"),
    "not ASCII": lambda _good: "é\u00a0ÿ",
}


@EVERY
@pytest.mark.parametrize("spoil", WRONG.values(), ids=list(WRONG))
def test_an_impostor_is_refused(
    doors: Doors, path: str, body: bytes, kind: str, spoil: Callable[[str], str | None]
) -> None:
    """403, nothing is kept, and it is counted."""
    name = HEADERS[path]
    given = spoil(signed(path, body)[name])
    answer = doors.post(path, body, {} if given is None else {name: given})
    assert answer.status_code == 403
    assert doors.kept() == []
    assert doors.count("bridge_webhooks_refused_total") == {(path, "not authentic"): 1.0}
    if path in TWILIO:
        assert_empty_twiml(answer)


@pytest.mark.parametrize("path", [SMS, STATUS, OPENCX])
def test_a_changed_body_is_refused(doors: Doors, path: str) -> None:
    """A signature vouches for what was signed and for nothing else."""
    body = next(body for door, body, _ in WHOLE.values() if door == path)
    assert doors.post(path, body + b"&x=1", signed(path, body)).status_code == 403
    assert doors.kept() == []


def test_without_a_secret_nobody_is_let_in(tmp_path: Path) -> None:
    """An empty secret is no secret: nobody can sign with it."""
    world = World(tmp_path, opencx_webhook_secret="", sunshine_webhook_secret="")
    with closing(world):
        doors = Doors(world, tmp_path)
        body = json.dumps(CLOSED).encode()
        empty = hmac.new(b"", body, hashlib.sha256).hexdigest()
        assert doors.post(OPENCX, body, {"X-OpenCX-Signature": empty}).status_code == 403
        assert doors.post(SUNSHINE, body, {"X-API-Key": ""}).status_code == 403


def test_a_text_to_a_number_not_ours_leaves_no_trace(doors: Doors) -> None:
    """200, so that it is not told again; nothing is kept; counted (OCX-SMS-03)."""
    answer = doors.told(SMS, form({**TEXT, "To": "+14155550199"}))
    assert answer.status_code == 200
    assert_empty_twiml(answer)
    assert doors.kept() == []
    assert doors.count("bridge_webhooks_refused_total") == {(SMS, "unknown number"): 1.0}


# --- what nobody can read ---

DEEP = b"[" * 100_000
UNREADABLE: dict[str, tuple[str, bytes]] = {
    "a text without sender": (SMS, form({"MessageSid": "SM1", "To": SUPPORT})),
    "a text without id": (SMS, form({"From": MARIA, "To": SUPPORT, "Body": "Hi"})),
    "a text with words for a number": (SMS, form({**TEXT, "NumMedia": "many"})),
    "a text with an endless number": (SMS, form({**TEXT, "NumMedia": "9" * 5000})),
    "no form at all": (SMS, b"\xff\xfe\x00"),
    "an empty body": (SMS, b""),
    "a receipt without status": (STATUS, form({"MessageSid": "SM1"})),
    "no JSON from Zendesk": (SUNSHINE, b"{"),
    "nothing from Zendesk": (SUNSHINE, b""),
    "no UTF-8 from Zendesk": (SUNSHINE, b'"\xff"'),
    "a pit from Zendesk": (SUNSHINE, DEEP),
    "no JSON from the AI": (OPENCX, b"nonsense"),
    "a pit from the AI": (OPENCX, DEEP),
}


@pytest.mark.parametrize(("path", "body"), UNREADABLE.values(), ids=list(UNREADABLE))
def test_what_is_authentic_but_unreadable_is_kept(doors: Doors, path: str, body: bytes) -> None:
    """Nothing the true sender says is lost, and it is not asked to say it again and again."""
    assert doors.told(path, body).status_code == 200
    assert [kind for kind, _ in doors.kept()] == ["Unreadable"]
    doors.world.bridge.run_until_idle()
    assert ("unreadable", "Unreadable") in doors.count("bridge_events_total")


STRANGE: dict[str, tuple[str, object]] = {
    "a list from Zendesk": (SUNSHINE, []),
    "null from Zendesk": (SUNSHINE, None),
    "events that are none": (SUNSHINE, {"events": [None, 1, "x", {}, {"type": "user:merge"}]}),
    "a payload of another shape": (
        SUNSHINE,
        {"events": [{"id": "1", "type": "conversation:message", "payload": 1}]},
    ),
    "a number from the AI": (OPENCX, 1),
    "data of another shape": (OPENCX, {"event": "conversation.closed", "data": [1, None, "x"]}),
}


@pytest.mark.parametrize(("path", "content"), STRANGE.values(), ids=list(STRANGE))
def test_what_makes_no_sense_is_no_trouble(doors: Doors, path: str, content: object) -> None:
    """Readable and yet about nothing: answered with 200."""
    assert doors.told(path, json.dumps(content).encode()).status_code == 200
    assert doors.kept() == []


def test_half_a_character_spoils_nothing(doors: Doors) -> None:
    """A lone surrogate in an agent's reply costs that character, not the reply (CAR-284)."""
    body = json.dumps(DELIVERY).replace('"Hi"', r'"Hi \ud83d there"').encode()
    assert doors.told(SUNSHINE, body).status_code == 200
    assert [kind for kind, _ in doors.kept()] == ["AgentReplied"]


@pytest.mark.parametrize("path", DOORS)
def test_a_huge_body_is_refused_unread(doors: Doors, path: str) -> None:
    """More than any sender has to say: 413, whoever it is."""
    answer = doors.told(path, b"x" * (LARGEST_BODY + 1))
    assert answer.status_code == 413
    assert_empty_twiml(answer)
    assert doors.kept() == []


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_another_method_is_refused(doors: Doors, path: str, method: str) -> None:
    """Webhooks are posted; no words that could be texted to anybody are answered."""
    answer = doors.client.open(path, method=method)
    assert answer.status_code == 405
    assert_empty_twiml(answer)


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    """A bridge that a property may speak to many times."""
    folder = tmp_path_factory.mktemp("bridge")
    world = World(folder)
    with closing(world):
        yield Doors(world, folder)


SOME_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
).map(lambda content: json.dumps(content).encode())
LIKE_EVENTS = st.builds(
    lambda kind, inner: json.dumps({"events": [{"id": "x", "type": kind, "payload": inner}]}).encode(),
    st.sampled_from(["conversation:message", "switchboard:passControl", "user:merge", "conversation:remove"]),
    st.dictionaries(
        st.sampled_from(["conversation", "message", "reason", "mergedUsers"]),
        st.none() | st.text() | st.dictionaries(st.sampled_from(["id", "content", "author"]), st.text()),
    ),
)
LIKE_FORMS = st.dictionaries(st.sampled_from([*TEXT, *RECEIPT, "NumSegments", "MediaUrl0"]), st.text()).map(
    form
)


@pytest.mark.parametrize("path", DOORS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=200) | SOME_JSON | LIKE_EVENTS | LIKE_FORMS)
def test_whatever_comes_is_answered(lasting: Doors, path: str, body: bytes) -> None:
    """No bytes, signed or not, bring a door down."""
    assert lasting.told(path, body).status_code == 200
    assert lasting.post(path, body, {}).status_code == 403


# --- when it is our fault ---

FAILURES = sorted(
    (
        kind
        for kind in vars(exc).values()
        if isinstance(kind, type) and issubclass(kind, exc.DBAPIError | exc.TimeoutError)
    ),
    key=lambda kind: kind.__name__,
)


def failure(kind: type[exc.SQLAlchemyError]) -> exc.SQLAlchemyError:
    """One such error, with a customer's word in its parameters."""
    if issubclass(kind, exc.DBAPIError):
        return kind("INSERT", {"body": "secret word"}, OSError("disk full"))
    return kind("no connection")


@EVERY
@pytest.mark.parametrize("error", FAILURES, ids=lambda kind: kind.__name__)
def test_our_own_fault_is_503(
    doors: Doors, path: str, body: bytes, kind: str, error: type[exc.SQLAlchemyError]
) -> None:
    """Whatever the database says, the sender is to try again; never a code that ends Zendesk's retries."""

    def broken(_work: object) -> Any:
        raise failure(error)

    journal = doors.world.bridge.journal
    works, journal._write = journal._write, broken  # type: ignore[assignment]
    answer = doors.told(path, body)
    journal._write = works
    assert answer.status_code == 503
    if path in TWILIO:
        assert_empty_twiml(answer)
    assert doors.kept() == []
    assert doors.told(path, body).status_code == 200
    assert [each for each, _ in doors.kept()] == [kind]


def test_a_database_that_is_gone_is_503(doors: Doors) -> None:
    """The real thing: its tables have disappeared."""
    engine = connect(f"sqlite:///{doors.folder}/bridge.db")
    with engine.begin() as tx:
        events.drop(tx)
    engine.dispose()
    assert {doors.told(path, body).status_code for path, body, _ in WHOLE.values()} == {503}


@pytest.mark.parametrize("path", TWILIO)
def test_success_is_empty_twiml_as_well(doors: Doors, path: str) -> None:
    """The customer gets no text because we said something."""
    assert_empty_twiml(doors.told(path, form({**TEXT, **RECEIPT})))


# --- the operator's pages ---


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_root_answers(doors: Doors, method: str) -> None:
    """Admin Center asks it when a webhook is saved (SUN-INT-06)."""
    answer = doors.client.open("/", method=method)
    assert (answer.status_code, answer.data) == (200, b"")


def test_health(doors: Doors) -> None:
    """Alive at once, ready once the worker has started."""
    assert doors.client.get("/healthz").get_data() == b"alive"
    assert doors.client.get("/readyz").status_code == 503
    doors.world.bridge.ready = True
    assert doors.client.get("/readyz").status_code == 200


def test_metrics(doors: Doors) -> None:
    """What waits and for how long, and nobody's words or numbers."""
    doors.told(SMS, form(TEXT))
    page = doors.client.get("/metrics").get_data(as_text=True)
    assert 'bridge_waiting{kind="events_new"} 1.0' in page
    assert "bridge_oldest_effect_age_seconds 0.0" in page
    assert MARIA not in page
    doors.world.bridge.journal.catch_up(f"number:{SUPPORT}", [], None)
    doors.world.bridge.journal.step(doors.world.clock.now(), 0)
    doors.world.clock.advance(7.0)
    assert "bridge_oldest_effect_age_seconds 7.0" in doors.client.get("/metrics").get_data(as_text=True)


TOKENS = {
    "none": (None, 403),
    "wrong": ("Bearer wrong", 403),
    "without its scheme": (accounts.ADMIN_TOKEN, 403),
    "empty": ("Bearer ", 403),
    "not ASCII": ("Bearer é", 403),
    "right": (f"Bearer {accounts.ADMIN_TOKEN}", 200),
}


@pytest.mark.parametrize(("token", "status"), TOKENS.values(), ids=list(TOKENS))
def test_admin_needs_the_token(doors: Doors, token: str | None, status: int) -> None:
    """Nobody else sees what waits."""
    headers = {"Authorization": token} if token is not None else {}
    assert doors.client.get("/admin/status", headers=headers).status_code == status


def test_admin_shows_a_session(doors: Doors) -> None:
    """With its transcript; another is not found."""
    doors.told(SMS, form(TEXT))
    doors.world.bridge.run_until_idle()
    headers = {"Authorization": f"Bearer {accounts.ADMIN_TOKEN}"}
    shown = doors.client.get("/admin/sessions/session-1", headers=headers).get_json()
    assert (shown["session"]["phone"], shown["transcript"][0]["text"]) == (MARIA, "Hello")
    assert doors.client.get("/admin/sessions/other", headers=headers).status_code == 404


def test_without_a_token_there_is_no_admin(tmp_path: Path) -> None:
    """Nothing is open by default."""
    world = World(tmp_path, admin_token="")
    with closing(world):
        for token in ("", "Bearer ", "Bearer x"):
            answer = Client(world.bridge.app).get("/admin/status", headers={"Authorization": token})
            assert answer.status_code == 404


PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


def test_a_file_is_shown_while_it_lives(doors: Doors) -> None:
    """By its address only, with its type and nothing to be executed; then it is gone."""
    address = doors.world.bridge.store.keep(Download("image/png", "a.png", iter([PNG])))
    path = address.removeprefix(BRIDGE_URL)
    answer = doors.client.get(path)
    assert (answer.status_code, answer.data, answer.content_type) == (200, PNG, "image/png")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert doors.client.head(path).status_code == 200
    doors.world.clock.advance(4 * 3600.0)
    assert doors.client.get(path).status_code == 404


@pytest.mark.parametrize("token", ["x" * 32, "short", "..%2f..%2fbridge.db", "%2e%2e", "a" * 500])
def test_an_unknown_file_is_not_found(doors: Doors, token: str) -> None:
    """Guesses and paths lead nowhere."""
    assert doors.client.get(f"/media/{token}").status_code == 404
