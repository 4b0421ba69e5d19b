"""The adapters against the simulated providers, in this process: both sides must read the documents alike."""

import io
import json
from typing import Any
from urllib.parse import parse_qsl

import pytest

from bridge.assistants.opencx import OpenCX
from bridge.carriers.twilio import Twilio
from bridge.carriers.twilio_account import Account
from bridge.carriers.twilio_signature import verify
from bridge.carriers.twilio_webhooks import text_received
from bridge.core.errors import Misconfigured, OptedOut, Uncertain
from bridge.core.model import Author, Handoff, Media, Turn
from bridge.core.ports import Dossier, Question, Sms, Upload
from bridge.desks.sunshine import Sunshine
from bridge.desks.sunshine_client import SunshineAccount
from bridge.desks.sunshine_events import events
from bridge.desks.zendesk_users import SupportAccount, SupportUsers
from bridge.media import spool
from simulator import accounts
from simulator.acceptance.transport import session_for
from simulator.build import build
from simulator.clock import Clock
from simulator.hooks import Hook, HookAnswer

BASE, BRIDGE = "http://127.0.0.1:4010", "http://127.0.0.1:8080"
MARIA = "+14155550101"
SUPPORT, _, TOLL_FREE = accounts.NUMBERS
JPEG = b"\xff\xd8\xff\xe0 a picture"
DOSSIER = Dossier(
    "s1",
    accounts.ORG_ID,
    "c1",
    MARIA,
    SUPPORT,
    Handoff("asked"),
    tags=("opencx_channel_sms", "opencx_handedoff"),
)


class World:
    """Every simulator, what they deliver, and our adapters."""

    def __init__(self) -> None:
        self.hooks: list[Hook] = []
        self.network = build(Clock(), self._deliver, base=BASE, bridge_url=BRIDGE)
        self.http = session_for(self.network.handle)
        account = Account(
            accounts.TWILIO_ACCOUNT_SID, (accounts.TWILIO_AUTH_TOKEN,), BRIDGE, f"{BASE}/twilio"
        )
        self.twilio = Twilio(account, self.http, numbers=accounts.NUMBERS)
        self.people = SupportUsers(
            SupportAccount(f"{BASE}/zendesk", accounts.ZENDESK_EMAIL, accounts.ZENDESK_API_TOKEN), self.http
        )
        self.sunshine = SunshineAccount(
            accounts.SUNSHINE_APP_ID,
            accounts.SUNSHINE_KEY_ID,
            accounts.SUNSHINE_SECRET,
            accounts.ZENDESK_SUBDOMAIN,
            BRIDGE,
            f"{BASE}/zendesk",
            accounts.SUNSHINE_WEBHOOK_SECRET,
        )
        self.desk = Sunshine(self.sunshine, self.people, self.http)
        self.assistant = OpenCX(f"{BASE}/opencx", accounts.OPENCX_API_KEY, self.http)

    def _deliver(self, hook: Hook) -> HookAnswer:
        self.hooks.append(hook)
        return HookAnswer(200)

    def sim(self, method: str, path: str, body: object = None) -> Any:
        """A call to the control surface."""
        answer = self.http.request(method, f"{BASE}/_sim{path}", json=body)
        assert answer.ok, answer.text
        self.network.clock.run_due()
        return answer.json() if answer.content else None

    def conversation(self, name: str) -> Any:
        return self.sim("GET", f"/conversations/{name}")

    def heard(self, path: str) -> list[Hook]:
        self.network.clock.run_due()
        return [hook for hook in self.hooks if path in hook.url]


@pytest.fixture
def world() -> World:
    return World()


# --- Twilio -------------------------------------------------------------------------------------


def test_a_text_reaches_the_phone_and_its_receipts_are_authentic(world: World) -> None:
    """The callback address carries the attempt, and its signature holds."""
    accepted = world.twilio.send(Sms(SUPPORT, MARIA, "On its way", "a/1"))
    hooks = world.heard("/webhooks/twilio/status")
    assert hooks
    for hook in hooks:
        assert "attempt=a%2F1" in hook.url
        signature = hook.headers["X-Twilio-Signature"]
        assert verify(hook.url, form(hook), signature, [accounts.TWILIO_AUTH_TOKEN])
        assert dict(form(hook))["MessageSid"] == accepted.source_id
    (shown,) = world.sim("GET", f"/phones/{MARIA}/messages")["messages"]
    assert (shown["text"], shown["number"]) == ("On its way", SUPPORT)


def form(hook: Hook) -> list[tuple[str, str]]:
    return parse_qsl(hook.body.decode(), keep_blank_values=True)


def fault(world: World, system: str, operation: str, words: str) -> None:
    world.sim("POST", "/faults", {"system": system, "operation": operation, "fault": words, "count": 1})


@pytest.mark.parametrize("words", ["accept then hang", "accept then reset", "garble"])
def test_a_text_in_doubt_is_found(world: World, words: str) -> None:
    """It was taken, and the list says so."""
    sms = Sms(SUPPORT, MARIA, "On its way", "a1")
    since = world.network.now()
    fault(world, "twilio", "CreateMessage", words)
    with pytest.raises(Uncertain):
        world.twilio.send(sms)
    assert world.twilio.find(sms, since=since)
    assert world.twilio.find(Sms(SUPPORT, MARIA, "Other", "a1"), since=since) is None


@pytest.mark.parametrize("words", ["hang", "refuse", "status 503"])
def test_a_text_that_never_arrived_is_not_found(world: World, words: str) -> None:
    """The list is empty."""
    sms = Sms(SUPPORT, MARIA, "On its way", "a1")
    fault(world, "twilio", "CreateMessage", words)
    with pytest.raises(Uncertain):
        world.twilio.send(sms)
    assert world.twilio.find(sms, since=world.network.now()) is None


def test_after_stop_twilio_refuses(world: World) -> None:
    """21610 becomes OptedOut."""
    world.sim("POST", f"/phones/{MARIA}/texts", {"to": SUPPORT, "text": "STOP"})
    with pytest.raises(OptedOut):
        world.twilio.send(Sms(SUPPORT, MARIA, "On its way", "a1"))


@pytest.mark.parametrize("registration", ["registered", "pending", "rejected", "unregistered"])
@pytest.mark.parametrize(("number", "kind"), [(SUPPORT, "local"), (TOLL_FREE, "toll-free")])
def test_registration_is_read_as_it_stands(world: World, number: str, kind: str, registration: str) -> None:
    """Both programmes, each state."""
    world.sim("PUT", f"/numbers/{number}", {"registration": registration})
    state = world.twilio.number_state(number)
    assert (state.owned, state.kind, state.registration, state.mms) == (True, kind, registration, True)


def test_a_picture_is_fetched_through_its_redirect(world: World) -> None:
    """Credentials first, none behind it."""
    body = {
        "to": SUPPORT,
        "text": "",
        "media": [{"content_type": "image/jpeg", "base64": "/9j/4CBhIHBpY3R1cmU="}],
    }
    world.sim("POST", f"/phones/{MARIA}/texts", body)
    (hook,) = world.heard("/webhooks/twilio/sms")
    with world.twilio.open_media(Media(dict(form(hook))["MediaUrl0"])) as download, spool(download) as upload:
        assert (upload.content_type, upload.content.read()) == ("image/jpeg", JPEG)


def test_texts_and_receipts_that_were_not_told_can_be_asked_for(world: World) -> None:
    """With the ids they would have had by webhook, oldest first, files and all."""
    since = world.network.now()
    picture = {"content_type": "image/jpeg", "base64": "/9j/4CBhIHBpY3R1cmU="}
    world.sim("POST", f"/phones/{MARIA}/texts", {"to": SUPPORT, "text": "one"})
    world.sim("POST", f"/phones/{MARIA}/texts", {"to": SUPPORT, "text": "two", "media": [picture]})
    sent = world.twilio.send(Sms(SUPPORT, MARIA, "On its way", "a1"))
    told = [text_received(dict(form(hook)), 5.0) for hook in world.heard("/webhooks/twilio/sms")]
    missed = world.twilio.missed(SUPPORT, since=since - 1, at=5.0)
    assert [event for _, event in missed.events] == told
    assert [key for key, _ in missed.events] == [event.source_id for event in told]
    assert world.twilio.missed(SUPPORT, since=since + 60, at=5.0).events == []
    assert world.twilio.receipt(sent.source_id, "a1", 5.0).status in ("sent", "delivered")


# --- Sunshine -----------------------------------------------------------------------------------


def handed_off(world: World) -> Any:
    chat = world.desk.open(DOSSIER)
    first = world.desk.post(chat, Turn(0, Author.CUSTOMER, "A human please", 1.0), marker="s1:0")
    world.desk.post(chat, Turn(1, Author.AI, "One moment", 2.0), marker="s1:1")
    world.desk.tell(chat, "Summary: wants a refund", marker="s1:note")
    world.desk.pass_control(chat, DOSSIER, first_message=first)
    world.network.clock.run_due()
    return chat


def test_a_handoff_is_a_tagged_live_chat(world: World) -> None:
    """Tags, session id, phone and transcript are where the rep looks for them."""
    chat = handed_off(world)
    view = world.conversation(chat.conversation)
    assert view["control"] == "zd-agentWorkspace"
    assert {"opencx_channel_sms", "opencx_handedoff"} <= set(view["ticket"]["tags"])
    assert view["metadata"]["opencx_session_id"] == "s1"
    assert view["user"]["phone"] == MARIA
    assert [line["text"] for line in view["messages"]][:2] == ["A human please", "One moment"]
    assert world.desk.open(DOSSIER) == chat


@pytest.mark.parametrize("words", ["accept then hang", "accept then reset", "garble"])
def test_a_line_in_doubt_is_found_by_its_marker(world: World, words: str) -> None:
    """Posted once in effect."""
    chat = handed_off(world)
    turn = Turn(2, Author.CUSTOMER, "hello?", 3.0)
    fault(world, "sunshine", "PostMessage", words)
    with pytest.raises(Uncertain):
        world.desk.post(chat, turn, marker="s1:2")
    assert world.desk.find_post(chat, "s1:2")
    assert world.desk.find_post(chat, "s1:3") is None


def test_a_picture_stands_on_the_conversation(world: World) -> None:
    """Uploaded, then named."""
    chat = handed_off(world)
    picture = Upload("photo.jpg", "image/jpeg", io.BytesIO(JPEG))
    world.desk.post(chat, Turn(2, Author.CUSTOMER, "look", 3.0), marker="s1:2", files=(picture,))
    shown = world.conversation(chat.conversation)["messages"][-1]["media"]
    assert [(each["content_type"], each["size"]) for each in shown] == [("image/jpeg", len(JPEG))]


def test_of_all_that_sunshine_tells_only_the_agents_reply_is_relayed(world: World) -> None:
    """Echoes, notes and typing are not; the end is heard."""
    chat = handed_off(world)
    name = f"/conversations/{chat.conversation}"
    world.sim("POST", f"{name}/replies", {"text": "Hi, Ada here", "agent": "Ada"})
    world.sim("POST", f"{name}/replies", {"text": "secret", "note": True, "agent": "Ada"})
    world.sim("POST", f"{name}/trigger-line", {"text": "Rate us"})
    world.sim("POST", f"{name}/typing", {})
    world.sim("POST", f"{name}/end", {})
    told = [
        event
        for hook in world.heard("/webhooks/sunshine")
        for _, event in events(json.loads(hook.body), 5.0).events
    ]
    kinds = [type(event).__name__ for event in told]
    assert kinds.count("AgentReplied") == 1
    assert "ConversationEnded" in kinds
    assert "secret" not in repr(told)


def test_a_reply_that_was_not_told_can_be_asked_for(world: World) -> None:
    """Under the key it would have had by webhook, so that it is relayed once."""
    chat = handed_off(world)
    world.sim("POST", f"/conversations/{chat.conversation}/replies", {"text": "Hi, Ada here", "agent": "Ada"})
    by_webhook = events(json.loads(world.heard("/webhooks/sunshine")[-1].body), 5.0).events
    assert world.desk.standing(chat, 5.0, since=0.0).events == by_webhook


def test_a_private_file_of_an_agents_is_read_with_our_key(world: World) -> None:
    """Secure downloads do not stop it (SUN-ATT-05)."""
    world.sim("PUT", "/zendesk", {"private_attachments": True})
    chat = handed_off(world)
    picture = {
        "name": "x.jpg",
        "content_type": "image/jpeg",
        "base64": "/9j/4CBhIHBpY3R1cmU=",
        "private": True,
    }
    world.sim("POST", f"/conversations/{chat.conversation}/replies", {"file": picture, "agent": "Ada"})
    hook = world.heard("/webhooks/sunshine")[-1]
    ((_, reply),) = events(json.loads(hook.body), 5.0).events
    with world.desk.open_media(reply.media[0]) as download:  # type: ignore[attr-defined]
        assert b"".join(download.chunks) == JPEG


def test_without_multi_conversations_the_second_chat_names_the_setting(world: World) -> None:
    """OCX-TRB-11."""
    world.sim("PUT", "/zendesk", {"multi_conversations": False})
    world.desk.open(DOSSIER)
    with pytest.raises(Misconfigured) as caught:
        world.desk.open(
            Dossier("s2", "o", "c", MARIA, SUPPORT, Handoff("asked"), tags=("opencx_channel_sms",))
        )
    assert "multi-conversations" in caught.value.fix


def test_a_known_person_is_the_requester(world: World) -> None:
    """Matched by phone before the first message, so no duplicate is made."""
    person = world.sim("POST", "/support/users", {"name": "Maria Vale", "phone": "(415) 555-0101"})
    chat = handed_off(world)
    view = world.conversation(chat.conversation)
    assert str(view["ticket"]["requester_id"]) == str(person["id"])


def test_a_duplicate_made_in_the_meantime_is_merged(world: World) -> None:
    """The index lagged at the handoff; afterwards the two are one."""
    chat = handed_off(world)
    made = world.conversation(chat.conversation)["user"]["zendesk_id"]
    person = world.sim("POST", "/support/users", {"name": "Maria Vale", "phone": MARIA})
    world.desk.reconcile(chat, phone=MARIA)
    world.desk.reconcile(chat, phone=MARIA)
    assert str(made) != str(person["id"])
    assert str(world.conversation(chat.conversation)["user"]["zendesk_id"]) == str(person["id"])


def test_a_match_by_phone_is_not_merged_into_one_by_e_mail(world: World) -> None:
    """The phone comes first, also afterwards; a merge could never be undone (OPEN-25)."""
    person = world.sim("POST", "/support/users", {"name": "Maria Vale", "phone": MARIA})
    world.sim("POST", "/support/users", {"name": "Maria by mail", "email": "maria@example.com"})
    chat = handed_off(world)
    world.desk.reconcile(chat, phone=MARIA, email="maria@example.com")
    assert str(world.conversation(chat.conversation)["user"]["zendesk_id"]) == str(person["id"])


def test_an_oauth_client_signs_in_too(world: World) -> None:
    """Tokens that expire are renewed on the way."""
    world.sim("POST", "/support/users", {"name": "Maria Vale", "phone": MARIA})
    account = SupportAccount(
        f"{BASE}/zendesk",
        client_id=accounts.ZENDESK_OAUTH_CLIENT_ID,
        client_secret=accounts.ZENDESK_OAUTH_CLIENT_SECRET,
    )
    people = SupportUsers(account, world.http)
    assert people.match(MARIA).person
    world.sim("POST", "/clock", {"advance": 3600})
    assert people.match(MARIA).person


def test_every_check_of_a_fresh_world_is_good(world: World) -> None:
    """What `bridge check` must show after a reset."""
    findings = [*world.twilio.check(), *world.desk.check(), *world.assistant.check()]
    assert [finding for finding in findings if finding.problem] == []


# --- OpenCX -------------------------------------------------------------------------------------


@pytest.mark.parametrize("envelope", ["plain", "data"])
def test_the_assistant_hands_off_when_asked_for_a_person(world: World, envelope: str) -> None:
    """With a summary, in either envelope."""
    world.sim("PUT", "/assistant/script", {"mode": "inline", "envelope": envelope})
    answer = world.assistant.ask(Question("ours", "", "", MARIA, SUPPORT, ("I want a human",), opening=True))
    assert answer.handoff
    assert answer.handoff.summary
    assert answer.text
    assert answer.assistant_session
    world.assistant.close(answer.assistant_session)


def test_an_answer_by_webhook_is_promised_and_can_be_read_later(world: World) -> None:
    """The call answers with an id alone; the history holds the words."""
    world.sim("PUT", "/assistant/script", {"mode": "webhook"})
    question = Question("ours", "", "", MARIA, SUPPORT, ("Hello",), opening=True)
    promise = world.assistant.ask(question)
    assert promise.awaited
    world.network.clock.run_due()
    later = Question("ours", promise.assistant_session, "c", MARIA, SUPPORT, ("Hello",))
    assert world.assistant.overdue(later).text
    assert world.heard("/webhooks/opencx")
