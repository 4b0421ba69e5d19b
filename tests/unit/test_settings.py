"""A bridge that cannot work does not start, and says which variable to mend and how."""

import os
import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bridge import server, wiring
from bridge.__main__ import app
from bridge.journal.engine import connect
from bridge.journal.migrate import upgrade
from bridge.server import CannotServe
from bridge.settings import PREFIX, Settings, Wrong, load, sqlite_file
from simulator.environment import environment


@pytest.fixture
def complete(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """An environment with which a bridge starts, and nothing else of ours in it."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("BRIDGE_DATABASE_URL", f"sqlite:///{tmp_path}/bridge.db")
    monkeypatch.delenv("BRIDGE_CLOCK_URL")
    monkeypatch.chdir(tmp_path)
    return monkeypatch


def refused() -> list[str]:
    """What is said, a line a problem."""
    with pytest.raises(Wrong) as caught:
        load()
    return str(caught.value).splitlines()


def test_a_complete_environment_loads(complete: pytest.MonkeyPatch) -> None:
    """What the simulator prints is all a bridge needs."""
    assert load().numbers == ("+14155550150", "+12125550160", "+18885550170")


NEEDED = {
    "BRIDGE_PUBLIC_URL": "Where carrier and Zendesk reach the bridge, as they were told.",
    "BRIDGE_NUMBERS": "Our numbers, E.164, separated by commas.",
    "BRIDGE_TWILIO_ACCOUNT_SID": "Twilio account, AC….",
    "BRIDGE_TWILIO_AUTH_TOKEN": "Its Auth Token; it signs webhooks.",
    "BRIDGE_ZENDESK_SUBDOMAIN": "The bare label: acme, not acme.zendesk.com.",
    "BRIDGE_SUNSHINE_APP_ID": "App ID of the Conversations API.",
    "BRIDGE_SUNSHINE_KEY_ID": "Key ID; it begins with app_.",
    "BRIDGE_SUNSHINE_SECRET": "The key's secret.",
    "BRIDGE_SUNSHINE_WEBHOOK_SECRET": "Shared secret of the webhook, sent as X-API-Key.",
}


@pytest.mark.parametrize(("name", "purpose"), NEEDED.items(), ids=list(NEEDED))
@pytest.mark.parametrize("value", [None, ""], ids=["missing", "empty"])
def test_a_missing_setting_is_named(
    complete: pytest.MonkeyPatch, name: str, purpose: str, value: str | None
) -> None:
    """With what it is for; an empty one is as good as missing."""
    if value is None:
        complete.delenv(name)
    else:
        complete.setenv(name, value)
    assert refused() == [f"{name} is not set. {purpose}"]


def test_all_that_is_needed_is_here() -> None:
    """A new setting without a default must get its row above."""
    needed = {PREFIX + name.upper() for name, field in Settings.model_fields.items() if field.is_required()}
    assert needed == set(NEEDED)


def test_every_problem_is_named_at_once(complete: pytest.MonkeyPatch) -> None:
    """Nobody mends one line to be told of the next."""
    for name in NEEDED:
        complete.delenv(name)
    assert [line.partition(" ")[0] for line in refused()] == sorted(NEEDED, key=list(NEEDED).index)


SUBDOMAIN = "BRIDGE_ZENDESK_SUBDOMAIN: give the bare subdomain: acme, not acme.zendesk.com and no https://."
WRONG = {
    "no number": ("NUMBERS", "4155550150x", "BRIDGE_NUMBERS: 4155550150x is no number: "),
    "no numbers": ("NUMBERS", " , ", "BRIDGE_NUMBERS: name at least one number, such as +14155550150."),
    "an address without scheme": ("PUBLIC_URL", "example.com", "BRIDGE_PUBLIC_URL: begin with http:// or "),
    "another address": (
        "TWILIO_API_URL",
        "ftp://x",
        "BRIDGE_TWILIO_API_URL: begin with http:// or https://.",
    ),
    "the AI's address": ("OPENCX_URL", "api.open.cx", "BRIDGE_OPENCX_URL: begin with http:// or https://."),
    "a whole host": ("ZENDESK_SUBDOMAIN", "acme.zendesk.com", SUBDOMAIN),
    "a whole address": ("ZENDESK_SUBDOMAIN", "https://acme", SUBDOMAIN),
    "an integration's key": ("SUNSHINE_KEY_ID", "int_1", "BRIDGE_SUNSHINE_KEY_ID: use an App key: "),
    "half a bridge on SQLite": ("ROLE", "web", "BRIDGE_ROLE=web needs PostgreSQL"),
    "a role nobody plays": ("ROLE", "king", "BRIDGE_ROLE: Input should be 'all', 'web' or 'worker'."),
    "a carrier we do not know": ("CARRIER", "pigeon", "BRIDGE_CARRIER: Input should be 'twilio'."),
    "an assistant we do not know": (
        "ASSISTANT",
        "hal",
        "BRIDGE_ASSISTANT: Input should be 'scripted' or 'opencx'.",
    ),
    "a policy we do not know": (
        "COMPLIANCE",
        "ignore",
        "BRIDGE_COMPLIANCE: Input should be 'block' or 'warn'.",
    ),
    "a doubt we do not know": ("UNCERTAIN", "shrug", "BRIDGE_UNCERTAIN: Input should be 'ask' or 'resend'."),
    "no time at all": ("IDLE_SECONDS", "0", "BRIDGE_IDLE_SECONDS: Input should be greater than 0."),
    "no time-out": ("TIMEOUT", "-1", "BRIDGE_TIMEOUT: Input should be greater than 0."),
    "nobody to work": ("THREADS", "0", "BRIDGE_THREADS: Input should be greater than or equal to 1."),
    "words for a count": ("THREADS", "many", "BRIDGE_THREADS: Input should be a valid integer"),
    "the AI without a key": (
        "OPENCX_API_KEY",
        "",
        "BRIDGE_OPENCX_API_KEY is needed with BRIDGE_ASSISTANT=opencx.",
    ),
    "a proxy that is none": (
        "TRUSTED_PROXIES",
        "10.0.0.0/8, proxy.local",
        "BRIDGE_TRUSTED_PROXIES: 'proxy.local' does not appear to be an IPv4 or IPv6 network.",
    ),
    "another way with signatures": (
        "SIGNATURES",
        "ignore",
        "BRIDGE_SIGNATURES: Input should be 'enforce' or 'report-only'.",
    ),
    "an old token without a new one": (
        "OPENCX_WEBHOOK_SECRET_OLD",
        "former",
        "BRIDGE_OPENCX_WEBHOOK_SECRET_OLD is set and BRIDGE_OPENCX_WEBHOOK_SECRET is not: a rotation",
    ),
    "somebody else's clock": (
        "CLOCK_URL",
        "http://192.0.2.1/clock",
        "BRIDGE_CLOCK_URL is for rehearsals: loopback addresses only.",
    ),
}


@pytest.mark.parametrize(("name", "value", "said"), WRONG.values(), ids=list(WRONG))
def test_a_wrong_setting_is_named(complete: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    """One line, which names the variable and says what would be right."""
    complete.setenv(PREFIX + name, value)
    if name.endswith("_OLD"):
        complete.delenv(PREFIX + name.removesuffix("_OLD"))
    (line,) = refused()
    assert line.startswith(said)


@pytest.mark.parametrize("name", ["TWILIO_AUTH_TOKEN", "SUNSHINE_SECRET", "OPENCX_API_KEY"])
def test_no_refusal_shows_a_secret(complete: pytest.MonkeyPatch, name: str) -> None:
    """What is right is not repeated where something else is wrong."""
    complete.setenv(PREFIX + "THREADS", "many")
    assert environment()[PREFIX + name] not in "".join(refused())


READ = {
    "numbers in any spelling": (
        "NUMBERS",
        "(415) 555-0150, +1 212 555 0160",
        "numbers",
        ("+14155550150", "+12125550160"),
    ),
    "a short code": ("NUMBERS", "24733", "numbers", ("24733",)),
    "a closing slash": (
        "PUBLIC_URL",
        "https://bridge.example.com/",
        "public_url",
        "https://bridge.example.com",
    ),
    "proxies": ("TRUSTED_PROXIES", "10.0.0.0/8, ::1", "trusted_proxies", ("10.0.0.0/8", "::1")),
    "autopilot off": ("AUTOPILOT", "false", "autopilot", False),
    "the address of the account": ("ZENDESK_URL", "", "zendesk", "https://sunbridge-demo.zendesk.com"),
}


@pytest.mark.parametrize(("name", "value", "field", "read"), READ.values(), ids=list(READ))
def test_what_is_read(complete: pytest.MonkeyPatch, name: str, value: str, field: str, read: object) -> None:
    """Settings are brought into one form."""
    complete.setenv(PREFIX + name, value)
    assert getattr(load(), field) == read


# --- the command line ---


def serve() -> tuple[int, str]:
    """`bridge serve`, its exit code and what it said."""
    result = CliRunner().invoke(app, ["serve"])
    return result.exit_code, " ".join(result.stderr.split())


def test_serve_refuses_to_start_without_a_setting(complete: pytest.MonkeyPatch) -> None:
    """Exit code 2 and the variable's name, before anything is opened."""
    complete.delenv("BRIDGE_NUMBERS")
    assert serve() == (2, "BRIDGE_NUMBERS is not set. Our numbers, E.164, separated by commas.")
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(
    "bind", ["127.0.0.1", "127.0.0.1:", "127.0.0.1:many", "127.0.0.1:99999", "203.0.113.1:8080"]
)
def test_serve_refuses_an_address_it_cannot_have(complete: pytest.MonkeyPatch, bind: str) -> None:
    """Named with its variable, whatever is wrong with it."""
    complete.setenv("BRIDGE_BIND", bind)
    code, said = serve()
    assert code == 2
    assert said.startswith(f"BRIDGE_BIND: cannot listen on {bind}: ")


def test_serve_refuses_a_port_that_is_taken(complete: pytest.MonkeyPatch) -> None:
    """Somebody else listens there."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        bind = f"127.0.0.1:{other.getsockname()[1]}"
        complete.setenv("BRIDGE_BIND", bind)
        code, said = serve()
    assert code == 2
    assert said.startswith(f"BRIDGE_BIND: cannot listen on {bind}: ")
    assert "in use" in said


DATABASES = {
    "a folder that is not there": ("sqlite:////nowhere/at/all/bridge.db", "No such file or directory"),
    "no database address": ("bridge.db", "its address has no scheme"),
    "another driver": (
        "postgresql+pg8000://x",
        "postgresql+pg8000 is not spoken here",
    ),
    "an engine nobody knows": ("oracle9://x", "oracle9 is not spoken here"),
}


@pytest.mark.parametrize(("url", "cause"), DATABASES.values(), ids=list(DATABASES))
def test_serve_refuses_a_database_it_cannot_use(complete: pytest.MonkeyPatch, url: str, cause: str) -> None:
    """With the cause, and without a traceback."""
    complete.setenv("BRIDGE_DATABASE_URL", url)
    code, said = serve()
    assert code == 2
    assert said.startswith("BRIDGE_DATABASE_URL: the database cannot be used: ")
    assert cause in said


def test_serve_refuses_a_newer_database(complete: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Another version's data is left alone."""
    engine = connect(f"sqlite:///{tmp_path}/bridge.db")
    upgrade(engine)
    with engine.begin() as tx:
        tx.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    code, said = serve()
    assert code == 2
    assert "the database is at revision 9999, which this version does not know" in said


def test_a_second_bridge_on_one_file_is_refused(complete: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It would send everything twice; once the first is gone the file is free."""
    settings = load(bind="127.0.0.1:0")
    first = server._only_one(settings.database_url)
    assert first is not None
    with pytest.raises(CannotServe, match="BRIDGE_DATABASE_URL: another bridge is running on"):
        server.serve(settings, list)
    first.close()
    again = server._only_one(settings.database_url)
    assert again is not None
    again.close()


FILES = {
    "here": ("sqlite:///bridge.db", Path("bridge.db")),
    "in a folder": ("sqlite:////var/lib/bridge.db", Path("/var/lib/bridge.db")),
    "with options": ("sqlite:////var/lib/bridge.db?timeout=3", Path("/var/lib/bridge.db")),
    "in memory": ("sqlite://", None),
    "PostgreSQL": ("postgresql+psycopg://u:p@db/bridge", None),
}


@pytest.mark.parametrize(("url", "file"), FILES.values(), ids=list(FILES))
def test_which_file_is_locked(url: str, file: Path | None) -> None:
    """Only a SQLite file belongs to one process."""
    assert sqlite_file(url) == file


def test_secrets_are_known_as_such(complete: pytest.MonkeyPatch) -> None:
    """Whatever opens something is never logged; an empty setting is no secret."""
    told = environment()
    names = [name for name in told if any(word in name for word in ("TOKEN", "SECRET", "API_KEY"))]
    assert wiring.secrets_of(load()) == {told[name] for name in names}
    assert len(names) == 8
