"""Another bridge: one file, Flask and a dictionary, written from the wire contract alone.

It imports nothing of ours and remembers nothing once it ends. It is what somebody might write in an
afternoon, and exists to be judged: a suite that can judge only our own bridge judges nothing.

One thread does everything that follows from a webhook, one conversation after another; what fails is tried
again half a minute later, before anything behind it.
"""

import base64
import hashlib
import hmac
import html
import os
import re
import threading
from collections import deque
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import requests
from flask import Flask, Response, jsonify, request

ENV = os.environ
NUMBERS = ENV["NUMBERS"].split(",")
IDLE = float(ENV.get("IDLE_SECONDS", "10800"))
AUTOPILOT = ENV.get("AUTOPILOT", "true") == "true"
PAUSE = 30.0
TAGS = "opencx_channel_sms,opencx_handedoff"

app = Flask(__name__)
talks: dict[tuple[str, str], "Talk"] = {}  # (phone, number) → Talk
chats: dict[str, "Talk"] = {}  # Sunshine conversation → Talk
seen: set[str] = set()  # ids of webhooks
work = threading.Condition()
Step = Callable[[], object]
File = tuple[str, str]  # address and kind
Turn = tuple[str, str, list[File]]


class Talk:
    """One customer on one of our numbers, from the first text to the end of the live chat."""

    def __init__(self, phone: str, number: str) -> None:
        self.phone, self.number = phone, number
        self.ai = self.chat = self.user = ""
        self.contact: Any = None
        self.human = not AUTOPILOT
        self.turns: list[Turn] = []
        self.last = now()
        self.todo: deque[Step] = deque()
        self.due = 0.0


# --- calling others ---


def call(method: str, url: str, **more: Any) -> Any:
    answer = requests.request(method, url, timeout=5, **more)
    if answer.status_code >= 400:
        raise RuntimeError(f"{method} {url}: {answer.status_code}")
    return answer.json() if "json" in answer.headers.get("Content-Type", "") else answer.content


def now() -> float:
    return float(call("GET", ENV["CLOCK_URL"])["now"])


def twilio(method: str, path: str, **more: Any) -> Any:
    account = ENV["TWILIO_ACCOUNT_SID"]
    url = f"{ENV['TWILIO_URL']}/2010-04-01/Accounts/{account}/{path}"
    return call(method, url, auth=(account, ENV["TWILIO_AUTH_TOKEN"]), **more)


def sunshine(method: str, path: str, **more: Any) -> Any:
    url = f"{ENV['ZENDESK_URL']}/sc/v2/apps/{ENV['SUNSHINE_APP_ID']}/{path}"
    return call(method, url, auth=(ENV["SUNSHINE_KEY_ID"], ENV["SUNSHINE_SECRET"]), **more)


def support(method: str, path: str, **more: Any) -> Any:
    who = (f"{ENV['ZENDESK_EMAIL']}/token", ENV["ZENDESK_API_TOKEN"])
    return call(method, f"{ENV['ZENDESK_URL']}/api/v2/{path}", auth=who, **more)


def opencx(method: str, path: str, **more: Any) -> Any:
    headers = {"Authorization": f"Bearer {ENV['OPENCX_API_KEY']}"}
    return call(method, f"{ENV['OPENCX_URL']}/{path}", headers=headers, **more)


# --- the work ---


def loop() -> None:
    while True:
        with work:
            waiting = [talk for talk in everybody() if talk.todo]
            if not waiting:
                work.wait()
                continue
        try:
            moment = now()
            due = [talk for talk in waiting if talk.due <= moment]
            for talk in due:
                advance(talk, moment)
        except Exception as trouble:
            print("the clock:", trouble, flush=True)
            due = []
        if not due:
            with work:
                work.wait(0.05)


def everybody() -> list[Talk]:
    return list({id(talk): talk for talk in (*talks.values(), *chats.values())}.values())


def advance(talk: Talk, moment: float) -> None:
    try:
        talk.todo[0]()
        talk.todo.popleft()
    except Exception as trouble:
        print("again later:", trouble, flush=True)
        talk.due = moment + PAUSE


def later(talk: Talk, *steps: Step) -> None:
    with work:
        talk.todo.extend(steps)
        work.notify()


def first(talk: Talk, steps: list[Step]) -> None:
    """Behind the step that is being done, before all others."""
    doing = talk.todo.popleft()
    talk.todo.extendleft(reversed(steps))
    talk.todo.appendleft(doing)


# --- from the phone ---


@app.post("/carrier")
def carrier() -> Response:
    form = request.form
    if not signed(form):
        return Response("forged", 403)
    phone, number, once = form["From"], form["To"], form["MessageSid"]
    usable = re.fullmatch(r"\+\d{8,15}", phone) and phone not in NUMBERS and number in NUMBERS
    with work:
        if usable and once not in seen:
            seen.add(once)
            take(phone, number, form)
    return Response("<Response/>", content_type="text/xml")


def signed(form: Any) -> bool:
    said = ENV["PUBLIC_URL"] + request.path + "".join(key + form[key] for key in sorted(form))
    wanted = hmac.new(ENV["TWILIO_AUTH_TOKEN"].encode(), said.encode(), hashlib.sha1).digest()
    given = request.headers.get("X-Twilio-Signature", "")
    return hmac.compare_digest(base64.b64encode(wanted).decode(), given)


def take(phone: str, number: str, form: Any) -> None:
    talk, moment = talks.get((phone, number)), now()
    if talk is None or (not talk.human and moment - talk.last >= IDLE):
        talk = talks[phone, number] = Talk(phone, number)
    talk.last = moment
    count = int(form.get("NumMedia", 0))
    files = [(form[f"MediaUrl{n}"], form[f"MediaContentType{n}"]) for n in range(count)]
    later(talk, lambda: text(talk, form["Body"], files))


def text(talk: Talk, words: str, files: list[File]) -> None:
    if talk.chat or (talk.human and talk.turns):
        said: list[Step] = [lambda: say(talk, "user", words)] if words else []
        first(talk, [*said, *(show(talk, file) for file in files)])
    elif talk.human:
        talk.turns.append(("user", words, files))
        first(talk, handoff(talk, "The AI is switched off.", ""))
    else:
        first(talk, answered(talk, words, files))


def answered(talk: Talk, words: str, files: list[File]) -> list[Step]:
    answer = ask(talk, words)
    said = (answer.get("autopilotResponse") or {}).get("value") or {}
    reply = clean(said.get("content") or "")
    talk.turns.append(("user", words, files))
    steps: list[Step] = []
    if reply:
        talk.turns.append(("business", reply, []))
        steps.append(lambda: sms(talk, reply))
    if answer.get("sessionIsHandedOff"):
        talk.human = True
        facts = answer.get("resolveArgs") or {}
        steps += handoff(talk, facts.get("summary") or "", facts.get("sentiment") or "")
    return steps


def ask(talk: Talk, words: str) -> Any:
    if not talk.ai:
        known = opencx("GET", "contacts")["items"]
        mine = [each for each in known if each.get("phone_number") == talk.phone]
        talk.contact = mine[0] if mine else opencx("POST", "contacts", json={"phone": talk.phone})
        session = {"contact_id": talk.contact["id"], "channel": {"type": "sms"}}
        talk.ai = opencx("POST", "chat/sessions", json=session)["id"]
    message = {"type": "text", "text": words or "(a file)"}
    answer = opencx("POST", f"chat/sessions/{talk.ai}/send", json={"sender": "contact", "message": message})
    return answer["data"] if "sessionIsHandedOff" in (answer.get("data") or {}) else answer


def clean(words: str) -> str:
    words = re.sub(r"```.*?```", " ", words, flags=re.DOTALL)
    words = re.sub(r"</?[a-zA-Z][^<>]*>", "", words)
    return re.sub(r"\s+", " ", html.unescape(words)).strip()


def sms(talk: Talk, words: str, media: str = "") -> None:
    form = {"To": talk.phone, "From": talk.number, "Body": words}
    twilio("POST", "Messages.json", data=form | ({"MediaUrl": media} if media else {}))


# --- to the desk ---


def handoff(talk: Talk, summary: str, mood: str) -> list[Step]:
    tags = TAGS + (f",opencx_sentiment_{mood}" if mood in ("angry", "neutral", "happy") else "")
    first_message: dict[str, str] = {}

    def transcript(turn: Turn) -> list[Step]:
        who, words, files = turn
        steps = [lambda: first_message.setdefault("id", say(talk, who, words))] if words else []
        return [*steps, *(show(talk, file) for file in files)]

    return [
        lambda: find_user(talk),
        lambda: open_chat(talk, tags),
        *(step for turn in talk.turns for step in transcript(turn)),
        lambda: note(talk, summary or "Handed over by the AI."),
        lambda: pass_control(talk, tags, first_message.get("id")),
    ]


def find_user(talk: Talk) -> None:
    try:
        found = match(talk)
    except (RuntimeError, requests.RequestException) as trouble:
        print("nobody is looked for:", trouble, flush=True)
        found = None
    name = talk.phone
    if found:
        name = found.get("external_id") or talk.phone
        if not found.get("external_id"):
            support("PUT", f"users/{found['id']}", json={"user": {"external_id": name}})
    talk.user = messaging_user(name, talk.phone)


def match(talk: Talk) -> Any:
    """The one support user with this phone, else the one with the address the AI knows."""
    email = (talk.contact or {}).get("email")
    queries = [
        f"role:end-user phone:*{talk.phone[-10:]}",
        *([f"role:end-user email:{email}"] if email else []),
    ]
    for query in queries:
        users = support("GET", "users/search", params={"query": query})["users"]
        if users:
            return users[0] if len(users) == 1 else None
    return None


def messaging_user(name: str, phone: str) -> str:
    path = f"users/{quote(name, safe='')}"
    try:
        user = sunshine("GET", path)["user"]
    except RuntimeError:
        body = {"externalId": name, "profile": {"givenName": phone}, "metadata": {"phone": phone}}
        user = sunshine("POST", "users", json=body)["user"]
    if user.get("metadata", {}).get("phone") != phone:
        sunshine("PATCH", f"users/{user['id']}", json={"metadata": {"phone": phone}})
    return str(user["id"])


def open_chat(talk: Talk, tags: str) -> None:
    metadata = {
        "opencx_org_id": ENV["ORG_ID"],
        "opencx_contact_id": (talk.contact or {}).get("id", ""),
        "opencx_session_id": talk.ai,
        "dataCapture.systemField.tags": tags,
    }
    people = [{"userId": talk.user, "subscribeSDKClient": False}]
    body = {"type": "personal", "participants": people, "metadata": metadata}
    talk.chat = sunshine("POST", "conversations", json=body)["conversation"]["id"]
    chats[talk.chat] = talk


def say(talk: Talk, who: str, words: str) -> str:
    author = {"type": "user", "userId": talk.user} if who == "user" else {"type": who, "displayName": "AI"}
    return post(talk, {"author": author, "content": {"type": "text", "text": words}})


def note(talk: Talk, words: str) -> None:
    author = {"type": "business", "displayName": "AI"}
    body = {"author": author, "content": {"type": "text", "text": words}}
    post(talk, body | {"destination": {"integrationType": "none"}})


def show(talk: Talk, file: File) -> Step:
    def step() -> None:
        url, kind = file
        content = requests.get(url, auth=(ENV["TWILIO_ACCOUNT_SID"], ENV["TWILIO_AUTH_TOKEN"]), timeout=5)
        content.raise_for_status()
        part = {"source": (f"file.{kind.rpartition('/')[2]}", content.content, kind)}
        query = {"access": "public", "for": "message", "conversationId": talk.chat}
        kept = sunshine("POST", "attachments", params=query, files=part)["attachment"]
        shape = "image" if kind.startswith("image/") else "file"
        author = {"type": "user", "userId": talk.user}
        post(talk, {"author": author, "content": {"type": shape, "mediaUrl": kept["mediaUrl"]}})

    return step


def post(talk: Talk, body: Any) -> str:
    said = sunshine("POST", f"conversations/{talk.chat}/messages", json=body)
    return str(said["messages"][0]["id"])


def pass_control(talk: Talk, tags: str, first_message: str | None) -> None:
    metadata = {"dataCapture.systemField.tags": tags}
    if first_message:
        metadata["first_message_id"] = first_message
    body = {"switchboardIntegration": "zd-agentWorkspace", "metadata": metadata}
    sunshine("POST", f"conversations/{talk.chat}/passControl", json=body)


# --- from the desk ---


@app.post("/desk")
def desk() -> Response:
    if not hmac.compare_digest(request.headers.get("X-API-Key", ""), ENV["SUNSHINE_WEBHOOK_SECRET"]):
        return Response("forged", 401)
    with work:
        for event in request.get_json()["events"]:
            if event["id"] not in seen:
                seen.add(event["id"])
                hear(event["type"], event["payload"])
    return Response(status=204)


def hear(kind: str, payload: Any) -> None:
    talk = chats.get((payload.get("conversation") or {}).get("id", ""))
    if talk is None:
        return
    if kind == "switchboard:releaseControl":
        talks.pop((talk.phone, talk.number), None)
        if talk.ai:
            later(
                talk, lambda: opencx("PATCH", f"chat/sessions/{talk.ai}", json={"status": "closed_resolved"})
            )
    if kind == "conversation:message" and from_an_agent(payload["message"]):
        message = payload["message"]
        if message["id"] not in seen:
            seen.add(message["id"])
            later(talk, lambda: reply(talk, message["content"]))


def from_an_agent(message: Any) -> bool:
    agent = (message.get("metadata") or {}).get("__zendesk_msg.agent.id")
    return message.get("source", {}).get("type") == "zd:agentWorkspace" and agent not in (None, "__trigger")


def reply(talk: Talk, content: Any) -> None:
    if content["type"] in ("image", "file"):
        number = twilio("GET", "IncomingPhoneNumbers.json", params={"PhoneNumber": talk.number})
        able = number["incoming_phone_numbers"][0]["capabilities"]["mms"]
        sms(talk, "" if able else content["mediaUrl"], content["mediaUrl"] if able else "")
    elif words := clean(content.get("text") or ""):
        sms(talk, words)


# --- from the AI, and for whoever watches ---


@app.post("/ai")
def ai() -> Response:
    wanted = hmac.new(ENV["OPENCX_WEBHOOK_SECRET"].encode(), request.get_data(), hashlib.sha256).hexdigest()
    genuine = hmac.compare_digest(wanted, request.headers.get("X-OpenCX-Signature", ""))
    return Response(status=204 if genuine else 401)


@app.get("/health")
def health() -> str:
    return "well"


@app.get("/watch/status")
def status() -> Response:
    """Whether there is something to do right now."""
    moment = now()
    with work:
        busy = any(talk.todo and talk.due <= moment for talk in everybody())
    return jsonify(busy=busy, now=moment)


if __name__ == "__main__":
    threading.Thread(target=loop, daemon=True).start()
    app.run("127.0.0.1", int(ENV["PORT"]), threaded=True)
