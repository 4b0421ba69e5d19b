"""Zendesk's Agent Workspace, reached through Sunshine Conversations.

At a handoff: user → conversation with tags and metadata → transcript → control. Tags and fields count only
up to the moment the ticket is made, so they stand first (SUN-TKT-06).

Facts:
  * With multi-conversations off a user's second conversation is refused (OCX-SUN-14).
  * Posts have no idempotency key; our marker in the metadata is what we look for in doubt (SUN-MSG-20).
  * `destination.integrationType: none` shows a line to agents and delivers it nowhere (SUN-MSG-17).
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import requests
import structlog

from bridge.core.dossier import metadata
from bridge.core.errors import Misconfigured
from bridge.core.model import Author, Media, Turn
from bridge.core.ports import AGENTS as HOLDER_AGENTS
from bridge.core.ports import Chat, Dossier, Download, Finding, Upload
from bridge.desks import sunshine_events
from bridge.desks.people import People
from bridge.desks.sunshine_check import MULTI_FIX, examine
from bridge.desks.sunshine_client import GONE, Json, SunshineAccount, SunshineClient, sort
from bridge.desks.sunshine_posts import Part, Posts, iso, split
from bridge.desks.sunshine_users import Users
from bridge.fetch import Fetcher
from bridge.heard import Heard
from bridge.http import TIMEOUT, Refused, Timeout

AGENTS = "zd:agentWorkspace"
AGENTS_NAME = "zd-agentWorkspace"
SESSION_KEY = "opencx_session_id"
TAGS_KEY = "dataCapture.systemField.tags"
BOARD_FIX = (
    "Connect the Agent Workspace to the app's switchboard; without it a handoff is never a live chat. "
    "See the messaging status under Admin Center → Channels → Messaging."
)
SCOPE_FIX = "Use an App key, whose id begins with app_: an Integration key cannot read the switchboard."


UNNAMED = {Author.AI: "AI", Author.AGENT: "Agent"}
log = structlog.get_logger(__name__)


class Sunshine:
    """One Sunshine app as a desk."""

    def __init__(
        self,
        account: SunshineAccount,
        people: People | None = None,
        session: requests.Session | None = None,
        *,
        timeout: Timeout = TIMEOUT,
        fetcher: Fetcher | None = None,
    ) -> None:
        self._account = account
        self._people = people
        self._client = SunshineClient(account, session, timeout)
        self._users = Users(self._client, people)
        self._posts = Posts(self._client)
        self._fetcher = fetcher or Fetcher(account.home, (account.key_id, account.secret), session=session)
        self._agents = ""

    # --- the live chat ---

    def open(self, dossier: Dossier) -> Chat:
        """Find or make the user and this session's conversation. Safe to repeat."""
        with _refusals():
            users = self._users.of(dossier)
            for user in users:
                if conversation := self._of_session(user, dossier):
                    return Chat(user, conversation)
            return Chat(users[0], self._new_conversation(users[0], dossier))

    def _of_session(self, user: str, dossier: Dossier) -> str:
        for conversation in self._client.conversations(user):
            session = (conversation.get("metadata") or {}).get(SESSION_KEY)
            if session == dossier.session and conversation["id"] not in dossier.full:
                return str(conversation["id"])
        return ""

    def _new_conversation(self, user: str, dossier: Dossier) -> str:
        body = {
            "type": "personal",
            "participants": [{"userId": user}],
            "displayName": f"SMS {dossier.phone}"[:100],
            "metadata": metadata(
                dossier.organisation,
                dossier.contact,
                dossier.session,
                {TAGS_KEY: ",".join(dossier.tags)},
            ),
        }
        try:
            return str(self._client.create_conversation(body)["id"])
        except Refused as refused:
            if refused.status == 400 and not self._many_allowed():
                raise Misconfigured(
                    "multi-conversations are off", code=refused.code, fix=MULTI_FIX
                ) from refused
            raise

    def _many_allowed(self) -> bool:
        settings = self._client.app().get("settings") or {}
        return settings.get("multiConvoEnabled") is not False

    # --- lines ---

    def post(self, chat: Chat, turn: Turn, *, marker: str, files: tuple[Upload, ...] = ()) -> str:
        """Post one line of the transcript, text first and then each file.

        An agent's own line stands there already, unless this chat takes the place of one that is lost.
        """
        author: Json = {"type": "user", "userId": chat.user}
        if turn.author is not Author.CUSTOMER:
            author = {"type": "business", "displayName": turn.name or UNNAMED[turn.author]}
        parts = [*(Part(text=text) for text in split(turn.text)), *(Part(file=file) for file in files)]
        parts = parts or [Part(text="[an empty text]")]  # it may be nothing but white space (CAR-384)
        frame: Json = {"author": author, "metadata": {"at": iso(turn.at)}}
        with _refusals():
            try:
                return self._posts.put(chat.conversation, parts, frame, marker)
            except Refused as refused:
                self._as_now_known(chat, frame, refused)
                return self._posts.put(chat.conversation, parts, frame, marker)

    def _as_now_known(self, chat: Chat, frame: Json, refused: Refused) -> None:
        """Users may have been merged without our hearing of it: ask whose conversation it is (F-17, Q-05)."""
        author = frame["author"]
        if "userId" not in author or refused.status not in (400, 404) or refused.code in GONE:
            raise refused
        now = self._client.participant(chat.conversation)
        if now in ("", author["userId"]):
            raise refused
        author["userId"] = now

    def tell(self, chat: Chat, text: str, *, marker: str) -> str:
        """Show the agent a line that goes nowhere else."""
        frame: Json = {
            "author": {"type": "business", "displayName": "Sunbridge"},
            "destination": {"integrationType": "none"},
        }
        with _refusals():
            return self._posts.put(
                chat.conversation, [Part(text=each) for each in split(text)], frame, marker
            )

    def find_post(self, chat: Chat, marker: str) -> str | None:
        """The first message of a line that stands there whole."""
        with _refusals():
            return self._posts.find(chat.conversation, marker)

    def standing(self, chat: Chat, at: float, *, since: float) -> Heard:
        """What the messages since then hold: the answer to webhooks that got lost (SUN-WHK-08)."""
        with _refusals():
            newest = self._client.newest(chat.conversation, iso(since))
        return sunshine_events.standing(chat.conversation, newest, at)

    # --- control ---

    def holder(self, chat: Chat) -> str:
        """Who has control now: `AGENTS`, nobody (empty), or another by name (SUN-CON-04, SUN-SWB-14)."""
        with _refusals():
            active = self._client.conversation(chat.conversation).get("activeSwitchboardIntegration") or {}
        if active.get("integrationType") == AGENTS:
            return HOLDER_AGENTS
        return str(active.get("name") or active.get("integrationType") or "")

    def pass_control(self, chat: Chat, dossier: Dossier, *, first_message: str) -> None:
        """Give the conversation to the agents by name (SUN-SWB-11). Safe to repeat."""
        metadata: Json = {SESSION_KEY: dossier.session, TAGS_KEY: ",".join(dossier.tags)}
        if first_message:
            metadata["first_message_id"] = first_message
        with _refusals():
            body = {"switchboardIntegration": self._agents_name(), "metadata": metadata}
            self._client.pass_control(chat.conversation, body)

    def _agents_name(self) -> str:
        """The name under which this account's switchboard knows its agents; looked up once."""
        if not self._agents:
            try:
                responders = self._client.responders()
            except Refused as refused:
                if refused.status == 403:
                    raise Misconfigured(refused.reason, code=refused.code, fix=SCOPE_FIX) from refused
                raise
            self._agents = agents_name(responders)
        return self._agents

    # --- files, users, set-up ---

    def open_media(self, media: Media) -> AbstractContextManager[Download]:
        """Stream an agent's file, with our key on the desk's own host only (SUN-ATT-05)."""
        return self._fetcher.open(media)

    def reconcile(self, chat: Chat, *, phone: str, email: str = "") -> None:
        """Merge the Support user that a ticket made with the one who has this phone. Safe to repeat."""
        with _refusals():
            outcome = self._users.reconcile(chat.user, phone, email)
        log.info("support_user_reconciled", conversation=chat.conversation, outcome=outcome)

    def check(self) -> tuple[Finding, ...]:
        """Examine key, app, webhook, switchboard and Support credentials."""
        findings = tuple(examine(self._account, self._client))
        return findings + (self._people.check() if self._people else ())


def agents_name(responders: list[Json]) -> str:
    """The switchboard's name for the Agent Workspace (SUN-SWB-02)."""
    for responder in responders:
        if responder.get("integrationType") == AGENTS and responder.get("name"):
            return str(responder["name"])
    if responders:
        raise Misconfigured("the switchboard has no Agent Workspace", fix=BOARD_FIX)
    return AGENTS_NAME


@contextmanager
def _refusals() -> Iterator[None]:
    """Sort what the client leaves unsorted."""
    try:
        yield
    except Refused as refused:
        raise sort(refused) from refused
