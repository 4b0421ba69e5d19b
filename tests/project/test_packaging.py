"""What is installed from the wheel is whole, and the pinned versions name no place to get them from."""

import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from itertools import chain
from pathlib import Path

import pytest

from simulator.environment import environment

ROOT = Path(__file__).parents[2]
DATA = [
    path.relative_to(ROOT).as_posix()
    for package in ("bridge", "simulator")
    for path in (ROOT / package).rglob("*")
    if path.is_file() and path.suffix not in (".py", ".pyc")
]
PINS = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT))
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel in an environment of its own, which borrows our dependencies but not our source tree."""
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder / "venv", symlinks=True)
    python = str(folder / "venv" / "bin" / "python")
    _run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", str(wheel))
    site = next((folder / "venv" / "lib").glob("python*/site-packages"))
    (site / "borrowed.pth").write_text(sysconfig.get_paths()["purelib"])
    return folder


def _run(*command: str, folder: Path | None = None, **variables: str) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_holds_the_data(wheel: Path) -> None:
    """Pages, styles, migration template, typing marks: all files beside the code are in the wheel."""
    held = set(zipfile.ZipFile(wheel).namelist())
    assert DATA, "there are data files"
    assert not set(DATA) - held


def test_the_wheel_holds_the_features(wheel: Path) -> None:
    """`simulator verify` needs scenarios, register and manifests wherever it is installed."""
    held = set(zipfile.ZipFile(wheel).namelist())
    features = [
        path for path in (ROOT / "features").rglob("*") if path.suffix in (".feature", ".md", ".toml")
    ]
    assert {f"simulator/{path.relative_to(ROOT).as_posix()}" for path in features} <= held


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    """No tests, no reports, no databases."""
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"bridge", "simulator"}


def test_the_installed_code_is_the_wheel(installed: Path) -> None:
    """The environment does not fall back to this source tree."""
    python = str(installed / "venv" / "bin" / "python")
    where = _run(
        python, "-c", "import bridge, simulator; print(bridge.__file__, simulator.__file__)", folder=installed
    )
    assert all(path.startswith(str(installed)) for path in where.split())


def test_both_commands_work_from_the_wheel(installed: Path) -> None:
    """`simulator env` prints the bridge's variables; with them `bridge migrate` makes a database."""
    scripts = installed / "venv" / "bin"
    printed = _run(str(scripts / "simulator"), "env", folder=installed)
    assert "export BRIDGE_TWILIO_ACCOUNT_SID=" in printed
    said = _run(str(scripts / "bridge"), "migrate", folder=installed, **environment())
    assert "is at revision" in said
    assert (installed / "bridge.db").exists()


def test_a_bridge_is_judged_from_the_wheel(installed: Path) -> None:
    """Our own in process, far from this source tree: a verdict from what the wheel holds."""
    simulator = str(installed / "venv" / "bin" / "simulator")
    said = _run(
        simulator, "verify", "--bridge", "in-process", "--only", "private.feature [3]", folder=installed
    )
    assert "All as it should be." in said
    assert (installed / "verify-report" / "verdicts.json").exists()


@pytest.mark.parametrize("pin", PINS)
def test_a_pin_is_a_name_and_a_version(pin: str) -> None:
    """No addresses, no hashes, no paths, no options."""
    assert re.fullmatch(r"[a-z0-9][a-z0-9._-]*==[0-9][\w.]*( ; [a-z_]+ [!=<>]+ '[\w.*]+')?", pin)


def test_everything_asked_for_is_pinned() -> None:
    """Each dependency of each extra has its version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    names = {re.split(r"[\[><=!~ ]", each)[0].lower() for each in wanted}
    assert not names - {pin.split("==")[0] for pin in PINS} - {"sunbridge"}
