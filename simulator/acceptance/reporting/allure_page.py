"""Makes one page of Allure's results that asks nobody for anything: `make allure`.

    python -m simulator.acceptance.reporting.allure_page [reports]

Node is optional: our own pages do without. Allure is installed beside the Python packages, so nothing of it
is committed. Its pages carry a tracking script that no switch turns off (toolchain section 4); it goes.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from simulator.acceptance.reporting.allure_results import CATEGORIES
from simulator.acceptance.reporting.chrome import PAGES

VERSION = "3.18.0"
PLACE = Path(sys.prefix) / "allure"
PACKAGE = {"private": True, "dependencies": {"allure": VERSION}}
NPMRC = "omit-lockfile-registry-resolved=true\n"
INSTALL = ("install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts")
AWESOME = ("awesome", "--single-file", "--group-by", "feature,story", "--name", "SMS bridge acceptance")
TRACKER = "googletagmanager"
TRACKING = re.compile(
    r'<script async src="https://www\.googletagmanager\.com/gtag/js\?id=[^"]*"></script>\s*'
    r"<script>\s*window\.dataLayer.*?</script>",
    re.DOTALL,
)
PATIENCE = 240  # seconds


class NoPage(Exception):
    """There will be none, and why."""


def without_tracking(html: str) -> str:
    """The page without its tracking script. Raises `NoPage` if some of it would stay."""
    clean = TRACKING.sub("", html)
    if TRACKER in clean:
        raise NoPage(f"Allure's page tracks its readers in a way that is new; {VERSION} is known")
    return clean


def installed() -> Path:
    """Allure's command, installed if it is not there in this version."""
    held = PLACE / "node_modules" / "allure" / "package.json"
    if not held.exists() or json.loads(held.read_text())["version"] != VERSION:
        _install()
    return PLACE / "node_modules" / ".bin" / "allure"


def _install() -> None:
    PLACE.mkdir(exist_ok=True)
    (PLACE / "package.json").write_text(json.dumps(PACKAGE) + "\n")
    (PLACE / ".npmrc").write_text(NPMRC)
    _run("npm", *INSTALL, folder=PLACE)


def build(allure: Path, results: Path, page: Path) -> None:
    """Write the page."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "allurerc.json").write_text(json.dumps({"categories": CATEGORIES}))
        _run(str(allure), *AWESOME, "-o", "out", str(results.resolve()), folder=folder)
        page.write_text(without_tracking((folder / "out" / "index.html").read_text()))


def _run(program: str, *words: str, folder: Path) -> None:
    command = [shutil.which(program) or program, *words]
    try:
        done = subprocess.run(  # noqa: S603 - npm, and what it installed
            command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        raise NoPage(f"{program} did not end within {PATIENCE} seconds") from None
    if done.returncode:
        raise NoPage(f"{program} {words[0]} failed: {(done.stderr or done.stdout).strip()[-500:]}")


def missing() -> list[str]:
    """The programs that are needed and not here."""
    return [name for name in ("node", "npm") if shutil.which(name) is None]


def main(words: list[str]) -> int:
    reports = Path(*words[:1] or ["reports"])
    results, page = reports / "allure", reports / "allure.html"
    if lacking := missing():
        return _say(f"no {' and no '.join(lacking)} here, so no {page}; {_others(reports)} are always there")
    if not any(results.glob("*-result.json")):
        return _say(f"no results in {results}: pytest features --alluredir {results}", status=1)
    try:
        build(installed(), results, page)
    except NoPage as trouble:
        return _say(f"no {page}: {trouble}; {_others(reports)} are always there", status=1)
    return _say(f"{page} is made of what is in {results}; remove that folder to begin anew")


def _others(reports: Path) -> str:
    *first, last = (str(reports / name) for name in PAGES)
    return f"{', '.join(first)} and {last}"


def _say(line: str, *, status: int = 0) -> int:
    sys.stdout.write(line + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
