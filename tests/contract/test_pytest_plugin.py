"""The pytest plugin, in a project of somebody else's."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

USING = """
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

BASE = "/2010-04-01/Accounts/AC5a17b21d6e0000000000000000000001"


def ask(simulator, path, method="GET"):
    try:
        with urlopen(Request(simulator.base + path, method=method)) as answer:
            return answer.status
    except HTTPError as refused:
        with refused:
            return refused.code


def test_a_text(simulator):
    simulator.text("+14155550101", to="+14155550150", text="Hello")
    assert simulator.messages("+14155550101")[-1]["text"] == "Hello"
    assert simulator.environment()["BRIDGE_CARRIER"] == "twilio"


def test_a_reset(simulator):
    assert simulator.messages("+14155550101") == []
    with pytest.raises(AssertionError, match="no system 'moon'"):
        simulator.fault("moon", "hang")
    simulator.fault("twilio", "status 503", operation="ListMessage", account="AC*")
    assert ask(simulator, f"/twilio{BASE}/Messages.json") == 503
    simulator.advance(60)
    assert [each["kind"] for each in simulator.ledger()][-3:] == ["fault", "request", "act"]


def test_unknown(simulator):
    assert ask(simulator, f"/twilio{BASE}/Mesages.json", "POST") == 404


def test_forgiven(simulator):
    simulator.forgive("*/Mesages.json")
    assert ask(simulator, f"/twilio{BASE}/Mesages.json", "POST") == 404
"""


def test_a_project_that_uses_it(pytester: pytest.Pytester) -> None:
    """A session server, a reset a test; a call nobody simulates fails its test and says what is nearest."""
    pytester.makepyfile(USING)
    result = pytester.runpytest_subprocess("-p", "no:randomly", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=4, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*ERROR at teardown of test_unknown*",
            "calls that nobody simulates:",
            "*POST /twilio/*/Mesages.json: nobody documents it; the nearest is CreateMessage (POST /twilio/*",
        ]
    )


def test_a_project_that_does_not(pytester: pytest.Pytester) -> None:
    """It has fixtures to choose from, and nothing else of ours is loaded."""
    pytester.makepyfile(
        """
        import sys

        def test_it():
            ours = sorted(name for name in sys.modules if name.startswith("simulator"))
            assert ours == ["simulator", "simulator.client", "simulator.pytest_plugin"]
            assert not {"pytest_bdd", "bridge", "typer", "requests"} & set(sys.modules)
        """
    )
    others = ("randomly", "pytest-bdd", "allure_pytest", "schemathesis")  # that happen to be installed here
    result = pytester.runpytest_subprocess(*(word for name in others for word in ("-p", f"no:{name}")))
    result.assert_outcomes(passed=1)


def test_importing_it_is_light() -> None:
    """The plugin is loaded in every run of every project that has the package."""
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import pytest, sys; before = set(sys.modules); import simulator.pytest_plugin; "
            "print(len(set(sys.modules) - before))",
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert int(told.stdout) < 60
