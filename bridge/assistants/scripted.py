"""A small assistant of our own, so that the bridge can be tried without an account anywhere.

It knows a few answers, hands off when asked for a person, and sums up what was said. It calls nobody and
remembers nothing.
"""

import re

from bridge.core.model import Handoff
from bridge.core.ports import Answer, Question

ASKS_FOR_A_PERSON = re.compile(
    r"\b(human|agent|person|people|representative|rep|operator|somebody|someone)\b", re.IGNORECASE
)
ANGRY = re.compile(
    r"\b(angry|furious|terrible|awful|useless|ridiculous|unacceptable|scam)\b|!!", re.IGNORECASE
)
HAPPY = re.compile(r"\b(thanks?|thank you|great|love|awesome|perfect)\b", re.IGNORECASE)
CONNECTING = "I'll connect you with a person now."
ANSWERS = (
    (r"\b(hours?|open|close[ds]?)\b", "We are open from 9 to 5, Monday to Friday."),
    (r"\b(refunds?|return(s|ed)?|money back)\b", "Refunds take 5 working days. Which order is it about?"),
    (r"\b(order|parcel|package|delivery|shipping)\b", "Please send your order number and I will look it up."),
    (r"\b(price|cost|how much)\b", "Prices are on our website. Which product do you mean?"),
    (r"\b(thanks?|thank you)\b", "You are welcome!"),
    (r"\b(hi|hello|hey)\b", "Hello! How can I help?"),
)
OTHERWISE = "I can help with orders, refunds and opening hours. Text HUMAN to reach a person."


class Scripted:
    """Implements `Assistant` from the table above."""

    def ask(self, question: Question) -> Answer:
        """The first row that fits; a request for a person before all."""
        said = "\n".join(text for text in question.texts if text.strip())
        names = Answer(
            assistant_session=question.assistant_session or question.session,
            assistant_contact=question.assistant_contact or question.phone,
        )
        if ASKS_FOR_A_PERSON.search(said):
            handoff = Handoff("user_request", summary(question.texts), sentiment(said))
            return _with(names, CONNECTING, handoff)
        return _with(names, answer(said))

    def overdue(self, question: Question) -> Answer:
        """Nothing of ours is ever late."""
        return self.ask(question)

    def recall(self, question: Question) -> None:
        """Asking twice is harmless here."""

    def close(self, assistant_session: str) -> None:
        """There is nothing to close."""


def answer(said: str) -> str:
    """What the table says to this."""
    for pattern, words in ANSWERS:
        if re.search(pattern, said, re.IGNORECASE):
            return words
    return OTHERWISE


def summary(texts: tuple[str, ...]) -> str:
    """What the agent reads first."""
    said = " / ".join(" ".join(text.split()) for text in texts if text.strip())
    return f"The customer asked for a person. Last texts: {said}"[:500]


def sentiment(said: str) -> str:
    """One of OCX-HO-11's words."""
    if ANGRY.search(said):
        return "angry"
    return "happy" if HAPPY.search(said) else "neutral"


def _with(names: Answer, text: str, handoff: Handoff | None = None) -> Answer:
    return Answer(
        text=text,
        handoff=handoff,
        assistant_session=names.assistant_session,
        assistant_contact=names.assistant_contact,
    )
