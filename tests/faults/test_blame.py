"""FT-I9: what breaks in the bridge is never blamed on the sender.

Zendesk never repeats what was answered with 400, 401, 403, 404 or 406 (SUN-WHK-07): such an answer to a fault
of ours loses the event. So everything on the way in is made to raise everything there is.
"""

import builtins
import json
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import exc
from werkzeug import exceptions

from bridge import intake
from bridge.assistants import opencx_webhooks
from bridge.carriers import twilio_webhooks
from bridge.core import addresses, errors
from bridge.desks import sunshine_events
from bridge.journal import codec, inbox
from bridge.journal.engine import connect
from tests.doors import CLOSED, DELIVERY, DOORS, OPENCX, RECEIPT, SMS, STATUS, SUNSHINE, TEXT, Doors, form
from tests.world import World

BODIES = {
    SMS: form(TEXT),
    STATUS: form(RECEIPT),
    SUNSHINE: json.dumps(DELIVERY).encode(),
    OPENCX: json.dumps(CLOSED).encode(),
}
ON_THE_WAY: dict[str, tuple[object, str, tuple[str, ...]]] = {
    "reading a text": (twilio_webhooks, "text_received", (SMS,)),
    "reading a receipt": (twilio_webhooks, "receipt", (STATUS,)),
    "reading a delivery": (sunshine_events, "events", (SUNSHINE,)),
    "reading the AI": (opencx_webhooks, "events", (OPENCX,)),
    "reading a number": (addresses, "normalise", (SMS,)),
    "checking a signature": (intake, "verify", (SMS, STATUS)),
    "checking a secret": (intake, "_is_one_of", (SUNSHINE,)),
    "checking the AI's signature": (opencx_webhooks, "verify", (OPENCX,)),
    "writing it down": (codec, "encode", DOORS),
    "the journal": (inbox, "record", DOORS),
}


def every_exception() -> Iterator[type[Exception]]:
    """Python's own, the database's, the web server's and ours; each that can be made."""
    for place in (builtins, exc, exceptions, errors):
        for kind in vars(place).values():
            if isinstance(kind, type) and issubclass(kind, Exception) and not issubclass(kind, Warning):
                yield kind


WAYS: tuple[tuple[Any, ...], ...] = (
    (),
    ("x",),
    ("x", [ValueError()]),
    ("x", {}, OSError("x")),
    ("x", b"x", 0, 1, "x"),
    ("x", "x", "x"),
)


def made(kind: type[Exception]) -> Exception | None:
    """One of its kind, whatever it wants to be told; None for a few that only libraries can make."""
    for arguments in WAYS:
        with suppress(TypeError, AttributeError, ValueError):
            return kind(*arguments)
    return None


KINDS = sorted(set(every_exception()), key=lambda kind: kind.__name__)
FAILURES = [error for error in map(made, KINDS) if error is not None]


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    """A bridge that breaks again and again."""
    folder: Path = tmp_path_factory.mktemp("bridge")
    world = World(folder)
    with closing(world):
        yield Doors(world, folder)


def raising(error: Exception) -> Callable[..., Any]:
    def broken(*_arguments: object, **_more: object) -> Any:
        raise error

    return broken


@pytest.mark.parametrize(("place", "name", "paths"), ON_THE_WAY.values(), ids=list(ON_THE_WAY))
def test_a_fault_of_ours_is_never_theirs(
    doors: Doors, monkeypatch: pytest.MonkeyPatch, place: object, name: str, paths: tuple[str, ...]
) -> None:
    """5xx, nothing kept; and once it is mended the repeat is taken in."""
    before = doors.kept()
    for error in FAILURES:
        monkeypatch.setattr(place, name, raising(error))
        answers = {doors.told(path, BODIES[path]).status_code for path in paths}
        assert min(answers) >= 500, f"{type(error).__name__} in {name} is answered with {answers}"
    assert doors.kept() == before
    monkeypatch.undo()
    assert {doors.told(path, BODIES[path]).status_code for path in paths} == {200}


def test_there_is_enough_to_raise() -> None:
    """The list is not empty by mistake."""
    names = {type(error).__name__ for error in FAILURES}
    assert {"KeyError", "OperationalError", "BadRequest", "NotFound", "MemoryError", "Misconfigured"} <= names
    assert len(names) > 80


def test_a_database_that_is_locked_is_503_and_then_heard(tmp_path: Path) -> None:
    """A backup holds it for longer than we wait (bug 4); once it is free the repeat is taken in."""
    world = World(tmp_path)
    with closing(world):
        doors = Doors(world, tmp_path)
        with world.bridge.journal._engine.connect() as ours:
            ours.exec_driver_sql("PRAGMA busy_timeout=20")
        other = connect(f"sqlite:///{tmp_path}/bridge.db")
        with other.begin():
            assert {doors.told(path, body).status_code for path, body in BODIES.items()} == {503}
        other.dispose()
        assert doors.kept() == []
        assert {doors.told(path, body).status_code for path, body in BODIES.items()} == {200}
        assert len(doors.kept()) == len(BODIES)
