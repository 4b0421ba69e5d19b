"""What the core expects of the outside world. Adapters implement these; nobody else does I/O.

Every method may raise the errors of `core.errors` and nothing else on purpose. A method that
changes the world raises `Uncertain` when it cannot tell whether the change happened (time-out or
reset after the request was written, 5xx, an unreadable success), and `Temporary` only when it can
tell that it did not.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO, Protocol, runtime_checkable

from bridge.core.model import Handoff, Media, Turn


@dataclass(frozen=True, slots=True)
class Sms:
    """One create call. `attempt` goes into the status-callback URL, so that receipts find home."""

    number: str
    phone: str
    text: str
    attempt: str
    media: tuple[str, ...] = ()  # public addresses


@dataclass(frozen=True, slots=True)
class Accepted:
    """The carrier has the message."""

    source_id: str
    segments: int = 1
    status: str = "queued"


@dataclass(frozen=True, slots=True)
class NumberState:
    """What the carrier says about a number of ours."""

    number: str
    owned: bool
    kind: str  # local (10DLC), toll-free, short-code, alphanumeric, international
    registration: str  # not_required, unregistered, pending, registered, rejected (OPEN-45)
    sms: bool = True
    mms: bool = False
    inbound_url: str = ""
    detail: str = ""
    rate: float = 0.0  # segments a second, if the carrier says so of this very number


class Carrier(Protocol):
    """A provider that carries SMS and MMS."""

    def send(self, sms: Sms) -> Accepted:
        """Create one message. Raises `OptedOut`, `Throttled`, `Temporary`, `Uncertain`, `Permanent`."""

    def find(self, sms: Sms, *, since: float) -> Accepted | None:
        """Look for a message like this one created at or after `since`: the answer to doubt (CAR-11)."""

    def number_state(self, number: str) -> NumberState:
        """Ask for class, abilities and registration of one of our numbers."""

    def open_media(self, media: Media) -> AbstractContextManager["Download"]:
        """Stream an inbound file. Credentials go to the carrier's own host only (CAR-140…144)."""


@dataclass(frozen=True, slots=True)
class Download:
    """An open stream: `chunks` yields bytes, already bounded in size."""

    content_type: str
    name: str
    chunks: Iterator[bytes]


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything a live chat starts with. Tags and metadata stand before the ticket is born."""

    session: str  # what goes into opencx_session_id
    organisation: str
    contact: str
    phone: str
    number: str
    handoff: Handoff
    email: str = ""
    tags: tuple[str, ...] = ()
    user: str = ""  # who had the live chat before this one
    full: tuple[str, ...] = ()  # this session's live chats that take no more lines


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation on the desk."""

    user: str
    conversation: str


AGENTS = "agents"  # a live chat's holder, when people have it


class Desk(Protocol):
    """A help-desk with live chats. Order of calls at a handoff: `open`, `post`…, `pass_control`.

    What is done in a live chat raises `Gone` if it is not there any more, or full.
    """

    def open(self, dossier: Dossier) -> Chat:
        """Find or make the user (phone first, e-mail second) and this session's conversation.

        Safe to repeat: an existing conversation that bears the session id is returned, unless it is full.
        """

    def post(self, chat: Chat, turn: Turn, *, marker: str, files: tuple["Upload", ...] = ()) -> str:
        """Post one line, text first and then each file; return the first message's id."""

    def find_post(self, chat: Chat, marker: str) -> str | None:
        """The id of the message that bears our marker, if it is there (promise P2)."""

    def tell(self, chat: Chat, text: str, *, marker: str) -> str:
        """Show the agent a line that is never delivered to any channel (SUN-MSG-17)."""

    def pass_control(self, chat: Chat, dossier: Dossier, *, first_message: str) -> None:
        """Give the conversation to the Agent Workspace, named, with tags (SUN-SWB-11, SUN-TKT-05)."""

    def reconcile(self, chat: Chat, *, phone: str, email: str = "") -> None:
        """Merge the duplicate Support user a ticket may have made (OCX-USR-01). Safe to repeat."""

    def open_media(self, media: Media) -> AbstractContextManager[Download]:
        """Stream a file an agent sent, with our key if it is private (SUN-ATT-05)."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A checked file on its way to the desk."""

    name: str
    content_type: str
    content: BinaryIO


@dataclass(frozen=True, slots=True)
class Question:
    """What the assistant is asked."""

    session: str  # ours
    assistant_session: str  # theirs, empty at the first question
    assistant_contact: str
    phone: str
    number: str
    texts: tuple[str, ...]  # unanswered customer turns, oldest first
    media: tuple[Media, ...] = ()
    opening: bool = False
    last_id: str = ""  # key of the newest turn asked about


@dataclass(frozen=True, slots=True)
class Answer:
    """What the assistant says. Neither text nor handoff nor `awaited`: it stays silent."""

    text: str = ""
    handoff: Handoff | None = None
    awaited: bool = False  # will come by webhook (OCX-API-16, OPEN-46)
    source_id: str = ""  # the assistant's own id of the answer, if it gives one
    assistant_session: str = ""
    assistant_contact: str = ""
    email: str = ""


class Assistant(Protocol):
    """The AI."""

    def ask(self, question: Question) -> Answer:
        """Ask once. Errors as elsewhere; the flow retries once, then hands off (OPEN-32)."""

    def overdue(self, question: Question) -> Answer:
        """The awaited answer did not come by webhook: read the history instead (OPEN-46)."""

    def recall(self, question: Question) -> Answer | None:
        """What an earlier try of this question came to; None if it was never heard. Asked before a repeat."""

    def close(self, assistant_session: str) -> None:
        """The session ended."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with the set-up, in words of cause and fix (OCX-TRB)."""

    step: str
    cause: str
    fix: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `bridge check`: what was looked at, and the problem if there is one."""

    step: str
    detail: str
    problem: Problem | None = None


@runtime_checkable
class Checkable(Protocol):
    """An adapter that can examine its own set-up, live."""

    def check(self) -> tuple[Finding, ...]:
        """Examine everything this adapter depends on; never raises."""
