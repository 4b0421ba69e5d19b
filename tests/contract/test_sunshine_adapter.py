"""Sunshine as a desk: the calls of a handoff, what each refusal means, and what webhooks say."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests
import responses
from responses import matchers

from bridge.core.errors import (
    BridgeError,
    Gone,
    Misconfigured,
    Permanent,
    Temporary,
    Throttled,
    Uncertain,
)
from bridge.core.model import (
    Author,
    Handoff,
    Media,
    Turn,
)
from bridge.core.ports import Chat, Dossier, Finding, Upload
from bridge.desks.people import Match, Person
from bridge.desks.sunshine import Sunshine
from bridge.desks.sunshine_client import SunshineAccount
from bridge.desks.sunshine_posts import split

HOME = "https://acme.zendesk.com"
API = f"{HOME}/sc/v2/apps/a1"
PHONE = "+14155550101"
BY_PHONE = f"{API}/users/%2B14155550101"
CHAT = Chat("u1", "k1")
ACCOUNT = SunshineAccount("a1", "app_1", "secret", "acme", "https://b.example", webhook_secret="w1")
DOSSIER = Dossier(
    "s1",
    "org1",
    "c1",
    PHONE,
    "+14155550150",
    Handoff("asked", "Wants a refund"),
    tags=("opencx_channel_sms", "opencx_handedoff"),
)
USER = {"id": "u1", "externalId": PHONE, "metadata": {"phone": PHONE}}
UNKNOWN = {"status": 404, "json": {"errors": [{"code": "user_not_found", "title": "User not found"}]}}


class Somebody:
    """A Support user list that holds what a test puts in."""

    def __init__(self, match: Match, external_id: str = "") -> None:
        self.found = match
        self.given = external_id
        self.merged: list[tuple[str, str]] = []

    def match(self, phone: str, email: str = "", *, besides: str = "") -> Match:
        return self.found

    def name_outside(self, person: Person, external_id: str) -> str:
        return self.given

    def merge(self, loser: str, winner: str) -> None:
        self.merged.append((loser, winner))

    def check(self) -> tuple[Finding, ...]:
        return ()


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def desk() -> Sunshine:
    return Sunshine(ACCOUNT, None, requests.Session())


def sent(wire: responses.RequestsMock, ending: str, method: str = "POST") -> list[Any]:
    """Bodies of the calls to an address that ends so."""
    return [
        json.loads(call.request.body or b"")
        for call in wire.calls
        if call.request.method == method and str(call.request.url).partition("?")[0].endswith(ending)
    ]


def refused(status: int, code: str = "bad_request") -> dict[str, Any]:
    return {"status": status, "json": {"errors": [{"code": code, "title": f"because of {code}"}]}}


# --- open ---------------------------------------------------------------------------------------


def test_a_new_customer_gets_a_user_and_a_conversation(wire: responses.RequestsMock, desk: Sunshine) -> None:
    """The phone is external id, name and metadata; ids and tags stand before any ticket (SUN-TKT-06)."""
    wire.get(BY_PHONE, **UNKNOWN)
    wire.post(f"{API}/users", json={"user": USER}, status=201)
    wire.get(f"{API}/conversations", json={"conversations": []})
    wire.post(f"{API}/conversations", json={"conversation": {"id": "k1"}}, status=201)
    assert desk.open(DOSSIER) == CHAT
    assert sent(wire, "/users") == [
        {"externalId": PHONE, "profile": {"givenName": PHONE}, "metadata": {"phone": PHONE}}
    ]
    assert sent(wire, "/conversations") == [
        {
            "type": "personal",
            "participants": [{"userId": "u1"}],
            "displayName": "SMS +14155550101",
            "metadata": {
                "opencx_session_id": "s1",
                "opencx_org_id": "org1",
                "opencx_contact_id": "c1",
                "dataCapture.systemField.tags": "opencx_channel_sms,opencx_handedoff",
            },
        }
    ]


def test_opening_twice_finds_the_first_conversation(wire: responses.RequestsMock, desk: Sunshine) -> None:
    """However far back it is among the user's conversations (OPEN-04)."""
    wire.get(BY_PHONE, json={"user": USER})
    others = [{"id": f"k{n}", "metadata": {"opencx_session_id": f"x{n}"}} for n in range(2)]
    wire.get(
        f"{API}/conversations",
        json={"conversations": others, "meta": {"hasMore": True, "afterCursor": "k1"}},
        match=[matchers.query_param_matcher({"filter[userId]": "u1", "page[size]": "100"})],
    )
    mine = {"id": "k9", "metadata": {"opencx_session_id": "s1"}}
    wire.get(
        f"{API}/conversations",
        json={"conversations": [{"id": "k8"}, mine], "meta": {"hasMore": False}},
        match=[matchers.query_param_matcher({"page[after]": "k1"}, strict_match=False)],
    )
    assert desk.open(DOSSIER) == Chat("u1", "k9")


def test_somebody_quicker_is_no_error(wire: responses.RequestsMock, desk: Sunshine) -> None:
    """Get 404, create 409, get again (SUN-USR-08, F-11)."""
    wire.get(BY_PHONE, **UNKNOWN)
    wire.get(BY_PHONE, json={"user": USER})
    wire.post(f"{API}/users", **refused(409, "conflict"))
    wire.get(f"{API}/conversations", json={"conversations": []})
    wire.post(f"{API}/conversations", json={"conversation": {"id": "k1"}}, status=201)
    assert desk.open(DOSSIER) == CHAT


@pytest.mark.parametrize(
    ("person", "given", "external_id", "name"),
    [
        (Person("9", "Maria Vale", "cust-9"), "", "cust-9", "Maria Vale"),
        (Person("9", "", ""), PHONE, PHONE, PHONE),
        (Person("9", "Maria Vale"), "", PHONE, "Maria Vale"),
        (None, "", PHONE, PHONE),
    ],
)
def test_the_matched_person_gives_the_external_id(
    wire: responses.RequestsMock, person: Person | None, given: str, external_id: str, name: str
) -> None:
    """The link to the Support user stands before the first message (SUN-IDN-04, SUN-IDN-05)."""
    wire.get(f"{API}/users/cust-9", **UNKNOWN)
    wire.get(BY_PHONE, **UNKNOWN)
    wire.post(f"{API}/users", json={"user": USER}, status=201)
    wire.get(f"{API}/conversations", json={"conversations": []})
    wire.post(f"{API}/conversations", json={"conversation": {"id": "k1"}}, status=201)
    Sunshine(ACCOUNT, Somebody(Match(person), given)).open(DOSSIER)
    (user,) = sent(wire, "/users")
    assert (user["externalId"], user["profile"]["givenName"]) == (external_id, name)


def test_a_user_made_elsewhere_gets_the_phone_and_keeps_the_rest(wire: responses.RequestsMock) -> None:
    """The agent sees the phone on the user, whoever made it; other keys are sent back (OCX-ZD-08, Q-01)."""
    held = {"id": "u2", "metadata": {"plan": "gold"}}
    wire.get(f"{API}/users/cust-9", json={"user": held})
    wire.get(BY_PHONE, json={"user": USER})
    wire.patch(f"{API}/users/u2", json={"user": held})
    mine = {"id": "k1", "metadata": {"opencx_session_id": "s1"}}
    wire.get(f"{API}/conversations", json={"conversations": []}, match=[of_user("u2")])
    wire.get(f"{API}/conversations", json={"conversations": [mine]}, match=[of_user("u1")])
    chat = Sunshine(ACCOUNT, Somebody(Match(Person("9", "Maria", "cust-9")))).open(DOSSIER)
    assert sent(wire, "/users/u2", "PATCH") == [{"metadata": {"plan": "gold", "phone": PHONE}}]
    assert chat == CHAT  # opened for the phone's own user, before its owner was matched


def of_user(user: str) -> Any:
    return matchers.query_param_matcher({"filter[userId]": user}, strict_match=False)


CREATIONS: dict[str, tuple[dict[str, Any], type[BridgeError]]] = {
    "bad key": (refused(401, "unauthorized"), Misconfigured),
    "wrong scope": (refused(403, "forbidden"), Misconfigured),
    "wrong app": (refused(404, "app_not_found"), Misconfigured),
    "user gone": (refused(404, "user_not_found"), Temporary),
    "another change at the same moment": (refused(409, "conflict"), Temporary),
    "nobody there": ({"status": 404, "body": "<html>"}, Misconfigured),
    "too many": ({"status": 429}, Throttled),
    "gateway": ({"status": 502, "body": "<html>"}, Uncertain),
    "no answer": ({"body": requests.ReadTimeout()}, Uncertain),
    "cut": ({"body": '{"conver', "status": 201}, Uncertain),
    "nothing made": ({"json": {}, "status": 201}, Uncertain),
    "no connection": ({"body": requests.ConnectTimeout()}, Temporary),
}


@pytest.mark.parametrize(("answer", "kind"), CREATIONS.values(), ids=CREATIONS.keys())
def test_each_ending_of_a_creation(
    wire: responses.RequestsMock, desk: Sunshine, answer: dict[str, Any], kind: type[BridgeError]
) -> None:
    """Set-up errors name their fix, doubt stays doubt (F-01…F-10)."""
    wire.get(BY_PHONE, json={"user": USER})
    wire.get(f"{API}/conversations", json={"conversations": []})
    wire.post(f"{API}/conversations", **answer)
    with pytest.raises(BridgeError) as caught:
        desk.open(DOSSIER)
    assert type(caught.value) is kind


@pytest.mark.parametrize(("many", "kind"), [(False, Misconfigured), (True, Permanent), (None, Permanent)])
def test_a_second_conversation_refused_is_looked_into(
    wire: responses.RequestsMock, desk: Sunshine, many: object, kind: type[BridgeError]
) -> None:
    """The setting is read, not guessed from words (OCX-TRB-11)."""
    wire.get(BY_PHONE, json={"user": USER})
    wire.get(f"{API}/conversations", json={"conversations": []})
    wire.post(f"{API}/conversations", **refused(400))
    wire.get(API, json={"app": {"id": "a1", "settings": {"multiConvoEnabled": many}}})
    with pytest.raises(BridgeError) as caught:
        desk.open(DOSSIER)
    assert type(caught.value) is kind
    assert "Multi-conversations" in getattr(caught.value, "fix", "Multi-conversations")


# --- lines --------------------------------------------------------------------------------------

MESSAGES = f"{API}/conversations/k1/messages"


def posted(wire: responses.RequestsMock, count: int = 1) -> None:
    for number in range(count):
        wire.post(MESSAGES, json={"messages": [{"id": f"m{number}"}]}, status=201)


@pytest.mark.parametrize(
    ("turn", "author"),
    [
        (Turn(0, Author.CUSTOMER, "hi", 0.0), {"type": "user", "userId": "u1"}),
        (Turn(1, Author.AI, "hello", 0.5), {"type": "business", "displayName": "AI"}),
        (Turn(1, Author.AI, "hello", 0.5, name="Robo"), {"type": "business", "displayName": "Robo"}),
        (Turn(1, Author.AGENT, "hello", 0.5, name="Ada"), {"type": "business", "displayName": "Ada"}),
        (Turn(1, Author.AGENT, "hello", 0.5), {"type": "business", "displayName": "Agent"}),
    ],
)
def test_a_line_shows_who_said_it_and_when(
    wire: responses.RequestsMock, desk: Sunshine, turn: Turn, author: dict[str, str]
) -> None:
    """Import stamps the time of import, so the true time is in the metadata (SUN-MSG-21)."""
    posted(wire)
    assert desk.post(CHAT, turn, marker="s1:0") == "m0"
    (body,) = sent(wire, "/messages")
    assert body["author"] == author
    assert body["content"] == {"type": "text", "text": turn.text}
    assert body["metadata"]["at"] in ("1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00.500Z")
    assert body["metadata"]["sunbridge_marker"] == "s1:0"
    assert "destination" not in body


PARTICIPANTS = f"{API}/conversations/k1/participants"


@pytest.mark.parametrize("status", [400, 404])
def test_a_user_merged_unheard_is_asked_for(
    wire: responses.RequestsMock, desk: Sunshine, status: int
) -> None:
    """The line is posted in the name of whoever has the conversation now (F-17, Q-05)."""
    wire.post(MESSAGES, **refused(status, "user_not_found"))
    posted(wire)
    wire.get(PARTICIPANTS, json={"participants": [{"userId": "u9"}]})
    assert desk.post(CHAT, Turn(0, Author.CUSTOMER, "hi", 0.0), marker="s1:0") == "m0"
    assert [body["author"]["userId"] for body in sent(wire, "/messages")] == ["u1", "u9"]


@pytest.mark.parametrize("listed", [[], [{"userId": "u1"}]], ids=["nobody", "the same"])
def test_a_refusal_for_another_reason_stays_one(
    wire: responses.RequestsMock, desk: Sunshine, listed: list[dict[str, str]]
) -> None:
    """Nothing is tried in anybody else's name."""
    wire.post(MESSAGES, **refused(400, "bad_request"))
    wire.get(PARTICIPANTS, json={"participants": listed})
    with pytest.raises(Permanent):
        desk.post(CHAT, Turn(0, Author.CUSTOMER, "hi", 0.0), marker="s1:0")
    assert len(sent(wire, "/messages")) == 1


def test_a_full_conversation_is_not_taken_again(wire: responses.RequestsMock, desk: Sunshine) -> None:
    """The session's next live chat is another one (F-13)."""
    wire.get(BY_PHONE, json={"user": USER})
    full = {"id": "k1", "metadata": {"opencx_session_id": "s1"}}
    wire.get(f"{API}/conversations", json={"conversations": [full]})
    wire.post(f"{API}/conversations", json={"conversation": {"id": "k2"}}, status=201)
    assert desk.open(replace(DOSSIER, full=("k1",))) == Chat("u1", "k2")


def test_a_line_for_the_agent_goes_nowhere_else(wire: responses.RequestsMock, desk: Sunshine) -> None:
    """Silent, business, and marked as ours (SUN-MSG-17)."""
    posted(wire)
    desk.tell(CHAT, "Wants a refund", marker="s1:note")
    (body,) = sent(wire, "/messages")
    assert body["author"] == {"type": "business", "displayName": "Sunbridge"}
    assert body["destination"] == {"integrationType": "none"}


def file(content_type: str = "image/jpeg") -> Upload:
    return Upload("photo.jpg", content_type, io.BytesIO(b"bytes"))


@pytest.mark.parametrize(
    ("content_type", "kind"),
    [("image/jpeg", "image"), ("image/heic", "file"), ("video/3gpp", "file"), ("image/svg+xml", "file")],
)
def test_files_follow_the_words(
    wire: responses.RequestsMock, desk: Sunshine, content_type: str, kind: str
) -> None:
    """Uploaded for this conversation, then named by a message of their own (SUN-ATT-01/02)."""
    wire.get(MESSAGES, json={"messages": []})
    wire.post(
        f"{API}/attachments",
        json={"attachment": {"mediaUrl": "https://acme/x.jpg", "mediaType": content_type}},
        status=201,
        match=[
            matchers.query_param_matcher({"access": "public", "for": "message", "conversationId": "k1"}),
            matchers.multipart_matcher({"source": ("photo.jpg", b"bytes", content_type)}),
        ],
    )
    posted(wire, 2)
    turn = Turn(0, Author.CUSTOMER, "look", 0.0)
    assert desk.post(CHAT, turn, marker="m", files=(file(content_type),)) == "m0"
    words, picture = sent(wire, "/messages")
    assert words["content"]["text"] == "look"
    assert (picture["content"]["type"], picture["content"]["mediaUrl"]) == (kind, "https://acme/x.jpg")


@pytest.mark.parametrize("status", [400, 413])
def test_a_file_the_desk_does_not_take_is_named_in_words(
    wire: responses.RequestsMock, desk: Sunshine, status: int
) -> None:
    """The agent learns that there was one (F-14, F-15)."""
    wire.post(f"{API}/attachments", **refused(status))
    posted(wire)
    desk.post(CHAT, Turn(0, Author.CUSTOMER, "", 0.0), marker="m", files=(file(),))
    (body,) = sent(wire, "/messages")
    assert "photo.jpg could not be attached" in body["content"]["text"]


def test_an_upload_in_doubt_may_be_repeated(wire: responses.RequestsMock, desk: Sunshine) -> None:
    """Nobody sees a file that no message names."""
    wire.post(f"{API}/attachments", body=requests.ReadTimeout())
    with pytest.raises(Temporary):
        desk.post(CHAT, Turn(0, Author.CUSTOMER, "", 0.0), marker="m", files=(file(),))


def test_an_empty_text_is_shown_as_such(wire: responses.RequestsMock, desk: Sunshine) -> None:
    """White space alone cannot be posted, and a text is never lost."""
    posted(wire)
    desk.post(CHAT, Turn(0, Author.CUSTOMER, " ", 0.0), marker="m")
    assert sent(wire, "/messages")[0]["content"]["text"] == "[an empty text]"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"body": requests.ReadTimeout()}, Uncertain),
        ({"status": 503, "body": ""}, Uncertain),
        ({"json": {"messages": []}, "status": 201}, Uncertain),
        (refused(404, "conversation_not_found"), Gone),
        (refused(423, "locked"), Gone),
        (refused(413, "payload_too_large"), Permanent),
        (refused(401, "unauthorized"), Misconfigured),
    ],
)
def test_each_ending_of_a_post(
    wire: responses.RequestsMock, desk: Sunshine, answer: dict[str, Any], kind: type[BridgeError]
) -> None:
    """A refusal keeps its code, so that the flow can tell a lost conversation from a full one."""
    wire.post(MESSAGES, **answer)
    with pytest.raises(BridgeError) as caught:
        desk.post(CHAT, Turn(0, Author.CUSTOMER, "hi", 0.0), marker="m")
    assert type(caught.value) is kind
    if isinstance(caught.value, Gone):
        assert caught.value.full is (caught.value.code == "locked")


def line(place: int, places: int, marker: str = "m") -> dict[str, Any]:
    marks = {"sunbridge_marker": marker, "sunbridge_part": str(place), "sunbridge_parts": str(places)}
    return {"id": f"old{place}", "metadata": marks}


@pytest.mark.parametrize(
    ("standing", "found"),
    [
        ([line(0, 1)], "old0"),
        ([line(0, 2), line(1, 2)], "old0"),
        ([line(0, 2)], None),
        ([line(1, 2)], None),
        ([line(0, 1, "other"), {"id": "x"}, {"id": "y", "metadata": None}], None),
        ([], None),
    ],
)
def test_only_a_whole_line_is_found(
    wire: responses.RequestsMock, desk: Sunshine, standing: list[dict[str, Any]], found: str | None
) -> None:
    """The marker is looked for page by page, backwards (SUN-CNV-11)."""
    wire.get(
        MESSAGES,
        json={"messages": [{"id": "z"}], "meta": {"hasMore": True, "beforeCursor": "z"}},
        match=[matchers.query_param_matcher({})],
    )
    wire.get(
        MESSAGES,
        json={"messages": standing, "meta": {"hasMore": False}},
        match=[matchers.query_param_matcher({"page[before]": "z"})],
    )
    assert desk.find_post(CHAT, "m") == found


def test_a_line_cut_short_is_completed_not_repeated(wire: responses.RequestsMock, desk: Sunshine) -> None:
    """The first piece stands, the second was lost: only the second is posted (P2)."""
    wire.get(MESSAGES, json={"messages": [line(0, 2)]})
    posted(wire)
    assert desk.post(CHAT, Turn(0, Author.CUSTOMER, "word " * 1000, 0.0), marker="m") == "old0"
    (body,) = sent(wire, "/messages")
    assert body["metadata"]["sunbridge_part"] == "1"


@pytest.mark.parametrize(
    "text",
    ["", "x", "x" * 4000, "x" * 4001, "word " * 2000, "👍" * 4001, "x" + "👍" * 2000, " " * 9, "a\n" * 3000],
)
def test_splitting_loses_nothing_and_fits(text: str) -> None:
    """Every piece is within 4000 UTF-16 units and the pieces make the text (Q-06)."""
    pieces = split(text)
    assert all(len(piece.encode("utf-16-le")) // 2 <= 4000 for piece in pieces)
    assert "".join(pieces) == (text if text.strip() else "")
    assert all(pieces)


# --- control ------------------------------------------------------------------------------------


def board(wire: responses.RequestsMock, *responders: dict[str, Any]) -> None:
    wire.get(f"{API}/switchboards", json={"switchboards": [{"id": "b1"}]})
    wire.get(
        f"{API}/switchboards/b1/switchboardIntegrations", json={"switchboardIntegrations": list(responders)}
    )


BOT = {"name": "zd-answerBot", "integrationType": "zd:answerBot"}
AGENTS = {"name": "agents-2", "integrationType": "zd:agentWorkspace"}


def test_control_goes_to_the_agents_by_name_with_tags(wire: responses.RequestsMock, desk: Sunshine) -> None:
    """The name is looked up once; `next` could hop twice (SUN-SWB-11)."""
    board(wire, BOT, AGENTS)
    wire.post(f"{API}/conversations/k1/passControl", json={})
    desk.pass_control(CHAT, DOSSIER, first_message="m0")
    desk.pass_control(CHAT, DOSSIER, first_message="")
    first, second = sent(wire, "/passControl")
    assert first == {
        "switchboardIntegration": "agents-2",
        "metadata": {
            "opencx_session_id": "s1",
            "dataCapture.systemField.tags": "opencx_channel_sms,opencx_handedoff",
            "first_message_id": "m0",
        },
    }
    assert "first_message_id" not in second["metadata"]
    assert len(wire.calls) == 4


def test_without_a_switchboard_the_usual_name_is_tried(wire: responses.RequestsMock, desk: Sunshine) -> None:
    """An empty list tells nothing."""
    wire.get(f"{API}/switchboards", json={"switchboards": []})
    wire.post(f"{API}/conversations/k1/passControl", json={})
    desk.pass_control(CHAT, DOSSIER, first_message="m0")
    assert sent(wire, "/passControl")[0]["switchboardIntegration"] == "zd-agentWorkspace"


def test_a_board_without_agents_is_a_set_up_error(wire: responses.RequestsMock, desk: Sunshine) -> None:
    """OCX-TRB-12: the operator is told what to connect."""
    board(wire, BOT)
    with pytest.raises(Misconfigured) as caught:
        desk.pass_control(CHAT, DOSSIER, first_message="m0")
    assert "Agent Workspace" in caught.value.fix


def test_an_integration_key_is_a_set_up_error(wire: responses.RequestsMock, desk: Sunshine) -> None:
    """It may not read the switchboard (F-02, SUN-AUT-05)."""
    wire.get(f"{API}/switchboards", **refused(403, "forbidden"))
    with pytest.raises(Misconfigured) as caught:
        desk.pass_control(CHAT, DOSSIER, first_message="m0")
    assert "app_" in caught.value.fix


# --- files and users ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "with_key"),
    [
        (f"{HOME}/sc/attachments/v2/x/photo.jpg", 1),
        ("https://cdn.example.com/photo.jpg", 0),
        ("https://acme.zendesk.com.evil.example/photo.jpg", 0),
    ],
)
def test_the_key_goes_to_the_desks_own_host_only(
    wire: responses.RequestsMock, desk: Sunshine, url: str, with_key: int
) -> None:
    """Private attachments need it, others must not see it (SUN-ATT-05)."""
    wire.get(url, body=b"x", content_type="image/jpeg")
    with desk.open_media(Media(url)) as download:
        assert b"".join(download.chunks) == b"x"
    assert ("Authorization" in wire.calls[0].request.headers) == bool(with_key)


def test_a_duplicate_is_merged_and_sunshine_is_told(wire: responses.RequestsMock) -> None:
    """The ticket's user is swallowed by the one with the phone, then synced (SUN-IDN-11)."""
    people = Somebody(Match(Person("9")))
    wire.get(f"{API}/users/u1", json={"user": {"id": "u1", "zendeskId": "7"}})
    wire.post(f"{API}/users/7/sync", json={"user": {"id": "u1"}})
    Sunshine(ACCOUNT, people).reconcile(CHAT, phone=PHONE, email="")
    assert people.merged == [("7", "9")]
    assert sent(wire, "/sync") == [{"survivingZendeskId": "9"}]


@pytest.mark.parametrize(
    ("user", "match"),
    [
        ({"id": "u1"}, Match(reason="several users have this phone")),
        ({"id": "u1", "zendeskId": "7"}, Match()),
        ({"id": "u1", "externalId": "cust-9"}, Match(Person("9", external_id="cust-9"))),
        ({"id": "u1", "externalId": "cust-9", "zendeskId": "7"}, Match(Person("9", external_id="cust-9"))),
    ],
)
def test_nothing_is_merged_without_two_users(
    wire: responses.RequestsMock, user: dict[str, str], match: Match
) -> None:
    """Nobody else has the phone, or the link stands already."""
    people = Somebody(match)
    wire.get(f"{API}/users/u1", json={"user": user})
    Sunshine(ACCOUNT, people).reconcile(CHAT, phone=PHONE, email="")
    assert people.merged == []


def test_a_user_whose_ticket_is_not_made_yet_is_looked_at_later(wire: responses.RequestsMock) -> None:
    """The ticket comes after the call that asks for it (SUN-SWB-10)."""
    people = Somebody(Match(Person("9")))
    wire.get(f"{API}/users/u1", json={"user": {"id": "u1", "externalId": PHONE}})
    with pytest.raises(Temporary):
        Sunshine(ACCOUNT, people).reconcile(CHAT, phone=PHONE, email="")
    assert people.merged == []


# --- check --------------------------------------------------------------------------------------

TRIGGERS = [
    "conversation:message",
    "conversation:remove",
    "switchboard:passControl",
    "switchboard:passControl:failure",
    "switchboard:releaseControl",
    "user:merge",
]
HOOK = {"target": "https://b.example/webhooks/sunshine", "triggers": TRIGGERS, "secret": "w1"}
APP = {"id": "a1", "subdomain": "acme", "settings": {"multiConvoEnabled": True}}
LINKED = {"integrationId": "i1", "integrationType": "custom", "deliverStandbyEvents": False}


def set_up(wire: responses.RequestsMock, app: Any = APP, hook: Any = HOOK, *responders: Any) -> None:
    wire.get(API, json={"app": app})
    wire.get(f"{API}/integrations", json={"integrations": [{"id": "i1"}]})
    wire.get(f"{API}/integrations/i1/webhooks", json={"webhooks": [hook] if hook else []})
    board(wire, *(responders or (BOT, AGENTS)))


def test_a_sound_set_up_has_no_problem(wire: responses.RequestsMock, desk: Sunshine) -> None:
    """App, multi-conversations, webhook and switchboard are each a line; no secret is shown."""
    set_up(wire)
    findings = desk.check()
    assert [finding.problem for finding in findings] == [None] * 4
    assert "w1" not in repr(findings)


@pytest.mark.parametrize(
    ("app", "hook", "responders", "cause"),
    [
        ({**APP, "subdomain": "other"}, HOOK, (), "another Zendesk account"),
        ({**APP, "settings": {"multiConvoEnabled": False}}, HOOK, (), "Multi-conversations are off"),
        (APP, None, (), "No webhook"),
        (APP, {**HOOK, "target": "https://staging.example/webhooks/sunshine"}, (), "elsewhere"),
        (APP, {**HOOK, "triggers": TRIGGERS[:-1]}, (), "user:merge"),
        (APP, {**HOOK, "secret": "other"}, (), "refuse every event"),
        (APP, HOOK, (BOT,), "no Agent Workspace"),
        (APP, HOOK, (AGENTS, LINKED), "not heard"),
    ],
)
def test_what_is_wrong_has_cause_and_fix(
    wire: responses.RequestsMock, app: Any, hook: Any, responders: tuple[Any, ...], cause: str
) -> None:
    """OCX-TRB-08, -10, -11, -12 and -15, live."""
    set_up(wire, app, hook, *responders)
    problems = [finding.problem for finding in Sunshine(ACCOUNT).check() if finding.problem]
    assert len(problems) == 1
    assert cause in problems[0].cause
    assert problems[0].fix


@pytest.mark.parametrize(
    ("subdomain", "key", "step"),
    [
        ("acme.zendesk.com", "app_1", "Zendesk subdomain"),
        ("https://acme", "app_1", "Zendesk subdomain"),
        ("acme", "int_1", "Sunshine key"),
    ],
)
def test_settings_wrong_on_sight_are_found_without_a_call(
    wire: responses.RequestsMock, subdomain: str, key: str, step: str
) -> None:
    """OCX-SUN-05 and OCX-SUN-09."""
    account = SunshineAccount("a1", key, "s", subdomain, "https://b.example", HOME)
    (finding,) = Sunshine(account).check()
    assert finding.step == step
    assert len(wire.calls) == 0


@pytest.mark.parametrize("answer", [refused(401, "unauthorized"), refused(404, "app_not_found")])
def test_credentials_that_fail_end_the_examination(
    wire: responses.RequestsMock, desk: Sunshine, answer: dict[str, Any]
) -> None:
    """In the documents' own words (OCX-TRB-08)."""
    wire.get(API, **answer)
    (finding,) = desk.check()
    assert finding.problem
    assert "Failed to verify credentials" in finding.problem.cause
