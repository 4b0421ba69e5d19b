"""The words of the story: values, events (past tense) and effects (imperative).

Everything here is immutable and plain, so that it can be stored, replayed and compared.
Times are Unix seconds in UTC; numbers are E.164 where they can be, else as they came.
"""

from dataclasses import dataclass
from enum import StrEnum


class Charge(StrEnum):
    """Who answers the customer."""

    AI = "ai"
    HANDOFF = "handoff"  # the AI is silent, the live chat is being opened
    HUMAN = "human"
    NOBODY = "nobody"  # the session is over; the next text opens another


class Author(StrEnum):
    """Who said a line of the transcript."""

    CUSTOMER = "customer"
    AI = "ai"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or other file, by the address where its bytes can be fetched."""

    url: str
    content_type: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """One line of the transcript: a text, an answer or a reply, however many segments it took."""

    number: int
    author: Author
    text: str
    at: float
    media: tuple[Media, ...] = ()
    name: str = ""  # the agent's or AI's display name
    source_id: str = ""  # the carrier's or desk's own id of it


@dataclass(frozen=True, slots=True)
class Handoff:
    """Why a person must take over, as the assistant put it (OCX-HO-10…12). Never sent to the phone."""

    reason: str
    summary: str = ""
    sentiment: str = ""  # angry, neutral, happy (OCX-HO-11); empty if unknown
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A line for the agent that waits for a live chat; the marker tells it from others."""

    text: str
    marker: str


@dataclass(frozen=True, slots=True)
class Session:
    """One conversation of one customer phone with one number of ours, from first text to end."""

    id: str
    phone: str
    number: str
    opened_at: float
    last_at: float  # of the last word either way, or of the end in a live chat
    charge: Charge = Charge.AI
    turns: int = 0
    asked: int = 0  # the assistant has been asked about turns below this number
    asking: bool = False  # one AI reply in preparation (OCX-SMS-17)
    refusals: int = 0  # how often the desk took control and then reported a failure
    assistant_session: str = ""
    assistant_contact: str = ""
    email: str = ""  # known only if the customer gave one on another channel (OCX-USR-03)
    handoff: Handoff | None = None
    user: str = ""  # Sunshine user id
    conversation: str = ""  # Sunshine conversation id
    first_message: str = ""  # Sunshine id of the first transcript line (SUN-TKT-05)
    told: tuple[str, ...] = ()  # what the agent has already been told once
    moves: int = 0  # how often the live chat was lost and another opened
    removed: str = ""  # the live chat that was said to be gone
    full: tuple[str, ...] = ()  # live chats that take no more lines
    resume_at: int = 0  # lines below this number stood in the live chat that was lost
    notes: tuple[Note, ...] = ()  # for the agent, as soon as there is a live chat
    charge_since: float = 0.0  # when whoever is in charge took over


# --- events -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. `at` is when we learnt of it."""

    at: float


@dataclass(frozen=True, slots=True)
class TextReceived(Event):
    """A customer texted one of our numbers."""

    phone: str
    number: str
    text: str
    source_id: str
    media: tuple[Media, ...] = ()
    segments: int = 1
    opt_out_type: str = ""  # the carrier's own verdict: STOP, START, HELP (CAR-89)


@dataclass(frozen=True, slots=True)
class ReceiptArrived(Event):
    """The carrier reports what became of one sent part. `attempt` is ours, from the callback URL."""

    source_id: str
    attempt: str
    status: str
    error_code: str = ""


@dataclass(frozen=True, slots=True)
class AssistantAnswered(Event):
    """The assistant has an answer, a handoff, or (text empty, no handoff) nothing to say."""

    session: str
    text: str = ""
    handoff: Handoff | None = None
    assistant_session: str = ""
    assistant_contact: str = ""
    email: str = ""
    awaited: bool = False  # the answer itself will come by webhook (OCX-API-16)
    source_id: str = ""  # the assistant's own id of the answer


@dataclass(frozen=True, slots=True)
class AssistantFailed(Event):
    """The assistant gave no usable answer."""

    session: str
    reason: str


@dataclass(frozen=True, slots=True)
class AssistantClosed(Event):
    """The assistant's side closed its session (OCX-WH-01)."""

    session: str


@dataclass(frozen=True, slots=True)
class AgentReplied(Event):
    """A human agent wrote a public reply in the Agent Workspace."""

    conversation: str
    source_id: str
    text: str
    media: tuple[Media, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class ConversationEnded(Event):
    """The desk gave the conversation back: ended by agent or user, or ticket closed (SUN-TKT-13/14)."""

    conversation: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ControlRefused(Event):
    """Control did not pass although the call was answered with 200 (SUN-SWB-10)."""

    conversation: str
    reason: str


@dataclass(frozen=True, slots=True)
class ConversationRemoved(Event):
    """An admin deleted the conversation."""

    conversation: str


@dataclass(frozen=True, slots=True)
class ChatLost(Event):
    """We found the live chat gone, or full, when a line was to be put there."""

    session: str
    conversation: str
    full: bool = False
    line: int | None = None  # the number of the turn that did not get there
    note: Note | None = None  # the line for the agent that did not get there


@dataclass(frozen=True, slots=True)
class UserMerged(Event):
    """Two Sunshine users became one (SUN-IDN-08)."""

    surviving: str
    discarded: str


@dataclass(frozen=True, slots=True)
class ConversationOpened(Event):
    """The live chat exists, with tags and metadata, before anybody is in control."""

    session: str
    user: str
    conversation: str


@dataclass(frozen=True, slots=True)
class TurnPosted(Event):
    """One transcript line stands on the desk."""

    session: str
    turn: int
    message: str


@dataclass(frozen=True, slots=True)
class ControlPassed(Event):
    """The Agent Workspace was given the conversation."""

    session: str


@dataclass(frozen=True, slots=True)
class SendAccepted(Event):
    """The carrier took one part."""

    session: str
    turn: int
    part: int
    attempt: str
    source_id: str
    segments: int = 1
    warning: str = ""  # it was sent although the number is not registered (BRIDGE_COMPLIANCE=warn)


@dataclass(frozen=True, slots=True)
class SendFailed(Event):
    """One part will not be sent. `code` is the carrier's, or one of ours."""

    session: str
    turn: int
    part: int
    reason: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class SendHeld(Event):
    """One part waits for the number's registration (design §7)."""

    session: str
    turn: int
    part: int
    reason: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class EffectParked(Event):
    """An effect other than a send was given up; it is a letter now."""

    session: str
    effect: str
    reason: str
    code: str = ""
    fix: str = ""
    line: int | None = None  # the number of the turn it was about


@dataclass(frozen=True, slots=True)
class LetterReplayed(Event):
    """An operator has an effect that was given up tried again; turn and part are those of a text."""

    session: str
    effect: str
    turn: int = -1
    part: int = -1


@dataclass(frozen=True, slots=True)
class IdleElapsed(Event):
    """Nobody wrote for the idle time (OCX-LIF-05)."""

    session: str


@dataclass(frozen=True, slots=True)
class Unreadable(Event):
    """An authentic webhook nobody could make sense of, kept as it came."""

    sender: str
    reason: str
    body: str


# --- effects ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Effect:
    """Something to do in the world for one session."""

    session: str


@dataclass(frozen=True, slots=True)
class AskAssistant(Effect):
    """Ask for an answer to the customer turns from `first` up to, not including, `until`."""

    first: int
    until: int


@dataclass(frozen=True, slots=True)
class FetchAnswer(Effect):
    """The awaited answer may be overdue: read it from the assistant's history (OPEN-46)."""

    first: int
    until: int


@dataclass(frozen=True, slots=True)
class SendText(Effect):
    """Send one part of one reply from the session's number to the session's phone."""

    turn: int
    part: int
    text: str
    media: tuple[Media, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenConversation(Effect):
    """Make the Sunshine user and conversation, with tags and metadata."""


@dataclass(frozen=True, slots=True)
class PostTurn(Effect):
    """Put one transcript line on the desk."""

    turn: int


@dataclass(frozen=True, slots=True)
class PassControl(Effect):
    """Give the conversation to the Agent Workspace."""


@dataclass(frozen=True, slots=True)
class TellAgent(Effect):
    """Show the agent a line that can never travel to the phone."""

    text: str
    marker: str


@dataclass(frozen=True, slots=True)
class ReconcileUser(Effect):
    """Merge the Support user that the ticket made with the one who has this phone (OCX-USR-01)."""


@dataclass(frozen=True, slots=True)
class CloseAssistant(Effect):
    """Tell the assistant that its session is over."""


# --- decisions --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Consent:
    """Whether we may text this phone, from one number of ours or, by default, from any (CAR-403)."""

    phone: str
    allowed: bool
    at: float
    word: str = ""
    number: str = ""  # empty: the whole business


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is known of one part of one reply. Statuses never go back (CAR-133)."""

    turn: int
    part: int
    source_id: str = ""
    status: str = ""
    error_code: str = ""
    segments: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """What one event changes and causes. The journal commits all of it at once."""

    session: Session | None = None
    turns: tuple[Turn, ...] = ()
    effects: tuple[Effect, ...] = ()
    consent: Consent | None = None
    receipt: Receipt | None = None
    withdraw: tuple[int, ...] = ()  # unsent parts of these turns are dropped
    withdraw_all: bool = False  # every unsent part of the session is dropped
    afresh: bool = False  # what waits for the desk is dropped: another live chat takes it
    ignored: str = ""  # why nothing happened; counted

    @property
    def moves(self) -> bool:
        """Whether other effects wait than before."""
        return bool(self.effects or self.withdraw or self.withdraw_all or self.afresh)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the operator decided; the same for every event."""

    numbers: frozenset[str]
    autopilot: bool = True
    idle_seconds: float = 10_800.0
    per_number: bool = False  # an opt-out counts for the number it was sent to, not for all of them

    def scope(self, number: str) -> str:
        """The numbers for which a word to this one counts: empty for all."""
        return number if self.per_number else ""


@dataclass(frozen=True, slots=True)
class Case:
    """One event's surroundings: the session it concerns and what the journal knows beside it."""

    rules: Rules
    session: Session | None = None
    allowed: bool = True  # the phone has not opted out of texts from this number
    fresh_id: str = ""  # for a session that must be opened
    before: Session | None = None  # the phone's latest session, if the event's own is not there
    receipt: Receipt | None = None  # what is known of the part the event speaks of
    turn: Turn | None = None  # the turn the event speaks of
    heard: bool = False  # a turn with the event's source id stands in the session already
    unposted: int | None = None  # the first turn that waits for the desk
    untold: tuple[Note, ...] = ()  # lines for the agent that wait for the desk
    unheard: bool = False  # the assistant has not taken what it was to be asked last
    passing: bool = False  # control of the live chat is to be passed, and nobody is at it
    overtaken: bool = False  # the customer has said something about being texted after the event's text
    was_allowed: bool = False  # the phone had not opted out when the event's text came, which had to wait
