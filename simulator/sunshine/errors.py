"""Sunshine's error catalogue: what each refusal says, by our name for it.

Facts:
  * Every 4xx body is `errors`, an array of {code, title} (SUN-CNV-06). v1.1 has another shape (SUN-IDN-07).
  * Titles are the ones the documents show; those of 413 are ours (Q-02).
"""

from typing import NamedTuple

from simulator.web import Refusal, Response, json_response


class Fault(NamedTuple):
    """One row of the catalogue."""

    status: int
    code: str
    title: str


UNAUTHORIZED = Fault(401, "unauthorized", "Authorization is required")
FORBIDDEN = Fault(403, "forbidden", "Forbidden")
APP = Fault(404, "app_not_found", "App not found")
USER = Fault(404, "user_not_found", "User not found")
CONVERSATION = Fault(404, "conversation_not_found", "Conversation not found")
INTEGRATION = Fault(404, "integration_not_found", "Integration not found")
SWITCHBOARD = Fault(404, "switchboard_not_found", "Switchboard not found")
RESPONDER = Fault(404, "switchboard_integration_not_found", "SwitchboardIntegration not found")
RESOURCE = Fault(404, "not_found", "Resource not found")
ATTACHMENT = Fault(404, "not_found", "Attachment not found")
USER_EXISTS = Fault(409, "conflict", "User already exists")
CLIENT = Fault(404, "client_not_found", "Client not found")
DEVICE = Fault(404, "device_not_found", "Device not found")
NOT_A_MEMBER = Fault(404, "not_found", "User is not a member of the conversation")
NO_DEFAULT = Fault(
    404,
    "switchboard_integration_not_found",
    "Enabled switchboard must have an associated default switchboardIntegration",
)
SERVICE_ACCOUNT = Fault(403, "forbidden", "The serviceAccountId provided does not match supplied credentials")
TOO_MANY_APPS = Fault(
    402,
    "payment_required",
    "Your account has reached the maximum number of apps for your subscription plan",
)
TOO_LARGE = Fault(413, "payload_too_large", "Request entity too large")
FULL = Fault(423, "locked", "Message limit of 30000 per conversation reached.")
PAGE = Fault(400, "bad_request", "Invalid page query parameters")
QUERY = Fault(400, "bad_request", "Invalid query parameters")
REQUEST = Fault(400, "bad_request", "Bad request")
APP_METADATA = Fault(400, "bad_request", "App metadata is limited to 4096 bytes in size.")
PARTICIPANTS = Fault(400, "bad_request", "Too many participants")
ADMIN_CENTER = Fault(400, "bad_request", "SDK integrations configured on Admin Center cannot be deleted")
CUSTOM_KEYS = Fault(400, "bad_request", "API keys are available only for custom integrations")
ONE_BOARD = Fault(400, "bad_request", "Only one switchboard can be created per app")
INTEGRATION_TYPE = Fault(400, "bad_request", "Invalid integration type")
RESPONDERS = Fault(
    400,
    "too_many_switchboard_integrations",
    "Switchboard has reached the max number of switchboard integrations (10)",
)


BUSY = Fault(429, "too_many_requests", "Too many requests")
PLANTED = {
    fault.status: fault
    for fault in (UNAUTHORIZED, FORBIDDEN, TOO_MANY_APPS, USER_EXISTS, TOO_LARGE, FULL, BUSY)
}
MISSING = {
    **dict.fromkeys(("GetUser", "UpdateUser", "SyncUser", "ListConversations"), USER),
    **dict.fromkeys(("PostMessage", "PassControl", "GetConversation"), CONVERSATION),
    "ListMessages": RESOURCE,
}


class Refused(Refusal):
    """A refusal that still knows its row, so that v1.1 can word it differently."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(answer(fault))
        self.fault = fault


def answer(fault: Fault) -> Response:
    return json_response({"errors": [{"code": fault.code, "title": fault.title}]}, fault.status)


def planted(operation: str, status: int) -> bytes:
    """The body of a planted refusal; empty where Sunshine itself would not be heard (SUN-CNV-07)."""
    fault = MISSING.get(operation, APP) if status == APP.status else PLANTED.get(status)
    if fault is None and 400 <= status < 500:
        fault = Fault(status, "bad_request", "Bad request")
    return answer(fault).body if fault else b""


def bad(title: str) -> Refused:
    """A 400 with words of its own."""
    return Refused(Fault(400, "bad_request", title))


def missing(name: str) -> Refused:
    return bad(f"should have required property '{name}'")


def not_enough(name: str, allowed: str) -> Refused:
    return bad(f"{name} should be {allowed}")


def legacy(fault: Fault) -> Response:
    """The same refusal in the shape of v1.1."""
    return json_response({"error": {"code": fault.code, "description": fault.title}}, fault.status)
