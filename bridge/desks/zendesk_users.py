"""The Zendesk Support user list: who has this phone, and making two users one.

Facts:
  * Phones are searched as digits; a leading `*` ignores how the number was written (SUN-SUP-10). Stored
    text may be `(555) 123-0000`, so it is compared after normalising here (SUN-SUP-13).
  * Several users with the phone, or a shared phone: nobody is merged (OPEN-24, SUN-IDN-15).
  * The index lags by minutes and may be unavailable (SUN-SUP-11). Nothing here may stop a handoff
    (OCX-USR-06): `match` answers with a reason instead of raising.
  * API tokens end on 30 Apr 2027; OAuth tokens live 30 minutes (SUN-SUP-02, SUN-SUP-03). Both work here.
  * A wrong password may be answered with 200 and an anonymous user (SUN-SUP-05).
"""

from dataclasses import dataclass, field
from typing import Any

import requests
import structlog

from bridge.core import addresses
from bridge.core.errors import BridgeError, Misconfigured, Permanent, Temporary
from bridge.core.ports import Finding, Problem
from bridge.desks.people import Match, Person
from bridge.desks.zendesk_auth import TokenAuth, complaint
from bridge.http import TIMEOUT, Client, Refused, Timeout, harmless

Json = dict[str, Any]
STEP = "Zendesk Support credentials"
NONE = "no Support credentials"
FIX = (
    "Give BRIDGE_ZENDESK_OAUTH_CLIENT_ID and BRIDGE_ZENDESK_OAUTH_CLIENT_SECRET of an OAuth client with read "
    "and write scope, or BRIDGE_ZENDESK_EMAIL and BRIDGE_ZENDESK_API_TOKEN with token access switched on."
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SupportAccount:
    """Credentials for the Support API: an OAuth client, or a user's API token, or neither."""

    url: str
    email: str = ""
    api_token: str = field(default="", repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)


class SupportUsers:
    """Implements `People`."""

    def __init__(
        self,
        account: SupportAccount,
        session: requests.Session | None = None,
        *,
        timeout: Timeout = TIMEOUT,
    ) -> None:
        session = session or requests.Session()
        auth: Any = None
        if account.client_id and account.client_secret:
            auth = TokenAuth(session, account.url, (account.client_id, account.client_secret), timeout)
        elif account.email and account.api_token:
            auth = (f"{account.email}/token", account.api_token)
        self._usable = auth is not None
        base = f"{account.url.rstrip('/')}/api/v2"
        self._client = Client(session, base, auth=auth, timeout=timeout, complaint=complaint)

    def match(self, phone: str, email: str = "", *, besides: str = "") -> Match:
        """The end user with this phone; if nobody has it, the one with this e-mail."""
        if not self._usable:
            return Match(reason=NONE)
        try:
            found = self._by_phone(phone, besides)
            if found.person or found.reason or not email:
                return found
            return self._by_email(email, besides)
        except BridgeError as error:
            log.warning("support_search_failed", reason=error.reason, code=error.code)
            return Match(reason=f"search failed: {error.reason}", error=_to_mend(error))

    def _by_phone(self, phone: str, besides: str) -> Match:
        digits, region = addresses.ending(phone), addresses.region_of(phone) or "US"
        if not digits:
            return Match(reason="not a phone number")
        users = self._search(f"role:end-user phone:*{digits}", besides)
        same = [user for user in users if addresses.same_phone(str(user.get("phone") or ""), phone, region)]
        if any(user.get("shared_phone_number") for user in same):
            return Match(reason="the phone is shared")
        return _only(same, "phone")

    def _by_email(self, email: str, besides: str) -> Match:
        users = self._search(f'role:end-user email:"{email}"', besides)
        return _only(
            [user for user in users if str(user.get("email") or "").lower() == email.lower()], "e-mail"
        )

    def _search(self, query: str, besides: str) -> list[Json]:
        answer = self._client.get("/users/search.json", query=query, per_page="100")
        if not isinstance(answer.get("users"), list):
            raise Temporary(f"search is {answer.get('error') or 'unreadable'}")
        return [
            user
            for user in answer["users"]
            if user.get("role", "end-user") == "end-user"
            and user.get("active", True)
            and str(user.get("id")) != besides
        ]

    def name_outside(self, person: Person, external_id: str) -> str:
        """Set the external id of a person who has none (SUN-IDN-05)."""
        try:
            with harmless():
                answer = self._client.call(
                    "PUT", f"/users/{person.id}.json", json={"user": {"external_id": external_id}}
                )
        except BridgeError as error:
            log.warning("support_external_id_refused", user=person.id, reason=error.reason, code=error.code)
            return ""
        return str((answer.get("user") or {}).get("external_id") or "")

    def merge(self, loser: str, winner: str) -> None:
        """The loser is swallowed by the winner (SUN-IDN-12); it cannot be undone."""
        body = {"user": {"id": int(winner) if winner.isdigit() else winner}}
        try:
            with harmless():  # a loser who is gone is no error, so it may be repeated
                self._client.call("PUT", f"/users/{loser}/merge.json", json=body)
        except Refused as refused:
            if refused.status == 401:
                raise Misconfigured(refused.reason, code=refused.code, fix=FIX) from refused
            if refused.status == 409:
                raise Temporary(refused.reason, code=refused.code) from refused
            if refused.status != 404:
                raise Permanent(refused.reason, code=refused.code) from refused

    def check(self) -> tuple[Finding, ...]:
        """Ask who we are, and believe only a name."""
        if not self._usable:
            return (_bad("none", "Without credentials customers are not matched by phone."),)
        try:
            user = self._client.get("/users/me.json").get("user") or {}
        except BridgeError as error:
            return (_bad("refused", f"Failed to verify credentials ({error.reason})."),)
        if not user.get("id"):
            return (_bad("anonymous", "Zendesk knows nobody by these credentials."),)
        if user.get("role") not in ("admin", "agent"):
            return (_bad(str(user.get("role")), "The user may neither search nor merge users."),)
        return (Finding(STEP, f"signed in as {user.get('role')}"),)


def _to_mend(error: BridgeError) -> BridgeError:
    """Refused credentials are for the operator."""
    if isinstance(error, Refused) and error.status in (401, 403):
        return Misconfigured(error.reason, code=error.code, fix=FIX)
    return error


def _only(users: list[Json], what: str) -> Match:
    if len(users) > 1:
        return Match(reason=f"several users have this {what}")
    if not users:
        return Match()
    user = users[0]
    return Match(
        Person(
            id=str(user.get("id")),
            name=str(user.get("name") or ""),
            external_id=str(user.get("external_id") or ""),
            email=str(user.get("email") or ""),
        )
    )


def _bad(detail: str, cause: str) -> Finding:
    return Finding(STEP, detail, Problem(STEP, cause, FIX))
