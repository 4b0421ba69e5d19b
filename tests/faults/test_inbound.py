"""FT-I: whatever senders do at our doors, each thing told is understood once and nothing is lost.

Signatures, secrets and tenants have files of their own: test_signing, test_rotation, test_tenants.
"""

import itertools
import json
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
import requests
from sqlalchemy import select
from werkzeug.serving import make_server
from werkzeug.test import Client

from bridge import wiring
from bridge.core.model import Author, TextReceived, Turn
from bridge.journal import schema
from simulator.acceptance.transport import NetworkAdapter
from simulator.endings import Reset
from simulator.web import Request
from tests.doors import (
    CLOSED,
    DELIVERY,
    FORM,
    OPENCX,
    RECEIPT,
    REPLY,
    SMS,
    STATUS,
    SUNSHINE,
    TEXT,
    Doors,
    form,
    signed,
)
from tests.world import BRIDGE_URL, MARIA, SALES, SUPPORT, World

HOUR = 3600.0
PATIENCE = 20.0
WHOLE = {
    "a text": (SMS, form(TEXT)),
    "a receipt": (STATUS, form(RECEIPT)),
    "a reply": (SUNSHINE, json.dumps(DELIVERY).encode()),
    "an end": (OPENCX, json.dumps(CLOSED).encode()),
}
EVERY = pytest.mark.parametrize(("path", "body"), WHOLE.values(), ids=list(WHOLE))


@pytest.fixture
def doors(tmp_path: Path) -> Iterator[Doors]:
    """A bridge nobody has spoken to yet."""
    world = World(tmp_path)
    with closing(world):
        yield Doors(world, tmp_path)


@pytest.fixture(params=["sqlite", "postgres"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Doors]:
    """The same on each engine."""
    more = {}
    if request.param == "postgres":
        more["database_url"] = request.getfixturevalue("cleared_postgres")
    world = World(tmp_path, **more)
    with closing(world):
        yield Doors(world, tmp_path)


def text(sid: str = "SM1", **changed: str) -> bytes:
    """A text as Twilio posts it."""
    return form({**TEXT, "MessageSid": sid, **changed})


def sessions(doors: Doors) -> list[tuple[str, list[str]]]:
    """Phone and customer's words of every session, in order."""
    journal = doors.world.bridge.journal
    with journal._engine.connect() as tx:
        found = list(tx.execute(select(schema.sessions.c.id, schema.sessions.c.phone)))
    return [(row.phone, customers_words(journal.turns(row.id))) for row in found]


def customers_words(turns: list[Turn]) -> list[str]:
    return [turn.text for turn in turns if turn.author is Author.CUSTOMER]


def from_outside(doors: Doors) -> list[str]:
    """Keys of what others told us; outcomes and time-outs are our own."""
    return [key for _, key in doors.kept() if not key.startswith(("effect:", "idle:"))]


def asked(doors: Doors) -> int:
    """How often the AI was asked."""
    told = doors.world.network.ledger.after()
    return len(
        [each for each in told if each["system"] == "opencx" and each.get("operation") == "sendMessage"]
    )


@contextmanager
def threaded(world: World) -> Iterator[wiring.Bridge]:
    """The bridge as it is served: one writer that commits for several requests at once. Nobody works yet."""
    ids = itertools.count(1)
    sources = replace(wiring.Sources(), clock=world.clock.now, ids=lambda: f"session-{next(ids)}")
    world.kill()
    bridge = wiring.build(world._settings, sources=sources, threads=True)
    with closing(bridge):
        bridge.journal.catch_up(f"number:{SUPPORT}", [], None)
        yield bridge


def at_once(app: Any, posts: list[tuple[str, bytes]]) -> list[int]:
    """Everything at the same instant, each on a thread of its own."""
    start = threading.Barrier(len(posts))

    def post(told: tuple[str, bytes]) -> int:
        path, body = told
        start.wait()
        kind = FORM if path in (SMS, STATUS) else "application/json"
        answer = Client(app).post(
            path, base_url=BRIDGE_URL, data=body, headers=signed(path, body), content_type=kind
        )
        return answer.status_code

    with ThreadPoolExecutor(len(posts)) as pool:
        return list(pool.map(post, posts))


# --- FT-I1: the same thing again ---


@EVERY
def test_told_again_and_again_it_is_understood_once(doors: Doors, path: str, body: bytes) -> None:
    """Twenty times, after a restart, 47 and 49 hours later: always 200, one row, decided once."""
    answers = [doors.told(path, body).status_code for _ in range(20)]
    for later in (0.0, 47 * HOUR, 2 * HOUR):
        doors.world.kill()
        doors.world.clock.advance(later)
        doors.world.revive()
        doors.world.bridge.run_until_idle()
        answers.append(doors.told(path, body).status_code)
    assert set(answers) == {200}
    assert len(from_outside(doors)) == 1
    assert asked(doors) == (path == SMS)


def test_told_twenty_times_at_once_it_is_understood_once(either: Doors) -> None:
    """No two of the copies both find the place empty (bug 1)."""
    with threaded(either.world) as bridge:
        posts = [(path, body) for path, body in WHOLE.values() for _ in range(20)]
        assert set(at_once(bridge.app, posts)) == {200}
        assert len(either.kept()) == len(WHOLE)
        bridge.journal.step(either.world.clock.now(), 0)
        assert bridge.journal.counts()["effects_waiting"] == 1


def test_first_texts_at_once_open_one_session(either: Doors) -> None:
    """A new phone texts twenty times at the same instant: one session, one question to the AI (bug 7)."""
    with threaded(either.world) as bridge:
        posts = [(SMS, text(f"SM{n}", Body=f"text {n}")) for n in range(20)]
        assert at_once(bridge.app, posts) == [200] * 20
        bridge.journal.step(either.world.clock.now(), 0)
        assert bridge.journal.session("session-2") is None
        assert len(bridge.journal.turns("session-1")) == 20
        assert bridge.journal.counts()["effects_waiting"] == 1


def test_the_same_words_twice_are_two_texts(either: Doors) -> None:
    """Ids tell repeats from repetitions; an id that comes back with other words is noted (bug 8)."""
    doors = either
    for sid, words in (("SM1", "yes"), ("SM2", "yes"), ("SM1", "no"), ("SM1", " yes ")):
        assert doors.told(SMS, text(sid, Body=words)).status_code == 200
    doors.world.bridge.run_until_idle()
    assert sessions(doors) == [(MARIA, ["yes", "yes"])]
    counted = doors.count("bridge_events_total")
    assert counted["known id with other words", "TextReceived"] == 1.0


# --- FT-I2: order ---

ORDERS = {order: 1000 + n for n, order in enumerate(itertools.permutations("ABCD"))}


@pytest.mark.parametrize("order", list(ORDERS), ids="".join)
def test_texts_stand_in_the_order_in_which_they_came(lasting: Doors, order: tuple[str, ...]) -> None:
    """With the time at which each came; the carrier promises no order and gives no time (CAR-123)."""
    phone = f"+1415555{ORDERS[order]:04}"
    came = {}
    for word in order:
        lasting.world.clock.advance(1.0)
        came[word] = lasting.world.clock.now()
        lasting.told(SMS, text(f"SM{phone}{word}", From=phone, Body=word))
    lasting.world.bridge.run_until_idle()
    with lasting.world.bridge.journal._engine.connect() as tx:
        (session,) = tx.execute(select(schema.sessions.c.id).where(schema.sessions.c.phone == phone)).one()
    turns = lasting.world.bridge.journal.turns(session)
    heard = [(turn.text, turn.at) for turn in turns if turn.author is Author.CUSTOMER]
    assert heard == [(word, came[word]) for word in order]


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    """A bridge for many phones."""
    folder = tmp_path_factory.mktemp("bridge")
    world = World(folder)
    with closing(world):
        yield Doors(world, folder)


# --- FT-I3: nobody waits for the answer ---


@pytest.fixture
def served(doors: Doors) -> Iterator[tuple[int, SimpleQueue[str]]]:
    """The doors behind a real socket; the queue tells of every request that is over."""
    over: SimpleQueue[str] = SimpleQueue()

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        try:
            return doors.world.bridge.app(environ, start)
        finally:
            over.put(environ["PATH_INFO"])

    server = make_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server.server_port, over
    server.shutdown()
    server.server_close()
    thread.join()


def wire(path: str, body: bytes, length: int | None = None) -> bytes:
    """A request as it stands on the wire."""
    lines = {"Host": BRIDGE_URL[7:], "Content-Length": str(len(body) if length is None else length)}
    lines |= {"Content-Type": FORM if path == SMS else "application/json", **signed(path, body)}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body


@pytest.mark.parametrize("cut", [0, 1, 40], ids=["whole", "one byte short", "in the middle"])
@pytest.mark.parametrize("kind", ["a text", "a reply"])
def test_a_sender_that_hangs_up_is_heard_if_it_said_all(
    doors: Doors, served: tuple[int, SimpleQueue[str]], kind: str, cut: int
) -> None:
    """Half of it is nothing; all of it is kept, and known when it comes again."""
    port, over = served
    path, body = WHOLE[kind]
    request = wire(path, body)
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(request[: len(request) - cut])
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0" if not cut else b"\0" * 8)
        line.shutdown(socket.SHUT_WR)
    assert over.get(timeout=PATIENCE) == path
    assert len(doors.kept()) == (cut == 0)
    assert doors.told(path, body).status_code == 200
    assert len(doors.kept()) == 1


# --- FT-I4: odd bodies ---

MEGABYTE = "x" * 1_000_000
CONTROLS = "".join(map(chr, [*range(32), 127, 0x85, 0x2028, 0xFEFF, 0xFFFE]))
FORMS: dict[str, tuple[bytes, str]] = {
    "a megabyte": (text(Body=MEGABYTE), MEGABYTE),
    "a name twice": (text(Body="one") + b"&Body=two", "two"),
    "unknown names": (text(Body="one", Flavour="new", Numbers="9"), "one"),
    "NUL and controls": (text(Body=f"a{CONTROLS}z"), ""),
    "no UTF-8": (text(Body="one").replace(b"Body=one", b"Body=\xe9t\xe9%ff"), "\ufffdt\ufffd\ufffd"),
    "half a percent": (text(Body="one").replace(b"Body=one", b"Body=100%+%4"), "100% %4"),
    "no value": (text(Body="one") + b"&Flavour&&=x", "one"),
    "a picture of no type": (
        text(Body="one", NumMedia="1", MediaUrl0="https://x/y", MediaContentType0=""),
        "one",
    ),
    "fewer pictures than it says": (text(Body="one", NumMedia="9", MediaUrl0="https://x/y"), "one"),
}


@pytest.mark.parametrize(("body", "words"), FORMS.values(), ids=list(FORMS))
def test_an_odd_form_is_a_text_all_the_same(either: Doors, body: bytes, words: str) -> None:
    """Taken in, decided and passed on; nothing that a database or a desk refuses is kept (bug 31)."""
    doors = either
    assert doors.told(SMS, body).status_code == 200
    doors.world.bridge.run_until_idle()
    ((phone, heard),) = sessions(doors)
    assert phone == MARIA
    assert heard == [words] or (not words and heard[0].strip("\n\t ").startswith("a"))
    assert "\0" not in heard[0]
    assert doors.world.bridge.journal.counts()["events_parked"] == 0
    assert asked(doors) == 1


NUL = "a\0b"
WITH_NUL: dict[str, tuple[str, bytes]] = {
    "a text": (SMS, text(f"SM{NUL}", From=f"+1{NUL}", To=SUPPORT)),
    "a receipt": (STATUS, form({"MessageSid": NUL, "MessageStatus": NUL, "ErrorCode": NUL})),
    "a reply": (SUNSHINE, json.dumps(DELIVERY).replace('"c"', json.dumps(NUL)).encode()),
    "an end": (OPENCX, json.dumps({**CLOSED, "data": {"conversation_id": NUL}}).encode()),
}


@pytest.mark.parametrize(("path", "body"), WITH_NUL.values(), ids=list(WITH_NUL))
def test_nothing_kept_holds_what_a_database_refuses(either: Doors, path: str, body: bytes) -> None:
    """PostgreSQL takes no NUL: a key or a number with one would be refused for ever."""
    doors = either
    assert doors.told(path, body).status_code == 200
    doors.world.bridge.run_until_idle()
    ((_, key),) = doors.kept()
    assert "\0" not in key
    assert all("\0" not in phone for phone, _ in sessions(doors))


@pytest.mark.parametrize("length", [0, 1, 60])
def test_a_body_cut_short_is_refused(doors: Doors, length: int) -> None:
    """Less than was signed is not what was signed, whatever length is claimed."""
    body = text()
    answer = Client(doors.world.bridge.app).post(
        SMS,
        base_url=BRIDGE_URL,
        data=body,
        headers=signed(SMS, body),
        content_type=FORM,
        environ_overrides={"CONTENT_LENGTH": str(length)},
    )
    assert answer.status_code == 403
    assert doors.kept() == []


# --- FT-I5: not our number ---

NOT_OURS = {
    "somebody's": "+14155550199",
    "nobody's": "",
    "one we gave up": SALES,
    "a short code": "24733",
    "another channel's": f"whatsapp:{SUPPORT}",
    "words": "SUPPORT",
    "an extension": f"{SUPPORT};ext=5",
}


@pytest.mark.parametrize("number", NOT_OURS.values(), ids=list(NOT_OURS))
def test_a_text_to_a_number_that_is_not_ours_changes_nothing(tmp_path: Path, number: str) -> None:
    """200, so that it is not sent again; no session, no question to the AI; counted (OCX-SMS-03, OPEN-44)."""
    world = World(tmp_path, numbers=(SUPPORT,))
    with closing(world):
        doors = Doors(world, tmp_path)
        assert doors.told(SMS, text(To=number)).status_code == 200
        world.bridge.run_until_idle()
        assert (sessions(doors), asked(doors)) == ([], 0)
        counted = doors.count("bridge_webhooks_refused_total")
        unreadable = [kind for kind, _ in doors.kept()]
        assert (counted, unreadable) in (({(SMS, "unknown number"): 1.0}, []), ({}, ["Unreadable"]))
        assert doors.told(SMS, text("SM2", To=f" {SUPPORT[:2]} (415) 555-0150")).status_code == 200
        world.bridge.run_until_idle()
        assert len(sessions(doors)) == 1


# --- bug 29: odd senders ---

SENDERS = {
    "a short code": ("24733", "24733", 0),
    "a name": ("ACME Shop", "ACME Shop", 0),
    "another channel": ("whatsapp:+14155550101", "whatsapp:+14155550101", 0),
    "too long a number": ("+14155550101415555010", "+14155550101415555010", 0),
    "words": ("💥 no number", "💥 no number", 0),
    "a client": ("client:bob", "client:bob", 0),
    "a number as people write it": ("+1 (415) 555-0101", MARIA, 1),
}


@pytest.mark.parametrize(("sender", "kept", "questions"), SENDERS.values(), ids=list(SENDERS))
def test_an_odd_sender_is_kept_and_not_answered(
    either: Doors, sender: str, kept: str, questions: int
) -> None:
    """As it came, in a session of its own; only a phone is answered by the AI (OPEN-22)."""
    doors = either
    assert doors.told(SMS, text(From=sender)).status_code == 200
    doors.world.bridge.run_until_idle()
    assert sessions(doors) == [(kept, ["Hello"])]
    assert asked(doors) == questions
    assert doors.world.bridge.journal.counts()["events_parked"] == 0


@pytest.mark.parametrize("sender", ["", "   "])
def test_a_text_from_nobody_is_kept_as_it_came(doors: Doors, sender: str) -> None:
    """It has no conversation to go to; nothing of it is lost."""
    assert doors.told(SMS, text(From=sender)).status_code == 200
    doors.world.bridge.run_until_idle()
    assert [kind for kind, _ in doors.kept()] == ["Unreadable"]
    assert sessions(doors) == []


# --- FT-I6: a flood ---


def test_a_flood_from_one_phone_starves_nobody(doors: Doors) -> None:
    """Five hundred texts of Maria's wait in a live chat; a hundred others, who text once, do not."""
    world = doors.world
    for words in ("Hello", "A human please"):
        world.text(words)
        world.settle(60.0)
    started = world.clock.now()
    phones = [MARIA] * 500 + [f"+1212555{n:04}" for n in range(1000, 1100)]
    texts = [TextReceived(started, phone, SUPPORT, "x", f"SM-{n}") for n, phone in enumerate(phones)]
    world.bridge.journal.record([(f"twilio:{each.source_id}", each) for each in texts])
    world.clock.advance(1.0)
    first = list(itertools.islice(performed(world), 150))
    assert set(first) >= set(phones), "the hundred wait for the flood"
    assert first.count(MARIA) > 1, "and she is heard between them"


def performed(world: World) -> Iterator[str]:
    """Whose effects are performed, one at a time, as by a single busy performer."""
    while True:
        more, claims = world.bridge.journal.step(world.clock.now(), 1)
        for claim in claims:
            assert claim.session is not None
            world.clock.advance(0.01)
            world.bridge.journal.settle(claim, None)
            yield claim.session.phone
        if not more and not claims:
            return


# --- FT-I7: the answer waits for nobody ---


class Stuck(NetworkAdapter):
    """Everybody outside hangs; notes on which thread one waits."""

    def __init__(self) -> None:
        super().__init__(self._hang)
        self.waiting: SimpleQueue[str] = SimpleQueue()
        self.released = threading.Event()

    def _hang(self, _request: Request) -> Reset:
        self.waiting.put(threading.current_thread().name)
        self.released.wait(PATIENCE)
        return Reset()


def test_an_answer_waits_for_nobody_outside(tmp_path: Path) -> None:
    """Every performer is stuck in a call; webhooks are stored and answered, and no call is made for it."""
    world = World(tmp_path)
    stuck, session = Stuck(), requests.Session()
    session.mount("http://", stuck)
    world.kill()
    settings = world._settings.model_copy(update={"threads": 2, "sweep_seconds": 0.0})
    sources = replace(wiring.Sources(), clock=world.clock.now)
    bridge = wiring.build(settings, sources=sources, session=session, threads=True)
    bridge.journal.catch_up(f"number:{SUPPORT}", [], None)
    bridge.start()
    doors = Doors(world, tmp_path)
    world._bridge = bridge
    first = [doors.told(SMS, text(f"SM8{n}", From=f"+1212555010{n}")).status_code for n in range(2)]
    callers = [stuck.waiting.get(timeout=PATIENCE) for _ in first]
    then = [doors.told(path, body).status_code for path, body in WHOLE.values()]
    then += [doors.told(SMS, text(f"SM9{n}", From=f"+1212555{n:04}")).status_code for n in range(1000, 1030)]
    assert set(first + then) == {200}
    assert len([kind for kind, _ in doors.kept() if kind == "TextReceived"]) == 2 + 1 + 30
    callers += [stuck.waiting.get() for _ in range(stuck.waiting.qsize())]
    assert [name for name in callers if name.startswith("performer")] == callers[:2]
    assert threading.current_thread().name not in callers
    stuck.released.set()
    world.close()


# --- FT-I8: a batch ---


def test_one_bad_event_spoils_no_batch(doors: Doors) -> None:
    """The good ones are heard, in order; the whole batch told again changes nothing."""
    world = doors.world
    for words in ("Hello", "A human please"):
        world.text(words)
        world.settle(60.0)
    before = world.shown()
    chat = {"conversation": {"id": world.chats()[-1]["id"]}}

    def reply(key: str, words: str) -> dict[str, Any]:
        message = {**REPLY, "id": key, "content": {"type": "text", "text": words}}
        return {"id": f"e{key}", "type": "conversation:message", "payload": {**chat, "message": message}}

    bad = [None, 7, {}, {"type": "user:merge"}, {"id": "e0", "type": "conversation:message", "payload": []}]
    batch = [
        reply("m1", "One"),
        *bad,
        reply("m2", "Two"),
        {"id": "e9", "type": "user:future"},
        reply("m1", "One"),
    ]
    body = json.dumps({"events": batch}).encode()
    for _ in range(3):
        assert doors.told(SUNSHINE, body).status_code == 200
        world.settle(60.0)
    assert world.shown() == [*before, "One", "Two"]
    ignored = doors.count("bridge_webhooks_refused_total")
    assert ignored[SUNSHINE, "no event"] == 3 * len([None, 7, {}])
    assert ignored[SUNSHINE, "event without id"] == 3
    assert ignored[SUNSHINE, "user:future event"] == 3
