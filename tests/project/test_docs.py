"""What the pages say is so: tables equal the code, links lead somewhere, commands and calls exist."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from bridge.__main__ import app as bridge_app
from bridge.desks.sunshine_check import MULTI_FIX
from simulator.build import build
from simulator.clock import Clock
from simulator.commands import app as simulator_app
from simulator.demo.proofs import PROOFS
from simulator.hooks import HookAnswer
from tests.project import readme

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    page.relative_to(ROOT).as_posix()
    for page in [*ROOT.glob("*.md"), ROOT / "reports" / "README.md", ROOT / "features" / "JUDGING.md"]
)
README = (ROOT / "README.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))
SUBCOMMANDS: dict[str, Any] = {
    name: vars(typer.main.get_command(app))["commands"]
    for name, app in (("bridge", bridge_app), ("simulator", simulator_app))
}
EVERY_PAGE = pytest.mark.parametrize("page", PAGES)


def text_of(page: str) -> str:
    return (ROOT / page).read_text()


def snippets(text: str) -> Iterator[list[str]]:
    """Every command line of every shell block, in words, without comments."""
    for block in re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        for line in block.splitlines():
            if words := shlex.split(line, comments=True):
                yield words


@pytest.mark.parametrize("page", readme.PAGES, ids=lambda page: page.name)
def test_generated_sections_equal_the_code(page: Path) -> None:
    """`make readme` would change nothing."""
    assert all(make() for make in readme.PAGES[page].values())
    text = page.read_text()
    assert readme.renewed(text, readme.PAGES[page]) == text, "run: make readme"


def test_a_missing_section_is_noticed() -> None:
    """A page without a place for a table is an error, not an empty table."""
    with pytest.raises(ValueError, match="no place"):
        readme.renewed("# Nothing here")


@EVERY_PAGE
def test_relative_links_resolve(page: str) -> None:
    """Every link within the repository leads to a file, every fragment to a heading."""
    text = text_of(page)
    headings = {_anchor(line) for line in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, fragment = target.partition("#")
        if not path:
            assert fragment in headings, target
        elif "://" not in path:
            assert (ROOT / page).parent.joinpath(path).exists(), target


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@EVERY_PAGE
def test_paths_exist(page: str) -> None:
    """Every file or folder of ours that is named is there, or is made by a run."""
    made = ("reports/", "dist/")
    for path in re.findall(r"`((?:bridge|simulator|features|tests|reports)/[\w./-]+)`", text_of(page)):
        assert path.startswith(made) or (ROOT / path).exists(), path


@EVERY_PAGE
def test_make_targets_exist(page: str) -> None:
    """Every `make` target that is named exists."""
    named = {words[1] for words in snippets(text_of(page)) if words[0] == "make"}
    named |= set(re.findall(r"`(?:[A-Z_]+=\S+ )?make ([a-z]+)`", text_of(page)))
    assert named <= TARGETS


def test_the_two_commands_are_shown_and_helped() -> None:
    """A newcomer finds `make demo` and `make test`, and `make help` lists every chore."""
    shown = [words for words in snippets(README) if words[0] == "make"]
    assert shown[:2] == [["make", "demo"], ["make", "test"]]
    assert set(re.findall(r"^([a-z]+):.*## ", MAKEFILE, re.MULTILINE)) == TARGETS


@EVERY_PAGE
def test_commands_exist(page: str) -> None:
    """Every `bridge …` and `simulator …` that is shown is a command with such options."""
    text = text_of(page)
    shown = [words for words in snippets(text) if words[0] in SUBCOMMANDS]
    shown += [shlex.split(words) for words in re.findall(r"`((?:bridge|simulator) [a-z][^`]*)`", text)]
    shown += [shlex.split(words) for words in re.findall(r"\$\(((?:bridge|simulator) [^)]*)\)", text)]
    for program, command, *options in shown:
        if (program, command) != ("simulator", "verify"):  # named as not done yet
            _parse(program, command, options)


def _parse(program: str, command: str, options: list[str]) -> None:
    assert command in SUBCOMMANDS[program], f"{program} {command}"
    SUBCOMMANDS[program][command].make_context(command, options)


def test_calls_of_the_control_surface_exist() -> None:
    """Every `curl` of the README is a call of `/_sim` with that method."""
    network = build(Clock(), lambda _: HookAnswer(200))
    known = readme.control_paths(network)
    calls = [words for words in snippets(README) if words[0] == "curl"]
    assert calls
    for words in calls:
        assert _call(words) in known, words


def _call(words: list[str]) -> str:
    url = next(word for word in words if word.startswith("$SIM/"))
    method = words[words.index("-X") + 1] if "-X" in words else "POST" if "-d" in words else "GET"
    path = re.sub(r"\$ID|\+\d+", "{}", url.partition("?")[0].removeprefix("$SIM"))
    return f"{method} /_sim{path}"


def test_every_variable_that_is_named_exists() -> None:
    """No page speaks of a setting there is not."""
    known = set(re.findall(r"`(BRIDGE_\w+)`", readme.settings_table()))
    for page in PAGES:
        assert set(re.findall(r"BRIDGE_[A-Z_]+[A-Z]", text_of(page))) <= known, page


def test_the_set_up_is_the_one_that_the_check_asks_for() -> None:
    """Webhook addresses and the menu path are those of `bridge check`."""
    for path in (
        "/webhooks/twilio/sms#rc=3&rp=all",
        "/webhooks/sunshine",
        "/webhooks/opencx",
        "/webhooks/twilio/status",
    ):
        assert path in README
    menu = MULTI_FIX.partition("Admin Center → ")[2].partition(". It")[0]
    assert menu in " ".join(README.split())


def test_the_transcript_is_real() -> None:
    """What the README shows of the demo are lines the demo can print."""
    shown = re.findall(r"^ ✓ (SEED-\d\d)  (.*)$", README, re.MULTILINE)
    assert shown
    for name, says in shown:
        assert PROOFS[name].says == says
