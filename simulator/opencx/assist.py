"""Assist: the AI drafts for the agent, the customer sees nothing (OCX-AP-09).

Facts:
  * It keeps quiet for excluded topics, for answers it thinks incomplete, and where nothing can be done any
    more; tags say why (OCX-AP-10).
  * The same comment event told again makes no second suggestion; it is remembered 48 hours (OCX-AP-11).
"""

from simulator.opencx.script import Script
from simulator.opencx.state import Session

REMEMBERED = 48 * 3600.0
UNHELPFUL = "skipping_unuseful_response"
EXCLUDED_TAG = "opencx_skipped_assist_mode_because_of_the_topic_in_no_assist_list"
UNHELPFUL_TAG = "opencx_skipped_not_helpful_answer"


def draft(script: Script, session: Session, about: str, text: str) -> str | None:
    """Draft an answer to what was said; a code tells why there is none."""
    if session.status != "open":
        return UNHELPFUL
    if _in(script.no_assist_topics, text):
        session.skipped.append(EXCLUDED_TAG)
        return UNHELPFUL
    words = "" if _in(script.unhelpful, text) else script.reply(text)
    if not words:
        session.skipped.append(UNHELPFUL_TAG)
        return UNHELPFUL
    session.drafts.append({"about": about, "text": words})
    return None


def heard_before(session: Session, event: str, now: float) -> bool:
    """Whether this comment event was told in the last 48 hours; remembers it."""
    session.heard = {each: at for each, at in session.heard.items() if at > now - REMEMBERED}
    known = event in session.heard
    session.heard.setdefault(event, now)
    return known


def _in(phrases: tuple[str, ...], text: str) -> bool:
    return any(each.casefold() in text.casefold() for each in phrases)
