"""Every operation of the simulated Support API answers as documented; the others say that they are not there.

`World.call` holds each answer against the models; what stands here is one request for each operation.
"""

import pytest

from simulator.support.operations import OPERATIONS
from tests.contract.support_world import CLIENT, known
from tests.contract.zendesk_world import World

TICKET_BODY = {"ticket": {"subject": "Parcel", "comment": {"body": "Where is it?"}, "tags": ["VIP"]}}

# operation → the request, its body, and the status of success
SUCCESS: dict[str, tuple[str, object, int]] = {
    "CreateToken": ("POST /oauth/tokens", CLIENT, 200),
    "ShowCurrentUser": ("GET /users/me", None, 200),
    "ListSupportUsers": ("GET /users?page[size]=2", None, 200),
    "CreateSupportUser": ("POST /users", {"user": {"name": "Ann", "phone": "+14155550109"}}, 201),
    "ShowSupportUser": ("GET /users/{maria}", None, 200),
    "UpdateSupportUser": ("PUT /users/{maria}", {"user": {"tags": ["vip"]}}, 200),
    "CreateOrUpdateUser": (
        "POST /users/create_or_update", {"user": {"name": "M", "external_id": "CUST-9"}}, 200,
    ),
    "MergeUsers": ("PUT /users/{omar}/merge", {"user": {"id": "{maria}"}}, 200),
    "DeleteSupportUser": ("DELETE /users/{omar}", None, 200),
    "ShowManyUsers": ("GET /users/show_many?ids={maria},{omar},1", None, 200),
    "CountUsers": ("GET /users/count", None, 200),
    "ListIdentities": ("GET /users/{maria}/identities", None, 200),
    "CreateIdentity": (
        "POST /users/{maria}/identities", {"identity": {"type": "twitter", "value": "maria"}}, 201,
    ),
    "ShowIdentity": ("GET /users/{maria}/identities/{identity}", None, 200),
    "UpdateIdentity": ("PUT /users/{maria}/identities/{identity}", {"identity": {"verified": True}}, 200),
    "VerifyIdentity": ("PUT /users/{maria}/identities/{identity}/verify", None, 200),
    "MakeIdentityPrimary": ("PUT /users/{maria}/identities/{identity}/make_primary", None, 200),
    "DeleteIdentity": ("DELETE /users/{maria}/identities/{identity}", None, 204),
    "SearchUsers": ("GET /users/search?query=phone:*4155550101", None, 200),
    "Search": ("GET /search?query=role:end-user", None, 200),
    "CountSearch": ("GET /search/count?query=type:ticket", None, 200),
    "ShowTicket": ("GET /tickets/{ticket}", None, 200),
    "CreateTicket": ("POST /tickets", TICKET_BODY, 201),
    "UpdateTicket": ("PUT /tickets/{ticket}", {"ticket": {"priority": "high"}}, 200),
    "ListTickets": ("GET /tickets", None, 200),
    "ListRequestedTickets": ("GET /users/{requester}/tickets/requested", None, 200),
    "ListTags": ("GET /tickets/{ticket}/tags", None, 200),
    "AddTags": ("PUT /tickets/{ticket}/tags", {"tags": ["VIP"]}, 200),
    "ReplaceTags": ("POST /tickets/{ticket}/tags", {"tags": ["VIP"]}, 201),
    "RemoveTags": ("DELETE /tickets/{ticket}/tags", {"tags": ["VIP"]}, 200),
    "ListComments": ("GET /tickets/{ticket}/comments", None, 200),
    "ListAudits": ("GET /tickets/{ticket}/audits", None, 200),
    "ShowAudit": ("GET /tickets/{ticket}/audits/{audit}", None, 200),
    "ShowConversationLog": ("GET /tickets/{ticket}/conversation_log", None, 200),
    "ListTicketFields": ("GET /ticket_fields", None, 200),
    "CreateTicketField": (
        "POST /ticket_fields", {"ticket_field": {"title": "Session", "type": "text"}}, 201,
    ),
    "ShowTicketField": ("GET /ticket_fields/{field}", None, 200),
}  # fmt: skip


@pytest.mark.parametrize("operation", SUCCESS)
def test_an_operation_answers_as_documented(operation: str) -> None:
    """Status and shape; the ledger names the operation."""
    held = known()
    call, body, status = SUCCESS[operation]
    assert held.call(call, body)[0] == status
    assert held.world.network.ledger.after()[-1]["operation"] == operation


def test_what_is_core_or_wanted_is_simulated() -> None:
    """And whatever is simulated is listed."""
    served = set(World().support.router.operations)
    assert {each.name for each in OPERATIONS if each.level != "rare"} <= served
    assert served == set(SUCCESS) <= {each.name for each in OPERATIONS}


def test_what_is_not_simulated_says_so() -> None:
    """501, never an invented success."""
    held = known()
    rare = [each for each in OPERATIONS if each.name not in SUCCESS]
    statuses = {
        held.world.call(each.method, f"/zendesk{each.path.replace('<', '').replace('>', '')}")[0]
        for each in rare
    }
    assert statuses == {501}
