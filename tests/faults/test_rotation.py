"""FT-X2: a secret is exchanged in three steps, and nothing is lost between them.

1. the bridge knows the old secret
2. the bridge knows both; meanwhile the provider exchanges its own
3. the bridge knows the new one; the old one is refused
"""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from bridge import wiring
from simulator import accounts
from simulator.sunshine import Sunshine
from simulator.twilio import Twilio
from tests.doors import (
    CLOSED,
    DELIVERY,
    OPENCX,
    RECEIPT,
    SECRETS,
    SMS,
    STATUS,
    SUNSHINE,
    TEXT,
    Doors,
    form,
    signed,
)
from tests.world import World

NEW = "0123456789abcdef0123456789abcdef"
NAMES = {
    SMS: "twilio_auth_token",
    STATUS: "twilio_auth_token",
    SUNSHINE: "sunshine_webhook_secret",
    OPENCX: "opencx_webhook_secret",
}
BODIES = {
    SMS: form(TEXT),
    STATUS: form(RECEIPT),
    SUNSHINE: json.dumps(DELIVERY).encode(),
    OPENCX: json.dumps(CLOSED).encode(),
}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Everybody."""
    world = World(tmp_path)
    with closing(world):
        yield world


def restarted(world: World, **settings: Any) -> None:
    """The bridge with other settings, on the same journal."""
    world.kill()
    world._settings = world._settings.model_copy(update=settings)
    world.revive()


@pytest.mark.parametrize("path", NAMES)
def test_two_secrets_are_good_while_one_follows_the_other(world: World, tmp_path: Path, path: str) -> None:
    """(the old one, the new one) at each step; another one never."""
    name, old, body = NAMES[path], SECRETS[path], BODIES[path]
    doors = Doors(world, tmp_path)

    def answers() -> list[int]:
        return [doors.post(path, body, signed(path, body, each)).status_code for each in (old, NEW, "other")]

    assert answers() == [200, 403, 403]
    restarted(world, **{name: NEW, f"{name}_old": old})
    assert answers() == [200, 200, 403]
    restarted(world, **{name: NEW, f"{name}_old": ""})
    assert answers() == [403, 200, 403]
    assert len(doors.kept()) == 1


def test_two_admin_tokens_are_good_while_one_follows_the_other(world: World) -> None:
    """The same for whoever looks at /admin."""

    def answers() -> list[int]:
        client = Client(world.bridge.app)
        given = [{"Authorization": f"Bearer {each}"} for each in (accounts.ADMIN_TOKEN, NEW, "", "other")]
        return [client.get("/admin/status", headers=each).status_code for each in given]

    assert answers() == [200, 403, 403, 403]
    restarted(world, admin_token=NEW, admin_token_old=accounts.ADMIN_TOKEN)
    assert answers() == [200, 200, 403, 403]
    restarted(world, admin_token_old="")
    assert answers() == [403, 200, 403, 403]


def test_no_text_and_no_reply_is_lost_on_the_way(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A live chat goes on, both ways, through the rotation of carrier's and desk's secrets at once."""
    for words in ("Hello", "A human please"):
        world.text(words)
        world.settle(60.0)
    said: list[str] = []

    def talk(step: str) -> None:
        world.text(f"text {step}")
        world.reply(f"reply {step}")
        world.settle(60.0)
        said.append(step)

    talk("before")
    old = {"twilio_auth_token_old": SECRETS[SMS], "sunshine_webhook_secret_old": SECRETS[SUNSHINE]}
    restarted(world, twilio_auth_token=NEW, sunshine_webhook_secret=NEW, **old)
    talk("with both")
    exchange(world, monkeypatch)
    talk("exchanged")
    assert [finding.step for finding in world.bridge.check() if finding.problem] == []
    restarted(world, twilio_auth_token_old="", sunshine_webhook_secret_old="")
    talk("after")
    world.settle(120.0)
    assert [each for each in world.lines() if "text" in each] == [f"text {step}" for step in said]
    assert [each for each in world.shown() if "reply" in each] == [f"reply {step}" for step in said]


def exchange(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The providers sign with the new secrets from now on, and take the new one for calls."""
    for system in world.network.systems:
        if isinstance(system, Twilio):
            monkeypatch.setattr(system.state, "token", NEW)
        if isinstance(system, Sunshine):
            for integration in system.world.integrations.values():
                for webhook in integration.webhooks:
                    webhook.secret = NEW


def test_both_secrets_are_masked_in_logs(world: World) -> None:
    """An old secret opens doors as well."""
    old = {f"{name}_old": f"former-{name}" for name in (*NAMES.values(), "admin_token")}
    known = wiring.secrets_of(world._settings.model_copy(update=old))
    assert set(old.values()) <= known
