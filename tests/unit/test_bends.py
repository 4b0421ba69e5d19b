"""A bent line makes any bridge a wrong one; every bend changes what it says and nothing else (FT-M1)."""

import json
from urllib.parse import parse_qsl, urlencode

import pytest

from simulator.bends import SWALLOWED, Line
from simulator.bends.table import BENDS, EVERY
from simulator.headers import Headers
from simulator.hooks import Hook, HookAnswer
from simulator.web import Request

TEXT = [
    ("To", "+14155550101"),
    ("From", "+14155550150"),
    ("Body", "A text of more than forty letters, and then of more than seventy."),
    ("MediaUrl", "http://127.0.0.1/a"),
    ("MediaUrl", "http://127.0.0.1/b"),
    ("StatusCallback", "http://127.0.0.1/c"),
]
LINE = {
    "author": {"type": "business", "displayName": "AI"},
    "content": {"type": "text", "text": "A line of more than twenty letters"},
    "metadata": {
        "opencx_session_id": "s",
        "opencx_org_id": "o",
        "opencx_contact_id": "c",
        "first_message": "m",
    },
    "destination": {"integrationType": "none"},
    "externalId": "+14155550101",
    "switchboardIntegration": "agents",
    "user": {"id": "7"},
    "message": {"type": "text", "text": "Two words"},
    "tags": "opencx_channel_sms,opencx_handedoff",
}
TOLD = {"events": [{"payload": {"message": {"id": "1", "author": {}, **LINE}}}]}
FILE = {
    **LINE,
    "author": {"type": "user", "userId": "u"},
    "content": {"type": "file", "mediaUrl": "http://127.0.0.1/a"},
}
FILE.pop("destination")


def requests(operation: str) -> list[Request]:
    """What a bridge may send."""
    bodies = [urlencode(TEXT)] if operation == "CreateMessage" else [json.dumps(LINE), json.dumps(FILE)]
    headers = Headers([("Authorization", "Basic x")])
    return [Request("POST", "/", "query=role:end-user", headers, body.encode()) for body in bodies]


def facts(request: Request) -> tuple[object, ...]:
    """What a provider sees of it."""
    said = request.json if request.body.startswith(b"{") else request.form
    return said, request.query_string, request.headers.get("Authorization")


@pytest.mark.parametrize("name", [bend.name for bend in EVERY if bend.call])
def test_a_call_comes_out_otherwise(name: str) -> None:
    """What it bends is changed or repeated; another operation is let through as it is."""
    line, bend = Line(), BENDS[name]
    line.lay(name)
    for operation in bend.operations:
        before = [facts(each) for each in requests(operation)]
        after = [
            facts(out) for each in requests(operation) for out in line.called(bend.system, operation, each)
        ]
        assert after != before
    (other, *_) = requests("another")
    assert line.called(bend.system, "another", other) == [other]


@pytest.mark.parametrize("name", [bend.name for bend in EVERY if bend.hook])
def test_a_webhook_is_told_otherwise(name: str) -> None:
    """It is swallowed, and its sender none the wiser, or other words arrive."""
    line, bend = Line(), BENDS[name]
    line.lay(name)
    told: list[bytes] = []

    def deliver(hook: Hook) -> HookAnswer:
        told.append(hook.body)
        return HookAnswer(204)

    body = json.dumps(TOLD).encode()
    answers = [line.told(Hook(bend.system, each, "", {}, body), deliver) for each in bend.operations]
    assert told or answers == [SWALLOWED] * len(answers)
    assert body not in told
    assert line.told(Hook(bend.system, "another", "", {}, body), deliver).status == 204


def test_names_are_unique() -> None:
    """A name is one bend."""
    assert len(BENDS) == len(EVERY)


def test_texts_leave_in_pieces() -> None:
    """Every letter arrives, in several messages."""
    line = Line()
    line.lay("long texts are sent in pieces")
    body = urlencode([("Body", "x" * 150)]).encode()
    pieces = line.called("twilio", "CreateMessage", Request("POST", "/", body=body))
    assert [len(dict(parse_qsl(each.body.decode()))["Body"]) for each in pieces] == [70, 70, 10]


def test_an_unknown_bend_is_refused() -> None:
    """The error names those that there are."""
    with pytest.raises(ValueError, match="texts are sent twice"):
        Line().lay("crooked")
