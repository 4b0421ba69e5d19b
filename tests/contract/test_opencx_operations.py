"""Every operation of the simulated OpenCX answers as documented, every documented error can be had."""

from collections.abc import Callable
from typing import NamedTuple

import pytest

from simulator import accounts
from simulator.opencx.operations import OPERATIONS
from tests.contract.opencx_world import MARIA, UNKNOWN, World

SAYS = {"sender": "contact", "message": {"type": "text", "text": "hi"}}
PARCEL = {"name": "parcel.jpg", "url": "https://files.test/1", "mime_type": "image/jpeg"}

# operation → method, path, body and the status of success
SUCCESS: dict[str, tuple[str, str, object, int]] = {
    "saveContact": ("POST", "/contacts", {"phone": MARIA}, 201),
    "listContacts": ("GET", "/contacts", None, 200),
    "updateContact": ("PATCH", "/contacts/CONTACT", {"name": "Maria"}, 200),
    "deleteContact": ("DELETE", "/contacts/CONTACT", None, 200),
    "authenticateContact": ("POST", "/widget/authenticate-user", {"phone": MARIA}, 201),
    "createChatSession": ("POST", "/chat/sessions", {"channel": {"type": "sms"}}, 201),
    "listChatSessions": ("GET", "/chat/sessions?status=open&updated_after=2026-01-01T00:00:00Z", None, 200),
    "getChatSession": ("GET", "/chat/sessions/SESSION", None, 200),
    "updateChatSession": ("PATCH", "/chat/sessions/SESSION", {"status": "closed_unresolved"}, 200),
    "sendMessage": (
        "POST", "/chat/sessions/SESSION/send",
        {"sender": "contact", "message": {"text": "", "attachments": [PARCEL]}}, 201,
    ),
    "listChatHistory": ("GET", "/chat/sessions/SESSION/history", None, 200),
}  # fmt: skip


def prepared() -> tuple[World, Callable[[str], str]]:
    """A world with a session that has a history, and a way to put its ids into a path."""
    world = World()
    session = world.session()
    world.say(session, "I want a human")
    known = world.api("GET", "/contacts").json["items"][0]["id"]
    return world, lambda path: path.replace("SESSION", session).replace("CONTACT", known)


@pytest.mark.parametrize("operation", SUCCESS)
def test_an_operation_answers_as_documented(operation: str) -> None:
    """Status and shape; the ledger names the operation."""
    world, filled = prepared()
    method, path, body, status = SUCCESS[operation]
    assert world.api(method, filled(path), body).status == status
    assert world.network.ledger.after()[-1]["operation"] == operation


def test_what_is_core_or_wanted_is_simulated() -> None:
    """And whatever is simulated is listed; the rest says that it is not there."""
    world, _ = prepared()
    rare = [each for each in OPERATIONS if each.name not in SUCCESS]
    assert {each.level for each in rare} == {"rare"}
    answers = {world.api(each.method, each.path.replace("<id>", "x")).status for each in rare}
    assert answers == {501}
    assert set(SUCCESS) <= {each.name for each in OPERATIONS}


# --- errors ---


class Error(NamedTuple):
    """A call that is refused, and what must be so beforehand."""

    source: str
    status: int
    says: str
    method: str
    path: str
    body: object = None
    key: str = accounts.OPENCX_API_KEY
    before: Callable[[World], object] | None = None


def scoped(*scopes: str) -> Callable[[World], object]:
    return lambda world: world.call("PUT", "/_sim/assistant/keys/ocx_live_scoped", {"scopes": list(scopes)})


def fault(words: str) -> Callable[[World], object]:
    return lambda world: world.network.faults.plant("opencx", "*", words)


SEND = "/chat/sessions/SESSION/send"
SESSION = "/chat/sessions/SESSION"
PLANTED = ((401, "Invalid"), (403, "access"), (404, "Not found"), (429, "Rate"), (500, "Internal"))
ERRORS = [
    Error("OCX-API-03", 401, "Missing API key", "GET", "/contacts", key=""),
    Error("OCX-API-03", 401, "Invalid API key", "GET", "/contacts", key="ocx_live_wrong"),
    Error("OCX-API-03", 403, "no access", "POST", "/contacts", {}, key=accounts.OPENCX_READ_KEY),
    Error(
        "OCX-API-02", 403, "no access", "GET", "/contacts", key="ocx_live_scoped",
        before=scoped("chat-sessions:read"),
    ),
    Error(
        "OCX-API-02", 403, "no access", "POST", SEND, SAYS, key="ocx_live_scoped",
        before=scoped("chat-sessions:read", "contacts:write"),
    ),
    Error("OCX-API-04", 404, "Cannot GET /nothing", "GET", "/nothing"),
    Error("OCX-API-04", 404, "Contact not found", "PATCH", f"/contacts/{UNKNOWN}", {}),
    Error("OCX-API-04", 404, "Chat session not found", "GET", f"/chat/sessions/{UNKNOWN}"),
    Error("OCX-API-07", 404, "Contact not found", "POST", "/chat/sessions", {"contact_id": UNKNOWN}),
    Error("OCX-API-08", 400, "channel.type", "POST", "/chat/sessions", {"channel": {"type": "pigeon"}}),
    Error("OCX-API-08", 400, "channel must be an object", "POST", "/chat/sessions", {"channel": "sms"}),
    Error("OCX-API-11", 400, "status must be one of", "GET", "/chat/sessions?status=done"),
    Error("OCX-API-11", 400, "handed_off must be", "GET", "/chat/sessions?handed_off=maybe"),
    Error("OCX-API-11", 400, "ISO 8601", "GET", "/chat/sessions?created_after=yesterday"),
    Error("OCX-API-06", 400, "Invalid cursor", "GET", "/contacts?cursor=x"),
    Error("OCX-API-12", 400, "sender must be", "POST", SEND, {**SAYS, "sender": "ai"}),
    Error("OCX-API-13", 400, "type text", "POST", SEND, {"sender": "contact", "message": {"type": "voice"}}),
    Error("OCX-API-13", 400, "attachments must be", "POST", SEND, {
        "sender": "contact", "message": {"attachments": [{"name": "x"}]},
    }),
    Error("OCX-WID-08", 400, "text or attachments", "POST", SEND, {**SAYS, "message": {"text": ""}}),
    Error("OCX-API-14", 400, "agent must be an object", "POST", SEND, {**SAYS, "agent": 7}),
    Error("OCX-API-15", 400, "must be a boolean", "POST", SEND, {
        **SAYS, "should_take_over_session_from_ai": "yes",
    }),
    Error("OCX-API-18", 400, "custom_data values", "POST", SEND, {**SAYS, "custom_data": {"a": {"b": 1}}}),
    Error("OCX-API-18", 400, "custom_data must be an object", "PATCH", SESSION, {"custom_data": 1}),
    Error("OCX-API-20", 400, "status must be one of", "PATCH", SESSION, {"status": "done"}),
    Error("OCX-API-20", 400, "must be an object", "PATCH", SESSION, {"session_closed_payload": []}),
    Error("OCX-API-24", 400, "contact must be an object", "POST", "/contacts", {"contact": 1}),
    Error("OCX-API-25", 400, "country code", "POST", "/widget/authenticate-user", {"phone": "4155550101"}),
    Error("OCX-API-04", 400, "not valid JSON", "POST", "/contacts", b"{"),
    Error("OCX-API-04", 400, "must be an object", "POST", "/contacts", []),
    Error(
        "OCX-LIM-08", 429, "Rate limit", "GET", "/contacts",
        before=lambda world: [world.api("GET", "/contacts") for _ in range(100)],
    ),
    Error("OCX-API-04", 500, "Internal", "POST", SEND, SAYS, before=lambda world: world.script(fails=1)),
    *(
        Error("OCX-API-04", status, says, "GET", "/contacts", before=fault(f"status {status}"))
        for status, says in PLANTED
    ),
]  # fmt: skip


@pytest.mark.parametrize("error", ERRORS, ids=[f"{each.source} {each.status} {each.says}" for each in ERRORS])
def test_an_error_can_be_had(error: Error) -> None:
    """In the one shape there is (held by the models), with its number inside."""
    world, filled = prepared()
    if error.before:
        error.before(world)
    answer = world.call(error.method, f"/opencx{filled(error.path)}", error.body, key=error.key)
    assert (answer.status, answer.json["statusCode"]) == (error.status, error.status)
    assert error.says in answer.json["message"]
