"""Support users: who is matched, who is not, and how a dead token is renewed."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import responses
from responses import matchers

from bridge.core.errors import BridgeError, Misconfigured, Permanent, Temporary
from bridge.desks.people import Person
from bridge.desks.zendesk_users import SupportAccount, SupportUsers

URL = "https://acme.zendesk.com"
SEARCH = f"{URL}/api/v2/users/search.json"
MARIA = "+14155550101"
TOKEN = SupportAccount(URL, email="ann@acme.test", api_token="t")
OAUTH = SupportAccount(URL, client_id="c", client_secret="s")
ROBIN = {
    "id": 388001,
    "name": "Maria Vale",
    "phone": "(415) 555-0101",
    "email": "maria@acme.test",
    "external_id": "cust-9",
    "role": "end-user",
    "active": True,
}


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def people() -> SupportUsers:
    return SupportUsers(TOKEN, requests.Session())


def found(wire: responses.RequestsMock, query: str, *users: dict[str, Any]) -> None:
    wire.get(
        SEARCH,
        json={"users": users, "count": len(users)},
        match=[matchers.query_param_matcher({"query": query}, strict_match=False)],
    )


BY_PHONE = "role:end-user phone:*4155550101"
BY_EMAIL = 'role:end-user email:"maria@acme.test"'


@pytest.mark.parametrize(
    "written", ["(415) 555-0101", "+14155550101", "1-415-555-0101", "4155550101", "+1 415.555.0101"]
)
def test_the_phone_is_matched_however_it_was_written(
    wire: responses.RequestsMock, people: SupportUsers, written: str
) -> None:
    """Searched by its digits, compared as E.164 on our side (SUN-SUP-10, SUN-SUP-13)."""
    found(wire, BY_PHONE, {**ROBIN, "phone": written})
    assert people.match(MARIA).person == Person("388001", "Maria Vale", "cust-9", "maria@acme.test")


@pytest.mark.parametrize(
    "other",
    [
        {"phone": "+44 20 4155 550101"},
        {"phone": "415-555-0101 ext 5"},
        {"phone": None},
        {"phone": "call me"},
        {"role": "agent"},
        {"active": False},
    ],
)
def test_somebody_else_is_not_matched(
    wire: responses.RequestsMock, people: SupportUsers, other: dict[str, Any]
) -> None:
    """Same last digits, an extension, an agent, a deleted user: nobody."""
    found(wire, BY_PHONE, {**ROBIN, **other})
    assert people.match(MARIA).person is None


@pytest.mark.parametrize(
    ("users", "reason"),
    [
        ([ROBIN, {**ROBIN, "id": 2}], "several"),
        ([{**ROBIN, "shared_phone_number": True}], "shared"),
    ],
)
def test_a_doubtful_phone_matches_nobody_not_even_by_e_mail(
    wire: responses.RequestsMock, people: SupportUsers, users: list[dict[str, Any]], reason: str
) -> None:
    """Merging cannot be undone, so it is left alone, with the reason (OPEN-24)."""
    found(wire, BY_PHONE, *users)
    match = people.match(MARIA, "maria@acme.test")
    assert match.person is None
    assert reason in match.reason
    assert len(wire.calls) == 1


def test_phone_wins_over_e_mail(wire: responses.RequestsMock, people: SupportUsers) -> None:
    """With a match by phone nobody asks about the e-mail (OPEN-25)."""
    found(wire, BY_PHONE, ROBIN)
    assert people.match(MARIA, "someone@else.test").person
    assert len(wire.calls) == 1


def test_e_mail_is_asked_second_and_only_if_known(wire: responses.RequestsMock, people: SupportUsers) -> None:
    """An e-mail must be the same, not only similar (OCX-USR-03)."""
    found(wire, BY_PHONE)
    found(wire, BY_EMAIL, {**ROBIN, "phone": None}, {**ROBIN, "id": 2, "email": "maria@acme.test.uk"})
    assert people.match(MARIA).person is None
    match = people.match(MARIA, "maria@acme.test")
    assert match.person
    assert match.person.id == "388001"


def test_the_user_a_ticket_just_made_is_left_out(wire: responses.RequestsMock, people: SupportUsers) -> None:
    """Looking for the other one, the duplicate itself does not count."""
    found(wire, BY_PHONE, ROBIN, {**ROBIN, "id": 2})
    match = people.match(MARIA, besides="2")
    assert match.person
    assert match.person.id == "388001"


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 401, "json": {"error": "Couldn't authenticate you"}},
        {"status": 403, "json": {"error": {"title": "Forbidden", "message": "no"}}},
        {"status": 429, "headers": {"Retry-After": "9"}},
        {"status": 502, "body": "<html>"},
        {"status": 200, "json": {"error": "unavailable"}},
        {"status": 200, "body": ""},
        {"body": requests.ConnectionError()},
        {"body": requests.ReadTimeout()},
    ],
)
def test_a_search_that_fails_never_stops_a_handoff(
    wire: responses.RequestsMock, people: SupportUsers, answer: dict[str, Any]
) -> None:
    """No match and a reason, instead of an error (OCX-USR-06)."""
    wire.get(SEARCH, **answer)
    match = people.match(MARIA)
    assert match.person is None
    assert match.reason.startswith("search failed")


def test_without_credentials_nobody_is_asked(wire: responses.RequestsMock) -> None:
    """Merging is optional; so are its credentials."""
    assert SupportUsers(SupportAccount(URL)).match(MARIA).reason
    assert len(wire.calls) == 0


def test_an_api_token_signs_in_as_its_user(wire: responses.RequestsMock, people: SupportUsers) -> None:
    """`email/token` is the user name (SUN-SUP-01)."""
    wire.get(SEARCH, json={"users": []}, match=[matchers.header_matcher(basic("ann@acme.test/token", "t"))])
    assert people.match(MARIA).reason == ""


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": requests.auth._basic_auth_str(user, password)}


def bearer(token: str) -> list[Any]:
    return [matchers.header_matcher({"Authorization": f"Bearer {token}"})]


def test_an_oauth_token_is_asked_for_once_and_renewed_once(wire: responses.RequestsMock) -> None:
    """A call answered with 401 is made again with a fresh token; a second 401 stands (F-37)."""
    people = SupportUsers(OAUTH, requests.Session())
    for token in ("one", "two"):
        wire.post(f"{URL}/oauth/tokens", json={"access_token": token})
    wire.get(SEARCH, json={"users": [ROBIN]}, match=bearer("one"))
    assert people.match(MARIA).person
    assert people.match(MARIA).person
    wire.replace("GET", SEARCH, status=401, json={"error": "invalid_token"}, match=bearer("one"))
    wire.get(SEARCH, json={"users": [ROBIN]}, match=bearer("two"))
    assert people.match(MARIA).person
    asked = [call.request for call in wire.calls if call.request.url == f"{URL}/oauth/tokens"]
    assert len(asked) == 2
    assert b'"client_credentials"' in (asked[0].body or b"")


def test_a_client_that_is_refused_matches_nobody(wire: responses.RequestsMock) -> None:
    """Wrong OAuth credentials are a reason like any other."""
    wire.post(f"{URL}/oauth/tokens", status=401, json={"error": "invalid_client"})
    assert SupportUsers(OAUTH).match(MARIA).reason.startswith("search failed")


MERGE = f"{URL}/api/v2/users/2/merge.json"


def test_the_loser_is_swallowed_by_the_winner(wire: responses.RequestsMock, people: SupportUsers) -> None:
    """Path user into body user (SUN-IDN-12)."""
    wire.put(MERGE, json={"user": {"id": 1}}, match=[matchers.json_params_matcher({"user": {"id": 1}})])
    people.merge("2", "1")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"status": 404, "json": {"error": "RecordNotFound"}}, None),
        ({"status": 401, "json": {"error": "no"}}, Misconfigured),
        ({"status": 403, "json": {"error": "no"}}, Permanent),
        ({"status": 422, "json": {"error": "RecordInvalid", "description": "10,000 tickets"}}, Permanent),
        ({"status": 500, "body": "<html>"}, Temporary),
        ({"body": requests.ReadTimeout()}, Temporary),
    ],
)
def test_each_ending_of_a_merge(
    wire: responses.RequestsMock, people: SupportUsers, answer: dict[str, Any], kind: type[BridgeError] | None
) -> None:
    """A loser who is gone was merged before; doubt may simply be repeated (F-36)."""
    wire.put(MERGE, **answer)
    if kind is None:
        people.merge("2", "1")
        return
    with pytest.raises(BridgeError) as caught:
        people.merge("2", "1")
    assert type(caught.value) is kind


def test_an_external_id_that_is_refused_is_no_error(
    wire: responses.RequestsMock, people: SupportUsers
) -> None:
    """The chat goes on without the link."""
    url = f"{URL}/api/v2/users/1.json"
    wire.put(url, json={"user": {"external_id": MARIA}})
    assert people.name_outside(Person("1"), MARIA) == MARIA
    wire.replace("PUT", url, status=422, json={"error": "RecordInvalid"})
    assert people.name_outside(Person("1"), MARIA) == ""


@pytest.mark.parametrize(
    ("answer", "problems"),
    [
        ({"json": {"user": {"id": 1, "role": "admin"}}}, 0),
        ({"json": {"user": {"id": None, "role": "end-user"}}}, 1),
        ({"json": {"user": {"id": 1, "role": "end-user"}}}, 1),
        ({"status": 401, "json": {"error": "Couldn't authenticate you"}}, 1),
        ({"body": requests.ConnectTimeout()}, 1),
    ],
)
def test_credentials_are_believed_only_with_a_name(
    wire: responses.RequestsMock, people: SupportUsers, answer: dict[str, Any], problems: int
) -> None:
    """A wrong password may be answered with 200 and nobody (SUN-SUP-05)."""
    wire.get(f"{URL}/api/v2/users/me.json", **answer)
    assert len([finding for finding in people.check() if finding.problem]) == problems


OTHER_FORMS = {
    "Brazil, before the ninth digit": ("+5511987654321", "+55 11 8765-4321", "87654321"),
    "Brazil, with it": ("+551187654321", "(11) 98765-4321", "87654321"),
    "Argentina, without the mobile's 9": ("+5491123456789", "+54 11 2345-6789", "1123456789"),
    "Mexico, with the old 1": ("+525512345678", "+52 1 55 1234 5678", "5512345678"),
    "as written at home": ("+442079460018", "020 7946 0018", "2079460018"),
}


@pytest.mark.parametrize(("phone", "written", "ending"), OTHER_FORMS.values(), ids=list(OTHER_FORMS))
def test_other_forms_of_one_phone_are_matched(
    wire: responses.RequestsMock, people: SupportUsers, phone: str, written: str, ending: str
) -> None:
    """What countries changed in their numbers makes nobody a second customer (CAR-387, bug 28)."""
    found(wire, f"role:end-user phone:*{ending}", {**ROBIN, "phone": written})
    assert people.match(phone).person


def test_a_phone_in_brazil_with_the_same_ending_is_another(
    wire: responses.RequestsMock, people: SupportUsers
) -> None:
    """The search is wider than the comparison."""
    found(wire, "role:end-user phone:*87654321", {**ROBIN, "phone": "+55 21 98765-4321"})
    assert people.match("+5511987654321").person is None
