"""Both of Zendesk's last Python SDKs, unmodified, can call all they know on a simulator that is served.

Each drives in a process of its own (`sdk/drive.py`), because one package cannot be loaded in two versions.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.sunshine.operations import OPERATIONS
from tests.contract.served import served

ROOT = Path(__file__).parents[2]
OLD = ROOT / ".venv" / "sdk16"
# What no SDK has: user search came after the last one, the merge is v1.1, a download is any HTTP client's.
NO_SDK = {"ListUsers", "MergeAppUsers", "DownloadAttachment"}
# Authorize redirects to the bot's own address, which the SDK would follow out of this machine.
BROWSER = {"Authorize"}
QUIRKS = {
    "17.0.1": {"SUN-SDK-06": "ValidationError", "SUN-SDK-08": "BadRequestException"},
    "16.0.1": {"SUN-SDK-06": "ValueError", "metadata": "AttributeError"},
}


@pytest.fixture(scope="module")
def simulator() -> Iterator[str]:
    with served() as base:
        yield base


def needs(version: str) -> None:
    """The older one is put beside the newer one by `make install`; in CI it must be there."""
    if version == "16.0.1" and not OLD.is_dir():
        if os.environ.get("CI"):
            pytest.fail("sunshine-conversations-client 16.0.1 is not in .venv/sdk16")
        pytest.skip("sunshine-conversations-client 16.0.1 is not in .venv/sdk16: make install puts it there")


def driven(simulator: str, version: str) -> dict[str, Any]:
    needs(version)
    paths = {"PYTHONPATH": str(OLD)} if version == "16.0.1" else {}
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, str(Path(__file__).parent / "sdk" / "drive.py"), simulator]
    ran = subprocess.run(
        command, env=environment | paths, capture_output=True, text=True, timeout=100, check=False
    )
    assert ran.returncode == 0, ran.stderr
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


@pytest.mark.parametrize("version", QUIRKS)
def test_an_sdk_calls_everything_it_has(simulator: str, version: str) -> None:
    """Every operation but those named above; its known quirks are met as measured."""
    told = driven(simulator, version)
    assert told["version"] == version
    assert told["quirks"] == QUIRKS[version]
    wanted = {operation.name for operation in OPERATIONS} - NO_SDK - BROWSER
    assert set(told["called"]) == {re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower() for name in wanted}
