"""Every documented error of the Support API can be had by a request, one row each, or by a planted fault."""

from collections.abc import Callable
from typing import NamedTuple

import pytest

from simulator.support import merging
from tests.contract.support_world import CLIENT, Known, known
from tests.contract.zendesk_world import MARIA, Auth


class Error(NamedTuple):
    """A request that is refused, what must be so beforehand, and what the refusal says."""

    source: str
    status: int
    says: str
    call: str
    body: object = None
    auth: Auth = "default"
    before: Callable[[Known], object] | None = None


def switch(**set_up: object) -> Callable[[Known], object]:
    return lambda held: held.world.act("PUT", "/zendesk", set_up)


def repeat(times: int, call: str, body: object = None) -> Callable[[Known], object]:
    return lambda held: [held.call(call, body) for _ in range(times)]


def fault(words: str) -> Callable[[Known], object]:
    return lambda held: held.world.network.faults.plant("support", "*", words)


def token(scope: str) -> Callable[[Known], object]:
    """A token of that scope, known as `scoped`."""
    return lambda held: held.numbers.update(
        scoped=held.call("POST /oauth/tokens", {**CLIENT, "scope": scope}, None)[1]["access_token"]
    )


def close(held: Known) -> None:
    held.call("PUT /tickets/{ticket}", {"ticket": {"status": "closed"}})


USER = {"user": {"name": "X"}}
MAIL = "maria@example.test"
SHARED = {"user": {"shared": True}}
REFRESH = {**CLIENT, "grant_type": "refresh_token"}
UPSERT = "POST /users/create_or_update"
STATUS, PRIORITY = {"ticket": {"status": "x"}}, {"ticket": {"priority": "x"}}
PLANTED = ((401, "authenticate"), (403, "Forbidden"), (404, "RecordNotFound"), (422, "RecordInvalid"))
NAME_ALONE = {"ticket": {"comment": {"body": "x"}, "requester": {"name": "Maria"}}}
MERGE = ("PUT /users/{omar}/merge", {"user": {"id": "{maria}"}})
ERRORS = [
    Error("SUN-SUP-06", 401, "Couldn't authenticate you", "GET /users", auth=None),
    Error("SUN-SUP-01", 401, "Couldn't authenticate you", "GET /users", auth=("x@y.test/token", "wrong")),
    Error("SUN-SUP-02", 401, "Couldn't authenticate you", "GET /users", before=switch(api_tokens=False)),
    Error("SUN-SUP-03", 401, "invalid_token", "GET /users", auth="unknown"),
    Error("SUN-SUP-05", 401, "Couldn't authenticate you", "GET /users/me", auth=("x@y.test/token", "wrong")),
    Error("SUN-SUP-04", 403, "Forbidden", "GET /users", auth="{scoped}", before=token("raed")),
    Error(
        "SUN-SUP-04", 403, "Forbidden", "GET /users/{maria}/identities", auth="{scoped}",
        before=token("users:read users:write"),
    ),
    Error("SUN-SUP-03", 400, "unsupported_grant_type", "POST /oauth/tokens", {**CLIENT, "grant_type": "x"}),
    Error("SUN-SUP-03", 401, "invalid_client", "POST /oauth/tokens", {**CLIENT, "client_id": "x"}),
    Error("SUN-SUP-03", 400, "invalid_grant", "POST /oauth/tokens", REFRESH),
    Error("SUN-SUP-07", 404, "InvalidEndpoint", "GET /no/such"),
    Error("SUN-SUP-07", 404, "RecordNotFound", "GET /users/1"),
    Error("SUN-SUP-07", 404, "RecordNotFound", "GET /tickets/x"),
    Error("SUN-SUP-07", 404, "RecordNotFound", "GET /ticket_fields/1"),
    Error("SUN-SUP-07", 404, "RecordNotFound", "GET /tickets/{ticket}/audits/1"),
    Error("SUN-SUP-07", 404, "RecordNotFound", "DELETE /users/{maria}/identities/1"),
    Error("SUN-SUP-16", 422, "Name: is too short", "POST /users", {"user": {"email": "x@y.test"}}),
    Error("SUN-SUP-16", 422, "Name: is too short", UPSERT, {"user": {"phone": MARIA}}),
    Error("SUN-SUP-06", 422, "already been taken", "PUT /users/{omar}", {"user": {"external_id": "Cust-9"}}),
    Error("SUN-SUP-06", 422, "already being used", "PUT /users/{omar}", {"user": {"email": MAIL}}),
    Error("SUN-SUP-06", 422, "Email: is invalid", "PUT /users/{omar}", {"user": {"email": ["x"]}}),
    Error("SUN-SUP-06", 422, "Tags: is invalid", "PUT /users/{omar}", {"user": {"tags": "vip"}}),
    Error("SUN-SUP-12", 422, "Role: is not valid", "PUT /users/{omar}", {"user": {"role": "king"}}),
    Error(
        "SUN-SUP-13", 422, "Phone: is not valid", "PUT /users/{omar}", {"user": {"phone": "(555) 123-0000"}},
        before=switch(validate_phones=True),
    ),
    Error(
        "SUN-SUP-15", 400, "verification_method", "POST /users/{maria}/identities",
        {"identity": {"type": "email", "value": "m@x.test", "verification_method": "full"}},
    ),
    Error(
        "SUN-SUP-15", 422, "Type: is not valid", "POST /users/{maria}/identities",
        {"identity": {"type": "pager", "value": "1"}},
    ),
    Error(
        "SUN-SUP-15", 422, "already being used", "POST /users/{maria}/identities",
        {"identity": {"type": "phone_number", "value": "1 (415) 555-0101"}},
    ),
    Error("SUN-SUP-06", 400, "The body is not JSON", "POST /users", b"not json"),
    Error("SUN-SUP-06", 400, "You must send a ticket object", "PUT /tickets/{ticket}", {"ticket": 1}),
    Error("SUN-SUP-08", 400, "MissingParameter", "GET /users/search"),
    Error("SUN-SUP-09", 400, "InvalidPaginationParameter", "GET /search?query=x&page[size]=5"),
    Error("SUN-SUP-09", 422, "Search Response Limits", "GET /search?query=x&page=11"),
    Error("SUN-SUP-08", 422, "Search Response Limits", "GET /users/search?query=x&page=101"),
    Error("SUN-SUP-08", 400, "InvalidPaginationParameter", "GET /users/search?query=x&page=0"),
    Error("SUN-SUP-08", 400, "no valid cursor", "GET /users?page[after]=nonsense"),
    Error("SUN-SUP-11", 503, "unavailable", "GET /search?query=x", before=switch(search_available=False)),
    Error("SUN-SUP-11", 503, "unavailable", "GET /users/search?query=x", before=fault("status 503")),
    Error(
        "SUN-SUP-17", 429, "APIRateLimitExceeded", "PUT /users/{maria}", USER,
        before=repeat(5, "PUT /users/{maria}", USER),
    ),
    Error(
        "SUN-SUP-17", 429, "APIRateLimitExceeded", "POST /users/create_or_update",
        {"user": {"external_id": "cust-9"}}, before=repeat(5, "PUT /users/{maria}", USER),
    ),
    Error(
        "SUN-SUP-18", 429, "APIRateLimitExceeded", "GET /users/me/x",
        before=fault("status 429 after 30"),
    ),
    Error(
        "SUN-SUP-18", 429, "APIRateLimitExceeded", "GET /tickets",
        before=lambda held: (switch(requests_per_minute=2)(held), repeat(2, "GET /tickets")(held)),
    ),
    Error(
        "SUN-SUP-20", 429, "APIRateLimitExceeded", "PUT /tickets/{ticket}/tags", {"tags": ["a"]},
        before=repeat(30, "PUT /tickets/{ticket}/tags", {"tags": ["a"]}),
    ),
    Error("SUN-IDN-13", 403, "Forbidden", "PUT /users/{omar}/merge", {"user": {"id": "{ada}"}}),
    Error("SUN-IDN-13", 403, "Forbidden", "PUT /users/{ada}/merge", {"user": {"id": "{omar}"}}),
    Error("F-36", 404, "RecordNotFound", "PUT /users/{omar}/merge", {"user": {"id": 1}}),
    Error("F-36", 404, "RecordNotFound", "PUT /users/1/merge", {"user": {"id": "{omar}"}}),
    Error("SUN-IDN-13", 422, "cannot be merged", *MERGE, before=repeat(1, "PUT /users/{omar}", SHARED)),
    Error("SUN-IDN-14", 422, "external id", *MERGE, before=switch(single_sign_on=True)),
    Error(
        "SUN-IDN-14", 422, "need an e-mail", *MERGE,
        before=lambda held: (
            repeat(1, "PUT /users/{maria}", {"user": {"external_id": None}})(held),
            switch(single_sign_on=True)(held),
        ),
    ),
    Error("Q-30", 422, "cannot be merged", *MERGE, before=switch(merge_refused=True)),
    Error("SUN-TKT-14", 422, "closed prevents", "PUT /tickets/{ticket}", {"ticket": {}}, before=close),
    Error("SUN-TKT-14", 422, "closed prevents", "PUT /tickets/{ticket}/tags", {"tags": []}, before=close),
    Error("SUN-TKT-14", 422, "Status: x is not valid", "PUT /tickets/{ticket}", STATUS),
    Error("SUN-TKT-08", 422, "Priority: x is not valid", "PUT /tickets/{ticket}", PRIORITY),
    Error("SUN-SUP-21", 400, "tags must be an array", "POST /tickets/{ticket}/tags", {"tags": "vip"}),
    Error("OCX-TKT-05", 422, "Requester Email", "POST /tickets", NAME_ALONE),
    Error("OCX-TKT-05", 422, "cannot be blank", "POST /tickets", {"ticket": {}}),
    Error("SUN-SUP-22", 422, "Title: cannot be blank", "POST /ticket_fields", {"ticket_field": {}}),
    *(
        Error("F-01", status, says, "GET /users", before=fault(f"status {status}"))
        for status, says in PLANTED
    ),
]  # fmt: skip


@pytest.mark.parametrize("error", ERRORS, ids=[f"{each.source} {each.status} {each.says}" for each in ERRORS])
def test_an_error_can_be_had(error: Error) -> None:
    """The status, the shape (held by the models) and the words that tell it from others."""
    held = known()
    if error.before:
        error.before(held)
    auth = held.numbers["scoped"] if error.auth == "{scoped}" else error.auth
    status, answer = held.call(error.call, error.body, auth)  # type: ignore[arg-type]
    assert status == error.status
    assert error.says in str(answer)


def test_who_requested_too_many_tickets_cannot_be_merged(monkeypatch: pytest.MonkeyPatch) -> None:
    """SUN-IDN-13, with a smaller number."""
    held = known()
    monkeypatch.setattr(merging, "MOST_TICKETS", 0)
    status, answer = held.call("PUT /users/{requester}/merge", {"user": {"id": "{maria}"}})
    assert (status, "more than 0 tickets" in str(answer)) == (422, True)
