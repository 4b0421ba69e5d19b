"""The story, chapter by chapter: a situation, an event, and what changes and follows."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bridge.core import flow, lifecycle, model
from bridge.core.flow import decide
from bridge.core.model import (
    AgentReplied,
    AskAssistant,
    AssistantAnswered,
    AssistantClosed,
    AssistantFailed,
    Author,
    Case,
    Charge,
    ChatLost,
    CloseAssistant,
    Consent,
    ControlPassed,
    ControlRefused,
    ConversationEnded,
    ConversationOpened,
    ConversationRemoved,
    Effect,
    EffectParked,
    Event,
    FetchAnswer,
    Handoff,
    IdleElapsed,
    LetterReplayed,
    Media,
    Note,
    OpenConversation,
    PassControl,
    PostTurn,
    Receipt,
    ReceiptArrived,
    ReconcileUser,
    Rules,
    SendAccepted,
    SendFailed,
    SendHeld,
    SendText,
    Session,
    TellAgent,
    TextReceived,
    Turn,
    TurnPosted,
    Unreadable,
    UserMerged,
)

MARIA, SUPPORT, SALES = "+14155550101", "+14155550150", "+12125550160"
RULES = Rules(frozenset({SUPPORT, SALES}), idle_seconds=100.0)
WHY = Handoff("user_request", summary="Wants a person")

AI = Session("s", MARIA, SUPPORT, 1.0, 1.0, turns=1, asked=1)
ASKING = replace(AI, asking=True)
OPENING = replace(AI, charge=Charge.HANDOFF, handoff=WHY)
OPEN = replace(OPENING, user="u", conversation="c")
PEOPLE = replace(OPEN, charge=Charge.HUMAN)
OVER = replace(PEOPLE, charge=Charge.NOBODY)

PICTURE = Media("https://files.example.com/1", "image/png")
LONG = "x" * 1530 + "y" * 1530
SENT = Receipt(0, 0, "SM1", "sent", "", 1)
LINE = Turn(0, Author.AGENT, "Your refund is on its way", 1.0)


def case(session: Session | None = None, **more: Any) -> Case:
    """The surroundings of an event."""
    return Case(**{"rules": RULES, "session": session, "fresh_id": "new", **more})


def text(words: str = "Hello", **more: Any) -> TextReceived:
    """Maria texts Support at the ninth second."""
    told: dict[str, Any] = {"at": 9.0, "phone": MARIA, "number": SUPPORT, "text": words, "source_id": "SM9"}
    return TextReceived(**told | more)


def answer(words: str = "", **more: Any) -> AssistantAnswered:
    """The AI answers at the ninth second."""
    return AssistantAnswered(9.0, "s", words, **more)


def reply(words: str = "Hi Maria", **more: Any) -> AgentReplied:
    """Ada replies at the ninth second."""
    return AgentReplied(9.0, "c", "m9", words, name="Ada", **more)


def send(words: str, turn: int = 1, part: int = 0, media: tuple[Media, ...] = ()) -> SendText:
    """One part on its way to the phone."""
    return SendText("s", turn, part, words, media)


@dataclass(frozen=True)
class Told:
    """What must come of an event: fields of the session that change, lines, effects, and the rest."""

    changed: dict[str, Any] | None = None
    effects: tuple[Effect, ...] = ()
    turns: tuple[Turn, ...] = ()
    rest: dict[str, Any] = field(default_factory=dict)


TOLD_START = "The customer texted “START” and can be texted again."
TOLD_STOP = (
    "The customer texted “STOP” and opted out of texts. What was not sent yet is dropped; "
    "replies are not sent until the customer texts START."
)
STUCK = "parked:OpenConversation"
NOT_PASSED = "parked:PassControl"
HEARD = Turn(1, Author.CUSTOMER, "Hello", 9.0, source_id="SM9")
ASKED_TWO = {"turns": 2, "last_at": 9.0}

Row = tuple[Event, Case, Told]

TEXTS: dict[str, Row] = {
    "to the AI": (
        text(),
        case(AI),
        Told({**ASKED_TWO, "asking": True, "asked": 2}, (AskAssistant("s", 1, 2),), (HEARD,)),
    ),
    "while the AI prepares an answer": (text(), case(ASKING), Told(ASKED_TWO, (), (HEARD,))),
    "while the chat is being opened": (text(), case(OPENING), Told(ASKED_TWO, (), (HEARD,))),
    "after the handoff was given up": (
        text(),
        case(replace(OPENING, told=("other", STUCK))),
        Told({**ASKED_TWO, "told": ("other",)}, (OpenConversation("s"),), (HEARD,)),
    ),
    "after passing control was given up": (
        text(),
        case(replace(OPEN, told=(NOT_PASSED, "parked:PostTurn:0"), refusals=50)),
        Told(
            {**ASKED_TWO, "told": ("parked:PostTurn:0",), "refusals": 0},
            (PostTurn("s", 1), PassControl("s")),
            (HEARD,),
        ),
    ),
    "after passing control of a chat that is lost was given up": (
        text(),
        case(replace(OPENING, told=(NOT_PASSED,))),
        Told({**ASKED_TWO, "told": ()}, (), (HEARD,)),
    ),
    "before control passed": (text(), case(OPEN), Told(ASKED_TWO, (PostTurn("s", 1),), (HEARD,))),
    "to people": (text(), case(PEOPLE), Told(ASKED_TWO, (PostTurn("s", 1),), (HEARD,))),
    "with a picture": (
        text("", media=(PICTURE,)),
        case(PEOPLE),
        Told(ASKED_TWO, (PostTurn("s", 1),), (replace(HEARD, text="", media=(PICTURE,)),)),
    ),
    "with the autopilot off": (
        text(),
        case(AI, rules=replace(RULES, autopilot=False)),
        Told(
            {**ASKED_TWO, "charge": Charge.HANDOFF, "handoff": Handoff("autopilot_off")},
            (OpenConversation("s"),),
            (HEARD,),
        ),
    ),
    "from a short code": (
        text(phone="24733"),
        case(replace(AI, phone="24733")),
        Told(ASKED_TWO, (), (HEARD,)),
    ),
    "STOP to the AI": (
        text("STOP"),
        case(AI),
        Told(rest={"consent": Consent(MARIA, False, 9.0, "STOP"), "withdraw_all": True}),
    ),
    "STOP to one number of several": (
        text("STOP"),
        case(AI, rules=replace(RULES, per_number=True)),
        Told(rest={"consent": Consent(MARIA, False, 9.0, "STOP", SUPPORT), "withdraw_all": True}),
    ),
    "STOP to people": (
        text("STOP"),
        case(PEOPLE),
        Told(
            effects=(TellAgent("s", TOLD_STOP, "consent:SM9"),),
            rest={"consent": Consent(MARIA, False, 9.0, "STOP"), "withdraw_all": True},
        ),
    ),
    "START to people": (
        text("START"),
        case(PEOPLE, allowed=False),
        Told(
            effects=(TellAgent("s", TOLD_START, "consent:SM9"),),
            rest={"consent": Consent(MARIA, True, 9.0, "START")},
        ),
    ),
    "YES takes STOP back": (
        text("Yes"),
        case(OPENING, allowed=False),
        Told(rest={"consent": Consent(MARIA, True, 9.0, "Yes")}),
    ),
    "YES is an answer otherwise": (
        text("Yes"),
        case(PEOPLE),
        Told(ASKED_TWO, (PostTurn("s", 1),), (replace(HEARD, text="Yes"),)),
    ),
    "START from before the STOP": (
        text("START"),
        case(PEOPLE, allowed=False, overtaken=True),
        Told(rest={"ignored": "the customer has said otherwise since"}),
    ),
    "STOP from before the START": (
        text("STOP"),
        case(PEOPLE, overtaken=True),
        Told(rest={"ignored": "the customer has said otherwise since"}),
    ),
    "YES that had to wait while the customer opted out": (
        text("Yes"),
        case(PEOPLE, allowed=False, overtaken=True, was_allowed=True),
        Told(ASKED_TWO, (PostTurn("s", 1),), (replace(HEARD, text="Yes"),)),
    ),
    "YES from between two opt-outs": (
        text("Yes"),
        case(PEOPLE, allowed=False, overtaken=True),
        Told(rest={"ignored": "the customer has said otherwise since"}),
    ),
    "to the AI, but had to wait while the customer opted out": (
        text(),
        case(AI, allowed=False, was_allowed=True),
        Told({**ASKED_TWO, "asking": True, "asked": 2}, (AskAssistant("s", 1, 2),), (HEARD,)),
    ),
    "to the AI from between two opt-outs": (
        text(),
        case(AI, allowed=False, overtaken=True),
        Told(rest={"ignored": "from an opted-out customer"}),
    ),
    "opted out, to people": (
        text(),
        case(PEOPLE, allowed=False),
        Told(ASKED_TWO, (PostTurn("s", 1),), (HEARD,)),
    ),
    "opted out, to the AI": (
        text(),
        case(AI, allowed=False),
        Told(rest={"ignored": "from an opted-out customer"}),
    ),
    "HELP to the AI": (text("HELP"), case(AI), Told(rest={"ignored": "help word: the carrier answers"})),
    "HELP to people": (
        text("HELP"),
        case(PEOPLE),
        Told(ASKED_TWO, (PostTurn("s", 1),), (replace(HEARD, text="HELP"),)),
    ),
    "from our own number": (
        text(phone=SALES),
        case(None),
        Told(rest={"ignored": "from our own number"}),
    ),
}

SAID = Turn(1, Author.AI, "Sure", 9.0, name="AI", source_id="a9")
ANSWERED = {"asking": False, "last_at": 9.0, "turns": 2}
TO_PEOPLE = {"charge": Charge.HANDOFF, "handoff": WHY, "asking": False, "last_at": 9.0}

ANSWERS: dict[str, Row] = {
    "an answer": (
        answer("Sure", source_id="a9"),
        case(ASKING),
        Told({**ANSWERED, "asked": 2}, (send("Sure"),), (SAID,)),
    ),
    "with texts nobody heard yet": (
        answer("Sure", source_id="a9"),
        case(replace(ASKING, turns=3)),
        Told(
            {**ANSWERED, "asking": True, "turns": 4, "asked": 4},
            (send("Sure", turn=3), AskAssistant("s", 1, 4)),
            (replace(SAID, number=3),),
        ),
    ),
    "nothing to say": (answer(), case(ASKING), Told({"asking": False, "last_at": 9.0})),
    "only formatting": (answer("<b> </b>"), case(ASKING), Told({"asking": False, "last_at": 9.0})),
    "as plain text": (
        answer("**Sure**", source_id="a9"),
        case(ASKING),
        Told({**ANSWERED, "asked": 2}, (send("Sure"),), (SAID,)),
    ),
    "the answer will come by webhook": (
        answer(awaited=True, assistant_session="theirs"),
        case(ASKING),
        Told({"assistant_session": "theirs"}, (FetchAnswer("s", 0, 1),)),
    ),
    "with a handoff": (
        answer("Sure", handoff=WHY, source_id="a9"),
        case(ASKING),
        Told({**TO_PEOPLE, "turns": 2}, (send("Sure"), OpenConversation("s")), (SAID,)),
    ),
    "a handoff nobody asked about": (
        answer(handoff=WHY),
        case(AI),
        Told(TO_PEOPLE, (OpenConversation("s"),)),
    ),
    "a handoff whose words were heard": (
        answer("Sure", handoff=WHY, source_id="a9"),
        case(ASKING, heard=True),
        Told(TO_PEOPLE, (OpenConversation("s"),)),
    ),
    "names become known": (
        answer(awaited=True, assistant_contact="who", email="maria@example.com"),
        case(replace(ASKING, assistant_session="theirs")),
        Told({"assistant_contact": "who", "email": "maria@example.com"}, (FetchAnswer("s", 0, 1),)),
    ),
    "a late summary": (
        answer(handoff=WHY),
        case(replace(OPENING, handoff=Handoff("user_request"))),
        Told({"handoff": WHY}),
    ),
    "a summary is not replaced": (
        answer(handoff=Handoff("other", summary="Another")),
        case(OPENING),
        Told({}),
    ),
    "last words while the chat is being opened": (
        answer("Sure", handoff=WHY, source_id="a9"),
        case(OPENING),
        Told({"turns": 2}, (send("Sure"),), (SAID,)),
    ),
    "nobody waits": (
        answer("Sure"),
        case(AI),
        Told({}, rest={"ignored": "answer nobody waits for"}),
    ),
    "heard already": (
        answer("Sure"),
        case(ASKING, heard=True),
        Told({}, rest={"ignored": "answer nobody waits for"}),
    ),
    "after a handoff": (
        answer("Sure"),
        case(OPENING),
        Told({}, rest={"ignored": "the AI is not in charge"}),
    ),
    "for nobody": (answer("Sure"), case(None), Told(rest={"ignored": "answer for no session of ours"})),
    "no usable answer": (
        AssistantFailed(9.0, "s", "no answer"),
        case(ASKING),
        Told(
            {"charge": Charge.HANDOFF, "handoff": Handoff("ai_unavailable", "no answer"), "asking": False},
            (OpenConversation("s"),),
        ),
    ),
    "no usable answer for nobody": (
        AssistantFailed(9.0, "s", "no answer"),
        case(None),
        Told(rest={"ignored": "the AI is not in charge"}),
    ),
    "the assistant closed": (
        AssistantClosed(9.0, "s"),
        case(ASKING),
        Told({"charge": Charge.NOBODY, "asking": False}),
    ),
    "the assistant closed before it heard everything": (
        AssistantClosed(9.0, "s"),
        case(replace(ASKING, turns=3)),
        Told({"turns": 3, "asked": 3}, (AskAssistant("s", ASKING.asked, 3),)),
    ),
    "the assistant closed before it took what it was asked": (
        AssistantClosed(9.0, "s"),
        case(ASKING, unheard=True),
        Told(rest={"ignored": "the AI is still to be asked"}),
    ),
    "the assistant closed nothing of ours": (
        AssistantClosed(9.0, "s"),
        case(None),
        Told(rest={"ignored": "the AI is not in charge"}),
    ),
}

NOTE = "The AI handed this conversation over.\nReason: user request\nSummary: Wants a person"
NO_HANDOFF = {"ignored": "no handoff is under way"}
BUSY = {"ignored": "control refused: busy"}

WAITING = Note("a note", "n")
POSTED = (PostTurn("s", 0), PostTurn("s", 1))
WITH_NOTE = (TellAgent("s", NOTE, "note"), PassControl("s"))
WITH_NOTES = (WITH_NOTE[0], TellAgent("s", "a note", "n"), WITH_NOTE[1])

HANDOFFS: dict[str, Row] = {
    "the chat is open": (
        ConversationOpened(9.0, "s", "u", "c"),
        case(replace(OPENING, turns=3)),
        Told(
            {"user": "u", "conversation": "c"},
            (
                PostTurn("s", 0),
                PostTurn("s", 1),
                PostTurn("s", 2),
                TellAgent("s", NOTE, "note"),
                PassControl("s"),
            ),
        ),
    ),
    "another chat is open in place of a deleted one": (
        ConversationOpened(9.0, "s", "u", "c"),
        case(replace(OPENING, turns=2, removed="old", resume_at=2, notes=(WAITING,))),
        Told({"user": "u", "conversation": "c", "notes": ()}, (*POSTED, *WITH_NOTES)),
    ),
    "the deleted chat is there after all": (
        ConversationOpened(9.0, "s", "u", "c"),
        case(replace(OPENING, turns=2, removed="c", resume_at=1)),
        Told({"user": "u", "conversation": "c"}, (POSTED[1], *WITH_NOTE)),
    ),
    "another chat takes every line of a deleted one": (
        ConversationOpened(9.0, "s", "u", "c"),
        case(replace(OPENING, turns=30, removed="old", resume_at=30)),
        Told(
            {"user": "u", "conversation": "c"},
            (*(PostTurn("s", number) for number in range(30)), *WITH_NOTE),
        ),
    ),
    "the chat is open, nobody said why": (
        ConversationOpened(9.0, "s", "u", "c"),
        case(replace(OPENING, handoff=None)),
        Told(
            {"user": "u", "conversation": "c"},
            (
                PostTurn("s", 0),
                TellAgent("s", "The AI handed this conversation over.\nReason: unknown", "note"),
                PassControl("s"),
            ),
        ),
    ),
    "another chat is open after a full one": (
        ConversationOpened(9.0, "s", "u", "c"),
        case(replace(OPENING, turns=102, full=("old",), resume_at=120)),
        Told({"user": "u", "conversation": "c"}, (PostTurn("s", 100), PostTurn("s", 101), *WITH_NOTE)),
    ),
    "another chat is open after one that was full early": (
        ConversationOpened(9.0, "s", "u", "c"),
        case(replace(OPENING, turns=2, full=("old",), resume_at=2)),
        Told({"user": "u", "conversation": "c"}, (*POSTED, *WITH_NOTE)),
    ),
    "open twice": (
        ConversationOpened(9.0, "s", "u", "c"),
        case(OPEN),
        Told(rest={"ignored": "the chat is open already"}),
    ),
    "open for nobody": (ConversationOpened(9.0, "s", "u", "c"), case(None), Told(rest=NO_HANDOFF)),
    "the first line stands": (TurnPosted(9.0, "s", 0, "m1"), case(OPEN), Told({"first_message": "m1"})),
    "another line stands": (
        TurnPosted(9.0, "s", 1, "m2"),
        case(replace(OPEN, first_message="m1")),
        Told(),
    ),
    "a line of nobody": (TurnPosted(9.0, "s", 1, "m2"), case(None), Told()),
    "control passed": (
        ControlPassed(9.0, "s"),
        case(OPEN),
        Told({"charge": Charge.HUMAN}, (ReconcileUser("s"),)),
    ),
    "control passed at last": (
        ControlPassed(9.0, "s"),
        case(replace(OPEN, told=("refused", NOT_PASSED))),
        Told({"charge": Charge.HUMAN, "told": ("refused",)}, (ReconcileUser("s"),)),
    ),
    "control passed after the last refusal was told": (
        ControlPassed(9.0, "s"),
        case(replace(OPEN, refusals=50, told=(NOT_PASSED,))),
        Told({"charge": Charge.HUMAN}, (ReconcileUser("s"),)),
    ),
    "control passed twice": (ControlPassed(9.0, "s"), case(PEOPLE), Told(rest=NO_HANDOFF)),
    "control of nobody's": (ControlPassed(9.0, "s"), case(None), Told(rest=NO_HANDOFF)),
    "control refused": (
        ControlRefused(9.0, "c", "busy"),
        case(OPEN),
        Told({"refusals": 1}, (PassControl("s"),)),
    ),
    "control refused late": (
        ControlRefused(9.0, "c", "busy"),
        case(PEOPLE),
        Told({"refusals": 1, "charge": Charge.HANDOFF}, (PassControl("s"),)),
    ),
    "control refused while the next try waits": (
        ControlRefused(9.0, "c", "busy"),
        case(PEOPLE, passing=True),
        Told({"refusals": 1, "charge": Charge.HANDOFF}),
    ),
    "control refused while the last try waits": (
        ControlRefused(9.0, "c", "busy"),
        case(replace(OPEN, refusals=50, told=("refused",)), passing=True),
        Told({"refusals": 51}),
    ),
    "control refused all night": (
        ControlRefused(9.0, "c", "busy"),
        case(replace(PEOPLE, refusals=50)),
        Told({"charge": Charge.HANDOFF, "told": (NOT_PASSED,)}, rest=BUSY),
    ),
    "control refused the night after": (
        ControlRefused(9.0, "c", "busy"),
        case(replace(OPEN, refusals=50, told=(NOT_PASSED,))),
        Told({"refusals": 50}, rest=BUSY),
    ),
    "control refused for the fifth time": (
        ControlRefused(9.0, "c", "busy"),
        case(replace(OPEN, refusals=4)),
        Told(
            {"refusals": 5, "told": ("refused",)},
            (
                TellAgent("s", "The live chat could not be given to agents: busy", "refused"),
                PassControl("s"),
            ),
        ),
    ),
    "control refused to nobody": (
        ControlRefused(9.0, "c", "busy"),
        case(None),
        Told(rest=BUSY),
    ),
}

OPTED_OUT = "Not sent: the customer opted out of texts. Only the customer can undo it, by texting START."
NOTHING_LEFT = "Not sent: nothing is left once formatting is removed."
REPLIED = Turn(1, Author.AGENT, "Hi Maria", 9.0, (), "Ada", "m9")
WENT = {"turns": 2, "last_at": 9.0}

REPLIES: dict[str, Row] = {
    "a reply": (reply(), case(PEOPLE), Told(WENT, (send("Hi Maria"),), (REPLIED,))),
    "told after the end": (reply(), case(OVER), Told(WENT, (send("Hi Maria"),), (REPLIED,))),
    "an agent is quick": (reply(), case(OPEN), Told(WENT, (send("Hi Maria"),), (REPLIED,))),
    "written in a chat that is full": (
        replace(reply(), conversation="old"),
        case(PEOPLE),
        Told(WENT, (send("Hi Maria"), PostTurn("s", 1)), (REPLIED,)),
    ),
    "written in a chat that is full, before there is another": (
        replace(reply(), conversation="old"),
        case(OPENING),
        Told(WENT, (send("Hi Maria"),), (REPLIED,)),
    ),
    "with a file": (
        reply(media=(PICTURE,)),
        case(PEOPLE),
        Told(WENT, (send("Hi Maria", media=(PICTURE,)),), (replace(REPLIED, media=(PICTURE,)),)),
    ),
    "only a file": (
        reply("", media=(PICTURE,)),
        case(PEOPLE),
        Told(WENT, (send("", media=(PICTURE,)),), (replace(REPLIED, text="", media=(PICTURE,)),)),
    ),
    "too long for one message, and dear": (
        reply(LONG, media=(PICTURE,)),
        case(PEOPLE),
        Told(
            WENT,
            (
                send("x" * 1400, media=(PICTURE,)),  # with room for a link
                send("x" * 130 + "y" * 1270, part=1),
                send("y" * 260, part=2),
                TellAgent("s", "This reply takes 20 SMS segments; each is charged.", "cost:1"),
            ),
            (replace(REPLIED, text=LONG, media=(PICTURE,)),),
        ),
    ),
    "to an opted-out customer": (
        reply(),
        case(PEOPLE, allowed=False),
        Told(effects=(TellAgent("s", OPTED_OUT, "refused:m9"),)),
    ),
    "nothing but formatting": (
        reply("<br>"),
        case(PEOPLE),
        Told(effects=(TellAgent("s", NOTHING_LEFT, "m9"),)),
    ),
    "told twice": (reply(), case(PEOPLE, heard=True), Told(rest={"ignored": "reply known"})),
    "for nobody": (reply(), case(None), Told(rest={"ignored": "reply to no conversation of ours"})),
}

FAILED = replace(SENT, status="failed", error_code="30003")
FAR = "the phone is switched off, out of reach or cannot receive texts."
NOT_REACHED = f"Your reply (“Your refund is on its way”) did not reach the customer: {FAR}"
SHOWN = {"told": ("failed:0",)}
IN_DOUBT = Receipt(0, 0, "", "uncertain", "uncertain")
LEFT = {"receipt": IN_DOUBT}
SENT_BEFORE = {"ignored": "an earlier try was sent"}
DOUBT = (
    "Your reply (“Your refund is on its way”) may or may not have reached the customer: "
    "the carrier cannot say. Ask before you repeat it."
)
TWICE = (
    "Your reply (“Your refund is on its way”) may have reached the customer twice: "
    "the carrier denied having it."
)


def receipt(status: str, code: str = "") -> ReceiptArrived:
    """The carrier reports on the first part."""
    return ReceiptArrived(9.0, "SM1", "1-1", status, code)


def refused(code: str = "30003", reason: str = "refused") -> SendFailed:
    """The first part will not be sent."""
    return SendFailed(9.0, "s", 0, 0, reason, code)


def part(known: Receipt | None = SENT, session: Session | None = PEOPLE, line: Turn | None = LINE) -> Case:
    """What is known of the first part of Ada's reply."""
    return case(session, receipt=known, turn=line)


TAKEN = SendAccepted(9.0, "s", 0, 0, "1-1", "SM1", 2)
QUEUED = Receipt(0, 0, "SM1", "queued", "", 2)

REPORTS: dict[str, Row] = {
    "accepted": (TAKEN, part(None), Told(rest={"receipt": QUEUED})),
    "accepted after its receipt": (
        TAKEN,
        part(replace(SENT, status="delivered")),
        Told(rest={"receipt": replace(QUEUED, status="delivered")}),
    ),
    "accepted with a warning": (
        replace(TAKEN, warning="not registered"),
        part(None),
        Told(
            {"told": ("warned",)},
            (TellAgent("s", "Sent all the same: not registered", "warned"),),
            rest={"receipt": QUEUED},
        ),
    ),
    "a step forward": (
        receipt("delivered"),
        part(),
        Told(rest={"receipt": replace(SENT, status="delivered")}),
    ),
    "a step back": (receipt("queued"), part(), Told(rest={"ignored": "receipt known"})),
    "the same again": (receipt("sent"), part(), Told(rest={"ignored": "receipt known"})),
    "nothing after the end": (
        receipt("delivered"),
        part(FAILED),
        Told(rest={"ignored": "receipt known"}),
    ),
    "of nothing of ours": (
        receipt("sent"),
        case(None),
        Told(rest={"ignored": "receipt for nothing of ours"}),
    ),
    "of a part nobody sent": (
        receipt("sent"),
        part(None),
        Told(rest={"ignored": "receipt for nothing of ours"}),
    ),
    "a failure": (
        receipt("failed", "30003"),
        part(),
        Told(SHOWN, (TellAgent("s", NOT_REACHED, "failed:0"),), rest={"receipt": FAILED}),
    ),
    "a failure of an erased line": (
        receipt("failed", "30003"),
        part(line=None),
        Told(
            SHOWN,
            (TellAgent("s", f"Your reply did not reach the customer: {FAR}", "failed:0"),),
            rest={"receipt": FAILED},
        ),
    ),
    "a failure is shown once": (
        receipt("failed", "30003"),
        part(session=replace(PEOPLE, told=("failed:0",))),
        Told(rest={"receipt": FAILED}),
    ),
    "a failure of the AI's words": (
        receipt("failed", "30003"),
        part(line=replace(LINE, author=Author.AI)),
        Told(rest={"receipt": FAILED}),
    ),
    "a failure with no chat to tell it in": (
        receipt("failed", "30003"),
        part(session=OPENING),
        Told({**SHOWN, "notes": (Note(NOT_REACHED, "failed:0"),)}, rest={"receipt": FAILED}),
    ),
    "the customer had opted out": (
        receipt("failed", "21610"),
        part(line=replace(LINE, author=Author.AI)),
        Told(
            rest={
                "receipt": replace(FAILED, error_code="21610"),
                "consent": Consent(MARIA, False, 9.0, "21610"),
            }
        ),
    ),
    "refused": (
        refused(),
        part(None),
        Told(
            SHOWN,
            (TellAgent("s", NOT_REACHED, "failed:0"),),
            rest={"receipt": replace(FAILED, source_id="", segments=0), "withdraw": (0,)},
        ),
    ),
    "refused for a reason of ours": (
        refused("held_too_long", "held for a day"),
        part(None, line=None),
        Told(
            SHOWN,
            (TellAgent("s", "Your reply did not reach the customer: held for a day", "failed:0"),),
            rest={"receipt": Receipt(0, 0, "", "failed", "held_too_long"), "withdraw": (0,)},
        ),
    ),
    "left in doubt": (
        refused("uncertain", "nobody knows"),
        part(None),
        Told({"told": ("doubt:0",)}, (TellAgent("s", DOUBT, "doubt:0"),), rest={**LEFT, "withdraw": (0,)}),
    ),
    "the AI's words are left in doubt": (
        refused("uncertain", "nobody knows"),
        part(None, line=replace(LINE, author=Author.AI)),
        Told(rest={**LEFT, "withdraw": (0,)}),
    ),
    "a doubt ends well": (
        receipt("sent"),
        part(IN_DOUBT),
        Told(
            {"told": ("found:0",)},
            (TellAgent("s", "Your reply (“Your refund is on its way”) was sent after all.", "found:0"),),
            rest={"receipt": Receipt(0, 0, "SM1", "sent")},
        ),
    ),
    "a doubt ends badly": (
        receipt("failed", "30003"),
        part(IN_DOUBT),
        Told(
            SHOWN,
            (TellAgent("s", NOT_REACHED, "failed:0"),),
            rest={"receipt": replace(FAILED, segments=0)},
        ),
    ),
    "another try was sent, too": (
        replace(receipt("delivered"), source_id="SM2"),
        part(),
        Told({"told": ("twice:0",)}, (TellAgent("s", TWICE, "twice:0"),), rest={"receipt": SENT}),
    ),
    "another try is with the phone's carrier": (
        replace(receipt("sent"), source_id="SM2"),
        part(),
        Told({"told": ("twice:0",)}, (TellAgent("s", TWICE, "twice:0"),), rest={"receipt": SENT}),
    ),
    "of another try nothing certain is known": (
        replace(receipt("future_status"), source_id="SM2"),
        part(),
        Told(rest={"ignored": "receipt for another try"}),
    ),
    "refused, but an earlier try was sent": (refused(), part(), Told(rest=SENT_BEFORE)),
    "refused, but an earlier try is there": (
        refused(),
        part(replace(SENT, status="delivered")),
        Told(rest=SENT_BEFORE),
    ),
    "left in doubt, but an earlier try was sent": (refused("uncertain"), part(), Told(rest=SENT_BEFORE)),
    "refused after an earlier try failed": (
        refused("21612"),
        part(replace(SENT, status="undelivered"), replace(PEOPLE, told=("failed:0",))),
        Told(rest={"receipt": replace(SENT, status="undelivered", error_code="21612"), "withdraw": (0,)}),
    ),
    "left in doubt while it waits at the carrier": (
        refused("uncertain", "nobody knows"),
        part(replace(SENT, status="queued")),
        Told(
            {"told": ("doubt:0",)},
            (TellAgent("s", DOUBT, "doubt:0"),),
            rest={"receipt": replace(SENT, status="queued", error_code="uncertain"), "withdraw": (0,)},
        ),
    ),
    "another try was not sent": (
        replace(receipt("failed", "30001"), source_id="SM2"),
        part(),
        Told(rest={"ignored": "receipt for another try"}),
    ),
    "refused because of STOP": (
        refused("21610"),
        part(line=replace(LINE, author=Author.AI)),
        Told(
            rest={
                "receipt": replace(FAILED, error_code="21610"),
                "withdraw": (0,),
                "consent": Consent(MARIA, False, 9.0, "21610"),
            }
        ),
    ),
    "refused because of STOP to this number": (
        refused("21610"),
        replace(part(line=replace(LINE, author=Author.AI)), rules=replace(RULES, per_number=True)),
        Told(
            rest={
                "receipt": replace(FAILED, error_code="21610"),
                "withdraw": (0,),
                "consent": Consent(MARIA, False, 9.0, "21610", SUPPORT),
            }
        ),
    ),
    "held": (
        SendHeld(9.0, "s", 0, 0, "not registered"),
        part(),
        Told({"told": ("held:0",)}, (TellAgent("s", "Not sent yet: not registered", "held:0"),)),
    ),
    "held is told once": (
        SendHeld(9.0, "s", 0, 1, "not registered"),
        part(session=replace(PEOPLE, told=("held:0",))),
        Told(),
    ),
}

LOST = {"charge": Charge.HANDOFF, "conversation": "", "first_message": "", "moves": 1}
AFRESH = {"afresh": True}
NOT_IDLE = {"ignored": "not idle any more"}

ENDS: dict[str, Row] = {
    "ended": (ConversationEnded(9.0, "c"), case(PEOPLE), Told({"charge": Charge.NOBODY, "last_at": 9.0})),
    "ended, the assistant is told": (
        ConversationEnded(9.0, "c"),
        case(replace(PEOPLE, assistant_session="theirs")),
        Told({"charge": Charge.NOBODY, "last_at": 9.0}, (CloseAssistant("s"),)),
    ),
    "ended before anybody answered": (
        ConversationEnded(9.0, "c", "ticket:closed"),
        case(OPEN),
        Told({"charge": Charge.NOBODY, "last_at": 9.0}),
    ),
    "control moves while the chat is being opened": (
        ConversationEnded(9.0, "c", "passed to zd:answerBot"),
        case(OPEN),
        Told(rest={"ignored": "control moves while the chat is being opened"}),
    ),
    "the end of nothing": (
        ConversationEnded(9.0, "c"),
        case(None),
        Told(rest={"ignored": "no conversation of ours"}),
    ),
    "deleted": (
        ConversationRemoved(9.0, "c"),
        case(replace(PEOPLE, first_message="m1")),
        Told({**LOST, "removed": "c", "resume_at": 1}, (OpenConversation("s"),), rest=AFRESH),
    ),
    "deleted after a night of refusals": (
        ConversationRemoved(9.0, "c"),
        case(replace(OPEN, refusals=50, told=("refused", NOT_PASSED))),
        Told(
            {**LOST, "removed": "c", "resume_at": 1, "refusals": 0, "told": ("refused",)},
            (OpenConversation("s"),),
            rest=AFRESH,
        ),
    ),
    "deleted while lines wait": (
        ConversationRemoved(9.0, "c"),
        case(replace(PEOPLE, turns=9), unposted=7, untold=(WAITING, Note("a summary", "note"))),
        Told(
            {**LOST, "removed": "c", "resume_at": 7, "notes": (WAITING,)},
            (OpenConversation("s"),),
            rest=AFRESH,
        ),
    ),
    "found deleted": (
        ChatLost(9.0, "s", "c", line=6),
        case(replace(PEOPLE, turns=9), unposted=7),
        Told({**LOST, "removed": "c", "resume_at": 6}, (OpenConversation("s"),), rest=AFRESH),
    ),
    "found deleted, an earlier line waits": (
        ChatLost(9.0, "s", "c", line=7),
        case(replace(PEOPLE, turns=9), unposted=6),
        Told({**LOST, "removed": "c", "resume_at": 6}, (OpenConversation("s"),), rest=AFRESH),
    ),
    "found full": (
        ChatLost(9.0, "s", "c", full=True, note=WAITING),
        case(replace(PEOPLE, turns=9)),
        Told(
            {**LOST, "full": ("c",), "resume_at": 9, "notes": (flow.CONTINUED, WAITING)},
            (OpenConversation("s"),),
            rest=AFRESH,
        ),
    ),
    "found gone when another is open": (
        ChatLost(9.0, "s", "old", note=WAITING),
        case(PEOPLE),
        Told(effects=(TellAgent("s", "a note", "n"),)),
    ),
    "found gone while another is opened": (
        ChatLost(9.0, "s", "", note=WAITING),
        case(OPENING),
        Told({"notes": (WAITING,)}),
    ),
    "nothing was found gone": (
        ChatLost(9.0, "s", "c"),
        case(None),
        Told(rest={"ignored": "no session of ours"}),
    ),
    "nothing was deleted": (
        ConversationRemoved(9.0, "c"),
        case(None),
        Told(rest={"ignored": "no conversation of ours"}),
    ),
    "idle": (IdleElapsed(101.0, "s"), case(AI), Told({"charge": Charge.NOBODY})),
    "idle, the assistant is told": (
        IdleElapsed(101.0, "s"),
        case(replace(AI, assistant_session="theirs")),
        Told({"charge": Charge.NOBODY}, (CloseAssistant("s"),)),
    ),
    "not idle long enough": (IdleElapsed(100.0, "s"), case(AI), Told(rest=NOT_IDLE)),
    "not idle while an answer is prepared": (IdleElapsed(101.0, "s"), case(ASKING), Told(rest=NOT_IDLE)),
    "nobody is idle": (IdleElapsed(101.0, "s"), case(None), Told(rest=NOT_IDLE)),
}

AGAIN = "Your reply (“Your refund is on its way”) is being sent again."

BESIDE: dict[str, Row] = {
    "users merged": (UserMerged(9.0, "v", "u"), case(PEOPLE), Told({"user": "v"})),
    "users merged after the end": (UserMerged(9.0, "v", "u"), case(OVER), Told({"user": "v"})),
    "other users merged": (
        UserMerged(9.0, "v", "x"),
        case(None),
        Told(rest={"ignored": "no user of ours"}),
    ),
    "an effect was given up": (
        EffectParked(9.0, "s", "PassControl", "refused"),
        case(PEOPLE),
        Told(
            {"told": (NOT_PASSED,)},
            (TellAgent("s", "Something could not be done: refused", NOT_PASSED),),
        ),
    ),
    "a line without words was given up": (
        EffectParked(9.0, "s", "PostTurn", "413", line=0),
        case(PEOPLE, turn=replace(LINE, author=Author.CUSTOMER, text="")),
        Told(
            {"told": ("parked:PostTurn:0",)},
            (TellAgent("s", "A line is missing here: 413", "parked:PostTurn:0"),),
        ),
    ),
    "a line that nobody knows was given up": (
        EffectParked(9.0, "s", "PostTurn", "413", line=0),
        case(PEOPLE),
        Told(
            {"told": ("parked:PostTurn:0",)},
            (TellAgent("s", "A line is missing here: 413", "parked:PostTurn:0"),),
        ),
    ),
    "an effect was given up without a chat": (
        EffectParked(9.0, "s", "OpenConversation", "refused"),
        case(OPENING),
        Told({"told": (STUCK,), "notes": (Note("Something could not be done: refused", STUCK),)}),
    ),
    "a line was given up": (
        EffectParked(9.0, "s", "PostTurn", "413", line=0),
        case(PEOPLE, turn=replace(LINE, author=Author.CUSTOMER, text="Hi")),
        Told(
            {"told": ("parked:PostTurn:0",)},
            (TellAgent("s", "A line is missing here (“Hi”): 413", "parked:PostTurn:0"),),
        ),
    ),
    "a line given up is replayed": (
        LetterReplayed(9.0, "s", "OpenConversation"),
        case(replace(OPENING, told=("other", STUCK))),
        Told({"told": ("other",)}),
    ),
    "a letter of nobody": (
        LetterReplayed(9.0, "s", "SendText", 0, 0),
        part(session=None),
        Told(rest={"ignored": "letter of no session"}),
    ),
    "a text that failed is replayed": (
        LetterReplayed(9.0, "s", "SendText", 0, 0),
        part(Receipt(0, 0, "", "failed", "30003"), replace(PEOPLE, told=("failed:0", "doubt:0", "failed:1"))),
        Told(
            {"told": ("failed:1", "again:9.0:0")},
            (TellAgent("s", AGAIN, "again:9.0:0"),),
            rest={"receipt": Receipt(0, 0)},
        ),
    ),
    "a text that the carrier had is replayed": (
        LetterReplayed(9.0, "s", "SendText", 0, 0),
        part(FAILED),
        Told({"told": ("again:9.0:0",)}, (TellAgent("s", AGAIN, "again:9.0:0"),), rest={"receipt": FAILED}),
    ),
    "the AI's words are replayed": (
        LetterReplayed(9.0, "s", "SendText", 0, 0),
        part(FAILED, replace(PEOPLE, told=("failed:0",)), replace(LINE, author=Author.AI)),
        Told({"told": ()}, rest={"receipt": FAILED}),
    ),
    "replayed after STOP": (
        LetterReplayed(9.0, "s", "SendText", 0, 0),
        replace(part(FAILED, replace(PEOPLE, told=("failed:0",))), allowed=False),
        Told({"told": ()}, rest={"receipt": FAILED}),
    ),
    "unreadable": (
        Unreadable(9.0, "twilio", "no From", "Body=Hi"),
        case(None),
        Told(rest={"ignored": "unreadable: no From"}),
    ),
}

FORBIDDEN: dict[str, Row] = {
    f"{type(event).__name__} while {session.charge.value} is in charge": (
        event,
        case(session),
        Told(rest={"ignored": f"{type(event).__name__} while {session.charge.value} is in charge"}),
    )
    for event, session in (
        (text(), OVER),
        (answer("Sure"), PEOPLE),
        (answer("Sure"), OVER),
        (AssistantFailed(9.0, "s", "late"), OPENING),
        (AssistantClosed(9.0, "s"), PEOPLE),
        (ConversationOpened(9.0, "s", "u", "c"), PEOPLE),
        (ControlPassed(9.0, "s"), OVER),
        (ControlRefused(9.0, "c", "late"), OVER),
        (ChatLost(9.0, "s", "c"), OVER),
        (ConversationEnded(9.0, "c"), OVER),
        (ConversationRemoved(9.0, "c"), OVER),
        (IdleElapsed(999.0, "s"), PEOPLE),
    )
}

ROWS = {
    f"{chapter}: {name}": row
    for chapter, table in {
        "a customer texts": TEXTS,
        "the AI answers": ANSWERS,
        "a person is asked for": HANDOFFS,
        "the agent replies": REPLIES,
        "the carrier reports": REPORTS,
        "the session ends": ENDS,
        "beside the story": BESIDE,
        "forbidden": FORBIDDEN,
    }.items()
    for name, row in table.items()
}


@pytest.mark.parametrize(("event", "given", "told"), ROWS.values(), ids=list(ROWS))
def test_the_story(event: Event, given: Case, told: Told) -> None:
    """Exactly this changes and exactly this follows."""
    session = None
    if told.changed is not None:
        assert given.session is not None
        session = replace(given.session, **told.changed)
    assert decide(event, given) == model.Decision(session, told.turns, told.effects, **told.rest)
    if given.session is not None and session is not None and session.charge is not given.session.charge:
        moves = lifecycle.TABLE[given.session.charge]
        assert session.charge in (moves[type(event).__name__], moves.get("HandedOff"))


KNOWN = replace(
    OVER, id="old", assistant_contact="who", email="maria@example.com", assistant_session="theirs"
)
FIRST = Session("new", MARIA, SUPPORT, 9.0, 9.0, turns=1, asked=1, asking=True)


@pytest.mark.parametrize(
    ("before", "opened"),
    [
        (None, FIRST),
        (KNOWN, replace(FIRST, assistant_contact="who", email="maria@example.com")),
    ],
    ids=["a stranger", "a known contact"],
)
def test_the_first_text_opens_a_session(before: Session | None, opened: Session) -> None:
    """A new session begins with the AI and keeps only who the customer is."""
    decision = decide(text(), case(None, before=before))
    assert decision == model.Decision(opened, (replace(HEARD, number=0),), (AskAssistant("new", 0, 1),))


@pytest.mark.parametrize("segments", [10, 11])
def test_only_dear_replies_are_remarked_upon(segments: int) -> None:
    """Ten segments are no news to the agent, eleven are (OPEN-34)."""
    decision = decide(reply("x" * 153 * segments), case(PEOPLE))
    assert [type(effect) for effect in decision.effects].count(TellAgent) == (segments > 10)


def test_control_is_asked_for_all_night() -> None:
    """A desk that keeps refusing is asked for a night; the chat says so once, soon (OPEN-13, P6)."""
    session, followed = OPEN, []
    for _ in range(60):
        decision = decide(ControlRefused(9.0, "c", "busy"), case(session))
        followed += [type(effect) for effect in decision.effects]
        session = decision.session or session
    assert followed == [PassControl] * 4 + [TellAgent] + [PassControl] * 46


@pytest.mark.parametrize(
    ("words", "quoted"),
    [
        ("x" * 40, "x" * 40),
        ("x" * 41, "x" * 39 + "…"),
        (
            "Your refund is on its way, and it will arrive in a week",
            "Your refund is on its way, and it will…",
        ),
    ],
    ids=["whole", "a character too long", "no blank before the ellipsis"],
)
def test_a_long_reply_is_quoted_by_its_beginning(words: str, quoted: str) -> None:
    """The agent recognises the reply by its first forty characters."""
    effect = decide(receipt("failed", "30003"), part(line=replace(LINE, text=words))).effects[0]
    assert isinstance(effect, TellAgent)
    assert f"(“{quoted}”)" in effect.text


EVENTS = [
    kind
    for kind in vars(model).values()
    if isinstance(kind, type) and issubclass(kind, Event) and kind is not Event
]


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
def test_every_event_has_its_place(kind: type[Event]) -> None:
    """Nothing can happen that the story has no chapter for, or that no state allows."""
    assert kind in flow.CHAPTERS
    rows = {name for row in lifecycle.TABLE.values() for name in row}
    assert kind.__name__ in rows | {"Unreadable"}
