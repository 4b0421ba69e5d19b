"""What the bridge logs while everything happens to it: no secret, no phone number, nobody's words."""

import io
import json
import logging
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import exc
from werkzeug.test import Client

from bridge import wiring
from bridge.core.addresses import redacted
from bridge.ops import log_to_stderr
from features.logs import LogWatch, of_file
from simulator import accounts
from simulator.environment import environment
from tests.world import BRIDGE_URL, MARIA, OMAR, World

WORDS = ("Cucumber", "Persimmon", "Rhubarb", "Tamarind", "Artichoke")
PHONES = (MARIA, OMAR, *accounts.NUMBERS)
SECRETS = {name: value for name, value in environment().items() if re.search("TOKEN|SECRET|API_KEY", name)}


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything any logger of the process writes at DEBUG, through the bridge's own redactor."""
    kept, level = logging.root.handlers[:], logging.root.level
    chatty = {name: logging.getLogger(name).level for name in ("urllib3", "werkzeug", "alembic")}
    written, stderr = io.StringIO(), sys.stderr
    sys.stderr = written
    log_to_stderr(frozenset(SECRETS.values()), logging.DEBUG)
    sys.stderr = stderr
    yield written
    structlog.reset_defaults()
    logging.basicConfig(handlers=kept, level=level, force=True)
    for name, before in chatty.items():
        logging.getLogger(name).setLevel(before)


def the_story(world: World) -> None:
    """A text, an answer, a handoff, texts and replies both ways, the end."""
    world.text(f"Hello {WORDS[0]}")
    world.settle(5.0)
    world.text(f"A human please, {WORDS[1]}")
    world.settle(5.0)
    world.text(f"Are you there, {WORDS[2]}?", phone=MARIA)
    world.settle(5.0)
    world.reply(f"Yes, {WORDS[3]}")
    world.settle(5.0)


def failures(world: World) -> None:
    """Every other system fails in every way while a conversation goes on."""
    for fault in (
        "refuse",
        "hang",
        "accept then hang",
        "accept then reset",
        "status 500",
        "status 400",
        "garble",
    ):
        for system in ("twilio", "sunshine", "support", "opencx"):
            world.fault(system, "*", fault, count=2)
        world.text(f"A human please, {WORDS[1]}", phone=OMAR)
        world.reply(f"Yes, {WORDS[3]}")
        world.settle(300.0)
    world.text("STOP")
    world.reply(f"Too late, {WORDS[3]}")
    world.settle(300.0)


def bad_guests(world: World) -> None:
    """Impostors, nonsense, and a journal and a decision that break."""
    client = Client(world.bridge.app)
    zendesk = {"X-API-Key": accounts.SUNSHINE_WEBHOOK_SECRET}
    doors = ("twilio/sms?secret=" + accounts.ADMIN_TOKEN, "twilio/status", "sunshine", "opencx")
    for door in doors:
        body = f"From={MARIA}&Body={WORDS[4]}"
        assert client.post(f"/webhooks/{door}", data=body, base_url=BRIDGE_URL).status_code == 403
    client.post("/webhooks/sunshine", data=f"{WORDS[4]} {MARIA}", headers=zendesk)
    broken_by(world, exc.OperationalError(f"INSERT {WORDS[4]}", {"phone": MARIA}, OSError(WORDS[4])))
    broken_by(world, ValueError(f"{WORDS[4]} {MARIA}"))


def broken_by(world: World, error: Exception) -> None:
    """The journal raises this at the next webhook."""

    def broken(_work: object) -> Any:
        raise error

    journal = world.bridge.journal
    works, journal._write = journal._write, broken  # type: ignore[assignment]
    body = json.dumps({"events": [{"id": "1", "type": "user:merge", "payload": MERGE}]})
    headers = {"X-API-Key": accounts.SUNSHINE_WEBHOOK_SECRET}
    answer = Client(world.bridge.app).post("/webhooks/sunshine", data=body, headers=headers)
    journal._write = works
    assert answer.status_code >= 500


MERGE = {"mergedUsers": {"surviving": {"id": "a"}, "discarded": {"id": "b"}}}


def test_nothing_private_is_logged(tmp_path: Path, log: io.StringIO) -> None:
    """Whatever happens, an operator may show the log to anybody."""
    world = World(tmp_path)
    with closing(world):
        for act in (the_story, failures, bad_guests):
            act(world)
    lines = log.getvalue()
    assert lines.count("effect.done") > 20
    assert lines.count("effect.failed") > 10
    assert "journal.unavailable" in lines
    assert "error='ValueError < test_logs.py:" in lines
    assert [name for name, secret in SECRETS.items() if secret in lines] == []
    assert [phone for phone in PHONES if phone in lines or phone[1:] in lines] == []
    assert [word for word in WORDS if word in lines] == []


def breaks() -> None:
    """An error with somebody's words in it is logged where it is caught."""
    try:
        raise LookupError(f"{WORDS[0]} {MARIA}")
    except LookupError:
        structlog.get_logger("x").exception("broke")


LINES: dict[str, tuple[Callable[[], None], str]] = {
    "a phone": (lambda: structlog.get_logger("x").info("a", who=MARIA), redacted(MARIA)),
    "a phone in the event": (lambda: structlog.get_logger("x").info(f"from {MARIA}"), redacted(MARIA)),
    "a secret": (lambda: structlog.get_logger("x").info("a", key=accounts.TWILIO_AUTH_TOKEN), "•••"),
    "a secret within a word": (
        lambda: structlog.get_logger("x").info("a", key=f"k={accounts.SUNSHINE_SECRET}&"),
        "k=•••&",
    ),
    "words": (lambda: structlog.get_logger("x").info("a", text=WORDS[0], body=WORDS[1]), "•••"),
    "a library's line": (lambda: logging.getLogger("lib").warning("to %s", MARIA), redacted(MARIA)),
    "an error": (breaks, "error='LookupError < test_logs.py:"),
    "inside a list": (
        lambda: structlog.get_logger("x").info("a", all=[MARIA, WORDS[0]][:1]),
        redacted(MARIA),
    ),
}


@pytest.mark.parametrize(("write", "shown"), LINES.values(), ids=list(LINES))
def test_what_becomes_of_it(log: io.StringIO, write: Callable[[], None], shown: str) -> None:
    """Private things are masked, wherever in the line they stand; the rest of the line remains."""
    write()
    line = log.getvalue()
    assert shown in line
    assert re.search(r"timestamp='.*' level='(info|warning|error)' event=", line)
    assert [phone for phone in PHONES if phone in line] == []
    assert [each for each in (*SECRETS.values(), *WORDS) if each in line] == []


def test_every_secret_setting_is_masked(tmp_path: Path) -> None:
    """The redactor is given all that opens something."""
    world = World(tmp_path)
    known = wiring.secrets_of(world._settings)
    world.close()
    assert known == set(SECRETS.values())


LEDGER: list[dict[str, Any]] = [
    {"kind": "sms", "phone": MARIA, "text": "Where is my order?\nHi"},
    {"kind": "request", "request": {"messages": [{"Body": "It left yesterday"}], "user": "m.l@example.com"}},
    {"kind": "webhook", "request": {"data": [{"summary": "wants her order"}]}},
]
LEAKED = {
    "words": ("said='It left yesterday'", ["It left yesterday"]),
    "one line of several": ("Where is my order? ", ["Where is my order?"]),
    "a summary": ("summary='wants her order'", ["wants her order"]),
    "a number without its plus": (f"to {MARIA[1:]}!", [MARIA[1:]]),
    "an address": ("of m.l@example.com", ["m.l@example.com"]),
    "a secret": (f"k={accounts.ADMIN_TOKEN}", [accounts.ADMIN_TOKEN]),
    "nothing": (f"event='effect.done' phone={redacted(MARIA)} This", []),
}


@pytest.mark.parametrize(("line", "leaks"), LEAKED.values(), ids=list(LEAKED))
def test_the_watch_over_the_features_sees_it(tmp_path: Path, line: str, leaks: list[str]) -> None:
    """Whatever was private on the wire is looked for in every line; a line is read once."""
    log = tmp_path / "bridge.log"
    watch = LogWatch(of_file(log))
    assert watch.leaks(LEDGER) == []
    log.write_text(f"{line}\n")
    assert watch.leaks([]) == leaks
    assert (watch.leaks(LEDGER), watch.lines) == ([], 1)
