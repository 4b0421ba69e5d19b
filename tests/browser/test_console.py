"""The console in a real browser: what a developer does there works, and nothing leaves the machine."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, ConsoleMessage, Page, expect
from werkzeug.serving import make_server

from simulator import accounts
from simulator.build import build
from simulator.clock import RunningClock
from simulator.hooks import HookAnswer
from simulator.network import Network
from simulator.wsgi import application

MARIA = "+14155550101"


@pytest.fixture
def network() -> Iterator[Network]:
    """The simulators behind a socket, with a bridge that takes everything and does nothing."""
    clock = RunningClock()
    made = build(clock, lambda _: HookAnswer(200))
    server = make_server("127.0.0.1", 0, application(made.handle), threaded=True)
    made.base = f"http://127.0.0.1:{server.port}"
    stopping = threading.Event()
    made.closing = stopping.is_set
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield made
    stopping.set()
    server.shutdown()
    thread.join()
    server.server_close()
    clock.stop()


@pytest.fixture
def page(browser: Browser, network: Network) -> Iterator[Page]:
    """The open console; afterwards, nothing outside was asked for and no error stands in its console."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    opened = context.new_page()
    asked: list[str] = []
    errors: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("console", lambda message: errors.append(message.text) if is_error(message) else None)
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.goto(network.base)
    expect(opened.locator("#link")).to_have_text("live")
    yield opened
    context.close()
    assert [url for url in asked if not url.startswith(f"{network.base}/")] == []
    assert errors == []


def is_error(message: ConsoleMessage) -> bool:
    """Browsers report every 400 as an error; one that a person provoked is shown to them, and is none."""
    return message.type == "error" and "status of 400" not in message.text


def live_chat(network: Network) -> None:
    """A live chat with Maria, made as a bridge makes it."""
    auth = (accounts.SUNSHINE_KEY_ID, accounts.SUNSHINE_SECRET)
    app = f"{network.base}/zendesk/sc/v2/apps/{accounts.SUNSHINE_APP_ID}"

    def post(path: str, body: object) -> Any:
        answer = requests.post(app + path, json=body, auth=auth, timeout=10)
        assert answer.ok, answer.text
        return answer.json()

    user = {"externalId": MARIA, "profile": {"givenName": "Maria"}, "metadata": {"phone": MARIA}}
    person = post("/users", user)["user"]["id"]
    chat = {
        "type": "personal",
        "participants": [{"userId": person}],
        "metadata": {"opencx_session_id": "session-7", "dataCapture.systemField.tags": "opencx_handedoff"},
    }
    conversation = post("/conversations", chat)["conversation"]["id"]
    line = {"author": {"type": "user", "userId": person}, "content": {"type": "text", "text": "<i>Help</i>"}}
    post(f"/conversations/{conversation}/messages", line)
    post(f"/conversations/{conversation}/passControl", {"switchboardIntegration": "zd-agentWorkspace"})


def test_the_agent_replies_notes_and_solves(page: Page, network: Network) -> None:
    """A live chat shows who it is with and lets Ada reply, write a note, and solve the ticket."""
    live_chat(network)
    chat = page.get_by_role("article", name="Open chat")
    expect(chat.get_by_role("heading")).to_have_text("Maria")
    for shown in (f"{MARIA} · session session-7 · ticket ", "opencx_handedoff", "<i>Help</i>"):
        expect(chat).to_contain_text(shown)
    lines = chat.get_by_role("log", name="Transcript").get_by_role("listitem")
    chat.get_by_label("Reply").fill("On it")
    page.keyboard.press("Enter")
    expect(lines.filter(has_text="Ada")).to_contain_text("On it")
    chat.get_by_label("Internal note").check()
    chat.get_by_label("Reply").fill("Refund her")
    chat.get_by_role("button", name="Send").click()
    expect(lines.filter(has_text="agents only")).to_contain_text("Refund her")
    chat.get_by_role("button", name="Solve").click()
    expect(chat.locator("#chat-facts")).to_contain_text("solved")


def test_a_text_shows_on_the_phone_and_in_the_ledger(page: Page) -> None:
    """Maria's text becomes a bubble, an entry of the ledger, and a webhook to the bridge."""
    page.get_by_label("Customer").select_option(MARIA)
    page.get_by_label("Our number").select_option(accounts.SUPPORT_NUMBER)
    page.get_by_label("Text", exact=True).fill("Where is my parcel? 📦 <b>now</b>")
    page.get_by_role("button", name="Text", exact=True).click()
    bubble = page.get_by_role("log", name="Messages on the phone").get_by_role("listitem")
    expect(bubble).to_contain_text("Where is my parcel? 📦 <b>now</b>")
    expect(bubble).to_contain_text("1 segment")
    entries = page.get_by_role("region", name="Ledger entries")
    expect(entries).to_contain_text("Maria → +14155550150: Where is my parcel? 📦 <b>now</b>")
    expect(entries).to_contain_text("inbound → /webhooks/twilio/sms")


def test_the_ledger_is_filtered_and_opened(page: Page) -> None:
    """A filter hides what does not fit; a click shows the whole entry."""
    page.get_by_label("Text", exact=True).fill("hello")
    page.keyboard.press("Enter")
    rows = page.locator("#entries tr:not([hidden])")
    expect(rows.filter(has_text="inbound")).to_have_count(1)
    page.get_by_label("Kind").select_option("webhook")
    expect(rows).to_have_count(1)
    rows.locator("summary").click()
    expect(rows.locator("pre")).to_contain_text('"Body": "hello"')
    page.get_by_label("Filter").fill("nothing like it")
    expect(rows).to_have_count(0)


def test_a_fault_is_planted_at_a_click(page: Page, network: Network) -> None:
    """A click plants the fault for the chosen system and operation; another takes it back."""
    page.get_by_label("System").select_option("twilio")
    page.get_by_label("Operation").fill("CreateMessage")
    page.get_by_label("Calls").fill("2")
    page.get_by_role("button", name="status 500").click()
    planted = page.get_by_role("list", name="Planted faults")
    expect(planted).to_contain_text("status 500 on twilio CreateMessage, 2 calls")
    assert [(each.operation, each.count) for each in network.faults.planted()] == [("CreateMessage", 2)]
    page.get_by_label("Other words").fill("explode")
    page.get_by_role("button", name="Plant", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Unknown fault 'explode'.")
    page.get_by_role("button", name="Clear faults").click()
    expect(planted.get_by_role("listitem")).to_have_count(0)


def test_reset_empties_the_page(page: Page) -> None:
    """After a reset, phone and ledger are empty but for the reset."""
    page.get_by_label("Text", exact=True).fill("hello")
    page.keyboard.press("Enter")
    expect(page.locator("#entries tr")).not_to_have_count(0)
    page.get_by_role("button", name="Reset", exact=True).click()
    expect(page.locator("#entries tr")).to_have_count(1)
    expect(page.locator("#entries")).to_contain_text("control reset")
    expect(page.locator("#screen-empty")).to_be_visible()


MOST_AT_ONCE = """() => new Promise((done) => {
  const ask = window.fetch;
  let [open, most] = [0, 0];
  window.fetch = async (url, options) => {
    if (!url.endsWith("/messages")) return ask(url, options);
    most = Math.max(most, ++open);
    const answer = await ask(url, options);
    open -= 1;
    done(most);
    return answer;
  };
  for (let each = 0; each < 3; each += 1) document.getElementById("phone").dispatchEvent(new Event("change"));
})"""


def test_an_older_answer_never_covers_a_newer_one(page: Page) -> None:
    """However much happens at once, the page asks for one view at a time: a slow answer is not drawn last."""
    assert page.evaluate(MOST_AT_ONCE) == 1


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (400, "light"), (400, "dark")])
def test_it_fits(page: Page, width: int, scheme: str) -> None:
    """Nothing sticks out sideways, on a desk or on a phone."""
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 850})
    page.get_by_label("Text", exact=True).fill("A" * 300)
    page.keyboard.press("Enter")
    expect(page.locator("#entries tr")).not_to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_stream_comes_back(page: Page, network: Network) -> None:
    """After a break in the line the page shows what was written meanwhile, and everything once."""
    rows = page.locator("#entries tr")
    network.write("act", "test", who="Ada", did="worked before")
    expect(rows).to_have_count(1)
    stopped, network.closing = network.closing, lambda: True
    expect(page.locator("#link")).to_have_text("reconnecting")
    network.write("act", "test", who="Ada", did="worked meanwhile")
    network.closing = stopped
    expect(rows.filter(has_text="Ada worked meanwhile")).to_have_count(1)
    expect(rows).to_have_count(2)
