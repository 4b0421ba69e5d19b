"""OpenCX as the assistant.

Facts:
  * A session belongs to a contact, known by phone or made at the first question (OCX-API-07, OCX-API-24).
  * Older servers answer in the call, newer ones with the stored message's id alone; some wrap it all in
    `data`. We take an inline answer if there is one, else wait for the webhook, else read the history
    (OCX-API-16, OCX-API-17, OPEN-46).
  * An inline handoff is only a flag; summary and sentiment are on the session (OCX-API-09, OCX-API-10).
  * Our files' addresses need the carrier's credentials, so the assistant is told of files, not sent them.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import requests

from bridge.core.errors import BridgeError, Misconfigured, Permanent, Temporary, Uncertain
from bridge.core.model import Handoff
from bridge.core.ports import Answer, Finding, Problem, Question
from bridge.http import TIMEOUT, Client, Refused, Timeout

Json = dict[str, Any]
STEP = "OpenCX"
KEY_FIX = "Give BRIDGE_OPENCX_API_KEY a key with chat-sessions:read/write and contacts:read/write."
BY_ITSELF = "ai_decided_to_handoff_the_conversation"  # OCX-WH-08
WITH_PEOPLE = "session_assigned_to_human_agent"  # OCX-WID-04: the AI will not answer
LAST_HEARD = "sunbridge_last_text"  # in the session's custom data: which text was said last
_MOST_PAGES = 20
_MOST_CONTACT_PAGES = 5  # no filter is documented; ours may be ignored, and calls are limited (OCX-LIM-08)


class _Bearer(requests.auth.AuthBase):
    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._key}"
        return request


class OpenCX:
    """Implements `Assistant`."""

    def __init__(
        self,
        url: str,
        api_key: str,
        session: requests.Session | None = None,
        *,
        timeout: Timeout = TIMEOUT,
    ) -> None:
        """`url` is https://api.open.cx but in a rehearsal."""
        session = session or requests.Session()
        self._client = Client(session, url, auth=_Bearer(api_key), timeout=timeout, complaint=complaint)

    def ask(self, question: Question) -> Answer:
        """Say the customer's unanswered texts as one message, and read what comes back."""
        try:
            contact, email = self._contact(question)
            session = question.assistant_session or self._new_session(contact)
            told = self._client.call("POST", f"/chat/sessions/{_safe(session)}/send", json=_message(question))
            answer = self._read(_inner(told), session)
        except Refused as refused:
            raise sort(refused) from refused
        return replace(
            answer, assistant_session=session, assistant_contact=contact, email=answer.email or email
        )

    def _contact(self, question: Question) -> tuple[str, str]:
        """Who is asking, and their e-mail if they gave it on another channel (OCX-SMS-04, OCX-USR-03).

        Of several with this phone the most recently active one; nobody is merged (OPEN-23).
        """
        if question.assistant_contact:
            return question.assistant_contact, ""
        known = self._known_contacts(question.phone)
        if known:
            newest = max(known, key=lambda contact: str(contact.get("updated_at") or ""))
            return _id(newest), str(newest.get("email") or "")
        body = {"phone": question.phone, "name": question.phone}
        return _id(self._client.call("POST", "/contacts", json=body)), ""

    def _known_contacts(self, phone: str) -> list[Json]:
        """Contacts with this phone; none if they cannot be listed: a new one does as well."""
        try:
            listed = list(self._listed("/contacts", _MOST_CONTACT_PAGES, phone=phone))
        except BridgeError:
            return []
        return [
            contact for contact in listed if (contact.get("phone_number") or contact.get("phone")) == phone
        ]

    def _new_session(self, contact: str) -> str:
        body = {"contact_id": contact, "channel": {"type": "sms"}, "verified": False}
        return _id(self._client.call("POST", "/chat/sessions", json=body))

    def _read(self, told: Json, session: str) -> Answer:
        """An inline answer, an inline handoff, silence, or a promise."""
        inline = _object(told, "autopilotResponse")
        value = _object(inline, "value")
        if value.get("error"):
            raise Temporary(f"the assistant failed: {value['error']}")
        answer = Answer(text=str(value.get("content") or ""), source_id=str(inline.get("id") or ""))
        if told.get("sessionIsHandedOff") or told.get("code") == WITH_PEOPLE:
            return replace(answer, **self._handed_off(session))
        is_older = "autopilotResponse" in told or "sessionIsHandedOff" in told or "code" in told
        return answer if is_older else replace(answer, awaited=True)

    def _handed_off(self, session: str) -> Json:
        """What the session says about its handoff; a handoff without a story is still a handoff."""
        try:
            view = _inner(self._client.get(f"/chat/sessions/{_safe(session)}"))
        except BridgeError:
            view = {}
        story, contact = _object(view, "handoff"), _object(view, "contact")
        sentiment = str(story.get("sentiment") or view.get("sentiment") or "")
        handoff = Handoff(
            str(story.get("reason") or BY_ITSELF), str(story.get("summary") or ""), sentiment.lower()
        )
        return {"handoff": handoff, "email": str(contact.get("email") or "")}

    def recall(self, question: Question) -> Answer | None:
        """What an earlier try of this very question came to; the session remembers what it heard last."""
        if not question.assistant_session:
            return None
        try:
            view = _inner(self._client.get(f"/chat/sessions/{_safe(question.assistant_session)}"))
        except Refused as refused:
            raise sort(refused) from refused
        if _object(view, "custom_data").get(LAST_HEARD) != question.last_id:
            return None
        try:
            return self.overdue(question)
        except Temporary:
            return Answer(assistant_session=question.assistant_session, awaited=True)

    def overdue(self, question: Question) -> Answer:
        """What the history holds after the customer's last message; `Temporary` if still nothing."""
        session = question.assistant_session
        try:
            said = latest(list(self._listed(f"/chat/sessions/{_safe(session)}/history", _MOST_PAGES)))
        except Refused as refused:
            raise sort(refused) from refused
        answer = Answer(assistant_session=session, assistant_contact=question.assistant_contact)
        texts = [item for item in said if _is_answer(item)]
        if texts:
            words = "\n".join(_text(item) for item in texts)
            answer = replace(answer, text=words, source_id=str(texts[-1].get("id") or ""))
        if any(_object(item, "event").get("type") == "handoff" for item in said):
            return replace(answer, **self._handed_off(session))
        if not texts:
            raise Temporary("no answer yet")
        return answer

    def _listed(self, path: str, pages: int, **query: str) -> Iterator[Json]:
        """Every item of a list, page by page (OCX-API-06)."""
        for _ in range(pages):
            page = _inner(self._client.get(path, **query))
            yield from page.get("items") or ()
            if not page.get("next"):
                return
            query["cursor"] = str(page["next"])

    def close(self, assistant_session: str) -> None:
        """Mark the session resolved there; the desk is not touched (OPEN-03). Gone already is no error."""
        body = {"status": "closed_resolved", "reflect_status_change_for_integration": False}
        try:
            self._client.call("PATCH", f"/chat/sessions/{_safe(assistant_session)}", json=body)
        except Refused as refused:
            if refused.status not in (404, 409):
                raise sort(refused) from refused

    def check(self) -> tuple[Finding, ...]:
        """Whether the key may read sessions."""
        try:
            self._client.get("/chat/sessions", limit="1")
        except BridgeError as error:
            return (
                Finding(
                    STEP, "refused", Problem(STEP, f"OpenCX did not accept us ({error.reason}).", KEY_FIX)
                ),
            )
        return (Finding(STEP, "key accepted"),)


def latest(items: list[Json]) -> list[Json]:
    """What was said after the customer's last message, oldest first."""
    ordered = sorted(items, key=lambda item: str(item.get("created_at") or ""))
    mine = [place for place, item in enumerate(ordered) if _sender(item) in ("contact", "user")]
    return ordered[mine[-1] + 1 :] if mine else []


def sort(refused: Refused) -> BridgeError:
    """What a refusal means for us (OCX-API-03)."""
    if refused.status in (401, 403) or refused.status < 400:
        return Misconfigured(refused.reason, code=refused.code, fix=KEY_FIX)
    return Permanent(refused.reason, code=refused.code)


def complaint(content: Any) -> tuple[str, str]:
    """Code and message of a refusal (OCX-API-04)."""
    if not isinstance(content, dict):
        return "", ""
    return str(content.get("error") or ""), str(content.get("message") or "")


def _message(question: Question) -> Json:
    files = [f"[file: {media.content_type or 'unknown type'}]" for media in question.media]
    text = "\n".join([*(text for text in question.texts if text.strip()), *files])
    return {
        "sender": "contact",
        "message": {"type": "text", "text": text},
        "contact": {"phone_number": question.phone},
        "custom_data": {LAST_HEARD: question.last_id},
    }


def _inner(told: Any) -> Json:
    """The answer without the envelope that some versions put around it."""
    if not isinstance(told, dict):
        return {}
    data = told.get("data")
    return {**told, **data} if isinstance(data, dict) else told


def _id(told: Any) -> str:
    name = _inner(told).get("id")
    if not name:
        raise Uncertain("success without an id")
    return str(name)


def _safe(session: str) -> str:
    return quote(session, safe="")


def _object(value: Json, name: str) -> Json:
    inner = value.get(name)
    return inner if isinstance(inner, dict) else {}


def _sender(item: Json) -> str:
    return str(_object(_object(item, "event"), "sender").get("type") or "")


def _is_answer(item: Json) -> bool:
    return _sender(item) in ("ai", "autopilot") and bool(_text(item).strip())


def _text(item: Json) -> str:
    return str(_object(_object(item, "event"), "content").get("text") or "")
