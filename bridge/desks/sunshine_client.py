"""Sunshine Conversations v2 as far as we use it: a thin client, lenient in what it reads.

Our own, because the official one is abandoned and throws on agents' messages (SUN-SDK-01, SUN-SDK-06).

Facts:
  * Errors are `errors[{code,title}]`; v1.1 has `error{code,description}` (SUN-CNV-06, SUN-IDN-07).
  * Query objects are deep: `filter[userId]=…`, `page[after]=…` (SUN-CNV-13, SUN-CNV-09).
  * Messages come newest page first and are paged backwards (SUN-CNV-11).
  * An external id is percent-encoded in the path: `%2B1415…` (SUN-USR-07).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import requests

from bridge.core.errors import BridgeError, Gone, Misconfigured, Permanent, Temporary, Uncertain
from bridge.core.ports import Upload
from bridge.http import TIMEOUT, Client, Refused, Timeout, harmless

Json = dict[str, Any]
GONE = ("conversation_not_found", "not_found")  # listing messages says the latter (section 2 of SUN)
_MOST_PAGES = 300  # a conversation holds 30,000 messages (SUN-CON-12), a page 100

KEY_FIX = (
    "Use an App key from Admin Center → Conversations API, whose id begins with app_ (an Integration key "
    "fails), copy the App ID afresh, and give the bare subdomain."
)


@dataclass(frozen=True, slots=True)
class SunshineAccount:
    """One Sunshine app of one Zendesk account."""

    app_id: str
    key_id: str
    secret: str = field(repr=False)
    subdomain: str
    public_url: str  # where Zendesk reaches the bridge
    url: str = ""  # default: https://{subdomain}.zendesk.com
    webhook_secret: str = field(default="", repr=False)
    webhook_secret_old: str = field(default="", repr=False)  # still accepted during a rotation

    @property
    def home(self) -> str:
        """The account's own host."""
        return (self.url or f"https://{self.subdomain}.zendesk.com").rstrip("/")

    @property
    def webhook_url(self) -> str:
        """Where Sunshine must send events."""
        return f"{self.public_url.rstrip('/')}/webhooks/sunshine"


class SunshineClient:
    """Calls for one app."""

    def __init__(
        self, account: SunshineAccount, session: requests.Session | None = None, timeout: Timeout = TIMEOUT
    ) -> None:
        self._client = Client(
            session or requests.Session(),
            f"{account.home}/sc/v2/apps/{quote(account.app_id, safe='')}",
            auth=(account.key_id, account.secret),
            timeout=timeout,
            complaint=complaint,
        )

    # --- users ---

    def user(self, id_or_external_id: str) -> Json | None:
        """A user, or None if there is none."""
        try:
            return _part(self._client.get(f"/users/{quote(id_or_external_id, safe='')}"), "user")
        except Refused as refused:
            if refused.status == 404 and refused.code != "app_not_found":
                return None
            raise

    def create_user(self, body: Json) -> Json | None:
        """A new user, or None if the external id is taken: then somebody else was quicker (SUN-USR-06)."""
        try:
            with harmless():  # the external id makes a repetition a conflict, not a second user
                return _part(self._client.call("POST", "/users", json=body), "user")
        except Refused as refused:
            if refused.status == 409:
                return None
            raise

    def update_user(self, user: str, body: Json) -> None:
        with harmless():
            self._client.call("PATCH", f"/users/{user}", json=body)

    def sync_user(self, zendesk_id: str, surviving: str) -> None:
        """Tell Sunshine which Support user remains after a merge (SUN-USR-13, SUN-IDN-11)."""
        body = {"survivingZendeskId": surviving}
        with harmless():
            self._client.call("POST", f"/users/{zendesk_id}/sync", json=body)

    # --- conversations ---

    def conversations(self, user: str) -> Iterator[Json]:
        """Every conversation of a user."""
        query: Json = {"filter[userId]": user, "page[size]": 100}
        for _ in range(_MOST_PAGES):
            answer = self._client.get("/conversations", **query)
            yield from answer.get("conversations") or ()
            after = (answer.get("meta") or {}).get("afterCursor")
            if not (answer.get("meta") or {}).get("hasMore") or not after:
                return
            query["page[after]"] = after

    def conversation(self, conversation: str) -> Json:
        return _part(self._client.get(f"/conversations/{conversation}"), "conversation")

    def participant(self, conversation: str) -> str:
        """The user whose conversation this is, empty if it cannot be told."""
        answer = self._client.get(f"/conversations/{conversation}/participants")
        listed = answer.get("participants") or [{}]
        return str(listed[0].get("userId") or "")

    def create_conversation(self, body: Json) -> Json:
        return _part(self._client.call("POST", "/conversations", json=body), "conversation")

    def post_message(self, conversation: str, body: Json) -> Json:
        answer = self._client.call("POST", f"/conversations/{conversation}/messages", json=body)
        messages = answer.get("messages") if isinstance(answer, dict) else None
        if not messages or not messages[0].get("id"):
            raise Uncertain("success without a message")
        first: Json = messages[0]
        return first

    def messages(self, conversation: str) -> Iterator[Json]:
        """Every message, the newest page first."""
        for page in self._pages(conversation):
            yield from page

    def newest(self, conversation: str, since: str) -> list[Json]:
        """Every message since a time, and the rest of its page; oldest first."""
        found: list[Json] = []
        for page in self._pages(conversation):
            found[:0] = page
            if page and str(page[0].get("received") or "") < since:
                break
        return found

    def _pages(self, conversation: str) -> Iterator[list[Json]]:
        query: Json = {}
        for _ in range(_MOST_PAGES):
            answer = self._client.get(f"/conversations/{conversation}/messages", **query)
            yield list(answer.get("messages") or ())
            before = (answer.get("meta") or {}).get("beforeCursor")
            if not (answer.get("meta") or {}).get("hasMore") or not before:
                return
            query = {"page[before]": before}

    def upload(self, conversation: str, upload: Upload) -> Json:
        """Put a file beside a conversation; nobody sees it until a message names it (SUN-ATT-01/02)."""
        upload.content.seek(0)
        with harmless():
            answer = self._client.call(
                "POST",
                "/attachments",
                params={"access": "public", "for": "message", "conversationId": conversation},
                files={"source": (upload.name, upload.content, upload.content_type)},
            )
            return _part(answer, "attachment", "mediaUrl")

    def pass_control(self, conversation: str, body: Json) -> None:
        """Answered before it is carried out (SUN-SWB-10); a named target may be repeated (SUN-SWB-11)."""
        self._client.call("POST", f"/conversations/{conversation}/passControl", json=body)

    # --- set-up ---

    def app(self) -> Json:
        return _part(self._client.get(""), "app")

    def responders(self) -> list[Json]:
        """The switchboard integrations of the app's switchboard; none if there is no switchboard."""
        boards = self._client.get("/switchboards").get("switchboards") or []
        if not boards:
            return []
        answer = self._client.get(f"/switchboards/{boards[0].get('id')}/switchboardIntegrations")
        return list(answer.get("switchboardIntegrations") or ())

    def webhooks(self) -> list[Json]:
        """Every webhook of every custom integration, each with its `integrationId`."""
        answer = self._client.get("/integrations", **{"filter[types]": "custom", "page[size]": 100})
        found = []
        for integration in answer.get("integrations") or ():
            hooks = self._client.get(f"/integrations/{integration.get('id')}/webhooks").get("webhooks") or ()
            found += [{**hook, "integrationId": integration.get("id")} for hook in hooks]
        return found


def complaint(content: Any) -> tuple[str, str]:
    """Code and message of a refusal."""
    if not isinstance(content, dict):
        return "", ""
    listed = content.get("errors")
    error = listed[0] if isinstance(listed, list) and listed else content.get("error")
    if not isinstance(error, dict):
        return "", str(error or "")
    return str(error.get("code") or ""), str(error.get("title") or error.get("description") or "")


def sort(refused: Refused) -> BridgeError:
    """What a refusal means for us (SUN section 3).

    A 404 without a code is not Sunshine's: nobody serves this app here (SUN-05). A conflict is a change at
    the same moment (SUN-CNV-16); a user who is gone was merged or deleted, and is looked for anew (F-17).
    """
    code = refused.code or str(refused.status)
    if refused.status in (401, 403) or refused.status < 400 or code in ("404", "app_not_found"):
        return Misconfigured(refused.reason, code=code, fix=KEY_FIX)
    if refused.status == 409 or code == "user_not_found":
        return Temporary(refused.reason, code=code)
    if code in GONE or refused.status == 423:
        return Gone(refused.reason, code=code, full=refused.status == 423)
    return Permanent(refused.reason, code=code)


def _part(answer: Any, name: str, needed: str = "id") -> Json:
    """The resource in an answer; a success without one proves nothing."""
    part = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(part, dict) or not part.get(needed):
        raise Uncertain(f"success without {name}")
    return part
