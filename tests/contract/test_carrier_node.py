"""The vendor's SDK for Node, unmodified, against `simulator serve`, where node is present.

It is installed once, below .venv; what it is to do stands in `node/carrier.js`.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from simulator.twilio.operations import OPERATIONS
from tests.contract.carrier_world import US
from tests.contract.served import served
from tests.contract.test_carrier_sdk import NOT_IN_SDK

HERE = Path(__file__).parent / "node"
INSTALL = ("install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts")


@pytest.fixture(scope="session")
def modules() -> Path:
    """Where the SDK is; in CI it must be."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("there is no node here")
    place = Path(sys.prefix) / "node"
    wanted = json.loads((HERE / "package.json").read_text())["dependencies"]["twilio"]
    held = place / "node_modules" / "twilio" / "package.json"
    if not held.exists() or json.loads(held.read_text())["version"] != wanted:
        _install(npm, place)
    return place / "node_modules"


def _install(npm: str, place: Path) -> None:
    place.mkdir(exist_ok=True)
    for name in ("package.json", ".npmrc"):
        shutil.copy(HERE / name, place / name)
    done = subprocess.run(
        [npm, *INSTALL], cwd=place, capture_output=True, text=True, timeout=240, check=False
    )
    if done.returncode and not os.environ.get("CI"):
        pytest.skip(f"the SDK for Node cannot be had: {done.stderr[-200:]}")
    assert done.returncode == 0, done.stderr


@pytest.mark.timeout(300)
def test_every_operation_of_ours_that_the_sdk_has(modules: Path) -> None:
    """The script ends well, and the ledger shows that nothing was left out."""
    with served() as address:
        command = ["node", str(HERE / "carrier.js"), address, *US]
        env = {**os.environ, "NODE_PATH": str(modules)}
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        entries = requests.get(f"{address}/_sim/ledger", timeout=10).json()["entries"]
    asked = {each["operation"] for each in entries if each["kind"] == "request"}
    assert {each.name for each in OPERATIONS} - asked == NOT_IN_SDK
